; SPDX-License-Identifier: GPL-2.0
; As prot/time, at privilege level 3.
%include "prot.inc"

start:
	protected_mode
	user_mode
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
