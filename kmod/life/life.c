// SPDX-License-Identifier: GPL-2.0
/* The life of a vCPU: it comes, and it ends. */
#include <linux/cpumask.h>
#include <linux/fs.h>
#include <linux/idr.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include "cpu/cpu.h"
#include "cpu/given.h"
#include "life/life.h"
#include "memory/memory.h"
#include "run/run.h"
#include "vmcs/vmcs.h"

/* Read: a vCPU comes or goes. Write: all go. */
static DECLARE_RWSEM(vmxfs_life);
static bool vmxfs_closed;
static DEFINE_MUTEX(vmxfs_table_lock);
static DEFINE_IDR(vmxfs_table);
static DEFINE_IDA(vmxfs_vpids);
/* The vCPU whose ctl was removed last, with a reference; under vmxfs_table_lock. */
static struct vmxfs_vcpu *vmxfs_moribund;
static void vmxfs_vcpu_release(struct kref *ref)
{
	struct vmxfs_vcpu *vcpu = container_of(ref, struct vmxfs_vcpu, ref);

	if (vcpu->task)
		put_task_struct(vcpu->task);
	mutex_destroy(&vcpu->lock);
	free_page((unsigned long)vcpu->program.page);
	free_cpumask_var(vcpu->cpus);
	kfree(vcpu->program.cpuid);
	kfree(vcpu);
}

struct vmxfs_vcpu *vmxfs_vcpu_get(struct vmxfs_vcpu *vcpu)
{
	kref_get(&vcpu->ref);
	return vcpu;
}

void vmxfs_vcpu_put(struct vmxfs_vcpu *vcpu)
{
	kref_put(&vcpu->ref, vmxfs_vcpu_release);
}

/*
 * Gives back all but the structure; nobody runs it or finds it any more. @gone: as for
 * vmxfs_map_free().
 */
static void vmxfs_vcpu_destroy(struct vmxfs_vcpu *vcpu, struct list_head *gone)
{
	int i;

	vmxfs_given_back(vcpu);
	for (i = 0; i < VMXFS_MAPS; i++)
		vmxfs_map_free(&vcpu->map[i], gone);
	vmxfs_patches_free(vcpu->step.patch);
	vmxfs_vmcs_destroy(vcpu);
	if (vcpu->own_vpid)
		ida_free(&vmxfs_vpids, vcpu->own_vpid);
	mutex_lock(&vmxfs_table_lock);
	if (vcpu->index >= 0)
		idr_remove(&vmxfs_table, vcpu->index);
	mutex_unlock(&vmxfs_table_lock);
	vmxfs_vcpu_put(vcpu);
}

static void vmxfs_set_state(struct vmxfs_vcpu *vcpu, enum vmxfs_state state)
{
	mutex_lock(&vcpu->lock);
	vcpu->state = state;
	mutex_unlock(&vcpu->lock);
}

static void vmxfs_quit_work(struct work_struct *work)
{
	struct vmxfs_vcpu *vcpu = container_of(work, struct vmxfs_vcpu, quit_work);

	vmxfs_vcpu_quit(vcpu);
	vmxfs_vcpu_put(vcpu);
}

/* A vCPU without number, folder or thread. */
static struct vmxfs_vcpu *vmxfs_vcpu_alloc(void)
{
	struct vmxfs_vcpu *vcpu = kzalloc(sizeof(*vcpu), GFP_KERNEL_ACCOUNT);
	int i;

	if (!vcpu)
		return NULL;
	if (!alloc_cpumask_var(&vcpu->cpus, GFP_KERNEL_ACCOUNT)) {
		kfree(vcpu);
		return NULL;
	}
	cpumask_copy(vcpu->cpus, current->cpus_ptr);
	kref_init(&vcpu->ref);
	mutex_init(&vcpu->lock);
	init_waitqueue_head(&vcpu->wq);
	init_waitqueue_head(&vcpu->run_wq);
	init_completion(&vcpu->bound);
	INIT_WORK(&vcpu->quit_work, vmxfs_quit_work);
	INIT_KFIFO(vcpu->ack);
	for (i = 0; i < VMXFS_MAPS; i++)
		INIT_LIST_HEAD(&vcpu->map[i].regions);
	vcpu->gprs = &vcpu->own_gprs;
	vcpu->vmcs.cpu = -1;
	vcpu->index = -1;
	return vcpu;
}

static int vmxfs_vcpu_set_up(struct vmxfs_vcpu *vcpu)
{
	/* VPID 0 is the host's. */
	int vpid = ida_alloc_range(&vmxfs_vpids, 1, 0xffff, GFP_KERNEL);

	if (vpid < 0)
		return vpid;
	vcpu->own_vpid = vpid;
	vcpu->vpid = vpid;
	return vmxfs_vmcs_init(vcpu);
}

static struct vmxfs_vcpu *vmxfs_vcpu_new(int (*publish)(struct vmxfs_vcpu *vcpu))
{
	struct vmxfs_vcpu *vcpu;
	int err;

	vcpu = vmxfs_vcpu_alloc();
	if (!vcpu)
		return ERR_PTR(-ENOMEM);
	vmxfs_vcpu_get(vcpu); /* the caller's */

	mutex_lock(&vmxfs_table_lock);
	vcpu->index = idr_alloc(&vmxfs_table, NULL, 0, 0, GFP_KERNEL);
	mutex_unlock(&vmxfs_table_lock);
	err = vcpu->index;
	if (err < 0)
		goto destroy;
	err = vmxfs_vcpu_set_up(vcpu);
	if (err)
		goto destroy;
	err = publish(vcpu);
	if (err) {
		/* Somebody may have found its files while they were made. */
		vmxfs_set_state(vcpu, VMXFS_ENDING);
		goto destroy;
	}
	mutex_lock(&vmxfs_table_lock);
	idr_replace(&vmxfs_table, vcpu, vcpu->index);
	mutex_unlock(&vmxfs_table_lock);
	vmxfs_set_state(vcpu, VMXFS_READY);
	return vcpu;
destroy:
	vmxfs_vcpu_destroy(vcpu, NULL);
	vmxfs_vcpu_put(vcpu);
	return ERR_PTR(err);
}

/**
 * vmxfs_life_enter() - VMX is on until vmxfs_life_leave()
 *
 * Return: 0, -ESHUTDOWN after vmxfs_vcpu_quit_all(true), -EIO if VMX is lost.
 */
int vmxfs_life_enter(void)
{
	int err;

	down_read(&vmxfs_life);
	err = READ_ONCE(vmxfs_lost) ? -EIO : vmxfs_closed ? -ESHUTDOWN : 0;
	if (err)
		up_read(&vmxfs_life);
	return err;
}

void vmxfs_life_leave(void)
{
	up_read(&vmxfs_life);
}

/**
 * vmxfs_vcpu_create() - a new vCPU with its directory, ready to run
 * @publish: makes vmxfs_vcpu.dir; 0 or a negative errno, and then there is none
 *
 * Return: the vCPU, on which the caller has a reference, or ERR_PTR(-ENOMEM),
 * ERR_PTR(-ENOSPC) if there is no VPID left, ERR_PTR(-EINTR),
 * ERR_PTR(-ESHUTDOWN) after vmxfs_vcpu_quit_all(true), ERR_PTR(-EIO) if VMX is lost.
 */
struct vmxfs_vcpu *vmxfs_vcpu_create(int (*publish)(struct vmxfs_vcpu *vcpu))
{
	struct vmxfs_vcpu *vcpu;
	int err = vmxfs_life_enter();

	if (err)
		return ERR_PTR(err);
	vcpu = vmxfs_vcpu_new(publish);
	vmxfs_life_leave();
	return vcpu;
}

/**
 * vmxfs_vcpu_unpublish() - remove the directory of a vCPU
 * @vcpu: has one
 */
void vmxfs_vcpu_unpublish(struct vmxfs_vcpu *vcpu)
{
	simple_recursive_removal(vcpu->dir, NULL);
	vcpu->dir = NULL;
}

/* vmxfs_life is held, and with it VMX is on. @gone: as for vmxfs_map_free(). */
static int vmxfs_vcpu_end(struct vmxfs_vcpu *vcpu, struct list_head *gone)
{
	int err = 0;

	vmxfs_vcpu_claim(vcpu);
	mutex_lock(&vcpu->lock);
	vmxfs_vcpu_unclaim(vcpu);
	if (vcpu->state == VMXFS_INIT)
		err = -EBUSY;
	else if (vcpu->state == VMXFS_ENDING)
		err = -ENODEV;
	else
		vcpu->state = VMXFS_ENDING;
	mutex_unlock(&vcpu->lock);
	if (err)
		return err;

	wake_up_all(&vcpu->wq);
	/* A program that has given way */
	wake_up_all(&vcpu->run_wq);
	vmxfs_thread_stop(vcpu);
	vmxfs_vcpu_unpublish(vcpu);
	vmxfs_vcpu_destroy(vcpu, gone);
	return 0;
}

/**
 * vmxfs_vcpu_quit() - end a vCPU
 * @vcpu: not locked
 *
 * Return: 0, -EBUSY if it is being made, -ENODEV if it is ending already. Only
 * a reference keeps the structure; whoever has one gets -ENODEV from
 * vmxfs_vcpu_lock().
 */
int vmxfs_vcpu_quit(struct vmxfs_vcpu *vcpu)
{
	LIST_HEAD(gone);
	int err;

	down_read(&vmxfs_life);
	err = vmxfs_vcpu_end(vcpu, &gone);
	up_read(&vmxfs_life);
	vmxfs_regions_put(&gone);
	return err;
}

/**
 * vmxfs_vcpu_moribund() - a vCPU ends when the next becomes moribund
 * @vcpu: not locked
 *
 * The one before ends later, by a work item: the caller has inodes locked.
 *
 * Return: 0, or -EBUSY if it is being made.
 */
int vmxfs_vcpu_moribund(struct vmxfs_vcpu *vcpu)
{
	struct vmxfs_vcpu *old;

	if (READ_ONCE(vcpu->state) == VMXFS_INIT)
		return -EBUSY;
	mutex_lock(&vmxfs_table_lock);
	old = vmxfs_moribund;
	vmxfs_moribund = vmxfs_vcpu_get(vcpu);
	mutex_unlock(&vmxfs_table_lock);
	/* The work item takes over the reference. */
	if (old)
		queue_work(vmxfs_workqueue, &old->quit_work);
	return 0;
}

/**
 * vmxfs_vcpu_quit_all() - end all vCPUs
 * @for_good: there will be no other; VMX may be switched off
 */
void vmxfs_vcpu_quit_all(bool for_good)
{
	struct vmxfs_vcpu *vcpu, *moribund;
	int index;

	down_write(&vmxfs_life);
	vmxfs_closed |= for_good;
	idr_for_each_entry(&vmxfs_table, vcpu, index)
		vmxfs_vcpu_end(vcpu, NULL);
	up_write(&vmxfs_life);

	mutex_lock(&vmxfs_table_lock);
	moribund = vmxfs_moribund;
	vmxfs_moribund = NULL;
	mutex_unlock(&vmxfs_table_lock);
	if (moribund)
		vmxfs_vcpu_put(moribund);
}

/**
 * vmxfs_vcpu_alone() - a vCPU of the module's own, for real-address mode
 * @code: what is in its memory, a page at address 0
 * @size: of @code, in bytes
 *
 * Only the caller has it, who may call vmxfs_run().
 *
 * Return: the vCPU, or an ERR_PTR(). vmxfs_vcpu_alone_free() undoes it.
 */
struct vmxfs_vcpu *vmxfs_vcpu_alone(const u8 *code, size_t size)
{
	struct vmxfs_vcpu *vcpu = vmxfs_vcpu_alloc();
	struct page *page;
	int err = -ENOMEM;

	if (!vcpu)
		return ERR_PTR(err);
	page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	if (page) {
		memcpy(page_address(page), code, size);
		err = vmxfs_vcpu_set_up(vcpu);
		if (!err)
			err = vmxfs_map_page_at_0(vcpu, page);
		put_page(page);
	}
	if (err) {
		vmxfs_vcpu_destroy(vcpu, NULL);
		return ERR_PTR(err);
	}
	return vcpu;
}

void vmxfs_vcpu_alone_free(struct vmxfs_vcpu *vcpu)
{
	vmxfs_vcpu_destroy(vcpu, NULL);
}
