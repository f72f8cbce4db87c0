# SPDX-License-Identifier: GPL-2.0
"""Writes the files, and removes the cases that are no longer made."""

from .make import CASES, FOLDER, files


def main() -> None:
    (CASES / FOLDER).mkdir(exist_ok=True)
    texts = files()
    for path in (CASES / FOLDER).iterdir():
        if f"{FOLDER}/{path.name}" not in texts:
            path.unlink()
    for name, text in texts.items():
        (CASES / name).write_text(text)


if __name__ == "__main__":
    main()
