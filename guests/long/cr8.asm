; SPDX-License-Identifier: GPL-2.0
; CR8 of RSI and then of RDI. RAX and RDX are what it held after the first and the
; second.
%include "long.inc"

start:
	long_mode
	mov cr8, rsi
	mov rax, cr8
	mov cr8, rdi
	mov rdx, cr8
end:
	vmcall
