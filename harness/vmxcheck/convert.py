# SPDX-License-Identifier: GPL-2.0
"""vmxcheck junit: a results.tap that was kept alone, on a stick say, as JUnit."""

from vmxcheck import Error, compare, junit


def command(platform, options):
    """Writes results.xml beside a results.tap that was kept without one."""
    results = compare.read(options.results)
    tap = results.tap
    if not tap.complete and tap.bail_out is None:
        tap.bail_out = (
            f"{len(tap.points)} points came, {tap.plan or 'not'} were planned"
        )
    file = options.results
    file = file / "results.tap" if file.is_dir() else file
    try:
        junit.write(file.with_suffix(".xml"), tap, (), {"target": results.target})
    except OSError as error:
        raise Error(f"{file.with_suffix('.xml')}: {error.strerror}") from None
    return 0
