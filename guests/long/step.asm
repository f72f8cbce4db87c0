; SPDX-License-Identifier: GPL-2.0
; Instructions to single-step in 64-bit mode: see inc/step.inc.
%include "long.inc"

idt
gate VMX_EXC_DB, debug
gate VMX_EXC_BP, bp_handler
gate VMX_EXC_UD, ud
gate VMX_EXC_GP, gp
gate VMX_EXC_PF, pf
gate 33, irq33
gate 64, int64
idt_end

start:
	long_mode
	lidt [idtr]
%include "step.inc"

; a fault of each kind, and SYSCALL
	one fault, mov ds, ebp		; 0x1000 is beyond the GDT: #GP
	one missing, mov eax, [rsi]	; 0x400000 is not present: #PF
	one fast_call, syscall
	vmcall
fast_target:
	nop
	vmcall

	handler debug
	handler bp_handler
	handler ud
	handler gp, pop rsi
	handler pf, pop rsi
	handler irq33
	handler int64
