; SPDX-License-Identifier: GPL-2.0
; IRET of each operand size, in 32-bit protected mode. See inc/iret.inc.
%include "prot.inc"
%include "iret.inc"

start:
	protected_mode
	iret_forms
