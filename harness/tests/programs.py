# SPDX-License-Identifier: GPL-2.0
"""Programs that a test runs on the host."""

import subprocess


def run(*command, **options):
    """What it printed; it must succeed."""
    done = subprocess.run(command, capture_output=True, text=True, **options)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr
