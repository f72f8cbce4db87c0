; SPDX-License-Identifier: GPL-2.0
; NMIs, INIT, SIPI and debug exceptions, in a host of one's own and its guest.
%include "root.inc"

%define ICR_NMI		0x4400
%define ICR_FIXED	0x4000
%define APIC_SPURIOUS	0xf0
%define APIC_ENABLED	0x1ff
%define APIC_LVT_TIMER	0x320			; of one shot, with no more than the vector
%define APIC_INITIAL_COUNT	0x380
%define APIC_DIVIDE	0x3e0
%define DIVIDE_BY_1	0xb

section .text
bits 64
; ---- in root operation ----
; Wait for something that does not come by itself.
spin:
	pause
	jmp spin

nmi_itself:
	mov esi, ICR_NMI
	call ipi_to_self
	nop
	done

; An NMI that is blocked until IRET
nmi_until_iret:
	mov esi, ICR_NMI
	call ipi_to_self
	mov rax, rsp
	push FLAT_DATA32
	push rax
	push 2
	push CODE64
	push after_iret
	iretq
after_iret:
	nop
	done

; VM entry in the handler of an NMI: the next one waits for the guest.
launch_blocked:
	mov word [idt64 + 2 * 16], .blocked
	mov esi, ICR_NMI
	call ipi_to_self
	nop
	done
.blocked:
	vmlaunch
	done

; VM entry as soon as the other processor says so
launch_at_go:
	cmp dword [PROCESSOR_go], 0
	je launch_at_go
	vmlaunch
	done

; VM entry while an external interrupt is pending, whose vector is in ESI. INIT has disabled
; the local APIC.
; SDM, "Local APIC State After It Has Been Software Disabled"
launch_irq:
	mov ecx, APIC_SPURIOUS
	mov eax, APIC_ENABLED
	call write_apic
	or esi, ICR_FIXED
	call ipi_to_self
	vmlaunch
	done

; VM entry some time before the local APIC's timer sends the vector in ESI
launch_timer:
	mov ecx, APIC_SPURIOUS
	mov eax, APIC_ENABLED
	call write_apic
	mov ecx, APIC_DIVIDE
	mov eax, DIVIDE_BY_1
	call write_apic
	mov ecx, APIC_LVT_TIMER
	mov eax, esi
	call write_apic
	mov ecx, APIC_INITIAL_COUNT
	mov eax, 0x400
	call write_apic
	vmlaunch
	done

; The APIC's register at ECX becomes EAX.
write_apic:
	mov edi, eax
	mov ebx, ecx
	mov ecx, 0x1b			; IA32_APIC_BASE
	rdmsr
	test eax, 0x400
	mov eax, edi
	jnz .x2apic
	mov [APIC + rbx], eax
	ret
.x2apic:
	mov ecx, ebx
	shr ecx, 4
	add ecx, 0x800
	xor edx, edx
	wrmsr
	ret

; After a VM exit, VM entry once more as soon as the other processor says so
resume_at_go:
	cmp byte [resumed], 0
	jne .done
.wait:
	cmp dword [PROCESSOR_go], 0
	je .wait
	mov byte [resumed], 1
	vmresume
.done:
	done

vmxoff_at_go:
	cmp dword [PROCESSOR_go], 0
	je vmxoff_at_go
	vmxoff
	nop
	done

; ---- guests ----
$vmcall:
	vmcall

guest_spin:
	pause
	jmp guest_spin

guest_nmi:
	mov esi, ICR_NMI
	call ipi_to_self
	nop
	vmcall

; A single step
guest_step:
	push 0x102
	popfq
	nop
stepped:
	vmcall

$int1:
	int1
int1_end:
	vmcall

; MOV SS that meets a data breakpoint, and then a VM exit
guest_mov_ss:
	mov eax, operand
	mov dr0, rax
	mov eax, 0x30403			; DR0: reads and writes of one byte
	mov dr7, rax
	mov ss, [operand]
$cpuid:
	cpuid

; An interrupt comes while all of the memory is read, or when it has been.
repeated:
	mov ecx, PAGES * 0x1000
	xor esi, esi
$rep_lods:
	rep lodsb
after_rep:
	pause
	jmp after_rep

; What waits for an interrupt, right after STI
sti_hlt:
	sti
	hlt
after_hlt:
	vmcall
sti_mwait:
	mov eax, operand
	xor ecx, ecx
	xor edx, edx
	monitor
	xor eax, eax
	sti
	mwait
after_mwait:
	vmcall

; The guest's handlers, 4 bytes for each vector: NOP and VMCALL; VMCALL as the first
; instruction; or VMCALL with the return address in RBX.
align 16
guest_vectors:
%rep VECTORS
	nop
	vmcall
%endrep
first_vectors:
%rep VECTORS
	vmcall
	nop
%endrep
pop_vectors:
%rep VECTORS
	pop rbx
	vmcall
%endrep

section .data
align 8
operand:
	dw FLAT_DATA32
resumed:
	db 0
%macro handlers 1
%assign vector 0
%rep VECTORS
	dw %1 + 4 * vector, CODE64, 0x8e00, 0
	dq 0
	%assign vector vector + 1
%endrep
%endmacro
align 8
guest_idt:
	handlers guest_vectors
first_idt:
	handlers first_vectors
pop_idt:
	handlers pop_vectors
