# SPDX-License-Identifier: GPL-2.0
"""How a platform is known to be wrong: the files of cases/quirks, or one of the user's.

cases/quirks/README.md has their format.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# Instead of a file: whatever fails, fails.
NONE = "none"

INCLUDE = re.compile(r"^include[ \t]+(\S.*?)[ \t\r]*$", re.MULTILINE)


@dataclass(frozen=True)
class Quirks:
    """A file, and the version of the platform, or "".

    `files` are those that it takes, itself and what it includes, by their paths on the
    target; none if they are there anyway.
    """

    path: Path
    name: str
    version: str
    files: dict[str, Path]

    def at(self, path: Path | str) -> str:
        """How vmxrun is told of it, if it has this path there."""
        return f"{path}@{self.version}" if self.version else str(path)


def find(text: str) -> dict[str, Path]:
    """The file at this path and those that it includes, by their names.

    ValueError says why there is none. What its lines say is for vmxrun to judge.
    """
    found: dict[str, Path] = {}
    waiting = [Path(text)]
    while waiting:
        path = waiting.pop()
        if path.name not in found:
            found[path.name] = path
            waiting += [path.with_name(name) for name in _included(path)]
    return found


def _included(path: Path) -> list[str]:
    if path.is_dir():
        raise ValueError(f"{path} is a folder; a file of quirks is expected")
    if not path.exists():
        raise ValueError(f"there is no file {path}")
    # It becomes a word for vmxrun, and a path of a RAM disk.
    if re.search(r"[\s=@]", path.name):
        raise ValueError(f"{path}: the name of a file of quirks has no blank, = or @")
    try:
        if not path.is_file():
            raise ValueError(f"{path} is no file")
        text = path.read_text(errors="replace")
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}") from None
    if "\0" in text:
        raise ValueError(f"{path} is no text")
    # Another folder is an error of the line.
    return [name for name in INCLUDE.findall(text) if "/" not in name]


def of(platform: str, cases: Path, own: str | None = None) -> Iterator[Quirks]:
    """The quirks to run these cases with.

    `platform` are those of the platform, FILE or FILE@VERSION with blanks between; instead
    of them `own` may be NONE, or the path of a file, about the first of these versions.
    """
    words = [word.partition("@") for word in platform.split()]
    if own is None:
        for name, _, version in words:
            if (path := cases / "quirks" / name).exists():
                yield Quirks(path, f"cases/quirks/{name}", version, {})
    elif own != NONE:
        versions = [version for _, _, version in words if version]
        files = {f"quirks/{name}": path for name, path in find(own).items()}
        path = Path(own)
        yield Quirks(path, f"quirks/{path.name}", "".join(versions[:1]), files)
