; SPDX-License-Identifier: GPL-2.0
; Any event in 32-bit protected mode: see inc/vectors.inc. What it interrupts is the case's,
; which may put instructions into the page at 0xa000.
%include "prot.inc"
%include "vectors.inc"

all_gates

start:
	protected_mode
	lidt [idtr]
loaded:
	vmcall
return:
	iret
end:
	vmcall

all_handlers
