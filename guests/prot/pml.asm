; SPDX-License-Identifier: GPL-2.0
; A write to where ESI says, which fills the page-modification log, and then an access
; to where EDI says, or IRET, in 32-bit protected mode without paging.
%include "prot.inc"

%macro after_write 2+
	mov [esi], eax
%1:
	%2
	jmp end
%endmacro

start:
	protected_mode
ready:
	vmcall
read_full:
	after_write read, mov ecx, [edi]
write_full:
	after_write write, mov [edi], eax
modify_full:
	after_write modify, add [edi], eax
fetch_full:
	after_write fetch, jmp edi
return_full:
	after_write return, iret
end:
	vmcall
