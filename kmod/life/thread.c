// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel thread that runs a vCPU's guest for the files, when whoever wrote go does not:
 * most guests have stopped by then, and need none.
 */
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/freezer.h>
#include <linux/kthread.h>
#include <linux/sched.h>
#include "life/life.h"
#include "run/run.h"

/* @vcpu->task itself asks. */
static bool thread_may_run(struct vmxfs_vcpu *vcpu)
{
	return READ_ONCE(vcpu->state) == VMXFS_RUNNING && !atomic_read(&vcpu->claims) &&
	       READ_ONCE(vcpu->runner) == current;
}

/*
 * Who is bound to processors, those of one kind say, has the guest run there. The thread
 * sees to that itself: newer kernels bind a new thread to processors of their own choice
 * when it begins. After that it is the user's to bind.
 */
static void thread_bind(struct vmxfs_vcpu *vcpu)
{
	set_cpus_allowed_ptr(current, vcpu->cpus);
	complete(&vcpu->bound);
}

static int thread_run(void *data)
{
	struct vmxfs_vcpu *vcpu = data;

	thread_bind(vcpu);
	/* While the machine sleeps, VMX is off. */
	set_freezable();
	while (!kthread_should_stop()) {
		wait_event_freezable(vcpu->run_wq, thread_may_run(vcpu) || kthread_should_stop());
		/* Not with the lock, for which others may have to wait before they freeze. */
		try_to_freeze();
		vmxfs_vcpu_relock(vcpu);
		vmxfs_vcpu_die_if_lost(vcpu);
		while (thread_may_run(vcpu) && !freezing(current)) {
			vmxfs_run(vcpu);
			cond_resched();
		}
		mutex_unlock(&vcpu->lock);
	}
	return 0;
}

/* The vCPU is locked, and not ending. -EINTR if a fatal signal came first. */
static int thread_start(struct vmxfs_vcpu *vcpu)
{
	struct task_struct *task;

	if (vcpu->task)
		return 0;
	task = kthread_create(thread_run, vcpu, "vmxfs/%d", vcpu->index);
	if (IS_ERR(task))
		return PTR_ERR(task);
	vcpu->task = get_task_struct(task);
	wake_up_process(task);
	wait_for_completion(&vcpu->bound);
	return 0;
}

/**
 * vmxfs_thread_go_on() - whoever ran the guest for the files runs it no more
 * @vcpu: locked
 *
 * If it has not stopped, its kernel thread has it from now on. If there can't be one, the
 * guest is stopped where it is.
 *
 * Return: 0; -ENOMEM or -EINTR, with a text in the error file.
 */
int vmxfs_thread_go_on(struct vmxfs_vcpu *vcpu)
{
	int err = vcpu->state == VMXFS_RUNNING ? thread_start(vcpu) : 0;

	if (err) {
		vcpu->state = VMXFS_READY;
		vcpu->step.on = false;
		err = err == -EINTR ? vmxfs_fail(vcpu, INTERRUPTED) : vmxfs_fail(vcpu, NO_MEMORY);
	}
	vmxfs_runner_end(vcpu);
	if (vcpu->state == VMXFS_RUNNING)
		wake_up_all(&vcpu->run_wq);
	return err;
}

/**
 * vmxfs_thread_stop() - end the kernel thread of a vCPU, if it has one
 * @vcpu: is ending; not locked
 */
void vmxfs_thread_stop(struct vmxfs_vcpu *vcpu)
{
	if (vcpu->task)
		kthread_stop(vcpu->task);
}

/**
 * vmxfs_thread_move() - from now on a vCPU's guest runs on these processors only
 * @vcpu: locked
 * @cpus: the processors
 *
 * Return: 0; -EINVAL if none of them is there, and then it runs where it did.
 */
int vmxfs_thread_move(struct vmxfs_vcpu *vcpu, const struct cpumask *cpus)
{
	if (!cpumask_intersects(cpus, cpu_online_mask) ||
	    (vcpu->task && set_cpus_allowed_ptr(vcpu->task, cpus)))
		return -EINVAL;
	cpumask_copy(vcpu->cpus, cpus);
	return 0;
}

/* Where whoever writes go may run, the guest may run, too. The vCPU is locked. */
bool vmxfs_thread_allows_here(const struct vmxfs_vcpu *vcpu)
{
	return cpumask_subset(current->cpus_ptr,
			      vcpu->task ? vcpu->task->cpus_ptr : vcpu->cpus);
}
