; SPDX-License-Identifier: GPL-2.0
; MOV DR in 64-bit mode.
%include "long.inc"

start:
	long_mode
	jmp rbx
	insn to_dr1, mov dr1, r8
	insn to_dr2, mov dr2, r15
	insn from_dr7, mov r12, dr7
end:
	vmcall
