// SPDX-License-Identifier: GPL-2.0
/* The ctl file: a table of commands. */
#include <linux/capability.h>
#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <linux/sched.h>
#include <linux/security.h>
#include <linux/string.h>
#include "files/files.h"

bool vmxfs_unsafe;
module_param_named(unsafe, vmxfs_unsafe, bool, 0444);
MODULE_PARM_DESC(unsafe, "allow vCPUs that are not contained");

/* All run with the vCPU locked; @arg is the command's argument or NULL. */
static int ctl_start(struct vmxfs_vcpu *vcpu, char *arg, bool step)
{
	int err;

	if (vcpu->state != VMXFS_READY)
		return vmxfs_fail(vcpu, NOT_READY);
	if (step && vmxfs_step_prepare(vcpu))
		return vmxfs_fail(vcpu, NO_MEMORY);
	if (arg) {
		err = vmxfs_regs_set(vcpu, arg);
		if (err)
			return err;
	}
	vcpu->got_exit = false;
	/* Most guests are back by the first VM exit, sooner than another task would come. */
	vmxfs_runner_begin(vcpu);
	vcpu->step.on = step;
	if (vmxfs_host_is_ours(vcpu) && vmxfs_thread_allows_here(vcpu))
		vmxfs_run(vcpu);
	return vmxfs_thread_go_on(vcpu);
}

/* Who called vmxfs_ctl_store() ends it, without the lock. */
static int ctl_quit(struct vmxfs_vcpu *vcpu, char *arg)
{
	return 1;
}

static int ctl_go(struct vmxfs_vcpu *vcpu, char *arg)
{
	return ctl_start(vcpu, arg, false);
}

static int ctl_step(struct vmxfs_vcpu *vcpu, char *arg)
{
	return ctl_start(vcpu, arg, true);
}

static int ctl_stop(struct vmxfs_vcpu *vcpu, char *arg)
{
	if (vcpu->state != VMXFS_READY && vcpu->state != VMXFS_RUNNING)
		return vmxfs_fail(vcpu, NOT_READY_OR_RUNNING);
	vcpu->state = VMXFS_READY;
	vcpu->step.on = false;
	/* If it was a program's run, that sees that it is over. */
	vmxfs_runner_end(vcpu);
	wake_up_all(&vcpu->run_wq);
	return 0;
}

static int ctl_exc(struct vmxfs_vcpu *vcpu, char *arg)
{
	struct vmxfs_event event;
	int err;

	if (vcpu->state == VMXFS_DEAD)
		return vmxfs_fail(vcpu, NOT_READY_OR_RUNNING);
	/* The one before is not delivered: vmxfs_ctl_store() waits. */
	if (vcpu->exc.pending)
		return -EAGAIN;
	err = vmxfs_event_parse(vcpu, arg, &event);
	if (err)
		return err;
	event.pending = true;
	vcpu->exc = event;
	return 0;
}

static int ctl_irq(struct vmxfs_vcpu *vcpu, char *arg)
{
	struct vmxfs_event event = {};
	int err;

	if (arg) {
		err = vmxfs_event_parse(vcpu, arg, &event);
		if (err)
			return err;
		event.pending = true;
	}
	vcpu->irq = event;
	return 0;
}

static int ctl_extrap(struct vmxfs_vcpu *vcpu, char *arg)
{
	u32 bitmap;

	if (kstrtou32(arg, 0, &bitmap))
		return vmxfs_fail(vcpu, NUMBER, arg);
	vmxfs_load(vcpu);
	vmxfs_set_exception_bitmap(vcpu, bitmap);
	vmxfs_unload();
	return 0;
}

/* What who writes could do with a task: see sched_setaffinity(2). */
static int ctl_move(struct vmxfs_vcpu *vcpu, const char *arg, struct cpumask *cpus)
{
	if (cpulist_parse(arg, cpus))
		return vmxfs_fail(vcpu, NUMBER, arg);
	if (!cpumask_subset(cpus, current->cpus_ptr) && !capable(CAP_SYS_NICE))
		return vmxfs_fail(vcpu, KEPT, "cpus", "where the writer may not run");
	return vmxfs_thread_move(vcpu, cpus) ? vmxfs_fail(vcpu, NUMBER, arg) : 0;
}

/* It, and its kernel thread if it has one, go there at once. */
static int ctl_cpus(struct vmxfs_vcpu *vcpu, char *arg)
{
	cpumask_var_t cpus;
	int err;

	if (!alloc_cpumask_var(&cpus, GFP_KERNEL_ACCOUNT))
		return vmxfs_fail(vcpu, NO_MEMORY);
	err = ctl_move(vcpu, arg, cpus);
	free_cpumask_var(cpus);
	return err;
}

static int ctl_report(struct vmxfs_vcpu *vcpu, char *arg)
{
	return vmxfs_report_parse(vcpu, arg);
}

static int ctl_unsafe(struct vmxfs_vcpu *vcpu, char *arg)
{
	if (!vmxfs_unsafe)
		return vmxfs_fail(vcpu, NOT_UNSAFE);
	/* It is as good as /dev/mem. */
	if (security_locked_down(LOCKDOWN_DEV_MEM))
		return vmxfs_fail(vcpu, LOCKED_DOWN);
	vcpu->unsafe = true;
	vmxfs_event_controls(vcpu);
	return 0;
}

static const struct vmxfs_command {
	const char *name;
	int min_args;
	int max_args;
	int (*run)(struct vmxfs_vcpu *vcpu, char *arg);
} vmxfs_commands[] = {
#define VMXFS_COMMAND(name, min, max, argument) { #name, min, max, ctl_##name },
#include "vmxfs_commands.h"
};

static const struct vmxfs_command *ctl_find_command(const char *name)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(vmxfs_commands); i++)
		if (!strcmp(vmxfs_commands[i].name, name))
			return &vmxfs_commands[i];
	return NULL;
}

/**
 * vmxfs_ctl_store() - a line of the ctl file: "command [argument]"
 * @vcpu: locked
 * @line: the line, without newline; is left as it is
 * @one: lines are not cut into words
 * @unused: there is one such file
 *
 * Return: 0 or a negative errno; -EAGAIN if it must wait until an exception is
 * delivered; 1 if the vCPU is to end.
 */
int vmxfs_ctl_store(struct vmxfs_vcpu *vcpu, char **line, int one, int unused)
{
	char buf[VMXFS_LINE_MAX];
	char *word[2];
	const struct vmxfs_command *command;
	int n;

	if (strscpy(buf, *line, sizeof(buf)) < 0)
		return vmxfs_fail(vcpu, LINE_TOO_LONG);
	n = vmxfs_words(buf, word, ARRAY_SIZE(word));
	if (!n)
		return 0;
	command = ctl_find_command(word[0]);
	if (!command)
		return vmxfs_fail(vcpu, UNKNOWN_COMMAND, word[0]);
	if (n - 1 < command->min_args || n - 1 > command->max_args)
		return vmxfs_fail(vcpu, ARGUMENTS, word[0]);
	return command->run(vcpu, n > 1 ? word[1] : NULL);
}
