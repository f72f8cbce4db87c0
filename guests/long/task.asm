; SPDX-License-Identifier: GPL-2.0
; What would switch tasks in protected mode, in 64-bit mode.
%include "long.inc"

%define TSS64		0x48
%define TASK_GATE	0x85

section .data
align 8
task_gdt:
	times 9 dq 0			; those of gdt
	dq 0x00008900b0000067		; TSS64, at 0xb000
	dq 0
task_gdt_end:
task_gdtr:
	dw task_gdt_end - task_gdt - 1
	dq task_gdt

; Of 16 bytes each; only that of vector 0x31 is there.
task_idt:
	times 0x31 * 2 dq 0
	dw 0, TSS64, TASK_GATE << 8, 0
	dq 0
task_idt_end:
task_idtr:
	dw task_idt_end - task_idt - 1
	dq task_idt

far_tss:				; with an offset of 64 bits
	dq 0
	dw TSS64

section .text
start:
	long_mode
	mov esi, gdt
	mov edi, task_gdt
	mov ecx, (gdt_end - gdt) / 4
	rep movsd
	lgdt [task_gdtr]
	lidt [task_idtr]
	jmp rbx
loaded:
	vmcall
call_tss:
	call far [far_tss]
jmp_tss:
	jmp far [far_tss]
int_31:
	int 0x31
nested:					; with RFLAGS.NT
	iretq
end:
	vmcall
