/* SPDX-License-Identifier: GPL-2.0 */
/*
 * VMX_EXIT(number, ident, name, sdm_name): the basic exit reasons, in order.
 *
 * number	bits 15:0 of the exit reason
 * ident	VMX_EXIT_ident in C and NASM
 * name		first word of a line of vmxfs' wait file
 * sdm_name	as in SDM, appendix "VMX Basic Exit Reasons"
 *
 * VMX_NO_EXIT(number): a number between them that is not assigned.
 *
 * Define one macro or both and include this file; it undefines them.
 */
#ifndef VMX_EXIT
#define VMX_EXIT(number, ident, name, sdm_name)
#endif
#ifndef VMX_NO_EXIT
#define VMX_NO_EXIT(number)
#endif

VMX_EXIT(0, EXCEPTION_NMI, "exc", "Exception or non-maskable interrupt (NMI)")
VMX_EXIT(1, EXTERNAL_INTERRUPT, "extirq", "External interrupt")
VMX_EXIT(2, TRIPLE_FAULT, "triplef", "Triple fault")
VMX_EXIT(3, INIT, "initsig", "INIT signal")
VMX_EXIT(4, SIPI, "sipi", "Start-up IPI (SIPI)")
VMX_EXIT(5, IO_SMI, "smiio", "I/O system-management interrupt (SMI)")
VMX_EXIT(6, OTHER_SMI, "smiother", "Other SMI")
VMX_EXIT(7, INTERRUPT_WINDOW, "irqwin", "Interrupt window")
VMX_EXIT(8, NMI_WINDOW, "nmiwin", "NMI window")
VMX_EXIT(9, TASK_SWITCH, "taskswitch", "Task switch")
VMX_EXIT(10, CPUID, ".cpuid", "CPUID")
VMX_EXIT(11, GETSEC, ".getsec", "GETSEC")
VMX_EXIT(12, HLT, ".hlt", "HLT")
VMX_EXIT(13, INVD, ".invd", "INVD")
VMX_EXIT(14, INVLPG, ".invlpg", "INVLPG")
VMX_EXIT(15, RDPMC, ".rdpmc", "RDPMC")
VMX_EXIT(16, RDTSC, ".rdtsc", "RDTSC")
VMX_EXIT(17, RSM, ".rsm", "RSM")
VMX_EXIT(18, VMCALL, ".vmcall", "VMCALL")
VMX_EXIT(19, VMCLEAR, ".vmclear", "VMCLEAR")
VMX_EXIT(20, VMLAUNCH, ".vmlaunch", "VMLAUNCH")
VMX_EXIT(21, VMPTRLD, ".vmptrld", "VMPTRLD")
VMX_EXIT(22, VMPTRST, ".vmptrst", "VMPTRST")
VMX_EXIT(23, VMREAD, ".vmread", "VMREAD")
VMX_EXIT(24, VMRESUME, ".vmresume", "VMRESUME")
VMX_EXIT(25, VMWRITE, ".vmwrite", "VMWRITE")
VMX_EXIT(26, VMXOFF, ".vmxoff", "VMXOFF")
VMX_EXIT(27, VMXON, ".vmxon", "VMXON")
VMX_EXIT(28, CR_ACCESS, "movcr", "Control-register accesses")
VMX_EXIT(29, MOV_DR, ".movdr", "MOV DR")
VMX_EXIT(30, IO_INSTRUCTION, "io", "I/O instruction")
VMX_EXIT(31, RDMSR, ".rdmsr", "RDMSR")
VMX_EXIT(32, WRMSR, ".wrmsr", "WRMSR")
VMX_EXIT(33, INVALID_GUEST_STATE, "entrystate", "VM-entry failure due to invalid guest state")
VMX_EXIT(34, MSR_LOADING, "entrymsr", "VM-entry failure due to MSR loading")
VMX_NO_EXIT(35)
VMX_EXIT(36, MWAIT, ".mwait", "MWAIT")
VMX_EXIT(37, MONITOR_TRAP_FLAG, "monitortrap", "Monitor trap flag")
VMX_NO_EXIT(38)
VMX_EXIT(39, MONITOR, ".monitor", "MONITOR")
VMX_EXIT(40, PAUSE, ".pause", "PAUSE")
VMX_EXIT(41, MACHINE_CHECK, "mcheck", "VM-entry failure due to machine-check event")
VMX_NO_EXIT(42)
VMX_EXIT(43, TPR_BELOW_THRESHOLD, "tpr", "TPR below threshold")
VMX_EXIT(44, APIC_ACCESS, "apicacc", "APIC access")
VMX_EXIT(45, VIRTUALIZED_EOI, "eoi", "Virtualized EOI")
VMX_EXIT(46, GDTR_IDTR, "gdtr_idtr", "Access to GDTR or IDTR")
VMX_EXIT(47, LDTR_TR, "ldtr_tr", "Access to LDTR or TR")
VMX_EXIT(48, EPT_VIOLATION, "eptfault", "EPT violation")
VMX_EXIT(49, EPT_MISCONFIGURATION, "eptinval", "EPT misconfiguration")
VMX_EXIT(50, INVEPT, ".invept", "INVEPT")
VMX_EXIT(51, RDTSCP, ".rdtscp", "RDTSCP")
VMX_EXIT(52, PREEMPTION_TIMER, "preempt", "VMX-preemption timer expired")
VMX_EXIT(53, INVVPID, ".invvpid", "INVVPID")
VMX_EXIT(54, WBINVD, ".wbinvd", "WBINVD or WBNOINVD")
VMX_EXIT(55, XSETBV, ".xsetbv", "XSETBV")
VMX_EXIT(56, APIC_WRITE, "apicwrite", "APIC write")
VMX_EXIT(57, RDRAND, ".rdrand", "RDRAND")
VMX_EXIT(58, INVPCID, ".invpcid", "INVPCID")
VMX_EXIT(59, VMFUNC, ".vmfunc", "VMFUNC")
VMX_EXIT(60, ENCLS, ".encls", "ENCLS")
VMX_EXIT(61, RDSEED, ".rdseed", "RDSEED")
VMX_EXIT(62, PML_FULL, "pmlfull", "Page-modification log full")
VMX_EXIT(63, XSAVES, ".xsaves", "XSAVES")
VMX_EXIT(64, XRSTORS, ".xrstors", "XRSTORS")
VMX_EXIT(65, PCONFIG, ".pconfig", "PCONFIG")
VMX_EXIT(66, SPP, "spp", "SPP-related event")
VMX_EXIT(67, UMWAIT, ".umwait", "UMWAIT")
VMX_EXIT(68, TPAUSE, ".tpause", "TPAUSE")
VMX_EXIT(69, LOADIWKEY, ".loadiwkey", "LOADIWKEY")
VMX_EXIT(70, ENCLV, ".enclv", "ENCLV")
VMX_NO_EXIT(71)
VMX_EXIT(72, ENQCMD_PASID, "enqcmd", "ENQCMD PASID translation failure")
VMX_EXIT(73, ENQCMDS_PASID, "enqcmds", "ENQCMDS PASID translation failure")
VMX_EXIT(74, BUS_LOCK, "buslock", "Bus lock")
VMX_EXIT(75, INSTRUCTION_TIMEOUT, "instrtimeout", "Instruction timeout")
VMX_EXIT(76, SEAMCALL, ".seamcall", "SEAMCALL")
VMX_EXIT(77, TDCALL, ".tdcall", "TDCALL")
VMX_EXIT(78, RDMSRLIST, ".rdmsrlist", "RDMSRLIST")
VMX_EXIT(79, WRMSRLIST, ".wrmsrlist", "WRMSRLIST")
VMX_EXIT(80, URDMSR, ".urdmsr", "URDMSR")
VMX_EXIT(81, UWRMSR, ".uwrmsr", "UWRMSR")
VMX_NO_EXIT(82)
VMX_NO_EXIT(83)
VMX_EXIT(84, RDMSR_IMM, ".rdmsrimm", "RDMSR with an immediate operand")
VMX_EXIT(85, WRMSRNS_IMM, ".wrmsrnsimm", "WRMSRNS with an immediate operand")

#undef VMX_EXIT
#undef VMX_NO_EXIT
