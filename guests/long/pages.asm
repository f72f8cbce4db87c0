; SPDX-License-Identifier: GPL-2.0
; 64-bit mode with 4-KByte pages and execute-disable: see inc/pages.inc.
%include "long.inc"

%define EFER_NXE	0x800

section .data
align 4096
page_table:
	dq 0xa007, 0xb007, 0xc007, 0
	times 508 dq 0

section .text
bits 32
start:
	or byte [pml4], PAGE_USER		; whose memory it is, the lower levels say
	or byte [pdpt], PAGE_USER
	mov dword [page_directory + 2 * 8], page_table + PAGE_PRESENT + PAGE_WRITE + PAGE_USER
	long_mode
	mov ecx, IA32_EFER
	rdmsr
	or eax, EFER_NXE
	wrmsr
%include "pages.inc"
	insn gather, vpgatherdd xmm0, [rsi + xmm1 * 4], xmm2
