; SPDX-License-Identifier: GPL-2.0
; 64-bit mode in the upper half of the linear addresses, where 0xffffffff80000000 is the physical
; address 0; what is below is at its physical address as well.
%include "long.inc"

%define HIGH		0xffffffff80000000

section .data
align 4096
high_pdpt:
	times 510 dq 0
	dq page_directory + PAGE_PRESENT + PAGE_WRITE, 0

section .text
bits 32
start:
	mov dword [pml4 + 511 * 8], high_pdpt + PAGE_PRESENT + PAGE_WRITE
	long_mode
	mov rax, HIGH + high
	jmp rax
high:
	mov rsp, HIGH + STACK
loaded:
	vmcall
	insn read, mov rax, [rsi]
	insn jump, jmp rsi
end:
	vmcall
