; SPDX-License-Identifier: GPL-2.0
; MOV to CR3 of RSI in 64-bit mode. RDI is what CR3 holds afterwards.
%include "long.inc"

start:
	long_mode
load:
	mov rsi, cr3
	add rsi, rbx			; what it differs in is the case's
mov_to_cr3:
	mov cr3, rsi
mov_from_cr3:
	mov rdi, cr3
end:
	vmcall
