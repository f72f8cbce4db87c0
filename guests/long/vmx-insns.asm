; SPDX-License-Identifier: GPL-2.0
; The instructions that VMX added, in 64-bit mode; they are the same bytes in
; compatibility mode, to which the case goes.
%include "long.inc"
%include "vmx-insns.inc"

start:
	long_mode
	jmp rbx
	vmx_insns rsi, rcx
end:
	vmcall
