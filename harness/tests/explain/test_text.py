# SPDX-License-Identifier: GPL-2.0
"""explain: texts as other programs write them, and what is wrong with one."""

import re
import subprocess

import pytest
from explain.said import DUMPS, dump, parts
from vmxcheck.image import BUILD

DUMP = dump("kvm-sti-smm")
FORMS = {
    "utf-16-le": b"\xff\xfe" + DUMP.encode("utf-16-le"),
    "utf-16-be": b"\xfe\xff" + DUMP.encode("utf-16-be"),
    "utf-8 with a mark": DUMP.encode("utf-8-sig"),
    "colours": re.sub("(?m)^", "\033[32m", re.sub("(?m)$", "\033[0m", DUMP)).encode(),
    "colour of a time": re.sub(r"(?m)^(\[.*?\])", "\033[32m\\1 \033[0;1m", DUMP).encode(),
}


def run(text, *words):
    done = subprocess.run([BUILD / "vmxexplain", *words], input=text, capture_output=True)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.mark.parametrize("form", FORMS)
def test_form(form):
    status, said, _ = run(FORMS[form], "-")
    assert (status, parts(said)[0]) == (0, ("state-11",))
    assert "(line 24)" in said and "(line 9)" in said


@pytest.mark.parametrize(
    "words, end",
    [
        ("VM-instruction error 7", "VMLAUNCH or VMRESUME ended in an error"),
        ("vmx: VMLAUNCH failed: VM-instruction error 8", "ended in an error"),
        ("vmresume failed, error 7", "ended in an error"),
        ("vmlaunch failed, instruction error 7", "ended in an error"),
        ("VM entry failed: VM-instruction error number 7", "ended in an error"),
        ("VM-entry failure 0x80000021", "guest state is not valid"),
        ("exit reason: 0x80000021 (invalid guest state)", "guest state is not valid"),
        ("rc=VERR_VMX_INVALID_GUEST_STATE", "guest state is not valid"),
        # of no VM entry
        ("INSTRUCTION_ERROR = 0xc", "does not say how the VM entry ended"),
    ],
)
def test_how_it_ended(words, end):
    status, said, error = run(f"{words}\nGUEST_RFLAGS = 0x2\n".encode(), "-")
    assert status == 0, error
    assert end in said


def test_standard_input_twice():
    status, said, error = run(DUMP.encode(), "-", "--caps", "-")
    assert (status, said) == (2, "") and "standard input can be read only once" in error


def test_too_long(tmp_path):
    (tmp_path / "x").write_bytes(bytes((16 << 20) + 4097))
    status, said, error = run(b"", tmp_path / "x")
    assert (status, said) == (2, "") and "longer than 16 MiB" in error and error.count("\n") == 1


def test_capabilities_that_differ(tmp_path):
    """Of two processors: none of them is used, and that is said."""
    words = []
    for fixed in 0x3767FF, 0x27FF:
        (tmp_path / str(fixed)).write_text(f"IA32_VMX_CR4_FIXED1 = {fixed:#x}\n")
        words += ["--caps", tmp_path / str(fixed)]
    said = run(b"", DUMPS / "kvm-sti-smm.txt", *words)[1]
    assert "IA32_VMX_CR4_FIXED1 (489H) is given with different values, and not used" in said
