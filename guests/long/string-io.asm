; SPDX-License-Identifier: GPL-2.0
; INS and OUTS in 64-bit mode, with FS at 0x5000000000. RSI and RDI are the
; case's.
%include "long.inc"

%define IA32_FS_BASE	0xc0000100

start:
	long_mode
	mov ecx, IA32_FS_BASE
	mov edx, 0x50
	mov eax, 0
	wrmsr
	mov ecx, 3
	mov dx, 0x8642
	jmp rbx
	insn ins_b, insb
	insn rep_ins_d, rep insd
	insn outs_b, outsb
	insn fs_outs_b, fs outsb
	insn a32_outs_b, a32 outsb
end:
	vmcall
