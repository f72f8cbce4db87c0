# SPDX-License-Identifier: GPL-2.0
"""A short form of make isolation."""

import pytest

pytestmark = pytest.mark.emulator

SHORT = ["--runs", "24", "--pairs", "12", "--dumps", "12"]


def test_isolation(command, tmp_path):
    status, out, err = command.vmxcheck(
        "isolation", "--output", tmp_path, "--", *SHORT
    )
    assert status == 0, out + err
    assert "16 passed of 16" in err, out + err
