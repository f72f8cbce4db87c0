; SPDX-License-Identifier: GPL-2.0
; VMX instructions in root operation, in any mode: memory operands are where RBX (in 16-bit
; modes BP+DI) points, register operands in ECX and EAX.
%include "root.inc"

section .text
bits 64
%macro one 2+
%1:
	%2
	done
%endmacro
	one $vmread, vmread rax, rcx
	one vmread_memory, vmread [rbx], rcx
	one $vmwrite, vmwrite rcx, rax
	one vmwrite_memory, vmwrite rcx, [rbx]
	one $vmclear, vmclear [rbx]
	one $vmptrld, vmptrld [rbx]
	one $vmptrst, vmptrst [rbx]
	one $vmxon, vmxon [rbx]
	one $vmxoff, vmxoff
	one $vmlaunch, vmlaunch
	one $vmresume, vmresume
	one $vmcall, vmcall
	one $vmfunc, vmfunc
	; Operands by RBP are in the stack segment.
	one vmread_ss, vmread [rbp], rcx
	one vmwrite_ss, vmwrite rcx, [rbp]
	one vmclear_ss, vmclear [rbp]
	one vmptrld_ss, vmptrld [rbp]
	one vmptrst_ss, vmptrst [rbp]
	one invept_ss, invept rcx, [rbp]
	one invvpid_ss, invvpid rcx, [rbp]
	; In other modes than 64-bit mode the second operand is ECX.
	one $invept, invept rcx, [rbx]
	one $invvpid, invvpid rcx, [rbx]

; VMCLEAR and VMPTRLD of the VMCS that is current, with RFLAGS 8D5H before
vmclear_current:
	call current
	vmclear [pointer]
	done
vmptrld_current:
	call current
	vmptrld [pointer]
	done
current:
	mov eax, [base]
	add eax, VMCS_REGION
	mov [pointer], eax
	mov dword [pointer + 4], 0
	push strict dword 0x8d5
	popfq
	ret

; A field is written and read back, by registers and by memory.
write_read:
	vmwrite rcx, rax
	xor eax, eax
	vmread rax, rcx
	done
write_read_memory:
	vmwrite rcx, [rbx]
	vmread [rbx + 8], rcx
	mov eax, 0
	done
; By memory that the case can't write, above 64 KByte
write_read_far:
	mov [rbx], eax
	vmwrite rcx, [rbx]
	vmread [rbx + 8], rcx
	mov eax, [rbx + 8]
	done

; CR0 and CR4 with the bits in ECX changed, in 64-bit mode
change_cr0:
	mov rax, cr0
	xor rax, rcx
	mov cr0, rax
	done
change_cr4:
	mov rax, cr4
	xor rax, rcx
	mov cr4, rax
	done
; VMXON of the monitor's region after a change of CR0 or CR4
vmxon_cr0:
	mov rax, cr4
	or rax, CR4_VMXE
	mov cr4, rax
	mov rax, cr0
	xor rax, rcx
	mov cr0, rax
	jmp vmxon_region
vmxon_cr4:
	mov rax, cr4
	or rax, CR4_VMXE
	xor rax, rcx
	mov cr4, rax
vmxon_region:
	call own_region
	vmxon [pointer]
	done

; A VMXON region of the program's own, with the revision identifier; its address at "pointer"
own_region:
	mov ecx, 0x480
	rdmsr
	and eax, 0x7fffffff
	mov [VMXON_REGION], eax
	mov eax, [base]
	add eax, VMXON_REGION
	mov [pointer], eax
	ret

; VMX operation begins, or ends, between MONITOR and MWAIT, which waits for ever, without
; interrupts, if the range is still monitored.
monitored_vmxon:
	mov rax, cr4
	or rax, CR4_VMXE
	mov cr4, rax
	call own_region
	call arm
	vmxon [pointer]
	jmp wait_there
monitored_vmxoff:
	call arm
	vmxoff
wait_there:
	xor eax, eax
	xor ecx, ecx
	mwait
	done
arm:
	xor ecx, ecx
	xor edx, edx
	mov eax, PML5
	monitor
	ret

bits 32
; A way into the experiment, in protected mode: CR0 without PG, and maybe without PE, which is
; set again if that is possible
clear_cr0:
	mov eax, cr0
	xor eax, [PROCESSOR_cx]
	mov cr0, eax
	or eax, CR0_PE
	mov cr0, eax
	done
; VMXON without paging and without 64-bit mode
unpaged_vmxon:
	mov eax, cr4
	or eax, CR4_VMXE
	mov cr4, eax
	mov ebx, pointer
	vmxon [ebx]
	done

section .data
align 8
operand:
	dq 0, 0
