; SPDX-License-Identifier: GPL-2.0
; Operands in memory, in real-address mode: see inc/operands.inc.
%include "real.inc"
%define POINTER		si

start:
	real_mode
	mov eax, 0x12345678
ready:
	vmcall				; the case goes on at one of these
	insn read, mov cx, [POINTER]
	insn write, mov [POINTER], ax
end:
	vmcall
%include "operands.inc"
