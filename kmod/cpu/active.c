// SPDX-License-Identifier: GPL-2.0
/*
 * What is active on a processor: VMX operation, and which VMCSs. Whoever wants another VMCS,
 * or to leave VMX operation for a moment, does it here.
 */
#define pr_fmt(fmt) "vmxfs: " fmt

#include <linux/io.h>
#include <linux/mm.h>
#include <linux/rculist.h>
#include <linux/smp.h>
#include <asm/perf_event.h>
#include <asm/tlbflush.h>
#include "cpu/cpu.h"
#include "cpu/instructions.h"

DEFINE_PER_CPU(struct vmxfs_cpu, vmxfs_cpus);
/* The current VMCS, which is active here, or NULL */
DEFINE_PER_CPU(struct vmxfs_vmcs *, vmxfs_current);
/* A processor could not enter VMX operation again: nobody is given a vCPU any more. */
bool vmxfs_lost;

void vmxfs_region_init(struct page *page, u32 flip)
{
	*(u32 *)page_address(page) = (vmxfs_caps.basic & GENMASK(30, 0)) ^ flip;
}

/**
 * vmxfs_region_alloc() - allocate a VMXON or VMCS region
 * @flip: bits of the VMCS revision identifier that are to be wrong, or the
 *	shadow-VMCS indicator
 *
 * SDM, "Format of the VMXON Region" and "Format of the VMCS Region".
 *
 * Return: its page, or NULL.
 */
struct page *vmxfs_region_alloc(u32 flip)
{
	struct page *page = alloc_page(GFP_KERNEL_ACCOUNT | __GFP_ZERO);

	if (page)
		vmxfs_region_init(page, flip);
	return page;
}

int vmxfs_vmcs_alloc(struct vmxfs_vmcs *vmcs)
{
	vmcs->page = vmxfs_region_alloc(0);
	vmcs->shadow = NULL;
	vmcs->cpu = -1;
	vmcs->launched = false;
	INIT_LIST_HEAD(&vmcs->link);
	return vmcs->page ? 0 : -ENOMEM;
}

void vmxfs_vmcs_free(struct vmxfs_vmcs *vmcs)
{
	if (vmcs->page)
		__free_page(vmcs->page);
	vmcs->page = NULL;
}

/* On the processor where @vmcs is active, interrupts disabled. */
static void vmxfs_vmcs_clear_here(struct vmxfs_vmcs *vmcs)
{
	if (vmcs->shadow)
		WARN_ONCE(vmclear(page_to_phys(vmcs->shadow)), "vmxfs: VMCLEAR failed\n");
	WARN_ONCE(vmclear(page_to_phys(vmcs->page)), "vmxfs: VMCLEAR failed\n");
	if (this_cpu_read(vmxfs_current) == vmcs)
		this_cpu_write(vmxfs_current, NULL);
	list_del_init(&vmcs->link);
	vmcs->launched = false;
	/* A processor that reads -1 may add the VMCS to its own list. */
	smp_store_release(&vmcs->cpu, -1);
}

static void vmxfs_vmcs_clear_ipi(void *arg)
{
	struct vmxfs_vmcs *vmcs = arg;

	/* If the processor went offline meanwhile, that has cleared all of its VMCSs. */
	if (vmcs->cpu == smp_processor_id())
		vmxfs_vmcs_clear_here(vmcs);
}

/**
 * vmxfs_vmcs_clear() - VMCLEAR, on whichever processor the VMCS is active
 * @vmcs: not in use by a guest now
 */
void vmxfs_vmcs_clear(struct vmxfs_vmcs *vmcs)
{
	/* Pairs with vmxfs_vmcs_clear_here(). */
	int cpu = smp_load_acquire(&vmcs->cpu);

	if (cpu >= 0)
		smp_call_function_single(cpu, vmxfs_vmcs_clear_ipi, vmcs, true);
}

/* Whether VMX operation is on here; preemption is disabled. */
bool vmxfs_cpu_is_on(void)
{
	return this_cpu_read(vmxfs_cpus.on);
}

/**
 * vmxfs_vmcs_load() - make a VMCS this processor's current one
 * @vmcs: the VMCS; preemption is disabled, interrupts are not
 *
 * Return: true if it comes from another processor, or from none: its host
 * state is not this one's, and translations may be cached here.
 */
bool vmxfs_vmcs_load(struct vmxfs_vmcs *vmcs)
{
	struct vmxfs_cpu *cpu = this_cpu_ptr(&vmxfs_cpus);
	unsigned long flags;
	/* Pairs with vmxfs_vmcs_clear_here(). */
	bool moved = smp_load_acquire(&vmcs->cpu) != smp_processor_id();

	if (!moved && this_cpu_read(vmxfs_current) == vmcs)
		return false;
	if (moved)
		vmxfs_vmcs_clear(vmcs);

	local_irq_save(flags);
	if (moved) {
		/* A new region is neither active nor clear until VMCLEAR. */
		WARN_ONCE(vmclear(page_to_phys(vmcs->page)), "vmxfs: VMCLEAR failed\n");
		vmcs->cpu = smp_processor_id();
		/* In an order that vmxfs_cpu_emergency() may interrupt. */
		list_add_rcu(&vmcs->link, &cpu->active);
	}
	WARN_ONCE(vmptrld(page_to_phys(vmcs->page)), "vmxfs: VMPTRLD failed\n");
	this_cpu_write(vmxfs_current, vmcs);
	local_irq_restore(flags);
	return moved;
}

/* VMX operation is off here, interrupts are disabled. */
void vmxfs_cpu_disable(struct vmxfs_cpu *cpu)
{
	cr4_clear_bits_irqsoff(X86_CR4_VMXE);
	WRITE_ONCE(cpu->ours, false);
	intel_pt_handle_vmx(0);
}

/* A processor that runs could not enter VMX operation again. */
void vmxfs_cpu_lose(void)
{
	pr_err("VMX could not be entered again on processor %d: no vCPU can go on\n",
	       smp_processor_id());
	WRITE_ONCE(vmxfs_lost, true);
}

/* ---- for the insn file: interrupts are disabled ---- */

/* The physical address of the VMXON region of the processor that this runs on. */
u64 vmxfs_cpu_region(void)
{
	return page_to_phys(raw_cpu_ptr(&vmxfs_cpus)->region);
}

/* VMCLEAR of all that is active on this processor. */
void vmxfs_cpu_clear_all(void)
{
	struct vmxfs_cpu *cpu = this_cpu_ptr(&vmxfs_cpus);
	struct vmxfs_vmcs *vmcs, *next;

	list_for_each_entry_safe(vmcs, next, &cpu->active, link)
		vmxfs_vmcs_clear_here(vmcs);
}

/* Leave VMX operation for a moment. */
void vmxfs_cpu_leave(void)
{
	vmxfs_cpu_clear_all();
	vmxoff();
}

/* Returns whether VMX operation is on again; if not, all vCPUs are lost. */
bool vmxfs_cpu_reenter(void)
{
	struct vmxfs_cpu *cpu = this_cpu_ptr(&vmxfs_cpus);

	if (!vmxon(vmxfs_cpu_region()))
		return true;
	cpu->on = false;
	vmxfs_cpu_disable(cpu);
	vmxfs_cpu_lose();
	return false;
}

/**
 * vmxfs_cpu_restore() - whatever the VMCS pointer is, make it known again
 * @vmcs: becomes the current VMCS if it is active here
 */
void vmxfs_cpu_restore(struct vmxfs_vmcs *vmcs)
{
	this_cpu_write(vmxfs_current, NULL);
	if (vmcs->cpu != smp_processor_id())
		return;
	WARN_ONCE(vmptrld(page_to_phys(vmcs->page)), "vmxfs: VMPTRLD failed\n");
	this_cpu_write(vmxfs_current, vmcs);
}

/**
 * vmxfs_cpu_emergency() - leave VMX operation on this processor, which is going down
 *
 * Also by NMI, so anything may have been interrupted: the list while a VMCS is put in or
 * taken out, and what an insn file does, which may be outside VMX operation. It is not
 * known which of the insn file's regions are active. Nothing here comes back to VMX.
 */
void notrace vmxfs_cpu_emergency(void)
{
	struct vmxfs_cpu *cpu = raw_cpu_ptr(&vmxfs_cpus);
	struct vmxfs_vmcs *vmcs;
	unsigned long cr4, flags;

	raw_local_irq_save(flags);
	cr4 = __read_cr4();
	/* Otherwise it is off, or another hypervisor's. */
	if (READ_ONCE(cpu->ours) && cr4 & X86_CR4_VMXE) {
		list_for_each_entry(vmcs, &cpu->active, link) {
			vmclear_if_on(page_to_phys(vmcs->page));
			if (vmcs->shadow)
				vmclear_if_on(page_to_phys(vmcs->shadow));
		}
		vmxoff_if_on();
		/* What Linux keeps of CR4 may be in the middle of a change, too. */
		asm volatile("mov %0, %%cr4" : : "r" (cr4 & ~(unsigned long)X86_CR4_VMXE) : "memory");
	}
	raw_local_irq_restore(flags);
}
