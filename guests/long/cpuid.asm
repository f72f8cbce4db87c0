; SPDX-License-Identifier: GPL-2.0
; CPUID in 64-bit mode. EDI becomes EBX xor ECX of its answer.
%include "long.inc"

start:
	long_mode
	mov eax, 0x40000000
	mov ecx, 7
$cpuid:
	cpuid
	mov edi, ebx
	xor edi, ecx
end:
	vmcall
