; SPDX-License-Identifier: GPL-2.0
; CPUID in real-address mode. EDI becomes EBX xor ECX of its answer.
%include "real.inc"

start:
	real_mode
	mov eax, 0x40000000
	mov ecx, 7
$cpuid:
	cpuid
	mov edi, ebx
	xor edi, ecx
end:
	vmcall
