# SPDX-License-Identifier: GPL-2.0
"""A pytest plugin: several workers (pytest -n) share the tests by files.

What a file's tests have in common is made once, and all points run in one boot.
"""

import pytest


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            file = nodeid.partition("::")[0]
            return "points" if file.endswith(".case") else file

    return Scheduling(config, log)
