// SPDX-License-Identifier: GPL-2.0
/*
 * A processor that Linux gives away. It is taken offline as CPU hotplug does it, and begins
 * anew by INIT and SIPI, in a program that has nothing of Linux's but its own memory. INIT
 * and SIPI, by CPU hotplug again, bring it back.
 *
 * SDM, "MP Initialization Protocol Requirements and Restrictions"; "Issuing Interprocessor
 * Interrupts"
 */
#define pr_fmt(fmt) "vmxfs: " fmt

#include <linux/cpu.h>
#include <linux/delay.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/apic.h>
#include <asm/smp.h>
#include "cpu/given.h"

/* Of conventional memory, where a SIPI can begin; Linux and firmware have some of it. */
#define GIVEN_LOW_FIRST	(SZ_64K >> PAGE_SHIFT)
#define GIVEN_LOW_END	(SZ_512K >> PAGE_SHIFT)

/* Far more than it takes, in milliseconds */
#define GIVEN_PATIENCE	10000

/*
 * There is one. @cpu is -1 if there is none, @words where the program says how far it is.
 * @memory stays if the processor does not come back: it may still run there. @sipi is the
 * vector of a SIPI that was sent, -1 if none was.
 */
static struct {
	struct mutex lock;
	const void *owner;
	int cpu;
	struct page *memory;
	struct vmxfs_given_words words;
	int sipi;
} vmxfs_given = { .lock = __MUTEX_INITIALIZER(vmxfs_given.lock), .cpu = -1, .sipi = -1 };

#define GIVEN_ORDER get_order(VMXFS_GIVEN_MEMORY)

static bool given_owned(const void *owner)
{
	lockdep_assert_held(&vmxfs_given.lock);
	return vmxfs_given.cpu >= 0 && vmxfs_given.owner == owner;
}

static u64 given_word(u32 offset)
{
	return READ_ONCE(*(u64 *)(page_address(vmxfs_given.memory) + offset));
}

static bool given_aborted(void)
{
	u32 *abort = page_address(vmxfs_given.memory) + vmxfs_given.words.abort;

	return READ_ONCE(*abort);
}

static bool given_ended(void)
{
	return given_word(vmxfs_given.words.done) || given_aborted();
}

static void given_write_icr(u32 id, u32 command)
{
	unsigned long flags;

	if (x2apic_enabled()) {
		/* WRMSR of an x2APIC register does not wait until what was stored can be seen. */
		weak_wrmsr_fence();
		wrmsrl(APIC_BASE_MSR + (APIC_ICR >> 4), (u64)id << 32 | command);
		return;
	}
	/* An interrupt that sends one of its own must not come between. */
	local_irq_save(flags);
	native_apic_mem_write(APIC_ICR2, SET_XAPIC_DEST_FIELD(id));
	native_apic_mem_write(APIC_ICR, command);
	while (native_apic_mem_read(APIC_ICR) & APIC_ICR_BUSY)
		cpu_relax();
	local_irq_restore(flags);
}

static void given_ipi(enum vmxfs_given_ipi ipi, u8 vector)
{
	static const u32 modes[] = {
		[VMXFS_GIVEN_INIT] = APIC_DM_INIT | APIC_INT_ASSERT,
		[VMXFS_GIVEN_SIPI] = APIC_DM_STARTUP,
		[VMXFS_GIVEN_NMI] = APIC_DM_NMI,
	};

	given_write_icr(cpu_physical_id(vmxfs_given.cpu), modes[ipi] | vector);
}

/* An NMI or INIT that comes before would not find the program where it is to be. */
static void given_wait_until_ready(void)
{
	int left;

	for (left = GIVEN_PATIENCE; left && !given_word(vmxfs_given.words.ready) && !given_ended();
	     left--)
		usleep_range(50, 100);
}

static void given_end_by(enum vmxfs_given_ipi ipi)
{
	int left;

	if (given_word(vmxfs_given.words.done))
		return;
	given_ipi(ipi, 0);
	for (left = 100; left && !given_word(vmxfs_given.words.done); left--)
		usleep_range(50, 1000);
}

/*
 * INIT is blocked in VMX root operation, so the program is asked to leave it: by an NMI,
 * or in VMX non-root operation by INIT, which causes a VM exit. An emulator may come to an
 * MSR that it can't store at each VM exit; without it, it can go on.
 */
static void given_end_program(void)
{
	given_end_by(VMXFS_GIVEN_NMI);
	given_end_by(VMXFS_GIVEN_INIT);
	if (given_word(vmxfs_given.words.done))
		return;
	memset(page_address(vmxfs_given.memory) + vmxfs_given.words.areas, 0,
	       vmxfs_given.words.areas_size);
	given_end_by(VMXFS_GIVEN_INIT);
}

/* Returns whether Linux has the processor: an INIT would be the end of it then. */
static bool given_end(void)
{
	bool online;

	cpus_read_lock();
	online = cpu_online(vmxfs_given.cpu);
	if (!online && given_word(vmxfs_given.words.started))
		given_end_program();
	cpus_read_unlock();
	return online;
}

/*
 * The last of @cpus that is online, but never the first of all. Another of @cpus has to stay:
 * Linux lets a task that may run nowhere run everywhere.
 */
static int given_take_offline(const struct cpumask *cpus)
{
	int boot = cpumask_first(cpu_online_mask);
	int cpu, count = 0, last = -1;

	for_each_cpu_and(cpu, cpus, cpu_online_mask) {
		count++;
		if (cpu != boot)
			last = cpu;
	}
	if (last < 0 || count < 2)
		return -ENODEV;
	return remove_cpu(last) ? -ENODEV : last;
}

static int given_take(const void *owner, const struct cpumask *cpus,
		      const struct vmxfs_given_words *words)
{
	int cpu;

	if (given_owned(owner))
		return given_end() ? -EBUSY : 0;
	if (vmxfs_given.cpu >= 0)
		return -EBUSY;
	vmxfs_given.memory = alloc_pages(GFP_KERNEL | __GFP_ZERO | GFP_DMA32, GIVEN_ORDER);
	if (!vmxfs_given.memory)
		return -ENOMEM;
	cpu = given_take_offline(cpus);
	if (cpu < 0) {
		__free_pages(vmxfs_given.memory, GIVEN_ORDER);
		return cpu;
	}
	vmxfs_given.cpu = cpu;
	vmxfs_given.owner = owner;
	vmxfs_given.words = *words;
	vmxfs_given.sipi = -1;
	return 0;
}

/**
 * vmxfs_given_take() - take a processor from Linux
 * @owner: who has it then; may have it already, and its program ends
 * @cpus: which it may be
 * @words: where its program says how far it is
 *
 * Return: 0; -ENODEV if there is none that can go, -EBUSY if another has one, or Linux has
 * taken it back, -ENOMEM.
 */
int vmxfs_given_take(const void *owner, const struct cpumask *cpus,
		     const struct vmxfs_given_words *words)
{
	int err;

	mutex_lock(&vmxfs_given.lock);
	err = given_take(owner, cpus, words);
	mutex_unlock(&vmxfs_given.lock);
	return err;
}

/**
 * vmxfs_given_memory() - the memory of the processor's program
 * @owner: who has the processor
 *
 * Return: VMXFS_GIVEN_MEMORY bytes, of one piece and below 4 GByte; or NULL.
 */
void *vmxfs_given_memory(const void *owner)
{
	void *memory;

	mutex_lock(&vmxfs_given.lock);
	memory = given_owned(owner) ? page_address(vmxfs_given.memory) : NULL;
	mutex_unlock(&vmxfs_given.lock);
	return memory;
}

static unsigned long given_low_page(void)
{
	unsigned long pfn;

	for (pfn = GIVEN_LOW_FIRST; pfn < GIVEN_LOW_END; pfn++)
		if (page_is_ram(pfn))
			return pfn;
	return 0;
}

/* @low is the page below 1 MByte, of number @pfn. */
static int given_begin(void *low, unsigned long pfn)
{
	const void *memory = page_address(vmxfs_given.memory);
	int left;

	vmxfs_given.sipi = -1;
	memcpy(low, memory + VMXFS_GIVEN_ENTRY, VMXFS_GIVEN_PHYSICAL);
	*(u64 *)(low + VMXFS_GIVEN_PHYSICAL) = page_to_phys(vmxfs_given.memory);
	given_ipi(VMXFS_GIVEN_INIT, 0);
	usleep_range(200, 400);
	/* A SIPI that comes when it runs does nothing. */
	for (left = GIVEN_PATIENCE; left && !given_word(vmxfs_given.words.started); left--) {
		given_ipi(VMXFS_GIVEN_SIPI, pfn);
		usleep_range(left > GIVEN_PATIENCE - 10 ? 50 : 1000, 1000);
	}
	if (!left)
		return -EIO;
	given_wait_until_ready();
	return 0;
}

/* What was in the low page, which may be Linux's own for this purpose, is put back. */
static int given_start(void)
{
	unsigned long pfn = given_low_page();
	void *low, *saved;
	int err;

	if (!pfn)
		return -ENOMEM;
	saved = kmalloc(PAGE_SIZE, GFP_KERNEL);
	low = memremap(PFN_PHYS(pfn), PAGE_SIZE, MEMREMAP_WB);
	if (!saved || !low) {
		err = -ENOMEM;
		goto out;
	}
	memcpy(saved, low, PAGE_SIZE);
	err = given_begin(low, pfn);
	memcpy(low, saved, PAGE_SIZE);
out:
	if (low)
		memunmap(low);
	kfree(saved);
	return err;
}

/**
 * vmxfs_given_start() - the processor begins its program
 * @owner: who has the processor
 *
 * Return: 0; -ENODEV if @owner has none, -EBUSY if Linux has taken it back, -EIO if it does
 * not begin, -ENOMEM.
 */
int vmxfs_given_start(const void *owner)
{
	int err = -ENODEV;

	mutex_lock(&vmxfs_given.lock);
	/* Nobody else brings a processor online by the low page. */
	cpus_read_lock();
	if (given_owned(owner))
		err = cpu_online(vmxfs_given.cpu) ? -EBUSY : given_start();
	cpus_read_unlock();
	mutex_unlock(&vmxfs_given.lock);
	return err;
}

/**
 * vmxfs_given_send() - send the processor what it takes even with RFLAGS.IF 0
 * @owner: who has the processor
 * @ipi: what
 * @vector: of a SIPI
 *
 * Return: 0; -ENODEV if @owner has none, -EBUSY if Linux has taken it back.
 */
int vmxfs_given_send(const void *owner, enum vmxfs_given_ipi ipi, u8 vector)
{
	int err = -ENODEV;

	mutex_lock(&vmxfs_given.lock);
	cpus_read_lock();
	if (given_owned(owner)) {
		err = cpu_online(vmxfs_given.cpu) ? -EBUSY : 0;
		if (!err)
			given_ipi(ipi, vector);
		if (!err && ipi == VMXFS_GIVEN_SIPI)
			vmxfs_given.sipi = vector;
	}
	cpus_read_unlock();
	mutex_unlock(&vmxfs_given.lock);
	return err;
}

/**
 * vmxfs_given_poll() - whether the program has ended, by a VMX abort say
 * @owner: who has the processor, or has none
 *
 * A SIPI that was sent is sent again: one that came too early had no effect.
 *
 * Return: true, also if @owner has no processor, or Linux has taken it back.
 */
bool vmxfs_given_poll(const void *owner)
{
	bool ended;

	mutex_lock(&vmxfs_given.lock);
	/* While Linux brings it online, a SIPI of ours would be as good as Linux's. */
	cpus_read_lock();
	ended = !given_owned(owner) || cpu_online(vmxfs_given.cpu) || given_ended();
	if (!ended && vmxfs_given.sipi >= 0)
		given_ipi(VMXFS_GIVEN_SIPI, vmxfs_given.sipi);
	cpus_read_unlock();
	mutex_unlock(&vmxfs_given.lock);
	return ended;
}

/*
 * SDM, "VMX Aborts": after one, a processor stays in the shutdown state until it is reset.
 * If it does not come back then, that is right.
 */
static int given_back(void)
{
	bool aborted = given_aborted();
	int err = 0;

	/* It is 1 if somebody else has brought it online meanwhile. */
	if (!given_end())
		err = min(add_cpu(vmxfs_given.cpu), 0);
	if (err)
		pr_err("processor %d did not come back (%d)\n", vmxfs_given.cpu, err);
	else
		__free_pages(vmxfs_given.memory, GIVEN_ORDER);
	vmxfs_given.cpu = -1;
	vmxfs_given.owner = NULL;
	return err && !aborted ? -EIO : 0;
}

/**
 * vmxfs_given_back() - give the processor back to Linux
 * @owner: who has it, or has none
 *
 * Return: 0, or -EIO if it does not come back.
 */
int vmxfs_given_back(const void *owner)
{
	int err = 0;

	mutex_lock(&vmxfs_given.lock);
	if (given_owned(owner))
		err = given_back();
	mutex_unlock(&vmxfs_given.lock);
	return err;
}
