/* SPDX-License-Identifier: GPL-2.0 */
/*
 * VMX_MSR(index, ident, owner, where, sdm_name): MSRs that a guest has of its own, and
 * those that come near it and are the host's. Any other is the host's.
 *
 * ident	VMX_MSR_ident
 * owner	see vmx_owners.h; access to what is GUEST needs not exit
 * where	VMCS: VM entry and VM exit switch it through a field
 *		AREA: through the MSR areas
 *		HAND: the module does, whenever the guest could tell
 *		EXIT: access exits; a field or the module has the guest's value
 *		NONE: it is not switched
 *
 * SDM, "Model-Specific Registers (MSRs)".
 * Define the macro and include this file; it undefines the macro.
 */
VMX_MSR(0xc0000080, EFER, GUEST, VMCS, "IA32_EFER")
VMX_MSR(0xc0000100, FS_BASE, GUEST, VMCS, "IA32_FS_BASE")
VMX_MSR(0xc0000101, GS_BASE, GUEST, VMCS, "IA32_GS_BASE")
VMX_MSR(0xc0000102, KERNEL_GS_BASE, GUEST, AREA, "IA32_KERNEL_GS_BASE")
VMX_MSR(0xc0000081, STAR, GUEST, AREA, "IA32_STAR")
VMX_MSR(0xc0000082, LSTAR, GUEST, AREA, "IA32_LSTAR")
VMX_MSR(0xc0000083, CSTAR, GUEST, AREA, "IA32_CSTAR")
VMX_MSR(0xc0000084, FMASK, GUEST, AREA, "IA32_FMASK")
VMX_MSR(0x174, SYSENTER_CS, HOST_MSR, EXIT, "IA32_SYSENTER_CS")
VMX_MSR(0x175, SYSENTER_ESP, HOST_MSR, EXIT, "IA32_SYSENTER_ESP")
VMX_MSR(0x176, SYSENTER_EIP, HOST_MSR, EXIT, "IA32_SYSENTER_EIP")
VMX_MSR(0x277, PAT, HOST_MSR, EXIT, "IA32_PAT")
VMX_MSR(0x010, TSC, HOST_MSR, EXIT, "IA32_TIME_STAMP_COUNTER")
VMX_MSR(0x1d9, DEBUGCTL, HOST_MSR, EXIT, "IA32_DEBUGCTL")
/* RDTSCP and RDPID read it without an exit. */
VMX_MSR(0xc0000103, TSC_AUX, HOST_MSR, HAND, "IA32_TSC_AUX")
/* UMWAIT and TPAUSE obey it: how long they may wait, in ticks of the TSC. */
VMX_MSR(0x0e1, UMWAIT_CONTROL, HOST_MSR, HAND, "IA32_UMWAIT_CONTROL")
/* URDMSR and UWRMSR obey it, and exit by the MSR bitmaps. */
VMX_MSR(0x01c, USER_MSR_CTL, HOST_MSR, NONE, "IA32_USER_MSR_CTL")
VMX_MSR(0x048, SPEC_CTRL, NOT_SWITCHED, NONE, "IA32_SPEC_CTRL")
VMX_MSR(0x1c4, XFD, NOT_SWITCHED, NONE, "IA32_XFD")
VMX_MSR(0x38f, PERF_GLOBAL_CTRL, HOST_COUNTERS, NONE, "IA32_PERF_GLOBAL_CTRL")
VMX_MSR(0x6a0, U_CET, NOT_SWITCHED, NONE, "IA32_U_CET")
VMX_MSR(0x6a2, S_CET, NOT_SWITCHED, NONE, "IA32_S_CET")
VMX_MSR(0x6a8, INTERRUPT_SSP_TABLE, NOT_SWITCHED, NONE, "IA32_INTERRUPT_SSP_TABLE_ADDR")
VMX_MSR(0x6e1, PKRS, NOT_SWITCHED, NONE, "IA32_PKRS")
VMX_MSR(0xd90, BNDCFGS, NOT_SWITCHED, NONE, "IA32_BNDCFGS")
/* XSAVES and XRSTORS exit, fault and say in the header what it has. */
VMX_MSR(0xda0, XSS, HOST_SUPERVISOR, HAND, "IA32_XSS")
#undef VMX_MSR
