/* SPDX-License-Identifier: GPL-2.0 */
/*
 * VMX_INSN_ERROR(number, ident, text): the VM-instruction error numbers.
 *
 * number	what VMfailValid leaves in the VM-instruction error field
 * ident	VMX_ERROR_ident in C and NASM
 * text		as in SDM, "VM Instruction Error Numbers"
 *
 * VMX_NO_INSN_ERROR(number): a number between them that is not assigned.
 *
 * Define one macro or both and include this file; it undefines them.
 */
#ifndef VMX_INSN_ERROR
#define VMX_INSN_ERROR(number, ident, text)
#endif
#ifndef VMX_NO_INSN_ERROR
#define VMX_NO_INSN_ERROR(number)
#endif

VMX_INSN_ERROR(1, VMCALL_IN_ROOT, "VMCALL executed in VMX root operation")
VMX_INSN_ERROR(2, VMCLEAR_ADDRESS, "VMCLEAR with invalid physical address")
VMX_INSN_ERROR(3, VMCLEAR_VMXON_POINTER, "VMCLEAR with VMXON pointer")
VMX_INSN_ERROR(4, VMLAUNCH_NOT_CLEAR, "VMLAUNCH with non-clear VMCS")
VMX_INSN_ERROR(5, VMRESUME_NOT_LAUNCHED, "VMRESUME with non-launched VMCS")
VMX_INSN_ERROR(6, VMRESUME_AFTER_VMXOFF, "VMRESUME after VMXOFF (VMXOFF and VMXON between VMLAUNCH and VMRESUME)")
VMX_INSN_ERROR(7, ENTRY_CONTROLS, "VM entry with invalid control field(s)")
VMX_INSN_ERROR(8, ENTRY_HOST_STATE, "VM entry with invalid host-state field(s)")
VMX_INSN_ERROR(9, VMPTRLD_ADDRESS, "VMPTRLD with invalid physical address")
VMX_INSN_ERROR(10, VMPTRLD_VMXON_POINTER, "VMPTRLD with VMXON pointer")
VMX_INSN_ERROR(11, VMPTRLD_REVISION, "VMPTRLD with incorrect VMCS revision identifier")
VMX_INSN_ERROR(12, UNSUPPORTED_FIELD, "VMREAD/VMWRITE from/to unsupported VMCS component")
VMX_INSN_ERROR(13, READ_ONLY_FIELD, "VMWRITE to read-only VMCS component")
VMX_NO_INSN_ERROR(14)
VMX_INSN_ERROR(15, VMXON_IN_ROOT, "VMXON executed in VMX root operation")
VMX_INSN_ERROR(16, EXECUTIVE_VMCS_POINTER, "VM entry with invalid executive-VMCS pointer")
VMX_INSN_ERROR(17, EXECUTIVE_VMCS_NOT_LAUNCHED, "VM entry with non-launched executive VMCS")
VMX_INSN_ERROR(18, EXECUTIVE_VMCS_NOT_VMXON, "VM entry with executive-VMCS pointer not VMXON pointer")
VMX_INSN_ERROR(19, VMCALL_NOT_CLEAR, "VMCALL with non-clear VMCS")
VMX_INSN_ERROR(20, VMCALL_EXIT_CONTROLS, "VMCALL with invalid VM-exit control fields")
VMX_NO_INSN_ERROR(21)
VMX_INSN_ERROR(22, VMCALL_MSEG_REVISION, "VMCALL with incorrect MSEG revision identifier")
VMX_INSN_ERROR(23, VMXOFF_DUAL_MONITOR, "VMXOFF under dual-monitor treatment of SMIs and SMM")
VMX_INSN_ERROR(24, VMCALL_SMM_FEATURES, "VMCALL with invalid SMM-monitor features")
VMX_INSN_ERROR(25, EXECUTIVE_VMCS_CONTROLS, "VM entry with invalid VM-execution control fields in executive VMCS")
VMX_INSN_ERROR(26, ENTRY_MOV_SS, "VM entry with events blocked by MOV SS")
VMX_NO_INSN_ERROR(27)
VMX_INSN_ERROR(28, INVEPT_INVVPID_OPERAND, "Invalid operand to INVEPT/INVVPID")

#undef VMX_INSN_ERROR
#undef VMX_NO_INSN_ERROR
