; SPDX-License-Identifier: GPL-2.0
; Events at privilege level 3, with a TSS at 0xb000. They go to privilege level 0,
; see inc/vectors.inc.
%include "prot.inc"
%include "vectors.inc"

%define TSS	0xb000

all_gates

start:
	protected_mode
	lidt [idtr]
	mov dword [TSS + 4], STACK	; ESP and SS of privilege level 0
	mov dword [TSS + 8], DATA32
	mov ebx, loaded
	user_mode
loaded:
	vmcall
int_64:
	int 64
end:
	vmcall

all_handlers
