/* SPDX-License-Identifier: GPL-2.0 */
/*
 * VMX_CONTROL_GROUP(group, field, msr, true_msr, sdm_name): a set of controls.
 *
 * group	first part of a control's name, as in "proc.hlt_exiting"
 * field	the VMCS field that holds it, VMCS_field
 * msr		the capability MSR. A group whose field is 32 bits wide:
 *		bits 31:0 are those that must be 1, bits 63:32 those that may
 *		be 1. A group whose field is 64 bits wide: those that may be 1.
 * true_msr	the MSR to use instead if bit 55 of IA32_VMX_BASIC is 1, or 0
 *
 * VMX_CONTROL(group, bit, ident, owner, sdm_name): one control; owner: see vmx_owners.h.
 *
 * SDM, "VM-Execution Control Fields", "VM-Exit Control Fields", "VM-Entry
 * Control Fields", and appendix "VMX Capability Reporting Facility".
 * Define one macro or both and include this file; it undefines them.
 */
#ifndef VMX_CONTROL_GROUP
#define VMX_CONTROL_GROUP(group, field, msr, true_msr, sdm_name)
#endif
#ifndef VMX_CONTROL
#define VMX_CONTROL(group, bit, ident, owner, sdm_name)
#endif

VMX_CONTROL_GROUP(pin, PIN_BASED_CONTROLS, 0x481, 0x48d, "Pin-based VM-execution controls")
VMX_CONTROL(pin, 0, external_interrupt_exiting, HOST_INTERRUPTS, "External-interrupt exiting")
VMX_CONTROL(pin, 3, nmi_exiting, HOST_NMIS, "NMI exiting")
VMX_CONTROL(pin, 5, virtual_nmis, GUEST, "Virtual NMIs")
VMX_CONTROL(pin, 6, preemption_timer, TIME_LIMIT, "Activate VMX-preemption timer")
VMX_CONTROL(pin, 7, posted_interrupts, NOT_KNOWN, "Process posted interrupts")

VMX_CONTROL_GROUP(proc, PROC_BASED_CONTROLS, 0x482, 0x48e, "Primary processor-based VM-execution controls")
VMX_CONTROL(proc, 2, interrupt_window_exiting, GUEST, "Interrupt-window exiting")
VMX_CONTROL(proc, 3, use_tsc_offsetting, GUEST, "Use TSC offsetting")
VMX_CONTROL(proc, 7, hlt_exiting, GUEST, "HLT exiting")
VMX_CONTROL(proc, 9, invlpg_exiting, GUEST, "INVLPG exiting")
VMX_CONTROL(proc, 10, mwait_exiting, GUEST, "MWAIT exiting")
VMX_CONTROL(proc, 11, rdpmc_exiting, HOST_COUNTERS, "RDPMC exiting")
VMX_CONTROL(proc, 12, rdtsc_exiting, GUEST, "RDTSC exiting")
VMX_CONTROL(proc, 15, cr3_load_exiting, GUEST, "CR3-load exiting")
VMX_CONTROL(proc, 16, cr3_store_exiting, GUEST, "CR3-store exiting")
VMX_CONTROL(proc, 17, activate_tertiary_controls, GUEST, "Activate tertiary controls")
VMX_CONTROL(proc, 19, cr8_load_exiting, GUEST, "CR8-load exiting")
VMX_CONTROL(proc, 20, cr8_store_exiting, GUEST, "CR8-store exiting")
VMX_CONTROL(proc, 21, use_tpr_shadow, GUEST, "Use TPR shadow")
VMX_CONTROL(proc, 22, nmi_window_exiting, GUEST, "NMI-window exiting")
VMX_CONTROL(proc, 23, mov_dr_exiting, GUEST, "MOV-DR exiting")
VMX_CONTROL(proc, 24, unconditional_io_exiting, HOST_PORTS, "Unconditional I/O exiting")
VMX_CONTROL(proc, 25, use_io_bitmaps, GUEST, "Use I/O bitmaps")
VMX_CONTROL(proc, 27, monitor_trap_flag, GUEST, "Monitor trap flag")
VMX_CONTROL(proc, 28, use_msr_bitmaps, GUEST, "Use MSR bitmaps")
VMX_CONTROL(proc, 29, monitor_exiting, GUEST, "MONITOR exiting")
VMX_CONTROL(proc, 30, pause_exiting, GUEST, "PAUSE exiting")
VMX_CONTROL(proc, 31, activate_secondary_controls, HOST_MEMORY, "Activate secondary controls")

VMX_CONTROL_GROUP(proc2, SECONDARY_CONTROLS, 0x48b, 0, "Secondary processor-based VM-execution controls")
VMX_CONTROL(proc2, 0, virtualize_apic_accesses, GUEST, "Virtualize APIC accesses")
VMX_CONTROL(proc2, 1, enable_ept, HOST_MEMORY, "Enable EPT")
VMX_CONTROL(proc2, 2, descriptor_table_exiting, GUEST, "Descriptor-table exiting")
VMX_CONTROL(proc2, 3, enable_rdtscp, GUEST, "Enable RDTSCP")
VMX_CONTROL(proc2, 4, virtualize_x2apic_mode, GUEST, "Virtualize x2APIC mode")
VMX_CONTROL(proc2, 5, enable_vpid, GUEST, "Enable VPID")
VMX_CONTROL(proc2, 6, wbinvd_exiting, GUEST, "WBINVD exiting")
VMX_CONTROL(proc2, 7, unrestricted_guest, GUEST, "Unrestricted guest")
VMX_CONTROL(proc2, 8, apic_register_virtualization, GUEST, "APIC-register virtualization")
VMX_CONTROL(proc2, 9, virtual_interrupt_delivery, GUEST, "Virtual-interrupt delivery")
VMX_CONTROL(proc2, 10, pause_loop_exiting, GUEST, "PAUSE-loop exiting")
VMX_CONTROL(proc2, 11, rdrand_exiting, GUEST, "RDRAND exiting")
VMX_CONTROL(proc2, 12, enable_invpcid, GUEST, "Enable INVPCID")
VMX_CONTROL(proc2, 13, enable_vm_functions, GUEST, "Enable VM functions")
VMX_CONTROL(proc2, 14, vmcs_shadowing, GUEST, "VMCS shadowing")
VMX_CONTROL(proc2, 15, enable_encls_exiting, GUEST, "Enable ENCLS exiting")
VMX_CONTROL(proc2, 16, rdseed_exiting, GUEST, "RDSEED exiting")
VMX_CONTROL(proc2, 17, enable_pml, GUEST, "Enable PML")
VMX_CONTROL(proc2, 18, ept_violation_ve, GUEST, "EPT-violation #VE")
VMX_CONTROL(proc2, 19, conceal_vmx_from_pt, NOT_KNOWN, "Conceal VMX from PT")
VMX_CONTROL(proc2, 20, enable_xsaves_xrstors, GUEST, "Enable XSAVES/XRSTORS")
VMX_CONTROL(proc2, 21, pasid_translation, NOT_KNOWN, "PASID translation")
VMX_CONTROL(proc2, 22, mode_based_execute_control, GUEST, "Mode-based execute control for EPT")
VMX_CONTROL(proc2, 23, subpage_write_permissions, NOT_KNOWN, "Sub-page write permissions for EPT")
VMX_CONTROL(proc2, 24, pt_uses_guest_physical, NOT_KNOWN, "Intel PT uses guest physical addresses")
VMX_CONTROL(proc2, 25, use_tsc_scaling, GUEST, "Use TSC scaling")
VMX_CONTROL(proc2, 26, enable_user_wait_pause, GUEST, "Enable user wait and pause")
VMX_CONTROL(proc2, 27, enable_pconfig, NOT_KNOWN, "Enable PCONFIG")
VMX_CONTROL(proc2, 28, enable_enclv_exiting, GUEST, "Enable ENCLV exiting")
VMX_CONTROL(proc2, 29, epc_virtualization_extensions, NOT_KNOWN, "Enable EPC virtualization extensions")
VMX_CONTROL(proc2, 30, bus_lock_detection, GUEST, "VMM bus-lock detection")
VMX_CONTROL(proc2, 31, instruction_timeout, GUEST, "Instruction timeout")

VMX_CONTROL_GROUP(proc3, TERTIARY_CONTROLS, 0x492, 0, "Tertiary processor-based VM-execution controls")
VMX_CONTROL(proc3, 0, loadiwkey_exiting, GUEST, "LOADIWKEY exiting")
VMX_CONTROL(proc3, 1, enable_hlat, GUEST, "Enable HLAT")
VMX_CONTROL(proc3, 2, ept_paging_write_control, GUEST, "EPT paging-write control")
VMX_CONTROL(proc3, 3, guest_paging_verification, GUEST, "Guest-paging verification")
VMX_CONTROL(proc3, 4, ipi_virtualization, NOT_KNOWN, "IPI virtualization")
VMX_CONTROL(proc3, 6, enable_msr_list_instructions, NOT_KNOWN, "Enable MSR-list instructions")
VMX_CONTROL(proc3, 7, virtualize_spec_ctrl, NOT_KNOWN, "Virtualize IA32_SPEC_CTRL")
VMX_CONTROL(proc3, 8, apic_timer_virtualization, NOT_KNOWN, "APIC-timer virtualization")

VMX_CONTROL_GROUP(exit, EXIT_CONTROLS, 0x483, 0x48f, "Primary VM-exit controls")
VMX_CONTROL(exit, 2, save_debug_controls, GUEST, "Save debug controls")
VMX_CONTROL(exit, 9, host_address_space_size, HOST_STATE, "Host address-space size")
VMX_CONTROL(exit, 12, load_perf_global_ctrl, NOT_KNOWN, "Load IA32_PERF_GLOBAL_CTRL")
VMX_CONTROL(exit, 15, acknowledge_interrupt, GUEST, "Acknowledge interrupt on exit")
VMX_CONTROL(exit, 18, save_pat, GUEST, "Save IA32_PAT")
VMX_CONTROL(exit, 19, load_pat, HOST_STATE, "Load IA32_PAT")
VMX_CONTROL(exit, 20, save_efer, GUEST, "Save IA32_EFER")
VMX_CONTROL(exit, 21, load_efer, HOST_STATE, "Load IA32_EFER")
VMX_CONTROL(exit, 22, save_preemption_timer, GUEST, "Save VMX-preemption timer value")
VMX_CONTROL(exit, 23, clear_bndcfgs, NOT_KNOWN, "Clear IA32_BNDCFGS")
VMX_CONTROL(exit, 24, conceal_vmx_from_pt, NOT_KNOWN, "Conceal VMX from PT")
VMX_CONTROL(exit, 25, clear_rtit_ctl, NOT_KNOWN, "Clear IA32_RTIT_CTL")
VMX_CONTROL(exit, 26, clear_lbr_ctl, NOT_KNOWN, "Clear IA32_LBR_CTL")
VMX_CONTROL(exit, 27, clear_uinv, NOT_KNOWN, "Clear UINV")
VMX_CONTROL(exit, 28, load_cet_state, NOT_KNOWN, "Load CET state")
VMX_CONTROL(exit, 29, load_pkrs, NOT_KNOWN, "Load PKRS")
VMX_CONTROL(exit, 30, save_perf_global_ctrl, NOT_KNOWN, "Save IA32_PERF_GLOBAL_CTRL")
VMX_CONTROL(exit, 31, activate_secondary_controls, NOT_KNOWN, "Activate secondary controls")

VMX_CONTROL_GROUP(exit2, SECONDARY_EXIT_CONTROLS, 0x493, 0, "Secondary VM-exit controls")
VMX_CONTROL(exit2, 0, save_fred, NOT_KNOWN, "Save IA32_FRED")
VMX_CONTROL(exit2, 1, load_fred, NOT_KNOWN, "Load IA32_FRED")
VMX_CONTROL(exit2, 2, load_spec_ctrl, NOT_KNOWN, "Load IA32_SPEC_CTRL")
VMX_CONTROL(exit2, 3, prematurely_busy_shadow_stack, NOT_KNOWN, "Prematurely busy shadow stack")

VMX_CONTROL_GROUP(entry, ENTRY_CONTROLS, 0x484, 0x490, "VM-entry controls")
VMX_CONTROL(entry, 2, load_debug_controls, GUEST, "Load debug controls")
VMX_CONTROL(entry, 9, ia32e_mode_guest, GUEST, "IA-32e mode guest")
VMX_CONTROL(entry, 10, entry_to_smm, NOT_KNOWN, "Entry to SMM")
VMX_CONTROL(entry, 11, deactivate_dual_monitor, NOT_KNOWN, "Deactivate dual-monitor treatment")
VMX_CONTROL(entry, 13, load_perf_global_ctrl, NOT_KNOWN, "Load IA32_PERF_GLOBAL_CTRL")
VMX_CONTROL(entry, 14, load_pat, GUEST, "Load IA32_PAT")
VMX_CONTROL(entry, 15, load_efer, GUEST, "Load IA32_EFER")
VMX_CONTROL(entry, 16, load_bndcfgs, NOT_KNOWN, "Load IA32_BNDCFGS")
VMX_CONTROL(entry, 17, conceal_vmx_from_pt, NOT_KNOWN, "Conceal VMX from PT")
VMX_CONTROL(entry, 18, load_rtit_ctl, NOT_KNOWN, "Load IA32_RTIT_CTL")
VMX_CONTROL(entry, 19, load_uinv, NOT_KNOWN, "Load UINV")
VMX_CONTROL(entry, 20, load_cet_state, NOT_KNOWN, "Load CET state")
VMX_CONTROL(entry, 21, load_lbr_ctl, NOT_KNOWN, "Load guest IA32_LBR_CTL")
VMX_CONTROL(entry, 22, load_pkrs, NOT_KNOWN, "Load PKRS")
VMX_CONTROL(entry, 23, load_fred, NOT_KNOWN, "Load IA32_FRED")
VMX_CONTROL(entry, 24, load_spec_ctrl, NOT_KNOWN, "Load IA32_SPEC_CTRL")

VMX_CONTROL_GROUP(vmfunc, VM_FUNCTION_CONTROLS, 0x491, 0, "VM-function controls")
VMX_CONTROL(vmfunc, 0, eptp_switching, GUEST, "EPTP switching")

#undef VMX_CONTROL_GROUP
#undef VMX_CONTROL
