; SPDX-License-Identifier: GPL-2.0
; I/O instructions of each kind in real-address mode, to the port in BP. A
; string instruction copies one item, to or from where nothing else is.
%include "real.inc"

start:
	real_mode
	mov ax, 0
	mov cx, 1
	mov si, FREE
	mov di, FREE
	mov dx, bp
	jmp bx
%include "io-insns.inc"
