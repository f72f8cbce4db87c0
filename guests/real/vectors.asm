; SPDX-License-Identifier: GPL-2.0
; Any event in real-address mode: see inc/vectors.inc. What it interrupts is the case's,
; which may put instructions into the page at 0xa000.
%include "real.inc"
%include "vectors.inc"

all_gates

start:
	real_mode
	lidt [idtr]
loaded:
	vmcall
return:
	iret
end:
	vmcall

all_handlers
