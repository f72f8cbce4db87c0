; SPDX-License-Identifier: GPL-2.0
; RDMSR and WRMSR in 64-bit mode, of the MSR in ESI, with all of RSI in RCX. WRMSR
; writes EBP, with 0 above.
%include "long.inc"

start:
	long_mode
	mov rcx, rsi
	mov eax, ebp
	mov edx, 0
	jmp rbx
	insn $rdmsr, rdmsr
	insn $wrmsr, wrmsr
end:
	vmcall
