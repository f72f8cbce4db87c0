; SPDX-License-Identifier: GPL-2.0
; VMFUNC with PAE paging: leaf 0, EPTP switching, with the index in ECX, then a read of
; where ESI says.
%include "pae.inc"

start:
	pae_mode
	mov eax, 0
$vmfunc:
	vmfunc
read:
	mov edx, [esi]
end:
	vmcall
