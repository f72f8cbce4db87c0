; SPDX-License-Identifier: GPL-2.0
; INVLPG in real-address mode, with FS at 0xb000.
%include "real.inc"

start:
	real_mode
	mov ax, 0xb00
	mov fs, ax
	jmp bx
	insn base, invlpg [si]
	insn by_fs, invlpg [fs:si]
	insn addr32, invlpg [esi]
end:
	vmcall
