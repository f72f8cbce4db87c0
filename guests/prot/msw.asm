; SPDX-License-Identifier: GPL-2.0
; CLTS, LMSW of SI and SMSW. EBP is what CR0 holds afterwards.
%include "prot.inc"

start:
	protected_mode
	mov edi, -1
	mov [FREE], edi
	mov [FREE + 4], si
	jmp ebx
$clts:
	clts
	jmp read_back
lmsw_reg:
	lmsw si
	jmp read_back
lmsw_mem:
	lmsw [FREE + 4]
	jmp read_back
smsw_reg16:
	smsw di
	jmp read_back
smsw_reg32:
	smsw edi
	jmp read_back
smsw_mem:
	smsw [FREE]
	mov edi, [FREE]
read_back:
	mov ebp, cr0
end:
	vmcall
