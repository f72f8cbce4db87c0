// SPDX-License-Identifier: GPL-2.0
/*
 * What the VMCS of a vCPU holds: the controls, the guest's initial state and
 * the host state, some of which belongs to the processor it runs on.
 */
#include <linux/io.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <asm/cpu_entry_area.h>
#include <asm/debugreg.h>
#include <asm/desc.h>
#include <asm/fpu/api.h>
#include <asm/fpu/xcr.h>
#include <asm/msr.h>
#include <asm/segment.h>
#include <asm/special_insns.h>
#include <asm/tlbflush.h>
#include <asm/tsc.h>
#include "cpu/cpu.h"
#include "cpu/gprs.h"
#include "cpu/instructions.h"
#include "memory/memory.h"
#include "vmcs/vmcs.h"

/* How long a guest may run without a VM exit, in microseconds. */
#define VMXFS_SLICE_US 1000
/* Where the TSC is slow and the timer slower */
#define VMXFS_MIN_SLICE 0x4000

/* The controls of every vCPU, beyond those that must be 1. */
static const struct {
	u32 field;
	u64 controls;
} vmxfs_controls[] = {
	{ VMCS_PIN_BASED_CONTROLS,
	  VMX_CTL(pin, external_interrupt_exiting) | VMX_CTL(pin, nmi_exiting) |
	  VMX_CTL(pin, preemption_timer) },
	{ VMCS_PROC_BASED_CONTROLS,
	  VMX_CTL(proc, use_tsc_offsetting) | VMX_CTL(proc, hlt_exiting) |
	  VMX_CTL(proc, mwait_exiting) | VMX_CTL(proc, monitor_exiting) |
	  VMX_CTL(proc, rdpmc_exiting) | VMX_CTL(proc, mov_dr_exiting) |
	  VMX_CTL(proc, cr8_load_exiting) | VMX_CTL(proc, cr8_store_exiting) |
	  VMX_CTL(proc, unconditional_io_exiting) | VMX_CTL(proc, use_msr_bitmaps) |
	  VMX_CTL(proc, activate_secondary_controls) },
	{ VMCS_SECONDARY_CONTROLS,
	  VMX_CTL(proc2, enable_ept) | VMX_CTL(proc2, enable_vpid) |
	  VMX_CTL(proc2, unrestricted_guest) },
	{ VMCS_EXIT_CONTROLS,
	  VMX_CTL(exit, save_debug_controls) | VMX_CTL(exit, host_address_space_size) |
	  VMX_CTL(exit, save_pat) | VMX_CTL(exit, load_pat) |
	  VMX_CTL(exit, save_efer) | VMX_CTL(exit, load_efer) },
	{ VMCS_ENTRY_CONTROLS,
	  VMX_CTL(entry, load_debug_controls) | VMX_CTL(entry, load_pat) |
	  VMX_CTL(entry, load_efer) },
};

/* SDM, "Segment Registers" of the guest-state area: access rights */
#define AR_DATA		0xc093	/* present, read/write, accessed, 4 KB, 32-bit */
#define AR_CODE		0xc09b	/* present, execute/read, accessed, 4 KB, 32-bit */
#define AR_TSS_BUSY	0x008b	/* present, busy 32-bit TSS */
#define AR_UNUSABLE	0x10000

/* All fields: VMCLEAR leaves them as they happen to be. */
static const u32 vmxfs_fields[] = {
#define VMX_FIELD(encoding, ident, owner, sdm_name) encoding,
#include "vmx_fields.h"
};

/* The guest's state after clone; all other fields are 0. */
static const struct {
	u32 field;
	u64 value;
} vmxfs_initial[] = {
	{ VMCS_GUEST_CS_LIMIT, 0xffffffff }, { VMCS_GUEST_CS_ACCESS_RIGHTS, AR_CODE },
	{ VMCS_GUEST_DS_LIMIT, 0xffffffff }, { VMCS_GUEST_DS_ACCESS_RIGHTS, AR_DATA },
	{ VMCS_GUEST_ES_LIMIT, 0xffffffff }, { VMCS_GUEST_ES_ACCESS_RIGHTS, AR_DATA },
	{ VMCS_GUEST_FS_LIMIT, 0xffffffff }, { VMCS_GUEST_FS_ACCESS_RIGHTS, AR_DATA },
	{ VMCS_GUEST_GS_LIMIT, 0xffffffff }, { VMCS_GUEST_GS_ACCESS_RIGHTS, AR_DATA },
	{ VMCS_GUEST_SS_LIMIT, 0xffffffff }, { VMCS_GUEST_SS_ACCESS_RIGHTS, AR_DATA },
	{ VMCS_GUEST_TR_LIMIT, 0xffff }, { VMCS_GUEST_TR_ACCESS_RIGHTS, AR_TSS_BUSY },
	{ VMCS_GUEST_LDTR_ACCESS_RIGHTS, AR_UNUSABLE },
	{ VMCS_GUEST_DR7, 0x400 }, /* bit 10 is always 1 */
	{ VMCS_GUEST_RFLAGS, X86_EFLAGS_FIXED },
	{ VMCS_GUEST_PAT, 0x0007040600070406 },
	{ VMCS_VMCS_LINK_POINTER, ~0ULL },
};

static void vmxfs_init_fields(void)
{
	int i;

	/* This processor need not have all of them. */
	for (i = 0; i < ARRAY_SIZE(vmxfs_fields); i++)
		if (VMX_FIELD_TYPE(vmxfs_fields[i]) == VMX_TYPE_CONTROL ||
		    VMX_FIELD_TYPE(vmxfs_fields[i]) == VMX_TYPE_GUEST)
			vmwrite(vmxfs_fields[i], 0);
}

static void vmxfs_init_controls(struct vmxfs_vcpu *vcpu)
{
	u64 rate = vmxfs_caps.misc & 0x1f;
	int i;

	for (i = 0; i < ARRAY_SIZE(vmxfs_controls); i++) {
		struct vmxfs_allowed allowed = vmxfs_allowed_settings(vmxfs_controls[i].field);

		vmcs_write(vmxfs_controls[i].field,
			   (vmxfs_controls[i].controls | allowed.must) & allowed.may);
	}
	vcpu->proc_controls = vmcs_read(VMCS_PROC_BASED_CONTROLS);
	vcpu->proc_controls_now = vcpu->proc_controls;
	vmxfs_event_controls(vcpu);
	vcpu->virtual_nmis = vmcs_read(VMCS_PIN_BASED_CONTROLS) & VMX_CTL(pin, virtual_nmis);
	vmcs_write(VMCS_VIRTUAL_PROCESSOR_ID, vcpu->vpid);
	vmcs_write(VMCS_EPT_POINTER, vmxfs_ept_pointer(vcpu->map[0].pml4));
	vcpu->timer = max_t(u64, (u64)tsc_khz * VMXFS_SLICE_US / 1000 >> rate, VMXFS_MIN_SLICE);
	vmcs_write(VMCS_PREEMPTION_TIMER_VALUE, vcpu->timer);
	/* The guest owns no XSAVES supervisor state. Not every processor has the field. */
	vmwrite(VMCS_XSS_EXITING_BITMAP, ~0ULL);
}

static void vmxfs_init_guest(struct vmxfs_vcpu *vcpu)
{
	u64 cr0 = X86_CR0_PE | X86_CR0_ET |
		  (vmxfs_caps.cr0_fixed0 & ~(u64)(X86_CR0_PG | X86_CR0_PE));
	u64 cr4 = vmxfs_caps.cr4_fixed0 | (cr4_read_shadow() & X86_CR4_MCE);
	int i;

	for (i = 0; i < ARRAY_SIZE(vmxfs_initial); i++)
		vmcs_write(vmxfs_initial[i].field, vmxfs_initial[i].value);
	vmxfs_set_exception_bitmap(vcpu, BIT(VMX_EXC_DB));
	vmcs_write(VMCS_CR0_MASK, ~vmx_guest_bits(VMX_REGISTER_CR0));
	vmcs_write(VMCS_CR4_MASK, ~vmx_guest_bits(VMX_REGISTER_CR4));
	vmcs_write(VMCS_GUEST_CR0, cr0);
	vmcs_write(VMCS_GUEST_CR4, cr4);
	vmcs_write(VMCS_CR0_READ_SHADOW, cr0);
	vmcs_write(VMCS_CR4_READ_SHADOW, 0);
	vcpu->dr[6] = DR6_RESERVED;
	vcpu->xcr0 = XFEATURE_MASK_FP;
	vcpu->tsc_stopped = 0;
}

/* Host state that is the same on every processor. */
static void vmxfs_init_host(struct vmxfs_vcpu *vcpu)
{
	vmcs_write(VMCS_HOST_CS_SELECTOR, __KERNEL_CS);
	vmcs_write(VMCS_HOST_SS_SELECTOR, __KERNEL_DS);
	vmcs_write(VMCS_HOST_DS_SELECTOR, 0);
	vmcs_write(VMCS_HOST_ES_SELECTOR, 0);
	vmcs_write(VMCS_HOST_FS_SELECTOR, 0);
	vmcs_write(VMCS_HOST_GS_SELECTOR, 0);
	vmcs_write(VMCS_HOST_TR_SELECTOR, GDT_ENTRY_TSS * 8);
	store_idt(&vcpu->host.idt);
	vmcs_write(VMCS_HOST_IDTR_BASE, vcpu->host.idt.address);
	vmcs_write(VMCS_HOST_CR0, read_cr0() & ~X86_CR0_TS);
	vmcs_write(VMCS_HOST_RIP, (unsigned long)vmxfs_vmexit);
}

/*
 * Host state that is in MSRs. All of it is right in each VMCS, whether or not a control
 * loads it. Some of it changes with the task that the processor runs. switch.c writes that
 * again before each VM entry, if a control loads it.
 */
static const struct {
	u32 field;
	u32 msr;
} vmxfs_host_msrs[] = {
	{ VMCS_HOST_GS_BASE, MSR_GS_BASE },
	{ VMCS_HOST_SYSENTER_CS, MSR_IA32_SYSENTER_CS },
	{ VMCS_HOST_SYSENTER_ESP, MSR_IA32_SYSENTER_ESP },
	{ VMCS_HOST_SYSENTER_EIP, MSR_IA32_SYSENTER_EIP },
	{ VMCS_HOST_PAT, MSR_IA32_CR_PAT },
	{ VMCS_HOST_EFER, MSR_EFER },
	{ VMCS_HOST_PERF_GLOBAL_CTRL, MSR_CORE_PERF_GLOBAL_CTRL },
	{ VMCS_HOST_SPEC_CTRL, MSR_IA32_SPEC_CTRL },
	{ VMCS_HOST_PKRS, 0x6e1 },
	{ VMCS_HOST_S_CET, 0x6a2 },
	{ VMCS_HOST_INTERRUPT_SSP_TABLE_ADDRESS, 0x6a8 },
};

/* Host state that belongs to the processor; preemption is disabled. */
static void vmxfs_load_host(struct vmxfs_vcpu *vcpu)
{
	struct vmxfs_msr_entry *own = vmxfs_msr_own(vcpu, VMXFS_EXIT_MSR_LOAD);
	int i, cpu = smp_processor_id();
	u64 value;

	vmcs_write(VMCS_HOST_TR_BASE, (unsigned long)&get_cpu_entry_area(cpu)->tss.x86_tss);
	vcpu->host.gdt.size = GDT_SIZE - 1;
	vcpu->host.gdt.address = (unsigned long)get_cpu_gdt_ro(cpu);
	vmcs_write(VMCS_HOST_GDTR_BASE, vcpu->host.gdt.address);
	/* This processor need not have all of them. The kernel has no shadow stack: SSP is 0. */
	for (i = 0; i < ARRAY_SIZE(vmxfs_host_msrs); i++)
		if (!rdmsrl_safe(vmxfs_host_msrs[i].msr, &value))
			vmwrite(vmxfs_host_msrs[i].field, value);
	vmwrite(VMCS_HOST_SSP, 0);
	for (i = 0; i < VMXFS_MSRS; i++)
		rdmsrl_safe(vmxfs_msrs_in_areas[i], &own[i].value);
	vcpu->host.cr3 = 0;
	vcpu->host.cr4 = 0;
	vcpu->host.fs_base = ~0ULL;
	vcpu->host.rsp = 0;
}

/* What is left of vmxfs_load() if the VMCS is not the current one. */
void vmxfs_load_slow(struct vmxfs_vcpu *vcpu)
{
	preempt_enable();
	might_sleep();
	preempt_disable();
	while (!vmxfs_cpu_is_on()) {
		preempt_enable();
		schedule_timeout_uninterruptible(1);
		preempt_disable();
	}
	if (vmxfs_vmcs_load(&vcpu->vmcs)) {
		vmxfs_load_host(vcpu);
		vcpu->flush = true;
	}
}

/* One block, with a page after the last: a wrong address may reach beyond a region's end. */
#define REGIONS_ORDER const_ilog2(roundup_pow_of_two(VMXFS_REGIONS + 1))

static int vmcs_regions_alloc(struct vmxfs_vcpu *vcpu)
{
	static const u32 flip[VMXFS_REGIONS] = {
		[VMXFS_SHADOW] = BIT(31), [VMXFS_BAD_REVISION] = 1,
	};
	struct page *first = alloc_pages(GFP_KERNEL_ACCOUNT | __GFP_ZERO, REGIONS_ORDER);
	int i;

	if (!first)
		return -ENOMEM;
	for (i = 0; i < VMXFS_REGIONS; i++) {
		vcpu->region[i] = first + i;
		vmxfs_region_init(vcpu->region[i], flip[i]);
	}
	return 0;
}

static void vmcs_regions_free(struct vmxfs_vcpu *vcpu)
{
	if (vcpu->region[0])
		__free_pages(vcpu->region[0], REGIONS_ORDER);
}

/**
 * vmxfs_vmcs_init() - allocate what the VMCS of a vCPU points to, and fill it
 * @vcpu: new, and with its VPID
 *
 * Return: 0 or -ENOMEM; vmxfs_vmcs_destroy() frees it, also after a failure.
 */
int vmxfs_vmcs_init(struct vmxfs_vcpu *vcpu)
{
	int i;

	for (i = 0; i < VMXFS_MAPS; i++) {
		INIT_LIST_HEAD(&vcpu->map[i].regions);
		vcpu->map[i].pml4 = vmxfs_ept_alloc();
		if (!vcpu->map[i].pml4)
			return -ENOMEM;
	}
	if (vmcs_regions_alloc(vcpu))
		return -ENOMEM;
	vcpu->fpu = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	vcpu->host.fpu = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	if (!vcpu->fpu || !vcpu->host.fpu || vmxfs_areas_alloc(vcpu) || vmxfs_vmcs_alloc(&vcpu->vmcs))
		return -ENOMEM;
	vcpu->vmcs.shadow = vcpu->region[VMXFS_SHADOW];
	vmxfs_fpu_init(vcpu);

	vmxfs_load(vcpu);
	vmxfs_init_fields();
	vmxfs_areas_init(vcpu);
	vmxfs_init_controls(vcpu);
	vmxfs_init_guest(vcpu);
	vmxfs_init_host(vcpu);
	vmxfs_unload();
	return 0;
}

void vmxfs_vmcs_destroy(struct vmxfs_vcpu *vcpu)
{
	int i;

	vmxfs_vmcs_clear(&vcpu->vmcs);
	vmxfs_vmcs_free(&vcpu->vmcs);
	vmxfs_areas_free(vcpu);
	for (i = 0; i < VMXFS_MAPS; i++)
		vmxfs_ept_free(vcpu->map[i].pml4);
	vmcs_regions_free(vcpu);
	free_page((unsigned long)vcpu->fpu);
	free_page((unsigned long)vcpu->host.fpu);
}
