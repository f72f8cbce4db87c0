; SPDX-License-Identifier: GPL-2.0
; An interrupt that the processor sends to itself, in 32-bit protected mode; see inc/ipi.inc.
%include "prot.inc"
%include "ipi.inc"

start:
	protected_mode
	send_to_self
sent:
	pause				; it comes here, or a bit later
	jmp sent
end:
	vmcall
