; SPDX-License-Identifier: GPL-2.0
; The guest of all ways in: from address 0, 32-bit protected mode without paging. It
; begins with the address of a loop in EBX. Each loop has one OUT.
bits 32

; As in bench.h
%define PORT		0x42
%define VECTOR		0x20
%define RAM_SIZE	0x10000
%define STAMP		0x8000
%define MMIO_GPA	0x10000000
%define BIG_GPA		0x4000000
%define BIG_SIZE	0x4000000

global guest
global guest_end
global loop_out
global loop_mmio
global loop_cpuid
global loop_vmcall
global loop_read

%define at(label)	(label - guest)
%define CODE		0x08
%define DATA		0x10

section .note.GNU-stack noalloc noexec nowrite progbits
section .rodata
align 8
guest:
	lgdt	[at(gdtr)]
	lidt	[at(idtr)]
	jmp	CODE:at(flat)
flat:
	mov	eax, DATA
	mov	ds, eax
	mov	es, eax
	mov	ss, eax
	mov	esp, RAM_SIZE
	xor	eax, eax
	xor	ecx, ecx
	sti
	jmp	ebx

loop_out:
	out	PORT, al
	jmp	loop_out

loop_mmio:
	mov	[MMIO_GPA], al
	out	PORT, al
	jmp	loop_mmio

; The answer has EAX and ECX 0 again.
loop_cpuid:
	cpuid
	out	PORT, al
	jmp	loop_cpuid

loop_vmcall:
	vmcall
	out	PORT, al
	jmp	loop_vmcall

loop_read:
	mov	esi, BIG_GPA
.page:
	mov	al, [esi]
	add	esi, 4096
	cmp	esi, BIG_GPA + BIG_SIZE
	jb	.page
	out	PORT, al
	jmp	loop_read

interrupt:
	rdtsc
	mov	[STAMP], eax
	mov	[STAMP + 4], edx
	xor	eax, eax
	iret

align 8
gdt:
	dq	0
	dq	0x00cf9b000000ffff	; CODE: from 0 to 4 GiB
	dq	0x00cf93000000ffff	; DATA
gdtr:
	dw	gdtr - gdt - 1
	dd	at(gdt)

align 8
idt:
	times VECTOR dq 0
	dw	at(interrupt), CODE, 0x8e00, 0
idtr:
	dw	idtr - idt - 1
	dd	at(idt)
guest_end:
