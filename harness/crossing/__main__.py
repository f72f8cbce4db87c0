# SPDX-License-Identifier: GPL-2.0
"""Writes cases/crossed, and removes what is there and is no longer made."""

from pathlib import Path

from .make import CASES, all_families


def main() -> None:
    folder = CASES / "crossed"
    folder.mkdir(exist_ok=True)
    texts = {f"{family.name}.case": family.text() for family in all_families()}
    for path in folder.iterdir():
        if path.name not in texts:
            path.unlink()
    for name, text in texts.items():
        Path(folder / name).write_text(text)


if __name__ == "__main__":
    main()
