; SPDX-License-Identifier: GPL-2.0
; VMREAD and VMWRITE in 64-bit mode, with their flags.
%include "long.inc"

start:
	long_mode
	jmp rbx
%include "shadow-insns.inc"
	insn r15_r14, vmread r15, r14
	insn r14_r15, vmwrite r14, r15
