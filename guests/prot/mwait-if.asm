; SPDX-License-Identifier: GPL-2.0
; MWAIT that an interrupt ends even with RFLAGS.IF 0, in 32-bit protected mode.
%include "prot.inc"

start:
	protected_mode
	mov eax, FREE
	xor ecx, ecx
	xor edx, edx
	monitor
	xor eax, eax			; the hint: C1
	inc ecx				; an interrupt is a break event
$mwait:
	mwait
end:
	vmcall
