; SPDX-License-Identifier: GPL-2.0
; What a guest beside Linux can't be given: control registers, MSRs and pages of the host's kind.
%include "root.inc"

%define CR4_PKE		0x400000
%define CR4_CET		0x800000
%define IA32_S_CET	0x6a2
%define IA32_PASID	0xd93
%define IA32_TSC_AUX	0xc0000103
%define KEY_1		59			; the first bit of a page's protection key
%define PAGE		0xa000

section .text
bits 64
; ---- before VM entry ----
set_tsc_aux:
	mov ecx, IA32_TSC_AUX
	mov eax, 0x12345678
	xor edx, edx
	wrmsr
	vmlaunch
	done

; IA32_PASID is EDI.
set_pasid:
	mov ecx, IA32_PASID
	mov eax, edi
	xor edx, edx
	wrmsr
	vmlaunch
	done

; ---- guests ----
enqcmd:
	mov eax, PAGE
	mov esi, PAGE + 0x40
	db 0xf2, 0x0f, 0x38, 0xf8, 0x06	; ENQCMD RAX, [RSI]
	vmcall

; CR4 and CR0 with the bits in RCX, and what they are then
own_cr4:
	mov rax, cr4
	or rax, rcx
	mov cr4, rax
	xor eax, eax
	mov rax, cr4
	vmcall
own_cr0:
	mov rax, cr0
	or rax, rcx
	mov cr0, rax
read_cr0:
	xor eax, eax
	mov rax, cr0
	vmcall

$rdtscp:
	rdtscp
	vmcall

; A page of user mode with protection key 1, to which PKRU allows no access, or no writes
no_access:
	mov esi, 0x4
	call use_key
read_key:
	mov eax, [PAGE]
	vmcall
no_write:
	mov esi, 0x8
	call use_key
	mov eax, [PAGE]
write_key:
	mov [PAGE], eax
	vmcall
use_key:
	bts qword [PT_LOW + PAGE / 0x1000 * 8], KEY_1
	mov rax, cr4
	or rax, CR4_PKE
	mov cr4, rax
	mov eax, esi
	xor ecx, ecx
	xor edx, edx
	wrpkru
	ret

; An indirect jump to where no ENDBR64 is
no_endbranch:
	mov esi, 4			; ENDBR_EN
	push strict dword not_endbranch
	jmp enable_cet
not_endbranch:
	vmcall

; A shadow-stack write to a page that is no shadow stack
write_shadow_stack:
	mov esi, 3			; SH_STK_EN, WRSS_EN; RET would use the shadow stack
	mov edi, PAGE
	push strict dword wrss_here
	jmp enable_cet
enable_cet:
	mov rax, cr4
	or rax, CR4_CET
	mov cr4, rax
	pop rbx
	mov ecx, IA32_S_CET
	mov eax, esi
	xor edx, edx
	wrmsr
	jmp rbx
wrss_here:
	db 0x48, 0x0f, 0x38, 0xf6, 0x07	; WRSSQ [RDI], RAX
	vmcall
