; SPDX-License-Identifier: GPL-2.0
; A loop that is open to no interrupt: behind STI there is nothing but CLI, before
; which no interrupt comes.
%include "prot.inc"

start:
	protected_mode
loaded:
	vmcall
again:
	sti
	cli
	mov ecx, 0x1000
closed:
	loop closed
	jmp again
