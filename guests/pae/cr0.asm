; SPDX-License-Identifier: GPL-2.0
; MOV to CR0 of ESI with PAE paging, which maps what goes on: also without it.
%include "pae.inc"

start:
	pae_mode
paging:
	vmcall
mov_to_cr0:
	mov cr0, esi
end:
	vmcall
