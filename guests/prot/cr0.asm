; SPDX-License-Identifier: GPL-2.0
; MOV to CR0 of ESI. EDI is what CR0 held before, EBP what it holds afterwards.
%include "prot.inc"

start:
	protected_mode
	mov edi, cr0
mov_to_cr0:
	mov cr0, esi
	mov ebp, cr0
end:
	vmcall
