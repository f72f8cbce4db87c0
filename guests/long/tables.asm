; SPDX-License-Identifier: GPL-2.0
; As prot/tables in 64-bit mode, for what is different there.
%include "long.inc"

start:
	long_mode
	jmp rbx
loaded:
	vmcall				; before LGDT exits too

	insn $sgdt, sgdt [rax]
	insn $sidt, sidt [r9 + 0x10]
	insn $lgdt, lgdt [r10 + r11 * 8 - 1]
	insn $lidt, lidt [r12]
	insn base_13, sgdt [r13]
	insn base_14, sgdt [r14]
	insn base_15, sgdt [r15]
	insn base_8, sgdt [r8]
	insn index_12, sgdt [rax + r12 * 2]
	insn index_15, sgdt [r8 + r15 * 4]
	insn relative, sgdt [rel end]
	insn address_only, sgdt [abs dword 0x12345678]
	insn negative, sgdt [rbx - 0x12345678]
	insn address_32, sgdt [eax + ecx * 4]
	insn address_32_displacement, sgdt [ebx + 0x7f]
	insn in_fs, sgdt [fs:rax]
	insn in_gs, sgdt [gs:rsi]
	insn in_ss, sgdt [rbp]

	insn $sldt, sldt r8d
	insn $str, str r15d
	insn $lldt, lldt r9w
	insn $ltr, ltr r14w
	insn sldt_10, sldt r10d
	insn str_64, str rax
	insn str_memory, str [r11 + rdi * 8 + 0x10]
	insn ltr_relative, ltr [rel end]
end:
	vmcall
