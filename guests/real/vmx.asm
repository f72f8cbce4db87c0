; SPDX-License-Identifier: GPL-2.0
; VMX instructions in real-address mode, where they are invalid opcodes; only
; VMCALL is not.
%include "real.inc"

start:
	real_mode
	jmp bx
	insn $vmlaunch, vmlaunch
	insn $vmxoff, vmxoff
	insn $vmptrld, vmptrld [si]
	insn $vmread, vmread eax, ecx
end:
	vmcall
