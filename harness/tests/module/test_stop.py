# SPDX-License-Identifier: GPL-2.0
"""No stop of a program's run is lost, wherever on its way the run is.

The module is built with points in it, at which it waits until the stop has come: one of
them is between its last look and VM entry, where interrupts are disabled already. There
the stop's interrupt must make the guest leave before its first instruction.
"""

import modules
import pytest
from scripts import boot
from vmxcheck.image import BUILD, libraries
from vmxcheck.platforms import platform
from vmxcheck.tap import Stream

pytestmark = pytest.mark.emulator

PROGRAM = BUILD / "stop"

# What waits at a point, with its parameters.
WAIT = """
static int vmxfs_test_point, vmxfs_test_waits, vmxfs_test_kicked;
module_param_named(test_point, vmxfs_test_point, int, 0600);
module_param_named(test_waits, vmxfs_test_waits, int, 0400);

void vmxfs_test(int point);
void vmxfs_test(int point)
{
	if (READ_ONCE(vmxfs_test_point) != point)
		return;
	WRITE_ONCE(vmxfs_test_kicked, 0);
	WRITE_ONCE(vmxfs_test_waits, 1);
	while (!READ_ONCE(vmxfs_test_kicked))
		cpu_relax();
	WRITE_ONCE(vmxfs_test_waits, 0);
	WRITE_ONCE(vmxfs_test_point, 0);
}

void vmxfs_test_kick(void);
void vmxfs_test_kick(void)
{
	WRITE_ONCE(vmxfs_test_kicked, 1);
}
"""
DECLARED = "\nvoid vmxfs_test(int point);\nvoid vmxfs_test_kick(void);\n"
INSTRUCTIONS = '#include "cpu/instructions.h"\n'
RUN = '#include "run/run.h"\n'
VCPU = '#include "vcpu/vcpu.h"\n'

# In runner.h: a program's run, and not the files'
PROGRAMS = "runner->may_hide_msrs"

# (file, before which line, what is put there)
POINTS = [
    (
        "files/ioctl.c",
        "\t\terr = vcpu->program.page ? vmxfs_vcpu_lock_run(vcpu) : -ENXIO;",
        "vmxfs_test(1);",
    ),
    ("program/run_program.c", "\tvmxfs_runner_begin(vcpu);", "vmxfs_test(2);"),
    (
        "program/run_program.c",
        "\tresult = vmxfs_run_once(vcpu, &vmxfs_program, VMXFS_AUTO);\n\tif (unlikely",
        "vmxfs_test(3);",
    ),
    ("run/runner.h", "\tvmxfs_load_guest(vcpu);", f"if ({PROGRAMS}) vmxfs_test(4);"),
    ("run/runner.h", "\tvmxfs_save_guest(vcpu);", f"if ({PROGRAMS}) vmxfs_test(5);"),
    ("program/run_program.c", "\tif (vcpu->runner == current)\n", "vmxfs_test(6);"),
]
KICK = "\t/* As in vmxfs_vcpu_claim(). */\n\tsmp_mb();\n\tvmxfs_vcpu_kick(vcpu);\n"


def build(folder, kick):
    """The module with the points in it; returns its path."""
    modules.copy_source(folder)
    signal = "#include <linux/sched/signal.h>\n"
    edits = [
        ("files/ioctl.c", INSTRUCTIONS, INSTRUCTIONS + WAIT),
        ("files/ioctl.c", signal, "#include <linux/moduleparam.h>\n" + signal),
        ("run/runner.h", RUN, RUN + DECLARED),
        ("vcpu/lock.c", VCPU, VCPU + DECLARED),
        ("vcpu/lock.c", KICK, (KICK if kick else "") + "\tvmxfs_test_kick();\n"),
        *((file, line, f"\t{call}\n{line}") for file, line, call in POINTS),
    ]
    for edit in edits:
        modules.replace(folder, *edit)
    return modules.build(folder, "vmxfs")


def run(arguments, module=None):
    """Runs build/stop; returns its points, by number, and what it said besides."""
    files = {"stop": PROGRAM} | libraries(PROGRAM)
    if module:
        files["vmxfs.ko"] = module
    lines, _ = boot(
        platform("bochs", processors=2), f"/stop {arguments} >/dev/ttyS1", files
    )
    stream = Stream()
    for line in lines:
        stream.feed(line)
    stream.finish()
    return stream, lines


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """kick -> TAP, of the module as it is, and as it would be without the interrupt"""
    folder = tmp_path_factory.mktemp("stop")
    return {
        kick: run("points", build(folder / str(kick), kick)) for kick in (True, False)
    }


def test_points(results):
    stream, lines = results[True]
    assert stream.complete, lines
    assert len(stream.points) == 8
    assert all(point.ok for point in stream.points), lines


def test_without_the_interrupt_the_guest_goes_on(results):
    """What test_points() looks for can fail."""
    stream, lines = results[False]
    assert stream.complete, lines
    assert [n for n, point in enumerate(stream.points, 1) if not point.ok] == [4], lines


def test_soak():
    """`make soak` does it a million times."""
    stream, lines = run("soak 20000")
    assert stream.complete, lines
    assert [point.ok for point in stream.points] == [True], lines
    assert any(line.startswith("# 20000 stops: longest ") for line in lines), lines


def test_moved():
    """A guest goes on where the scheduler has moved its thread."""
    stream, lines = run("move 200")
    assert stream.complete, lines
    assert [point.ok for point in stream.points] == [True], lines
