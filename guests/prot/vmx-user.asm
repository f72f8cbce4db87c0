; SPDX-License-Identifier: GPL-2.0
; The instructions that VMX added, at privilege level 3 in 32-bit protected mode.
%include "prot.inc"
%include "vmx-insns.inc"

start:
	protected_mode
	user_mode
	vmx_insns esi, ecx
end:
	vmcall
