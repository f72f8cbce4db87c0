; SPDX-License-Identifier: GPL-2.0
; VMFUNC in real-address mode: leaf 0, EPTP switching, with the index in ECX, then a
; read of where SI says.
%include "real.inc"

start:
	real_mode
	mov eax, 0
$vmfunc:
	vmfunc
read:
	mov edx, [si]
end:
	vmcall
