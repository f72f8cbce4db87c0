; SPDX-License-Identifier: GPL-2.0
; Any event in 64-bit mode: see inc/vectors.inc. What it interrupts is the case's,
; which may put instructions into the page at 0xa000.
%include "long.inc"
%include "vectors.inc"

all_gates

start:
	long_mode
	lidt [idtr]
loaded:
	vmcall
return:
	iretq
end:
	vmcall

all_handlers
