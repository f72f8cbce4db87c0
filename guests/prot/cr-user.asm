; SPDX-License-Identifier: GPL-2.0
; Accesses to control registers at privilege level 3.
%include "prot.inc"

start:
	protected_mode
	user_mode
	insn $clts, clts
	insn lmsw_reg, lmsw si
	insn lmsw_mem, lmsw [esp]
	insn smsw_reg, smsw edi
	insn to_cr0, mov cr0, esi
	insn to_cr2, mov cr2, esi
	insn to_cr3, mov cr3, esi
	insn to_cr4, mov cr4, esi
	insn from_cr0, mov edi, cr0
	insn from_cr2, mov edi, cr2
	insn from_cr3, mov edi, cr3
	insn from_cr4, mov edi, cr4
	insn $rdtsc, rdtsc
	insn unaligned, mov eax, [esp - 7]
end:
	vmcall
