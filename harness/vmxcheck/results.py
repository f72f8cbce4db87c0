# SPDX-License-Identifier: GPL-2.0
"""The results of a run that was kept: a results.tap, read again."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from vmxcheck import Error
from vmxcheck.tap import Point, Stream

# Who was tested, at the end of results.tap.
TARGET = "target"


@dataclass
class Results:
    """What came of a run, and who was tested."""

    path: Path
    target: str
    tap: Stream
    points: dict[str, Point]

    @property
    def transcripts(self) -> bool:
        """Whether it has any."""
        return any("transcript" in point.fields for point in self.points.values())

    def counts(self) -> Counter[str]:
        """How many points there are of each outcome."""
        return Counter(point.outcome for point in self.points.values())


def file_in(path: Path) -> Path:
    """The TAP file that this folder, or this file, is."""
    return path / "results.tap" if path.is_dir() else path


def read(path: Path) -> Results:
    """The results in a folder, or in a TAP file."""
    file = file_in(path)
    try:
        lines = file.read_text(errors="replace").splitlines()
    except OSError as error:
        raise Error(f"{file}: {error.strerror}") from None
    tap = Stream()
    for line in lines:
        tap.feed(line)
    tap.finish()
    if tap.plan is None and not tap.points and tap.bail_out is None:
        raise Error(f"{file}: this is not TAP")
    names = Counter(point.name for point in tap.points)
    for name, count in names.items():
        if count > 1:
            raise Error(f"{file}: {name} came {count} times")
    said = [line for line in lines if line.startswith(f"# {TARGET}: ")]
    target = said[-1].partition(": ")[2] if said else "?"
    return Results(path, target, tap, {point.name: point for point in tap.points})
