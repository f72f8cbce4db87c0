; SPDX-License-Identifier: GPL-2.0
; Events of the guest's own, for whose delivery the case has taken something away;
; each has a gate to its VMCALL, see inc/vectors.inc.
%include "prot.inc"
%include "vectors.inc"

all_gates

start:
	protected_mode
	lidt [idtr]
	mov eax, 0
	mov edx, 0
loaded:
	vmcall
	jmp ebx

	insn int_64, int 64
	insn $int3, int3
	insn $int1, int1
	insn $div, div edx
	insn $ud2, ud2
	insn load_ds, mov ds, si
overflow:
	mov al, 0x7f
	inc al
	insn $into, into
return:
	iret
end:
	vmcall

all_handlers
