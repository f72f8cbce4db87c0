# SPDX-License-Identifier: GPL-2.0
"""The life of the module: who else uses VMX, and how the machine goes down."""

import pytest
from texts import HLT
from vmxcheck.image import BUILD, CASES, ROOT, kernel, list_points, suite
from vmxcheck.machine import Machine
from vmxcheck.platforms import platform
from vmxcheck.tap import Stream

GOOD = HLT.format(length=1)
UNSAFE = """\
guest prot/hlt

ctl: unsafe
ctl! vmxfs was loaded without unsafe=1
vmcs: host_rip 0x0
vmcs! kept by vmxfs: host_rip: host state
"""
INIT = (ROOT / "ci/init").read_text()
RUN = "/vmxrun $(cat /args) >/dev/ttyS1"
LOAD = "if load"
SPIN = r"""
spin() {
	cd /sys/fs/vmx
	printf '\353\376' >segment/spin
	truncate -s 4096 segment/spin
	n=$(cat clone)
	echo rwx wb 0 0x1000 spin 0 >$n/map
	echo go pc=0 >$n/ctl
	cd /
	until [ "$(cat /sys/fs/vmx/$n/status)" = running ]; do :; done
}
"""


def boot(cases, init=INIT, files=None, points=("exits/a",), tracing=False, append=""):
    """Boots with this init; returns the lines of TAP, and those of the console."""
    target = platform("bochs")
    path = cases.parent / "init"
    path.write_text(init)
    path.chmod(0o755)
    image = suite(points, target, cases, init=path, append=append)
    image.tracing = tracing
    image.files |= {"life": BUILD / "life"} | (files or {})
    tap, console = [], []
    with Machine(target, image) as machine:
        for stream, line in machine.lines():
            if stream == "tap":
                tap.append(line)
            elif stream == "console":
                console.append(line)
    assert machine.ending is None, "\n".join([machine.ending, *console])
    return tap, console


def edit(old, new, init=INIT):
    assert old in init
    return init.replace(old, new)


@pytest.fixture
def case(cases):
    return cases(a=GOOD)


def outcomes(tap):
    """The outcomes of all the points that the plan promised."""
    stream = Stream()
    for line in tap:
        stream.feed(line)
    stream.finish()
    assert stream.complete and stream.points, "\n".join(tap)
    return {point.outcome for point in stream.points}


def test_without_unsafe(cases):
    folder = cases(a=UNSAFE)
    tap, _ = boot(folder, files={"parameters": ""})
    assert outcomes(tap) == {"passed"}


def test_unsafe_where_the_kernel_is_locked_down(cases):
    text = UNSAFE.replace(
        "vmxfs was loaded without unsafe=1", "the kernel is locked down"
    )
    lock = (
        "mount -t securityfs securityfs /sys/kernel/security\n"
        "echo integrity >/sys/kernel/security/lockdown\n"
    )
    tap, _ = boot(cases(a=text), edit(RUN, lock + RUN))
    assert outcomes(tap) == {"passed"}


def test_step_without_the_monitor_trap_flag(tmp_path):
    """The same cases pass by RFLAGS.TF."""
    points = list_points(CASES, ["step/*"])
    cases = tmp_path / "cases"
    cases.symlink_to(CASES)
    init = edit(RUN, "grep vmxfs.mtf /sys/fs/vmx/caps\n" + RUN)
    tap, console = boot(cases, init, {"parameters": "mtf=0"}, points)
    assert "vmxfs.mtf 0" in console
    assert len(points) > 50
    assert outcomes(tap) == {"passed"}


KVM = "irqbypass.ko", "kvm.ko", "kvm-intel.ko"
LOAD_KVM = "".join(f"insmod /{file}\n" for file in KVM)


def kvm_files():
    return {file: kernel().parent / "modules" / file for file in KVM}


def test_kvm_before(case):
    """KVM is loaded, but has no virtual machine: vmxfs loads, and then KVM can't."""
    init = edit(LOAD, LOAD_KVM + LOAD)
    after = "/life createvm\numount /sys/fs/vmx\nrmmod vmxfs\n/life createvm"
    init = edit(RUN, f"{RUN}\n{after}", init)
    tap, console = boot(case, init, kvm_files())
    assert "ok 1 - exits/a" in tap
    said = [line for line in console if line.startswith("KVM_CREATE_VM")]
    assert said == [
        "KVM_CREATE_VM: Device or resource busy",
        "KVM_CREATE_VM: a virtual machine",
    ]


def test_kvm_after(case):
    """vmxfs is loaded: KVM loads too, but can't have a virtual machine."""
    tap, console = boot(
        case, edit(RUN, LOAD_KVM + RUN + "\n/life createvm"), kvm_files()
    )
    assert "ok 1 - exits/a" in tap
    assert "KVM_CREATE_VM: Device or resource busy" in console


def test_kvm_has_a_virtual_machine(case):
    load = "/life createvm 'insmod /vmxfs.ko'\n"
    tap, console = boot(case, edit(LOAD, LOAD_KVM + load + LOAD), kvm_files())
    assert any("File exists" in line or "busy" in line for line in console), console
    assert "ok 1 - exits/a" in tap


def test_kexec(case):
    """The next kernel gets a processor that is not in VMX operation."""
    go = f"{SPIN}\nspin\n/life kexec /second /second x\n"
    tap, console = boot(case, edit(RUN, go + RUN), {"second": BUILD / "second"})
    assert tap == []
    assert console[-1] == "kexec: out of VMX operation", console


def test_reboot(case):
    """With a guest that runs, the machine goes down, and comes up again."""
    target = platform("bochs")
    path = case.parent / "init"
    path.write_text(edit(RUN, f"{SPIN}\nspin\necho once more\nreboot -f\n{RUN}"))
    path.chmod(0o755)
    # By the PCI reset register: Bochs' other ways end in a triple fault.
    image = suite(["exits/a"], target, case, init=path, append="reboot=p")
    boots = 0
    with Machine(target, image) as machine:
        for _, line in machine.lines():
            boots += line == "once more"
            if boots == 2:
                return
    raise AssertionError("\n".join([machine.ending or "", *machine.console_tail]))


SUSPEND = f"""
{SPIN}
spin
echo +5 >/sys/class/rtc/rtc0/wakealarm
echo mem >/sys/power/state && echo awake again
cat /sys/fs/vmx/0/status
echo stop >/sys/fs/vmx/0/ctl
cat /sys/fs/vmx/0/status
"""


def test_suspend(case):
    """Suspend to RAM with a guest that runs: it goes on after it."""
    tap, console = boot(case, edit(RUN, SUSPEND + RUN))
    after = console[console.index("awake again") + 1 :]
    assert after[:2] == ["running", "ready"]
    assert "ok 1 - exits/a" in tap


UNCACHEABLE = """\
guest prot/hlt

map=
map: rwx wb 0x0 0x1000 {seg} 0x0
map: rwx uc 0x1000 0x2000 {seg} 0x1000
map: rwx wc! 0x2000 0x3000 {seg} 0x2000
map: rwx 02 0x3000 0x4000 {seg} 0x3000
ept: pte 0x0 0x7
ept: pte 0x2000 0x10b
map? rwx wb! 0x0 0x3000 {seg} 0x0
map? rwx 02 0x3000 0x4000 {seg} 0x3000
ept? pml4e 0x0 0x7
ept? pdpte 0x0 0x7
ept? pde 0x0 0x7
ept? pte 0x0 0x77
ept? pte 0x1000 0x77
ept? pte 0x2000 0x173
ept? pte 0x3000 0x17
vmcs: ept_pointer map-0x6
vmcs! kept by vmxfs: ept_pointer: no self-snoop
eptplist: 0x0 map1-0x6
eptplist! kept by vmxfs: eptplist: host-physical address
eptplist: 0x0 map1+0x40
"""


def test_without_self_snoop(cases):
    """No guest reads or writes RAM but by way of the caches."""
    append = "clearcpuid=fsrm,ss"
    tap, _ = boot(cases(a=UNCACHEABLE), append=append)
    assert outcomes(tap) == {"passed"}


TRACE = """
mount -t tracefs tracefs /sys/kernel/tracing
echo 1 >/sys/kernel/tracing/events/vmxfs/enable
"""


def test_tracepoints(case):
    init = edit(RUN, TRACE + RUN + "\ngrep vmxfs_ /sys/kernel/tracing/trace")
    _, console = boot(case, init, tracing=True)
    entry = [line for line in console if "vmxfs_entry: vcpu 0 rip 0x1000 " in line]
    exits = [line for line in console if "vmxfs_exit: vcpu 0 reason 0xc " in line]
    assert entry and exits and exits[-1].endswith("reported"), console
