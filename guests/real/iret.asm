; SPDX-License-Identifier: GPL-2.0
; IRET of each operand size, in real-address mode. See inc/iret.inc.
%include "real.inc"
%include "iret.inc"

start:
	real_mode
	iret_forms
