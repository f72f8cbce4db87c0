; SPDX-License-Identifier: GPL-2.0
; Instructions that exit, fault or trap in 32-bit protected mode, for the case to
; begin at with RFLAGS.RF 1. EAX points to memory that is free.
%include "prot.inc"

start:
	protected_mode
	mov eax, FREE
	mov ecx, 1
	mov edx, 0
	mov esi, FREE
	mov edi, FREE + 0x100
	jmp end
	insn $cpuid, cpuid
	insn $hlt, hlt
	insn $in, in al, 0x42
	insn $outs, outsb
	insn $rdmsr, rdmsr
	insn $wrmsr, wrmsr
	insn to_cr0, mov cr0, edx
	insn from_dr0, mov ecx, dr0
	insn $invlpg, invlpg [eax]
	insn $pause, pause
	insn $rdtsc, rdtsc
	insn $invd, invd
	insn $vmread, vmread ecx, edx
	insn $ud2, ud2
	insn $div, div edx
	insn load_ds, mov ds, ax
	insn $int1, int1
	insn $int3, int3
	insn read, mov ecx, [0x20000]
	insn $nop, nop
	insn copy, rep movsb
end:
	vmcall
