; SPDX-License-Identifier: GPL-2.0
; A virtualization exception (#VE) in 32-bit protected mode, by a write to where
; ESI says, or by what the case chooses. The handler leaves the return address in EDI.
%include "prot.inc"

idt
gate VMX_EXC_BP, breakpoint
gate VMX_EXC_VE, ve
idt_end

start:
	protected_mode
	lidt [idtr]
write:
	mov [esi], eax
end:
	vmcall
	insn read, mov ecx, [esi]
	insn modify, add [esi], eax
	insn $int3, int3
fetch:
	jmp esi
return:
	iret

ve:
	mov edi, [esp]
ve_taken:
	vmcall
	iret
breakpoint:
	mov edi, [esp]
breakpoint_taken:
	vmcall
	iret
