; SPDX-License-Identifier: GPL-2.0
; INVLPG in 64-bit mode, with operands of all forms.
%include "long.inc"

start:
	long_mode
	jmp rbx
	insn base, invlpg [rsi]
	insn displaced, invlpg [rsi + r8 * 8 - 4]
	insn relative, invlpg [rel end]
	insn by_fs, invlpg [fs:rsi]
	insn by_gs, invlpg [gs:rsi]
	insn addr32, invlpg [esi]
end:
	vmcall
