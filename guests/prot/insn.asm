; SPDX-License-Identifier: GPL-2.0
; Instructions of all kinds, some of which cause VM exits. EAX points to memory
; that is free.
%include "prot.inc"

start:
	protected_mode
	mov eax, cr4
	or eax, CR4_OSXSAVE
	mov edi, eax
	mov eax, FREE
	mov ecx, 0x12345678		; no XCR, no counter
	mov edx, 0
	jmp ebx
enable_xsave:
	mov cr4, edi			; without it XSETBV is an invalid opcode
	insn $xsetbv, xsetbv
	insn $invd, invd
	insn $monitor, monitor
	insn $mwait, mwait
	insn $rdpmc, rdpmc
	insn $getsec, getsec
	insn $rdtsc, rdtsc
	insn $pause, pause
	insn $invlpg, invlpg [eax]
	insn $wbinvd, wbinvd
	insn $sgdt, sgdt [eax]
	insn $str, str eax
	insn $rsm, rsm
end:
	vmcall
