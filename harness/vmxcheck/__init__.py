# SPDX-License-Identifier: GPL-2.0
"""The host's side of vmxcheck: boots a target and reads its TAP."""


class Error(Exception):
    """Something the user has to know, in one line; not a fault of this program."""
