; SPDX-License-Identifier: GPL-2.0
; MOV to and from control registers in 32-bit protected mode. No register holds
; a value that CR0 may have (its bits NE and ET are the kernel's, and 1).
%include "prot.inc"

start:
	protected_mode
	mov eax, 0
	jmp ebx
	insn cr0_eax, mov cr0, eax
	insn cr0_ecx, mov cr0, ecx
	insn cr0_edx, mov cr0, edx
	insn cr0_ebx, mov cr0, ebx
	insn cr0_esp, mov cr0, esp
	insn cr0_ebp, mov cr0, ebp
	insn cr0_esi, mov cr0, esi
	insn cr0_edi, mov cr0, edi
cr3_esi:
	mov cr3, esi
	mov edi, cr3
end:
	vmcall
