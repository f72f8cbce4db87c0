// SPDX-License-Identifier: GPL-2.0
/*
 * What KVM's dump_vmcs() prints, in all its versions, and Xen's vmcs_dump_vcpu() likewise.
 *
 * KVM says "(effective)" or "(autoload)" of an EFER that it has from elsewhere: no field then.
 * Xen has the VMCS's value first and the register's in parentheses.
 */
#include "format.h"

#define SEGMENT(name, ident) \
	ROW(name ": sel=0x%4, attr=0x%5+, limit=0x%8, base=0x%16", GUEST_PART, \
	    F(GUEST_##ident##_SELECTOR), F(GUEST_##ident##_ACCESS_RIGHTS), \
	    F(GUEST_##ident##_LIMIT), F(GUEST_##ident##_BASE))
#define TABLE_REGISTER(name, ident) \
	ROW(name ": limit=0x%8, base=0x%16", 0, F(GUEST_##ident##_LIMIT), F(GUEST_##ident##_BASE))
#define BOTH(pattern, ident) ROW_BY_PART(pattern, OF(F(GUEST_##ident)), OF(F(HOST_##ident)))

static const struct row kvm[] = {
	ROW("VMCS !%8+, last attempted VM-entry on CPU", BEGINS),
	ROW("*** Guest State ***", BEGINS | GUEST_PART),
	ROW("*** Host State ***", HOST_PART),
	ROW("*** Control State ***", CONTROL_PART),
	ROW("MSR guest autoload:", LIST_PART),
	ROW("MSR guest autostore:", OTHER_PART),
	ROW("MSR host autoload:", OTHER_PART),

	/* Rows of one part only say which one it is, if the line that begins it is lost. */
	ROW("CR0: actual=0x%16, shadow=0x%16, gh_mask=?%16", GUEST_PART,
	    F(GUEST_CR0), F(CR0_READ_SHADOW), F(CR0_MASK)),
	ROW("CR4: actual=0x%16, shadow=0x%16, gh_mask=?%16", GUEST_PART,
	    F(GUEST_CR4), F(CR4_READ_SHADOW), F(CR4_MASK)),
	ROW("CR3 = 0x%16", 0, F(GUEST_CR3)),
	ROW("PDPTR0 = 0x%16", 0, F(GUEST_PDPTE0)),
	ROW("PDPTR1 = 0x%16", 0, F(GUEST_PDPTE1)),
	ROW("PDPTR2 = 0x%16", 0, F(GUEST_PDPTE2)),
	ROW("PDPTR3 = 0x%16", 0, F(GUEST_PDPTE3)),
	/* In the guest's row RSP comes first, in the host's RIP. */
	ROW("RSP = 0x%16 RIP = 0x%16!", GUEST_PART, F(GUEST_RSP), F(GUEST_RIP)),
	ROW("RSP = 0x%16 (?%16) RIP = 0x%16!", GUEST_PART, F(GUEST_RSP), 0, F(GUEST_RIP)),
	ROW("RIP = 0x%16 RSP = 0x%16!", HOST_PART, F(HOST_RIP), F(HOST_RSP)),
	BOTH("RSP = 0x%16", RSP),
	BOTH("RIP = 0x%16", RIP),
	ROW("RFLAGS=0x%8+", 0, F(GUEST_RFLAGS)),
	ROW("DR7 = 0x%16", 0, F(GUEST_DR7)),
	ROW_BY_PART("Sysenter RSP=%16 CS:RIP=%4+:%16",
		    OF(F(GUEST_SYSENTER_ESP), F(GUEST_SYSENTER_CS), F(GUEST_SYSENTER_EIP)),
		    OF(F(HOST_SYSENTER_ESP), F(HOST_SYSENTER_CS), F(HOST_SYSENTER_EIP))),
	SEGMENT("CS", CS), SEGMENT("DS", DS), SEGMENT("SS", SS), SEGMENT("ES", ES),
	SEGMENT("FS", FS), SEGMENT("GS", GS), SEGMENT("LDTR", LDTR), SEGMENT("TR", TR),
	TABLE_REGISTER("GDTR", GDTR), TABLE_REGISTER("IDTR", IDTR),
	ROW("EFER = 0x%16 (effective)!", 0),
	ROW("EFER = 0x%16 (autoload)!", 0),
	BOTH("EFER = 0x%16", EFER),
	BOTH("PAT = 0x%16", PAT),
	ROW("DebugCtl = 0x%16", GUEST_PART, F(GUEST_DEBUGCTL)),
	ROW("DebugExceptions = 0x%16", GUEST_PART, F(GUEST_PENDING_DEBUG_EXCEPTIONS)),
	BOTH("PerfGlobCtl = 0x%16", PERF_GLOBAL_CTRL),
	ROW("BndCfgS = 0x%16", 0, F(GUEST_BNDCFGS)),
	ROW("Interruptibility = %8", GUEST_PART, F(GUEST_INTERRUPTIBILITY_STATE)),
	ROW("ActivityState = %8", GUEST_PART, F(GUEST_ACTIVITY_STATE)),
	ROW("InterruptStatus = %4", 0, F(GUEST_INTERRUPT_STATUS)),
	BOTH("S_CET = 0x%16", S_CET),
	BOTH("SSP = 0x%16", SSP),
	BOTH("SSP TABLE = 0x%16", INTERRUPT_SSP_TABLE_ADDRESS),
	BOTH("INTR SSP TABLE = 0x%16", INTERRUPT_SSP_TABLE_ADDRESS),

	ROW("CS=%4 SS=%4! DS=%4 ES=%4 FS=%4 GS=%4 TR=%4", HOST_PART,
	    F(HOST_CS_SELECTOR), F(HOST_SS_SELECTOR), F(HOST_DS_SELECTOR), F(HOST_ES_SELECTOR),
	    F(HOST_FS_SELECTOR), F(HOST_GS_SELECTOR), F(HOST_TR_SELECTOR)),
	ROW("FSBase=%16", HOST_PART, F(HOST_FS_BASE)),
	ROW("GSBase=%16", HOST_PART, F(HOST_GS_BASE)),
	ROW("TRBase=%16", HOST_PART, F(HOST_TR_BASE)),
	ROW("GDTBase=%16", HOST_PART, F(HOST_GDTR_BASE)),
	ROW("IDTBase=%16", HOST_PART, F(HOST_IDTR_BASE)),
	ROW_BY_PART("CR0=%16", OF(0), OF(F(HOST_CR0))),
	ROW_BY_PART("CR3=%16", OF(0), OF(F(HOST_CR3))),
	ROW_BY_PART("CR4=%16", OF(0), OF(F(HOST_CR4))),

	ROW("PinBased=?%8", CONTROL_PART, F(PIN_BASED_CONTROLS)),
	ROW("CPUBased=?%8", CONTROL_PART, F(PROC_BASED_CONTROLS)),
	ROW("SecondaryExec=?%8", 0, F(SECONDARY_CONTROLS)),
	ROW("TertiaryExec=?%16", 0, F(TERTIARY_CONTROLS)),
	ROW("EntryControls=?%8", CONTROL_PART, F(ENTRY_CONTROLS)),
	ROW("ExitControls=?%8", 0, F(EXIT_CONTROLS)),
	ROW("SecondaryExitControls=?%16", 0, F(SECONDARY_EXIT_CONTROLS)),
	ROW("ExceptionBitmap=%8", CONTROL_PART, F(EXCEPTION_BITMAP)),
	ROW("PFECmask=%8", 0, F(PAGE_FAULT_ERROR_CODE_MASK)),
	ROW("PFECmatch=%8", 0, F(PAGE_FAULT_ERROR_CODE_MATCH)),
	ROW("VMEntry: intr_info=%8 errcode=%8 ilen=%8", 0,
	    F(ENTRY_INTERRUPTION_INFORMATION), F(ENTRY_EXCEPTION_ERROR_CODE),
	    F(ENTRY_INSTRUCTION_LENGTH)),
	ROW("VMExit: intr_info=%8 errcode=%8 ilen=%8", 0,
	    F(EXIT_INTERRUPTION_INFORMATION), F(EXIT_INTERRUPTION_ERROR_CODE),
	    F(EXIT_INSTRUCTION_LENGTH)),
	ROW("reason=%8 qualification=%16", 0, F(EXIT_REASON), F(EXIT_QUALIFICATION)),
	ROW("IDTVectoring: info=%8 errcode=%8", 0,
	    F(IDT_VECTORING_INFORMATION), F(IDT_VECTORING_ERROR_CODE)),
	ROW("TSC Offset = 0x%16", 0, F(TSC_OFFSET)),
	ROW("TSC Multiplier = 0x%16", 0, F(TSC_MULTIPLIER)),
	ROW("TPR Threshold = 0x%2+", 0, F(TPR_THRESHOLD)),
	ROW("APIC-access addr = 0x%16", 0, F(APIC_ACCESS_ADDRESS)),
	ROW("virt-APIC addr = 0x%16", 0, F(VIRTUAL_APIC_ADDRESS)),
	ROW("PostedIntrVec = 0x%2+", 0, F(POSTED_INTERRUPT_VECTOR)),
	ROW("EPT pointer = 0x%16", 0, F(EPT_POINTER)),
	ROW("PLE Gap=%8 Window=%8", 0, F(PLE_GAP), F(PLE_WINDOW)),
	ROW("Virtual processor ID = 0x%4", 0, F(VIRTUAL_PROCESSOR_ID)),
	ROW("VE info address = 0x%16", 0, F(VE_INFORMATION_ADDRESS)),
	ROW("GuestApicTimerVector = 0x%2+", 0, F(VIRTUAL_TIMER_VECTOR)),
	ROW("%d: msr=0x%8! value=0x%16", LIST_PART,
	    MEANING(M_LIST_ENTRY, 0), MEANING(M_LIST, 0), MEANING(M_LIST, 8)),
};

/* What only Xen prints; the registers in parentheses are not the VMCS's. */
#define XEN_SEGMENT(name, ident) \
	ROW(name ": %4 %5+! %8 %16", 0, \
	    F(GUEST_##ident##_SELECTOR), F(GUEST_##ident##_ACCESS_RIGHTS), \
	    F(GUEST_##ident##_LIMIT), F(GUEST_##ident##_BASE))

static const struct row xen[] = {
	ROW("vmentry failure (reason ?%8): Invalid guest state (%d)!", BEGINS | FAILED,
	    F(EXIT_REASON), F(EXIT_QUALIFICATION)),
	ROW("vmentry failure (reason ?%8): MSR loading (entry %d)! msr %8 val %16 (mbz %x)",
	    BEGINS | FAILED,
	    F(EXIT_REASON), MEANING(M_ENTRY, 0), MEANING(M_LIST, 0), MEANING(M_LIST, 8),
	    MEANING(M_LIST, 4)),
	ROW("vmentry failure (reason ?%8)", BEGINS | FAILED, F(EXIT_REASON)),
	ROW("Failed vm entry (exit reason ?%8) caused by invalid guest state (%d)", BEGINS | FAILED,
	    F(EXIT_REASON), F(EXIT_QUALIFICATION)),
	ROW("VMLAUNCH error: ?%x", BEGINS | FAILED, MEANING(M_ERROR, 0)),
	ROW("VMRESUME error: ?%x", BEGINS | FAILED, MEANING(M_ERROR, 0)),
	XEN_SEGMENT("CS", CS), XEN_SEGMENT("DS", DS), XEN_SEGMENT("SS", SS), XEN_SEGMENT("ES", ES),
	XEN_SEGMENT("FS", FS), XEN_SEGMENT("GS", GS), XEN_SEGMENT("LDTR", LDTR),
	XEN_SEGMENT("TR", TR),
	ROW("GDTR: %8! %16", 0, F(GUEST_GDTR_LIMIT), F(GUEST_GDTR_BASE)),
	ROW("IDTR: %8! %16", 0, F(GUEST_IDTR_LIMIT), F(GUEST_IDTR_BASE)),
	ROW("PDPTE0 = 0x%16", 0, F(GUEST_PDPTE0)),
	ROW("PDPTE1 = 0x%16", 0, F(GUEST_PDPTE1)),
	ROW("PDPTE2 = 0x%16", 0, F(GUEST_PDPTE2)),
	ROW("PDPTE3 = 0x%16", 0, F(GUEST_PDPTE3)),
	ROW("EFER(VMCS) = 0x%16", 0, F(GUEST_EFER)),
	ROW("EFER(MSR LL) = 0x%16", 0),
	ROW("PreemptionTimer = 0x%8", 0, F(PREEMPTION_TIMER_VALUE)),
	ROW("SM Base = 0x%8", 0, F(GUEST_SMBASE)),
	ROW("EPTP index = 0x%4", 0, F(EPTP_INDEX)),
	ROW("VMfunc controls = %16", 0, F(VM_FUNCTION_CONTROLS)),
	ROW("CR3 target0=%16", 0, F(CR3_TARGET_0)),
	ROW("target1=%16", 0, F(CR3_TARGET_1)),
	ROW("CR3 target2=%16", 0, F(CR3_TARGET_2)),
	ROW("target3=%16", 0, F(CR3_TARGET_3)),
	ROW("SPEC_CTRL mask = 0x%16 shadow = 0x%16", 0, F(SPEC_CTRL_MASK), F(SPEC_CTRL_SHADOW)),
	ROW("*********** VMCS Area", NAME),
};

const struct dump_format kvm_format = { "KVM's dump of a VMCS", kvm, sizeof(kvm) / sizeof(*kvm) };
const struct dump_format xen_format = { "Xen's dump of a VMCS", xen, sizeof(xen) / sizeof(*xen) };
