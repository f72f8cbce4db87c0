; SPDX-License-Identifier: GPL-2.0
; A virtualization exception (#VE) in 32-bit protected mode, by a write to where
; ESI says. The handler leaves the return address in EDI.
%include "prot.inc"

idt
gate VMX_EXC_VE, ve
idt_end

start:
	protected_mode
	lidt [idtr]
write:
	mov [esi], eax
end:
	vmcall

ve:
	mov edi, [esp]
ve_taken:
	vmcall
