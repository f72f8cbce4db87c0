; SPDX-License-Identifier: GPL-2.0
; RDMSR and WRMSR in 32-bit protected mode, of the MSR in ESI. WRMSR writes EBP,
; with 0 above. One that does not exist may cause a #GP: its handler goes on to
; "end", as what did not exit does.
%include "prot.inc"

idt
gate VMX_EXC_GP, gp
idt_end

start:
	protected_mode
	lidt [idtr]
	mov ecx, esi
	mov eax, ebp
	mov edx, 0
	jmp ebx
	insn $rdmsr, rdmsr
	insn $wrmsr, wrmsr
gp:
	jmp end
end:
	vmcall
