; SPDX-License-Identifier: GPL-2.0
; VMREAD and VMWRITE in 32-bit protected mode, with their flags. From user on at
; privilege level 3: EBP is where to go.
%include "prot.inc"

start:
	protected_mode
	jmp ebx
user:
	mov ebx, ebp
	user_mode
%include "shadow-insns.inc"
