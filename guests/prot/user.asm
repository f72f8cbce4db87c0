; SPDX-License-Identifier: GPL-2.0
; Instructions that are privileged, and some that are not, at privilege level 3.
; TR and IOPL are the case's.
%include "prot.inc"

start:
	protected_mode
	mov eax, USER_DATA32
	mov ds, eax			; level 3 can't have another
	mov es, eax
	user_mode
	insn $cpuid, cpuid
	insn $vmcall, vmcall
	insn $vmxoff, vmxoff
	insn $hlt, hlt
	insn $rdmsr, rdmsr
	insn $invd, invd
	insn mov_cr0, mov cr0, eax
	insn from_cr3, mov eax, cr3
	insn $wrmsr, wrmsr
	insn $rdpmc, rdpmc
	insn $invlpg, invlpg [eax]
	insn $wbinvd, wbinvd
	insn $clts, clts
	insn $lmsw, lmsw ax
	insn mov_dr0, mov eax, dr0
	insn $in, in al, 0x42
	insn $ins, insb
	insn $outs, outsb
end:
	vmcall
