// SPDX-License-Identifier: GPL-2.0
/*
 * The file system. One instance, whose dentries stay in the dcache; those of a
 * vCPU's files, but for ctl, are made when somebody looks:
 *
 *	clone caps segment/ N/{ctl,wait,regs,...}
 */
#define pr_fmt(fmt) "vmxfs: " fmt

#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/fs_context.h>
#include <linux/module.h>
#include <linux/namei.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/uaccess.h>
#include "vmxfs.h"
#include "cpu/compat.h"

#define VMXFS_MAGIC	0x564d5846	/* "VMXF" */
#define VMXFS_WRITE_MAX	SZ_64K

static struct dentry *vmxfs_root;

/**
 * struct vmxfs_format - what a file of a vCPU holds
 * @mode: permissions
 * @min_words: how many words a line has that is written, at least
 * @max_words: and at most; 0 if @store takes whole lines
 * @show: writes its text
 * @store: takes the words of a line, or the line without newline, and may change them; 1
 *	means that the vCPU is to end, -EAGAIN that the line, which is as it was, has to wait
 *	for vmxfs_vcpu.exc
 * @clear: does what O_TRUNC means
 * @always: it can be read in every state
 * @loose: the last line need not end in a newline
 * @size: how long the text may be expected to be, in bytes, if it is long
 * @fops: of a file that is no text
 *
 * All run with the vCPU locked.
 */
struct vmxfs_format {
	umode_t mode;
	u8 min_words;
	u8 max_words;
	int (*show)(struct seq_file *m, struct vmxfs_vcpu *vcpu, int which);
	int (*store)(struct vmxfs_vcpu *vcpu, char **word, int n, int which);
	void (*clear)(struct vmxfs_vcpu *vcpu, int which);
	bool always;
	bool loose;
	size_t size;
	const struct file_operations *fops;
};

/**
 * struct vmxfs_file - a file of a vCPU's directory
 * @name: its name
 * @format: what it holds
 * @which: which of several files of this format
 */
struct vmxfs_file {
	const char *name;
	const struct vmxfs_format *format;
	int which;
};

static const struct file_operations wait_fops;
static const struct file_operations fpregs_fops;

static int vmxfs_ctl_show(struct seq_file *m, struct vmxfs_vcpu *vcpu, int unused)
{
	seq_printf(m, "%d\n", vcpu->index);
	return 0;
}

static int vmxfs_status_show(struct seq_file *m, struct vmxfs_vcpu *vcpu, int unused)
{
	if (vcpu->state == VMXFS_DEAD)
		seq_printf(m, "%s '%s'\n", vmxfs_state_name(vcpu->state), vcpu->death);
	else
		seq_printf(m, "%s\n", vmxfs_state_name(vcpu->state));
	return 0;
}

static int vmxfs_error_show(struct seq_file *m, struct vmxfs_vcpu *vcpu, int unused)
{
	if (*vcpu->error)
		seq_printf(m, "%s\n", vcpu->error);
	return 0;
}

/* What the table says of a format, as members */
#define FORMAT_RO(format)		.mode = 0400, .always = true, .show = vmxfs_##format##_show
#define FORMAT_RW(format) \
	.mode = 0600, .show = vmxfs_##format##_show, .store = vmxfs_##format##_store
#define FORMAT_CLEAR(format)		FORMAT_RW(format), .clear = vmxfs_##format##_clear
#define FORMAT_LINES(format, access)	FORMAT_##access(format)
#define FORMAT_NAMES(format, access)	FORMAT_##access(format)
#define FORMAT_OFFSETS(format, access)	FORMAT_##access(format)
#define FORMAT_STREAM(format, access)	.mode = 0400, .fops = &format##_fops
#define FORMAT_BYTES(format, access)	.mode = 0600, .fops = &format##_fops

enum {
#define VMXFS_FORMAT(format, kind, access, min, max, errnos, example) IS_##format,
#include "vmxfs_files.h"
};

#define VMXFS_WORDS_MAX	6
#define VMXFS_FORMAT(format, kind, access, min, max, errnos, example) \
	static_assert(max <= VMXFS_WORDS_MAX);
#include "vmxfs_files.h"

static const struct vmxfs_format vmxfs_formats[] = {
#define VMXFS_FORMAT(format, kind, access, min, max, errnos, example) [IS_##format] = { \
	.min_words = min, .max_words = max, FORMAT_##kind(format, access), \
	.loose = IS_##format == IS_ctl, .size = IS_##format == IS_vmcs ? SZ_16K : 0, \
},
#include "vmxfs_files.h"
};

static const struct vmxfs_file vmxfs_files[] = {
#define VMXFS_FILE(name, format, which) { #name, &vmxfs_formats[IS_##format], which },
#include "vmxfs_files.h"
};

struct inode *vmxfs_new_inode(struct super_block *sb, umode_t mode)
{
	struct inode *inode = new_inode(sb);

	if (!inode)
		return NULL;
	inode->i_ino = get_next_ino();
	inode->i_mode = mode;
	vmxfs_init_times(inode);
	return inode;
}

/* ---- files that hold text ---- */

/**
 * struct vmxfs_open - an open file of a vCPU
 * @vcpu: whose, with a reference
 * @file: which
 * @owns: the vCPU ends when this file is closed
 */
struct vmxfs_open {
	struct vmxfs_vcpu *vcpu;
	const struct vmxfs_file *file;
	bool owns;
};

static int text_show(struct seq_file *m, void *unused)
{
	struct vmxfs_open *open = m->private;
	int err;

	err = open->file->format->always ? vmxfs_vcpu_lock_any(open->vcpu) : vmxfs_vcpu_lock_text(open->vcpu);
	if (err)
		return err;
	err = open->file->format->show(m, open->vcpu, open->file->which);
	vmxfs_vcpu_unlock(open->vcpu);
	return err;
}

/* Takes over the caller's reference on @vcpu, also when it fails. */
static int text_open_vcpu(struct file *file, struct vmxfs_vcpu *vcpu,
			  const struct vmxfs_file *kind, bool owns)
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

static const struct vmxfs_file *find_file(const struct dentry *dentry)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(vmxfs_files); i++)
		if (!strcmp(vmxfs_files[i].name, dentry->d_name.name))
			return &vmxfs_files[i];
	return NULL;
}

static int text_open(struct inode *inode, struct file *file)
{
	return text_open_vcpu(file, vmxfs_vcpu_get(inode->i_private),
			      find_file(file_dentry(file)), false);
}

static int clone_open(struct inode *inode, struct file *file)
{
	struct vmxfs_vcpu *vcpu = vmxfs_vcpu_create();
	int err;

	if (IS_ERR(vcpu))
		return PTR_ERR(vcpu);
	err = text_open_vcpu(file, vmxfs_vcpu_get(vcpu), &vmxfs_files[0],
			     file->f_mode & FMODE_WRITE);
	if (err)
		vmxfs_vcpu_quit(vcpu);
	vmxfs_vcpu_put(vcpu);
	return err;
}

static int text_release(struct inode *inode, struct file *file)
{
	struct vmxfs_open *open = ((struct seq_file *)file->private_data)->private;

	if (open->owns)
		vmxfs_vcpu_quit(open->vcpu);
	vmxfs_vcpu_put(open->vcpu);
	kfree(open);
	return single_release(inode, file);
}

/* A line of a format whose words the table counts. The vCPU is locked. */
static noinline int store_words(struct vmxfs_vcpu *vcpu, const struct vmxfs_file *file, char *line)
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
static int store_line(struct vmxfs_open *open, const struct vmxfs_format *format, char *line,
		      bool nonblock)
{
	struct vmxfs_vcpu *vcpu = open->vcpu;
	int err;

	for (;;) {
		err = vmxfs_vcpu_lock_text(vcpu);
		if (err)
			return err;
		err = format->max_words ? store_words(vcpu, open->file, line) :
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

static int refuse_write(struct vmxfs_vcpu *vcpu, enum vmxfs_errno err, const char *text)
{
	int result = vmxfs_vcpu_lock_text(vcpu);

	if (result)
		return result;
	result = vmxfs_fail_with(vcpu, -err, "%s", text);
	vmxfs_vcpu_unlock(vcpu);
	return result;
}

#define REFUSE_WRITE(vcpu, ident) refuse_write(vcpu, VMXFS_ERRNO_##ident, vmxfs_text_##ident)

/*
 * Lines are taken in order. The first that fails ends the write: if lines
 * before it were taken, the write is short and says so by its length.
 */
static ssize_t text_write(struct file *file, const char __user *buf, size_t count, loff_t *pos)
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
		err = store_line(open, format, line, file->f_flags & O_NONBLOCK);
		if (!err)
			done = next - text;
	}
	kfree(text);
	return done ?: err;
}

/* The vCPU of an open ctl or clone file, or NULL for another file. */
static struct vmxfs_vcpu *ctl_vcpu(struct file *file)
{
	struct vmxfs_open *open = ((struct seq_file *)file->private_data)->private;

	return open->file == &vmxfs_files[0] ? open->vcpu : NULL;
}

static long ctl_ioctl(struct file *file, unsigned int command, unsigned long arg)
{
	struct vmxfs_vcpu *vcpu = ctl_vcpu(file);

	return vcpu ? vmxfs_ioctl(vcpu, command, arg) : -ENOTTY;
}

static int ctl_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct vmxfs_vcpu *vcpu = ctl_vcpu(file);

	return vcpu ? vmxfs_page_mmap(vcpu, vma) : -ENODEV;
}

static const struct file_operations text_fops, clone_fops;

/**
 * vmxfs_file_vcpu() - the vCPU of an open ctl or clone file
 * @file: any file; the caller keeps it open
 *
 * Return: the vCPU, or NULL for another file.
 */
struct vmxfs_vcpu *vmxfs_file_vcpu(struct file *file)
{
	return file->f_op == &text_fops || file->f_op == &clone_fops ? ctl_vcpu(file) : NULL;
}

static const struct file_operations text_fops = {
	.owner = THIS_MODULE,
	.open = text_open,
	.read = seq_read,
	.write = text_write,
	.unlocked_ioctl = ctl_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.mmap = ctl_mmap,
	.llseek = seq_lseek,
	.release = text_release,
};

static const struct file_operations clone_fops = {
	.owner = THIS_MODULE,
	.open = clone_open,
	.read = seq_read,
	.write = text_write,
	.unlocked_ioctl = ctl_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.mmap = ctl_mmap,
	.llseek = seq_lseek,
	.release = text_release,
};

static int caps_open(struct inode *inode, struct file *file)
{
	return single_open(file, vmxfs_caps_show, NULL);
}

static const struct file_operations caps_fops = {
	.owner = THIS_MODULE,
	.open = caps_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = single_release,
};

/* ---- fpregs ---- */

static ssize_t fpregs_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	struct vmxfs_vcpu *vcpu = file_inode(file)->i_private;
	u8 state[VMXFS_FPREGS_SIZE];
	int err = vmxfs_vcpu_lock_text(vcpu);

	if (err)
		return err;
	vmxfs_fpregs_read(vcpu, state);
	vmxfs_vcpu_unlock(vcpu);
	return simple_read_from_buffer(buf, count, pos, state, sizeof(state));
}

static ssize_t fpregs_write(struct file *file, const char __user *buf, size_t count,
			    loff_t *pos)
{
	struct vmxfs_vcpu *vcpu = file_inode(file)->i_private;
	u8 state[VMXFS_FPREGS_SIZE];
	loff_t offset = *pos;
	ssize_t n = simple_write_to_buffer(state, sizeof(state), pos, buf, count);
	int err;

	if (n <= 0)
		return n ?: count ? -ENOSPC : 0;
	err = vmxfs_vcpu_lock_text(vcpu);
	if (!err) {
		err = vmxfs_fpregs_write(vcpu, state + offset, offset, n);
		vmxfs_vcpu_unlock(vcpu);
	}
	if (err)
		*pos = offset;
	return err ?: n;
}

static const struct file_operations fpregs_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.read = fpregs_read,
	.write = fpregs_write,
	.llseek = default_llseek,
};

/* ---- wait ---- */

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

static const struct file_operations wait_fops = {
	.owner = THIS_MODULE,
	.open = wait_open,
	.read = wait_read,
	.poll = wait_poll,
	.release = wait_release,
};

/* ---- inodes and directories ---- */

/* Opening with O_TRUNC clears what can be cleared, and does nothing to the others. */
static int vcpu_setattr(struct vmxfs_idmap *idmap, struct dentry *dentry, struct iattr *attr)
{
	struct inode *inode = d_inode(dentry);
	struct vmxfs_vcpu *vcpu = inode->i_private;
	const struct vmxfs_file *file = find_file(dentry);
	int err;

	if (attr->ia_valid & (ATTR_MODE | ATTR_UID | ATTR_GID))
		return -EPERM;
	if (!(attr->ia_valid & ATTR_SIZE) || !file || !file->format->clear)
		return 0;
	if (attr->ia_size)
		return -EINVAL;
	err = vmxfs_vcpu_lock_text(vcpu);
	if (err)
		return err;
	file->format->clear(vcpu, file->which);
	vmxfs_vcpu_unlock(vcpu);
	return 0;
}

static const struct inode_operations vcpu_iops = {
	.setattr = vcpu_setattr,
};

/* Only ctl can be removed. */
static int vcpu_unlink(struct inode *dir, struct dentry *dentry)
{
	int err;

	if (find_file(dentry) != &vmxfs_files[0])
		return -EPERM;
	err = vmxfs_vcpu_moribund(d_inode(dentry)->i_private);
	return err ?: simple_unlink(dir, dentry);
}

static struct inode *new_vcpu_inode(struct vmxfs_vcpu *vcpu, const struct vmxfs_file *file)
{
	struct inode *inode = vmxfs_new_inode(vmxfs_root->d_sb, S_IFREG | file->format->mode);

	if (inode) {
		inode->i_op = &vcpu_iops;
		inode->i_fop = file->format->fops ?: &text_fops;
		inode->i_private = vmxfs_vcpu_get(vcpu);
	}
	return inode;
}

/*
 * Most of a vCPU's files are never opened. One that is looks as if it had been
 * there all the time; but ctl, once removed, stays away. The directory needs no
 * reference: it is dead, and nothing looked up in it, before its vCPU goes.
 */
static struct dentry *vcpu_lookup(struct inode *dir, struct dentry *dentry, unsigned int flags)
{
	const struct vmxfs_file *file = find_file(dentry);
	struct inode *inode;

	if (!file || file == &vmxfs_files[0])
		return simple_lookup(dir, dentry, flags);
	inode = new_vcpu_inode(dir->i_private, file);
	if (!inode)
		return ERR_PTR(-ENOMEM);
	dget(dentry); /* until the vCPU ends */
	d_add(dentry, inode);
	return NULL;
}

static int vcpu_dir_open(struct inode *inode, struct file *file)
{
	struct dentry *dir = file_dentry(file), *dentry;
	int i, err = 0;

	inode_lock(inode);
	for (i = 1; i < ARRAY_SIZE(vmxfs_files) && !err && !IS_DEADDIR(inode); i++) {
		const char *name = vmxfs_files[i].name;

		dentry = lookup_one_len(name, dir, strlen(name));
		err = PTR_ERR_OR_ZERO(dentry);
		if (!err)
			dput(dentry);
	}
	inode_unlock(inode);
	return err ?: dcache_dir_open(inode, file);
}

static const struct inode_operations vcpu_dir_iops = {
	.lookup = vcpu_lookup,
	.unlink = vcpu_unlink,
};

static const struct file_operations vcpu_dir_fops = {
	.open = vcpu_dir_open,
	.release = dcache_dir_close,
	.llseek = dcache_dir_lseek,
	.read = generic_read_dir,
	.iterate_shared = dcache_readdir,
	.fsync = noop_fsync,
};

/* A new file or directory; the parent is locked or not yet visible. */
static struct dentry *add_entry(struct dentry *parent, const char *name, struct inode *inode)
{
	struct dentry *dentry;

	if (!inode)
		return ERR_PTR(-ENOMEM);
	dentry = d_alloc_name(parent, name);
	if (!dentry) {
		iput(inode);
		return ERR_PTR(-ENOMEM);
	}
	d_add(dentry, inode);
	return dentry;
}

static struct dentry *add_dir(struct dentry *parent, const char *name,
			      const struct inode_operations *iops,
			      const struct file_operations *fops, void *private)
{
	struct inode *inode = vmxfs_new_inode(parent->d_sb, S_IFDIR | 0700);

	if (inode) {
		inode->i_op = iops;
		inode->i_fop = fops;
		inode->i_private = private;
		set_nlink(inode, 2);
	}
	return add_entry(parent, name, inode);
}

static int add_root_file(const char *name, umode_t mode, const struct file_operations *fops)
{
	struct inode *inode = vmxfs_new_inode(vmxfs_root->d_sb, S_IFREG | mode);

	if (inode) {
		inode->i_op = &vcpu_iops;
		inode->i_fop = fops;
	}
	return PTR_ERR_OR_ZERO(add_entry(vmxfs_root, name, inode));
}

/**
 * vmxfs_vcpu_publish() - make the directory of a vCPU
 * @vcpu: has its index
 *
 * Return: 0 or -ENOMEM, and then there is no directory.
 */
int vmxfs_vcpu_publish(struct vmxfs_vcpu *vcpu)
{
	const struct vmxfs_file *ctl = &vmxfs_files[0];
	struct dentry *dentry;
	char name[12];
	int err;

	snprintf(name, sizeof(name), "%d", vcpu->index);
	inode_lock(d_inode(vmxfs_root));
	vcpu->dir = add_dir(vmxfs_root, name, &vcpu_dir_iops, &vcpu_dir_fops, vcpu);
	if (!IS_ERR(vcpu->dir))
		inc_nlink(d_inode(vmxfs_root));
	inode_unlock(d_inode(vmxfs_root));
	if (IS_ERR(vcpu->dir))
		return PTR_ERR(vcpu->dir);

	inode_lock(d_inode(vcpu->dir));
	dentry = add_entry(vcpu->dir, ctl->name, new_vcpu_inode(vcpu, ctl));
	inode_unlock(d_inode(vcpu->dir));
	err = PTR_ERR_OR_ZERO(dentry);
	if (err)
		vmxfs_vcpu_unpublish(vcpu);
	return err;
}

void vmxfs_vcpu_unpublish(struct vmxfs_vcpu *vcpu)
{
	simple_recursive_removal(vcpu->dir, NULL);
	vcpu->dir = NULL;
}

static void vmxfs_evict_inode(struct inode *inode)
{
	clear_inode(inode);
	if (inode->i_fop == &text_fops || inode->i_fop == &wait_fops ||
	    inode->i_fop == &fpregs_fops)
		vmxfs_vcpu_put(inode->i_private);
	else if (S_ISREG(inode->i_mode) && inode->i_private)
		vmxfs_segment_put(inode->i_private);
}

static const struct super_operations vmxfs_super_ops = {
	.statfs = simple_statfs,
	.drop_inode = generic_delete_inode,
	.evict_inode = vmxfs_evict_inode,
};

static int vmxfs_fill_super(struct super_block *sb, struct fs_context *fc)
{
	struct inode *root;
	int err;

	sb->s_magic = VMXFS_MAGIC;
	sb->s_op = &vmxfs_super_ops;
	sb->s_blocksize = PAGE_SIZE;
	sb->s_blocksize_bits = PAGE_SHIFT;
	sb->s_maxbytes = MAX_LFS_FILESIZE;
	sb->s_time_gran = 1;
	root = vmxfs_new_inode(sb, S_IFDIR | 0700);
	if (!root)
		return -ENOMEM;
	root->i_op = &simple_dir_inode_operations;
	root->i_fop = &simple_dir_operations;
	set_nlink(root, 3);
	sb->s_root = d_make_root(root);
	if (!sb->s_root)
		return -ENOMEM;
	vmxfs_root = sb->s_root;

	err = 0;
#define VMXFS_ROOT_FILE(name, mode) err = err ?: add_root_file(#name, mode, &name##_fops);
#include "vmxfs_files.h"
	if (err)
		return err;
#define VMXFS_ROOT_FOLDER(name) \
	vmxfs_##name##_dir = add_dir(vmxfs_root, #name, &vmxfs_##name##_dir_iops, \
				     &simple_dir_operations, NULL);
#include "vmxfs_files.h"
	return PTR_ERR_OR_ZERO(vmxfs_segment_dir);
}

static int vmxfs_get_tree(struct fs_context *fc)
{
	return get_tree_single(fc, vmxfs_fill_super);
}

static const struct fs_context_operations vmxfs_context_ops = {
	.get_tree = vmxfs_get_tree,
};

static int vmxfs_init_fs_context(struct fs_context *fc)
{
	fc->ops = &vmxfs_context_ops;
	return 0;
}

/* The last mount is gone, and with it all vCPUs. */
static void vmxfs_kill_sb(struct super_block *sb)
{
	if (sb->s_root)
		vmxfs_vcpu_quit_all(false);
	kill_litter_super(sb);
}

static struct file_system_type vmxfs_type = {
	.owner = THIS_MODULE,
	.name = "vmxfs",
	.init_fs_context = vmxfs_init_fs_context,
	.kill_sb = vmxfs_kill_sb,
};
MODULE_ALIAS_FS("vmxfs");

int __init vmxfs_fs_init(void)
{
	int err;

	err = sysfs_create_mount_point(fs_kobj, "vmx");
	if (err)
		return err;
	err = register_filesystem(&vmxfs_type);
	if (err)
		sysfs_remove_mount_point(fs_kobj, "vmx");
	return err;
}

void vmxfs_fs_exit(void)
{
	unregister_filesystem(&vmxfs_type);
	sysfs_remove_mount_point(fs_kobj, "vmx");
}
