; SPDX-License-Identifier: GPL-2.0
; HLT in 32-bit protected mode.
%include "prot.inc"

start:
	protected_mode
$hlt:
	hlt
end:
	vmcall
