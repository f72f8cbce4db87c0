; SPDX-License-Identifier: GPL-2.0
; Instructions that are privileged, and some that are not, at privilege level 3.
; TR and IOPL are the case's.
%include "prot.inc"

start:
	protected_mode
	user_mode
	insn $cpuid, cpuid
	insn $vmcall, vmcall
	insn $vmxoff, vmxoff
	insn $hlt, hlt
	insn $rdmsr, rdmsr
	insn $invd, invd
	insn mov_cr0, mov cr0, eax
	insn mov_dr0, mov eax, dr0
	insn $in, in al, 0x42
end:
	vmcall
