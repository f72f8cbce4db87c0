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
watch_all:
	mov [FREE], al
watched_byte:
	mov [FREE + 2], ax
watched_word:
	jmp end
watch_ss:
	mov ss, [FREE + 8]
watch_ss_exit:
	cpuid
	jmp end
output:
	out 0x80, al			; to this port it does not exit
output_done:
	jmp end
input:
	in al, 0x80
input_done:
	jmp end
step_watch:
	pushfd
	or dword [esp], RFLAGS_TF
	popfd
	mov [FREE], eax
step_watched:
	jmp end
	insn $nop, nop
	insn mov_dr, mov eax, dr0
	insn to_dr7, mov dr7, eax
end:
	vmcall
