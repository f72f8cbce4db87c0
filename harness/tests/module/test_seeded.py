# SPDX-License-Identifier: GPL-2.0
"""What faults.py and leaks.py replace is in the source, once, where they say.

Their own tests see it, too, but take minutes.
"""

import pytest
from faults import FAULTS
from leaks import LEAKS
from vmxcheck.image import ROOT


@pytest.mark.parametrize("change", [*FAULTS, *LEAKS], ids=lambda change: change.name)
def test_is_in_the_source(change):
    assert (ROOT / "kmod" / change.file).read_text().count(change.old) == 1
    assert change.new != change.old
