; SPDX-License-Identifier: GPL-2.0
; Flexible return and event delivery (FRED) in 64-bit mode: the case turns it on at `loaded`,
; and events of privilege level 0 go to `ring0`. R8 is what read_msr has read.
%include "long.inc"

start:
	long_mode
loaded:
	vmcall
read_msr:
	mov ecx, esi
	rdmsr
	shl rdx, 32
	lea r8, [rdx + rax]
	jmp end
write_msr:
	mov ecx, esi
	mov eax, edi
	mov edx, 0
	wrmsr
	jmp end
$hlt:
	hlt
$int:
	int 0x20
end:
	vmcall

align 4096
ring3:
	vmcall
	times 256 - ($ - ring3) nop
ring0:
	vmcall				; then the case goes on here
$erets:
	db 0xf2, 0x0f, 0x01, 0xca	; ERETS
