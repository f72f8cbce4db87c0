# SPDX-License-Identifier: GPL-2.0
"""Cases that the tests of the driver run, for str.format()."""

HLT = """\
guest prot/hlt
ctl: go
wait? .hlt 0x0 pc $hlt sp 0x9000 ilen {length} iinfo *
"""

# RFLAGS.IF is 0, and nothing makes it exit: see guests/prot/spin.asm.
SPIN = """\
guest prot/spin
limit {limit}
ctl: go
wait? .vmcall 0x0 pc $loaded ...
ctl: go pc=$spinning;
wait? .vmcall 0x0 pc $end ...
"""
