; SPDX-License-Identifier: GPL-2.0
; A guest that takes no interrupts, and after "loaded" never exits by itself:
; it loops with RFLAGS.IF 0, and its handler of #UD does the same.
%include "prot.inc"

idt
gate VMX_EXC_UD, ud
idt_end

start:
	protected_mode
	lidt [idtr]
loaded:
	vmcall
spinning:
	jmp spinning
end:
	vmcall

ud:
	jmp ud
