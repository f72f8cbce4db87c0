// SPDX-License-Identifier: GPL-2.0
/*
 * Out of VMX operation when the kernel goes down without telling anybody: after a panic
 * and at an emergency restart. The kernel that is started then can't do with VMX
 * operation, and in VMX root operation a processor does not take an INIT.
 *
 * Linux leaves VMX operation then by the one callback of
 * cpu_emergency_register_virt_callback(), and warns if a second is registered. KVM
 * registers one: when it is loaded, or when it enables VMX, as the version has it. So
 * vmxfs does not. It has the functions traced that are the ways down, and leaves VMX
 * operation where they begin; a callback of KVM finds CR4.VMXE 0 then.
 *
 * The function tracer does it. A kprobe is missed where another one is being handled on
 * the same processor, and anybody may switch kprobes off; they are what is left where
 * there is no function tracer, and only they know where a function is.
 */
#define pr_fmt(fmt) "vmxfs: " fmt

#include <linux/ftrace.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include "cpu/cpu.h"

static int emergency_by_kprobe(struct kprobe *unused, struct pt_regs *regs)
{
	vmxfs_cpu_emergency();
	return 0;
}
NOKPROBE_SYMBOL(emergency_by_kprobe);

#define WAY_DOWN(name) { .symbol_name = name, .pre_handler = emergency_by_kprobe }

/*
 * Every processor that goes down comes by one of them. All are called by pointer, so that
 * no compiler can have inlined them, as some do with cpu_emergency_disable_virtualization().
 */
static struct kprobe ways_down[] = {
#ifdef CONFIG_KEXEC_CORE
	/* After a panic, the processor that starts the next kernel */
	WAY_DOWN("native_machine_crash_shutdown"),
#endif
	/* At an emergency restart, the one that does it */
	WAY_DOWN("native_machine_emergency_restart"),
#ifdef CONFIG_SMP
	/* In both cases the others, by NMI */
	WAY_DOWN("crash_nmi_callback"),
#endif
};

static bool by_kprobes;
static bool watched;

#ifdef CONFIG_DYNAMIC_FTRACE
static void notrace emergency_by_ftrace(unsigned long ip, unsigned long parent,
					struct ftrace_ops *ops, struct ftrace_regs *regs)
{
	vmxfs_cpu_emergency();
}

static struct ftrace_ops trace_ops = {
	.func = emergency_by_ftrace,
	/* kernel.ftrace_enabled can't become 0 while it is there. */
	.flags = FTRACE_OPS_FL_PERMANENT,
};

static int emergency_trace(void)
{
	int i, err = 0;

	for (i = 0; i < ARRAY_SIZE(ways_down) && !err; i++)
		err = ftrace_set_filter_ip(&trace_ops, (unsigned long)ways_down[i].addr, 0, 0);
	if (!err)
		err = register_ftrace_function(&trace_ops);
	if (err)
		ftrace_free_filter(&trace_ops);
	return err;
}

static void emergency_untrace(void)
{
	unregister_ftrace_function(&trace_ops);
	ftrace_free_filter(&trace_ops);
}
#else
static int emergency_trace(void)
{
	return -EOPNOTSUPP;
}

static void emergency_untrace(void)
{
}
#endif

static void emergency_unregister(int count)
{
	while (count--)
		unregister_kprobe(&ways_down[count]);
}

static int emergency_watch(void)
{
	int i, err;

	for (i = 0; i < ARRAY_SIZE(ways_down); i++) {
		/* Where it is; not more, for now. */
		ways_down[i].flags = KPROBE_FLAG_DISABLED;
		err = register_kprobe(&ways_down[i]);
		if (err) {
			emergency_unregister(i);
			return err;
		}
	}
	err = emergency_trace();
	by_kprobes = err == -EOPNOTSUPP;
	if (by_kprobes)
		for (i = 0, err = 0; i < ARRAY_SIZE(ways_down) && !err; i++)
			err = enable_kprobe(&ways_down[i]);
	if (!by_kprobes || err)
		emergency_unregister(ARRAY_SIZE(ways_down));
	return err;
}

/**
 * vmxfs_emergency_init() - before VMX operation is entered
 *
 * Where it can't be done, one line in the kernel log says so: the module is of use without.
 */
void __init vmxfs_emergency_init(void)
{
	int err = emergency_watch();

	watched = !err;
	if (err)
		pr_warn("no crash dump after a panic: the kernel can't be traced (error %d)\n", err);
}

/* After VMX operation is left. */
void vmxfs_emergency_exit(void)
{
	if (!watched)
		return;
	if (by_kprobes)
		emergency_unregister(ARRAY_SIZE(ways_down));
	else
		emergency_untrace();
	watched = false;
}
