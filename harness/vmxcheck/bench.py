# SPDX-License-Identifier: GPL-2.0
"""vmxcheck bench: vmxfs and KVM with the same guest, in the same boot."""

import json
import re
from pathlib import Path
from types import SimpleNamespace

from vmxcheck import Error
from vmxcheck.image import BUILD, ROOT, TARGET, Image, kernel, run
from vmxcheck.machine import Machine
from vmxcheck.platforms import Bochs, KvmInBochs
from vmxcheck.run import make_folder

WAYS = "text", "libvmx", "kvm"
BASE = "kvm"

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

LINE = re.compile(r"(\w+) (\S+) (-|-?\d+)")


def command(platform, options):
    """Prints a table, writes bench.json; 0 if all limits are held."""
    found = measure(platform, options)
    limits = list(judge(platform, found))
    for line in table(platform, options, found, limits):
        print(line)
    make_folder(options.output)
    text = json.dumps(report(platform, options, found, limits), indent=2)
    (options.output / "bench.json").write_text(f"{text}\n")
    return 0 if all(limit.held for limit in limits) else 1


def image(options):
    """The image that runs all ways and powers off."""
    files = {
        "init": options.init or ROOT / "ci/init-bench",
        "init-common": ROOT / "ci/init-common",
        "bin/busybox": Path("/bin/busybox"),
        "vmxfs.ko": TARGET / "vmxfs.ko",
        "modules": kernel().parent / "modules",
        "bench": BUILD / "bench",
        "args": str(options.repetitions),
        **libraries(BUILD / "bench"),
    }
    return Image(files, base=None, append=options.append)


def libraries(program):
    """The shared libraries that it needs, by their paths on the target."""
    paths = re.findall(r"(?<=[\s])/\S+", run("ldd", program))
    return {path.lstrip("/"): Path(path) for path in paths}


def measure(platform, options):
    """Boots; returns (row, way) -> ticks, None for what a way can't do."""
    found, said = {}, []
    with Machine(platform, image(options), options.silence) as machine:
        for stream, line in machine.lines():
            if stream != "tap":
                continue
            if match := LINE.fullmatch(line):
                way, row, ticks = match.groups()
                found[row, way] = None if ticks == "-" else int(ticks)
            else:
                said.append(line)
    missing = [
        f"{way} {row}" for way in WAYS for row in ROWS if (row, way) not in found
    ]
    if machine.ending or missing:
        raise Error("; ".join([machine.ending or f"no {missing[0]}", *said[-3:]]))
    return found


def judge(platform, found):
    """The limits that there are on this platform."""
    if isinstance(platform, KvmInBochs):
        for (row, way), limit in NESTED_LIMITS.items():
            yield verdict(row, way, limit, ratio(found, row, way), f"{limit} of KVM's")
    elif isinstance(platform, Bochs):
        for (row, way), limit in LIMITS.items():
            yield verdict(row, way, limit, found[row, way], f"{limit:,}")


def verdict(row, way, limit, value, text):
    return SimpleNamespace(
        row=row, way=way, limit=limit, value=value, text=text, held=value <= limit
    )


def ratio(found, row, way):
    """To KVM's; None where there is none."""
    ticks, base = found[row, way], found[row, BASE]
    return None if ticks is None or not base else ticks / base


def table(platform, options, found, limits):
    """The lines of the table."""
    yield f"{platform.title}: ticks, the most frequent of {options.repetitions}"
    others = [way for way in WAYS if way != BASE]
    head = [*WAYS, *(f"{way}/{BASE}" for way in others)]
    yield f"{'':40}" + "".join(f"{name:>12}" for name in head)
    notes = []
    for row, (title, note) in ROWS.items():
        if note:
            notes.append(note)
            title += f" [{len(notes)}]"
        cells = [number(found[row, way], ",") for way in WAYS]
        cells += [number(ratio(found, row, way), ".2f") for way in others]
        yield f"{title:40}" + "".join(f"{cell:>12}" for cell in cells)
    for index, note in enumerate(notes, 1):
        yield f"[{index}] {note}"
    for limit in limits:
        word = "held" if limit.held else "NOT HELD"
        title = ROWS[limit.row][0]
        yield f"{word}: {limit.way}, {title}: at most {limit.text}"


def number(value, form):
    return "-" if value is None else format(value, form)


def report(platform, options, found, limits):
    """What bench.json holds."""
    return {
        "target": platform.title,
        "repetitions": options.repetitions,
        "rows": {
            row: {
                way: {"ticks": found[row, way], "ratio": ratio(found, row, way)}
                for way in WAYS
            }
            for row in ROWS
        },
        "limits": [vars(limit) for limit in limits],
    }
