; SPDX-License-Identifier: GPL-2.0
; A guest that changes a PTE of its own, in 64-bit mode: it reads linear 0x400000 (EDX),
; changes the entry from physical 0xa000 to 0xb000, invalidates what may be cached of it
; in the way that RBX points to, and reads again (ECX). RBP has the bits of the entry, RDI
; those of CR4.
%include "long.inc"

%define LINEAR		0x400000

section .data
align 4096
page_table:
	times 512 dq 0
descriptor:				; of INVPCID: PCID 0
	dq 0, LINEAR

section .text
start:
	long_mode
	mov qword [page_directory + 2 * 8], page_table + PAGE_PRESENT + PAGE_WRITE
	mov rax, cr4
	or rax, rdi
	mov cr4, rax
	lea rax, [rbp + 0xa000]
	mov [page_table], rax
	mov edx, [abs LINEAR]
	lea rax, [rbp + 0xb000]
	mov [page_table], rax
	mov rsi, LINEAR
	jmp rbx
page:
	invlpg [rsi]
	jmp again
within:
	invlpg [rsi + 0xfff]
	jmp again
load_cr3:
	mov rax, cr3
	mov cr3, rax
	jmp again
toggle_global:
	mov rax, cr4
	xor rax, 0x80
	mov cr4, rax
	jmp again
toggle_paging:				; by way of compatibility mode
	jmp far dword [to_32]
section .data
to_32:
	dd unpaged
	dw CODE32
section .text
	bits 32
unpaged:
	mov eax, cr0
	btr eax, 31
	mov cr0, eax
	bts eax, 31
	mov cr0, eax
	jmp CODE64:again
	bits 64
pcid_address:
	mov eax, 0
	jmp pcid
pcid_single:
	mov eax, 1
	jmp pcid
pcid_all:
	mov eax, 2
	jmp pcid
pcid_all_retaining:
	mov eax, 3
pcid:
	invpcid rax, [descriptor]
again:
	mov ecx, [rsi]
end:
	vmcall
