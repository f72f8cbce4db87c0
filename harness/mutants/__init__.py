# SPDX-License-Identifier: GPL-2.0
"""Bochs with one fault in its VMX code: see the README."""
