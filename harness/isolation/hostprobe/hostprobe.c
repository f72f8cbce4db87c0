// SPDX-License-Identifier: GPL-2.0
/*
 * hostprobe: what a processor has before and after each of vmxfs' functions that run a
 * guest, and what differs. It knows nothing of vmxfs but the names of these functions.
 *
 * /dev/hostprobe takes words: "probe" and "unprobe" switch it on and off, "compare"
 * compares with what each processor had when hostprobe came, which is before vmxfs, and
 * gives that back. Reading gives one line of counts, and a line for each difference;
 * then it begins anew.
 */
#define pr_fmt(fmt) "hostprobe: " fmt

#include <linux/bitmap.h>
#include <linux/cpu.h>
#include <linux/kprobes.h>
#include <linux/ktime.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <asm/debugreg.h>
#include <asm/desc.h>
#include <asm/fpu/xcr.h>
#include <asm/msr.h>
#include <asm/special_insns.h>
#include <asm/tlbflush.h>

/* Those that enter a guest, and give the host's state back. Each must be there. */
static const char *const functions[] = {
	"vmxfs_run",
	"vmxfs_enter_by",
	"vmxfs_program_run",
};

/* ---- what is compared ---- */

/*
 * A value is the processor's (PROCESSOR), or that of the task on it (TASK): this one is
 * compared only if no other task has run in between.
 */
enum owner { PROCESSOR, TASK };

struct row {
	const char *name;
	enum owner owner;
	u64 (*read)(u32 argument);
	u32 argument;
};

static u64 read_msr(u32 msr)
{
	u64 value;

	return rdmsrl_safe(msr, &value) ? 0 : value;
}

#define READER(name, body) static u64 name(u32 argument) { body }
#define SELECTOR(name) \
	READER(read_##name, u16 s; asm volatile("mov %%" #name ", %0" : "=rm" (s)); return s;)

SELECTOR(cs)
/* An interrupt from CPL 3 makes SS null, and SYSCALL does not: Linux takes either. */
READER(read_ss, u16 s; asm volatile("mov %%ss, %0" : "=rm" (s)); return s ?: __KERNEL_DS;)
SELECTOR(ds)
SELECTOR(es)
SELECTOR(fs)
SELECTOR(gs)
READER(read_ldtr, u16 s; asm volatile("sldt %0" : "=rm" (s)); return s;)
READER(read_tr, u16 s; asm volatile("str %0" : "=rm" (s)); return s;)
READER(read_gdt, struct desc_ptr p; native_store_gdt(&p);
		 return argument ? p.size : p.address;)
READER(read_idt, struct desc_ptr p; store_idt(&p); return argument ? p.size : p.address;)
/* What arm() has put there, and what is there now, as one number: 0 */
static DEFINE_PER_CPU(u64, tsc_aux);
READER(read_tsc_aux, return read_msr(MSR_TSC_AUX) ^ this_cpu_read(tsc_aux);)
READER(read_cr_0, return native_read_cr0();)
READER(read_cr_4, return native_read_cr4();)
READER(read_cr_8, u64 v; asm volatile("mov %%cr8, %0" : "=r" (v)); return v;)
/* Without memory of its own a task has whatever was there, and any interrupt may drop it. */
READER(read_cr_3, return current->mm ? __native_read_cr3() : 0;)
READER(read_xcr0, return native_read_cr4() & X86_CR4_OSXSAVE ?
		  xgetbv(XCR_XFEATURE_ENABLED_MASK) : 0;)

static u64 debug_register(u32 number)
{
	unsigned long value;

	switch (number) {
	case 0:
		get_debugreg(value, 0);
		break;
	case 1:
		get_debugreg(value, 1);
		break;
	case 2:
		get_debugreg(value, 2);
		break;
	case 3:
		get_debugreg(value, 3);
		break;
	case 6:
		get_debugreg(value, 6);
		break;
	default:
		get_debugreg(value, 7);
	}
	return value;
}

/* The address of a breakpoint that is off is nobody's: Linux writes it before it is on. */
static u64 read_breakpoint(u32 number)
{
	return debug_register(7) >> (2 * number) & 3 ? debug_register(number) : 0;
}

/* The same of what DR7 says of breakpoints that are all off */
static u64 read_dr7(u32 argument)
{
	u64 dr7 = debug_register(7);

	return dr7 & 0xff ? dr7 : 0;
}

/* The GDT as it is in memory but for the entries of the task, as one number. */
static u64 read_gdt_sum(u32 argument)
{
	const u64 *entry = (const u64 *)get_cpu_gdt_ro(smp_processor_id());
	u64 sum = 0;
	int i;

	for (i = 0; i < GDT_ENTRIES; i++)
		if (i != GDT_ENTRY_LDT && i != GDT_ENTRY_LDT + 1 &&
		    (i < GDT_ENTRY_TLS_MIN || i > GDT_ENTRY_TLS_MAX))
			sum = sum * 0x100000001b3ULL + entry[i];
	return sum;
}

#define MSR(name, owner, number) { name, owner, read_msr, number }

/*
 * What is not here may change, because:
 *	CR2		is read at the start of Linux' handler of a page fault only
 *	RFLAGS		has no bit that a C function must preserve but IF (below) and DF
 *	TSC, counters	count
 *	XINUSE		is what XSAVE's header says; the values are compared
 */
static const struct row rows[] = {
	{ "CR0", PROCESSOR, read_cr_0 },
	{ "CR3", TASK, read_cr_3 },
	{ "CR4", PROCESSOR, read_cr_4 },
	{ "CR8", PROCESSOR, read_cr_8 },
	{ "XCR0", PROCESSOR, read_xcr0 },
	{ "CS", PROCESSOR, read_cs },
	{ "SS", PROCESSOR, read_ss },
	{ "DS", TASK, read_ds },
	{ "ES", TASK, read_es },
	{ "FS", TASK, read_fs },
	{ "GS", TASK, read_gs },
	{ "LDTR", TASK, read_ldtr },
	{ "TR", PROCESSOR, read_tr },
	{ "GDTR base", PROCESSOR, read_gdt, 0 },
	{ "GDTR limit", PROCESSOR, read_gdt, 1 },
	{ "IDTR base", PROCESSOR, read_idt, 0 },
	{ "IDTR limit", PROCESSOR, read_idt, 1 },
	{ "GDT", PROCESSOR, read_gdt_sum },
	{ "DR0", TASK, read_breakpoint, 0 },
	{ "DR1", TASK, read_breakpoint, 1 },
	{ "DR2", TASK, read_breakpoint, 2 },
	{ "DR3", TASK, read_breakpoint, 3 },
	{ "DR6", TASK, debug_register, 6 },
	{ "DR7", TASK, read_dr7 },
	MSR("FS base", TASK, MSR_FS_BASE),
	MSR("GS base", PROCESSOR, MSR_GS_BASE),
	MSR("IA32_KERNEL_GS_BASE", TASK, MSR_KERNEL_GS_BASE),
	MSR("IA32_EFER", PROCESSOR, MSR_EFER),
	MSR("IA32_STAR", PROCESSOR, MSR_STAR),
	MSR("IA32_LSTAR", PROCESSOR, MSR_LSTAR),
	MSR("IA32_CSTAR", PROCESSOR, MSR_CSTAR),
	MSR("IA32_FMASK", PROCESSOR, MSR_SYSCALL_MASK),
	MSR("IA32_SYSENTER_CS", PROCESSOR, MSR_IA32_SYSENTER_CS),
	MSR("IA32_SYSENTER_ESP", PROCESSOR, MSR_IA32_SYSENTER_ESP),
	MSR("IA32_SYSENTER_EIP", PROCESSOR, MSR_IA32_SYSENTER_EIP),
	MSR("IA32_PAT", PROCESSOR, MSR_IA32_CR_PAT),
	MSR("IA32_DEBUGCTL", TASK, MSR_IA32_DEBUGCTLMSR),
	{ "IA32_TSC_AUX", PROCESSOR, read_tsc_aux },
	MSR("IA32_TSC_ADJUST", PROCESSOR, MSR_IA32_TSC_ADJUST),
	MSR("IA32_APIC_BASE", PROCESSOR, MSR_IA32_APICBASE),
	MSR("IA32_MISC_ENABLE", PROCESSOR, MSR_IA32_MISC_ENABLE),
	MSR("MISC_FEATURES_ENABLES", TASK, 0x140),
	MSR("IA32_UMWAIT_CONTROL", PROCESSOR, 0xe1),
	MSR("IA32_SPEC_CTRL", TASK, MSR_IA32_SPEC_CTRL),
	MSR("IA32_PERF_GLOBAL_CTRL", PROCESSOR, 0x38f),
	MSR("IA32_XSS", PROCESSOR, 0xda0),
	MSR("IA32_XFD", TASK, 0x1c4),
	MSR("IA32_XFD_ERR", TASK, 0x1c5),
	MSR("IA32_BNDCFGS", PROCESSOR, 0xd90),
	MSR("IA32_U_CET", TASK, 0x6a0),
	MSR("IA32_S_CET", PROCESSOR, 0x6a2),
	MSR("IA32_PL0_SSP", PROCESSOR, 0x6a4),
	MSR("IA32_PL1_SSP", PROCESSOR, 0x6a5),
	MSR("IA32_PL2_SSP", PROCESSOR, 0x6a6),
	MSR("IA32_PL3_SSP", TASK, 0x6a7),
	MSR("IA32_INTERRUPT_SSP_TABLE_ADDR", PROCESSOR, 0x6a8),
	MSR("IA32_PKRS", PROCESSOR, 0x6e1),
	MSR("IA32_MTRR_DEF_TYPE", PROCESSOR, 0x2ff),
	MSR("IA32_MTRR_PHYSBASE0", PROCESSOR, 0x200),
	MSR("IA32_MTRR_PHYSMASK0", PROCESSOR, 0x201),
	MSR("IA32_MTRR_FIX64K_00000", PROCESSOR, 0x250),
	MSR("IA32_LBR_CTL", PROCESSOR, 0x14ce),
	MSR("IA32_RTIT_CTL", PROCESSOR, 0x570),
	MSR("IA32_CORE_CAPABILITIES", PROCESSOR, 0xcf),
	MSR("TEST_CTRL", TASK, 0x33),
};

/* SDM, "XSAVE-Supported Features and State-Component Bitmaps" */
static const char *const component_names[64] = {
	"x87", "SSE", "AVX", "BNDREGS", "BNDCSR", "opmask", "ZMM_Hi256", "Hi16_ZMM", "PT",
	"PKRU", "PASID", "CET_U", "CET_S", "HDC", "UINTR", "LBR", "HWP", "TILECFG", "TILEDATA",
};

/* ---- one look at a processor ---- */

#define XSAVE_MAX	(3 * PAGE_SIZE)
#define LEGACY_SIZE	512
#define HEADER_END	576

struct snapshot {
	u8 xsave[XSAVE_MAX] __aligned(64);
	int cpu;
	unsigned long switches;
	unsigned long fpu_uses;
	bool interrupts;
	u64 value[ARRAY_SIZE(rows)];
};

static u64 xsave_mask;
static u32 xsave_size;
static u32 component_offset[64];
static u32 component_size[64];
static DEFINE_PER_CPU(unsigned long, fpu_uses);

static unsigned long switches_of(const struct task_struct *task)
{
	return task->nvcsw + task->nivcsw;
}

/* Interrupts are disabled. */
static void look(struct snapshot *s)
{
	int i;

	s->cpu = smp_processor_id();
	s->switches = switches_of(current);
	s->fpu_uses = this_cpu_read(fpu_uses);
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		s->value[i] = rows[i].read(rows[i].argument);
	if (xsave_mask)
		asm volatile("xsave64 %0" : "+m" (s->xsave)
			     : "a" ((u32)xsave_mask), "d" ((u32)(xsave_mask >> 32)) : "memory");
	else
		asm volatile("fxsave64 %0" : "=m" (s->xsave));
}

/* ---- what differed ---- */

#define PROBES		ARRAY_SIZE(functions)
/* A kind of difference: one for each row, one for each component of XSAVE, RFLAGS.IF */
#define COMPONENTS	ARRAY_SIZE(rows)
#define INTERRUPTS	(COMPONENTS + 64)
#define KINDS		(INTERRUPTS + 1)
/* Where: one of the functions, or since hostprobe came */
#define SINCE		PROBES
#define WIDTH		120

struct difference {
	unsigned long count;
	u64 before;		/* these two of the first */
	u64 after;
};

static DEFINE_RAW_SPINLOCK(lock);
static unsigned long compared;	/* all of it */
static unsigned long partly;	/* what is the processor's */
static unsigned long moved;	/* none of it, for it was another processor */
static unsigned long differences;
static struct difference found[PROBES + 1][KINDS];

static void differs(int where, int kind, u64 before, u64 after)
{
	struct difference *one = &found[where][kind];

	if (!one->count++) {
		one->before = before;
		one->after = after;
	}
	differences++;
}

/* SDM, "Layout of the XSAVE Area": XMM begins at 160 of the legacy region, MXCSR is at 24 */
static int component_at(u32 at)
{
	int i;

	if (at < LEGACY_SIZE)
		return at < 24 || (at >= 32 && at < 160) ? 0 : 1;
	for (i = 2; i < 63; i++)
		if (at >= component_offset[i] && at < component_offset[i] + component_size[i])
			break;
	return i;
}

static void compare_xsave(int where, const struct snapshot *a, const struct snapshot *b)
{
	u32 size = xsave_mask ? xsave_size : LEGACY_SIZE;
	u32 at;

	if (!memcmp(a->xsave, b->xsave, LEGACY_SIZE) &&
	    (size <= HEADER_END ||
	     !memcmp(a->xsave + HEADER_END, b->xsave + HEADER_END, size - HEADER_END)))
		return;
	for (at = 0; at < size; at += 8) {
		u64 before = *(const u64 *)(a->xsave + at);
		u64 after = *(const u64 *)(b->xsave + at);

		if (before != after && (at < LEGACY_SIZE || at >= HEADER_END))
			differs(where, COMPONENTS + component_at(at), before, after);
	}
}

static void compare(int where, const struct snapshot *a, const struct snapshot *b)
{
	bool same_task = a->switches == b->switches;
	unsigned long flags;
	int i;

	raw_spin_lock_irqsave(&lock, flags);
	if (a->cpu != b->cpu) {
		moved++;
		raw_spin_unlock_irqrestore(&lock, flags);
		return;
	}
	if (same_task)
		compared++;
	else
		partly++;
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (a->value[i] != b->value[i] && (same_task || rows[i].owner == PROCESSOR))
			differs(where, i, a->value[i], b->value[i]);
	if (a->interrupts != b->interrupts)
		differs(where, INTERRUPTS, a->interrupts, b->interrupts);
	/* Whoever calls kernel_fpu_begin() leaves other state there, and Linux knows it. */
	if (same_task && a->fpu_uses == b->fpu_uses)
		compare_xsave(where, a, b);
	raw_spin_unlock_irqrestore(&lock, flags);
}

/* ---- before and after a function ---- */

#define SNAPSHOTS	64

static struct kretprobe probes[PROBES];
static struct snapshot *pool;
static DECLARE_BITMAP(pool_used, SNAPSHOTS);
static struct snapshot *scratch;	/* one for each processor */
static unsigned long missed;
static u16 idt_limit;

struct held {
	int index;
};

static int take_snapshot(void)
{
	int i;

	do {
		i = find_first_zero_bit(pool_used, SNAPSHOTS);
		if (i == SNAPSHOTS)
			return -1;
	} while (test_and_set_bit(i, pool_used));
	return i;
}

/*
 * What Linux has set once, and a run before may have spoiled, is there again. The upper
 * bits of IA32_TSC_AUX, for users the number of the node, are another number each time.
 */
static void arm(void)
{
	static u32 turn;
	struct desc_ptr idt;

	if (boot_cpu_has(X86_FEATURE_RDTSCP)) {
		this_cpu_write(tsc_aux, smp_processor_id() | ++turn << 12);
		wrmsrl(MSR_TSC_AUX, this_cpu_read(tsc_aux));
	}

	store_idt(&idt);
	if (idt.size != idt_limit) {
		idt.size = idt_limit;
		load_idt(&idt);
	}
}

static int before(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	struct held *held = (void *)instance->data;
	unsigned long flags;

	held->index = take_snapshot();
	if (held->index < 0) {
		WRITE_ONCE(missed, missed + 1);
		return 1;
	}
	local_irq_save(flags);
	arm();
	pool[held->index].interrupts = regs->flags & X86_EFLAGS_IF;
	look(&pool[held->index]);
	local_irq_restore(flags);
	return 0;
}
NOKPROBE_SYMBOL(before);

static int after(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	struct held *held = (void *)instance->data;
	struct snapshot *now;
	unsigned long flags;

	local_irq_save(flags);
	now = &scratch[smp_processor_id()];
	now->interrupts = regs->flags & X86_EFLAGS_IF;
	look(now);
	compare(get_kretprobe(instance) - probes, &pool[held->index], now);
	local_irq_restore(flags);
	clear_bit(held->index, pool_used);
	return 0;
}
NOKPROBE_SYMBOL(after);

static int uses_fpu(struct kprobe *probe, struct pt_regs *regs)
{
	this_cpu_inc(fpu_uses);
	return 0;
}
NOKPROBE_SYMBOL(uses_fpu);

static struct kprobe fpu_probe;
static int probed;

static void unprobe(void)
{
	while (probed > 0)
		unregister_kretprobe(&probes[--probed]);
}

static int probe(void)
{
	int err = 0;

	if (probed)
		return -EBUSY;
	while (!err && probed < PROBES) {
		struct kretprobe *p = &probes[probed];

		*p = (struct kretprobe){
			.kp.symbol_name = functions[probed],
			.entry_handler = before,
			.handler = after,
			.data_size = sizeof(struct held),
			.maxactive = SNAPSHOTS,
		};
		err = register_kretprobe(p);
		if (err)
			pr_err("%s can't be probed: %d\n", functions[probed], err);
		else
			probed++;
	}
	if (err)
		unprobe();
	return err;
}

/* ---- since hostprobe came ---- */

static struct snapshot *first;	/* one for each processor */

/* Of no use on Intel, and so 0: what is lost could not be seen. */
#define CSTAR_VALUE	0x00001eef5ec2e000ULL

static void look_first(void *unused)
{
	wrmsrl_safe(MSR_CSTAR, CSTAR_VALUE);
	arm();
	look(&first[smp_processor_id()]);
}

/* What a guest has spoiled once is the same before and after all the others. */
static void mend(const struct snapshot *was, const struct snapshot *is)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].owner != PROCESSOR || was->value[i] == is->value[i])
			continue;
		if (rows[i].read == read_msr)
			wrmsrl_safe(rows[i].argument, was->value[i]);
		else if (rows[i].read == read_cr_0)
			write_cr0(was->value[i]);
		else if (rows[i].read == read_cr_4)
			asm volatile("mov %0, %%cr4" : : "r" (was->value[i]) : "memory");
	}
}

static void compare_here(void *unused)
{
	struct snapshot *now = &scratch[smp_processor_id()];
	struct snapshot *was = &first[smp_processor_id()];
	int i;

	look(now);
	/* Another task */
	now->switches = was->switches + 1;
	now->interrupts = was->interrupts;
	/* VMX operation is on, or not. */
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].read == read_cr_4)
			was->value[i] = (was->value[i] & ~X86_CR4_VMXE) |
					(now->value[i] & X86_CR4_VMXE);
	compare(SINCE, was, now);
	mend(was, now);
}

/* ---- the device ---- */

static ssize_t device_write(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	char word[16] = "";
	int err = 0;

	if (count >= sizeof(word))
		return -EINVAL;
	if (copy_from_user(word, buf, count))
		return -EFAULT;
	if (!strcmp(word, "probe"))
		err = probe();
	else if (!strcmp(word, "unprobe"))
		unprobe();
	else if (!strcmp(word, "compare"))
		on_each_cpu(compare_here, NULL, true);
	else
		err = -EINVAL;
	return err ?: count;
}

static const char *kind_name(int kind)
{
	if (kind < COMPONENTS)
		return rows[kind].name;
	return kind == INTERRUPTS ? "RFLAGS.IF" : component_names[kind - COMPONENTS] ?: "component";
}

static ssize_t device_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	static char all[PAGE_SIZE * 4];
	static DEFINE_MUTEX(reading);
	unsigned long flags;
	int n, where, kind;

	mutex_lock(&reading);
	raw_spin_lock_irqsave(&lock, flags);
	n = scnprintf(all, sizeof(all), "compared %lu partly %lu moved %lu missed %lu differences %lu\n",
		      compared, partly, moved, missed, differences);
	for (where = 0; differences && where <= PROBES; where++)
		for (kind = 0; kind < KINDS; kind++)
			if (found[where][kind].count)
				n += scnprintf(all + n, sizeof(all) - n,
					       "%s: %s: %#llx became %#llx, %lu times\n",
					       where < PROBES ? functions[where] : "since boot",
					       kind_name(kind), found[where][kind].before,
					       found[where][kind].after, found[where][kind].count);
	if (differences)
		memset(found, 0, sizeof(found));
	compared = partly = moved = missed = differences = 0;
	raw_spin_unlock_irqrestore(&lock, flags);
	n = min_t(size_t, n, count);
	if (copy_to_user(buf, all, n))
		n = -EFAULT;
	mutex_unlock(&reading);
	return n;
}

static const struct file_operations device_fops = {
	.owner = THIS_MODULE,
	.read = device_read,
	.write = device_write,
};

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "hostprobe",
	.fops = &device_fops,
	.mode = 0600,
};

/* ---- load and unload ---- */

static int __init measure_xsave(void)
{
	u32 eax, ebx, ecx, edx;
	int i;

	if (!boot_cpu_has(X86_FEATURE_OSXSAVE))
		return 0;
	/* AMX: a tile that IA32_XFD withholds has no state. */
	xsave_mask = xgetbv(XCR_XFEATURE_ENABLED_MASK) & ~read_msr(0x1c4);
	for (i = 2; i < 63; i++) {
		if (!(xsave_mask >> i & 1))
			continue;
		cpuid_count(0xd, i, &eax, &ebx, &ecx, &edx);
		component_size[i] = eax;
		component_offset[i] = ebx;
		xsave_size = max(xsave_size, eax + ebx);
	}
	xsave_size = max_t(u32, xsave_size, HEADER_END);
	return xsave_size > XSAVE_MAX ? -E2BIG : 0;
}

static void release(void)
{
	vfree(pool);
	vfree(scratch);
	vfree(first);
}

static int __init hostprobe_init(void)
{
	int err = measure_xsave();

	if (err)
		return err;
	/* A guest may have run before, and left another. */
	idt_limit = IDT_ENTRIES * sizeof(gate_desc) - 1;
	pool = vzalloc(SNAPSHOTS * sizeof(*pool));
	scratch = vzalloc(nr_cpu_ids * sizeof(*scratch));
	first = vzalloc(nr_cpu_ids * sizeof(*first));
	err = pool && scratch && first ? 0 : -ENOMEM;
	if (!err) {
		fpu_probe.symbol_name = "kernel_fpu_begin_mask";
		fpu_probe.pre_handler = uses_fpu;
		err = register_kprobe(&fpu_probe);
		if (err)
			pr_err("%s can't be probed: %d\n", fpu_probe.symbol_name, err);
	}
	if (!err) {
		err = misc_register(&device);
		if (err)
			unregister_kprobe(&fpu_probe);
	}
	if (err)
		release();
	else
		on_each_cpu(look_first, NULL, true);
	return err;
}

static void __exit hostprobe_exit(void)
{
	misc_deregister(&device);
	unprobe();
	unregister_kprobe(&fpu_probe);
	release();
}

module_init(hostprobe_init);
module_exit(hostprobe_exit);
MODULE_DESCRIPTION("What a processor has before and after a guest runs");
MODULE_LICENSE("GPL");
