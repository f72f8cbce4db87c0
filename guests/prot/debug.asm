; SPDX-License-Identifier: GPL-2.0
; Debug exceptions in 32-bit protected mode: the case sets DR0 to DR3 and DR7.
%include "prot.inc"

start:
	protected_mode
	jmp ebx
single_step:
	pushfd
	or dword [esp], RFLAGS_TF
	popfd				; the instruction after it is the first to trap
	nop
stepped:
	jmp end
step_mov_ss:
	mov ax, ss
	pushfd
	or dword [esp], RFLAGS_TF
	popfd
	mov ss, ax			; puts the trap off for one instruction
	nop
stepped_late:
	jmp end
watch:
	mov eax, [FREE]
watched_read:
	mov [FREE + 4], eax
watched_write:
	jmp end
	insn $nop, nop
	insn mov_dr, mov eax, dr0
end:
	vmcall
