/* SPDX-License-Identifier: GPL-2.0 */
/*
 * VMX_REGISTER_BITS(reg, first, last, ident, owner, sdm_name): bits of registers that a
 * guest has, or would have.
 *
 * reg		CR0, CR4, EFER, DEBUGCTL and EPTP; XCR0 and XSS, whose bits are state components
 * first, last	the bits, by number
 * ident	the SDM's mnemonic
 * owner	see vmx_owners.h
 *
 * VMX_REGISTER_FIELD(reg, field): a VMCS field that has the bits of such a register.
 *
 * SDM, "Control Registers", "IA32_EFER MSR", "IA32_DEBUGCTL MSR", "Extended Control
 * Registers (Including XCR0)", "Extended-Page-Table Pointer (EPTP)".
 * Define one macro or both and include this file; it undefines them.
 */
#ifndef VMX_REGISTER_BITS
#define VMX_REGISTER_BITS(reg, first, last, ident, owner, sdm_name)
#endif
#ifndef VMX_REGISTER_FIELD
#define VMX_REGISTER_FIELD(reg, field)
#endif

VMX_REGISTER_FIELD(CR0, GUEST_CR0)
VMX_REGISTER_FIELD(CR0, CR0_MASK)
VMX_REGISTER_BITS(CR0, 0, 0, PE, GUEST, "Protection Enable")
VMX_REGISTER_BITS(CR0, 1, 1, MP, GUEST, "Monitor Coprocessor")
VMX_REGISTER_BITS(CR0, 2, 2, EM, GUEST, "Emulation")
VMX_REGISTER_BITS(CR0, 3, 3, TS, GUEST, "Task Switched")
VMX_REGISTER_BITS(CR0, 4, 4, ET, FIXED, "Extension Type")
VMX_REGISTER_BITS(CR0, 5, 5, NE, FIXED, "Numeric Error")
VMX_REGISTER_BITS(CR0, 16, 16, WP, GUEST, "Write Protect")
VMX_REGISTER_BITS(CR0, 18, 18, AM, GUEST, "Alignment Mask")
VMX_REGISTER_BITS(CR0, 29, 29, NW, HOST_TOO, "Not Write-through")
VMX_REGISTER_BITS(CR0, 30, 30, CD, HOST_TOO, "Cache Disable")
VMX_REGISTER_BITS(CR0, 31, 31, PG, GUEST, "Paging")

VMX_REGISTER_FIELD(CR4, GUEST_CR4)
VMX_REGISTER_FIELD(CR4, CR4_MASK)
VMX_REGISTER_BITS(CR4, 0, 0, VME, GUEST, "Virtual-8086 Mode Extensions")
VMX_REGISTER_BITS(CR4, 1, 1, PVI, GUEST, "Protected-Mode Virtual Interrupts")
VMX_REGISTER_BITS(CR4, 2, 2, TSD, GUEST, "Time Stamp Disable")
VMX_REGISTER_BITS(CR4, 3, 3, DE, GUEST, "Debugging Extensions")
VMX_REGISTER_BITS(CR4, 4, 4, PSE, GUEST, "Page Size Extensions")
VMX_REGISTER_BITS(CR4, 5, 5, PAE, GUEST, "Physical Address Extension")
VMX_REGISTER_BITS(CR4, 6, 6, MCE, HOST_TOO, "Machine-Check Enable")
VMX_REGISTER_BITS(CR4, 7, 7, PGE, GUEST, "Page Global Enable")
/* RDPMC exits all the same. */
VMX_REGISTER_BITS(CR4, 8, 8, PCE, GUEST, "Performance-Monitoring Counter Enable")
VMX_REGISTER_BITS(CR4, 9, 9, OSFXSR, GUEST, "Operating System Support for FXSAVE and FXRSTOR Instructions")
VMX_REGISTER_BITS(CR4, 10, 10, OSXMMEXCPT, GUEST, "Operating System Support for Unmasked SIMD Floating-Point Exceptions")
VMX_REGISTER_BITS(CR4, 11, 11, UMIP, GUEST, "User-Mode Instruction Prevention")
VMX_REGISTER_BITS(CR4, 12, 12, LA57, NOT_KNOWN, "57-bit linear addresses")
VMX_REGISTER_BITS(CR4, 13, 13, VMXE, FIXED, "VMX-Enable Bit")
VMX_REGISTER_BITS(CR4, 14, 14, SMXE, NOT_KNOWN, "SMX-Enable Bit")
VMX_REGISTER_BITS(CR4, 16, 16, FSGSBASE, GUEST, "FSGSBASE-Enable Bit")
VMX_REGISTER_BITS(CR4, 17, 17, PCIDE, GUEST, "PCID-Enable Bit")
VMX_REGISTER_BITS(CR4, 18, 18, OSXSAVE, GUEST, "XSAVE and Processor Extended States-Enable Bit")
VMX_REGISTER_BITS(CR4, 19, 19, KL, NOT_SWITCHED, "Key-Locker-Enable Bit")
VMX_REGISTER_BITS(CR4, 20, 20, SMEP, GUEST, "SMEP-Enable Bit")
VMX_REGISTER_BITS(CR4, 21, 21, SMAP, GUEST, "SMAP-Enable Bit")
VMX_REGISTER_BITS(CR4, 22, 22, PKE, NOT_SWITCHED, "Enable protection keys for user-mode pages")
VMX_REGISTER_BITS(CR4, 23, 23, CET, NOT_SWITCHED, "Control-flow Enforcement Technology")
VMX_REGISTER_BITS(CR4, 24, 24, PKS, NOT_SWITCHED, "Enable protection keys for supervisor-mode pages")
VMX_REGISTER_BITS(CR4, 25, 25, UINTR, NOT_SWITCHED, "User Interrupts Enable Bit")
VMX_REGISTER_BITS(CR4, 27, 27, LASS, NOT_KNOWN, "Linear-address-space Separation")
VMX_REGISTER_BITS(CR4, 28, 28, LAM_SUP, NOT_KNOWN, "Supervisor LAM enable")
VMX_REGISTER_BITS(CR4, 32, 32, FRED, NOT_SWITCHED, "Flexible Return and Event Delivery")

VMX_REGISTER_FIELD(EFER, GUEST_EFER)
VMX_REGISTER_BITS(EFER, 0, 0, SCE, GUEST, "SYSCALL Enable")
VMX_REGISTER_BITS(EFER, 8, 8, LME, GUEST, "IA-32e Mode Enable")
VMX_REGISTER_BITS(EFER, 10, 10, LMA, GUEST, "IA-32e Mode Active")
VMX_REGISTER_BITS(EFER, 11, 11, NXE, GUEST, "Execute Disable Bit Enable")
/* With one of them 1 VM entry fails: that is for whoever drives the vCPU to see. */
VMX_REGISTER_BITS(EFER, 1, 7, RESERVED_7_1, GUEST, "Reserved")
VMX_REGISTER_BITS(EFER, 9, 9, RESERVED_9, GUEST, "Reserved")
VMX_REGISTER_BITS(EFER, 12, 63, RESERVED_63_12, GUEST, "Reserved")

VMX_REGISTER_FIELD(DEBUGCTL, GUEST_DEBUGCTL)
VMX_REGISTER_BITS(DEBUGCTL, 0, 0, LBR, HOST_BRANCHES, "Last branch records")
VMX_REGISTER_BITS(DEBUGCTL, 1, 1, BTF, GUEST, "Single-step on branches")
VMX_REGISTER_BITS(DEBUGCTL, 2, 2, BLD, NOT_KNOWN, "Bus-lock detection")
VMX_REGISTER_BITS(DEBUGCTL, 6, 6, TR, HOST_TRACES, "Trace messages")
VMX_REGISTER_BITS(DEBUGCTL, 7, 7, BTS, HOST_TRACES, "Branch trace store")
VMX_REGISTER_BITS(DEBUGCTL, 8, 8, BTINT, HOST_TRACES, "Branch trace interrupt")
VMX_REGISTER_BITS(DEBUGCTL, 9, 10, BTS_OFF, HOST_TRACES, "Branch trace off in privileged or user code")
VMX_REGISTER_BITS(DEBUGCTL, 11, 12, FREEZE_ON_PMI, HOST_COUNTERS, "Freeze LBRs or PERFMON on PMI")
VMX_REGISTER_BITS(DEBUGCTL, 13, 13, UNCORE_PMI, HOST_COUNTERS, "Enable uncore PMI")
VMX_REGISTER_BITS(DEBUGCTL, 14, 14, FREEZE_WHILE_SMM, HOST_COUNTERS, "Freeze PerfMon and trace messages while in SMM")
VMX_REGISTER_BITS(DEBUGCTL, 15, 15, RTM, NOT_KNOWN, "Advanced debugging of RTM regions")

VMX_REGISTER_FIELD(EPTP, EPT_POINTER)
VMX_REGISTER_BITS(EPTP, 0, 2, MEMORY_TYPE, GUEST, "EPT paging-structure memory type")
VMX_REGISTER_BITS(EPTP, 3, 5, WALK_LENGTH, HOST_ADDRESS, "EPT page-walk length")
VMX_REGISTER_BITS(EPTP, 6, 6, AD, GUEST, "Enable accessed and dirty flags for EPT")
VMX_REGISTER_BITS(EPTP, 7, 7, SSS, NOT_KNOWN, "Enforcement of access rights for supervisor shadow-stack pages")
VMX_REGISTER_BITS(EPTP, 12, 63, ADDRESS, HOST_ADDRESS, "Physical address of the EPT PML4 table")

/* State components: what is GUEST is exchanged at VM entry and VM exit. */
VMX_REGISTER_BITS(XCR0, 0, 0, X87, GUEST, "x87 state")
VMX_REGISTER_BITS(XCR0, 1, 1, SSE, GUEST, "SSE state")
VMX_REGISTER_BITS(XCR0, 2, 2, AVX, GUEST, "AVX state")
VMX_REGISTER_BITS(XCR0, 3, 4, MPX, NOT_SWITCHED, "MPX state")
VMX_REGISTER_BITS(XCR0, 5, 7, AVX512, GUEST, "AVX-512 state")
VMX_REGISTER_BITS(XCR0, 9, 9, PKRU, NOT_SWITCHED, "PKRU state")
VMX_REGISTER_BITS(XCR0, 17, 18, AMX, NOT_SWITCHED, "AMX state")
VMX_REGISTER_BITS(XCR0, 19, 19, APX, NOT_SWITCHED, "APX state")

VMX_REGISTER_FIELD(XSS, XSS_EXITING_BITMAP)
VMX_REGISTER_BITS(XSS, 8, 8, PT, HOST_SUPERVISOR, "PT state")
VMX_REGISTER_BITS(XSS, 10, 10, PASID, HOST_SUPERVISOR, "PASID state")
VMX_REGISTER_BITS(XSS, 11, 12, CET, HOST_SUPERVISOR, "CET state")
VMX_REGISTER_BITS(XSS, 13, 13, HDC, HOST_SUPERVISOR, "HDC state")
VMX_REGISTER_BITS(XSS, 14, 14, UINTR, HOST_SUPERVISOR, "UINTR state")
VMX_REGISTER_BITS(XSS, 15, 15, LBR, HOST_SUPERVISOR, "LBR state")
VMX_REGISTER_BITS(XSS, 16, 16, HWP, HOST_SUPERVISOR, "HWP state")
#undef VMX_REGISTER_BITS
#undef VMX_REGISTER_FIELD
