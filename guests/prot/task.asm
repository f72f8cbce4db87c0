; SPDX-License-Identifier: GPL-2.0
; Ways to switch tasks, in 32-bit protected mode. All gates of the IDT are task gates.
; From user on at privilege level 3: EBP is where to go.
%include "prot.inc"

%define TSS32		0x48
%define TSS16		0x50
%define GATE		0x58			; to TSS32
%define BUSY		0x60
%define ABSENT		0x68
%define SHORT		0x70			; the limit is 1 too small
%define USER_TSS	0x7b			; privilege level 3
%define USER_GATE	0x83			; privilege level 3, to TSS32
%define CURRENT		0x88
%define LDT		0x90
%define SHORT16		0x98
%define LDT_GATE	0x04			; in the LDT, to TSS32

%define TASK_GATE	0x0000e50000480000	; privilege level 3, to TSS32
%define RFLAGS_NT	0x4000

section .data
align 8
task_gdt:
	times 9 dq 0			; those of gdt
	dq 0x00008900b0000067		; TSS32
	dq 0x00008100b000002b		; TSS16
	dq 0x0000850000480000		; GATE
	dq 0x00008b00b0000067		; BUSY
	dq 0x00000900b0000067		; ABSENT
	dq 0x00008900b0000066		; SHORT
	dq 0x0000e900b0000067		; USER_TSS
	dq TASK_GATE			; USER_GATE
	dq 0x00008900c0000067		; CURRENT
	dq 0x00008200d00000ff		; LDT
	dq 0x00008100b000002a		; SHORT16
task_gdt_end:
task_gdtr:
	dw task_gdt_end - task_gdt - 1
	dq task_gdt

task_idt:
	times 64 dq TASK_GATE
task_idt_end:
task_idtr:
	dw task_idt_end - task_idt - 1
	dq task_idt

far_call:
	dd 0
	dw TSS32

section .text
start:
	protected_mode
	mov esi, gdt
	mov edi, task_gdt
	mov ecx, (gdt_end - gdt) / 4
	rep movsd
	lgdt [task_gdtr]
	lidt [task_idtr]
	mov eax, LDT
	lldt ax
	mov eax, CURRENT
	ltr ax
	mov eax, 0
	jmp ebx
loaded:
	vmcall
user:
	mov ebx, ebp
	user_mode
	insn call_tss, call TSS32:0
	insn jmp_tss, jmp TSS32:0
	insn call_gate, call GATE:0
	insn jmp_gate, jmp GATE:0
	insn call_ldt, call LDT_GATE:0
	insn call_16, call TSS16:0
	insn jmp_memory, jmp far [far_call]
	insn call_memory, call far [far_call]
	insn call_busy, call BUSY:0
	insn jmp_busy, jmp BUSY:0
	insn call_absent, call ABSENT:0
	insn call_short, call SHORT:0
	insn call_short_16, call SHORT16:0
	insn call_user, call USER_TSS:0
	insn jmp_user_gate, jmp USER_GATE:0
	insn int_31, int 0x31
	insn $int3, int3
	insn $int1, int1
	insn $ud2, ud2
	insn $div, div eax
	insn no_segment, mov fs, ax
overflow:
	mov al, 0x7f
	add al, al
	insn $into, into
back:
	push RFLAGS_NT
	popfd
	insn $iret, iret
end:
	vmcall
