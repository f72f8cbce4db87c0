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
 * VMX_CONTROL(group, bit, ident, sdm_name): one control.
 *
 * SDM, "VM-Execution Control Fields", "VM-Exit Control Fields", "VM-Entry
 * Control Fields", and appendix "VMX Capability Reporting Facility".
 * Define one macro or both and include this file; it undefines them.
 */
#ifndef VMX_CONTROL_GROUP
#define VMX_CONTROL_GROUP(group, field, msr, true_msr, sdm_name)
#endif
#ifndef VMX_CONTROL
#define VMX_CONTROL(group, bit, ident, sdm_name)
#endif

VMX_CONTROL_GROUP(pin, PIN_BASED_CONTROLS, 0x481, 0x48d, "Pin-based VM-execution controls")
VMX_CONTROL(pin, 0, external_interrupt_exiting, "External-interrupt exiting")
VMX_CONTROL(pin, 3, nmi_exiting, "NMI exiting")
VMX_CONTROL(pin, 5, virtual_nmis, "Virtual NMIs")
VMX_CONTROL(pin, 6, preemption_timer, "Activate VMX-preemption timer")
VMX_CONTROL(pin, 7, posted_interrupts, "Process posted interrupts")

VMX_CONTROL_GROUP(proc, PROC_BASED_CONTROLS, 0x482, 0x48e, "Primary processor-based VM-execution controls")
VMX_CONTROL(proc, 2, interrupt_window_exiting, "Interrupt-window exiting")
VMX_CONTROL(proc, 3, use_tsc_offsetting, "Use TSC offsetting")
VMX_CONTROL(proc, 7, hlt_exiting, "HLT exiting")
VMX_CONTROL(proc, 9, invlpg_exiting, "INVLPG exiting")
VMX_CONTROL(proc, 10, mwait_exiting, "MWAIT exiting")
VMX_CONTROL(proc, 11, rdpmc_exiting, "RDPMC exiting")
VMX_CONTROL(proc, 12, rdtsc_exiting, "RDTSC exiting")
VMX_CONTROL(proc, 15, cr3_load_exiting, "CR3-load exiting")
VMX_CONTROL(proc, 16, cr3_store_exiting, "CR3-store exiting")
VMX_CONTROL(proc, 17, activate_tertiary_controls, "Activate tertiary controls")
VMX_CONTROL(proc, 19, cr8_load_exiting, "CR8-load exiting")
VMX_CONTROL(proc, 20, cr8_store_exiting, "CR8-store exiting")
VMX_CONTROL(proc, 21, use_tpr_shadow, "Use TPR shadow")
VMX_CONTROL(proc, 22, nmi_window_exiting, "NMI-window exiting")
VMX_CONTROL(proc, 23, mov_dr_exiting, "MOV-DR exiting")
VMX_CONTROL(proc, 24, unconditional_io_exiting, "Unconditional I/O exiting")
VMX_CONTROL(proc, 25, use_io_bitmaps, "Use I/O bitmaps")
VMX_CONTROL(proc, 27, monitor_trap_flag, "Monitor trap flag")
VMX_CONTROL(proc, 28, use_msr_bitmaps, "Use MSR bitmaps")
VMX_CONTROL(proc, 29, monitor_exiting, "MONITOR exiting")
VMX_CONTROL(proc, 30, pause_exiting, "PAUSE exiting")
VMX_CONTROL(proc, 31, activate_secondary_controls, "Activate secondary controls")

VMX_CONTROL_GROUP(proc2, SECONDARY_CONTROLS, 0x48b, 0, "Secondary processor-based VM-execution controls")
VMX_CONTROL(proc2, 0, virtualize_apic_accesses, "Virtualize APIC accesses")
VMX_CONTROL(proc2, 1, enable_ept, "Enable EPT")
VMX_CONTROL(proc2, 2, descriptor_table_exiting, "Descriptor-table exiting")
VMX_CONTROL(proc2, 3, enable_rdtscp, "Enable RDTSCP")
VMX_CONTROL(proc2, 4, virtualize_x2apic_mode, "Virtualize x2APIC mode")
VMX_CONTROL(proc2, 5, enable_vpid, "Enable VPID")
VMX_CONTROL(proc2, 6, wbinvd_exiting, "WBINVD exiting")
VMX_CONTROL(proc2, 7, unrestricted_guest, "Unrestricted guest")
VMX_CONTROL(proc2, 8, apic_register_virtualization, "APIC-register virtualization")
VMX_CONTROL(proc2, 9, virtual_interrupt_delivery, "Virtual-interrupt delivery")
VMX_CONTROL(proc2, 10, pause_loop_exiting, "PAUSE-loop exiting")
VMX_CONTROL(proc2, 11, rdrand_exiting, "RDRAND exiting")
VMX_CONTROL(proc2, 12, enable_invpcid, "Enable INVPCID")
VMX_CONTROL(proc2, 13, enable_vm_functions, "Enable VM functions")
VMX_CONTROL(proc2, 14, vmcs_shadowing, "VMCS shadowing")
VMX_CONTROL(proc2, 15, enable_encls_exiting, "Enable ENCLS exiting")
VMX_CONTROL(proc2, 16, rdseed_exiting, "RDSEED exiting")
VMX_CONTROL(proc2, 17, enable_pml, "Enable PML")
VMX_CONTROL(proc2, 18, ept_violation_ve, "EPT-violation #VE")
VMX_CONTROL(proc2, 19, conceal_vmx_from_pt, "Conceal VMX from PT")
VMX_CONTROL(proc2, 20, enable_xsaves_xrstors, "Enable XSAVES/XRSTORS")
VMX_CONTROL(proc2, 21, pasid_translation, "PASID translation")
VMX_CONTROL(proc2, 22, mode_based_execute_control, "Mode-based execute control for EPT")
VMX_CONTROL(proc2, 23, subpage_write_permissions, "Sub-page write permissions for EPT")
VMX_CONTROL(proc2, 24, pt_uses_guest_physical, "Intel PT uses guest physical addresses")
VMX_CONTROL(proc2, 25, use_tsc_scaling, "Use TSC scaling")
VMX_CONTROL(proc2, 26, enable_user_wait_pause, "Enable user wait and pause")
VMX_CONTROL(proc2, 27, enable_pconfig, "Enable PCONFIG")
VMX_CONTROL(proc2, 28, enable_enclv_exiting, "Enable ENCLV exiting")
VMX_CONTROL(proc2, 30, bus_lock_detection, "VMM bus-lock detection")
VMX_CONTROL(proc2, 31, instruction_timeout, "Instruction timeout")

VMX_CONTROL_GROUP(proc3, TERTIARY_CONTROLS, 0x492, 0, "Tertiary processor-based VM-execution controls")
VMX_CONTROL(proc3, 0, loadiwkey_exiting, "LOADIWKEY exiting")
VMX_CONTROL(proc3, 1, enable_hlat, "Enable HLAT")
VMX_CONTROL(proc3, 2, ept_paging_write_control, "EPT paging-write control")
VMX_CONTROL(proc3, 3, guest_paging_verification, "Guest-paging verification")
VMX_CONTROL(proc3, 4, ipi_virtualization, "IPI virtualization")
VMX_CONTROL(proc3, 6, enable_msr_list_instructions, "Enable MSR-list instructions")
VMX_CONTROL(proc3, 7, virtualize_spec_ctrl, "Virtualize IA32_SPEC_CTRL")
VMX_CONTROL(proc3, 8, apic_timer_virtualization, "APIC-timer virtualization")

VMX_CONTROL_GROUP(exit, EXIT_CONTROLS, 0x483, 0x48f, "Primary VM-exit controls")
VMX_CONTROL(exit, 2, save_debug_controls, "Save debug controls")
VMX_CONTROL(exit, 9, host_address_space_size, "Host address-space size")
VMX_CONTROL(exit, 12, load_perf_global_ctrl, "Load IA32_PERF_GLOBAL_CTRL")
VMX_CONTROL(exit, 15, acknowledge_interrupt, "Acknowledge interrupt on exit")
VMX_CONTROL(exit, 18, save_pat, "Save IA32_PAT")
VMX_CONTROL(exit, 19, load_pat, "Load IA32_PAT")
VMX_CONTROL(exit, 20, save_efer, "Save IA32_EFER")
VMX_CONTROL(exit, 21, load_efer, "Load IA32_EFER")
VMX_CONTROL(exit, 22, save_preemption_timer, "Save VMX-preemption timer value")
VMX_CONTROL(exit, 23, clear_bndcfgs, "Clear IA32_BNDCFGS")
VMX_CONTROL(exit, 24, conceal_vmx_from_pt, "Conceal VMX from PT")
VMX_CONTROL(exit, 25, clear_rtit_ctl, "Clear IA32_RTIT_CTL")
VMX_CONTROL(exit, 26, clear_lbr_ctl, "Clear IA32_LBR_CTL")
VMX_CONTROL(exit, 27, clear_uinv, "Clear UINV")
VMX_CONTROL(exit, 28, load_cet_state, "Load CET state")
VMX_CONTROL(exit, 29, load_pkrs, "Load PKRS")
VMX_CONTROL(exit, 30, save_perf_global_ctrl, "Save IA32_PERF_GLOBAL_CTRL")
VMX_CONTROL(exit, 31, activate_secondary_controls, "Activate secondary controls")

VMX_CONTROL_GROUP(exit2, SECONDARY_EXIT_CONTROLS, 0x493, 0, "Secondary VM-exit controls")
VMX_CONTROL(exit2, 0, save_fred, "Save IA32_FRED")
VMX_CONTROL(exit2, 1, load_fred, "Load IA32_FRED")
VMX_CONTROL(exit2, 2, load_spec_ctrl, "Load IA32_SPEC_CTRL")
VMX_CONTROL(exit2, 3, prematurely_busy_shadow_stack, "Prematurely busy shadow stack")

VMX_CONTROL_GROUP(entry, ENTRY_CONTROLS, 0x484, 0x490, "VM-entry controls")
VMX_CONTROL(entry, 2, load_debug_controls, "Load debug controls")
VMX_CONTROL(entry, 9, ia32e_mode_guest, "IA-32e mode guest")
VMX_CONTROL(entry, 10, entry_to_smm, "Entry to SMM")
VMX_CONTROL(entry, 11, deactivate_dual_monitor, "Deactivate dual-monitor treatment")
VMX_CONTROL(entry, 13, load_perf_global_ctrl, "Load IA32_PERF_GLOBAL_CTRL")
VMX_CONTROL(entry, 14, load_pat, "Load IA32_PAT")
VMX_CONTROL(entry, 15, load_efer, "Load IA32_EFER")
VMX_CONTROL(entry, 16, load_bndcfgs, "Load IA32_BNDCFGS")
VMX_CONTROL(entry, 17, conceal_vmx_from_pt, "Conceal VMX from PT")
VMX_CONTROL(entry, 18, load_rtit_ctl, "Load IA32_RTIT_CTL")
VMX_CONTROL(entry, 19, load_uinv, "Load UINV")
VMX_CONTROL(entry, 20, load_cet_state, "Load CET state")
VMX_CONTROL(entry, 21, load_lbr_ctl, "Load guest IA32_LBR_CTL")
VMX_CONTROL(entry, 22, load_pkrs, "Load PKRS")
VMX_CONTROL(entry, 23, load_fred, "Load IA32_FRED")
VMX_CONTROL(entry, 24, load_spec_ctrl, "Load IA32_SPEC_CTRL")

VMX_CONTROL_GROUP(vmfunc, VM_FUNCTION_CONTROLS, 0x491, 0, "VM-function controls")
VMX_CONTROL(vmfunc, 0, eptp_switching, "EPTP switching")

#undef VMX_CONTROL_GROUP
#undef VMX_CONTROL
