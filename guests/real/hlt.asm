; SPDX-License-Identifier: GPL-2.0
; HLT in real-address mode.
%include "real.inc"

start:
	real_mode
$hlt:
	hlt
end:
	vmcall
