; SPDX-License-Identifier: GPL-2.0
; Instructions to single-step in real-address mode: see inc/step.inc.
%include "real.inc"

idt
gate VMX_EXC_DB, debug
gate VMX_EXC_BP, bp_handler
gate VMX_EXC_OF, of_handler
gate VMX_EXC_UD, ud
gate VMX_EXC_GP, gp
gate 33, irq33
gate 64, int64
idt_end

start:
	real_mode
	lidt [idtr]
%include "step.inc"

; a general-protection fault
	one fault, mov eax, [0xfffe]	; beyond the limit: #GP
	vmcall

	handler debug
	handler bp_handler
	handler of_handler
	handler ud
	handler gp
	handler irq33
	handler int64
