; SPDX-License-Identifier: GPL-2.0
; VMFUNC in 64-bit mode: leaf 0, EPTP switching, with the index in ECX, which the case
; passes in EBX, and EBP above it, then a read of where RSI says.
%include "long.inc"

start:
	long_mode
	mov ecx, ebx
	shl rbp, 32			; what was above is undefined
	or rcx, rbp
	mov rax, 0x100000000		; only EAX is looked at
$vmfunc:
	vmfunc
read:
	mov edx, [rsi]
end:
	vmcall
