// SPDX-License-Identifier: GPL-2.0
/* The wait file: lines of what has happened. */
#include <linux/fs.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "files/files.h"

/**
 * struct vmxfs_wait - an open wait file
 * @vcpu: whose, with a reference
 * @lock: protects the line
 * @line: the line that is being read
 * @length: of @line, in bytes
 * @done: how much of @line was read
 */
struct vmxfs_wait {
	struct vmxfs_vcpu *vcpu;
	struct mutex lock;
	char line[VMXFS_LINE_MAX];
	size_t length;
	size_t done;
};

/* There is a line, or there will be none. */
static bool wait_over(struct vmxfs_vcpu *vcpu)
{
	enum vmxfs_state state = READ_ONCE(vcpu->state);

	return !kfifo_is_empty(&vcpu->ack) || READ_ONCE(vcpu->got_exit) ||
	       state == VMXFS_DEAD || state == VMXFS_ENDING;
}

/* The next line, or nothing if another reader has taken it. */
static int wait_take(struct vmxfs_wait *wait)
{
	struct vmxfs_vcpu *vcpu = wait->vcpu;
	u8 vector;
	int err;

	err = vmxfs_vcpu_lock_text(vcpu);
	if (err)
		return err;
	wait->done = 0;
	wait->length = 0;
	if (kfifo_get(&vcpu->ack, &vector)) {
		wait->length = scnprintf(wait->line, sizeof(wait->line), "*ack %u\n", vector);
	} else if (vcpu->got_exit) {
		vcpu->got_exit = false;
		wait->length = vmxfs_exit_format(&vcpu->exit, wait->line);
	} else if (vcpu->state == VMXFS_DEAD) {
		err = vmxfs_fail(vcpu, DEAD, vcpu->death);
	}
	vmxfs_vcpu_unlock(vcpu);
	return err;
}

static ssize_t wait_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	struct vmxfs_wait *wait = file->private_data;
	ssize_t n;

	if (file->f_flags & O_NONBLOCK)
		n = mutex_trylock(&wait->lock) ? 0 : -EAGAIN;
	else
		n = mutex_lock_interruptible(&wait->lock);
	if (n)
		return n;
	while (wait->done == wait->length) {
		if (file->f_flags & O_NONBLOCK)
			n = wait_over(wait->vcpu) ? 0 : -EAGAIN;
		else
			n = wait_event_interruptible(wait->vcpu->wq, wait_over(wait->vcpu));
		if (!n)
			n = wait_take(wait);
		if (n)
			goto unlock;
	}
	n = min(count, wait->length - wait->done);
	if (copy_to_user(buf, wait->line + wait->done, n))
		n = -EFAULT;
	else
		wait->done += n;
unlock:
	mutex_unlock(&wait->lock);
	return n;
}

static __poll_t wait_poll(struct file *file, poll_table *table)
{
	struct vmxfs_wait *wait = file->private_data;

	poll_wait(file, &wait->vcpu->wq, table);
	return wait->done < wait->length || wait_over(wait->vcpu) ? EPOLLIN | EPOLLRDNORM : 0;
}

static int wait_open(struct inode *inode, struct file *file)
{
	struct vmxfs_wait *wait = kzalloc(sizeof(*wait), GFP_KERNEL_ACCOUNT);

	if (!wait)
		return -ENOMEM;
	mutex_init(&wait->lock);
	wait->vcpu = vmxfs_vcpu_get(inode->i_private);
	file->private_data = wait;
	return stream_open(inode, file);
}

static int wait_release(struct inode *inode, struct file *file)
{
	struct vmxfs_wait *wait = file->private_data;

	vmxfs_vcpu_put(wait->vcpu);
	mutex_destroy(&wait->lock);
	kfree(wait);
	return 0;
}

const struct file_operations vmxfs_wait_fops = {
	.owner = THIS_MODULE,
	.open = wait_open,
	.read = wait_read,
	.poll = wait_poll,
	.release = wait_release,
};
