# SPDX-License-Identifier: GPL-2.0
"""Who refused a VM entry, by Bochs' log; and a target that is started again."""

import re
import subprocess

import pytest
from vmxcheck.image import ROOT
from vmxcheck.platforms.masked import Mask
from vmxcheck.run import conclude
from vmxcheck.tap import Stream

# The target's counter is 4000 behind.
OFFSET = "# tsc-offset: -4000"
LOG = """\
00000005000e[CPU0  ] VMEXIT: EPT violation for guest paddr 0x1000
00000005100e[CPU0  ] VMENTER FAIL: VMCS guest RIP > 32 bit
00000005200e[CPU0  ] VMFAIL: VMCS host state invalid CR3
00000005300e[CPU0  ] RDMSR: Unknown register 0x1d9
"""
POINT = "ok 7 - entry/rip"
SKIP = f"{POINT} # SKIP undecided: "
BELOW = f"{SKIP}the processor below refused the VM entry: "


def judge(folder, *lines, log=LOG):
    (folder / "log").write_text(log)
    mask = Mask(folder / "log")
    return [judged for line in lines for judged in mask.judged(line)]


@pytest.mark.parametrize(
    "begun, ended, judged",
    [
        (900, 1099, POINT),
        (1000, 1100, f"{BELOW}VMENTER FAIL: VMCS guest RIP > 32 bit"),
        (1100, 1199, f"{BELOW}VMENTER FAIL: VMCS guest RIP > 32 bit"),
        (1101, 1199, POINT),
        (1000, 1250, f"{BELOW}VMFAIL: VMCS host state invalid CR3"),
        (1250, 1400, POINT),
    ],
)
def test_by_the_time(tmp_path, begun, ended, judged):
    said = judge(tmp_path, OFFSET, f"# refused: {begun} {ended}", POINT)
    assert said == [judged]


def test_only_the_next_point(tmp_path):
    refused = "# refused: 1000 1100"
    lines = ["# refused: 900 901", "ok 1 - a", "ok 2 - b", refused, "# note", POINT, "ok 8 - c"]
    assert judge(tmp_path, OFFSET, *lines) == [
        *("ok 1 - a", "ok 2 - b", "# note"),
        f"{BELOW}VMENTER FAIL: VMCS guest RIP > 32 bit",
        "ok 8 - c",
    ]


def test_what_did_not_pass(tmp_path):
    """It is what it is."""
    for line in ("not ok 7 - entry/rip # TODO a mistake", "not ok 7 - entry/rip"):
        assert judge(tmp_path, OFFSET, "# refused: 1000 1100", line) == [line]


def test_each_start_has_its_offset(tmp_path):
    lines = (OFFSET, "# refused: 1000 1100", POINT, "# tsc-offset: -9000", "# refused: 1000 1100", POINT)
    first, second = judge(tmp_path, *lines)
    assert first.startswith(BELOW)
    assert second == POINT


UNKNOWN = "# tsc-offset: unknown"


@pytest.mark.parametrize("before", [(), (UNKNOWN,), (OFFSET, "ok 1 - a", UNKNOWN)])
def test_without_offset(tmp_path, before):
    said = judge(tmp_path, *before, "# refused: 1000 1100", POINT)
    assert said[-1] == f"{SKIP}nobody says when the processor below ran this"


def test_start_forgets(tmp_path):
    """The point that was on its way is not the one that comes."""
    assert judge(tmp_path, OFFSET, "# refused: 1000 1100", OFFSET, POINT) == [POINT]


@pytest.mark.parametrize("name, undecided", [("exits/kept", False), ("entry/rflags[bit-1]", True)])
def test_means(tmp_path, name, undecided):
    """A case that wants VM entry to fail, whoever refuses it."""
    log = "00000005100e[CPU0  ] VMENTER FAIL: RFLAGS[1] cleared\n"
    (said,) = judge(tmp_path, OFFSET, "# refused: 1000 1100", f"ok 7 - {name}", log=log)
    assert ("# SKIP undecided" in said) == undecided


def test_words_of_bochs(tmp_path):
    """Beside a failure: of this point, and of nothing before it."""
    lines = "# refused: 1000 1100", "not ok 7 - a", "  ---", "  tsc: 1100", "  ..."
    lines += "# refused: 1300 1400", "not ok 8 - b", "  ---", "  tsc: 1400", "  ..."
    lines += "not ok 9 - c", "  ---", "  tsc: 1400", "  ..."
    said = judge(tmp_path, OFFSET, *lines)
    assert said == [
        *("not ok 7 - a", "  ---", "  tsc: 1100", '  bochs: "VMENTER FAIL: VMCS guest RIP > 32 bit"'),
        *("  ...", "not ok 8 - b", "  ---", "  tsc: 1400", "  ..."),
        *("not ok 9 - c", "  ---", "  tsc: 1400", "  ..."),
    ]


def test_log_that_grows(tmp_path):
    """It is read on, and only whole lines."""
    log = tmp_path / "log"
    mask = Mask(log)
    mask.judged(OFFSET)

    def point():
        mask.judged("# refused: 1000 1100")
        return mask.judged(POINT)

    assert point() == [POINT]
    log.write_text(LOG[:100])
    assert point() == [POINT]
    with log.open("a") as file:
        file.write(LOG[100:])
    assert point() == [f"{BELOW}VMENTER FAIL: VMCS guest RIP > 32 bit"]


def test_summary(capsys):
    """It is no failure."""
    tap = Stream()
    for line in ("1..2", "ok 1 - a", f"{BELOW}x".replace("7", "2")):
        tap.feed(line)
    assert conclude(tap, "KVM", 1.0) == 0
    said = capsys.readouterr().err
    assert "undecided: 1 point: the processor below refused the VM entry" in said
    assert "1 passed, 1 undecided of 2 in 1.0 s on KVM" in said


# What init-kvm asks of the machine -> what the test has in its place
PATHS = ("qemu.log", "qemu.pid", "qemu", "tap", "died", "points", "initrd", "relay", "memory/target")
LOOP = "# say TEXT:"
END = "# The console is a serial line"
# What prints is a file here.
RELAY = """\
#!/bin/busybox sh
copy=$1
shift 3
"$@" | tee -a "$copy" >>printed
"""
# A QEMU: the n-th time that it is started it does the n-th of these. Its memory must be new.
QEMU = """\
echo $$ >qemu.pid
[ ! -e memory/target ] && : >memory/target || exit
tell() { ./relay tap - 0 printf "$@"; }
echo >>starts
case $(wc -l <starts) in
%s
esac
"""


def restart(tmp_path, *starts, points=4, quiet="1000000"):
    """Runs init-kvm's loop with such a QEMU; returns what vmxcheck sees, and /died."""
    text = (ROOT / "harness/target/init-kvm").read_text()
    loop = (ROOT / "harness/target/init-points").read_text()
    loop += text[text.index(LOOP) : text.index(END)]
    assert loop.count("sleep 2\n") == loop.count("-gt 30 ") == 1
    loop = loop.replace("sleep 2\n", "sleep 0.02\n").replace("-gt 30 ", f"-gt {quiet} ")
    for path in PATHS:
        loop = re.sub(rf"(?<![\w/])/{path}\b(?!\.)", str(tmp_path / path), loop)
    (tmp_path / "memory").mkdir()
    (tmp_path / "printed").touch()
    (tmp_path / "initrd").write_text("target")
    (tmp_path / "points").write_text("point\n" * points)
    (tmp_path / "relay").write_text(RELAY)
    (tmp_path / "relay").chmod(0o755)
    cases = "\n".join(f"{n}) {start} ;;" for n, start in enumerate(starts, 1))
    (tmp_path / "qemu").write_text(QEMU % cases)
    (tmp_path / "init").write_text(loop)
    (tmp_path / "bin").mkdir()
    subprocess.run(["/bin/busybox", "--install", "-s", tmp_path / "bin"], check=True)
    subprocess.run(
        ["/bin/busybox", "sh", "init"],
        cwd=tmp_path,
        env={"PATH": str(tmp_path / "bin")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    assert (tmp_path / "starts").read_text().count("\n") == len(starts)
    died = tmp_path / "died"
    lines = (tmp_path / "printed").read_text().splitlines()
    return lines, died.read_text() if died.exists() else ""


ALL = r"tell '1..4\nok 1 - a\nok 2 - b\nnot ok 3 - c\nok 4 - d\n'"


def test_no_restart(tmp_path):
    lines, died = restart(tmp_path, ALL)
    assert (len(lines), died) == (5, "")


def test_restart(tmp_path):
    """Behind the point that it died of."""
    lines, died = restart(
        tmp_path,
        r"tell '1..4\nok 1 - a\n'",
        r"tell 'not ok 2 - b\nok 3 - c\n'; echo KVM: entry failed >&2; exec sleep 1000",
        r"grep -q died initrd && grep -q '^4 QEMU' died && tell 'not ok 4 - d\n'",
    )
    assert lines == ["1..4", "ok 1 - a", "not ok 2 - b", "ok 3 - c", "not ok 4 - d"]
    assert died == "4 QEMU stopped: KVM: entry failed\n"


def test_restart_after_silence(tmp_path):
    starts = r"tell '1..4\nok 1 - a\n'; exec sleep 1000", r"tell 'ok 2 - b\nok 3 - c\nok 4 - d\n'"
    _, died = restart(tmp_path, *starts, quiet="20")
    assert died == "2 QEMU hangs\n"


def test_restart_in_vain(tmp_path):
    """A warning is not why, nor is a line without words."""
    why = "echo qemu: warning: old; echo '**'; echo qemu: no such machine; exit 1"
    lines, _ = restart(tmp_path, r"tell '1..4\nok 1 - a\n'", f"{{ {why}; }} >&2")
    assert lines[2:] == [
        "Bail out! the target does not start again: QEMU ended: qemu: no such machine"
    ]


@pytest.mark.parametrize("start", ["exit 1", r"tell '# processor: x\n'"])
def test_never_starts(tmp_path, start):
    """Before there is a plan no point is to blame."""
    lines, died = restart(tmp_path, f"echo qemu: no memory >&2; {start}")
    assert (lines[-1], died) == ("Bail out! the target does not start: QEMU ended: qemu: no memory", "")


def test_restart_before_the_first_point(tmp_path):
    lines, died = restart(tmp_path, r"tell '1..4\n'", ALL.replace(r"1..4\n", ""))
    assert (lines[1:2], died) == (["ok 1 - a"], "1 QEMU ended\n")


def test_restart_in_a_block(tmp_path):
    """Of the point before it; who reads the TAP waits for its end."""
    block = r"  ---\n  severity: failure\n"
    lines, _ = restart(
        tmp_path,
        rf"tell '1..4\nnot ok 1 - a\n{block}  ...\nnot ok 2 - b\n{block}'",
        r"tell 'not ok 3 - c\nok 4 - d\n'",
    )
    assert lines[5:] == ["not ok 2 - b", "  ---", "  severity: failure", "  ...", "not ok 3 - c", "ok 4 - d"]


def test_no_restart_after_bail_out(tmp_path):
    lines, died = restart(tmp_path, r"tell '1..4\nBail out! no vmxfs\n'")
    assert (lines[1:], died) == (["Bail out! no vmxfs"], "")


def test_no_restart_without_points(tmp_path):
    """Of what runs no points: stress, say."""
    lines, died = restart(tmp_path, r"tell 'ok 1 - a\n'", points=0)
    assert (lines, died) == (["ok 1 - a"], "")


RUN = 'with_arguments /vmxrun "$@" </args >$tap\n'
# Whoever reads the case waits until the target is gone.
DIES = f"""\
if [ ! -s /died ]; then
	rm /cases/exits/b.case
	mkfifo /cases/exits/b.case
	{{ exec 3>/cases/exits/b.case; echo c >/proc/sysrq-trigger; }} &
fi
{RUN}"""
HLT = "guest prot/hlt\nctl: go\nwait? .hlt ...\n"


@pytest.mark.emulator
def test_target_that_dies(command, cases, tmp_path):
    """The point that its kernel panicked of has failed, and the others run."""
    text = (ROOT / "harness/target/init").read_text()
    assert RUN in text
    init = tmp_path / "init"
    init.write_text(text.replace(RUN, DIES))
    init.chmod(0o755)
    folder = cases(a=HLT, b=HLT, c=HLT)
    status, out, err = command.vmxcheck(
        *("run", "--platform", "kvm-in-bochs", "--jobs", 1, "--cases", folder),
        *("--output", tmp_path / "out", "--init", init),
    )
    assert status == 1, out + err
    points = [line for line in out.splitlines() if "ok " in line]
    assert points == ["ok 1 - exits/a", "not ok 2 - exits/b", "ok 3 - exits/c"]
    assert out.count('message: "the machine did not survive this point: QEMU ended"') == 1
    assert "2 passed, 1 failed of 3" in err
