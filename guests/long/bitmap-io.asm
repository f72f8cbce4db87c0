; SPDX-License-Identifier: GPL-2.0
; I/O instructions of each kind in 64-bit mode, to the port in RBP. A
; string instruction copies one item, to or from where nothing else is.
%include "long.inc"

start:
	long_mode
	mov eax, 0
	mov ecx, 1
	mov esi, FREE
	mov edi, FREE
	mov edx, ebp
	jmp rbx
%include "io-insns.inc"
