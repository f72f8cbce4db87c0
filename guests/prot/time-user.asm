; SPDX-License-Identifier: GPL-2.0
; As prot/time, at privilege level 3.
%include "prot.inc"

start:
	protected_mode
	pushfd
	pop eax
	push USER_DATA32
	push STACK
	push eax
	push USER_CODE32
	push ebx
	iret
	insn $rdtsc, rdtsc
	insn $rdtscp, rdtscp
pause_1:
	pause
pause_2:
	pause
spin:
	mov ecx, ebp
spinning:
	pause
	loop spinning
end:
	vmcall
