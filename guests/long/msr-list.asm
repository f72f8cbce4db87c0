; SPDX-License-Identifier: GPL-2.0
; RDMSRLIST and WRMSRLIST in 64-bit mode. RCX is RBP: bit N stands for the MSR of entry N of
; the table at RSI, whose value is entry N of the table at RDI. The case writes the tables.
%include "long.inc"

start:
	long_mode
	mov rcx, rbp
	jmp rbx
	insn rdmsrlist, db 0xf2, 0x0f, 0x01, 0xc6	; NASM does not know them yet
	insn wrmsrlist, db 0xf3, 0x0f, 0x01, 0xc6
end:
	vmcall
