; SPDX-License-Identifier: GPL-2.0
; What VM entry has loaded, as a guest in 64-bit mode sees it: RAX. RBX is where to go.
;
; From linear 0xffff800000400000 up there is the physical memory from 0 again. The same
; address without bits 63:32, 0x400000, has no page.
%include "long.inc"

%define IDT_IST		4			; offset in a gate of 64-bit mode
%define PDPT_HIGH	0xc000			; pages that nothing else uses
%define DIRECTORY_HIGH	0xd000

idt
gate VMX_EXC_BP, on_stack
idt_end

%macro from_msr 2
%1:
	mov ecx, %2
	rdmsr
	shl rdx, 32
	or rax, rdx
	jmp end
%endmacro

bits 32
start:
	mov dword [pml4 + 256 * 8], PDPT_HIGH + PAGE_PRESENT + PAGE_WRITE
	mov dword [abs PDPT_HIGH], DIRECTORY_HIGH + PAGE_PRESENT + PAGE_WRITE
	mov dword [abs DIRECTORY_HIGH + 2 * 8], PAGE_PRESENT + PAGE_WRITE + PAGE_SIZE
	long_mode
	lidt [idtr]
	mov byte [idt_start + VMX_EXC_BP * GATE_SIZE + IDT_IST], 1
ready:
	vmcall				; the case goes on at one of these
	insn from_cr0, mov rax, cr0
	insn from_cr3, mov rax, cr3
	insn from_cr4, mov rax, cr4
	insn from_dr7, mov rax, dr7
	insn from_rsp, mov rax, rsp
	from_msr from_fs_base, 0xc0000100
	from_msr from_gs_base, 0xc0000101
	from_msr from_efer, IA32_EFER
	from_msr from_pat, 0x277
	from_msr from_debugctl, 0x1d9
	from_msr from_sysenter_cs, 0x174
	from_msr from_sysenter_esp, 0x175
	from_msr from_sysenter_eip, 0x176
from_gdtr:
	sgdt [abs FREE]
	mov rax, [abs FREE + 2]
	jmp end
from_idtr:
	sidt [abs FREE]
	mov rax, [abs FREE + 2]
	jmp end
	insn by_fs, mov rax, [abs fs:FREE]
	insn by_gs, mov rax, [abs gs:FREE]
	insn by_gdtr, mov es, ebp
	insn by_idtr, int3
on_stack:
	mov rax, rsp
end:
	vmcall
