# SPDX-License-Identifier: GPL-2.0
"""The life of the module: who else uses VMX, and how the machine goes down."""

import subprocess

import pytest
from modules import build, copy_source, replace
from scripts import LOAD_KVM, RUN, kvm_files
from texts import HLT
from vmxcheck import image as images
from vmxcheck.image import BUILD, CASES, ROOT, list_points, suite
from vmxcheck.machine import Machine
from vmxcheck.platforms import platform
from vmxcheck.tap import Stream

pytestmark = pytest.mark.emulator

GOOD = HLT.format(length=1)
UNSAFE = """\
guest prot/hlt

ctl: unsafe
ctl! vmxfs was loaded without unsafe=1
vmcs: host_rip 0x0
vmcs! kept by vmxfs: host_rip: host state
"""
INIT = (ROOT / "harness/target/init").read_text()
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


def boot(cases, init=INIT, files=None, points=("exits/a",), tracing=False, **settings):
    """Boots with this init; returns the lines of TAP, and those of the console.

    `settings` are more of the platform's, `append` to the kernel command line, and
    whether it `panics`.
    """
    append, panics = settings.pop("append", ""), settings.pop("panics", False)
    target = platform("bochs", **settings)
    path = cases.parent / "init"
    path.write_text(init)
    path.chmod(0o755)
    image = suite(points, target, cases, init=path, append=append)
    image.base = images.TARGET / "system.cpio"
    image.tracing = tracing
    image.files |= {"life": BUILD / "life"} | (files or {})
    tap, console = [], []
    with Machine(target, image, panics=panics) as machine:
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


def test_the_host_knows_the_nmi_of_a_guest(cases):
    tap, console = boot(cases(a=(CASES / "exits/nmi.case").read_text()))
    assert outcomes(tap) == {"passed"}
    assert not [line for line in console if "NMI" in line]


def test_step_without_the_monitor_trap_flag(tmp_path):
    """The same cases pass by RFLAGS.TF."""
    points = list_points(CASES, ["step/*"])
    cases = tmp_path / "cases"
    cases.symlink_to(CASES)
    init = edit(RUN, "grep vmxfs.mtf /sys/fs/vmx/caps\n" + RUN)
    tap, console = boot(cases, init, {"parameters": "mtf=0\n"}, points)
    assert "vmxfs.mtf 0" in console
    assert len(points) > 50
    assert outcomes(tap) == {"passed"}


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


SECOND = {"second": BUILD / "second"}


def left_vmx(console, processors):
    """Whether the next kernel found all processors out of VMX operation."""
    assert console[-2:] == [
        "kexec: out of VMX operation",
        f"kexec: INIT was taken by {processors - 1}",
    ], "\n".join(console)


@pytest.mark.parametrize("processors", [1, 2])
def test_kexec(case, processors):
    """The next kernel gets processors that are not in VMX operation."""
    go = f"{SPIN}\nspin\n/life kexec /second /second x\n"
    init = edit(RUN, go + RUN)
    tap, console = boot(case, init, SECOND, processors=processors)
    assert tap == []
    left_vmx(console, processors)


@pytest.fixture(params=["6.1", "6.12"])
def linux(request, monkeypatch):
    """The target's kernel."""
    make = ["make", "-s", "-C", ROOT, "all", f"KERNEL={request.param}"]
    subprocess.run(make, check=True)
    monkeypatch.setattr(images, "LINUX", f"linux-{request.param}")
    monkeypatch.setattr(images, "TARGET", BUILD / images.LINUX)
    return request.param


def life(*steps):
    """An init that takes these steps; {SPIN} and LOAD_KVM are for them."""
    head = INIT[: INIT.index(LOAD)]
    return "\n".join([head, SPIN, *steps, "sleep 0.1", "poweroff -f", ""])


LOAD_VMXFS = "load || echo $said"
UNLOAD_VMXFS = "umount /sys/fs/vmx; rmmod vmxfs && echo unloaded"
UNLOAD_KVM = "rmmod kvm_intel kvm irqbypass && echo unloaded"
# A newer KVM has VMX from the start, and can't be loaded beside vmxfs, unless told so.
LOAD_KVM_LATE = LOAD_KVM.replace(
    "insmod /kvm.ko",
    "modinfo=$(grep -c enable_virt_at_load /kvm.ko)\n"
    '[ "$modinfo" = 0 ] && late= || late=enable_virt_at_load=0\n'
    "insmod /kvm.ko $late",
)
# On the first processor, which does not take an INIT as the others do.
PANIC = "spin\ntaskset 1 /life panic /second /second x"


@pytest.mark.parametrize("processors", [1, 2])
@pytest.mark.parametrize("kvm", ["none", "before", "after"])
def test_panic(case, linux, kvm, processors):
    """A guest runs; after a panic the kernel for the dump can start."""
    steps = {
        "none": [LOAD_VMXFS],
        "before": [LOAD_KVM_LATE, LOAD_VMXFS],
        "after": [LOAD_VMXFS, LOAD_KVM_LATE],
    }[kvm]
    _, console = boot(
        case,
        life(*steps, PANIC),
        SECOND | kvm_files(),
        processors=processors,
        memory=512,
        append="crashkernel=64M",
        panics=True,
    )
    left_vmx(console, processors)
    assert not [line for line in console if "WARNING" in line]


ORDERS = {
    "kvm-first": [LOAD_KVM_LATE, LOAD_VMXFS, UNLOAD_VMXFS, UNLOAD_KVM],
    "kvm-outside": [LOAD_KVM_LATE, LOAD_VMXFS, UNLOAD_KVM, UNLOAD_VMXFS],
    "vmxfs-first": [LOAD_VMXFS, LOAD_KVM_LATE, UNLOAD_KVM, UNLOAD_VMXFS],
    "vmxfs-outside": [LOAD_VMXFS, LOAD_KVM_LATE, UNLOAD_VMXFS, UNLOAD_KVM],
    # With a newer kernel one of both does not load, and so does not unload.
    "kvm-at-once": [LOAD_KVM, LOAD_VMXFS, UNLOAD_VMXFS, UNLOAD_KVM],
    "kvm-too-late": [LOAD_VMXFS, LOAD_KVM, UNLOAD_VMXFS, UNLOAD_KVM],
}


def test_no_warning(case, linux):
    """In no order of loading and unloading do KVM and vmxfs make the kernel warn."""
    steps = [
        step
        for name, order in ORDERS.items()
        for step in (f"echo {name}", *order, "/life createvm; " + UNLOAD_KVM)
    ]
    steps += ["rmmod kvm irqbypass", "dmesg | grep -A 20 WARNING", "echo the end"]
    _, console = boot(case, life(*steps), kvm_files())
    assert "the end" in console
    assert console.count("unloaded") >= 2 * 4
    assert not [line for line in console if "WARNING" in line], "\n".join(console)


def test_host_state_that_no_control_loads(case, linux):
    """It is in the VMCS all the same: a newer kernel has IA32_S_CET.ENDBR_EN 1."""
    show = "grep host_s_cet /sys/fs/vmx/$(cat /sys/fs/vmx/clone)/vmcs"
    _, console = boot(case, life(LOAD_VMXFS, show))
    s_cet = 4 if linux == "6.12" else 0
    assert f"host_s_cet {s_cet:#018x}" in console, console


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


SLEEP = """
spin
echo +5 >/sys/class/rtc/rtc0/wakealarm
echo mem >/sys/power/state && echo awake again
"""
SUSPEND = f"""
{SPIN}
{SLEEP}
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


LOST = "VMX could not be entered again"
# What VMXON gets is not a VMXON region any more.
SPOIL = """\
	if (vmxfs_hotplug_state) /* not when the module is loaded */
		*(u32 *)page_address(this_cpu_ptr(&vmxfs_cpus)->region) ^= 1;
"""

AFTER_THE_LOSS = """
n=/sys/fs/vmx/0
cat $n/status
cat $n/regs || echo no regs
cat $n/error
cat $n/wait || echo no wait
echo go >$n/ctl || echo no go
cat $n/error
cat /sys/fs/vmx/clone || echo no vCPU
umount /sys/fs/vmx; rmmod vmxfs && echo unloaded
insmod /vmxfs.ko && echo loaded
"""


def spoilt(folder, old):
    """The module with a VMXON region that is spoilt before this line."""
    copy_source(folder)
    replace(folder, "cpu/cpu.c", old, SPOIL + old)
    return {"vmxfs.ko": build(folder, "spoilt")}


def test_no_vmx_after_suspend(case, tmp_path):
    """VMXON fails at the end of suspend: an error for everybody; nothing waits for ever."""
    files = spoilt(tmp_path / "spoilt", "\tif (vmxfs_cpu_on())\n\t\tvmxfs_cpu_lose();\n")
    _, console = boot(case, life(LOAD_VMXFS, SLEEP, AFTER_THE_LOSS), files)
    said = [line for line in console if not line.startswith(("cat: ", "sh: ", "["))]
    assert said[said.index("awake again") + 1 :] == [
        f"dead '{LOST}'",
        "no regs",
        LOST,
        "no wait",
        "no go",
        LOST,
        "no vCPU",
        "unloaded",
        "loaded",
    ], "\n".join(console)


def test_no_vmx_on_a_processor_that_comes(case, tmp_path):
    """VMXON fails on it: it does not come, the others are as they were."""
    files = spoilt(tmp_path / "spoilt", "\treturn vmxfs_cpu_on();\n")
    replug = """
echo 0 >/sys/devices/system/cpu/cpu1/online
echo 1 >/sys/devices/system/cpu/cpu1/online || echo it does not come
echo "online: $(cat /sys/devices/system/cpu/online)"
"""
    init = edit(RUN, replug + RUN)
    tap, console = boot(case, init, files, processors=2)
    assert "it does not come" in console and "online: 0" in console, console
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
