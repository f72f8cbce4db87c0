; SPDX-License-Identifier: GPL-2.0
; MOV to CR4 of ESI. EDI is what CR4 held before, EBP what it holds afterwards.
%include "prot.inc"

start:
	protected_mode
	mov edi, cr4
mov_to_cr4:
	mov cr4, esi
	mov ebp, cr4
end:
	vmcall
