; SPDX-License-Identifier: GPL-2.0
; HLT in 32-bit protected mode with PAE paging.
%include "pae.inc"

start:
	pae_mode
$hlt:
	hlt
end:
	vmcall
