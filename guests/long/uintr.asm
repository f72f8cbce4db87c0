; SPDX-License-Identifier: GPL-2.0
; User interrupts in 64-bit mode: IA32_UINTR_MISC, whose bits 39:32, in EDX, are UINV; and STUI, for
; the case to go to at privilege level 3, with a handler.
%include "long.inc"

%define IA32_UINTR_MISC	0x988

start:
	long_mode
loaded:
	vmcall
read_misc:
	mov ecx, IA32_UINTR_MISC
	rdmsr
	jmp end
write_misc:
	mov ecx, IA32_UINTR_MISC
	wrmsr
	jmp end
user:
	db 0xf3, 0x0f, 0x01, 0xef	; STUI
opened:
	nop
	jmp end
handler:
	nop
handled:
	vmcall
end:
	vmcall
