# SPDX-License-Identifier: GPL-2.0
"""Legal processors: Bochs with one behaviour more that the SDM allows. See README.md."""
