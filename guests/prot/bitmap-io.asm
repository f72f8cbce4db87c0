; SPDX-License-Identifier: GPL-2.0
; I/O instructions of each kind in 32-bit protected mode, to the port in EBP. A
; string instruction copies one item, to or from where nothing else is.
%include "prot.inc"

start:
	protected_mode
	mov eax, 0
	mov ecx, 1
	mov esi, FREE
	mov edi, FREE
	mov edx, ebp
	jmp ebx
%include "io-insns.inc"
