/* SPDX-License-Identifier: GPL-2.0 */
/*
 * CHECK(group, number, section, condition, text): a check of VM entry.
 *
 * group, number	its id, "controls-12", which cases/coverage/4-checks has, too
 * section		see sections.h
 * condition		what must hold, in the words of words.h
 * text			the same for people
 *
 * OPTIONAL_CHECK: the SDM says that a processor may do without it.
 *
 * Define one macro or both and include this file; it undefines them.
 */
#ifndef OPTIONAL_CHECK
#define OPTIONAL_CHECK CHECK
#endif

CHECK(controls, 1, EXECUTION, vc_reserved(d, VMCS_PIN_BASED_CONTROLS, 0x481, 0x48d),
      "Reserved bits of the pin-based controls are as the capability MSR says")
CHECK(controls, 2, EXECUTION, vc_reserved(d, VMCS_PROC_BASED_CONTROLS, 0x482, 0x48e),
      "Reserved bits of the primary processor-based controls are as the capability MSR says")
CHECK(controls, 3, EXECUTION,
      IN(proc, activate_secondary_controls, vc_reserved(d, VMCS_SECONDARY_CONTROLS, 0x48b, 0)),
      "Reserved bits of the secondary processor-based controls are as the capability MSR says, if these controls are activated")
CHECK(controls, 4, EXECUTION,
      IN(proc, activate_tertiary_controls, vc_reserved_64(d, VMCS_TERTIARY_CONTROLS, 0x492)),
      "Reserved bits of the tertiary processor-based controls are 0, if these controls are activated")
CHECK(controls, 5, EXECUTION, vc_at_most(FIELD(CR3_TARGET_COUNT), CR3_TARGETS),
      "The CR3-target count is at most what IA32_VMX_MISC says")
CHECK(controls, 6, EXECUTION, IN(proc, use_io_bitmaps, PAGE(IO_BITMAP_A)),
      "With \"use I/O bitmaps\" bits 11:0 of the address of bitmap A, and those beyond the physical-address width, are 0")
CHECK(controls, 7, EXECUTION, IN(proc, use_io_bitmaps, PAGE(IO_BITMAP_B)),
      "With \"use I/O bitmaps\" bits 11:0 of the address of bitmap B, and those beyond the physical-address width, are 0")
CHECK(controls, 8, EXECUTION, IN(proc, use_msr_bitmaps, PAGE(MSR_BITMAPS)),
      "With \"use MSR bitmaps\" bits 11:0 of their address, and those beyond the physical-address width, are 0")
CHECK(controls, 9, EXECUTION, IN(proc, use_tpr_shadow, PAGE(VIRTUAL_APIC_ADDRESS)),
      "With \"use TPR shadow\" bits 11:0 of the virtual-APIC address, and those beyond the physical-address width, are 0")
CHECK(controls, 10, EXECUTION,
      IF(ALL(ON(proc, use_tpr_shadow), NOT(ON(proc2, virtual_interrupt_delivery))),
	 CLEAR(FIELD(TPR_THRESHOLD), 4, 31)),
      "With \"use TPR shadow\" and without \"virtual-interrupt delivery\" bits 31:4 of the TPR threshold are 0")
CHECK(controls, 11, EXECUTION,
      IF(ALL(ON(proc, use_tpr_shadow), NOT(ON(proc2, virtual_interrupt_delivery)),
	     NOT(ON(proc2, virtualize_apic_accesses))),
	 ANY(CLEAR(FIELD(TPR_THRESHOLD), 0, 3),
	     vc_at_most(BITS(FIELD(TPR_THRESHOLD), 0, 3),
			BITS(vc_memory(d, FIELD(VIRTUAL_APIC_ADDRESS), 0x80), 4, 7)))),
      "With \"use TPR shadow\", without \"virtual-interrupt delivery\" and \"virtualize APIC accesses\", bits 3:0 of the TPR threshold are at most bits 7:4 of VTPR")
CHECK(controls, 12, EXECUTION, IN(pin, virtual_nmis, ON(pin, nmi_exiting)),
      "\"Virtual NMIs\" needs \"NMI exiting\"")
CHECK(controls, 13, EXECUTION, IN(proc, nmi_window_exiting, ON(pin, virtual_nmis)),
      "\"NMI-window exiting\" needs \"virtual NMIs\"")
CHECK(controls, 14, EXECUTION, IN(proc2, virtualize_apic_accesses, PAGE(APIC_ACCESS_ADDRESS)),
      "With \"virtualize APIC accesses\" bits 11:0 of the APIC-access address, and those beyond the physical-address width, are 0")
CHECK(controls, 15, EXECUTION, IN(proc2, virtualize_x2apic_mode, ON(proc, use_tpr_shadow)),
      "\"Virtualize x2APIC mode\" needs \"use TPR shadow\"")
CHECK(controls, 16, EXECUTION, IN(proc2, apic_register_virtualization, ON(proc, use_tpr_shadow)),
      "\"APIC-register virtualization\" needs \"use TPR shadow\"")
CHECK(controls, 17, EXECUTION, IN(proc2, virtual_interrupt_delivery, ON(proc, use_tpr_shadow)),
      "\"Virtual-interrupt delivery\" needs \"use TPR shadow\"")
CHECK(controls, 18, EXECUTION, IN(proc3, ipi_virtualization, ON(proc, use_tpr_shadow)),
      "\"IPI virtualization\" needs \"use TPR shadow\"")
CHECK(controls, 19, EXECUTION,
      NOT(ALL(ON(proc2, virtualize_x2apic_mode), ON(proc2, virtualize_apic_accesses))),
      "\"Virtualize x2APIC mode\" and \"virtualize APIC accesses\" exclude each other")
CHECK(controls, 20, EXECUTION,
      IN(proc2, virtual_interrupt_delivery, ON(pin, external_interrupt_exiting)),
      "\"Virtual-interrupt delivery\" needs \"external-interrupt exiting\"")
CHECK(controls, 21, EXECUTION, IN(pin, posted_interrupts, ON(proc2, virtual_interrupt_delivery)),
      "\"Process posted interrupts\" needs \"virtual-interrupt delivery\"")
CHECK(controls, 22, EXECUTION, IN(pin, posted_interrupts, ON(exit, acknowledge_interrupt)),
      "\"Process posted interrupts\" needs \"acknowledge interrupt on exit\"")
CHECK(controls, 23, EXECUTION,
      IN(pin, posted_interrupts, CLEAR(FIELD(POSTED_INTERRUPT_VECTOR), 8, 15)),
      "With \"process posted interrupts\" bits 15:8 of the notification vector are 0")
CHECK(controls, 24, EXECUTION,
      IN(pin, posted_interrupts, CLEAR(FIELD(POSTED_INTERRUPT_DESCRIPTOR), 0, 5)),
      "With \"process posted interrupts\" bits 5:0 of the descriptor's address are 0")
CHECK(controls, 25, EXECUTION,
      IN(pin, posted_interrupts, FITS(FIELD(POSTED_INTERRUPT_DESCRIPTOR))),
      "With \"process posted interrupts\" the descriptor's address has no bits beyond the physical-address width")
CHECK(controls, 26, EXECUTION, IN(proc2, enable_vpid, NOT(IS(FIELD(VIRTUAL_PROCESSOR_ID), 0))),
      "With \"enable VPID\" the VPID is not 0")
CHECK(controls, 27, EXECUTION, IN(proc2, enable_ept, EPTP_TYPE(FIELD(EPT_POINTER))),
      "With \"enable EPT\" the memory type of the EPT pointer is one that the processor has")
CHECK(controls, 28, EXECUTION, IN(proc2, enable_ept, EPTP_LENGTH(FIELD(EPT_POINTER))),
      "With \"enable EPT\" the page-walk length of the EPT pointer is one that the processor has")
CHECK(controls, 29, EXECUTION, IN(proc2, enable_ept, EPTP_DIRTY(FIELD(EPT_POINTER))),
      "With \"enable EPT\" bit 6 of the EPT pointer is 0 if the processor has no accessed and dirty flags for EPT")
CHECK(controls, 30, EXECUTION, IN(proc2, enable_ept, EPTP_SHADOW_STACK(FIELD(EPT_POINTER))),
      "With \"enable EPT\" bit 7 of the EPT pointer is 0 if the processor has no supervisor shadow-stack pages")
CHECK(controls, 31, EXECUTION, IN(proc2, enable_ept, EPTP_RESERVED(FIELD(EPT_POINTER))),
      "With \"enable EPT\" bits 11:8 of the EPT pointer are 0")
CHECK(controls, 32, EXECUTION, IN(proc2, enable_ept, FITS(FIELD(EPT_POINTER))),
      "With \"enable EPT\" the EPT pointer has no bits beyond the physical-address width")
CHECK(controls, 33, EXECUTION, IN(proc2, enable_pml, ON(proc2, enable_ept)),
      "\"Enable PML\" needs \"enable EPT\"")
CHECK(controls, 34, EXECUTION, IN(proc2, enable_pml, PAGE(PML_ADDRESS)),
      "With \"enable PML\" bits 11:0 of the PML address, and those beyond the physical-address width, are 0")
CHECK(controls, 35, EXECUTION, IN(proc2, unrestricted_guest, ON(proc2, enable_ept)),
      "\"Unrestricted guest\" needs \"enable EPT\"")
CHECK(controls, 36, EXECUTION, IN(proc2, mode_based_execute_control, ON(proc2, enable_ept)),
      "\"Mode-based execute control for EPT\" needs \"enable EPT\"")
CHECK(controls, 37, EXECUTION, IN(proc2, subpage_write_permissions, ON(proc2, enable_ept)),
      "\"Sub-page write permissions for EPT\" needs \"enable EPT\"")
CHECK(controls, 38, EXECUTION, IN(proc2, subpage_write_permissions, PAGE(SPPT_POINTER)),
      "With \"sub-page write permissions for EPT\" bits 11:0 of its pointer, and those beyond the physical-address width, are 0")
CHECK(controls, 39, EXECUTION,
      IN(proc2, enable_vm_functions, vc_reserved_64(d, VMCS_VM_FUNCTION_CONTROLS, 0x491)),
      "With \"enable VM functions\" reserved bits of the VM-function controls are 0")
CHECK(controls, 40, EXECUTION, IN(vmfunc, eptp_switching, ON(proc2, enable_ept)),
      "\"EPTP switching\" needs \"enable EPT\"")
CHECK(controls, 41, EXECUTION, IN(vmfunc, eptp_switching, PAGE(EPTP_LIST_ADDRESS)),
      "With \"EPTP switching\" bits 11:0 of the EPTP-list address, and those beyond the physical-address width, are 0")
CHECK(controls, 42, EXECUTION, IN(proc2, vmcs_shadowing, PAGE(VMREAD_BITMAP_ADDRESS)),
      "With \"VMCS shadowing\" bits 11:0 of the VMREAD-bitmap address, and those beyond the physical-address width, are 0")
CHECK(controls, 43, EXECUTION, IN(proc2, vmcs_shadowing, PAGE(VMWRITE_BITMAP_ADDRESS)),
      "With \"VMCS shadowing\" bits 11:0 of the VMWRITE-bitmap address, and those beyond the physical-address width, are 0")
CHECK(controls, 44, EXECUTION, IN(proc2, ept_violation_ve, PAGE(VE_INFORMATION_ADDRESS)),
      "With \"EPT-violation #VE\" bits 11:0 of the virtualization-exception information address, and those beyond the physical-address width, are 0")
CHECK(controls, 45, EXECUTION,
      IN(proc2, pt_uses_guest_physical,
	 ALL(ON(proc2, enable_ept), ON(entry, load_rtit_ctl), ON(exit, clear_rtit_ctl))),
      "\"Intel PT uses guest physical addresses\" needs \"enable EPT\", \"load IA32_RTIT_CTL\" and \"clear IA32_RTIT_CTL\"")
CHECK(controls, 46, EXECUTION, IN(proc2, use_tsc_scaling, NOT(IS(FIELD(TSC_MULTIPLIER), 0))),
      "With \"use TSC scaling\" the TSC multiplier is not 0")
CHECK(controls, 47, EXECUTION,
      ALL(PART(IN(proc3, enable_hlat,
		  ALL(ON(proc2, enable_ept), vc_zero(FIELD(HLAT_POINTER), 7 | 0x7f << 5),
		      FITS(FIELD(HLAT_POINTER))))),
	  PART(IN(proc3, ept_paging_write_control, ON(proc2, enable_ept))),
	  PART(IN(proc3, guest_paging_verification, ON(proc2, enable_ept)))),
      "\"Enable HLAT\", \"EPT paging-write control\" and \"guest-paging verification\" need \"enable EPT\"; reserved bits of the HLAT pointer are 0")
CHECK(controls, 48, EXECUTION,
      IN(proc2, pasid_translation,
	 ALL(PAGE(LOW_PASID_DIRECTORY_ADDRESS), PAGE(HIGH_PASID_DIRECTORY_ADDRESS))),
      "With \"PASID translation\" bits 11:0 of the PASID directory addresses, and those beyond the physical-address width, are 0")
CHECK(controls, 49, EXECUTION,
      IN(proc3, ipi_virtualization,
	 ALL(CLEAR(FIELD(PID_POINTER_TABLE_ADDRESS), 0, 2),
	     FITS(FIELD(PID_POINTER_TABLE_ADDRESS)),
	     vc_fits(d, FIELD(PID_POINTER_TABLE_ADDRESS),
		     vc_times(FIELD(LAST_PID_POINTER_INDEX), 8, 0)))),
      "With \"IPI virtualization\" bits 2:0 of the PID-pointer table address are 0, and it and the address of its last entry have no bits beyond the physical-address width")

CHECK(controls, 80, EXECUTION,
      IN(proc3, apic_timer_virtualization,
	 ALL(ON(proc2, virtual_interrupt_delivery), NOT(ON(proc, rdtsc_exiting)),
	     CLEAR(FIELD(VIRTUAL_TIMER_VECTOR), 8, 15))),
      "\"APIC-timer virtualization\" needs \"virtual-interrupt delivery\" 1 and \"RDTSC exiting\" 0; bits 15:8 of the virtual timer vector are 0")
CHECK(controls, 81, EXECUTION, IF(ON(entry, load_rtit_ctl), NOT(BIT(FACT(TRACING), 0))),
      "\"Load IA32_RTIT_CTL\" is 0 if Intel PT traces at the time of VM entry")

CHECK(controls, 50, EXIT, vc_reserved(d, VMCS_EXIT_CONTROLS, 0x483, 0x48f),
      "Reserved bits of the primary VM-exit controls are as the capability MSR says")
CHECK(controls, 51, EXIT,
      IN(exit, activate_secondary_controls, vc_reserved_64(d, VMCS_SECONDARY_EXIT_CONTROLS, 0x493)),
      "Reserved bits of the secondary VM-exit controls are 0, if these controls are activated")
CHECK(controls, 52, EXIT, IN(exit, save_preemption_timer, ON(pin, preemption_timer)),
      "\"Save VMX-preemption timer value\" needs \"activate VMX-preemption timer\"")
CHECK(controls, 53, EXIT,
      IF_COUNT(EXIT_MSR_STORE_COUNT, CLEAR(FIELD(EXIT_MSR_STORE_ADDRESS), 0, 3)),
      "Bits 3:0 of the VM-exit MSR-store address are 0 if the count is not 0")
CHECK(controls, 54, EXIT, IF_COUNT(EXIT_MSR_STORE_COUNT, FITS(FIELD(EXIT_MSR_STORE_ADDRESS))),
      "The VM-exit MSR-store address has no bits beyond the physical-address width if the count is not 0")
CHECK(controls, 55, EXIT,
      IF_COUNT(EXIT_MSR_STORE_COUNT, LIST_FITS(EXIT_MSR_STORE_ADDRESS, EXIT_MSR_STORE_COUNT, 16)),
      "The address of the last byte of the VM-exit MSR-store area has no bits beyond the physical-address width")
CHECK(controls, 56, EXIT,
      IF_COUNT(EXIT_MSR_LOAD_COUNT, CLEAR(FIELD(EXIT_MSR_LOAD_ADDRESS), 0, 3)),
      "Bits 3:0 of the VM-exit MSR-load address are 0 if the count is not 0")
CHECK(controls, 57, EXIT, IF_COUNT(EXIT_MSR_LOAD_COUNT, FITS(FIELD(EXIT_MSR_LOAD_ADDRESS))),
      "The VM-exit MSR-load address has no bits beyond the physical-address width if the count is not 0")
CHECK(controls, 58, EXIT,
      IF_COUNT(EXIT_MSR_LOAD_COUNT, LIST_FITS(EXIT_MSR_LOAD_ADDRESS, EXIT_MSR_LOAD_COUNT, 16)),
      "The address of the last byte of the VM-exit MSR-load area has no bits beyond the physical-address width")

CHECK(controls, 59, ENTRY, vc_reserved(d, VMCS_ENTRY_CONTROLS, 0x484, 0x490),
      "Reserved bits of the VM-entry controls are as the capability MSR says")
CHECK(controls, 60, ENTRY, NOT(ALL(INJECTION, IS(EVENT_TYPE, 1))),
      "The interruption type of an event that is injected is not 1")
CHECK(controls, 61, ENTRY,
      IF(ALL(INJECTS(OTHER_EVENT), IS(VECTOR, 0)), BIT(MSR(0x482), 32 + 27)),
      "Interruption type 7 needs a processor that has \"monitor trap flag\"")
CHECK(controls, 62, ENTRY, IF(INJECTS(NMI), IS(VECTOR, 2)), "The vector of an NMI is 2")
CHECK(controls, 63, ENTRY, IF(INJECTS(HW_EXCEPTION), vc_at_most(VECTOR, NUMBER(31))),
      "The vector of a hardware exception is at most 31")
CHECK(controls, 64, ENTRY,
      IF(INJECTS(OTHER_EVENT), ANY(IS(VECTOR, 0), ALL(CR4_FRED(GUEST_CR4), IA32E, vc_at_most(VECTOR, NUMBER(2))))),
      "The vector of interruption type 7 is 0; with CR4.FRED 1 it can be 1 and 2")
CHECK(controls, 65, ENTRY,
      IF(ALL(INJECTION, DELIVERS_ERROR_CODE), IS(EVENT_TYPE, 3)),
      "Bit 11 of the interruption information is 0 unless the type is hardware exception")
CHECK(controls, 66, ENTRY, IF(ALL(INJECTION, DELIVERS_ERROR_CODE), TAKES_ERROR_CODE),
      "Bit 11 of the interruption information is 0 if the guest's CR0.PE is 0")
CHECK(controls, 67, ENTRY,
      IF(ALL(INJECTS(HW_EXCEPTION), ONE_OF(VECTOR, WITH_ERROR_CODE), TAKES_ERROR_CODE,
	     NOT(CAN(basic, any_error_code))), DELIVERS_ERROR_CODE),
      "Bit 11 of the interruption information is 1 for an exception with an error code, where IA32_VMX_BASIC bit 56 is 0")
CHECK(controls, 68, ENTRY,
      IF(ALL(INJECTS(HW_EXCEPTION), NOT(ONE_OF(VECTOR, WITH_ERROR_CODE)),
	     NOT(CAN(basic, any_error_code))), NOT(DELIVERS_ERROR_CODE)),
      "Bit 11 of the interruption information is 0 for an exception without error code, where IA32_VMX_BASIC bit 56 is 0")
CHECK(controls, 69, ENTRY,
      IF(INJECTION, ALL(CLEAR(EVENT, 14, 30), CLEAR(EVENT, 12, 12),
			ANY(CLEAR(EVENT, 13, 13),
			    ALL(CAN(basic, nested_exception), IS(EVENT_TYPE, 3))))),
      "Bits 30:12 of the interruption information are 0; bit 13 of a hardware exception can be 1 where IA32_VMX_BASIC bit 58 is 1")
CHECK(controls, 70, ENTRY,
      IF(ALL(INJECTION, DELIVERS_ERROR_CODE), CLEAR(FIELD(ENTRY_EXCEPTION_ERROR_CODE), 16, 31)),
      "Bits 31:16 of the error code are 0 if it is delivered")
CHECK(controls, 71, ENTRY,
      IF(ANY(INJECTS_ONE_OF(SOFTWARE), ALL(INJECTS(OTHER_EVENT), NOT(IS(VECTOR, 0)))),
	 vc_at_most(FIELD(ENTRY_INSTRUCTION_LENGTH), NUMBER(15))),
      "The instruction length of a software interrupt or exception is at most 15")
CHECK(controls, 72, ENTRY,
      IF(ALL(INJECTS_ONE_OF(SOFTWARE), IS(FIELD(ENTRY_INSTRUCTION_LENGTH), 0)),
	 CAN(misc, inject_zero_length)),
      "The instruction length of a software interrupt or exception is not 0, unless IA32_VMX_MISC bit 30 is 1")
CHECK(controls, 73, ENTRY,
      IF_COUNT(ENTRY_MSR_LOAD_COUNT, CLEAR(FIELD(ENTRY_MSR_LOAD_ADDRESS), 0, 3)),
      "Bits 3:0 of the VM-entry MSR-load address are 0 if the count is not 0")
CHECK(controls, 74, ENTRY, IF_COUNT(ENTRY_MSR_LOAD_COUNT, FITS(FIELD(ENTRY_MSR_LOAD_ADDRESS))),
      "The VM-entry MSR-load address has no bits beyond the physical-address width if the count is not 0")
CHECK(controls, 75, ENTRY,
      IF_COUNT(ENTRY_MSR_LOAD_COUNT, LIST_FITS(ENTRY_MSR_LOAD_ADDRESS, ENTRY_MSR_LOAD_COUNT, 16)),
      "The address of the last byte of the VM-entry MSR-load area has no bits beyond the physical-address width")
CHECK(controls, 76, ENTRY, IF(ON(entry, entry_to_smm), IN_SMM),
      "Outside SMM \"entry to SMM\" is 0")
CHECK(controls, 77, ENTRY, IF(ON(entry, deactivate_dual_monitor), IN_SMM),
      "Outside SMM \"deactivate dual-monitor treatment\" is 0")
CHECK(controls, 78, ENTRY, NOT(ALL(ON(entry, entry_to_smm), ON(entry, deactivate_dual_monitor))),
      "\"Entry to SMM\" and \"deactivate dual-monitor treatment\" exclude each other")

CHECK(host, 1, HOST_REGISTERS, vc_fixed(d, FIELD(HOST_CR0), 0x486, 3 << 29),
      "CR0 has the values that VMX operation supports, NW and CD aside")
CHECK(host, 2, HOST_REGISTERS, vc_fixed(d, FIELD(HOST_CR4), 0x488, 0),
      "CR4 has the values that VMX operation supports")
CHECK(host, 3, HOST_REGISTERS, IF(CR4_CET(HOST_CR4), CR0_WP(HOST_CR0)), "CR4.CET needs CR0.WP")
CHECK(host, 4, HOST_REGISTERS, vc_fits_cr3(d, FIELD(HOST_CR3)),
      "CR3 has no bits beyond the physical-address width")
CHECK(host, 5, HOST_REGISTERS, CANONICAL(FIELD(HOST_SYSENTER_ESP)), "IA32_SYSENTER_ESP is canonical")
CHECK(host, 6, HOST_REGISTERS, CANONICAL(FIELD(HOST_SYSENTER_EIP)), "IA32_SYSENTER_EIP is canonical")
CHECK(host, 7, HOST_REGISTERS,
      IN(exit, load_perf_global_ctrl, vc_perf_global_ctrl(d, FIELD(HOST_PERF_GLOBAL_CTRL))),
      "With \"load IA32_PERF_GLOBAL_CTRL\" the reserved bits of that MSR are 0")
CHECK(host, 8, HOST_REGISTERS, IN(exit, load_pat, vc_pat(FIELD(HOST_PAT))),
      "With \"load IA32_PAT\" each byte of that MSR is a memory type")
CHECK(host, 9, HOST_REGISTERS, IN(exit, load_efer, vc_efer(d, FIELD(HOST_EFER))),
      "With \"load IA32_EFER\" the reserved bits of that MSR are 0")
CHECK(host, 10, HOST_REGISTERS,
      IN(exit, load_efer, ALL(EQUAL(EFER_LMA(HOST_EFER), HOST_64), EQUAL(EFER_LME(HOST_EFER), HOST_64))),
      "With \"load IA32_EFER\" LMA and LME are \"host address-space size\"")
CHECK(host, 11, HOST_REGISTERS, IN(exit, load_cet_state, vc_s_cet(d, FIELD(HOST_S_CET))),
      "With \"load CET state\" the reserved bits of IA32_S_CET are 0, and not both bits 11:10 are 1")
CHECK(host, 12, HOST_REGISTERS,
      IN(exit, load_cet_state, ALL(PART(CANONICAL(FIELD(HOST_S_CET))),
				   PART(CANONICAL(FIELD(HOST_INTERRUPT_SSP_TABLE_ADDRESS))))),
      "With \"load CET state\" IA32_S_CET and IA32_INTERRUPT_SSP_TABLE_ADDR are canonical")
CHECK(host, 13, HOST_REGISTERS,
      IN(exit, load_cet_state, ALL(CANONICAL(FIELD(HOST_SSP)), CLEAR(FIELD(HOST_SSP), 0, 1))),
      "With \"load CET state\" SSP is canonical, and its bits 1:0 are 0")
CHECK(host, 14, HOST_REGISTERS, IN(exit, load_pkrs, CLEAR(FIELD(HOST_PKRS), 32, 63)),
      "With \"load PKRS\" bits 63:32 of IA32_PKRS are 0")
CHECK(host, 15, HOST_REGISTERS, IN(exit2, load_spec_ctrl, vc_spec_ctrl(d, FIELD(HOST_SPEC_CTRL))),
      "With \"load IA32_SPEC_CTRL\" the reserved bits of that MSR are 0")
CHECK(host, 16, HOST_REGISTERS, IN(exit2, load_fred, FRED(HOST)),
      "With \"load IA32_FRED\" the addresses in the FRED MSRs are canonical, and their reserved bits are 0")

#define RPL_AND_TI_CLEAR(reg) CLEAR(FIELD(HOST_##reg##_SELECTOR), 0, 2)
CHECK(host, 17, HOST_SEGMENTS,
      ALL(DATA_REGISTERS(RPL_AND_TI_CLEAR), PART(RPL_AND_TI_CLEAR(CS)), PART(RPL_AND_TI_CLEAR(SS)),
	  PART(RPL_AND_TI_CLEAR(TR))),
      "RPL and TI of ES, CS, SS, DS, FS, GS and TR are 0")
CHECK(host, 18, HOST_SEGMENTS, NOT(IS(FIELD(HOST_CS_SELECTOR), 0)), "CS is not null")
CHECK(host, 19, HOST_SEGMENTS, NOT(IS(FIELD(HOST_TR_SELECTOR), 0)), "TR is not null")
CHECK(host, 20, HOST_SEGMENTS, ANY(HOST_64, NOT(IS(FIELD(HOST_SS_SELECTOR), 0))),
      "SS is not null if \"host address-space size\" is 0")
CHECK(host, 21, HOST_SEGMENTS,
      ALL(PART(CANONICAL(FIELD(HOST_FS_BASE))), PART(CANONICAL(FIELD(HOST_GS_BASE)))),
      "The base addresses of FS and GS are canonical")
CHECK(host, 22, HOST_SEGMENTS, CANONICAL(FIELD(HOST_TR_BASE)), "The base address of TR is canonical")
CHECK(host, 23, HOST_SEGMENTS,
      ALL(PART(CANONICAL(FIELD(HOST_GDTR_BASE))), PART(CANONICAL(FIELD(HOST_IDTR_BASE)))),
      "The base addresses of GDTR and IDTR are canonical")

CHECK(host, 24, ADDRESS_SPACE, ANY(BIT(FACT(HOST_IA32E), 0), ALL(NOT(IA32E), NOT(HOST_64))),
      "Outside IA-32e mode \"IA-32e mode guest\" and \"host address-space size\" are 0")
CHECK(host, 25, ADDRESS_SPACE, IF(BIT(FACT(HOST_IA32E), 0), HOST_64),
      "In IA-32e mode \"host address-space size\" is 1")
CHECK(host, 26, ADDRESS_SPACE,
      ANY(HOST_64, ALL(PART(NOT(IA32E)), PART(NOT(CR4_PCIDE(HOST_CR4))), PART(NOT(CR4_FRED(HOST_CR4))),
		       PART(CLEAR(FIELD(HOST_RIP), 32, 63)),
		       IN(exit, load_cet_state, ALL(CLEAR(FIELD(HOST_S_CET), 32, 63),
						    CLEAR(FIELD(HOST_SSP), 32, 63))))),
      "With \"host address-space size\" 0 \"IA-32e mode guest\", CR4.PCIDE, CR4.FRED and bits 63:32 of RIP are 0, and of IA32_S_CET and SSP with \"load CET state\"")
CHECK(host, 27, ADDRESS_SPACE, IF(HOST_64, CR4_PAE(HOST_CR4)),
      "With \"host address-space size\" 1 CR4.PAE is 1")
CHECK(host, 28, ADDRESS_SPACE, IF(HOST_64, vc_host_rip(d)),
      "With \"host address-space size\" 1 RIP is canonical")

/* PE and PG: guest-2 */
CHECK(guest, 1, REGISTERS, vc_fixed(d, FIELD(GUEST_CR0), 0x486, 1 | 3 << 29 | 1ULL << 31),
      "CR0 has the values that VMX operation supports, NW and CD aside")
CHECK(guest, 2, REGISTERS, ANY(UNRESTRICTED, ALL(CR0_PE(GUEST_CR0), CR0_PG(GUEST_CR0))),
      "CR0.PE and CR0.PG are 1 without \"unrestricted guest\"")
CHECK(guest, 3, REGISTERS, IF(CR0_PG(GUEST_CR0), CR0_PE(GUEST_CR0)), "CR0.PG needs CR0.PE")
CHECK(guest, 4, REGISTERS, vc_fixed(d, FIELD(GUEST_CR4), 0x488, 0),
      "CR4 has the values that VMX operation supports")
CHECK(guest, 5, REGISTERS, IF(CR4_CET(GUEST_CR4), CR0_WP(GUEST_CR0)), "CR4.CET needs CR0.WP")
CHECK(guest, 6, REGISTERS, IN(entry, load_debug_controls, vc_debugctl(d, FIELD(GUEST_DEBUGCTL))),
      "With \"load debug controls\" the reserved bits of IA32_DEBUGCTL are 0")
CHECK(guest, 7, REGISTERS, IF(IA32E, CR0_PG(GUEST_CR0)), "With \"IA-32e mode guest\" CR0.PG is 1")
CHECK(guest, 8, REGISTERS, IF(IA32E, CR4_PAE(GUEST_CR4)), "With \"IA-32e mode guest\" CR4.PAE is 1")
CHECK(guest, 9, REGISTERS, ANY(IA32E, NOT(CR4_PCIDE(GUEST_CR4))),
      "Without \"IA-32e mode guest\" CR4.PCIDE is 0")
CHECK(guest, 10, REGISTERS, vc_fits_cr3(d, FIELD(GUEST_CR3)),
      "CR3 has no bits beyond the physical-address width")
CHECK(guest, 11, REGISTERS, IN(entry, load_debug_controls, CLEAR(FIELD(GUEST_DR7), 32, 63)),
      "With \"load debug controls\" bits 63:32 of DR7 are 0")
CHECK(guest, 12, REGISTERS, CANONICAL(FIELD(GUEST_SYSENTER_ESP)), "IA32_SYSENTER_ESP is canonical")
CHECK(guest, 13, REGISTERS, CANONICAL(FIELD(GUEST_SYSENTER_EIP)), "IA32_SYSENTER_EIP is canonical")
CHECK(guest, 14, REGISTERS,
      IN(entry, load_perf_global_ctrl, vc_perf_global_ctrl(d, FIELD(GUEST_PERF_GLOBAL_CTRL))),
      "With \"load IA32_PERF_GLOBAL_CTRL\" the reserved bits of that MSR are 0")
CHECK(guest, 15, REGISTERS, IN(entry, load_pat, vc_pat(FIELD(GUEST_PAT))),
      "With \"load IA32_PAT\" each byte of that MSR is a memory type")
CHECK(guest, 16, REGISTERS, IN(entry, load_efer, vc_efer(d, FIELD(GUEST_EFER))),
      "With \"load IA32_EFER\" the reserved bits of that MSR are 0")
CHECK(guest, 17, REGISTERS, IN(entry, load_efer, EQUAL(EFER_LMA(GUEST_EFER), IA32E)),
      "With \"load IA32_EFER\" LMA is \"IA-32e mode guest\"")
CHECK(guest, 18, REGISTERS,
      IF(ALL(ON(entry, load_efer), CR0_PG(GUEST_CR0)), EQUAL(EFER_LMA(GUEST_EFER), EFER_LME(GUEST_EFER))),
      "With \"load IA32_EFER\" LMA is LME if CR0.PG is 1")
CHECK(guest, 19, REGISTERS,
      IN(entry, load_bndcfgs, ALL(CLEAR(FIELD(GUEST_BNDCFGS), 2, 11), CANONICAL(FIELD(GUEST_BNDCFGS)))),
      "With \"load IA32_BNDCFGS\" the reserved bits of that MSR are 0, and the address in it is canonical")
CHECK(guest, 20, REGISTERS, IN(entry, load_rtit_ctl, vc_zero_or_unknown(FIELD(GUEST_RTIT_CTL))),
      "With \"load IA32_RTIT_CTL\" the reserved bits of that MSR are 0")
CHECK(guest, 21, REGISTERS, IN(entry, load_cet_state, vc_s_cet(d, FIELD(GUEST_S_CET))),
      "With \"load CET state\" the reserved bits of IA32_S_CET are 0, and not both bits 11:10 are 1")
/* The SDM asks it of IA32_S_CET; processors are said not to. */
CHECK(guest, 22, REGISTERS,
      IN(entry, load_cet_state, ALL(PART(ANY(CANONICAL(FIELD(GUEST_S_CET)), UNKNOWN)),
				    PART(CANONICAL(FIELD(GUEST_INTERRUPT_SSP_TABLE_ADDRESS))))),
      "With \"load CET state\" IA32_S_CET and IA32_INTERRUPT_SSP_TABLE_ADDR are canonical")
CHECK(guest, 23, REGISTERS,
      IN(entry, load_lbr_ctl, vc_lbr_ctl(d, FIELD(GUEST_LBR_CTL))),
      "With \"load guest IA32_LBR_CTL\" the reserved bits of that MSR are 0")
CHECK(guest, 24, REGISTERS, IN(entry, load_pkrs, CLEAR(FIELD(GUEST_PKRS), 32, 63)),
      "With \"load PKRS\" bits 63:32 of IA32_PKRS are 0")
CHECK(guest, 25, REGISTERS, IN(entry, load_uinv, CLEAR(FIELD(GUEST_UINV), 8, 15)),
      "With \"load UINV\" bits 15:8 of UINV are 0")
CHECK(guest, 26, REGISTERS, IN(entry, load_spec_ctrl, vc_spec_ctrl(d, FIELD(GUEST_SPEC_CTRL))),
      "With \"load IA32_SPEC_CTRL\" the reserved bits of that MSR are 0")
CHECK(guest, 27, REGISTERS, IN(entry, load_fred, FRED(GUEST)),
      "With \"load IA32_FRED\" the addresses in the FRED MSRs are canonical, and their reserved bits are 0")
CHECK(guest, 28, REGISTERS, IF(CR4_FRED(GUEST_CR4), IA32E),
      "CR4.FRED needs \"IA-32e mode guest\"")

CHECK(segment, 1, SEGMENTS, NOT(TI(TR)), "TI of TR is 0")
CHECK(segment, 2, SEGMENTS, IF_LDTR(NOT(TI(LDTR))), "TI of LDTR is 0 if it is usable")
CHECK(segment, 3, SEGMENTS, ANY(VIRTUAL_8086, UNRESTRICTED, vc_same(RPL(SS), RPL(CS))),
      "The RPL of SS is that of CS, without \"unrestricted guest\" and outside virtual-8086 mode")
CHECK(segment, 4, SEGMENTS, IF(VIRTUAL_8086, BASE_IS_SELECTOR(CS)),
      "In virtual-8086 mode the base address of CS is its selector times 16")
CHECK(segment, 5, SEGMENTS, IF(VIRTUAL_8086, BASE_IS_SELECTOR(SS)),
      "In virtual-8086 mode the base address of SS is its selector times 16")
CHECK(segment, 6, SEGMENTS, IF(VIRTUAL_8086, BASE_IS_SELECTOR(DS)),
      "In virtual-8086 mode the base address of DS is its selector times 16")
CHECK(segment, 7, SEGMENTS, IF(VIRTUAL_8086, BASE_IS_SELECTOR(ES)),
      "In virtual-8086 mode the base address of ES is its selector times 16")
CHECK(segment, 8, SEGMENTS, IF(VIRTUAL_8086, BASE_IS_SELECTOR(FS)),
      "In virtual-8086 mode the base address of FS is its selector times 16")
CHECK(segment, 9, SEGMENTS, IF(VIRTUAL_8086, BASE_IS_SELECTOR(GS)),
      "In virtual-8086 mode the base address of GS is its selector times 16")
CHECK(segment, 10, SEGMENTS, ALL(PART(CANONICAL(BASE(FS))), PART(CANONICAL(BASE(GS)))),
      "The base addresses of FS and GS are canonical")
CHECK(segment, 11, SEGMENTS, CANONICAL(BASE(TR)), "The base address of TR is canonical")
CHECK(segment, 12, SEGMENTS, IF_LDTR(CANONICAL(BASE(LDTR))),
      "The base address of LDTR is canonical if it is usable")
CHECK(segment, 13, SEGMENTS, BASE_HIGH_CLEAR(CS), "Bits 63:32 of the base address of CS are 0")
CHECK(segment, 14, SEGMENTS, IF(USABLE(SS), BASE_HIGH_CLEAR(SS)),
      "Bits 63:32 of the base address of SS are 0 if it is usable")
CHECK(segment, 15, SEGMENTS, IF(USABLE(DS), BASE_HIGH_CLEAR(DS)),
      "Bits 63:32 of the base address of DS are 0 if it is usable")
CHECK(segment, 16, SEGMENTS, IF(USABLE(ES), BASE_HIGH_CLEAR(ES)),
      "Bits 63:32 of the base address of ES are 0 if it is usable")
CHECK(segment, 17, SEGMENTS, IF(VIRTUAL_8086, ALL(REGISTERS(LIMIT_IS_FFFF))),
      "In virtual-8086 mode the limits of CS, SS, DS, ES, FS and GS are FFFFH")
CHECK(segment, 18, SEGMENTS, IF(VIRTUAL_8086, ALL(REGISTERS(RIGHTS_ARE_F3))),
      "In virtual-8086 mode the access rights of CS, SS, DS, ES, FS and GS are F3H")
CHECK(segment, 19, SEGMENTS,
      ANY(VIRTUAL_8086, ONE_OF(TYPE(CS), 1 << 9 | 1 << 11 | 1 << 13 | 1 << 15),
	  ALL(IS(TYPE(CS), 3), UNRESTRICTED)),
      "The type of CS is 9, 11, 13 or 15, or 3 with \"unrestricted guest\"")
CHECK(segment, 20, SEGMENTS, ANY(VIRTUAL_8086, IF(USABLE(SS), ONE_OF(TYPE(SS), 1 << 3 | 1 << 7))),
      "The type of SS is 3 or 7 if it is usable")
CHECK(segment, 21, SEGMENTS, ANY(VIRTUAL_8086, ALL(USED_DATA(ACCESSED))),
      "Bit 0 of the type of DS, ES, FS and GS is 1 (accessed), of those that are usable")
CHECK(segment, 22, SEGMENTS, ANY(VIRTUAL_8086, ALL(USED_DATA(READABLE))),
      "Bit 1 of the type of DS, ES, FS and GS is 1 (readable) if it is that of code, of those that are usable")
CHECK(segment, 23, SEGMENTS, ANY(VIRTUAL_8086, S(CS)), "S of CS is 1")
CHECK(segment, 24, SEGMENTS, ANY(VIRTUAL_8086, ALL(USED_BUT_CS(S))),
      "S of SS, DS, ES, FS and GS is 1, of those that are usable")
CHECK(segment, 25, SEGMENTS, ANY(VIRTUAL_8086, IF(IS(TYPE(CS), 3), IS(DPL(CS), 0))),
      "The DPL of CS is 0 if its type is 3")
CHECK(segment, 26, SEGMENTS,
      ANY(VIRTUAL_8086, IF(ONE_OF(TYPE(CS), 1 << 9 | 1 << 11), vc_same(DPL(CS), DPL(SS)))),
      "The DPL of CS is that of SS if its type is 9 or 11")
CHECK(segment, 27, SEGMENTS,
      ANY(VIRTUAL_8086, IF(ONE_OF(TYPE(CS), 1 << 13 | 1 << 15), vc_at_most(DPL(CS), DPL(SS)))),
      "The DPL of CS is at most that of SS if its type is 13 or 15")
CHECK(segment, 28, SEGMENTS, ANY(VIRTUAL_8086, UNRESTRICTED, vc_same(DPL(SS), RPL(SS))),
      "The DPL of SS is its RPL without \"unrestricted guest\"")
CHECK(segment, 29, SEGMENTS, ANY(VIRTUAL_8086, IF(IS(TYPE(CS), 3), IS(DPL(SS), 0))),
      "The DPL of SS is 0 if the type of CS is 3")
CHECK(segment, 30, SEGMENTS, ANY(VIRTUAL_8086, CR0_PE(GUEST_CR0), IS(DPL(SS), 0)),
      "The DPL of SS is 0 if CR0.PE is 0")
CHECK(segment, 31, SEGMENTS, ANY(VIRTUAL_8086, UNRESTRICTED, ALL(USED_DATA(DPL_AT_LEAST_RPL))),
      "The DPL of DS, ES, FS and GS is at least the RPL without \"unrestricted guest\", of those that are usable and of types 0 to 11")
CHECK(segment, 32, SEGMENTS, ANY(VIRTUAL_8086, P(CS)), "P of CS is 1")
CHECK(segment, 33, SEGMENTS, ANY(VIRTUAL_8086, ALL(USED_BUT_CS(P))),
      "P of SS, DS, ES, FS and GS is 1, of those that are usable")
CHECK(segment, 34, SEGMENTS, USED(RESERVED_11_8),
      "Bits 11:8 of the access rights of CS, SS, DS, ES, FS and GS are 0, of CS and those that are usable")
CHECK(segment, 35, SEGMENTS, ANY(VIRTUAL_8086, IF(ALL(IA32E, L(CS)), NOT(DB(CS)))),
      "D/B of CS is 0 with \"IA-32e mode guest\" if L is 1")
CHECK(segment, 36, SEGMENTS, USED(G_IF_LOW),
      "G of CS, SS, DS, ES, FS and GS is 0 if one of bits 11:0 of the limit is 0, of CS and those that are usable")
CHECK(segment, 37, SEGMENTS, USED(G_IF_HIGH),
      "G of CS, SS, DS, ES, FS and GS is 1 if one of bits 31:20 of the limit is 1, of CS and those that are usable")
CHECK(segment, 38, SEGMENTS, USED(RESERVED_31_17),
      "Bits 31:17 of the access rights of CS, SS, DS, ES, FS and GS are 0, of CS and those that are usable")
CHECK(segment, 39, SEGMENTS, ANY(IA32E, ONE_OF(TYPE(TR), 1 << 3 | 1 << 11)),
      "The type of TR is 3 or 11 without \"IA-32e mode guest\"")
CHECK(segment, 40, SEGMENTS, IF(IA32E, IS(TYPE(TR), 11)),
      "The type of TR is 11 with \"IA-32e mode guest\"")
CHECK(segment, 41, SEGMENTS, NOT(S(TR)), "S of TR is 0")
CHECK(segment, 42, SEGMENTS, P(TR), "P of TR is 1")
CHECK(segment, 43, SEGMENTS, RESERVED_11_8(TR), "Bits 11:8 of the access rights of TR are 0")
CHECK(segment, 44, SEGMENTS, G_FITS(TR),
      "G of TR is 0 if one of bits 11:0 of the limit is 0, and 1 if one of bits 31:20 is 1")
CHECK(segment, 45, SEGMENTS, USABLE(TR), "TR is usable")
CHECK(segment, 46, SEGMENTS, RESERVED_31_17(TR), "Bits 31:17 of the access rights of TR are 0")
CHECK(segment, 47, SEGMENTS, IF_LDTR(IS(TYPE(LDTR), 2)), "The type of LDTR is 2 if it is usable")
CHECK(segment, 48, SEGMENTS, IF_LDTR(NOT(S(LDTR))), "S of LDTR is 0 if it is usable")
CHECK(segment, 49, SEGMENTS, IF_LDTR(P(LDTR)), "P of LDTR is 1 if it is usable")
CHECK(segment, 50, SEGMENTS, IF_LDTR(RESERVED_11_8(LDTR)),
      "Bits 11:8 of the access rights of LDTR are 0 if it is usable")
CHECK(segment, 51, SEGMENTS, IF_LDTR(G_FITS(LDTR)),
      "G of LDTR is 0 if one of bits 11:0 of the limit is 0, and 1 if one of bits 31:20 is 1, if it is usable")
CHECK(segment, 52, SEGMENTS, IF_LDTR(RESERVED_31_17(LDTR)),
      "Bits 31:17 of the access rights of LDTR are 0 if it is usable")
CHECK(segment, 53, SEGMENTS, IF(CR4_FRED(GUEST_CR4), ONE_OF(DPL(SS), 1 << 0 | 1 << 3)),
      "With CR4.FRED the DPL of SS is 0 or 3")
CHECK(segment, 54, SEGMENTS, IF(ALL(CR4_FRED(GUEST_CR4), IS(DPL(SS), 0)), L(CS)),
      "With CR4.FRED L of CS is 1 if the DPL of SS is 0")

CHECK(table, 1, TABLES, CANONICAL(BASE(GDTR)), "The base address of GDTR is canonical")
CHECK(table, 2, TABLES, CANONICAL(BASE(IDTR)), "The base address of IDTR is canonical")
CHECK(table, 3, TABLES, CLEAR(LIMIT(GDTR), 16, 31), "Bits 31:16 of the limit of GDTR are 0")
CHECK(table, 4, TABLES, CLEAR(LIMIT(IDTR), 16, 31), "Bits 31:16 of the limit of IDTR are 0")

CHECK(rip, 1, RIP, ANY(IA32E, CLEAR(FIELD(GUEST_RIP), 32, 63)),
      "Bits 63:32 of RIP are 0 without \"IA-32e mode guest\"")
CHECK(rip, 2, RIP, IF(ALL(IA32E, NOT(L(CS))), CLEAR(FIELD(GUEST_RIP), 32, 63)),
      "Bits 63:32 of RIP are 0 in compatibility mode")
CHECK(rip, 3, RIP, IF(ALL(IA32E, L(CS)), vc_identical(d, FIELD(GUEST_RIP))),
      "In 64-bit mode the bits of RIP beyond the linear-address width are identical")
CHECK(rip, 4, RIP, vc_zero(FIELD(GUEST_RFLAGS), VMX_BITS(22, 63) | 1 << 15 | 1 << 5 | 1 << 3),
      "Bits 63:22, 15, 5 and 3 of RFLAGS are 0")
CHECK(rip, 5, RIP, BIT(FIELD(GUEST_RFLAGS), 1), "Bit 1 of RFLAGS is 1")
CHECK(rip, 6, RIP, NOT(ALL(VIRTUAL_8086, IA32E)), "RFLAGS.VM is 0 with \"IA-32e mode guest\"")
CHECK(rip, 7, RIP, IF(VIRTUAL_8086, CR0_PE(GUEST_CR0)), "RFLAGS.VM is 0 if CR0.PE is 0")
CHECK(rip, 8, RIP, IF(INJECTS(EXTERNAL), RFLAGS_IF),
      "RFLAGS.IF is 1 if an external interrupt is injected")
CHECK(rip, 9, RIP, IN(entry, load_cet_state, CLEAR(FIELD(GUEST_SSP), 0, 1)),
      "With \"load CET state\" bits 1:0 of SSP are 0")
CHECK(rip, 10, RIP, IN(entry, load_cet_state, vc_identical(d, FIELD(GUEST_SSP))),
      "With \"load CET state\" the bits of SSP beyond the linear-address width are identical")
CHECK(rip, 11, RIP,
      IF(ALL(CR4_FRED(GUEST_CR4), IS(DPL(SS), 3)), CLEAR(FIELD(GUEST_RFLAGS), 12, 13)),
      "With CR4.FRED RFLAGS.IOPL is 0 if the DPL of SS is 3")

CHECK(state, 1, STATE, vc_at_most(ACTIVITY, NUMBER(3)), "The activity state is 0 to 3")
CHECK(state, 2, STATE,
      ANY(ALL(IS(ACTIVITY, 1), CAN(misc, activity_hlt)), ALL(IS(ACTIVITY, 2), CAN(misc, activity_shutdown)),
	  ALL(IS(ACTIVITY, 3), CAN(misc, activity_wait_for_sipi)), IS(ACTIVITY, 0),
	  NOT(vc_at_most(ACTIVITY, NUMBER(3)))),
      "The activity state is one that the processor has")
CHECK(state, 3, STATE, IF(IS(ACTIVITY, VMX_ACTIVITY_HLT), IS(DPL(SS), 0)),
      "The activity state is not HLT if the DPL of SS is not 0")
CHECK(state, 4, STATE, IF(ANY(BY_STI, BY_MOV_SS), IS(ACTIVITY, 0)),
      "The activity state is active with blocking by STI or by MOV SS")
CHECK(state, 5, STATE,
      IF(ALL(IS(ACTIVITY, VMX_ACTIVITY_HLT), INJECTION),
	 ANY(INJECTS(EXTERNAL), INJECTS(NMI),
	     ALL(INJECTS(HW_EXCEPTION), ONE_OF(VECTOR, 1 << 1 | 1 << 18)),
	     ALL(INJECTS(OTHER_EVENT), IS(VECTOR, 0)))),
      "In HLT only an external interrupt, an NMI, #DB, #MC or a pending MTF VM exit is injected")
CHECK(state, 6, STATE,
      IF(ALL(IS(ACTIVITY, VMX_ACTIVITY_SHUTDOWN), INJECTION),
	 ANY(INJECTS(NMI), ALL(INJECTS(HW_EXCEPTION), IS(VECTOR, 18)))),
      "In shutdown only an NMI or #MC is injected")
CHECK(state, 7, STATE, IF(IS(ACTIVITY, VMX_ACTIVITY_WAIT_FOR_SIPI), NOT(INJECTION)),
      "In wait-for-SIPI nothing is injected")
CHECK(state, 8, STATE, NOT(ALL(IS(ACTIVITY, VMX_ACTIVITY_WAIT_FOR_SIPI), TO_SMM)),
      "The activity state is not wait-for-SIPI with \"entry to SMM\"")
CHECK(state, 9, STATE, CLEAR(BLOCKING, 5, 31), "Bits 31:5 of the interruptibility state are 0")
CHECK(state, 10, STATE, NOT(ALL(BY_STI, BY_MOV_SS)), "Blocking by STI and by MOV SS exclude each other")
CHECK(state, 11, STATE, IF(BY_STI, RFLAGS_IF), "There is no blocking by STI if RFLAGS.IF is 0")
CHECK(state, 12, STATE, IF(INJECTS(EXTERNAL), CLEAR(BLOCKING, 0, 1)),
      "There is no blocking by STI or by MOV SS if an external interrupt is injected")
CHECK(state, 13, STATE, IF(INJECTS(NMI), NOT(BY_MOV_SS)),
      "There is no blocking by MOV SS if an NMI is injected")
CHECK(state, 14, STATE, IF(BIT(BLOCKING, 2), IN_SMM), "There is no blocking by SMI outside SMM")
CHECK(state, 15, STATE, IF(TO_SMM, BIT(BLOCKING, 2)),
      "There is blocking by SMI with \"entry to SMM\"")
OPTIONAL_CHECK(state, 16, NMI_BLOCKING, IF(INJECTS(NMI), NOT(BY_STI)),
	       "There is no blocking by STI if an NMI is injected")
CHECK(state, 17, STATE, IF(ALL(ON(pin, virtual_nmis), INJECTS(NMI)), NOT(BIT(BLOCKING, 3))),
      "There is no blocking by NMI if an NMI is injected with \"virtual NMIs\"")
CHECK(state, 18, STATE, IF(BIT(BLOCKING, 4), ALL(NOT(BY_MOV_SS), BIT(CPUID(7, EBX), 2))),
      "Bit 4 of the interruptibility state (enclave interruption) is 0 with blocking by MOV SS, and without SGX")
CHECK(state, 19, STATE, vc_zero(PENDING, VMX_BITS(4, 10) | 1 << 13 | 1 << 15 | VMX_BITS(17, 31)),
      "Bits 10:4, 13, 15 and 31:17 of the pending debug exceptions are 0")
CHECK(state, 20, STATE, CLEAR(PENDING, 32, 63), "Bits 63:32 of the pending debug exceptions are 0")
CHECK(state, 21, STATE, IF(BIT(PENDING, 11), BIT(CPUID(7, ECX), 24)),
      "Bit 11 of the pending debug exceptions is 0 if the processor has no bus-lock detection")
CHECK(state, 22, STATE, IF(ALL(NO_TRAP_YET, RFLAGS_TF, NOT(BTF)), PENDING_BS),
      "BS of the pending debug exceptions is 1 with blocking by STI or MOV SS, or in HLT, if RFLAGS.TF is 1 and IA32_DEBUGCTL.BTF 0")
CHECK(state, 23, STATE, IF(ALL(NO_TRAP_YET, NOT(RFLAGS_TF)), NOT(PENDING_BS)),
      "BS of the pending debug exceptions is 0 with blocking by STI or MOV SS, or in HLT, if RFLAGS.TF is 0")
CHECK(state, 24, STATE, IF(ALL(NO_TRAP_YET, BTF), NOT(PENDING_BS)),
      "BS of the pending debug exceptions is 0 with blocking by STI or MOV SS, or in HLT, if IA32_DEBUGCTL.BTF is 1")
CHECK(state, 25, STATE,
      IF(PENDING_RTM,
	 ALL(BIT(PENDING, 12), vc_zero(PENDING, VMX_BITS(0, 11) | VMX_BITS(13, 15) | VMX_BITS(17, 63)),
	     NOT(BY_MOV_SS), BIT(CPUID(7, EBX), 11))),
      "RTM of the pending debug exceptions needs bit 12, no other bit, no blocking by MOV SS, and a processor that has RTM")
CHECK(state, 33, STATE, IF(ALL(CR4_FRED(GUEST_CR4), IS(DPL(SS), 3)), NOT(BY_STI)),
      "With CR4.FRED there is no blocking by STI if the DPL of SS is 3")
CHECK(state, 26, LINK_POINTER, IF_LINK(CLEAR(LINK, 0, 11)),
      "Bits 11:0 of the VMCS link pointer are 0, unless it is all ones")
CHECK(state, 27, LINK_POINTER, IF_LINK(FITS(LINK)),
      "The VMCS link pointer has no bits beyond the physical-address width, unless it is all ones")
CHECK(state, 28, LINK_POINTER, IF_LINK(vc_same(BITS(LINKED, 0, 30), BITS(MSR(0x480), 0, 30))),
      "The VMCS that the link pointer names has the processor's revision identifier")
CHECK(state, 29, LINK_POINTER, IF_LINK(EQUAL(BIT(LINKED, 31), SHADOWING)),
      "The VMCS that the link pointer names is a shadow VMCS if \"VMCS shadowing\" is 1, and only then")
CHECK(state, 30, LINK_POINTER,
      IF_LINK(IF(ANY(NOT(IN_SMM), TO_SMM), NOT(vc_same(LINK, FACT(CURRENT_VMCS))))),
      "The VMCS link pointer is not that of the current VMCS")
CHECK(state, 31, LINK_POINTER,
      IF_LINK(IF(ALL(IN_SMM, NOT(TO_SMM)), NOT(vc_same(LINK, FIELD(EXECUTIVE_VMCS_POINTER))))),
      "In SMM the VMCS link pointer is not the executive-VMCS pointer, without \"entry to SMM\"")

CHECK(pdpte, 1, PDPTES, IF(PAE_PAGING, vc_pdpte(d, 0)),
      "With PAE paging the reserved bits of PDPTE0 are 0 if it is present")
CHECK(pdpte, 2, PDPTES, IF(PAE_PAGING, vc_pdpte(d, 1)),
      "With PAE paging the reserved bits of PDPTE1 are 0 if it is present")
CHECK(pdpte, 3, PDPTES, IF(PAE_PAGING, vc_pdpte(d, 2)),
      "With PAE paging the reserved bits of PDPTE2 are 0 if it is present")
CHECK(pdpte, 4, PDPTES, IF(PAE_PAGING, vc_pdpte(d, 3)),
      "With PAE paging the reserved bits of PDPTE3 are 0 if it is present")

CHECK(msr, 1, LOADING, NOT(IS(MSR_INDEX, 0xc0000100)), "The MSR is not IA32_FS_BASE")
CHECK(msr, 2, LOADING, NOT(IS(MSR_INDEX, 0xc0000101)), "The MSR is not IA32_GS_BASE")
CHECK(msr, 3, LOADING, NOT(IS(BITS(MSR_INDEX, 8, 31), 8)), "The MSR is not one of the x2APIC (8xxH)")
CHECK(msr, 4, LOADING, ANY(IN_SMM, NOT(IS(MSR_INDEX, 0x9b))),
      "The MSR is not one that can be written in SMM only")
OPTIONAL_CHECK(msr, 5, LOADING, NOT(IS(MSR_INDEX, 0x79)),
	       "The MSR is one that the processor loads: IA32_BIOS_UPDT_TRIG need not be")
CHECK(msr, 6, LOADING, IS(MSR_RESERVED, 0), "Bits 63:32 of the entry are 0")
CHECK(msr, 7, LOADING, vc_msr_value(d), "WRMSR of this value would not fault")
CHECK(msr, 8, LOADING, vc_msr_exists(d), "The MSR exists and can be written")

#undef CHECK
#undef OPTIONAL_CHECK
