# SPDX-License-Identifier: GPL-2.0
"""VERSION is the one version: of the module, of libvmx, of the manual pages."""

import pytest
from vmxcheck.image import ROOT

VERSION = (ROOT / "VERSION").read_text().strip()


@pytest.mark.parametrize("page", ["kmod/vmxfs.4", "harness/libvmx/libvmx.3", "harness/libnvmm/libnvmm.3"])
def test_manual_page(page):
    [title] = [
        line for line in (ROOT / page).read_text().splitlines() if line[:3] == ".TH"
    ]
    assert f'"vmxcheck {VERSION}"' in title


def test_changelog():
    """The first version of the change log is this one."""
    [first, *_] = [
        line
        for line in (ROOT / "CHANGELOG.md").read_text().splitlines()
        if line.startswith("## ")
    ]
    assert first.split()[1] == VERSION
