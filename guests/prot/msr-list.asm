; SPDX-License-Identifier: GPL-2.0
; The bytes of RDMSRLIST and WRMSRLIST in 32-bit protected mode, where they are no instruction.
; ECX is 0.
%include "prot.inc"

start:
	protected_mode
	xor ecx, ecx
	jmp ebx
	insn rdmsrlist, db 0xf2, 0x0f, 0x01, 0xc6
	insn wrmsrlist, db 0xf3, 0x0f, 0x01, 0xc6
end:
	vmcall
