# SPDX-License-Identifier: GPL-2.0
"""Writes the cases of `cases/crossed` from the tables that are beside this file."""
