// SPDX-License-Identifier: GPL-2.0
/* Files that hold lines of text. */
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include "files/files.h"

#define VMXFS_WRITE_MAX	SZ_64K

static int text_show(struct seq_file *m, void *unused)
{
	struct vmxfs_open *open = m->private;
	int err;

	err = open->file->always ? vmxfs_vcpu_lock_any(open->vcpu) : vmxfs_vcpu_lock_text(open->vcpu);
	if (err)
		return err;
	err = open->file->show(m, open->vcpu, open->file->which);
	vmxfs_vcpu_unlock(open->vcpu);
	return err;
}

/* Takes over the caller's reference on @vcpu, also when it fails. */
int vmxfs_text_open(struct file *file, struct vmxfs_vcpu *vcpu, const struct vmxfs_file *kind,
		    bool owns)
{
	struct vmxfs_open *open = kzalloc(sizeof(*open), GFP_KERNEL_ACCOUNT);
	int err = -ENOMEM;

	if (open) {
		open->vcpu = vcpu;
		open->file = kind;
		open->owns = owns;
		err = single_open_size(file, text_show, open, kind->size ?: PAGE_SIZE);
	}
	if (err) {
		vmxfs_vcpu_put(vcpu);
		kfree(open);
	}
	return err;
}

static int text_open(struct inode *inode, struct file *file)
{
	return vmxfs_text_open(file, vmxfs_vcpu_get(inode->i_private),
			      vmxfs_file_find(file_dentry(file)->d_name.name), false);
}

int vmxfs_text_release(struct inode *inode, struct file *file)
{
	struct vmxfs_open *open = ((struct seq_file *)file->private_data)->private;

	if (open->owns)
		vmxfs_vcpu_quit(open->vcpu);
	vmxfs_vcpu_put(open->vcpu);
	kfree(open);
	return single_release(inode, file);
}

/* One line, which may have to wait; -ERESTARTSYS if a signal came meanwhile. */
static int store_line(struct vmxfs_open *open, char *line, bool nonblock)
{
	struct vmxfs_vcpu *vcpu = open->vcpu;
	int err;

	for (;;) {
		err = vmxfs_vcpu_lock_text(vcpu);
		if (err)
			return err;
		err = open->file->store(vcpu, line, open->file->which);
		vmxfs_vcpu_unlock(vcpu);
		if (err == 1)
			return vmxfs_vcpu_quit(vcpu);
		if (err != -EAGAIN || nonblock)
			return err;
		err = wait_event_interruptible(vcpu->wq, !READ_ONCE(vcpu->exc.pending) ||
					       READ_ONCE(vcpu->state) >= VMXFS_DEAD);
		if (err)
			return err;
	}
}

static int refuse_write(struct vmxfs_vcpu *vcpu, int err, const char *text)
{
	int locked = vmxfs_vcpu_lock_text(vcpu);

	if (locked)
		return locked;
	vmxfs_fail(vcpu, err, "%s", text);
	vmxfs_vcpu_unlock(vcpu);
	return err;
}

/*
 * Lines are taken in order. The first that fails ends the write: if lines
 * before it were taken, the write is short and says so by its length.
 */
ssize_t vmxfs_text_write(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	struct vmxfs_open *open = ((struct seq_file *)file->private_data)->private;
	char *text, *line, *next;
	size_t done = 0;
	int err = 0;

	/* Root may open for writing what has no such permission. */
	if (!open->file->store)
		return -EINVAL;
	if (!count)
		return 0;
	if (count > VMXFS_WRITE_MAX)
		return refuse_write(open->vcpu, -E2BIG, "more than 65536 bytes in one write");
	text = memdup_user_nul(buf, count);
	if (IS_ERR(text))
		return PTR_ERR(text);
	if (strlen(text) != count)
		err = refuse_write(open->vcpu, -EINVAL, "NUL character");
	else if (!open->file->loose && text[count - 1] != '\n')
		err = refuse_write(open->vcpu, -EINVAL, "line without newline");

	for (line = text; !err && done < count; line = next) {
		next = strchrnul(line, '\n');
		if (*next)
			*next++ = 0;
		err = store_line(open, line, file->f_flags & O_NONBLOCK);
		if (!err)
			done = next - text;
	}
	kfree(text);
	return done ?: err;
}

const struct file_operations vmxfs_text_fops = {
	.owner = THIS_MODULE,
	.open = text_open,
	.read = seq_read,
	.write = vmxfs_text_write,
	.unlocked_ioctl = vmxfs_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.mmap = vmxfs_page_mmap,
	.llseek = seq_lseek,
	.release = vmxfs_text_release,
};
