; SPDX-License-Identifier: GPL-2.0
; Instructions that tell or waste time, in 32-bit protected mode. Handlers go on
; to where a VMCALL shows which it was, and leave the return address in EDI.
%include "prot.inc"

idt
gate VMX_EXC_DB, debug
gate VMX_EXC_UD, ud
idt_end

start:
	protected_mode
	lidt [idtr]
	mov ecx, esi
	jmp ebx
	insn $rdtsc, rdtsc
	insn $rdtscp, rdtscp
	insn $rdpid, db 0xf3, 0x0f, 0xc7, 0xf8		; of EAX
	insn $rdmsr, rdmsr
	insn $nop, nop
	insn $hlt, hlt

; how far two counts are from each other
twice:
	rdtsc
	mov esi, eax
	rdtsc
	sub eax, esi
	jmp end

; some time
count:
	mov ecx, 0x400
counting:
	loop counting
	jmp end

; more than any
forever:
	jmp forever

; EBP is how much time has gone by since here
since:
	rdtsc
	mov esi, eax
passing:
	rdtsc
	sub eax, esi
	mov ebp, eax
	jmp passing

keep:
	mov edi, ebp
	jmp end

; as ratio, with EDI times 2 to the power of CL
scaled:
	shl edi, cl
; EAX is how often EDI goes into EBP, rounded
ratio:
	mov edx, 0
	mov eax, edi
	shr eax, 1
	add eax, ebp
	div edi
	jmp end

; what waits in a loop: EBP times
spin:
	mov ecx, ebp
spinning:
	pause
	loop spinning
	jmp end

; three with some time between them
pause_1:
	pause
	mov ecx, 0x80
waiting_1:
	loop waiting_1
pause_2:
	pause
	mov ecx, 0x80
waiting_2:
	loop waiting_2
pause_3:
	pause
end:
	vmcall

%macro handler 1
%1:
	mov edi, [esp]
%1_taken:
	vmcall
	iret
%endmacro

	handler debug
	handler ud
