; SPDX-License-Identifier: GPL-2.0
; The entries of a bzImage whose kernel lies behind it, unpacked, at KERNEL: they enter that at
; its 64-bit entry. See unpacked.py.
; Linux, Documentation/x86/boot.rst, "32-bit Boot Protocol", "64-bit Boot Protocol"

%include "long_mode.inc"

		org	KERNEL - SIZE
		bits	32
start:		lgdt	[gdtr]
		long_mode tables, CODE64:in_long

		bits	64
in_long:	mov	eax, ENTRY		; RSI is still the struct boot_params
		jmp	rax

		times	0x200 - ($ - $$) db 0	; the 64-bit entry
		jmp	in_long

		align	8, db 0
gdt:		dq	0, 0
CODE64:		equ	$ - gdt
		dq	0x00af9b000000ffff
		dq	0x00cf93000000ffff
gdtr:		dw	$ - gdt - 1
		dd	gdt

; The first gigabyte is mapped to itself, by 2 MB.
		times	0x1000 - ($ - $$) db 0
tables:		dq	tables + 0x1000 + 3
		times	0x2000 - ($ - $$) db 0
		dq	tables + 0x2000 + 3
		times	0x3000 - ($ - $$) db 0
%assign page 0
%rep 512
		dq	page + 0x83		; present, writable, 2 MB
%assign page page + 0x200000
%endrep
		times	SIZE - ($ - $$) db 0
