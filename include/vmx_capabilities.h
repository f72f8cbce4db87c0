/* SPDX-License-Identifier: GPL-2.0 */
/*
 * VMX_CAPABILITY(group, msr, bit, width, ident): a field of a capability MSR
 * that is no VMX control.
 *
 * group.ident	its name in vmxfs' caps file
 * bit, width	where it is in the MSR, in bits
 *
 * SDM, appendix "VMX Capability Reporting Facility": "Basic VMX Information",
 * "Miscellaneous Data", "VPID and EPT Capabilities",
 * "VMX-Fixed Bits in CR0", "VMX-Fixed Bits in CR4": a bit of CR4 that may be 1.
 * Define the macro and include this file; it undefines the macro.
 */
VMX_CAPABILITY(basic, 0x480, 0, 31, revision)
VMX_CAPABILITY(basic, 0x480, 32, 13, region_size)
VMX_CAPABILITY(basic, 0x480, 48, 1, addresses_32_bits)
VMX_CAPABILITY(basic, 0x480, 49, 1, dual_monitor)
VMX_CAPABILITY(basic, 0x480, 50, 4, memory_type)
VMX_CAPABILITY(basic, 0x480, 54, 1, ins_outs_information)
VMX_CAPABILITY(basic, 0x480, 55, 1, true_controls)
VMX_CAPABILITY(basic, 0x480, 56, 1, any_error_code)
VMX_CAPABILITY(basic, 0x480, 58, 1, nested_exception)

VMX_CAPABILITY(misc, 0x485, 0, 5, preemption_timer_rate)
VMX_CAPABILITY(misc, 0x485, 5, 1, store_lma)
VMX_CAPABILITY(misc, 0x485, 6, 1, activity_hlt)
VMX_CAPABILITY(misc, 0x485, 7, 1, activity_shutdown)
VMX_CAPABILITY(misc, 0x485, 8, 1, activity_wait_for_sipi)
VMX_CAPABILITY(misc, 0x485, 14, 1, pt_in_vmx)
VMX_CAPABILITY(misc, 0x485, 15, 1, smbase_in_smm)
VMX_CAPABILITY(misc, 0x485, 16, 9, cr3_target_values)
VMX_CAPABILITY(misc, 0x485, 25, 3, max_msr_list)
VMX_CAPABILITY(misc, 0x485, 28, 1, smm_monitor_ctl)
VMX_CAPABILITY(misc, 0x485, 29, 1, vmwrite_any_field)
VMX_CAPABILITY(misc, 0x485, 30, 1, inject_zero_length)
VMX_CAPABILITY(misc, 0x485, 32, 32, mseg_revision)

VMX_CAPABILITY(ept, 0x48c, 0, 1, execute_only)
VMX_CAPABILITY(ept, 0x48c, 6, 1, walk_length_4)
VMX_CAPABILITY(ept, 0x48c, 7, 1, walk_length_5)
VMX_CAPABILITY(ept, 0x48c, 8, 1, structures_uc)
VMX_CAPABILITY(ept, 0x48c, 14, 1, structures_wb)
VMX_CAPABILITY(ept, 0x48c, 16, 1, page_2mb)
VMX_CAPABILITY(ept, 0x48c, 17, 1, page_1gb)
VMX_CAPABILITY(ept, 0x48c, 20, 1, invept)
VMX_CAPABILITY(ept, 0x48c, 21, 1, accessed_dirty)
VMX_CAPABILITY(ept, 0x48c, 22, 1, advanced_exit_information)
VMX_CAPABILITY(ept, 0x48c, 23, 1, supervisor_shadow_stack)
VMX_CAPABILITY(ept, 0x48c, 25, 1, invept_single_context)
VMX_CAPABILITY(ept, 0x48c, 26, 1, invept_all_context)
VMX_CAPABILITY(vpid, 0x48c, 32, 1, invvpid)
VMX_CAPABILITY(vpid, 0x48c, 40, 1, invvpid_individual_address)
VMX_CAPABILITY(vpid, 0x48c, 41, 1, invvpid_single_context)
VMX_CAPABILITY(vpid, 0x48c, 42, 1, invvpid_all_context)
VMX_CAPABILITY(vpid, 0x48c, 43, 1, invvpid_single_context_retaining_globals)
VMX_CAPABILITY(vpid, 0x48c, 48, 6, max_hlat_prefix_size)

VMX_CAPABILITY(cr0, 0x486, 0, 64, fixed0)
VMX_CAPABILITY(cr0, 0x487, 0, 64, fixed1)
VMX_CAPABILITY(cr4, 0x488, 0, 64, fixed0)
VMX_CAPABILITY(cr4, 0x489, 0, 64, fixed1)
VMX_CAPABILITY(cr4, 0x489, 0, 1, vme)
VMX_CAPABILITY(cr4, 0x489, 1, 1, pvi)
VMX_CAPABILITY(cr4, 0x489, 2, 1, tsd)
VMX_CAPABILITY(cr4, 0x489, 3, 1, de)
VMX_CAPABILITY(cr4, 0x489, 4, 1, pse)
VMX_CAPABILITY(cr4, 0x489, 5, 1, pae)
VMX_CAPABILITY(cr4, 0x489, 6, 1, mce)
VMX_CAPABILITY(cr4, 0x489, 7, 1, pge)
VMX_CAPABILITY(cr4, 0x489, 8, 1, pce)
VMX_CAPABILITY(cr4, 0x489, 9, 1, osfxsr)
VMX_CAPABILITY(cr4, 0x489, 10, 1, osxmmexcpt)
VMX_CAPABILITY(cr4, 0x489, 11, 1, umip)
VMX_CAPABILITY(cr4, 0x489, 12, 1, la57)
VMX_CAPABILITY(cr4, 0x489, 13, 1, vmxe)
VMX_CAPABILITY(cr4, 0x489, 14, 1, smxe)
VMX_CAPABILITY(cr4, 0x489, 16, 1, fsgsbase)
VMX_CAPABILITY(cr4, 0x489, 17, 1, pcide)
VMX_CAPABILITY(cr4, 0x489, 18, 1, osxsave)
VMX_CAPABILITY(cr4, 0x489, 19, 1, kl)
VMX_CAPABILITY(cr4, 0x489, 20, 1, smep)
VMX_CAPABILITY(cr4, 0x489, 21, 1, smap)
VMX_CAPABILITY(cr4, 0x489, 22, 1, pke)
VMX_CAPABILITY(cr4, 0x489, 23, 1, cet)
VMX_CAPABILITY(cr4, 0x489, 24, 1, pks)
VMX_CAPABILITY(cr4, 0x489, 25, 1, uintr)
VMX_CAPABILITY(cr4, 0x489, 27, 1, lass)
VMX_CAPABILITY(cr4, 0x489, 28, 1, lam_sup)
VMX_CAPABILITY(cr4, 0x489, 32, 1, fred)
VMX_CAPABILITY(vmcs, 0x48a, 1, 9, highest_index)

/*
 * The MSRs as they are: 0 where the processor does not have one. cr0.fixed0 and so on are such,
 * too.
 */
VMX_CAPABILITY(msr, 0x480, 0, 64, vmx_basic)
VMX_CAPABILITY(msr, 0x481, 0, 64, vmx_pinbased_ctls)
VMX_CAPABILITY(msr, 0x482, 0, 64, vmx_procbased_ctls)
VMX_CAPABILITY(msr, 0x483, 0, 64, vmx_exit_ctls)
VMX_CAPABILITY(msr, 0x484, 0, 64, vmx_entry_ctls)
VMX_CAPABILITY(msr, 0x485, 0, 64, vmx_misc)
VMX_CAPABILITY(msr, 0x48a, 0, 64, vmx_vmcs_enum)
VMX_CAPABILITY(msr, 0x48b, 0, 64, vmx_procbased_ctls2)
VMX_CAPABILITY(msr, 0x48c, 0, 64, vmx_ept_vpid_cap)
VMX_CAPABILITY(msr, 0x48d, 0, 64, vmx_true_pinbased_ctls)
VMX_CAPABILITY(msr, 0x48e, 0, 64, vmx_true_procbased_ctls)
VMX_CAPABILITY(msr, 0x48f, 0, 64, vmx_true_exit_ctls)
VMX_CAPABILITY(msr, 0x490, 0, 64, vmx_true_entry_ctls)
VMX_CAPABILITY(msr, 0x491, 0, 64, vmx_vmfunc)
VMX_CAPABILITY(msr, 0x492, 0, 64, vmx_procbased_ctls3)
VMX_CAPABILITY(msr, 0x493, 0, 64, vmx_exit_ctls2)

/*
 * No capability: IA32_FEATURE_CONTROL, by which the firmware allows VMX. SDM, "Enabling and
 * Entering VMX Operation"
 */
VMX_CAPABILITY(feature_control, 0x3a, 0, 1, lock)
VMX_CAPABILITY(feature_control, 0x3a, 1, 1, vmx_in_smx)
VMX_CAPABILITY(feature_control, 0x3a, 2, 1, vmx_outside_smx)

/*
 * No capabilities: what the host has in MSRs that a case may make 0, if it is 0 there; and
 * IA32_MTRRCAP[SEAMRR], which says that there is TDX, and the revision of the microcode, which
 * an emulator need not have.
 */
VMX_CAPABILITY(host, 0x1c, 0, 64, user_msr_ctl)
VMX_CAPABILITY(host, 0x48, 0, 64, spec_ctrl)
VMX_CAPABILITY(host, 0x8b, 32, 32, microcode)
VMX_CAPABILITY(host, 0xfe, 15, 1, seamrr)
VMX_CAPABILITY(host, 0x38f, 0, 64, perf_global_ctrl)
VMX_CAPABILITY(host, 0x570, 0, 64, rtit_ctl)
VMX_CAPABILITY(host, 0x6a2, 0, 64, s_cet)
VMX_CAPABILITY(host, 0xda0, 0, 64, xss)
VMX_CAPABILITY(host, 0x14ce, 0, 64, lbr_ctl)
#undef VMX_CAPABILITY
