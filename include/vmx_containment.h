/* SPDX-License-Identifier: GPL-2.0 */
/*
 * VMX_KEPT(field, bits, why): bits of the VMCS that vmxfs keeps, because a guest
 * for which they were otherwise could reach what is not its own, or hold the
 * processor for ever.
 *
 * field	VMCS_field
 * bits		in it, as a mask
 * why		in a few words
 *
 * Bits that no row names belong to whoever drives the vCPU. So do all of them,
 * once that vCPU is `unsafe`. Bits of control fields without a name in
 * vmx_controls.h are not known to be harmless: a row keeps them too. An address
 * field can always be given the structure that vmxfs has made for it.
 *
 * What is not one bit of the VMCS: the activity state wait-for-SIPI, in which
 * nothing but a SIPI gets the guest off the processor, can't be set; CR8 exits
 * unless the TPR shadow is used; the VMX-preemption timer can't be set to more
 * than it is at first.
 *
 * Define the macro and include this file; it undefines the macro.
 */
#define VMX_ALL (~0ULL)

/* The host's state, which the next VM exit loads */
VMX_KEPT(HOST_ES_SELECTOR, VMX_ALL, "host state")
VMX_KEPT(HOST_CS_SELECTOR, VMX_ALL, "host state")
VMX_KEPT(HOST_SS_SELECTOR, VMX_ALL, "host state")
VMX_KEPT(HOST_DS_SELECTOR, VMX_ALL, "host state")
VMX_KEPT(HOST_FS_SELECTOR, VMX_ALL, "host state")
VMX_KEPT(HOST_GS_SELECTOR, VMX_ALL, "host state")
VMX_KEPT(HOST_TR_SELECTOR, VMX_ALL, "host state")
VMX_KEPT(HOST_PAT, VMX_ALL, "host state")
VMX_KEPT(HOST_EFER, VMX_ALL, "host state")
VMX_KEPT(HOST_PERF_GLOBAL_CTRL, VMX_ALL, "host state")
VMX_KEPT(HOST_PKRS, VMX_ALL, "host state")
VMX_KEPT(HOST_FRED_CONFIG, VMX_ALL, "host state")
VMX_KEPT(HOST_FRED_RSP1, VMX_ALL, "host state")
VMX_KEPT(HOST_FRED_RSP2, VMX_ALL, "host state")
VMX_KEPT(HOST_FRED_RSP3, VMX_ALL, "host state")
VMX_KEPT(HOST_FRED_STKLVLS, VMX_ALL, "host state")
VMX_KEPT(HOST_FRED_SSP1, VMX_ALL, "host state")
VMX_KEPT(HOST_FRED_SSP2, VMX_ALL, "host state")
VMX_KEPT(HOST_FRED_SSP3, VMX_ALL, "host state")
VMX_KEPT(HOST_SPEC_CTRL, VMX_ALL, "host state")
VMX_KEPT(HOST_SYSENTER_CS, VMX_ALL, "host state")
VMX_KEPT(HOST_CR0, VMX_ALL, "host state")
VMX_KEPT(HOST_CR3, VMX_ALL, "host state")
VMX_KEPT(HOST_CR4, VMX_ALL, "host state")
VMX_KEPT(HOST_FS_BASE, VMX_ALL, "host state")
VMX_KEPT(HOST_GS_BASE, VMX_ALL, "host state")
VMX_KEPT(HOST_TR_BASE, VMX_ALL, "host state")
VMX_KEPT(HOST_GDTR_BASE, VMX_ALL, "host state")
VMX_KEPT(HOST_IDTR_BASE, VMX_ALL, "host state")
VMX_KEPT(HOST_SYSENTER_ESP, VMX_ALL, "host state")
VMX_KEPT(HOST_SYSENTER_EIP, VMX_ALL, "host state")
VMX_KEPT(HOST_RSP, VMX_ALL, "host state")
VMX_KEPT(HOST_RIP, VMX_ALL, "host state")
VMX_KEPT(HOST_S_CET, VMX_ALL, "host state")
VMX_KEPT(HOST_SSP, VMX_ALL, "host state")
VMX_KEPT(HOST_INTERRUPT_SSP_TABLE_ADDRESS, VMX_ALL, "host state")

/* Host-physical addresses, and how many entries are behind them */
VMX_KEPT(IO_BITMAP_A, VMX_ALL, "host-physical address")
VMX_KEPT(IO_BITMAP_B, VMX_ALL, "host-physical address")
VMX_KEPT(MSR_BITMAPS, VMX_ALL, "host-physical address")
VMX_KEPT(EXIT_MSR_STORE_ADDRESS, VMX_ALL, "host-physical address")
VMX_KEPT(EXIT_MSR_LOAD_ADDRESS, VMX_ALL, "host-physical address")
VMX_KEPT(ENTRY_MSR_LOAD_ADDRESS, VMX_ALL, "host-physical address")
VMX_KEPT(EXECUTIVE_VMCS_POINTER, VMX_ALL, "host-physical address")
VMX_KEPT(PML_ADDRESS, VMX_ALL, "host-physical address")
VMX_KEPT(VIRTUAL_APIC_ADDRESS, VMX_ALL, "host-physical address")
VMX_KEPT(APIC_ACCESS_ADDRESS, VMX_ALL, "host-physical address")
VMX_KEPT(POSTED_INTERRUPT_DESCRIPTOR, VMX_ALL, "host-physical address")
VMX_KEPT(EPTP_LIST_ADDRESS, VMX_ALL, "host-physical address")
VMX_KEPT(VMREAD_BITMAP_ADDRESS, VMX_ALL, "host-physical address")
VMX_KEPT(VMWRITE_BITMAP_ADDRESS, VMX_ALL, "host-physical address")
VMX_KEPT(VE_INFORMATION_ADDRESS, VMX_ALL, "host-physical address")
VMX_KEPT(SPPT_POINTER, VMX_ALL, "host-physical address")
VMX_KEPT(LOW_PASID_DIRECTORY_ADDRESS, VMX_ALL, "host-physical address")
VMX_KEPT(HIGH_PASID_DIRECTORY_ADDRESS, VMX_ALL, "host-physical address")
VMX_KEPT(SHARED_EPT_POINTER, VMX_ALL, "host-physical address")
VMX_KEPT(PID_POINTER_TABLE_ADDRESS, VMX_ALL, "host-physical address")
VMX_KEPT(VMCS_LINK_POINTER, VMX_ALL, "host-physical address")
/* The memory type, and accessed and dirty flags, may be chosen. */
VMX_KEPT(EPT_POINTER, ~0x47ULL, "host-physical address")
VMX_KEPT(EXIT_MSR_STORE_COUNT, VMX_ALL, "how long the MSR area is")
VMX_KEPT(EXIT_MSR_LOAD_COUNT, VMX_ALL, "how long the MSR area is")
VMX_KEPT(ENTRY_MSR_LOAD_COUNT, VMX_ALL, "how long the MSR area is")

/* What is tagged or signalled outside the guest */
VMX_KEPT(VIRTUAL_PROCESSOR_ID, VMX_ALL, "another guest's translations")
VMX_KEPT(POSTED_INTERRUPT_VECTOR, VMX_ALL, "an interrupt of the host's")
VMX_KEPT(LAST_PID_POINTER_INDEX, VMX_ALL, "interrupts to other processors")
VMX_KEPT(GUEST_SMBASE, VMX_ALL, "system-management mode")

/* Guest state that the processor shares between guest and host */
VMX_KEPT(GUEST_CR0, ~0x8005000fULL, "CR0 bits that are fixed, or the host's too")
VMX_KEPT(CR0_MASK, ~0x8005000fULL, "CR0 bits that are fixed, or the host's too")
VMX_KEPT(GUEST_CR4, ~0x370fbfULL, "CR4 bits that are fixed, or whose state is not switched")
VMX_KEPT(CR4_MASK, ~0x370fbfULL, "CR4 bits that are fixed, or whose state is not switched")
VMX_KEPT(GUEST_DEBUGCTL, ~0x2ULL, "branch records, and traces to the host's memory")
VMX_KEPT(GUEST_PERF_GLOBAL_CTRL, VMX_ALL, "the host's performance counters")
VMX_KEPT(GUEST_RTIT_CTL, VMX_ALL, "traces to the host's memory")
VMX_KEPT(GUEST_LBR_CTL, VMX_ALL, "the host's branch records")
VMX_KEPT(GUEST_SPEC_CTRL, VMX_ALL, "state that is not switched")
VMX_KEPT(SPEC_CTRL_MASK, VMX_ALL, "state that is not switched")
VMX_KEPT(XSS_EXITING_BITMAP, VMX_ALL, "supervisor state, which is the host's")
VMX_KEPT(PCONFIG_EXITING_BITMAP, VMX_ALL, "keys of the platform")

/* Controls: those that must be as they are */
VMX_KEPT(PIN_BASED_CONTROLS, VMX_CTL(pin, external_interrupt_exiting), "the host's interrupts")
VMX_KEPT(PIN_BASED_CONTROLS, VMX_CTL(pin, nmi_exiting), "the host's NMIs")
VMX_KEPT(PIN_BASED_CONTROLS, VMX_CTL(pin, preemption_timer), "gets a guest off the processor")
VMX_KEPT(PROC_BASED_CONTROLS, VMX_CTL(proc, rdpmc_exiting), "the host's performance counters")
VMX_KEPT(PROC_BASED_CONTROLS, VMX_CTL(proc, activate_secondary_controls), "EPT")
VMX_KEPT(SECONDARY_CONTROLS, VMX_CTL(proc2, enable_ept), "the host's memory")
VMX_KEPT(EXIT_CONTROLS, VMX_CTL(exit, host_address_space_size), "host state")
VMX_KEPT(EXIT_CONTROLS, VMX_CTL(exit, load_pat), "host state")
VMX_KEPT(EXIT_CONTROLS, VMX_CTL(exit, load_efer), "host state")

/* The bitmaps, which take its place when they are used, are the module's too. */
VMX_KEPT(PROC_BASED_CONTROLS, VMX_CTL(proc, unconditional_io_exiting), "the host's ports")

/* Controls: those that may be chosen are left out */
VMX_KEPT(PIN_BASED_CONTROLS, ~VMX_CTL(pin, virtual_nmis), "not known to be harmless")
VMX_KEPT(PROC_BASED_CONTROLS,
	 ~(VMX_CTL(proc, interrupt_window_exiting) | VMX_CTL(proc, use_tsc_offsetting) |
	   VMX_CTL(proc, hlt_exiting) | VMX_CTL(proc, invlpg_exiting) |
	   VMX_CTL(proc, mwait_exiting) | VMX_CTL(proc, rdtsc_exiting) |
	   VMX_CTL(proc, cr3_load_exiting) | VMX_CTL(proc, cr3_store_exiting) |
	   VMX_CTL(proc, activate_tertiary_controls) | VMX_CTL(proc, cr8_load_exiting) |
	   VMX_CTL(proc, cr8_store_exiting) | VMX_CTL(proc, use_tpr_shadow) |
	   VMX_CTL(proc, nmi_window_exiting) | VMX_CTL(proc, mov_dr_exiting) |
	   VMX_CTL(proc, use_io_bitmaps) | VMX_CTL(proc, monitor_trap_flag) |
	   VMX_CTL(proc, use_msr_bitmaps) |
	   VMX_CTL(proc, monitor_exiting) | VMX_CTL(proc, pause_exiting)),
	 "not known to be harmless")
VMX_KEPT(SECONDARY_CONTROLS,
	 ~(VMX_CTL(proc2, virtualize_apic_accesses) | VMX_CTL(proc2, descriptor_table_exiting) |
	   VMX_CTL(proc2, enable_rdtscp) | VMX_CTL(proc2, virtualize_x2apic_mode) |
	   VMX_CTL(proc2, enable_vpid) | VMX_CTL(proc2, wbinvd_exiting) |
	   VMX_CTL(proc2, unrestricted_guest) | VMX_CTL(proc2, apic_register_virtualization) |
	   VMX_CTL(proc2, virtual_interrupt_delivery) | VMX_CTL(proc2, pause_loop_exiting) |
	   VMX_CTL(proc2, rdrand_exiting) | VMX_CTL(proc2, enable_invpcid) |
	   VMX_CTL(proc2, enable_vm_functions) | VMX_CTL(proc2, vmcs_shadowing) |
	   VMX_CTL(proc2, enable_encls_exiting) | VMX_CTL(proc2, rdseed_exiting) |
	   VMX_CTL(proc2, enable_pml) | VMX_CTL(proc2, ept_violation_ve) |
	   VMX_CTL(proc2, enable_xsaves_xrstors) | VMX_CTL(proc2, mode_based_execute_control) |
	   VMX_CTL(proc2, use_tsc_scaling) | VMX_CTL(proc2, enable_user_wait_pause) |
	   VMX_CTL(proc2, enable_enclv_exiting) | VMX_CTL(proc2, bus_lock_detection) |
	   VMX_CTL(proc2, instruction_timeout)),
	 "not known to be harmless")
VMX_KEPT(TERTIARY_CONTROLS,
	 ~(VMX_CTL(proc3, loadiwkey_exiting) | VMX_CTL(proc3, enable_hlat) |
	   VMX_CTL(proc3, ept_paging_write_control) | VMX_CTL(proc3, guest_paging_verification)),
	 "not known to be harmless")
VMX_KEPT(EXIT_CONTROLS,
	 ~(VMX_CTL(exit, save_debug_controls) | VMX_CTL(exit, acknowledge_interrupt) |
	   VMX_CTL(exit, save_pat) | VMX_CTL(exit, save_efer) |
	   VMX_CTL(exit, save_preemption_timer)),
	 "not known to be harmless")
VMX_KEPT(SECONDARY_EXIT_CONTROLS, VMX_ALL, "not known to be harmless")
VMX_KEPT(ENTRY_CONTROLS,
	 ~(VMX_CTL(entry, load_debug_controls) | VMX_CTL(entry, ia32e_mode_guest) |
	   VMX_CTL(entry, load_pat) | VMX_CTL(entry, load_efer)),
	 "not known to be harmless")
VMX_KEPT(VM_FUNCTION_CONTROLS, ~VMX_CTL(vmfunc, eptp_switching), "not known to be harmless")
#undef VMX_ALL
#undef VMX_KEPT
