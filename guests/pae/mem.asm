; SPDX-License-Identifier: GPL-2.0
; Accesses to memory in 32-bit protected mode with PAE paging, where ESI says.
%include "pae.inc"

start:
	pae_mode
	mov eax, 0x12345678
	jmp ebx
	insn read, mov ecx, [esi]
	insn write, mov [esi], eax
	insn modify, add [esi], eax
fetch:
	jmp esi
write_twice:
	mov [esi], eax
again:
	vmcall
	mov [esi], eax
end:
	vmcall
