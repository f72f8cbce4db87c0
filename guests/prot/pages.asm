; SPDX-License-Identifier: GPL-2.0
; 32-bit paging with 4-KByte pages, and one of 4 MBytes for the guest itself: see
; inc/pages.inc.
%include "prot.inc"

%define CR4_PSE		0x10

section .data
align 4096
page_directory:
	dd 0x83					; present, writable, a page of 4 MBytes
	dd page_table + 7			; present, writable, user-mode
	times 1022 dd 0
page_table:
	dd 0xa007, 0xb007, 0xc007, 0
	times 1020 dd 0

section .text
start:
	protected_mode
	mov eax, cr4
	or eax, CR4_PSE
	mov cr4, eax
	mov eax, page_directory
	mov cr3, eax
	mov eax, cr0
	or eax, CR0_PG
enable_paging:
	mov cr0, eax
%include "pages.inc"
