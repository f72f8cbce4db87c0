; SPDX-License-Identifier: GPL-2.0
; Instructions that show what mode they are executed in, and ways from one mode to
; another. A case can begin in any mode at probe; the ways begin in 32-bit protected
; mode, and stop at a VMCALL after each step.
%include "prot.inc"
%include "paging.inc"

%define CR4_PSE		0x10

section .data
align 4096
pml4:
	dq pdpt + PAGE_PRESENT + PAGE_WRITE
	times 511 dq 0
pdpt:					; of 4-level paging, and of PAE paging
	dq page_directory + PAGE_PRESENT
	times 511 dq 0
page_directory_32:			; 4 MiB
	dd 0x0 + PAGE_PRESENT + PAGE_WRITE + PAGE_USER + PAGE_SIZE
	times 1023 dd 0

section .text
start:
	protected_mode
	lidt [none]
	mov ecx, 0
	jmp ebx
probe:
	db 0xb8, 0x01, 0x00, 0x40, 0x40	; 16 bits: AX = 1, twice INC AX; else EAX = 0x40400001
	db 0x41, 0xf8			; INC ECX, CLC; in 64-bit mode only CLC
end:
	vmcall

to_v8086:
	push 0				; GS, FS, DS, ES, SS
	push 0
	push 0
	push 0
	push 0
	push STACK
	push 0x20002			; RFLAGS.VM
	push 0
	push probe
	iret

to_real:
	jmp CODE16:.protected16
	bits 16
.protected16:
	mov eax, cr0
	and al, ~CR0_PE & 0xff
no_protection:
	mov cr0, eax
in_16:
	vmcall				; CS is as before
	jmp 0:probe

	bits 32
to_protected_16:
	jmp CODE16:probe

to_paging:
	mov eax, CR4_PSE
	call add_to_cr4
	mov eax, page_directory_32
	mov cr3, eax
	call paging_on
	jmp probe

to_pae:
	mov eax, CR4_PAE
	call add_to_cr4
	mov eax, pdpt
	mov cr3, eax
	call paging_on
	jmp probe

to_long:
	mov eax, CR4_PAE
	call add_to_cr4
	mov eax, pml4
	mov cr3, eax
	mov ecx, IA32_EFER
	rdmsr
	or eax, EFER_LME
	wrmsr
	mov ecx, 0
enabled:
	vmcall				; not active yet
	call paging_on
in_compatibility:
	vmcall
	jmp CODE64:.long
	bits 64
.long:
in_64:
	vmcall
	jmp dword far [abs back_to_32]
	bits 32
in_compatibility_again:
	vmcall
	jmp CODE16:.compatibility_16
	bits 16
.compatibility_16:
in_compatibility_16:
	vmcall
	jmp dword CODE32:leave_long
	bits 32
leave_long:
	mov eax, cr0
	and eax, ~CR0_PG
no_paging:
	mov cr0, eax
in_protected:
	vmcall
	jmp end

add_to_cr4:
	mov edx, cr4
	or eax, edx
	mov cr4, eax
	ret
paging_on:
	mov eax, cr0
	or eax, CR0_PG
	mov cr0, eax
	ret

	insn null_ds, mov ds, cx
	insn null_es, mov es, cx
	insn null_fs, mov fs, cx
	insn null_gs, mov gs, cx
	insn null_ldtr, lldt cx

section .data
back_to_32:
	dd in_compatibility_again
	dw CODE32
none:
	dw 0
	dd 0
