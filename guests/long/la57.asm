; SPDX-License-Identifier: GPL-2.0
; 64-bit mode, for 5-level paging: at `loaded` the case makes pml5 the root.
;
;   linear below 0x400000        the same as ever
;   linear 0x1000000000000 up    the same again, by entry 1 of pml5
%include "long.inc"

section .data
align 4096
pml5:
	dq pml4 + PAGE_PRESENT + PAGE_WRITE, pml4 + PAGE_PRESENT + PAGE_WRITE
	times 510 dq 0

section .text
bits 32
start:
	long_mode
loaded:
	vmcall
	insn read, mov rax, [rsi]
	insn mov_to_cr4, mov cr4, rsi
	insn mov_to_cr3, mov cr3, rsi
$hlt:
	hlt
end:
	vmcall
