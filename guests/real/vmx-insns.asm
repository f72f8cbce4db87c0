; SPDX-License-Identifier: GPL-2.0
; The instructions that VMX added, in real-address mode; they are the same bytes in
; virtual-8086 mode, to which the case goes.
%include "real.inc"
%include "vmx-insns.inc"

start:
	real_mode
	jmp bx
	vmx_insns si, ecx
end:
	vmcall
