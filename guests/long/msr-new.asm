; SPDX-License-Identifier: GPL-2.0
; In 64-bit mode: WRMSRNS, RDMSR and WRMSRNS with an immediate operand, of IA32_LSTAR and of an
; MSR in neither range of the MSR bitmaps, URDMSR and UWRMSR. NASM does not know them yet.
%include "long.inc"

%define IA32_LSTAR	0xc0000082
%define NO_RANGE	0x2000

; VEX, map 7, opcode, a register in ModR/M, the MSR
%macro vex7 4
	db 0xc4, %1, %2, %3, 0xc0 + %4
%endmacro
%define F2		0x7b
%define F3		0x7a
%define LOW		0xe7			; map 7, registers 0 to 7
%define HIGH		0xc7			; map 7, registers 8 to 15 in ModR/M.rm

start:
	long_mode
	mov ecx, IA32_LSTAR
	mov edx, 0
	mov r8, 0x112233445566
	mov r13, 0xffff887766554433	; canonical
	mov eax, 0x5
	jmp rbx
	insn wrmsrns, db 0x0f, 0x01, 0xc6
rdmsr_rax:
	vex7 LOW, F2, 0xf6, 0
	dd IA32_LSTAR
	jmp end
rdmsr_rsi:
	vex7 LOW, F2, 0xf6, 6
	dd IA32_LSTAR
	jmp end
rdmsr_r13:
	vex7 HIGH, F2, 0xf6, 5
	dd IA32_LSTAR
	jmp end
rdmsr_outside:
	vex7 LOW, F2, 0xf6, 0
	dd NO_RANGE
	jmp end
wrmsrns_rax:
	vex7 LOW, F3, 0xf6, 0
	dd IA32_LSTAR
	jmp end
wrmsrns_r8:
	vex7 HIGH, F3, 0xf6, 0
	dd IA32_LSTAR
	jmp end
wrmsrns_r13:
	vex7 HIGH, F3, 0xf6, 5
	dd IA32_LSTAR
	jmp end
wrmsrns_outside:
	vex7 LOW, F3, 0xf6, 0
	dd NO_RANGE
	jmp end
	insn urdmsr, db 0xf2, 0x0f, 0x38, 0xf8, 0xf7	; URDMSR RDI, RSI
	insn uwrmsr, db 0xf3, 0x0f, 0x38, 0xf8, 0xf7	; UWRMSR RSI, RDI
end:
	vmcall
