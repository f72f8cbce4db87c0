; SPDX-License-Identifier: GPL-2.0
; Instructions that access memory in other ways than MOV does, in 32-bit protected mode
; without paging, where ESI says; EDI is another place, BP a selector.
%include "prot.inc"

idt
gate VMX_EXC_BP, breakpoint
idt_end

start:
	protected_mode
	lidt [idtr]
	mov eax, cr4
	or eax, CR4_OSFXSR
	mov cr4, eax
	mov edx, 0
	mov eax, 0x12345678
	jmp ebx
; reads
	insn push_memory, push dword [esi]
	insn call_memory, call [esi]
	insn jump_memory, jmp [esi]
	insn jump_far, jmp far [esi]
	insn load_gdtr, lgdt [esi]
	insn load_msw, lmsw [esi]
	insn load_x87, fld dword [esi]
	insn load_sse, movups xmm0, [esi]
	insn restore_x87, fxrstor [esi]
	insn compare_string, cmpsb
	insn scan_string, scasb
	insn load_string, lodsd
	insn look_up, xlatb
	insn test_bit, bt dword [esi], 3
	insn pop_register, pop ecx
; writes
	insn push_register, push eax
	insn pop_memory, pop dword [esi]
	insn store_gdtr, sgdt [esi]
	insn store_selector, mov [esi], ds
	insn store_x87, fst dword [esi]
	insn store_sse, movups [esi], xmm0
	insn save_x87, fxsave [esi]
	insn store_string, stosd
	insn call_near, call end
	insn enter_frame, enter 0, 0
	insn set_byte, setz [esi]
; a write, a read and a write: it pushes BP, and then what EBP points to
	insn enter_nested, o16 enter 0x1000, 2
; both
	insn exchange_add, xadd [esi], eax
	insn compare_8, cmpxchg8b [esi]
	insn increment, inc dword [esi]
	insn negate, neg byte [esi]
	insn shift, shl dword [esi], 1
	insn copy, rep movsd
	insn fill, rep stosd
; the segment tables
	insn load_es, mov es, ebp
	insn load_tr, ltr bp
	insn verify, verr bp
	insn $int3, int3
breakpoint:
end:
	vmcall
