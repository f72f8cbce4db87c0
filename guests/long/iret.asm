; SPDX-License-Identifier: GPL-2.0
; IRET of each operand size, in 64-bit mode, where it pops SS and RSP, too. Here RSP
; is what it is without these two: this is not about what IRET pops.
%include "long.inc"

start:
	long_mode
	mov esi, ss
	mov ecx, cs
	mov eax, back
	vmcall
size_16:
	lea edi, [rsp - 4]
	push si				; the frame: SS, SP, FLAGS, CS, IP
	push di
	pushfw
	push cx
	push ax
iret_16:
	iretw
size_32:
	lea edi, [rsp - 8]
	sub esp, 20			; the frame: SS, ESP, EFLAGS, CS, EIP
	mov [rsp + 16], esi
	mov [rsp + 12], edi
	mov dword [rsp + 8], 2		; the bit that is always 1
	mov [rsp + 4], ecx
	mov [rsp], eax
iret_32:
	iretd
size_64:
	lea edi, [rsp - 16]
	push rsi			; the frame: SS, RSP, RFLAGS, CS, RIP
	push rdi
	pushfq
	push rcx
	push rax
iret_64:
	iretq
back:
	vmcall
