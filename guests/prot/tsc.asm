; SPDX-License-Identifier: GPL-2.0
; The time-stamp counter in 32-bit protected mode: left in EDX:EAX.
%include "prot.inc"

start:
	protected_mode
read:
	rdtsc
end:
	vmcall
