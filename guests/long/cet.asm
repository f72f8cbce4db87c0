; SPDX-License-Identifier: GPL-2.0
; Control-flow enforcement in 64-bit mode: MSRs, shadow stacks, branch tracking. RSI is
; the MSR, RDI what is written; R8 what was read.
%include "long.inc"

start:
	long_mode
loaded:
	vmcall				; now the case turns on CET
read_msr:
	mov ecx, esi
	rdmsr
	shl rdx, 32
	lea r8, [rdx + rax]
	jmp end
write_msr:
	mov ecx, esi
	mov eax, edi
	mov rdx, rdi
	shr rdx, 32
	wrmsr
	jmp end
read_ssp:
	rdsspq r8
	jmp end
call_it:
	call end
return:
	pop rax
	push end			; not where the call came from
$ret:
	ret
jump:
	jmp rbx
target:
	endbr64
end:
	vmcall
