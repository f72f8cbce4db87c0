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
