; SPDX-License-Identifier: GPL-2.0
; An interrupt in real-address mode: through a vector, with three words on the
; stack. The handler leaves its return address in DI.
%include "real.inc"

idt
gate 33, irq33
idt_end

start:
	real_mode
	lidt [idtr]
by_sti:
	sti
	nop
after_sti:
	nop
end:
	vmcall

irq33:
	mov di, [esp]
irq33_taken:
	vmcall
	iret
