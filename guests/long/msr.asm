; SPDX-License-Identifier: GPL-2.0
; RDMSR and WRMSR in 64-bit mode. ESI says which MSR; WRMSR writes R8D:EDI,
; and the guest leaves what it read in R9.
%include "long.inc"

start:
	long_mode
	mov ecx, esi
	mov edx, r8d
	mov eax, edi
	jmp rbx
$wrmsr:
	wrmsr
$rdmsr:
	rdmsr
	shl rdx, 32
	lea r9, [rdx + rax]
end:
	vmcall
