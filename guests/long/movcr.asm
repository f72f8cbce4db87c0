; SPDX-License-Identifier: GPL-2.0
; MOV to and from control registers in 64-bit mode. R8 to R15 are 0, which CR0
; may not be (its bits NE and ET are the kernel's, and 1).
%include "long.inc"

start:
	long_mode
	jmp rbx
	insn cr0_r8, mov cr0, r8
	insn cr0_r15, mov cr0, r15
	insn cr4_r9, mov cr4, r9
	insn cr8_rdi, mov cr8, rdi
	insn r13_cr8, mov r13, cr8
reload_cr3:
	mov rdi, cr3
	mov cr3, rdi
	mov rsi, cr3
end:
	vmcall
