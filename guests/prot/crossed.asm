; SPDX-License-Identifier: GPL-2.0
; An instruction boundary at which the case makes several things pending, in 32-bit
; protected mode. The gates are trap gates: IF stays 1 in a handler, so that what is
; pending can come before its first instruction. What delivery needs has been used before: a
; hypervisor below has it then.
%define GATE_SIZE	8
%macro gate_entry 1
	dw %1, CODE32, 0x8f00, 0
%endmacro
%include "prot.inc"
%include "vectors.inc"
%include "ipi.inc"

%define MOVED		STACK - 0x100

all_gates

start:
	protected_mode
	lidt [idtr]
	mov eax, [idt_start + GATE_SIZE * 0x52]
	pushfd
	push CODE32
	push open_to_nmis
	iret			; where VM entry leaves what another guest has blocked
open_to_nmis:
	mov ebp, MOVED
ready:
	vmcall
return:
	iret
here:
	mov esp, ebp		; that it was executed is seen by ESP
after:
	nop
end:
	vmcall
; does NAME, INSTRUCTION: NAME_done is after the instruction
%macro does 2+
%1:
	%2
%1_done:
	nop
	jmp end
%endmacro
	does $popf, popfd
branch:
	jmp branched
branched:
	nop
	jmp end
	does open, sti
load_ss:
	mov ss, [FREE]
load_ss_done:
	mov esp, esp		; some processors lose a breakpoint of MOV SS if nothing writes ESP
load_ss_late:
	jmp end
	does store, mov [edi], eax	; to the APIC-access page
	does $hlt, hlt
	does int_40, int 0x40
	does $int3, int3
	does int_over, into
; a handler's end: the NMI comes while the one before blocks it, and waits for the IRET
send:
	send_to_self
	mov ecx, 0x400
waiting:
	loop waiting
	iret
undefined:
	ud2
$cpuid:
	cpuid

all_handlers
