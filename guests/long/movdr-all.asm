; SPDX-License-Identifier: GPL-2.0
; MOV DR in 64-bit mode: each debug register to and from RCX, and DR0 to and from
; each general-purpose register, by numbers. RCX is RSI.
%include "long.inc"

%macro all 1
	insn to_dr%1, db 0x0f, 0x23, 0xc1 | %1 << 3
	insn from_dr%1, db 0x0f, 0x21, 0xc1 | %1 << 3
	insn to_r%1, db 0x0f, 0x21, 0xc0 | %1
	insn from_r%1, db 0x0f, 0x23, 0xc0 | %1
%endmacro
%macro high 1
	insn to_r%1, db 0x41, 0x0f, 0x21, 0xc0 | (%1 - 8)
	insn from_r%1, db 0x41, 0x0f, 0x23, 0xc0 | (%1 - 8)
%endmacro

start:
	long_mode
	mov rcx, rsi
	jmp rbx
%assign i 0
%rep 8
	all i
%assign i i + 1
%endrep
%rep 8
	high i
%assign i i + 1
%endrep
	insn no_dr8, db 0x44, 0x0f, 0x21, 0xc1	; REX.R: there is no DR8
	insn memory_form, db 0x0f, 0x21, 0x01	; as mov rcx, dr0: Mod means nothing
end:
	vmcall
