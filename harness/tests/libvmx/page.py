# SPDX-License-Identifier: GPL-2.0
"""The manual page of libvmx, for its tests."""

from vmxcheck.image import ROOT

PAGE = ROOT / "harness/libvmx/libvmx.3"


def page_example():
    """The program of its section EXAMPLE."""
    text = PAGE.read_text().partition(".EX\n")[2].partition("\n.EE")[0]
    assert text
    return text.replace("\\-", "-").replace("\\e", "\\") + "\n"
