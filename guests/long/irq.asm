; SPDX-License-Identifier: GPL-2.0
; An interrupt in 64-bit mode: five quadwords on the stack. The handler leaves
; its return address in RDI and the stack pointer to return to in RSI.
%include "long.inc"

idt
gate 33, irq33
idt_end

start:
	long_mode
	lidt [idtr]
	mov rsp, STACK - 4		; the processor aligns it to 16
by_sti:
	sti
	nop
after_sti:
	nop
end:
	vmcall

irq33:
	mov rdi, [rsp]
	mov rsi, [rsp + 24]
irq33_taken:
	vmcall
	iretq
