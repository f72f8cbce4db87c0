; SPDX-License-Identifier: GPL-2.0
; Accesses to memory in 64-bit mode, where RSI says.
%include "long.inc"

start:
	long_mode
	mov eax, 0x12345678
	jmp rbx
	insn read, mov ecx, [rsi]
	insn write, mov [rsi], eax
	insn modify, add [rsi], eax
fetch:
	jmp rsi
write_twice:
	mov [rsi], eax
again:
	vmcall
	mov [rsi], eax
end:
	vmcall
