# SPDX-License-Identifier: GPL-2.0
"""Which cases and programs a result is of: results of different trees are not one result."""

import hashlib
from pathlib import Path

from vmxcheck.paths import CASES, ROOT

# What comes of a point depends on these. Kbuild may leave other files in the module's folders.
SOURCES = (
    *(("guests", "*.*"), ("include", "*.h"), ("kmod", "*.[chS]")),
    *((f"harness/{name}", "*") for name in ("client", "libvmxcheck", "target", "vmxrun")),
)


def tree(cases: Path = CASES) -> str:
    """The version, and a number that is another if a case, guest or program is."""
    found = hashlib.sha256()
    for folder, pattern in ((cases, "*"), *((ROOT / name, of) for name, of in SOURCES)):
        for path in sorted(folder.rglob(pattern)):
            if path.is_file() and not path.name.startswith((".", "README")):
                found.update(f"\n{path.relative_to(folder)}\n".encode())
                found.update(path.read_bytes())
    version = (ROOT / "VERSION").read_text().strip()
    return f"{version}, {found.hexdigest()[:12]}"
