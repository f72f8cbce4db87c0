# SPDX-License-Identifier: GPL-2.0
"""vmxcheck report: a folder of HTML pages, without network, about one result or several."""

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from vmxcheck import Error, compare, results
from vmxcheck.folders import make_folder
from vmxcheck.results import Results

# In the folder of --output
FOLDER = "report"


def command(_platform: None, options: Namespace) -> int:
    """Writes it, and says where it is; 0 whatever came of the points."""
    every = read(options.results or [options.output])
    try:
        from vmxcheck.report import folder, pages
    except ModuleNotFoundError as error:
        raise Error(f"Python has no {error.name}; `make for-report` installs it") from None
    target = options.output / FOLDER
    folder.check(target)
    make_folder(options.output)
    with folder.replaced(target) as new:
        pages.write(new, every)
    print(target / "index.html")
    return 0


def read(paths: Sequence[Path]) -> list[Results]:
    """The results that these files, or folders, are."""
    for path in paths:
        if not path.exists():
            raise Error(f"{path}: No such file or directory")
    return [one for path in paths for one in compare.read(results.find(path))]
