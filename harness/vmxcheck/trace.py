# SPDX-License-Identifier: GPL-2.0
"""vmxcheck trace: a point as it runs, each line in words, with the instruction at pc."""

import re
import subprocess
import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping
from pathlib import Path

from vmxcheck import Error, shards
from vmxcheck.capabilities import tables
from vmxcheck.image import list_points, run_program, suite
from vmxcheck.paths import BUILD
from vmxcheck.printed import points as some_points
from vmxcheck.run import TOO_EARLY
from vmxcheck.several import apart, case_of
from vmxcheck.tap import Stream
from vmxcheck.target import Platform
from vmxcheck.topics import evidence, listing
from vmxcheck.topics.text import filled

# As harness/vmxrun/trace.h has it
WORD = "# trace: "
# A pc so far behind a label is beyond the guest's code.
FAR = 0x400
INDENT = " " * 10


def command(platform: Platform, options: Namespace) -> int:
    """0 if the point passed, or was skipped."""
    [point, *others] = list_points(options.cases, [options.point])
    if others:
        print(
            f"vmxcheck: {case_of(point)} has {some_points(len(others) + 1)}: this is {point}",
            file=sys.stderr,
        )
    return trace(platform, options, point)


def trace(platform: Platform, options: Namespace, point: str) -> int:
    """Runs this point of a folder of cases, and prints what happens as it does."""
    platform, _ = apart(platform, [point], options.cases)
    image = suite(
        *([point], platform, options.cases),
        options=["--trace"],
        init=options.init,
        append=options.append,
    )
    guest = guest_of(options.cases, point)
    print(f"{point} on {platform.title}; guest {guest}\n")
    shown = Shown(listing.labels(guest))
    tap = Stream()
    with shards.make_machine(platform, image, options.silence) as machine:
        for stream, line in machine.lines():
            if stream == "tap" and line.startswith(WORD):
                say(shown.feed(line.removeprefix(WORD)))
            elif stream == "tap":
                tap.feed(line)
            elif stream == "console" and options.verbose:
                print(line, file=sys.stderr)
        say(shown.finish())
        ending = tap.bail_out or machine.ending or ("" if tap.complete else TOO_EARLY)
        if ending:
            for line in machine.console_tail:
                print(f"console: {line}", file=sys.stderr)
            raise Error(f"gave up: {ending}")
    return conclude(tap)


def say(lines: Iterator[str]) -> None:
    for line in lines:
        print(line, flush=True)


def conclude(tap: Stream) -> int:
    """The last lines: what came of it."""
    [point] = tap.points
    print()
    if point.outcome == "skipped":
        print(f"skipped: {point.reason}")
    elif point.ok:
        print("passed")
    else:
        fields = point.fields
        for line in filled(f"{point.outcome}: {fields.get('message', '?')} ({fields.get('at')})"):
            print(line)
        for key in ("expected", "got", "expected_means", "got_means", "why"):
            if key in fields:
                for line in filled(fields[key], " " * 18, f"  {key.replace('_', ' '):15} "):
                    print(line)
        if point.outcome == "todo":
            for line in filled(f"It is a known quirk: {point.reason}"):
                print(line)
    return int(point.outcome == "failed")


def guest_of(cases: Path, point: str) -> str:
    """The guest of a point."""
    text = run_program(BUILD / "vmxrun", "--list", "--values", "-C", cases, point)
    pairs = dict(pair.split("=", 1) for pair in text.strip("\n").partition("\t")[2].split())
    for line in (cases / f"{case_of(point)}.case").read_text().splitlines():
        if line.startswith("guest"):
            name = line.split()[1]
            return re.sub(r"\{(\w+)\}", lambda match: pairs.get(match[1], match[0]), name)
    raise Error(f"{point} has no guest")


class Shown:
    """The lines of a trace, for people; `labels` are the guest's."""

    def __init__(self, labels: Mapping[str, int]) -> None:
        self.labels = labels
        self.changed: list[str] = []
        self.first = True  # no exception after a triple fault came yet

    def feed(self, line: str) -> Iterator[str]:
        """Takes a line of vmxrun's; returns what there is to show."""
        word, _, rest = line.partition(" ")
        if word != "reg":
            yield from self.finish()
        yield from {
            **{">": self._step, "<": self._step, "reg": self._register},
            **{"code": self._code, "first": self._exception, "during": self._during},
        }[word](rest)

    def finish(self) -> Iterator[str]:
        """The registers that have changed."""
        if self.changed:
            yield from filled(", ".join(self.changed), INDENT + "  ", INDENT)
        self.changed = []

    def _step(self, rest: str) -> Iterator[str]:
        number, file, op, text = (rest.split(" ", 3) + [""])[:4]
        yield from filled(f"{file}{op} {self._named(text)}", INDENT, f"{number:>4}  ")
        if op in "?!" and (means := means_of(f"{file}? {text}")):
            yield from filled(f"= {means}", INDENT + "  ", INDENT)

    def _register(self, rest: str) -> Iterator[str]:
        vcpu, name, old, new = rest.split()
        prefix = "" if vcpu == "-" else vcpu
        self.changed.append(f"{prefix}{name} {shorter(old)} -> {shorter(new)}")
        yield from ()

    def _code(self, rest: str) -> Iterator[str]:
        vcpu, bits, address, data = rest.split()
        prefix = "" if vcpu == "-" else vcpu
        where = self.where(int(address, 0))
        text = self._jumps(instruction(bits, address, data))
        yield f"{INDENT}{prefix}pc {where}: {text}  ({bits}-bit code)"

    def _exception(self, rest: str) -> Iterator[str]:
        if self.first:
            yield from ["", "Which exception came first (again, and all exceptions exit):", ""]
        self.first = False
        means = means_of(f"wait? {rest}")
        code = re.search(r" excode (\S+)", rest)
        yield from filled(
            f"{rest.split()[0]}: {means}" + (f", error code {code[1]}" if code else ""),
            INDENT,
            "      ",
        )

    def _during(self, rest: str) -> Iterator[str]:
        vector = int(rest, 0) & 0xFF
        known = tables().EXCEPTIONS.get(vector)
        name = known[1] if known else f"vector {vector}"
        yield f"{INDENT}while {name} was being delivered"

    def where(self, address: int) -> str:
        """The address as $label, $label+N, or a number."""
        below = {name: value for name, value in self.labels.items() if value <= address}
        if not below:
            return f"{address:#x}"
        name = max(below, key=lambda name: below[name])
        offset = address - below[name]
        if offset > FAR:
            return f"{address:#x}"
        return f"${name}" + (f"+{offset:#x}" if offset else "") + f" ({address:#x})"

    def _named(self, text: str) -> str:
        """The line with $label where it has the address of one: of pc, and in `go`."""
        names = {value: name for name, value in self.labels.items()}

        def name_of(match: re.Match[str]) -> str:
            value = int(match[2], 0)
            return f"{match[1]}${names[value]}" if value in names else match[0]

        return re.sub(r"(\bpc |\b\w+=)(0x[0-9a-f]+)\b", name_of, text)

    def _jumps(self, text: str) -> str:
        """The instruction with $label where it jumps to one."""
        names = {f"{value:#x}": name for name, value in self.labels.items()}
        match = re.fullmatch(r"((?:j\w+|call|loop\w*) (?:short |near )?)(0x[0-9a-f]+)", text)
        if match and match[2] in names:
            return f"{match[1]}${names[match[2]]}"
        return text


def shorter(number: str) -> str:
    """Without zeros at its beginning."""
    return f"{int(number, 0):#x}"


def means_of(line: str) -> str:
    return evidence.decode([line])[0]


def instruction(bits: str, address: str, data: str) -> str:
    """What these bytes are."""
    done = subprocess.run(
        [BUILD / "vmxdisasm"],
        input=f"{bits} {address} {data}\n",
        capture_output=True,
        text=True,
        check=True,
    )
    _, _, text = done.stdout.strip().partition(" ")
    return text or f"no instruction: {data[:16]}..."
