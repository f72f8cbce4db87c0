; SPDX-License-Identifier: GPL-2.0
; Virtual-8086 mode: at "loaded", in the page at 0xa000, with a TSS at 0xb000. Its
; interrupts go to privilege level 0, see inc/vectors.inc. EBX is RFLAGS.
%include "prot.inc"
%include "vectors.inc"

%define TSS	0xb000

all_gates

start:
	protected_mode
	lidt [idtr]
	mov dword [TSS + 4], STACK	; ESP and SS of privilege level 0
	mov dword [TSS + 8], DATA32
	push 0				; GS, FS, DS, ES, SS
	push 0
	push 0
	push 0
	push 0
	push 0x9f00			; ESP
	push ebx
	push 0				; CS
	push loaded
	iret
	bits 16
loaded:
	vmcall
	bits 32
end:
	vmcall

all_handlers
