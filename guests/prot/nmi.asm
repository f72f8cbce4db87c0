; SPDX-License-Identifier: GPL-2.0
; NMIs and what blocks them, in 32-bit protected mode. See inc/vectors.inc.
%include "prot.inc"
%include "vectors.inc"

all_gates

start:
	protected_mode
	lidt [idtr]
	mov eax, ss
loaded:
	vmcall

return:
	iret
back:
	vmcall
return_bad:
	iret
by_sti:
	sti
	nop
after_sti:
	nop
	vmcall
sti_mov_ss:
	sti
	mov ss, eax
	nop
after_mov_ss:
	nop
	vmcall
sti_hlt:
	sti
sti_then_hlt:
	hlt
	vmcall
ss_then_hlt:
	hlt
	vmcall
sti_mwait:
	monitor
	sti
sti_then_mwait:
	mwait
	vmcall
sti_cpuid:
	sti
sti_then_cpuid:
	cpuid
ss_cpuid:
	mov ss, eax
ss_then_cpuid:
	cpuid
pop_cpuid:
	push eax
	pop ss
pop_then_cpuid:
	cpuid
sti_nop_cpuid:
	sti
	nop
sti_nop_then_cpuid:
	cpuid
ss_nop_cpuid:
	mov ss, eax
	nop
ss_nop_then_cpuid:
	cpuid
$nop:
	nop
after_nop:
	nop
end:
	vmcall

all_handlers
