; SPDX-License-Identifier: GPL-2.0
; VMREAD and VMWRITE in 64-bit mode with register operands: RSI is the field's
; encoding, RDI the value.
%include "long.inc"

start:
	long_mode
	jmp rbx
	insn $vmread, vmread rdi, rsi
	insn $vmwrite, vmwrite rsi, rdi
end:
	vmcall
