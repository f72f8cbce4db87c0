; SPDX-License-Identifier: GPL-2.0
; Accesses to memory at privilege level 3, with PAE paging, where ESI says. The
; case opens the pages.
%include "pae.inc"

start:
	pae_mode
	mov eax, USER_DATA32
	mov ds, eax			; level 3 can't have another
	mov es, eax
	user_mode
	insn read, mov ecx, [esi]
	insn write, mov [esi], eax
	insn modify, add [esi], eax
fetch:
	jmp esi
end:
	vmcall
