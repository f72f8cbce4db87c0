; SPDX-License-Identifier: GPL-2.0
; CLTS, LMSW and SMSW in 64-bit mode. LMSW takes SI, or memory at RBP, which holds
; SI, too. RDI is what SMSW stored, and RBP what CR0 holds afterwards.
%include "long.inc"

section .data
word_here:
	dw 0x5ac9
section .text

start:
	long_mode
	mov rdi, -1
	mov [abs FREE + 4], si
	jmp rbx
$clts:
	clts
	jmp read_back
lmsw_reg:
	lmsw si
	jmp read_back
lmsw_r9:
	lmsw r9w
	jmp read_back
lmsw_wide:
	o64 lmsw si
	jmp read_back
lmsw_mem:
	lmsw [rbp]
	jmp read_back
lmsw_index:
	lmsw [r12 + r13 * 2 + 4]
	jmp read_back
lmsw_here:
	lmsw [word_here]
	jmp read_back
lmsw_fs:
	lmsw [fs:rbp]
	jmp read_back
smsw_reg16:
	smsw di
	jmp read_back
smsw_reg32:
	smsw edi
	jmp read_back
smsw_reg64:
	smsw rdi
	jmp read_back
read_back:
	mov rbp, cr0
end:
	vmcall
