; SPDX-License-Identifier: GPL-2.0
; IN and OUT with immediate operands at both ends of what they can name, in
; 32-bit protected mode.
%include "prot.inc"

start:
	protected_mode
	mov dx, si
	jmp ebx
	insn in_first, in al, 0x0
	insn in_last, in al, 0xff
	insn out_first, out 0x0, al
	insn out_last, out 0xff, al
	insn in_dx, in al, dx
	insn out_dx, out dx, al
end:
	vmcall
