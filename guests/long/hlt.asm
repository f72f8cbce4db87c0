; SPDX-License-Identifier: GPL-2.0
; HLT in 64-bit mode.
%include "long.inc"

start:
	long_mode
$hlt:
	hlt
end:
	vmcall
