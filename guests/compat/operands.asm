; SPDX-License-Identifier: GPL-2.0
; Operands in memory, in compatibility mode: 32-bit code of IA-32e mode. See inc/pages.inc
; and inc/operands.inc.
%include "long.inc"

section .data
align 4096
page_table:
	dq 0xa007, 0xb007, 0xc007, 0
	times 508 dq 0
to_32:
	dd compatibility
	dw CODE32

section .text
bits 32
start:
	mov dword [page_directory + 2 * 8], page_table + PAGE_PRESENT + PAGE_WRITE
	long_mode
	jmp far dword [to_32]
	bits 32
compatibility:
%include "pages.inc"
%include "operands.inc"
