/* SPDX-License-Identifier: GPL-2.0 */
/*
 * VMX_CAUSE(ident, by, section, when): when a VM exit comes; one row or several for each row of
 * vmx_exits.h, in the same order.
 *
 * ident	of vmx_exits.h
 * by		what governs it: controls as in vmx_controls.h, fields as vmxfs' file vmcs has
 *		them, with blanks between; "" if nothing does
 * section	of the SDM, by its title
 * when		the guest's doing, or what else; a clause that can follow "when"
 *
 * VMX_QUALIFICATION(ident, section): the section with the bits of the exit qualification, if it
 * is not "Basic VM-Exit Information".
 *
 * Define one macro or both and include this file; it undefines them.
 */
#ifndef VMX_CAUSE
#define VMX_CAUSE(ident, by, section, when)
#endif
#ifndef VMX_QUALIFICATION
#define VMX_QUALIFICATION(ident, section)
#endif

#define ALWAYS "Instructions That Cause VM Exits Unconditionally"
#define SOMETIMES "Instructions That Cause VM Exits Conditionally"
#define OTHER "Other Causes of VM Exits"
#define LISTED "VMX Basic Exit Reasons"

VMX_CAUSE(EXCEPTION_NMI, "exception_bitmap page_fault_error_code_mask page_fault_error_code_match", OTHER,
	  "an exception is to be delivered whose bit in the exception bitmap is 1; of a page fault the error code decides, too")
VMX_CAUSE(EXCEPTION_NMI, "pin.nmi_exiting", OTHER, "an NMI arrives and the control is 1")
VMX_CAUSE(EXTERNAL_INTERRUPT, "pin.external_interrupt_exiting", OTHER,
	  "an external interrupt arrives and the control is 1, whatever RFLAGS.IF is")
VMX_CAUSE(TRIPLE_FAULT, "", OTHER,
	  "a double fault can't be delivered; no bit of the exception bitmap has a say")
VMX_CAUSE(INIT, "", OTHER, "an INIT signal arrives, unless the guest waits for a SIPI")
VMX_CAUSE(SIPI, "guest_activity_state", OTHER,
	  "a start-up IPI arrives while the activity state is wait-for-SIPI")
VMX_CAUSE(IO_SMI, "", OTHER,
	  "an SMI arrives right after an I/O instruction, with an SMM monitor")
VMX_CAUSE(OTHER_SMI, "", OTHER, "another SMI arrives, with an SMM monitor")
VMX_CAUSE(INTERRUPT_WINDOW, "proc.interrupt_window_exiting", OTHER,
	  "an instruction is to begin, RFLAGS.IF is 1 and nothing blocks interrupts")
VMX_CAUSE(NMI_WINDOW, "proc.nmi_window_exiting", OTHER,
	  "an instruction is to begin, and nothing blocks virtual NMIs")
VMX_CAUSE(TASK_SWITCH, "", OTHER, "a task switch is attempted: it can't be done in a guest")
VMX_CAUSE(CPUID, "", ALWAYS, "the guest executes CPUID")
VMX_CAUSE(GETSEC, "", ALWAYS, "the guest executes GETSEC while CR4.SMXE is 1")
VMX_CAUSE(HLT, "proc.hlt_exiting", SOMETIMES, "the guest executes HLT and the control is 1")
VMX_CAUSE(INVD, "", ALWAYS, "the guest executes INVD")
VMX_CAUSE(INVLPG, "proc.invlpg_exiting", SOMETIMES,
	  "the guest executes INVLPG and the control is 1")
VMX_CAUSE(RDPMC, "proc.rdpmc_exiting", SOMETIMES,
	  "the guest executes RDPMC and the control is 1")
VMX_CAUSE(RDTSC, "proc.rdtsc_exiting", SOMETIMES,
	  "the guest executes RDTSC and the control is 1")
VMX_CAUSE(RSM, "", SOMETIMES, "the guest executes RSM in system-management mode")
VMX_CAUSE(VMCALL, "", ALWAYS, "the guest executes VMCALL, at any privilege level")
VMX_CAUSE(VMCLEAR, "", ALWAYS, "the guest executes VMCLEAR")
VMX_CAUSE(VMLAUNCH, "", ALWAYS, "the guest executes VMLAUNCH")
VMX_CAUSE(VMPTRLD, "", ALWAYS, "the guest executes VMPTRLD")
VMX_CAUSE(VMPTRST, "", ALWAYS, "the guest executes VMPTRST")
VMX_CAUSE(VMREAD, "proc2.vmcs_shadowing vmread_bitmap_address", SOMETIMES,
	  "the guest executes VMREAD, and the control is 0, the encoding is no field's, or its bit in the VMREAD bitmap is 1")
VMX_CAUSE(VMRESUME, "", ALWAYS, "the guest executes VMRESUME")
VMX_CAUSE(VMWRITE, "proc2.vmcs_shadowing vmwrite_bitmap_address", SOMETIMES,
	  "the guest executes VMWRITE, and the control is 0, the encoding is no field's, or its bit in the VMWRITE bitmap is 1")
VMX_CAUSE(VMXOFF, "", ALWAYS, "the guest executes VMXOFF")
VMX_CAUSE(VMXON, "", ALWAYS, "the guest executes VMXON")
VMX_CAUSE(CR_ACCESS, "cr0_mask cr0_read_shadow cr4_mask cr4_read_shadow", SOMETIMES,
	  "MOV to CR0 or CR4, CLTS or LMSW would give a bit that the mask keeps from the guest another value than the read shadow has")
VMX_CAUSE(CR_ACCESS, "proc.cr3_load_exiting cr3_target_count", SOMETIMES,
	  "the guest executes MOV to CR3, the control is 1, and no CR3-target value is the new one")
VMX_CAUSE(CR_ACCESS, "proc.cr3_store_exiting", SOMETIMES,
	  "the guest executes MOV from CR3 and the control is 1")
VMX_CAUSE(CR_ACCESS, "proc.cr8_load_exiting proc.cr8_store_exiting", SOMETIMES,
	  "the guest executes MOV to or from CR8 and the control for that is 1")
VMX_CAUSE(MOV_DR, "proc.mov_dr_exiting", SOMETIMES,
	  "the guest executes MOV to or from a debug register and the control is 1")
VMX_CAUSE(IO_INSTRUCTION, "proc.unconditional_io_exiting proc.use_io_bitmaps", SOMETIMES,
	  "the guest executes IN, INS, OUT or OUTS; with I/O bitmaps the bit of the port decides, without them the other control")
VMX_CAUSE(RDMSR, "proc.use_msr_bitmaps", SOMETIMES,
	  "the guest executes RDMSR, and the control is 0, or the bit of the MSR in its read bitmap is 1, or it has none")
VMX_CAUSE(WRMSR, "proc.use_msr_bitmaps", SOMETIMES,
	  "the guest executes WRMSR, and the control is 0, or the bit of the MSR in its write bitmap is 1, or it has none")
VMX_CAUSE(INVALID_GUEST_STATE, "", "VM-Entry Failures During or After Loading Guest State",
	  "VM entry finds guest state that it must not load; no instruction of the guest is executed")
VMX_CAUSE(MSR_LOADING, "entry_msr_load_address entry_msr_load_count", "Loading MSRs",
	  "VM entry can't load an entry of the VM-entry MSR-load area")
VMX_CAUSE(MWAIT, "proc.mwait_exiting", SOMETIMES,
	  "the guest executes MWAIT and the control is 1")
VMX_CAUSE(MONITOR_TRAP_FLAG, "proc.monitor_trap_flag", "Monitor Trap Flag",
	  "an instruction, or the delivery of an event, is complete while the control is 1, or VM entry injects such a VM exit")
VMX_CAUSE(MONITOR, "proc.monitor_exiting", SOMETIMES,
	  "the guest executes MONITOR and the control is 1")
VMX_CAUSE(PAUSE, "proc.pause_exiting", SOMETIMES,
	  "the guest executes PAUSE and the control is 1")
VMX_CAUSE(PAUSE, "proc2.pause_loop_exiting ple_gap ple_window", SOMETIMES,
	  "the guest executes PAUSE at privilege level 0 in a loop that lasts longer than the window, and only this control is 1")
VMX_CAUSE(MACHINE_CHECK, "", "Machine-Check Events During VM Entry",
	  "a machine check comes during VM entry")
VMX_CAUSE(TPR_BELOW_THRESHOLD, "proc.use_tpr_shadow tpr_threshold", "VM Exits Induced by the TPR Threshold",
	  "the virtual TPR falls below the threshold, and virtual interrupts are not delivered by the processor")
VMX_CAUSE(APIC_ACCESS, "proc2.virtualize_apic_accesses apic_access_address", "Virtualizing Memory-Mapped APIC Accesses",
	  "the guest accesses the APIC-access page in a way that is not virtualized")
VMX_CAUSE(VIRTUALIZED_EOI, "proc2.virtual_interrupt_delivery eoi_exit_bitmap_0 eoi_exit_bitmap_1 eoi_exit_bitmap_2 eoi_exit_bitmap_3", "EOI Virtualization",
	  "the processor has virtualized an EOI of a vector whose bit in the EOI-exit bitmap is 1")
VMX_CAUSE(GDTR_IDTR, "proc2.descriptor_table_exiting", SOMETIMES,
	  "the guest executes LGDT, LIDT, SGDT or SIDT and the control is 1")
VMX_CAUSE(LDTR_TR, "proc2.descriptor_table_exiting", SOMETIMES,
	  "the guest executes LLDT, LTR, SLDT or STR and the control is 1")
VMX_CAUSE(EPT_VIOLATION, "proc2.enable_ept ept_pointer", "EPT Violations",
	  "the guest reaches for memory in a way that the EPT paging structures do not allow")
VMX_CAUSE(EPT_MISCONFIGURATION, "proc2.enable_ept ept_pointer", "EPT Misconfigurations",
	  "an EPT entry on the way of a translation has a value that none may have")
VMX_CAUSE(INVEPT, "", ALWAYS, "the guest executes INVEPT")
VMX_CAUSE(RDTSCP, "proc.rdtsc_exiting proc2.enable_rdtscp", SOMETIMES,
	  "the guest executes RDTSCP and both controls are 1")
VMX_CAUSE(PREEMPTION_TIMER, "pin.preemption_timer preemption_timer_value", "VMX-Preemption Timer",
	  "the timer, which VM entry starts, gets to 0")
VMX_CAUSE(INVVPID, "", ALWAYS, "the guest executes INVVPID")
VMX_CAUSE(WBINVD, "proc2.wbinvd_exiting", SOMETIMES,
	  "the guest executes WBINVD or WBNOINVD and the control is 1")
VMX_CAUSE(XSETBV, "", ALWAYS, "the guest executes XSETBV")
VMX_CAUSE(APIC_WRITE, "proc2.apic_register_virtualization proc2.virtual_interrupt_delivery", "APIC-Write VM Exits",
	  "the guest has written an APIC register that software must emulate: it is in the virtual-APIC page already")
VMX_CAUSE(RDRAND, "proc2.rdrand_exiting", SOMETIMES,
	  "the guest executes RDRAND and the control is 1")
VMX_CAUSE(INVPCID, "proc.invlpg_exiting proc2.enable_invpcid", SOMETIMES,
	  "the guest executes INVPCID and both controls are 1")
VMX_CAUSE(VMFUNC, "proc2.enable_vm_functions vm_function_controls", "General Operation of the VMFUNC Instruction",
	  "the guest executes VMFUNC, the control is 1, and the function is not enabled or can't be done")
VMX_CAUSE(ENCLS, "proc2.enable_encls_exiting encls_exiting_bitmap", SOMETIMES,
	  "the guest executes ENCLS, the control is 1, and so is the bit of the leaf in the bitmap")
VMX_CAUSE(RDSEED, "proc2.rdseed_exiting", SOMETIMES,
	  "the guest executes RDSEED and the control is 1")
VMX_CAUSE(PML_FULL, "proc2.enable_pml pml_index", "Page-Modification Logging",
	  "an access sets a dirty flag of EPT and the log has no room")
VMX_CAUSE(XSAVES, "proc2.enable_xsaves_xrstors xss_exiting_bitmap", SOMETIMES,
	  "the guest executes XSAVES, the control is 1, and a component that it asks for has a 1 in the bitmap")
VMX_CAUSE(XRSTORS, "proc2.enable_xsaves_xrstors xss_exiting_bitmap", SOMETIMES,
	  "the guest executes XRSTORS, the control is 1, and a component that it asks for has a 1 in the bitmap")
VMX_CAUSE(PCONFIG, "proc2.enable_pconfig pconfig_exiting_bitmap", SOMETIMES,
	  "the guest executes PCONFIG, the control is 1, and so is the bit of the leaf in the bitmap")
VMX_CAUSE(SPP, "proc2.subpage_write_permissions sppt_pointer", "Sub-Page Write Permissions",
	  "the sub-page permissions of a page lack an entry, or have one with reserved bits")
VMX_CAUSE(UMWAIT, "proc.rdtsc_exiting proc2.enable_user_wait_pause", SOMETIMES,
	  "the guest executes UMWAIT and both controls are 1")
VMX_CAUSE(TPAUSE, "proc.rdtsc_exiting proc2.enable_user_wait_pause", SOMETIMES,
	  "the guest executes TPAUSE and both controls are 1")
VMX_CAUSE(LOADIWKEY, "proc3.loadiwkey_exiting", SOMETIMES,
	  "the guest executes LOADIWKEY and the control is 1")
VMX_CAUSE(ENCLV, "proc2.enable_enclv_exiting enclv_exiting_bitmap", SOMETIMES,
	  "the guest executes ENCLV, the control is 1, and so is the bit of the leaf in the bitmap")
VMX_CAUSE(ENQCMD_PASID, "proc2.pasid_translation", LISTED,
	  "the guest executes ENQCMD, the control is 1, and its PASID has no translation")
VMX_CAUSE(ENQCMDS_PASID, "proc2.pasid_translation", LISTED,
	  "the guest executes ENQCMDS, the control is 1, and its PASID has no translation")
VMX_CAUSE(BUS_LOCK, "proc2.bus_lock_detection", OTHER,
	  "an instruction has acquired a bus lock and the control is 1")
VMX_CAUSE(INSTRUCTION_TIMEOUT, "proc2.instruction_timeout instruction_timeout_control", OTHER,
	  "no instruction boundary comes within the time of the field, and the control is 1")
VMX_CAUSE(SEAMCALL, "", LISTED, "the guest executes SEAMCALL on a processor that has TDX")
VMX_CAUSE(TDCALL, "", LISTED, "the guest executes TDCALL on a processor that has TDX")
VMX_CAUSE(RDMSRLIST, "proc3.enable_msr_list_instructions proc.use_msr_bitmaps", SOMETIMES,
	  "the guest executes RDMSRLIST, and the MSR bitmaps let RDMSR of an MSR of the list exit")
VMX_CAUSE(WRMSRLIST, "proc3.enable_msr_list_instructions proc.use_msr_bitmaps", SOMETIMES,
	  "the guest executes WRMSRLIST, and the MSR bitmaps let WRMSR of an MSR of the list exit")
VMX_CAUSE(URDMSR, "proc.use_msr_bitmaps", SOMETIMES,
	  "the guest executes URDMSR, and the MSR bitmaps let RDMSR of that MSR exit")
VMX_CAUSE(UWRMSR, "proc.use_msr_bitmaps", SOMETIMES,
	  "the guest executes UWRMSR, and the MSR bitmaps let WRMSR of that MSR exit")
VMX_CAUSE(RDMSR_IMM, "proc.use_msr_bitmaps", SOMETIMES,
	  "the guest executes RDMSR with an immediate operand, and the MSR bitmaps let RDMSR of that MSR exit")
VMX_CAUSE(WRMSRNS_IMM, "proc.use_msr_bitmaps", SOMETIMES,
	  "the guest executes WRMSRNS with an immediate operand, and the MSR bitmaps let WRMSR of that MSR exit")

VMX_QUALIFICATION(EXCEPTION_NMI, "Exit Qualification for Debug Exceptions")
VMX_QUALIFICATION(TASK_SWITCH, "Exit Qualification for Task Switches")
VMX_QUALIFICATION(CR_ACCESS, "Exit Qualification for Control-Register Accesses")
VMX_QUALIFICATION(MOV_DR, "Exit Qualification for MOV DR")
VMX_QUALIFICATION(IO_INSTRUCTION, "Exit Qualification for I/O Instructions")
VMX_QUALIFICATION(INVALID_GUEST_STATE, "VM-Entry Failures During or After Loading Guest State")
VMX_QUALIFICATION(APIC_ACCESS, "Exit Qualification for APIC-Access VM Exits from Linear Accesses and Guest-Physical Accesses")
VMX_QUALIFICATION(EPT_VIOLATION, "Exit Qualification for EPT Violations")

#undef ALWAYS
#undef SOMETIMES
#undef OTHER
#undef LISTED
#undef VMX_CAUSE
#undef VMX_QUALIFICATION
