# SPDX-License-Identifier: GPL-2.0
"""KVM as the processor under test: in Bochs, and where it is refused."""

import os
import subprocess

import pytest
from vmxcheck.image import ROOT
from vmxcheck.platforms import qemu
from vmxcheck.results import read

NESTED = "sys/module/kvm_intel/parameters/nested"

POINTS = {
    "exits/hlt[real]": "ok",
    "exits/hlt[long]": "ok",
    # KVM does not check it, but Bochs does; and KVM does
    "entry/segment-ldtr[type-0]": "undecided",
    "entry/guest-dr7[bit-32]": "ok",
    "entry/host-cr0[pe-0]": "ok",
    "ept/denied-fetch[r--]": "ok",
    "insn/running": "ok",
    # as cases/quirks/kvm has it, and cases/quirks/kvm-in-bochs
    "ept/misconfiguration": "not ok # TODO",
    "insn/outside": "not ok # TODO",
    "invpcid/user": "not ok # TODO",
    # as cases/profiles/kvm has it
    "profile/proc2.enable_ept": "ok",
    "profile/proc2.enable_user_wait_pause": "not ok # TODO",
    "profile/ept.walk_length_5": "ok",
}
# Of what Bochs is.
NOT_BELOW = "# SKIP the processor below does not have ept.walk_length_5"
UNDECIDED = "undecided: the processor below refused the VM entry: VMENTER FAIL: VMCS guest incorrect LDTR type (0)\n"
MISSING = "missing: proc2.enable_user_wait_pause, which is known: 0 points are skipped without it; the processor below has it\n"


@pytest.mark.emulator
def test_kvm_in_bochs(command, tmp_path):
    status, out, err = command.vmxcheck(
        *("run", "--platform", "kvm-in-bochs", "--jobs", 1),
        *("--output", tmp_path, *POINTS),
    )
    assert status == 0, out + err
    came = {}
    for line in out.splitlines():
        outcome, dash, rest = line.partition(" - ")
        if dash and outcome.startswith(("ok", "not ok")):
            name, todo, _ = rest.partition(" # TODO")
            name, _, skip = name.partition(" # SKIP ")
            came[name] = outcome.rpartition(" ")[0] + todo
            if skip.startswith("undecided: "):
                came[name] = "undecided"
    assert came == POINTS
    assert NOT_BELOW in out
    assert UNDECIDED in out
    assert ", 1 undecided of" in err
    assert MISSING in err
    result = read(tmp_path)
    assert result.capabilities["caps"]["msr.vmx_basic"] != result.capabilities["below"]["msr.vmx_basic"]
    assert "KVM of Linux " in err and " in Bochs " in err


@pytest.mark.parametrize(
    "files, reason",
    [
        ({"proc/cpuinfo": "flags : fpu\n"}, "has no VT-x: no vmx in"),
        ({"proc/cpuinfo": "flags : fpu svm\n"}, "AMD's processors have SVM instead"),
        ({NESTED: None}, "kvm_intel is not loaded"),
        ({NESTED: "N\n"}, "kvm_intel was loaded without nested=1"),
        ({"dev/kvm": None}, "there is no /dev/kvm"),
        ({}, None),
    ],
)
def test_what_qemu_needs(tmp_path, files, reason):
    machine = {"proc/cpuinfo": "flags : fpu vmx\n", NESTED: "Y\n", "dev/kvm": ""}
    for name, text in (machine | files).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        if text is not None:
            (tmp_path / name).write_text(text)
    said = qemu.missing(tmp_path)
    assert said is None if reason is None else reason in said


@pytest.mark.skipif(qemu.Qemu.missing() is None, reason="this machine has nested VMX")
def test_qemu_is_refused(tmp_path):
    """Before anything is built, in a line."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")}
    done = subprocess.run(
        ["make", "-C", ROOT, "run", "PLATFORM=qemu"],
        capture_output=True,
        text=True,
        env=environment | {"VMXCHECK_CACHE": str(tmp_path)},
    )
    assert done.returncode != 0
    assert f"vmxcheck: PLATFORM=qemu: {qemu.Qemu.missing()}." in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert all(line.startswith("make") for line in done.stdout.splitlines())
    assert list(tmp_path.iterdir()) == []
