; SPDX-License-Identifier: GPL-2.0
; Exceptions in 64-bit mode. RSI is the case's.
%include "long.inc"

start:
	long_mode
	mov eax, 0
	mov edx, 0
	jmp rbx
	insn $ud2, ud2
	insn $div, div edx
	insn $fld1, fld1
	insn load_ds, mov ds, esi
	insn read, mov eax, [rsi]
	insn read_stack, mov eax, [rsp + rsi]
	insn $int3, int3
	insn $int1, int1
	insn prefixed_int3, db 0x48, 0xcc
	insn prefixed_int1, db 0x2e, 0x2e, 0xf1
end:
	vmcall
