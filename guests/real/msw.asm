; SPDX-License-Identifier: GPL-2.0
; LMSW of memory in real-address mode, at DS:SI with DS at 0x2000.
%include "real.inc"

start:
	real_mode
	mov ax, 0x200
	mov ds, ax
lmsw_mem:
	lmsw [si]
end:
	vmcall
