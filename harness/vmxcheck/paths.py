# SPDX-License-Identifier: GPL-2.0
"""The folders of the repository."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "build"
CASES = ROOT / "cases"
