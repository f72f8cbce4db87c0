; SPDX-License-Identifier: GPL-2.0
; TPAUSE until the time-stamp counter is RSI further, in 64-bit mode.
%include "long.inc"

start:
	long_mode
	rdtsc
	shl rdx, 32
	or rax, rdx
	add rax, rsi
	mov rdx, rax
	shr rdx, 32
	xor edi, edi			; C0.2
$tpause:
	db 0x66, 0x0f, 0xae, 0xf7	; TPAUSE of EDI
end:
	vmcall
