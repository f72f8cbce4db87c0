; SPDX-License-Identifier: GPL-2.0
; Instructions with a VM exit of their own, in 64-bit mode: RDRAND and RDSEED into each
; register, TPAUSE, UMWAIT and UMONITOR, INVPCID, XSAVES and XRSTORS, MONITOR and MWAIT. EAX, ECX
; and EDX are 0. CR4.OSXSAVE is the case's.
%include "long.inc"

%macro each_register 1
	insn %1_rax, %1 rax
	insn %1_rcx, %1 rcx
	insn %1_rdx, %1 rdx
	insn %1_rbx, %1 rbx
	insn %1_rsp, %1 rsp
	insn %1_rbp, %1 rbp
	insn %1_rsi, %1 rsi
	insn %1_rdi, %1 rdi
	insn %1_r8, %1 r8
	insn %1_r9, %1 r9
	insn %1_r10, %1 r10
	insn %1_r11, %1 r11
	insn %1_r12, %1 r12
	insn %1_r13, %1 r13
	insn %1_r14, %1 r14
	insn %1_r15, %1 r15
%endmacro

start:
	long_mode
	mov eax, 0
	mov ecx, 0
	mov edx, 0
	jmp rbx
loaded:
	vmcall
	each_register rdrand
	each_register rdseed
	insn rdrand_16, rdrand r9w
	insn rdrand_32, rdrand r9d
	insn rdseed_16, rdseed cx
	insn rdseed_32, rdseed ecx

%macro with_edi 1
	db %1, 0x0f, 0xae, 0xf7		; of EDI
%endmacro
%macro with_r9d 1
	db %1, 0x41, 0x0f, 0xae, 0xf1	; of R9D
%endmacro
	insn $tpause, with_edi 0x66
	insn $umwait, with_edi 0xf2
	insn tpause_r9, with_r9d 0x66
	insn umwait_r9, with_r9d 0xf2
	insn $umonitor, db 0xf3, 0x0f, 0xae, 0xf6	; of RSI

	insn $invpcid, invpcid rdi, [rsi]
	insn invpcid_r9, invpcid r9, [r10 + rbp * 4 - 0x10]
	insn invpcid_rip, invpcid rax, [rel end]

	insn $xsaves, xsaves [rsi]
	insn $xrstors, xrstors [rsi]
	insn $xsaves64, xsaves64 [r9 + rdi * 8 + 0x40]
	insn $xrstors64, xrstors64 [fs:rsi - 0x40]

armed:
	mov rax, rsi
	monitor
	insn $mwait, mwait
	insn $monitor, monitor
	insn $wbinvd, wbinvd
	insn $wbnoinvd, db 0xf3, 0x0f, 0x09
end:
	vmcall
