/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What of the switch between host and guest is left out where nobody can tell. Each such
 * case is a row here, and no other place decides one. make leaks has a leak for each whose
 * state a processor that make isolation runs on can have: not for PEBS, perf's branch
 * records, IA32_XSS, which Linux leaves 0 there, and the limit of TPAUSE, which ends by
 * time.
 *
 * A row of the first table is decided by what the vCPU is. The answer is kept in
 * vmxfs_vcpu.skips until anybody may have changed something (vmxfs_vcpu.decided_for), and so
 * must be one that the guest can't change without a VM exit. A row of the second table
 * is decided at each VM entry, by what the processor has then.
 */
#ifndef VMXFS_LAZY_H
#define VMXFS_LAZY_H

#include <linux/bits.h>

/*
 * LAZY(ident, what, may_skip, why)
 *
 * ident	VMXFS_SKIP_ident is its bit in vmxfs_vcpu.skips
 * what		is not switched
 * may_skip	if this is true; @vcpu is loaded, @runner is who runs it
 * why		that is safe
 */
#define VMXFS_LAZY_BY_VCPU(LAZY) \
	LAZY(XCR0, "XCR0", \
	     vmcs_read(VMCS_CR4_MASK) & ~vmcs_read(VMCS_GUEST_CR4) & X86_CR4_OSXSAVE, \
	     "with CR4.OSXSAVE 0 what depends on XCR0 is #UD, and the guest can't set it") \
	LAZY(DEBUG, "DR0 to DR3 and DR6", \
	     vcpu->proc_controls & VMX_CTL(proc, mov_dr_exiting) && \
	     vmcs_read(VMCS_ENTRY_CONTROLS) & VMX_CTL(entry, load_debug_controls) && \
	     !(vmcs_read(VMCS_GUEST_DR7) & VMXFS_DR7_ENABLE), \
	     "MOV DR and #DB exit, and DR7 enables no breakpoint") \
	LAZY(MSRS, "the MSRs in the MSR areas", \
	     runner->may_hide_msrs && !vcpu->msrs_used && !vmxfs_areas_have_users(vcpu) && \
	     !vmxfs_can_be_ia32e(), \
	     "SWAPGS and SYSCALL are #UD outside 64-bit mode; RDMSR and WRMSR exit meanwhile, so the guest can't get there") \
	LAZY(TSC_AUX, "IA32_TSC_AUX", \
	     !(vmcs_read(VMCS_SECONDARY_CONTROLS) & VMX_CTL(proc2, enable_rdtscp)), \
	     "RDTSCP and RDPID are #UD, and RDMSR exits") \
	LAZY(UMWAIT, "IA32_UMWAIT_CONTROL", \
	     !(vmcs_read(VMCS_SECONDARY_CONTROLS) & VMX_CTL(proc2, enable_user_wait_pause)), \
	     "UMWAIT and TPAUSE, which show the host's time limit, are #UD, and RDMSR exits") \
	LAZY(XSS, "IA32_XSS", \
	     !(vmcs_read(VMCS_SECONDARY_CONTROLS) & VMX_CTL(proc2, enable_xsaves_xrstors)), \
	     "XSAVES and XRSTORS, which depend on it, are #UD, and RDMSR exits") \
	LAZY(HOST_FIELDS, "host-state fields that change with what the processor runs", \
	     !vmxfs_loads_changing_fields(), \
	     "no VM-exit control loads them")

/*
 * LAZY(ident, what, may_skip, why): as above, but @host is what the processor has, and
 * vmxfs_skips_ident() tells.
 */
#define VMXFS_LAZY_BY_HOST(LAZY) \
	LAZY(selectors, "LDTR, DS, ES, FS and GS", \
	     !host->selectors, \
	     "a VM exit leaves them null") \
	LAZY(debugctl, "IA32_DEBUGCTL", \
	     !host->debugctl, \
	     "a VM exit leaves it 0, and a VM entry that does not load it keeps it") \
	LAZY(pebs, "IA32_PEBS_ENABLE", \
	     !host->pebs, \
	     "no record is written to a linear address, which in the guest is the guest's") \
	LAZY(dr7, "DR7", \
	     !hw_breakpoint_active(), \
	     "a VM exit leaves no breakpoint enabled") \
	LAZY(tss_limit, "the limit of TR", \
	     !test_thread_flag(TIF_IO_BITMAP), \
	     "Linux is told, and loads TR before it runs a task with an I/O bitmap") \
	LAZY(read_pebs, "the reading of IA32_PEBS_ENABLE", \
	     !static_cpu_has(X86_FEATURE_PEBS), \
	     "perf does not use PEBS") \
	LAZY(read_debugctl, "the reading of IA32_DEBUGCTL", \
	     !static_cpu_has(X86_FEATURE_ARCH_PERFMON) && !test_thread_flag(TIF_BLOCKSTEP) && \
	     !static_cpu_has(X86_FEATURE_BUS_LOCK_DETECT), \
	     "perf's branch records, block steps and bus locks are all that Linux sets it for")

enum {
#define LAZY(ident, what, may_skip, why) VMXFS_LAZY_##ident,
	VMXFS_LAZY_BY_VCPU(LAZY)
#undef LAZY
#define LAZY(ident, what, may_skip, why) VMXFS_SKIP_##ident = BIT(VMXFS_LAZY_##ident),
	VMXFS_LAZY_BY_VCPU(LAZY)
#undef LAZY
};

#endif
