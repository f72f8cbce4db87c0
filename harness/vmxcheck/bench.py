# SPDX-License-Identifier: GPL-2.0
"""vmxcheck bench: vmxfs and KVM with the same guest, in the same boot."""

import json
import re
from pathlib import Path
from types import SimpleNamespace

from vmxcheck import Error, accesses
from vmxcheck.image import BUILD, ROOT, TARGET, Image, kernel, libraries
from vmxcheck.machine import Machine
from vmxcheck.platforms import Bochs, KvmInBochs
from vmxcheck.run import make_folder

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


def command(platform, options):
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


def select(names):
    """The rows that are wanted, or all; others are compared with that of OUT."""
    return [row for row in ROWS if not names or row in {*names, OUT}]


def image(options, repetitions, rows):
    """The image that measures rows by all ways and powers off."""
    files = {
        "init": options.init or ROOT / "harness/target/init-bench",
        "init-common": ROOT / "harness/target/init-common",
        "bin/busybox": Path("/bin/busybox"),
        "vmxfs.ko": TARGET / "vmxfs.ko",
        "modules": kernel().parent / "modules",
        "bench": BUILD / "bench",
        "args": " ".join([str(repetitions), *rows]),
        **libraries(BUILD / "bench"),
    }
    return Image(files, base=None, append=options.append)


def measure(platform, options, repetitions, rows):
    """Boots; returns (row, way) -> ticks, None for what a way can't do, and other lines."""
    found, said = {}, []
    booted = image(options, repetitions, rows)
    with Machine(platform, booted, options.silence) as machine:
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


def count(platform, options, found):
    """(row, way) -> the VMREADs and VMWRITEs of a round, where they can be counted."""
    if not isinstance(platform, KvmInBochs):
        return {}
    counting = accesses.Counting(
        options.bochs, options.model, options.processors, options.memory
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


def measured(found, rows=ROWS):
    return [row for row in rows if (row, BASE) in found]


def subtract(count, other):
    return tuple(a - b for a, b in zip(count, other))


def judge(platform, found):
    """The limits that there are on this platform."""
    if isinstance(platform, KvmInBochs):
        for (row, way), limit in present(NESTED_LIMITS, found):
            yield verdict(row, way, limit, ratio(found, row, way), f"{limit} of KVM's")
    elif isinstance(platform, Bochs):
        for (row, way), limit in present(LIMITS, found):
            yield verdict(row, way, limit, found[row, way], f"{limit:,}")


def present(limits, found):
    return ((key, limit) for key, limit in limits.items() if key in found)


def verdict(row, way, limit, value, text):
    return SimpleNamespace(
        row=row, way=way, limit=limit, value=value, text=text, held=value <= limit
    )


def ratio(found, row, way):
    """To KVM's; None where there is none."""
    ticks, base = found[row, way], found[row, BASE]
    return None if ticks is None or not base else ticks / base


def table(platform, options, found, counts, limits):
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


def line(title, cells):
    return f"{title:44}" + "".join(f"{cell:>12}" for cell in cells)


def pair(count):
    return f"{count[0]} + {count[1]}" if count else "-"


def number(value, form):
    return "-" if value is None else format(value, form)


def report(platform, options, found, counts, limits):
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
        "limits": [vars(limit) for limit in limits],
    }
