# SPDX-License-Identifier: GPL-2.0
"""A short stress test; `make stress` is the long one."""

import pytest

pytestmark = pytest.mark.emulator

SHORT = ["--cycles", "100", "--writes", "10000", "--threads-ops", "200", "--given", "20"]


@pytest.mark.parametrize("processors, skipped", [(1, 3), (2, 1)])
def test_stress(command, tmp_path, processors, skipped):
    status, out, err = command.vmxcheck(
        *("stress", "--processors", processors, "--output", tmp_path, "--", *SHORT),
    )
    assert status == 0, out + err
    assert f"{8 - skipped} passed, {skipped} skipped of 8" in err, out + err
