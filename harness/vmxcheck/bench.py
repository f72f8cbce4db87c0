# SPDX-License-Identifier: GPL-2.0
"""vmxcheck bench: vmxfs and KVM with the same guest, in the same boot."""

import json
import re
from argparse import Namespace
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from vmxcheck import Error, accesses
from vmxcheck.image import BUILD, ROOT, TARGET, Files, Image, arguments, kernel, libraries
from vmxcheck.machine import Machine
from vmxcheck.platforms.bochs import Bochs
from vmxcheck.platforms.kvm_in_bochs import KvmInBochs
from vmxcheck.run import make_folder
from vmxcheck.target import Platform

# Of a row and a way: the ticks, None for what a way can't do; VMREADs and VMWRITEs
Ticks = dict[tuple[str, str], int | None]
Counts = dict[tuple[str, str], tuple[int, int]]

WAYS = "text", "libvmx", "kvm"
BASE = "kvm"
OUT = "out"

# What harness/bench measures, by its names; then a note.
ROWS = {
    "out": ("OUT to user space and back in", ""),
    "mmio": ("MMIO write, completed", "text has nobody to complete it"),
    "cpuid": ("CPUID, answered in the kernel", "text: in user space"),
    "vmcall": (
        "VMCALL",
        "text and libvmx: to user space and back in; KVM: in the kernel",
    ),
    "interrupt": (
        "interrupt, from the call to its handler",
        "the handler's first instruction is RDTSC",
    ),
    "create": ("create a machine with one vCPU", ""),
    "destroy": ("destroy it", "KVM and vmxfs wait for others: idle time counts"),
    "map": ("map 64 MiB", "of memory that is there already"),
    "map+read": ("map 64 MiB, guest reads each page", "KVM maps what is touched"),
    "ioctl": ("an ioctl that does nothing", ""),
}

# At most so many instructions, of KVM's own only in a machine of its own.
LIMITS = {
    ("out", "libvmx"): 1000,
    ("cpuid", "libvmx"): 480,
    ("mmio", "libvmx"): 2600,
    ("out", "text"): 4400,
}
# At most so much of KVM's, where both run in KVM's nested VMX.
NESTED_LIMITS = {("out", "libvmx"): 0.5}

# The rows that are rounds, whose VMREADs and VMWRITEs are counted in a few of them.
ROUNDS = "out", "mmio", "cpuid", "vmcall"
COUNTED = 10

LINE = re.compile(rf"({'|'.join(WAYS)}) (\S+) (-|-?\d+)")


@dataclass(frozen=True)
class Limit:
    """A limit of a row and a way, and the value that was found."""

    row: str
    way: str
    limit: float
    value: float | None
    text: str
    held: bool


def command(platform: Platform, options: Namespace) -> int:
    """Prints a table, writes bench.json; 0 if all limits are held."""
    make_folder(options.output)
    rows = select(options.rows)
    found, _ = measure(platform, options, options.repetitions, rows)
    limits = list(judge(platform, found))
    counts = count(platform, options, found)
    for line in table(platform, options, found, counts, limits):
        print(line)
    text = json.dumps(report(platform, options, found, counts, limits), indent=2)
    (options.output / "bench.json").write_text(f"{text}\n")
    return 0 if all(limit.held for limit in limits) else 1


def select(names: Sequence[str]) -> list[str]:
    """The rows that are wanted, or all; others are compared with that of OUT."""
    return [row for row in ROWS if not names or row in {*names, OUT}]


def make_image(options: Namespace, repetitions: int, rows: Iterable[str]) -> Image:
    """The image that measures rows by all ways and powers off."""
    files: Files = {
        "init": options.init or ROOT / "harness/target/init-bench",
        "init-common": ROOT / "harness/target/init-common",
        "bin/busybox": Path("/bin/busybox"),
        "vmxfs.ko": TARGET / "vmxfs.ko",
        "modules": kernel().parent / "modules",
        "bench": BUILD / "bench",
        "args": arguments(str(repetitions), *rows),
        **libraries(BUILD / "bench"),
    }
    return Image(files, base=None, append=options.append)


def measure(
    platform: Platform, options: Namespace, repetitions: int, rows: Sequence[str]
) -> tuple[Ticks, list[str]]:
    """Boots; returns the ticks, and the other lines."""
    found: Ticks = {}
    said = []
    image = make_image(options, repetitions, rows)
    with Machine(platform, image, options.silence) as machine:
        for stream, line in machine.lines():
            if stream != "tap":
                continue
            if match := LINE.fullmatch(line):
                way, row, ticks = match.groups()
                found[row, way] = None if ticks == "-" else int(ticks)
            else:
                said.append(line)
    missing = [
        f"{way} {row}" for way in WAYS for row in rows if (row, way) not in found
    ]
    if machine.ending or missing:
        raise Error("; ".join([machine.ending or f"no {missing[0]}", *said[-3:]]))
    return found, said


def count(platform: Platform, options: Namespace, found: Ticks) -> Counts:
    """The VMREADs and VMWRITEs of a round, where they can be counted."""
    if not isinstance(platform, KvmInBochs):
        return {}
    counting = accesses.Counting(
        options.bochs,
        options.model,
        options.features,
        options.processors,
        options.memory,
    )
    rows = measured(found, ROUNDS)
    _, said = measure(counting, options, COUNTED, rows)
    series = [(row, way) for way in WAYS for row in rows if found[row, way] is not None]
    counts = accesses.deal(said, series, COUNTED)
    # What the OUT of each round costs does not count.
    return {
        (row, way): count if row == OUT else subtract(count, counts[OUT, way])
        for (row, way), count in counts.items()
    }


def measured(found: Ticks, rows: Iterable[str] = ROWS) -> list[str]:
    return [row for row in rows if (row, BASE) in found]


def subtract(count: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    return count[0] - other[0], count[1] - other[1]


def judge(platform: Platform, found: Ticks) -> Iterator[Limit]:
    """The limits that there are on this platform."""
    if isinstance(platform, KvmInBochs):
        for (row, way), limit in present(NESTED_LIMITS, found):
            yield verdict(row, way, limit, ratio(found, row, way), f"{limit} of KVM's")
    elif isinstance(platform, Bochs):
        for (row, way), limit in present(LIMITS, found):
            yield verdict(row, way, limit, found[row, way], f"{limit:,}")


def present(
    limits: Mapping[tuple[str, str], float], found: Ticks
) -> Iterator[tuple[tuple[str, str], float]]:
    return ((key, limit) for key, limit in limits.items() if key in found)


def verdict(row: str, way: str, limit: float, value: float | None, text: str) -> Limit:
    held = value is not None and value <= limit
    return Limit(row, way, limit, value, text, held)


def ratio(found: Ticks, row: str, way: str) -> float | None:
    """To KVM's; None where there is none."""
    ticks, base = found[row, way], found[row, BASE]
    return None if ticks is None or not base else ticks / base


def table(
    platform: Platform,
    options: Namespace,
    found: Ticks,
    counts: Counts,
    limits: Iterable[Limit],
) -> Iterator[str]:
    """The lines of the table."""
    yield f"{platform.title}: ticks, the most frequent of {options.repetitions}"
    others = [way for way in WAYS if way != BASE]
    head = [*WAYS, *(f"{way}/{BASE}" for way in others)]
    yield line("", head)
    notes = []
    for row in measured(found):
        title, note = ROWS[row]
        if note:
            notes.append(note)
            title += f" [{len(notes)}]"
        cells = [number(found[row, way], ",") for way in WAYS]
        cells += [number(ratio(found, row, way), ".2f") for way in others]
        yield line(title, cells)
    for index, note in enumerate(notes, 1):
        yield f"[{index}] {note}"
    if counts:
        yield "VMREADs + VMWRITEs"
        for row in measured(found, ROUNDS):
            yield line(ROWS[row][0], (pair(counts.get((row, way))) for way in WAYS))
    for limit in limits:
        word = "held" if limit.held else "NOT HELD"
        title = ROWS[limit.row][0]
        yield f"{word}: {limit.way}, {title}: at most {limit.text}"


def line(title: str, cells: Iterable[str]) -> str:
    return f"{title:44}" + "".join(f"{cell:>12}" for cell in cells)


def pair(count: tuple[int, int] | None) -> str:
    return f"{count[0]} + {count[1]}" if count else "-"


def number(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)


def report(
    platform: Platform,
    options: Namespace,
    found: Ticks,
    counts: Counts,
    limits: Iterable[Limit],
) -> dict[str, object]:
    """What bench.json holds."""
    return {
        "target": platform.title,
        "repetitions": options.repetitions,
        "rows": {
            row: {
                way: {
                    "ticks": found[row, way],
                    "ratio": ratio(found, row, way),
                    "vmreads_vmwrites": counts.get((row, way)),
                }
                for way in WAYS
            }
            for row in measured(found)
        },
        "limits": [asdict(limit) for limit in limits],
    }
