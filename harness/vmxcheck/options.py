# SPDX-License-Identifier: GPL-2.0
"""The table of options.

Each is a row here, once. The commands' options, make's variables, pytest's options, and
the help texts of all three are made from the rows; commands.py says which command
takes which.
"""

import math
import os
import re
import shlex
import subprocess
from argparse import Namespace
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from vmxcheck import Error
from vmxcheck.nearest import there_are
from vmxcheck.paths import ROOT

# How far a case can reach, each as far as those before it; reach.h of vmxrun says it, too.
REACHES = ("safe", "unsafe", "reset")

# For what a command is given: one argument or none, or any number.
ONE, MANY = "?", "*"


# Each reads the text of a value. ValueError says what is expected instead.


def some_text(text: str) -> str:
    if not text:
        raise ValueError("a value is expected")
    return text


def any_text(text: str) -> str:
    return text


def path(text: str) -> Path:
    found = Path(some_text(text)).absolute()
    try:
        found.exists()
    except OSError as error:  # its name is too long, say
        raise ValueError(error.strerror) from None
    return found


def files(text: str) -> list[Path]:
    """Names with commas between."""
    found = [path(name) for name in text.split(",") if name.strip()]
    if not found:
        raise ValueError("a file is expected")
    for one in found:
        if not one.is_file():
            raise ValueError(f"{one} is a folder" if one.is_dir() else f"there is no file {one}")
        if not os.access(one, os.R_OK):
            raise ValueError(f"{one} can't be read")
        if "=" in one.name:
            raise ValueError(f"{one}: a name without = is expected")
    return found


def some_names(text: str) -> list[str]:
    if not (names := with_commas(text)):
        raise ValueError("a name is expected")
    return names


def name_list(text: str) -> str:
    return ",".join(some_names(text))


def number_of(what: str, least: int = 1, most: int = 0) -> Callable[[str], int]:
    """A number of them; `most` is 0 if there is no limit but nine digits."""
    limits = f"{least} to {most}" if most else f"{least} or more"

    def read(text: str) -> int:
        is_number = text.isascii() and text.isdecimal() and len(text) < 10
        if not (is_number and least <= int(text) <= (most or int(text))):
            raise ValueError(f"a number of {what}, {limits}, is expected")
        return int(text)

    return read


def seed(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) < 1 << 64):
        raise ValueError("a number below 2^64 is expected")
    return int(text)


def shard(text: str) -> str:
    index, _, count = text.partition("/")
    parts = "parts"
    try:
        if number_of(parts)(index) <= number_of(parts)(count):
            return text
    except ValueError:
        pass
    raise ValueError("I/N is expected, with I from 1 to N, and N less than 10^9")


def origin(text: str) -> str:
    if not re.fullmatch("[a-z0-9_]+", text):
        raise ValueError("a name of a-z, 0-9 and _ is expected")
    return text


def build_id(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9_]+:\S+", text):
        raise ValueError("ORIGIN:ID is expected")
    return text


def seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise ValueError("a number of seconds, more than 0, is expected")
    return value


def own_or(
    names: Callable[[], Iterable[str]], find: Callable[[str], object]
) -> Callable[[str], str]:
    """One of these names, or the path of something of the user's, which has a `/`.

    `find` raises ValueError if something else is there.
    """

    def read(text: str) -> str:
        if "/" in text:
            find(own := os.path.abspath(text))
            return own
        if not (known := list(names())):
            raise ValueError("a path, with a /, is expected")
        if text not in known:
            raise ValueError(f"{there_are(text, known)}; or a path, with a /")
        return text

    return read


# Each takes a make variable apart.


def as_shell_words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError as error:
        raise ValueError(str(error).lower()) from None


def with_commas(text: str) -> list[str]:
    return text.replace(",", " ").split()


# All rows, in the order of the help texts
TABLE: list["Option"] = []


@dataclass(frozen=True)
class Option:
    """A row of the table.

    `name` is NAME of --NAME, or of an argument that has no --NAME; then `count` is ONE
    or MANY. `variable` is what make calls it. `metavar` stands for a value in the help
    texts. `read` reads the value, one of `values` if these are given. `flag`: there is
    no value. `repeats`: it may be given more than once, and the value is a list. `short`
    is S of -S. `split` cuts make's variable into arguments.
    """

    name: str
    help: str
    variable: str = ""
    metavar: str = ""
    read: Callable[[str], object] = some_text
    default: object = None
    values: Callable[[], Iterable[str]] | None = None
    flag: bool = False
    repeats: bool = False
    short: str = ""
    count: str = ""
    split: Callable[[str], list[str]] = str.split

    def __post_init__(self) -> None:
        TABLE.append(self)

    @property
    def dest(self) -> str:
        """The attribute of a Namespace that has the value."""
        return self.name.replace("-", "_")

    @property
    def is_needed(self) -> bool:
        """Whether the command does not do without it."""
        return self.count == ONE and self.default is None

    @property
    def placeholder(self) -> str:
        return self.metavar or self.name.upper()

    def spelled(self, value: object = None) -> str:
        """As the user spells it: `--model NAME`, or `MODEL=NAME`; always in one line."""
        text = "" if value is None else in_one_line(str(value))
        if _Spelling.make and self.variable:
            return self.variable if value is None else f"{self.variable}={text}"
        if self.count:
            return self.placeholder if value is None else text or repr(text)
        return (
            f"--{self.name}" if value is None else f"--{self.name} {text or repr(text)}"
        )

    def value(self, text: str) -> object:
        """What this text means; Error if it is wrong."""
        try:
            if self.values and text not in (names := list(self.values())):
                raise ValueError(there_are(text, names))
            return self.read(text)
        except ValueError as error:
            raise Error(f"{self.spelled(text)}: {error}") from None

    def from_make(self, text: str) -> object:
        """What this text means as the value of the variable."""
        if self.flag:
            if text != "1":
                raise Error(f"{self.spelled(text)}: there is: 1")
            return True
        if self.count != MANY:
            return self.value(text)
        try:
            return [self.value(word) for word in self.split(text)]
        except ValueError as error:
            raise Error(f"{self.spelled(text)}: {error}") from None


def in_one_line(text: str) -> str:
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


class _Spelling:
    """How the user spells options, and so do messages."""

    make = False


def spell_as_make() -> None:
    """From now on messages name make's variables."""
    _Spelling.make = True


def _platforms() -> Iterable[str]:
    from vmxcheck.platforms import PLATFORMS

    return PLATFORMS


def _versions_of_bochs() -> Iterable[str]:
    from vmxcheck.platforms.bochs import VERSIONS

    return VERSIONS


def _own_bochs(text: str) -> object:
    from vmxcheck.platforms import own_bochs

    return own_bochs.find(text)


def _own_xen(text: str) -> Path:
    from vmxcheck.platforms import own_xen

    own_xen.read(path(text))
    return path(text)


def _no_quirks() -> Iterable[str]:
    from vmxcheck.quirks import NONE

    return (NONE,)


def _own_quirks(text: str) -> object:
    from vmxcheck import quirks

    return quirks.find(text)


def _own_kernel(text: str) -> object:
    from vmxcheck import own_kernel

    return own_kernel.check_target(text)


def _kernel_with_kvm(text: str) -> object:
    from vmxcheck import own_kernel

    return own_kernel.check_kvm(text)


def _own_qemu(text: str) -> object:
    from vmxcheck.platforms import own_qemu

    return own_qemu.find(text)


def _kernels() -> list[str]:
    return subprocess.check_output([ROOT / "ci/kernel", "--list"], text=True).split()


def _orders() -> Iterable[str]:
    from vmxcheck.run import ORDERS

    return ORDERS


def _rows() -> Iterable[str]:
    from vmxcheck.bench import ROWS

    return ROWS


PLATFORM = Option(
    "platform",
    "the machine that is the target: bochs; kvm-in-bochs and xen-in-bochs, where KVM"
    " or Xen in there is the processor; qemu, where KVM of this machine is; local, this"
    " machine itself",
    "PLATFORM",
    metavar="NAME",
    default="bochs",
    values=_platforms,
)
BOCHS = Option(
    "bochs",
    "which Bochs: 3.0 or 2.7; 3.0 unless it cannot be had; or the path of your own, with a /",
    "BOCHS",
    metavar="VERSION|PATH",
    read=own_or(_versions_of_bochs, _own_bochs),
)
MODEL = Option(
    "model",
    "the processor that Bochs is; an unknown one lists them; `run` takes `all`, too:"
    " each of the best, one after the other",
    "MODEL",
    metavar="NAME",
)
FEATURES = Option(
    "features",
    "what Bochs 3.0, or your own, has beside what its model has, msrlist,smx for example;"
    " an unknown one lists them",
    "FEATURES",
    metavar="NAMES",
    read=name_list,
)
KERNEL = Option(
    "kernel",
    "the target runs it: 6.1 or 6.12, each with -amd64 (generic) or -rt, too; debug, one"
    " that looks for mistakes, is built once; or the path of your own, with a /: a build tree"
    " of Linux, or a folder with vmlinuz, modules and build, the headers",
    "KERNEL",
    metavar="NAME|PATH",
    read=own_or(_kernels, _own_kernel),
)
KVM_KERNEL = Option(
    "kvm-kernel",
    "on the platform kvm-in-bochs, the kernel whose KVM is under test, as `kernel`, which it is"
    " unless given",
    "KVM_KERNEL",
    metavar="NAME|PATH",
    read=own_or(_kernels, _kernel_with_kvm),
)
QEMU = Option(
    "qemu",
    "the path of the QEMU that starts the target on the platforms kvm-in-bochs and qemu, with"
    " a /; Debian's unless given",
    "QEMU",
    metavar="PATH",
    read=own_or(list, _own_qemu),
)
# What the machine is.
MACHINE = (
    PLATFORM,
    BOCHS,
    MODEL,
    FEATURES,
    Option(
        "processors",
        "how many the target has; 1 unless given (`stress` is worth more with 2)",
        "PROCESSORS",
        metavar="N",
        read=number_of("processors", most=16),
    ),
    KERNEL,
    KVM_KERNEL,
    QEMU,
    Option(
        "xen",
        "on the platform xen-in-bochs, the xen.gz of your own 4.17, instead of Debian's",
        "XEN",
        metavar="PATH",
        read=_own_xen,
    ),
    Option(
        "reach",
        "on the platform local, how far the cases that run may reach: safe, nothing of"
        " the machine's, unless given; unsafe, what could harm it; reset, what may take a"
        " reset of the machine",
        "REACH",
        metavar="WORD",
        values=lambda: REACHES,
    ),
    Option(
        "memory",
        "how much memory the target has",
        metavar="MEGABYTES",
        read=number_of("megabytes", 64, 1 << 20),
    ),
    Option(
        "append",
        "more for the target's kernel command line",
        metavar="WORDS",
        default="",
        read=any_text,
    ),
    Option("init", "the target's /init instead of its own", metavar="FILE", read=path),
    Option(
        "silence",
        "give up if the target says nothing for so long",
        metavar="SECONDS",
        default=60.0,
        read=seconds,
    ),
)
# Those of them that are arguments of the platform's class.
SETTINGS = (
    *("bochs", "model", "features", "processors", "memory", "reach"),
    *("kvm_kernel", "qemu", "xen"),
)

CASES = Option(
    "cases", "the folder of cases", metavar="DIR", default=ROOT / "cases", read=path
)
PATTERNS = Option(
    "patterns",
    "the cases to run, exits/hlt or 'exits/*' for example; all unless given",
    "CASES",
    metavar="CASE",
    count=MANY,
)
POINT = Option(
    "point",
    "the point to run, 'exits/hlt[long]' for example; of a case, its first",
    "POINT",
    metavar="CASE|POINT",
    count=ONE,
)
LESSON = Option(
    "lesson",
    "the lesson to show, 01 for example; all are listed unless given",
    "LESSON",
    metavar="NUMBER",
    count=ONE,
    default="",
)
CHECK = Option("check", "judge the answer to its exercise, by running it", flag=True)
SOLUTION = Option("solution", "print a solution of its exercise", flag=True)
ANSWERS = Option(
    "answers",
    "the folder for your answers; learn in this tree unless given",
    metavar="DIR",
    default=ROOT / "learn",
    read=path,
)
QUIRKS = Option(
    "quirks",
    "instead of what is known of the platform: none, whatever fails fails; or the path of a"
    " file of your own, with a /, written like those of cases/quirks",
    "QUIRKS",
    metavar="none|PATH",
    read=own_or(_no_quirks, _own_quirks),
)
JOBS = Option(
    "jobs",
    "how many emulators share the cases; as many as there are cores unless given",
    "JOBS",
    metavar="N",
    read=number_of("machines", most=256),
)
OUTPUT = Option(
    "output",
    "the folder for results.tap and the rest",
    "OUTPUT",
    metavar="DIR",
    default=ROOT / "build",
    read=path,
)
TRANSCRIPT = Option(
    "transcript",
    "record what passed, too, so that `compare` can compare it",
    "TRANSCRIPT",
    flag=True,
)
PREDICT = Option(
    "predict",
    "a point fails, too, if libvmxcheck expects something else of a VM entry or of insn",
    "PREDICT",
    flag=True,
)
ORDER = Option(
    "order",
    "of the points: forward, reverse or random; the results must be the same",
    "ORDER",
    metavar="NAME",
    default="forward",
    values=_orders,
)
SEED = Option(
    "seed", "makes what is random the same again", "SEED", metavar="N", read=seed
)

STRESS = Option(
    "arguments",
    "of the stress test, --seed 2 for example",
    "STRESS",
    metavar="ARGUMENT",
    count=MANY,
    read=any_text,
    split=as_shell_words,
)
ISOLATION = Option(
    "arguments",
    "of the isolation test, -r 99 for example",
    "ISOLATION",
    metavar="ARGUMENT",
    count=MANY,
    read=any_text,
    split=as_shell_words,
)
COUNT = Option(
    "count",
    "how many are tried: states and lines of instructions, or mutants",
    "N",
    metavar="N",
    default=20_000,
    read=number_of("them"),
)
SHARD = Option(
    "shard",
    "do only the I-th of N parts; all of them together do what there is without it",
    "SHARD",
    metavar="I/N",
    read=shard,
)
NO_QUIRKS = Option(
    "no-quirks",
    "report what is known of the platform, too, but what it does not survive",
    "NO_QUIRKS",
    flag=True,
)
FUZZ = Option(
    "arguments",
    "of the program, after --: -- --base long for example",
    "FUZZ",
    metavar="ARGUMENT",
    count=MANY,
    read=any_text,
    split=as_shell_words,
)
PYTEST = Option(
    "arguments", "of pytest, -k hlt for example", metavar="ARGUMENT", count=MANY
)
PROGRAM = Option(
    "program",
    "what runs on the target instead of the stress test",
    metavar="FILE",
    default=ROOT / "build/stress",
    read=path,
)
LEAKS = Option(
    "leaks",
    "a part of the names of the leaks to seed; all unless given",
    "LEAKS",
    metavar="WORD",
    count=MANY,
    split=with_commas,
)
VARIANTS = Option(
    "variants",
    "the legal processors to run on, a,b for example; all unless given",
    "VARIANTS",
    metavar="NAMES",
    read=some_names,
    default=(),
)
ONLY = Option(
    "only",
    "the number of a mutant, to try it alone",
    "ONLY",
    metavar="NUMBER",
    read=number_of("a mutant"),
)
STOPS = Option(
    "stops",
    "how many times the guest is stopped; a million unless given",
    "STOPS",
    metavar="N",
    default=1_000_000,
    read=number_of("stops"),
)
REPETITIONS = Option(
    "repetitions",
    "how many there are of each row",
    metavar="N",
    default=1000,
    read=number_of("repetitions"),
)
ROWS = Option(
    "rows", "what to measure; all unless given", metavar="ROW", count=MANY, values=_rows
)
A = Option(
    "a",
    "a folder with results.tap, TAP, or a baseline; make compare A=... B=...",
    "A",
    count=ONE,
    read=any_text,
    default="",
)
B = Option("b", "the other one", "B", count=ONE, read=any_text, default="")
RESULTS = Option(
    "results", "a folder with results.tap, or TAP", metavar="PATH", count=ONE, read=path
)
SEVERAL = Option(
    "results",
    "folders with results.tap, folders of such folders, or TAP",
    "RESULTS",
    metavar="PATH",
    count=MANY,
    read=path,
)
BASELINE = Option(
    "baseline",
    "an earlier result, as a folder, TAP, or what `baseline` prints: the exit status and the"
    " last line are about what changed",
    "BASELINE",
    metavar="PATH",
    read=path,
)
ORIGIN = Option(
    "origin",
    "the CI system that reports, as KCIDB calls it; vmxcheck unless given",
    "ORIGIN",
    metavar="NAME",
    default="vmxcheck",
    read=origin,
)
BUILD_ID = Option(
    "build",
    "the ID of a build that KCIDB knows, which was tested; vmxcheck's own unless given",
    "BUILD_ID",
    metavar="ORIGIN:ID",
    read=build_id,
)
FILES = Option(
    "files",
    "files of your own for the target, with commas between: programs, with their libraries, are"
    " in the shell's path, the others in /root",
    "FILES",
    metavar="FILE,...",
    default=(),
    read=files,
)
CASE = Option("case", "the case to write", "CASE", metavar="AREA/NAME", count=ONE)
GUEST = Option(
    "guest",
    "the guest of the case, which is written, too, if there is none",
    "GUEST",
    metavar="MODE/NAME",
    count=ONE,
)
WHAT = Option(
    "what",
    "a VM exit, exception, control, field, capability, check of VM entry, case or point, by its"
    " name or number; or the text that has a dump, - for standard input",
    metavar="NAME|NUMBER|FILE|-",
    count=ONE,
)
CAPS = Option(
    "caps",
    "a text with capabilities of the processor: vmxfs's caps, vmxcap, rdmsr,"
    " /proc/cpuinfo, a log of VirtualBox or HAXM; may be given more than once",
    metavar="FILE",
    default=(),
    read=path,
    repeats=True,
)
REPLAY = Option(
    "replay",
    "write a case that makes the VM entry of the dump again, in build/replay",
    flag=True,
)
ISO = Option(
    "iso",
    "the file to write; build/vmxcheck.iso unless given",
    "ISO",
    metavar="FILE",
    read=path,
)
NETBOOT = Option(
    "netboot",
    "the folder to write; build/netboot unless given",
    "NETBOOT",
    metavar="DIR",
    read=path,
)
PREFIX = Option(
    "prefix", "where to install; /usr/local unless given", "PREFIX", metavar="DIR"
)
LIBDIR = Option(
    "libdir", "where the libraries go; PREFIX/lib unless given", "LIBDIR", metavar="DIR"
)
DESTDIR = Option("destdir", "what to install below", "DESTDIR", metavar="DIR")

VERBOSE = Option(
    "verbose",
    "show the console of the target, and the commands that build it",
    "V",
    flag=True,
    short="v",
)
NO_BUILD = Option("no-build", "take what is built already", flag=True)

# What make builds depends on these.
BUILD = (PLATFORM, BOCHS, MODEL, KERNEL, KVM_KERNEL, QEMU, VERBOSE)
# pytest has these, too. What the kernel is must be known before its first import.
OF_PYTEST = (*(row for row in MACHINE if row is not KERNEL), CASES, JOBS, QUIRKS)

# What a run of one point depends on; what is read of the environment is not said again.
OF_RUN = (
    *(row for row in MACHINE if row.name != "silence"),
    *(CASES, QUIRKS, PREDICT),
)

# make's variables
VARIABLES = [row.variable for row in TABLE if row.variable]


def spelled(name: str, value: object = None) -> str:
    """The option --NAME as the user spells it, with this value."""
    [row] = [row for row in TABLE if row.dest == name.replace("-", "_") and not row.count]
    return row.spelled(value)


def choose_kernel(platform: object, kernel: object) -> None:
    """Must come before the import of what knows the kernel's folders: it is in the
    environment then.
    """
    if platform == "local":
        if kernel:
            local = spelled("platform", platform)
            raise Error(f"{spelled('kernel')} has no use with {local}")
        kernel = os.uname().release
    if kernel:
        # As in the Makefile
        os.environ["VMXCHECK_KERNEL"] = (
            "6.1-debug" if kernel == "debug" else str(kernel)
        )


def words(rows: Iterable[Option], options: Namespace) -> list[str]:
    """The command line that says the same of these rows."""
    found = []
    for row in rows:
        value = getattr(options, row.dest)
        if value is not None and value is not False and value != row.default:
            found.append(f"--{row.name}" if row.flag else f"--{row.name}={value}")
    return found


def command_line(name: str, rows: Iterable[Option], options: Namespace, last: str) -> str:
    """A command as the user spells it, with what these rows are, in a shell."""
    given = words(rows, options)
    if not _Spelling.make:
        return shlex.join(["./vmxcheck", name, *given]) + f" {last}"
    said = []
    for row in rows:
        if row.variable and words([row], options):
            value = "1" if row.flag else str(getattr(options, row.dest))
            said.append(f"{row.variable}={shlex.quote(value)}")
    return " ".join(["make", name, *said, f"{PATTERNS.variable}={last}"])
