# SPDX-License-Identifier: GPL-2.0
"""explain: what it says of each dump, in each layer that is put around one."""

import subprocess

import pytest
from explain.expected import EXPECTED
from explain.layers import LAYERS, OF_WHOLE_LINES
from explain.said import DUMPS, dump, explain, parts
from programs import run
from vmxcheck.image import BUILD

FAILED = [name for name in EXPECTED if not EXPECTED[name].status]
ROUNDS = 10_000


def check(name, text):
    expected = EXPECTED[name]
    status, said, error = explain(text)
    assert status == expected.status, error
    if status:
        assert said == "" and error.count("\n") == 1
        said = error
    assert expected.end in said
    assert parts(said) == (expected.violated, expected.one_of), said
    return said


def test_all_are_expected():
    assert {path.stem for path in DUMPS.glob("*.txt")} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_dump(name):
    said = check(name, dump(name))
    assert [words for words in EXPECTED[name].says if words not in said] == []


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.__name__)
@pytest.mark.parametrize("name", FAILED)
def test_layer(name, layer):
    check(name, layer(dump(name)))


# The lines of this one are broken.
WHOLE = [name for name in FAILED if name != "kvm-cet-ssp"]


@pytest.mark.parametrize("layer", OF_WHOLE_LINES, ids=lambda layer: layer.__name__)
@pytest.mark.parametrize("name", WHOLE)
def test_layer_of_whole_lines(name, layer):
    check(name, layer(dump(name)))


# Values that may not be used


@pytest.mark.parametrize(
    "old, new",
    [
        # cut off; given twice, differently; of another EFER; no number
        ("RFLAGS=0x00000002", "RFLAGS=0x0000002"),
        ("RFLAGS=0x00000002", "RFLAGS=0x00000002\nRFLAGS=0x00000202"),
        ("Interruptibility = 00000009", "Interruptibility = 0000000"),
        ("Interruptibility = 00000009", "Interruptibility = 0000000g"),
        ("Interruptibility = 00000009", "Interruptibility\n\n\n= 00000009"),
    ],
)
def test_value_that_does_not_count(old, new):
    text = dump("kvm-sti-smm")
    assert old in text
    status, said, _ = explain(text.replace(old, new))
    assert (status, parts(said)[0]) == (0, ())


def test_given_twice_the_same():
    text = dump("kvm-sti-smm")
    check("kvm-sti-smm", text.replace("RFLAGS=0x00000002", "RFLAGS=0x00000002 \n RFLAGS=0x00000002"))


@pytest.mark.parametrize("end, violated", [("\n", ("rip-5",)), ("", ())])
def test_number_at_the_end(end, violated):
    """What follows may not have been copied."""
    said = explain("GUEST_CR0 = 0x80050033\nGUEST_RFLAGS = 0x40" + end)[1]
    assert parts(said)[0] == violated
    assert ("The last line has no end" in said) == (not end)


# Other forms

LISTS = {
    "encodings": "0x6820 = 0x2\n0x4824: 0x9\n0x4826 0x0\n0x6822 = 0x0\n",
    "bare": "6820 RFLAGS: 2\n4824 INTERRUPTIBILITY: 9\n4826 ACTIVITY: 0\n6822 PENDING: 0\n",
    "names": "GUEST_RFLAGS = 0x2\nGUEST_INTERRUPTIBILITY_INFO: 0x9\n",
    "vmcs": "guest_rflags 0x2\nguest_interruptibility_state 0x9\n",
    "markdown": "| Guest RFLAGS | `0x2` | why |\n|---|---|---|\n"
    "| Guest interruptibility state | 0x9 | |\n",
    "bits": "guest RFLAGS.IF = 0\nGUEST_INTERRUPTIBILITY_STATE = 0x1\n",
}


@pytest.mark.parametrize("form", LISTS)
def test_list(form):
    status, said, _ = explain(LISTS[form])
    assert (status, parts(said)[0]) == (0, ("state-11",)), said


def test_not_in_a_list():
    """Other names, and numbers that may be decimal"""
    text = "guest_rflagss 0x2\ncr3 0x1000\nGUEST_INTERRUPTIBILITY_STATE = 19\n"
    assert explain(text)[0] == 1


XEN_MSR = """\
(XEN) d24v1 vmentry failure (reason 0x80000022): MSR loading (entry 1)
(XEN)   msr c0000082 val 1ffff80676f52be5 (mbz 0)
"""
KVM_MSRS = """\
*** Guest State ***
MSR guest autoload:
   0: msr=0xc0000084 value=0x0000000000000200
   1: msr=0xc0000082 value=0x1ffff80676f52be5
VMExit: intr_info=00000000 errcode=00000000 ilen=00000003
        reason=80000022 qualification=0000000000000002
"""


@pytest.mark.parametrize("text", [XEN_MSR, KVM_MSRS], ids=["xen", "kvm"])
def test_msr_loading(text):
    """Xen counts entries from 0, the SDM from 1; the address is not canonical."""
    said = explain(text)[1]
    assert "VM entry failed: an MSR could not be loaded." in said
    assert "exit qualification 0x2" in said and "entry 2, counted from 1" in said
    assert parts(said)[0] == ("msr-7",)
    assert "MSR 0xc0000082" in said and "value 0x1ffff80676f52be5" in said


def test_several_dumps():
    """One after the other: what is of one is not of the other."""
    both = dump("kvm-ds-not-accessed") + dump("kvm-sti-smm") + dump("xen-hlt")
    said = explain(both)[1]
    one, two, three = said.split("\nDump ")
    assert one.startswith("Dump 1 of 3\n")
    assert parts(one)[0] == ("segment-21",) and parts(two)[0] == ("state-11",)
    assert "Not of a failed VM entry" in three


# Which checks count


def test_error_and_exit_reason():
    """A VMCS has both, and does not say which is newer."""
    text = "guest_rflags 0x2\nguest_interruptibility_state 0x1\nexit_reason 0xc\n"
    assert "Not of a failed VM entry" in explain(text)[1]
    for error, either in (5, False), (7, True):
        said = explain(text + f"instruction_error {error:#x}\n")[1]
        assert ("which of them is newer is not told" in said) == either
        assert ("Not of a failed VM entry" in said) != either


STALE = "KVM: entry failed, hardware error 0x7\n"


def test_instruction_error_after_an_exit():
    """Exit reason and qualification are old then; guest state is not what it was about."""
    text = dump("kvm-sti-smm").replace("KVM: entry failed, hardware error 0x80000021", STALE)
    said = explain(text)[1]
    assert "VM-instruction error 7" in said and "earlier VM exit" in said
    explained, _, other = said.partition("\nViolated, too, but not what was reported:\n")
    assert (parts(explained)[0], parts(other)[0]) == ((), ("state-11",))


def test_qualification_of_another_check():
    text = dump("kvm-sti-smm").replace(
        "qualification=0000000000000000", "qualification=0000000000000004"
    )
    said = explain(text)[1]
    other = said.partition("\nViolated, too, but not what was reported:\n")[2]
    assert "invalid VMCS link pointer" in said
    assert parts(other) == (("state-11",), tuple(f"state-{n}" for n in range(26, 31)))


# Capabilities

CONTROLS = "0x{:x}\nVMLAUNCH failed. Instruction error = 7.\n"
TRUE_PROC = 0xFFFBFFFE04006172
CAPS = {
    "msr": "IA32_VMX_TRUE_PROCBASED_CTLS: 0xfffbfffe04006172\nIA32_VMX_BASIC: 0xda040000000012\n",
    "rdmsr": "# rdmsr 0x48e\nfffbfffe04006172\n# rdmsr 0x480\nda040000000012\n",
    "caps": "msr.vmx_true_procbased_ctls 0xfffbfffe04006172\nmsr.vmx_basic 0xda040000000012\n",
    "virtualbox": "00:00:01.017380 HM: MSR_IA32_VMX_TRUE_PROCBASED_CTLS  = 0xfffbfffe04006172\n"
    "00:00:01.017380 HM: MSR_IA32_VMX_BASIC = 0xda040000000012\n",
}


@pytest.fixture
def caps(tmp_path):
    """Files with these texts; returns what the command has to be told."""

    def write(*texts):
        words = []
        for number, text in enumerate(texts):
            path = tmp_path / str(number)
            path.write_text(text)
            words += ["--caps", path]
        return words

    return write


@pytest.mark.parametrize("form", CAPS)
def test_capabilities(caps, form):
    """Bit 18 of the processor-based controls is no control, and is sure not to be one."""
    text = "PROC_BASED_CONTROLS = " + CONTROLS.format(0x94006172 | 1 << 18)
    said = explain(text, *caps(CAPS[form]))[1]
    assert parts(said)[0] == ("controls-2",)
    assert "bits that must be 0: 18" in said and "assumed" not in said


def test_without_capabilities():
    text = "PROC_BASED_CONTROLS = " + CONTROLS.format(0x94006172 & ~2)
    said = explain(text)[1]
    assert parts(said)[0] == ("controls-2",)
    assert "bits that must be 1: 1" in said and "(rests on what is assumed)" in said


def test_what_depends_on_the_processor(caps):
    """A secondary control that not all have: the MSR decides."""
    text = "PROC_BASED_CONTROLS = 0x94006172\nSECONDARY_CONTROLS = " + CONTROLS.format(1 << 19)
    said = explain(text)[1]
    assert parts(said)[0] == () and "IA32_VMX_PROCBASED_CTLS2 (48BH): controls-3" in said
    said = explain(text, *caps("IA32_VMX_PROCBASED_CTLS2 = 0xff00000000\n"))[1]
    assert parts(said)[0] == ("controls-3",)
    said = explain(text, *caps("# rdmsr 0x48b\nffffffff00000000\n"))[1]
    assert parts(said)[0] == ()


def test_haxm_and_cpuinfo(caps):
    text = "PROC_BASED_CONTROLS = 0x96006172\nIO_BITMAP_A = 0x8000000000\n"
    text += "IO_BITMAP_B = " + CONTROLS.format(0)
    cpuinfo = "address sizes\t: 39 bits physical, 48 bits virtual\n"
    assert parts(explain(text)[1])[0] == ()
    assert parts(explain(text, *caps(cpuinfo))[1])[0] == ("controls-6",)
    haxm = "haxm_info: VMX cpu prim ctrls   : 0x4006172, 0x7FFFFFFF\n"
    haxm += "haxm_info: VMX basic info       : 0x0050040000000012\n"
    found = ("controls-2", "controls-6")
    assert parts(explain(text, *caps(cpuinfo, haxm))[1])[0] == found


VMXCAP = """\
Basic VMX Information
  Hex: 0xda040000000012
  Revision                                 18
pin-based controls
  External interrupt exiting               yes
  NMI exiting                              yes
  Virtual NMIs                             yes
  Activate VMX-preemption timer            {}
  Process posted interrupts                no
primary processor-based controls
  HLT exiting                              forced
"""


def test_vmxcap(caps):
    """What it says of some controls; all else is assumed."""
    text = "PIN_BASED_CONTROLS = 0x5e\nPROC_BASED_CONTROLS = " + CONTROLS.format(0x4006172)
    said = explain(text, *caps(VMXCAP.format("yes")))[1]
    assert parts(said)[0] == ("controls-2",) and "bits that must be 1: 7" in said
    said = explain(text, *caps(VMXCAP.format("no")))[1]
    assert parts(said)[0] == ("controls-1", "controls-2") and "must be 0: 6" in said
    assert parts(explain(text)[1])[0] == ()


# Wrong input


def test_not_understood():
    for text in "", "hello\n", "\0" * 99, "a=0x1\n" * 1000:
        status, said, error = explain(text)
        assert (status, said) == (1, "") and error.count("\n") == 1


def test_can_not_be_read(tmp_path):
    for words in ([tmp_path / "x"], [tmp_path], ["-", "--caps", tmp_path / "x"]):
        done = subprocess.run(
            [BUILD / "vmxexplain", *words], stdin=subprocess.DEVNULL, capture_output=True
        )
        assert done.returncode == 2 and done.stdout == b""
        assert done.stderr.count(b"\n") == 1 and str(tmp_path).encode() in done.stderr
    for words in ([], ["-", "--caps"], ["-", "x"], ["-", "--cap", "x"]):
        done = subprocess.run([BUILD / "vmxexplain", *words], capture_output=True)
        assert done.returncode == 2 and b"usage" in done.stderr


def test_command(command, tmp_path):
    (tmp_path / "caps").write_text(CAPS["msr"])
    words = "--caps", tmp_path / "caps", DUMPS / "kvm-sti-smm.txt"
    status, said, error = command.run("vmxcheck", "explain", *words)
    assert (status, error) == (0, "") and parts(said)[0] == ("state-11",)
    assert command.run("vmxcheck", "explain", "-")[0] == 1


@pytest.mark.slow
def test_fuzz():
    """No crash, and no value that is not there: fuzz.c."""
    said = run(BUILD / "explain-fuzz", str(ROUNDS), "1", *sorted(DUMPS.glob("*.txt")))
    assert said == f"{ROUNDS} dumps\n"
