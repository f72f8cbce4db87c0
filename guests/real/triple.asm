; SPDX-License-Identifier: GPL-2.0
; A triple fault in real-address mode: #UD has no handler, nor has the
; general-protection exception that this makes, nor has the double fault.
%include "real.inc"

section .data
empty:
	dw 0
	dq 0

section .text
start:
	real_mode
	lidt [empty]
$ud2:
	ud2
end:
	vmcall
