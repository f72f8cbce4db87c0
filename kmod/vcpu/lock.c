// SPDX-License-Identifier: GPL-2.0
/*
 * The lock of a vCPU: whoever wants something of it claims it, and the guest leaves the
 * processor.
 */
#include <linux/sched.h>
#include "cpu/cpu.h"
#include "vcpu/vcpu.h"

/* If the guest is on another processor, an interrupt makes it leave. */
static void vmxfs_vcpu_kick(struct vmxfs_vcpu *vcpu)
{
	struct task_struct *runner;

	/* A task that runs no guest any more may end, but stays while this reads it. */
	rcu_read_lock();
	runner = READ_ONCE(vcpu->runner);
	if (runner)
		kick_process(runner);
	rcu_read_unlock();
}

/* The guest leaves, and stays out until vmxfs_vcpu_unclaim(). */
void vmxfs_vcpu_claim(struct vmxfs_vcpu *vcpu)
{
	atomic_inc(&vcpu->claims);
	/*
	 * Before the kick: vmxfs_run() looks at claims with interrupts disabled,
	 * so it sees this one, or the kick makes its guest leave.
	 */
	smp_mb__after_atomic();
	vmxfs_vcpu_kick(vcpu);
}

/**
 * vmxfs_vcpu_stop() - end the program's run that is on, or else its next one
 * @vcpu: the vCPU; not locked, for whoever runs it has the lock
 */
void vmxfs_vcpu_stop(struct vmxfs_vcpu *vcpu)
{
	WRITE_ONCE(vcpu->stop, true);
	/* As in vmxfs_vcpu_claim(). */
	smp_mb();
	vmxfs_vcpu_kick(vcpu);
	wake_up_all(&vcpu->run_wq);
}

void vmxfs_vcpu_unclaim(struct vmxfs_vcpu *vcpu)
{
	/* Only a guest that may run waits for this; who makes it run wakes it, too. */
	if (atomic_dec_and_test(&vcpu->claims) && READ_ONCE(vcpu->state) == VMXFS_RUNNING)
		wake_up_all(&vcpu->run_wq);
}

/* The vCPU is locked. */
void vmxfs_vcpu_die_if_lost(struct vmxfs_vcpu *vcpu)
{
	if (!READ_ONCE(vmxfs_lost) ||
	    (vcpu->state != VMXFS_READY && vcpu->state != VMXFS_RUNNING))
		return;
	vmxfs_vcpu_die(vcpu, "%s", vmxfs_text_LOST);
	wake_up_all(&vcpu->wq);
	wake_up_all(&vcpu->run_wq);
}

/**
 * vmxfs_vcpu_lock_any() - vmxfs_vcpu_lock(), in whatever state the vCPU is
 * @vcpu: the vCPU
 *
 * Return: 0, or -EINTR if a fatal signal came first.
 */
int vmxfs_vcpu_lock_any(struct vmxfs_vcpu *vcpu)
{
	int err;

	vmxfs_vcpu_claim(vcpu);
	err = mutex_lock_killable(&vcpu->lock);
	if (!err)
		vcpu->decided_for = NULL;
	vmxfs_vcpu_unclaim(vcpu);
	if (!err)
		vmxfs_vcpu_die_if_lost(vcpu);
	return err;
}

/* What is left of vmxfs_vcpu_lock() if the vCPU is not free, and ready. */
int vmxfs_vcpu_lock_slow(struct vmxfs_vcpu *vcpu)
{
	int err = vmxfs_vcpu_lock_any(vcpu);

	if (err)
		return err;
	if (vcpu->state == VMXFS_ENDING)
		err = vmxfs_fail(vcpu, ENDING);
	else if (vcpu->state == VMXFS_INIT)
		err = vmxfs_fail(vcpu, NOT_READY);
	else if (READ_ONCE(vmxfs_lost))
		err = vmxfs_fail(vcpu, LOST);
	if (err)
		mutex_unlock(&vcpu->lock);
	return err;
}
