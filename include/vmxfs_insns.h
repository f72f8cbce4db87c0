/* SPDX-License-Identifier: GPL-2.0 */
/*
 * VMXFS_INSN(name, ident, takes): a VMX instruction that can be written to insn.
 *
 * ident	OP_ident in the module
 * takes	NOTHING; BLOCKED: the word "blocked", or nothing; STORE: where the memory operand
 *		is, or nothing; POINTER: an address; READ: a field, and where the operand is;
 *		WRITE: a field and a value; INVALIDATE: a type and a descriptor
 *
 * Define the macro and include this file; it undefines the macro.
 */
VMXFS_INSN(vmread, VMREAD, READ)
VMXFS_INSN(vmwrite, VMWRITE, WRITE)
VMXFS_INSN(vmclear, VMCLEAR, POINTER)
VMXFS_INSN(vmptrld, VMPTRLD, POINTER)
VMXFS_INSN(vmxon, VMXON, POINTER)
VMXFS_INSN(vmptrst, VMPTRST, STORE)
VMXFS_INSN(vmxoff, VMXOFF, NOTHING)
VMXFS_INSN(vmcall, VMCALL, NOTHING)
VMXFS_INSN(invept, INVEPT, INVALIDATE)
VMXFS_INSN(invvpid, INVVPID, INVALIDATE)
VMXFS_INSN(vmlaunch, VMLAUNCH, BLOCKED)
VMXFS_INSN(vmresume, VMRESUME, BLOCKED)
#undef VMXFS_INSN
