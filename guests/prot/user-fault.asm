; SPDX-License-Identifier: GPL-2.0
; Exceptions that there are only at privilege level 3, in 32-bit protected mode:
; of alignment, if CR0.AM and RFLAGS.AC are 1; and, as the gate of #UD leads to
; level 0, of the stack segment that the TSS names, which is where TR is.
%include "prot.inc"

idt
gate VMX_EXC_UD, end
idt_end

start:
	protected_mode
	lidt [idtr]
	mov eax, USER_DATA32
	mov ds, eax			; level 3 can't have another
	mov es, eax
	user_mode
	insn unaligned, mov eax, [FREE + 1]
	insn unaligned_write, mov [FREE + 2], eax
	insn $ud2, ud2
end:
	vmcall
