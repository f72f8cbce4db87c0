; SPDX-License-Identifier: GPL-2.0
; A guest that changes its own EPT paging structures, in 32-bit protected mode without
; paging. It begins with those of map, copies its code to guest-physical 0x20000, which
; is the page ./vapic, and stops at "ready".
;
; Then the case makes the page eptplist all levels of the EPT paging structures at once:
; its first entry refers to itself, so that the page is also what the guest sees at
; guest-physical 0; its second is the page vapic, the code, as before at 0x1000. The Nth
; entry is PTE for N * 4 KBytes, PDE for N * 2 MBytes and PDPTE for N * 1 GByte.
;
; The guest makes a large page of the memory around vapic: EBP has the bits of the entry,
; EDI its offset in eptplist, and ESI where the large page begins. After that ESI is
; where the page vapic is in it, plus 0x800.
%include "prot.inc"

section .text
start:
	protected_mode
	mov esi, 0x1000
	mov edi, 0x20000
	mov ecx, 0x1000 / 4
	cld
	rep movsd
	mov eax, 0x12345678
ready:
	vmcall
large_2mb:
	mov ecx, 0x1fffff
	jmp make
large_1gb:
	mov ecx, 0x3fffffff
make:
	mov edx, [8 + 4]		; the entry for vapic: its address
	mov eax, [8]
	and eax, 0xfffff000
	mov ebx, ecx
	not ecx
	and ebx, eax			; its offset in the large page
	and eax, ecx			; where that begins
	or eax, ebp
	mov [edi + 4], edx
	mov [edi], eax
	lea esi, [esi + ebx + 0x800]
	mov eax, 0x12345678
made:
	vmcall
	insn read, mov ecx, [esi]
	insn write, mov [esi], eax
fetch:
	jmp esi
write_near:
	mov [0x1800], eax
end:
	vmcall
