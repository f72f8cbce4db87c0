; SPDX-License-Identifier: GPL-2.0
; HLT of different lengths: prefixes that mean nothing to it are part of it.
%include "prot.inc"

%define CS		0x2e
%define HLT		0xf4

start:
	protected_mode
	jmp ebx
	insn length1, db HLT
	insn length2, db CS, HLT
	insn length15, db CS, CS, CS, CS, CS, CS, CS, CS, CS, CS, CS, CS, CS, CS, HLT
	insn length16, db CS, CS, CS, CS, CS, CS, CS, CS, CS, CS, CS, CS, CS, CS, CS, HLT
end:
	vmcall
