; SPDX-License-Identifier: GPL-2.0
; In 64-bit mode, instructions of features that few processors have, most of them as bytes: NASM
; does not know them, or only of late. EAX is EBP; ECX and EDX are 0.
%include "long.inc"

start:
	long_mode
	mov eax, ebp
	mov ecx, 0
	mov edx, 0
	jmp rbx
loaded:
	vmcall
	insn encls, db 0x0f, 0x01, 0xcf
	insn enclv, db 0x0f, 0x01, 0xc0
	insn pconfig, db 0x0f, 0x01, 0xc5
	insn loadiwkey, db 0xf3, 0x0f, 0x38, 0xdc, 0xd5		; LOADIWKEY XMM2, XMM5
	insn loadiwkey_high, db 0xf3, 0x45, 0x0f, 0x38, 0xdc, 0xcf	; LOADIWKEY XMM9, XMM15
	insn enqcmds, db 0xf3, 0x0f, 0x38, 0xf8, 0x06		; ENQCMDS RAX, [RSI]
	insn seamcall, db 0x66, 0x0f, 0x01, 0xcf
	insn tdcall, db 0x66, 0x0f, 0x01, 0xcc
	insn locked, lock add dword [rsi], eax
	insn exchange, xchg [rsi], eax
	insn plain, add dword [rsi], eax
	insn vmread_mem, vmread [r10 + rsi * 4 + 0x10], r9
xbegin_end:
	db 0xc7, 0xf8			; XBEGIN, whose fallback address is `end`
	dd end - $ - 4
	nop
	jmp loaded
sti_tpause:
	mov edx, 0x7fffffff		; a deadline that never comes
	sti
$tpause:
	db 0x66, 0x0f, 0xae, 0xf7	; TPAUSE EDI
tpause_done:
	nop
end:
	vmcall
