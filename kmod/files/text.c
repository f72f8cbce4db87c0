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

	err = open->file->format->always ? vmxfs_vcpu_lock_any(open->vcpu) :
					   vmxfs_vcpu_lock_text(open->vcpu);
	if (err)
		return err;
	err = open->file->format->show(m, open->vcpu, open->file->which);
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
		err = single_open_size(file, text_show, open, kind->format->size ?: PAGE_SIZE);
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

/* A line of a format whose words the table counts. The vCPU is locked. */
static noinline int text_store_words(struct vmxfs_vcpu *vcpu, const struct vmxfs_file *file, char *line)
{
	const struct vmxfs_format *format = file->format;
	char *word[VMXFS_WORDS_MAX];
	int n = vmxfs_words(line, word, format->max_words);

	if (!n)
		return 0;
	if (n < format->min_words || n > format->max_words)
		return vmxfs_fail(vcpu, WORDS);
	return format->store(vcpu, word, n, file->which);
}

/* One line, which may have to wait; -ERESTARTSYS if a signal came meanwhile. */
static int text_store_line(struct vmxfs_open *open, const struct vmxfs_format *format, char *line,
			   bool nonblock)
{
	struct vmxfs_vcpu *vcpu = open->vcpu;
	int err;

	for (;;) {
		err = vmxfs_vcpu_lock_text(vcpu);
		if (err)
			return err;
		err = format->max_words ? text_store_words(vcpu, open->file, line) :
					  format->store(vcpu, &line, 1, open->file->which);
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

static int text_refuse_write(struct vmxfs_vcpu *vcpu, enum vmxfs_errno err, const char *text)
{
	int result = vmxfs_vcpu_lock_text(vcpu);

	if (result)
		return result;
	result = vmxfs_fail_with(vcpu, -err, "%s", text);
	vmxfs_vcpu_unlock(vcpu);
	return result;
}

#define REFUSE_WRITE(vcpu, ident) text_refuse_write(vcpu, VMXFS_ERRNO_##ident, vmxfs_text_##ident)

/*
 * Lines are taken in order. The first that fails ends the write: if lines
 * before it were taken, the write is short and says so by its length.
 */
ssize_t vmxfs_text_write(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	struct vmxfs_open *open = ((struct seq_file *)file->private_data)->private;
	const struct vmxfs_format *format = open->file->format;
	char *text, *line, *next;
	size_t done = 0;
	int err = 0;

	/* Root may open for writing what has no such permission. */
	if (!format->store)
		return -EINVAL;
	if (!count)
		return 0;
	if (count > VMXFS_WRITE_MAX)
		return REFUSE_WRITE(open->vcpu, WRITE_TOO_LONG);
	text = memdup_user_nul(buf, count);
	if (IS_ERR(text))
		return PTR_ERR(text);
	if (strlen(text) != count)
		err = REFUSE_WRITE(open->vcpu, NUL);
	else if (!format->loose && text[count - 1] != '\n')
		err = REFUSE_WRITE(open->vcpu, NO_NEWLINE);

	for (line = text; !err && done < count; line = next) {
		next = strchrnul(line, '\n');
		if (*next)
			*next++ = 0;
		err = text_store_line(open, format, line, file->f_flags & O_NONBLOCK);
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
