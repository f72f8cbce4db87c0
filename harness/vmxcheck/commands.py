# SPDX-License-Identifier: GPL-2.0
"""The table of commands: what ./vmxcheck can do, and which options each command takes."""

from argparse import Namespace
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from vmxcheck import options
from vmxcheck.options import BUILD, MACHINE, NO_BUILD, ONE, VERBOSE, Option

TARGET = (*MACHINE, NO_BUILD, VERBOSE)
SUITE = (
    *(*TARGET, options.CASES, options.OUTPUT, options.JOBS),
    *(options.TRANSCRIPT, options.PREDICT),
)
LONG = {"silence": 300.0}


@dataclass(frozen=True)
class Command:
    """A row of the table.

    `module` of this package has the function command(platform, options), which returns
    the exit status; without a module the Makefile does it. `boots`: it is given a
    platform. `defaults` are other defaults than the options' own.
    """

    name: str
    help: str
    module: str = ""
    options: tuple[Option, ...] = ()
    boots: bool = True
    defaults: Mapping[str, object] = field(default_factory=dict)

    def reads(self, values: Namespace) -> bool:
        """Whether it is to read results, or to list lessons, and boots nothing for that."""
        if options.LESSON in self.options:
            return not values.lesson
        return self.boots and options.SEVERAL in self.options and bool(values.results)

    @property
    def of_make(self) -> bool:
        """Whether make can do it: all that it has to be given are variables."""
        return all(row.variable for row in self.options if row.count == ONE)


COMMANDS = (
    Command(
        "run",
        "run the cases: TAP, then one line that sums up",
        "run",
        (*SUITE, options.QUIRKS, options.PATTERNS, options.ORDER, options.SEED)
        + (options.SHARD, options.BASELINE),
    ),
    Command(
        "check",
        "run all tests: lint, unit tests, driver tests, all cases",
        "check",
        (*TARGET, options.CASES, options.JOBS, options.QUIRKS, options.PYTEST),
    ),
    Command(
        "platforms",
        "which platforms can run on this machine, what the others miss",
        "platforms",
        boots=False,
    ),
    Command(
        "coverage",
        "run all, or read a result; what the SDM lists, and what came of it",
        "coverage",
        (*SUITE, options.QUIRKS, options.SEVERAL),
    ),
    Command(
        "variants",
        "run all on legal processors that Bochs is not; first they are built",
        "variants",
        (*SUITE, options.PATTERNS, options.VARIANTS),
        boots=False,
    ),
    Command(
        "mutants",
        "run all on Bochs with random faults, one at a time; which does no case find?",
        "mutants",
        (*TARGET, options.CASES, options.OUTPUT, options.JOBS, options.PATTERNS)
        + (options.COUNT, options.SEED, options.SHARD, options.ONLY),
        boots=False,
        defaults={"count": 20, "seed": 1},
    ),
    Command(
        "unreached",
        "the VMX code of Bochs that no point executes, a line each",
        "unreached",
        (*TARGET, options.CASES, options.OUTPUT, options.PATTERNS),
        boots=False,
    ),
    Command(
        "deterministic",
        "run the cases twice; every instruction must be the same",
        "deterministic",
        (*TARGET, options.CASES, options.QUIRKS, options.PATTERNS),
    ),
    Command(
        "compare",
        "two results side by side, and what differs: A B; of more a table",
        "compare",
        (NO_BUILD, options.A, options.B, options.SEVERAL),
        boots=False,
    ),
    Command(
        "report",
        "write HTML pages about results, to be read by people: build/report",
        "report",
        (NO_BUILD, options.OUTPUT, options.SEVERAL),
        boots=False,
    ),
    Command(
        "merge",
        "make one result of those of all shards",
        "merge",
        (options.OUTPUT, options.BASELINE, options.SEVERAL),
        boots=False,
    ),
    Command(
        "baseline",
        "print a result as a text of names and outcomes, for --baseline",
        "baseline",
        (options.RESULTS,),
        boots=False,
    ),
    Command(
        "caps",
        "what two processors can do, A and B; or what one misses, which of its points cost what",
        "caps",
        (*TARGET, options.A, options.B),
        boots=False,
    ),
    Command(
        "kcidb",
        "print results as JSON for KCIDB, the database of the kernel's CI systems",
        "kcidb",
        (options.ORIGIN, options.BUILD_ID, options.SEVERAL),
        boots=False,
    ),
    Command(
        "junit",
        "write the JUnit file of a results.tap that has none, beside it",
        "junit",
        (options.RESULTS,),
        boots=False,
    ),
    Command(
        "new",
        "write a case that passes, to begin with, and a guest for it",
        "new",
        (options.CASE, options.GUEST),
        boots=False,
    ),
    Command(
        "explain",
        "what a VM exit, control, field, case or point is; or, from a dump, why a VM entry failed",
        "explain",
        (NO_BUILD, options.WHAT, options.OUTPUT, options.REPLAY, options.CAPS),
        boots=False,
    ),
    Command(
        "trace",
        "run a point, and show each line as it happens, in words, with the instruction at pc",
        "trace",
        (*TARGET, options.CASES, options.POINT),
    ),
    Command(
        "learn",
        "a course in VT-x: list its lessons, show one, or judge its exercise",
        "learn",
        (*TARGET, options.CHECK, options.SOLUTION, options.ANSWERS, options.LESSON),
    ),
    Command("shell", "boot to a shell, to drive a guest by hand", "shell", (*TARGET, options.FILES)),
    Command(
        "stress",
        "do to vmxfs what nobody should: TAP, then one line",
        "stress",
        (*TARGET, options.OUTPUT, options.PROGRAM, options.STRESS),
        defaults=LONG,
    ),
    Command(
        "isolation",
        "show that guest and host are kept apart: TAP, then one line",
        "isolation",
        (*TARGET, options.OUTPUT, options.SEED, options.ISOLATION),
        defaults=LONG,
    ),
    Command(
        "fuzz",
        "enter random states; each outcome must be one that libvmxcheck allows",
        "fuzz",
        (*TARGET, options.OUTPUT, options.SEED, options.COUNT, options.SHARD)
        + (options.QUIRKS, options.NO_QUIRKS, options.FUZZ),
        defaults=LONG,
    ),
    Command(
        "leaks",
        "seed leaks into the module: the isolation test must find each",
        "leaks",
        (NO_BUILD, VERBOSE, options.KERNEL, options.LEAKS),
        boots=False,
    ),
    Command(
        "soak",
        "stop a guest from another processor, a million times",
        "soak",
        (*TARGET, options.OUTPUT, options.STOPS),
        defaults=LONG | {"processors": 2},
    ),
    Command(
        "bench",
        "vmxfs against KVM, in instructions; writes bench.json",
        "bench",
        (*TARGET, options.OUTPUT, options.REPETITIONS, options.ROWS),
        defaults=LONG,
    ),
    Command(
        "bench-boot",
        "how long the boot and the suite take, in instructions",
        "bench_boot",
        TARGET,
    ),
    # The rest are targets of the Makefile.
    Command(
        "iso",
        "write a USB stick that runs the cases: build/vmxcheck.iso",
        options=(options.PATTERNS, options.ISO, options.KERNEL, VERBOSE),
    ),
    Command(
        "netboot",
        "write a kernel and a RAM disk that run the cases, for iPXE or LAVA: build/netboot",
        options=(options.PATTERNS, options.NETBOOT, options.KERNEL, VERBOSE),
    ),
    Command("dkms", "write build/dkms; dkms install build/dkms: vmxfs on this machine"),
    Command(
        "libvmx",
        "build the library for programs, static and shared",
        options=(options.PREFIX, options.LIBDIR, VERBOSE),
    ),
    Command(
        "libnvmm",
        "build the library with NVMM's interface, static and shared",
        options=(options.PREFIX, options.LIBDIR, VERBOSE),
    ),
    Command(
        "libvmxcheck",
        "build the library of the SDM's checks, static and shared",
        options=(options.PREFIX, options.LIBDIR, VERBOSE),
    ),
    Command(
        "install",
        "install the libraries and the manual pages",
        options=(options.PREFIX, options.LIBDIR, options.DESTDIR, VERBOSE),
    ),
    Command(
        "uninstall",
        "remove what install has installed, with the same PREFIX, LIBDIR and DESTDIR",
        options=(options.PREFIX, options.LIBDIR, options.DESTDIR, VERBOSE),
    ),
    Command("lint", "check all sources for mistakes", options=(options.KERNEL, VERBOSE)),
    Command(
        "test-fast",
        "run the tests that need no emulator and take little time",
        options=(options.KERNEL, VERBOSE),
    ),
    Command("unit", "run the unit tests alone: nothing is booted", options=(VERBOSE,)),
    Command("checkpatch", "check the style of the module", options=(VERBOSE,)),
    Command("debug-kernel", "build the kernel of `--kernel debug`", options=(VERBOSE,)),
    Command("packages", "install what the build needs", options=BUILD),
    Command("all", "build everything, boot nothing", options=BUILD),
    Command(
        "clean",
        "remove what was built (downloads and Bochs stay in the cache)",
        options=(VERBOSE,),
    ),
)


def names(commands: Iterable[Command] = COMMANDS) -> list[str]:
    return [command.name for command in commands]


def find(name: str) -> Command | None:
    return next((command for command in COMMANDS if command.name == name), None)
