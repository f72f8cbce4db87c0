; SPDX-License-Identifier: GPL-2.0
; Page faults with PAE paging: EBX is where the instruction is, ESI the address. The
; handler stops with the error code on its stack.
%include "pae.inc"

idt
gate VMX_EXC_PF, $pf
idt_end

start:
	pae_mode
	lidt [idtr]
loaded:
	vmcall
read:
	mov eax, [esi]
	jmp end
write:
	mov [esi], eax
end:
	vmcall

$pf:
	vmcall
