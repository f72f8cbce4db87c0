; SPDX-License-Identifier: GPL-2.0
; Accesses to control registers in real-address mode. ESI is the case's; EBP is what
; CR0 holds afterwards.
%include "real.inc"

start:
	real_mode
	jmp bx
lmsw_reg:
	lmsw si
	jmp read_back
to_cr0:
	mov cr0, esi
	jmp read_back
to_cr3:
	mov cr3, esi
	jmp read_back
from_cr3:
	mov edi, cr3
	jmp read_back
to_cr4:
	mov cr4, esi
	jmp read_back
from_cr4:
	mov edi, cr4
	jmp read_back
$clts:
	clts
	jmp read_back
$smsw:
	smsw edi
read_back:
	mov ebp, cr0
end:
	vmcall
