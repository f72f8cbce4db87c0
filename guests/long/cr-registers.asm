; SPDX-License-Identifier: GPL-2.0
; MOV to and from control registers with each general-purpose register, in 64-bit
; mode: to_cr0_rax and so on.
%include "long.inc"

%macro both_ways 2
	insn to_%1_%2, mov %1, %2
	insn from_%1_%2, mov %2, %1
%endmacro

%macro each_control_register 1
	both_ways cr0, %1
	both_ways cr3, %1
	both_ways cr4, %1
	both_ways cr8, %1
%endmacro

start:
	long_mode
	jmp rbx

	each_control_register rax
	each_control_register rcx
	each_control_register rdx
	each_control_register rbx
	each_control_register rsp
	each_control_register rbp
	each_control_register rsi
	each_control_register rdi
	each_control_register r8
	each_control_register r9
	each_control_register r10
	each_control_register r11
	each_control_register r12
	each_control_register r13
	each_control_register r14
	each_control_register r15
end:
	vmcall
