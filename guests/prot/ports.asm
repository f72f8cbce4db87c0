; SPDX-License-Identifier: GPL-2.0
; OUT in 32-bit protected mode, to the port in EDI: a byte, or where EBX points.
%include "prot.inc"

start:
	protected_mode
	mov eax, 0
	mov edx, edi
	test ebx, ebx
	jz output
	jmp ebx
	insn output, out dx, al
	insn output_2, out dx, ax
end:
	vmcall
