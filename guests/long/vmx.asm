; SPDX-License-Identifier: GPL-2.0
; The instructions that VMX added, in 64-bit mode.
%include "long.inc"

start:
	long_mode
	jmp rbx
	insn $vmcall, vmcall
	insn $vmlaunch, vmlaunch
	insn $vmresume, vmresume
	insn $vmxoff, vmxoff
	insn $vmclear, vmclear [rsi + rdi * 4 + 0x10]
	insn $vmptrld, vmptrld [r12 - 8]
	insn $vmptrst, vmptrst [rel end]
	insn $vmxon, vmxon [fs:rdi * 8 + 0x12345678]
	insn $vmread, vmread [rax + 0x40], r10
	insn $vmwrite, vmwrite r11, [esp + 0x7f]
	insn $invept, invept r9, [rbp + 0x20]
	insn $invvpid, invvpid rcx, [rdx]
end:
	vmcall
