; SPDX-License-Identifier: GPL-2.0
; VMFUNC in 32-bit protected mode: leaf 0, EPTP switching, with the index in ECX,
; then a read of where ESI says.
%include "prot.inc"

start:
	protected_mode
	mov eax, 0
$vmfunc:
	vmfunc
read:
	mov edx, [esi]
end:
	vmcall
to_user:
	user_mode
user:
	mov eax, USER_DATA32		; IRET has made DS null
	mov ds, eax
	mov eax, 0
	jmp $vmfunc
	insn operand_size, db 0x66, 0x0f, 0x01, 0xd4
	insn repne_prefix, db 0xf2, 0x0f, 0x01, 0xd4
	insn rep_prefix, db 0xf3, 0x0f, 0x01, 0xd4
	insn lock_prefix, db 0xf0, 0x0f, 0x01, 0xd4
