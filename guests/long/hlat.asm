; SPDX-License-Identifier: GPL-2.0
; 64-bit mode with paging structures of the hypervisor's at 0xa000 (PML4 table), 0xb000 and 0xc000.
; They differ from the guest's in one page of 2 MiB.
;
;   linear                 by CR3       by these
;   0x200000               physical 0   physical 0x200000, where there is no memory
;   0xffff800000000000 up: as from 0 up, by both
%include "long.inc"

%define HLAT_PML4	0xa000
%define HLAT_PDPT	0xb000
%define HLAT_DIRECTORY	0xc000

bits 32
start:
	mov dword [HLAT_PML4], HLAT_PDPT + PAGE_PRESENT + PAGE_WRITE
	mov dword [HLAT_PML4 + 256 * 8], HLAT_PDPT + PAGE_PRESENT + PAGE_WRITE
	mov dword [HLAT_PDPT], HLAT_DIRECTORY + PAGE_PRESENT + PAGE_WRITE
	mov dword [HLAT_DIRECTORY], PAGE_PRESENT + PAGE_WRITE + PAGE_SIZE
	mov dword [HLAT_DIRECTORY + 8], 0x200000 + PAGE_PRESENT + PAGE_WRITE + PAGE_SIZE
	mov dword [pml4 + 256 * 8], pdpt + PAGE_PRESENT + PAGE_WRITE
	long_mode
loaded:
	vmcall
	insn read, mov rax, [rsi]
	insn set_restart, or dword [rbx], 0x800
end:
	vmcall
