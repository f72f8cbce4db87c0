; SPDX-License-Identifier: GPL-2.0
; A far return from 64-bit mode to compatibility mode that releases bytes of the stack:
; RSP is the case's.
%include "long.inc"

start:
	long_mode
ready:
	vmcall
far_return:
	mov dword [rsp], landed
	mov dword [rsp + 4], CODE32
returning:
	retf 0x10
bits 32
landed:
	vmcall
