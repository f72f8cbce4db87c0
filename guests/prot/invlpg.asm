; SPDX-License-Identifier: GPL-2.0
; INVLPG in 32-bit protected mode, with operands of all forms.
%include "prot.inc"

start:
	protected_mode
	jmp ebx
	insn base, invlpg [esi]
	insn displaced, invlpg [esi + edi * 8 - 4]
	insn no_base, invlpg [0xfedcba98]
	insn by_es, invlpg [es:esi]
	insn by_cs, invlpg [cs:esi]
	insn by_ss, invlpg [ebp]
	insn by_fs, invlpg [fs:esi]
	insn by_gs, invlpg [gs:esi]
	insn addr16, invlpg [bp + si]
	insn addr16_wraps, invlpg [si + 0x7fff]
end:
	vmcall
