; SPDX-License-Identifier: GPL-2.0
; Exceptions of the x87 FPU and of SSE in 32-bit protected mode: 0 divided by 0,
; which both are told to report.
%include "prot.inc"

%define CR4_OSXMMEXCPT	0x400
%define X87_UNMASKED	0x37e			; FCW: invalid operation is not masked
%define X87_PRECISION	0x35f			; so precision is not
%define SSE_UNMASKED	0x1f00			; MXCSR: so here

section .data
align 4
fcw:
	dd X87_UNMASKED
mxcsr:
	dd SSE_UNMASKED
fcw_precision:
	dd X87_PRECISION
long_number:
	dd 0x00000000, 0x80000001		; has more bits than a dword
	dw 0x3fff

section .text
start:
	protected_mode
	mov eax, cr4
	or eax, CR4_OSFXSR | CR4_OSXMMEXCPT
	mov cr4, eax
	jmp ebx
x87:
	fninit
	fldcw [fcw]
	fldz
	fldz
	fdivp				; is reported by the next that waits for it
after_x87:
	fwait
	jmp end
x87_after_sti:
	fninit
	fldcw [fcw]
	fldz
	fldz
	fdivp
	sti				; does not wait
waiting:
	fwait
	jmp end
x87_store:
	fninit
	fldcw [fcw_precision]
	fld tword [long_number]
store:
	fstp dword [esi]		; is not exact: stores, and the next reports it
stored:
	fwait
	jmp end
sse:
	ldmxcsr [mxcsr]
	xorps xmm0, xmm0
divide:
	divps xmm0, xmm0
end:
	vmcall
