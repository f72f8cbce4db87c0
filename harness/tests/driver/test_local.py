# SPDX-License-Identifier: GPL-2.0
"""PLATFORM=local: the command itself, on an emulated machine that has VT-x."""

import os
import re
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from scripts import LOAD_KVM, kvm_files
from test_messages import make
from texts import HLT, SPIN
from userland import release, repository, userland
from vmxcheck import Error
from vmxcheck.image import CASES, Image
from vmxcheck.machine import Machine
from vmxcheck.platforms import PLATFORMS, local, platform

MODES = "real", "prot", "pae", "long"
RELEASE = release()

# What came of each step goes to the second serial port, and then whether anything is
# left of it.
INIT = f"""\
#!/bin/busybox sh
/bin/busybox --install -s /bin
ln -sf dash /bin/sh
export PATH=/usr/bin:/bin PYTHONPATH=/vmxcheck/harness VMXCHECK_KERNEL={RELEASE}
mkdir -p /proc /sys /dev /tmp /lib/modules/{RELEASE}/build
chmod 1777 /tmp
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
stty -F /dev/ttyS1 115200 raw
date -s @{int(time.time())} >/dev/null
cd /vmxcheck
exec >/dev/ttyS1 2>&1

# Neither make nor vmxcheck sees a terminal.
step() {{
	echo "step $1"
	shift
	("$@") >/tmp/said 2>&1
	echo "status $?" >>/tmp/said
	head -n 9 /tmp/said
	left
}}

left() {{
	[ ! -e /sys/module/vmxfs ] || echo left module
	! grep -q vmxfs /proc/mounts || echo left mount
	! pidof vmxrun >/dev/null || echo left vmxrun
}}

platforms() {{
	python3 -m vmxcheck platforms
}}

run() {{
	make run PLATFORM=local CASES='exits/hlt vmxfs/unsafe' "$@"
}}

# What make does before it is left out.
run_cases() {{
	cases=$1
	shift
	exec python3 -m vmxcheck run --no-build --platform local --cases "$cases" --output /tmp "$@"
}}

# Waits until this is so, for 20 s at most.
until_so() {{
	for _ in $(seq 200); do
		! eval "$1" || return 0
		sleep 0.1
	done
	echo "this did not come: $1"
}}

# Sends a signal to the driver of a run that would go on.
interrupt() {{
	run_cases /hangs &
	until_so 'pidof vmxrun >/dev/null'
	kill "-$1" $!
	wait $!
}}
"""

STEPS = """
step no-headers platforms
touch /lib/modules/$(uname -r)/build/Makefile
step run run
step console cat build/console.log
step unsafe run_cases cases --reach unsafe exits/hlt vmxfs/unsafe
step reset run_cases cases --reach reset exits/hlt vmxfs/unsafe
step wrong run_cases /wrong
step jobs run JOBS=2
step user /usr/bin/setpriv --reuid 1000 --regid 1000 --clear-groups \\
	make run PLATFORM=local

step TERM interrupt TERM
step KILL interrupt KILL
until_so '[ -z "$(left)" ]'
step tidy true

insmod build/linux-$(uname -r)/vmxfs.ko
mount -t vmxfs vmxfs /sys/fs/vmx
step loaded platforms
umount /sys/fs/vmx
rmmod vmxfs

sed s/vmxfs/vmxgs/g build/linux-$(uname -r)/vmxfs.ko >/vmxgs.ko
insmod /vmxgs.ko
step other run_cases /wrong
rmmod vmxgs
"""

IN_USE = """
sleep 1000 <>/dev/kvm &
step kvm run
sleep 0.1
poweroff -f
"""


@dataclass
class Step:
    """What came of a step on the target."""

    lines: list = field(default_factory=list)
    status: int = None
    left: list = field(default_factory=list)


@pytest.fixture(scope="module")
def steps(tmp_path_factory):
    """The steps, in one boot: name -> Step."""
    folder = tmp_path_factory.mktemp("local")
    for name, text in ("hangs", SPIN.format(limit=100_000)), (
        "wrong",
        HLT.format(length=2),
    ):
        (folder / name / "exits").mkdir(parents=True)
        (folder / name / "exits/a.case").write_text(text)
    files = {"init": INIT + STEPS + LOAD_KVM + IN_USE}
    files |= {"bin/busybox": Path("/bin/busybox")}
    files |= {name: folder / name for name in ("hangs", "wrong")}
    files |= {
        f"vmxcheck/cases/{name}.case": CASES / f"{name}.case"
        for name in ("exits/hlt", "vmxfs/unsafe")
    }
    image = Image(files | repository() | userland(folder) | kvm_files(), base=None)
    steps, step = {}, None
    with Machine(platform("bochs", memory=512), image) as machine:
        for stream, line in machine.lines():
            if stream != "tap":
                continue
            assert not line.startswith("this did not come")
            word, _, rest = line.partition(" ")
            if word == "step":
                step = steps[rest] = Step()
            elif word == "status":
                step.status = int(rest)
            elif word == "left":
                step.left.append(rest)
            elif not line.startswith("make"):
                step.lines.append(line)
    assert machine.ending is None
    return steps


@pytest.mark.emulator
def test_run(steps):
    """No unsafe case runs, and nothing is left of it."""
    step = steps["run"]
    assert step.lines[:-1] == [
        "TAP version 13",
        "1..5",
        *(f"ok {n} - exits/hlt[{mode}]" for n, mode in enumerate(MODES, 1)),
        "ok 5 - vmxfs/unsafe # SKIP reach reset was not asked for",
    ]
    assert step.lines[-1].startswith("4 passed, 1 skipped of 5 in ")
    assert step.lines[-1].endswith(f", Linux {RELEASE}")
    assert (step.status, step.left) == (0, [])


@pytest.mark.emulator
def test_console(steps):
    """The kernel says of each module that is not its own that it is loading."""
    assert any("vmxfs: loading" in line for line in steps["console"].lines)


@pytest.mark.emulator
def test_reach(steps):
    """What may take a reset needs a word of its own."""
    skip = " # SKIP reach reset was not asked for"
    for name, end in (("unsafe", skip), ("reset", "")):
        step = steps[name]
        assert f"ok 5 - vmxfs/unsafe{end}" in step.lines
        assert (step.status, step.left) == (0, [])


@pytest.mark.emulator
def test_failure(steps):
    step = steps["wrong"]
    assert "not ok 1 - exits/a" in step.lines
    assert step.left == []


@pytest.mark.emulator
def test_driver_interrupted(steps):
    """It waits until nothing is left."""
    step = steps["TERM"]
    assert (step.status, step.left) == (143, [])
    assert not any("Traceback" in line for line in step.lines)


@pytest.mark.emulator
def test_driver_killed(steps):
    """Soon nothing is left."""
    assert steps["KILL"].status == 137
    assert steps["tidy"].left == []


@pytest.mark.emulator
@pytest.mark.parametrize(
    "name, message, left",
    [
        (
            "no-headers",
            "the headers of the running kernel are missing: "
            f"apt-get install linux-headers-{RELEASE}",
            [],
        ),
        ("user", "only root can load a module", []),
        (
            "loaded",
            "vmxfs is loaded already: umount /sys/fs/vmx; rmmod vmxfs",
            ["module", "mount"],
        ),
        ("kvm", r"KVM is using VMX: end sleep \(\d+\), then modprobe -r kvm_intel", []),
    ],
)
def test_refusal(steps, name, message, left):
    step = steps[name]
    [line] = [line for line in step.lines if "local" in line]
    assert re.fullmatch(
        rf"(.*vmxcheck: PLATFORM=local: |local +can't run: ){message}(\.  Stop\.)?", line
    )
    assert step.left == left


@pytest.mark.emulator
@pytest.mark.parametrize("name", ["user", "kvm", "jobs"])
def test_refusal_is_a_failure(steps, name):
    step = steps[name]
    assert len(step.lines) == 1
    assert step.status == 2


@pytest.mark.emulator
def test_one_machine(steps):
    [line] = steps["jobs"].lines
    assert "vmxcheck: JOBS=2: there is one machine: " in line


@pytest.mark.emulator
def test_another_hypervisor(steps):
    """What only the module can know."""
    step = steps["other"]
    assert "Bail out! vmxfs does not load: another hypervisor uses VMX" in step.lines[0]
    assert (step.status, step.left) == (1, [])


# The rest is of this machine.

INTEL = "vendor_id\t: GenuineIntel\nmodel name\t: Core\nflags\t\t: fpu vmx\n"


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine on which nothing is missing, made of files."""
    (tmp_path / "module/kvm/parameters").mkdir(parents=True)
    (tmp_path / "module/module/parameters").mkdir(parents=True)
    (tmp_path / "module/kvm_intel").mkdir()
    texts = {
        "CPUINFO": ("cpuinfo", INTEL),
        "LOCKDOWN": ("lockdown", "[none] integrity confidentiality\n"),
        "HEADERS": ("Makefile", ""),
        "MODULES": ("module/kvm_intel/refcnt", "0\n"),
    }
    for name, (path, text) in texts.items():
        (tmp_path / path).write_text(text)
        monkeypatch.setattr(local, name, tmp_path / path.split("/")[0])
    monkeypatch.setattr(local, "HEADERS", tmp_path)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert local.Local.missing() is None
    return tmp_path


@pytest.mark.parametrize(
    "path, text, message",
    [
        ("cpuinfo", INTEL.replace("GenuineIntel", "AuthenticAMD"), None),
        (
            "cpuinfo",
            "vendor_id\t: AuthenticAMD\nmodel name\t: EPYC\nflags\t: fpu svm\n",
            "this processor has no VMX (EPYC)",
        ),
        ("cpuinfo", INTEL.replace(" vmx", " vmx_"), "switched it off"),
        ("lockdown", "none [integrity] confidentiality\n", "takes no unsigned modules"),
        ("module/module/parameters/sig_enforce", "Y\n", "takes no unsigned modules"),
        ("module/module/parameters/sig_enforce", "N\n", None),
        ("module/kvm_intel/refcnt", "1\n", "KVM is using VMX: "),
        ("module/kvm/parameters/enable_virt_at_load", "Y\n", "KVM is using VMX: "),
        ("module/kvm/parameters/enable_virt_at_load", "N\n", None),
    ],
)
def test_missing(machine, path, text, message):
    (machine / path).write_text(text)
    missing = local.Local.missing()
    assert message in missing if message else missing is None


def test_only_cases(machine, tmp_path):
    """`make shell` and the like are for what boots."""
    with pytest.raises(Error, match="runs cases, and nothing else"):
        local.Local().command(tmp_path, None, "console", "tap")


@pytest.mark.skipif(
    " vmx" in local.CPUINFO.read_text(), reason="this processor has VMX"
)
def test_refusal_here():
    """Nothing is built before it."""
    status, lines = make("run", "PLATFORM=local")
    assert status == 2
    [line] = lines
    assert "vmxcheck: PLATFORM=local: this processor has no VMX" in line


@pytest.mark.parametrize(
    "words, message",
    [
        (
            ["PLATFORM=local", "MODEL=arrow_lake"],
            "MODEL has no use with PLATFORM=local",
        ),
        (["PLATFORM=local", "BOCHS=2.7"], "BOCHS has no use with PLATFORM=local"),
        (["REACH=unsafe"], "REACH has no use with PLATFORM=bochs"),
        (["PLATFORM=local", "REACH=yes"], "REACH=yes: there are: safe unsafe reset"),
    ],
)
def test_wrong_variable(words, message):
    status, [line] = make("run", *words)
    assert status == 2
    assert message in line


def test_platforms():
    status, lines = make("platforms")
    assert status == 0
    assert [line.split()[0] for line in lines] == list(PLATFORMS)
    assert re.fullmatch(r"bochs +can run", lines[0])
