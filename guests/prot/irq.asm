; SPDX-License-Identifier: GPL-2.0
; Interrupts in 32-bit protected mode: ways to open RFLAGS.IF, and a handler
; that leaves its return address in EDI.
%include "prot.inc"

idt
gate VMX_EXC_UD, ud
gate 33, irq33
gate 34, irq34
idt_end

start:
	protected_mode
	lidt [idtr]
	jmp ebx
open:
	sti
	nop				; STI puts interrupts off until after this
opened:
	vmcall
	jmp end
spin:
	sti
spinning:
	jmp spinning
closed:
	vmcall
by_sti:
	sti
	nop
after_sti:
	jmp end
by_sti_mov_ss:
	mov eax, ss
	sti
	mov ss, eax			; puts them off for one instruction more
	nop
after_mov_ss:
	jmp end
by_popf:
	pushfd
	or dword [esp], RFLAGS_IF
	popfd				; puts nothing off
after_popf:
	jmp end
stays_closed:
	nop
end:
	vmcall

ud:
	mov edi, [esp]
ud_taken:
	vmcall
	iret
irq33:
	mov edi, [esp]
irq33_taken:
	vmcall
	iret
irq34:
	mov edi, [esp]
irq34_taken:
	vmcall
	iret
