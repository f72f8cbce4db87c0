; SPDX-License-Identifier: GPL-2.0
; As long/others, in 32-bit protected mode; from user on at privilege level 3: EBP is
; where to go.
%include "prot.inc"

start:
	protected_mode
	mov eax, 0
	mov ecx, 0
	mov edx, 0
	jmp ebx
user:
	mov ebx, ebp
	user_mode
	insn rdrand_eax, rdrand eax
	insn rdrand_cx, rdrand cx
	insn rdseed_edi, rdseed edi
	insn rdseed_si, rdseed si
	insn $tpause, db 0x66, 0x0f, 0xae, 0xf7	; of EDI
	insn $umwait, db 0xf2, 0x0f, 0xae, 0xf7
	insn $invpcid, invpcid edi, [esi + ecx * 2 + 0x10]
	insn $xsaves, xsaves [esi]
	insn $xrstors, xrstors [ebp + 0x40]
	insn $monitor, monitor
	insn $mwait, mwait
	insn $wbinvd, wbinvd
	insn $wbnoinvd, db 0xf3, 0x0f, 0x09
	insn $xsetbv, xsetbv
	insn $getsec, getsec
	insn $rsm, rsm
end:
	vmcall
