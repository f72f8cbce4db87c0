; SPDX-License-Identifier: GPL-2.0
; MOV to CR3 of ESI. EDI is what CR3 holds afterwards.
%include "prot.inc"

start:
	protected_mode
mov_to_cr3:
	mov cr3, esi
mov_from_cr3:
	mov edi, cr3
end:
	vmcall
