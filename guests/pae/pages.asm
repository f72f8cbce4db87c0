; SPDX-License-Identifier: GPL-2.0
; PAE paging with 4-KByte pages: see inc/pages.inc.
%include "pae.inc"


section .data
align 4096
page_table:
	dq 0xa007, 0xb007, 0xc007, 0
	times 508 dq 0

section .text
bits 32
start:
	mov dword [page_directory + 2 * 8], page_table + PAGE_PRESENT + PAGE_WRITE + PAGE_USER
	pae_mode
%include "pages.inc"
