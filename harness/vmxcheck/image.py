# SPDX-License-Identifier: GPL-2.0
"""What the target boots: Debian's kernel and initial RAM disks."""

import os
import re
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from vmxcheck import Error, own_kernel, profile, quirks
from vmxcheck.nearest import hint
from vmxcheck.options import spelled
from vmxcheck.paths import BUILD as BUILD
from vmxcheck.paths import CASES as CASES
from vmxcheck.paths import ROOT as ROOT
from vmxcheck.target import Boot, Platform

GUESTS = BUILD / "guests"


def linux(kernel: str) -> str:
    """The name of the folder of what is built for a kernel of this name, or path."""
    return f"linux-{own_kernel.name(kernel) if '/' in kernel else kernel}"


# What make's KERNEL= says: of the target
KERNEL = os.environ.get("VMXCHECK_KERNEL", "6.1")
LINUX = linux(KERNEL)
TARGET = BUILD / LINUX

# How many megabytes a target has whose kernel has KASAN, which takes its share of them.
KASAN = 512


def has_kasan(kernel: str) -> bool:
    """Whether the kernel of this name, or path, has KASAN."""
    if "/" in kernel:
        return "KASAN" in own_kernel.find(kernel).config
    return kernel.endswith("debug")


def cache() -> Path:
    """The folder that ci/ keeps its downloads in."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("VMXCHECK_CACHE") or Path(home, "vmxcheck")).absolute()


def run_program(*command: Path | str) -> str:
    """Runs a program; returns what it prints. Its failure is an Error with its words."""
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except OSError as error:
        raise Error(f"{command[0]}: {error.strerror}; `make all` builds it") from None
    if done.returncode:
        raise Error(done.stderr.strip() or f"{command[0]}: status {done.returncode}")
    return done.stdout


# As harness/vmxrun/main.c says it
NO_SUCH_POINT = re.compile(r"there is no point '(.*)'$")


def list_points(cases: Path = CASES, patterns: Iterable[str] = ()) -> list[str]:
    """The names of the points that the patterns select, in the order of their TAP."""
    try:
        return _list_points(cases, patterns)
    except Error as error:
        if unknown := NO_SUCH_POINT.search(str(error)):
            near = nearest_point(unknown[1], _list_points(cases))
            raise Error(f"{error}{near}") from None
        raise


def all_points(
    platform: Platform, cases: Path = CASES, patterns: Sequence[str] = ()
) -> list[str]:
    """The points of the platform's profile that are selected, and those of the cases."""
    of_profile = [p for p in patterns if p.startswith(profile.PROFILE)]
    of_cases = [p for p in patterns if p not in of_profile]
    points = []
    if of_profile or not patterns:
        points = profile.of(platform, cases).points(of_profile)
    if of_cases or not patterns:
        points += list_points(cases, of_cases)
    return points


def _list_points(cases: Path, patterns: Iterable[str] = ()) -> list[str]:
    return run_program(BUILD / "vmxrun", "-l", "-C", cases, *patterns).splitlines()


def nearest_point(pattern: str, points: Sequence[str]) -> str:
    """What to add to the error: the case that may be meant, or the point of a case."""
    case, bracket, _ = pattern.partition("[")
    of_case = [point for point in points if point.partition("[")[0] == case]
    if bracket and of_case:
        return hint(pattern, of_case)
    return hint(case, {point.partition("[")[0] for point in points})


# What of the kernel's start takes millions of instructions, and is for tracing.
NO_TRACING = (
    "initcall_blacklist=ftrace_check_for_weak_functions,trace_eval_init,"
    "tracer_init_tracefs,init_kprobe_trace"
)


# Path on the target -> a file or a folder of this machine, or a text
Files = dict[str, Path | str]


@dataclass
class Image:
    """A kernel, the RAM disk `base`, and over it `files`.

    `append` is added to the platform's kernel command line; `tracing`: there are
    tracepoints; `logs`: an emulator keeps a log of what is wrong by it; `platform`: what it is
    for, if that is not what the others of a run are for.
    """

    files: Files
    base: Path | None = TARGET / "system.cpio"
    append: str = ""
    tracing: bool = False
    logs: bool = False
    platform: Platform | None = None

    @property
    def points(self) -> list[str]:
        """The names of the points that it runs."""
        return str(self.files.get("points", "")).splitlines()

    def boot(self, directory: Path, command_line: str | None) -> Boot | None:
        """Makes the RAM disks in this directory; returns what there is to boot.

        Where nothing boots, there is no command line, and the files are put there.
        """
        if command_line is None:
            self._lay_out(directory)
            return None
        sources = []
        for number, (path, source) in enumerate(self.files.items()):
            if not isinstance(source, Path):
                text, source = source, directory / f"file{number}"
                source.write_text(text)
                source.chmod(0o755)
            sources.append(f"{path}={source}")
        initrds = [self.base] if self.base else []
        for file in (kernel(), *initrds):
            if not file.exists():
                raise Error(f"{file} is not here; `make all` builds it")
        if sources:
            initrds.append(directory / "initrd")
            run_program(ROOT / "harness/target/initrd", initrds[-1], *sources)
        words = [command_line, *([] if self.tracing else [NO_TRACING]), self.append]
        points = "".join(f"{point}\n" for point in self.points)
        return Boot(kernel(), initrds, " ".join(words).strip(), self.logs, points)

    def _lay_out(self, directory: Path) -> None:
        for name, source in self.files.items():
            if isinstance(source, Path):
                (directory / name).parent.mkdir(exist_ok=True)
                (directory / name).symlink_to(source.resolve())
            else:
                (directory / name).write_text(source)


def suite(
    points: Iterable[str],
    platform: Platform,
    cases: Path = CASES,
    options: Sequence[str] = (),
    init: Path | None = None,
    append: str = "",
    own_quirks: str | None = None,
) -> Image:
    """The image that runs these points of a folder of cases and powers off.

    `options` are more of vmxrun's, `init` is another /init; `own_quirks` are instead of the
    platform's, as quirks.of() has them.
    """
    options = ["-f", "points", "-R", platform.reach, *options]
    options += platform.vmxrun_options
    if platform.core:
        options += ["-k", platform.core]
    files: Files = {"cases": cases, "points": "".join(f"{point}\n" for point in points)}
    words, more = known(platform, cases, own_quirks)
    files |= more
    for word in words:
        options += ["-Q", word]
    offers = profile.of(platform, cases).text
    if offers:
        files["profile"] = offers
        options += ["-O", "profile"]
    files["args"] = arguments(*options)
    files["parameters"] = arguments(*parameters(platform.reach))
    if init:
        files["init"] = init
    return Image(files, append=append, logs=True, platform=platform)


def known(
    platform: Platform, cases: Path, own_quirks: str | None
) -> tuple[list[str], Files]:
    """The quirks of a target that has the folder of cases, FILE[@VERSION] each, and the files
    that it needs for them. Error if a line of them is wrong."""
    words: list[str] = []
    files: Files = {}
    for one in quirks.of(platform.quirks, cases, own_quirks):
        try:
            run_program(BUILD / "vmxrun", "-l", "-C", cases, "-Q", one.at(one.path))
        except Error as error:
            if not own_quirks:
                raise
            raise Error(f"{spelled('quirks', own_quirks)}: {error}") from None
        words.append(one.at(one.name))
        files |= one.files
    return words, files


def parameters(reach: str) -> Sequence[str]:
    """The module's parameters for cases that reach so far."""
    return () if reach == "safe" else ("unsafe=1",)


def arguments(*words: str) -> str:
    """The text of a file of arguments, for with_arguments of harness/target/init-common."""
    return "".join(f"{word}\n" for word in words)


def kernel(linux: str | None = None) -> Path:
    """The kernel that the target runs, or the one of this name; beside it are its modules, and
    what builds modules. As in the Makefile"""
    linux = linux or LINUX
    is_own = linux.startswith("linux-own-")
    return (BUILD / linux / "kernel" if is_own else cache() / linux) / "vmlinuz"


def libraries(program: Path | str) -> Files:
    """The shared libraries that it needs, by their paths on the target; none if static."""
    ldd = subprocess.run(["ldd", program], capture_output=True, text=True)
    paths = re.findall(r"^\t(?:.* => )?(/.*) \(0x", ldd.stdout, re.MULTILINE)
    return {path.lstrip("/"): Path(path) for path in paths}
