; SPDX-License-Identifier: GPL-2.0
; The x87 and SSE registers in 32-bit protected mode: XMM0 is the case's.
%include "prot.inc"

start:
	protected_mode
	mov eax, cr4
	or eax, CR4_OSFXSR
	mov cr4, eax
	movups [FREE], xmm0
	movaps xmm1, xmm0
	fninit
	fld1
end:
	vmcall
