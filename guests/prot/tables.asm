; SPDX-License-Identifier: GPL-2.0
; Instructions that use the GDTR, IDTR, LDTR and TR, with operands of many forms, in
; 32-bit protected mode. From user on at privilege level 3: EBP is where to go.
%include "prot.inc"

start:
	protected_mode
	jmp ebx
loaded:
	vmcall				; before LGDT exits too
user:
	mov ebx, ebp
	user_mode

	insn $sgdt, sgdt [eax]
	insn $sidt, sidt [ecx]
	insn $lgdt, lgdt [edx]
	insn $lidt, lidt [ebx]
	insn base_ebp, sgdt [ebp + 0x10]
	insn base_esp, sgdt [esp - 0x10]
	insn base_esi, sgdt [esi + 0x12345678]
	insn base_edi, sgdt [edi]
	insn no_base, sgdt [dword 0x12345678]
	insn index_1, sgdt [eax + ecx]
	insn index_2, sgdt [ebx + edx * 2]
	insn index_4, sgdt [esp + ebp * 4 + 1]
	insn index_8, sgdt [esi * 8 + 0x40]
	insn in_es, sgdt [es:eax]
	insn in_cs, sgdt [cs:eax]
	insn in_ss, sgdt [ss:eax]
	insn in_fs, sgdt [fs:eax]
	insn in_gs, sgdt [gs:eax]
	insn in_ds, sgdt [ds:ebp]
	insn address_16, sgdt [bx + si]
	insn address_16_di, sgdt [word di - 2]
	insn operand_16, o16 sgdt [eax]
	insn operand_16_lidt, o16 lidt [eax]

	insn $sldt, sldt eax
	insn $str, str ecx
	insn $lldt, lldt dx
	insn $ltr, ltr bx
	insn sldt_esp, sldt esp
	insn sldt_ebp, sldt ebp
	insn sldt_esi, sldt esi
	insn sldt_edi, sldt edi
	insn sldt_memory, sldt [eax]
	insn str_memory, str [esi + ecx * 4 + 0x10]
	insn lldt_memory, lldt [ebp - 8]
	insn ltr_memory, ltr [fs:0x1000]
end:
	vmcall
