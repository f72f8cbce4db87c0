// SPDX-License-Identifier: GPL-2.0
/* The files of segment/: guest memory for read(), write() and mmap(). */
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/uio.h>
#include "files/compat.h"
#include "files/files.h"

struct dentry *vmxfs_segment_dir;

/**
 * vmxfs_segment_get() - find a segment by its file's name
 * @name: in segment/
 *
 * Return: the segment with a reference, or ERR_PTR(-ENOENT).
 */
struct vmxfs_segment *vmxfs_segment_get(const char *name)
{
	struct qstr qname = QSTR_INIT(name, strlen(name));
	struct vmxfs_segment *seg = ERR_PTR(-ENOENT);
	struct dentry *dentry;

	/* All dentries of vmxfs are in the dcache as long as they exist. */
	dentry = d_hash_and_lookup(vmxfs_segment_dir, &qname);
	if (IS_ERR_OR_NULL(dentry))
		return seg;
	if (d_really_is_positive(dentry)) {
		seg = d_inode(dentry)->i_private;
		kref_get(&seg->ref);
	}
	dput(dentry);
	return seg;
}

/* A page with a reference, so that it can be copied without the lock. */
static struct page *segment_get_page(struct vmxfs_segment *seg, pgoff_t index, bool allocate)
{
	struct page *page;

	mutex_lock(&seg->lock);
	page = allocate ? vmxfs_segment_page_locked(seg, index) : xa_load(&seg->pages, index);
	if (page)
		get_page(page);
	mutex_unlock(&seg->lock);
	return page;
}

/*
 * The lock is not held while user memory is touched: that may be a mapping of
 * this segment, whose fault takes it.
 */
static ssize_t segment_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	struct inode *inode = file_inode(iocb->ki_filp);
	struct vmxfs_segment *seg = inode->i_private;
	ssize_t done = 0;

	while (iov_iter_count(to)) {
		loff_t left = i_size_read(inode) - iocb->ki_pos;
		size_t offset = offset_in_page(iocb->ki_pos);
		size_t want = min_t(loff_t, PAGE_SIZE - offset, left);
		struct page *page;
		size_t n;

		if (left <= 0)
			break;
		page = segment_get_page(seg, iocb->ki_pos >> PAGE_SHIFT, false);
		want = min(want, iov_iter_count(to));
		if (page) {
			n = copy_page_to_iter(page, offset, want, to);
			put_page(page);
		} else {
			n = iov_iter_zero(want, to);
		}
		iocb->ki_pos += n;
		done += n;
		if (n != want)
			return done ?: -EFAULT;
	}
	return done;
}

static ssize_t segment_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	struct inode *inode = file_inode(iocb->ki_filp);
	struct vmxfs_segment *seg = inode->i_private;
	ssize_t done, err = 0;

	inode_lock(inode);
	done = generic_write_checks(iocb, from);
	if (done <= 0)
		goto unlock;
	done = 0;
	while (iov_iter_count(from) && !err) {
		size_t offset = offset_in_page(iocb->ki_pos);
		size_t want = min(PAGE_SIZE - offset, iov_iter_count(from));
		struct page *page = segment_get_page(seg, iocb->ki_pos >> PAGE_SHIFT, true);
		size_t n = 0;

		if (page) {
			n = copy_page_from_iter(page, offset, want, from);
			put_page(page);
		}
		if (n != want)
			err = page ? -EFAULT : -ENOMEM;
		iocb->ki_pos += n;
		done += n;
	}
	mutex_lock(&seg->lock);
	if (done && iocb->ki_pos > seg->size) {
		seg->size = iocb->ki_pos;
		i_size_write(inode, iocb->ki_pos);
	}
	mutex_unlock(&seg->lock);
	done = done ?: err;
unlock:
	inode_unlock(inode);
	return done;
}

/*
 * The page is returned locked, until it is mapped: segment_resize() unmaps a page
 * that it takes away with the page locked, so that no mapping of it stays.
 */
static vm_fault_t segment_fault(struct vm_fault *vmf)
{
	struct vmxfs_segment *seg = file_inode(vmf->vma->vm_file)->i_private;
	struct page *page = NULL;
	bool inside, current_page;

	mutex_lock(&seg->lock);
	inside = vmf->pgoff < DIV_ROUND_UP(seg->size, PAGE_SIZE);
	if (inside)
		page = vmxfs_segment_page_locked(seg, vmf->pgoff);
	if (page)
		get_page(page);
	mutex_unlock(&seg->lock);
	if (!page)
		return inside ? VM_FAULT_OOM : VM_FAULT_SIGBUS;

	lock_page(page);
	mutex_lock(&seg->lock);
	current_page = xa_load(&seg->pages, vmf->pgoff) == page;
	mutex_unlock(&seg->lock);
	if (!current_page) {
		unlock_page(page);
		put_page(page);
		return VM_FAULT_NOPAGE;
	}
	vmf->page = page;
	return VM_FAULT_LOCKED;
}

static const struct vm_operations_struct segment_vm_ops = {
	.fault = segment_fault,
};

static int segment_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_ops = &segment_vm_ops;
	return 0;
}

static const struct file_operations segment_fops = {
	.owner = THIS_MODULE,
	.llseek = generic_file_llseek,
	.read_iter = segment_read_iter,
	.write_iter = segment_write_iter,
	.mmap = segment_mmap,
};

/* The inode is locked by the VFS. */
static int segment_resize(struct inode *inode, loff_t size)
{
	struct vmxfs_segment *seg = inode->i_private;
	bool shrink;
	unsigned long index;
	struct page *page;

	mutex_lock(&seg->lock);
	shrink = size < seg->size;
	if (shrink && seg->users) {
		mutex_unlock(&seg->lock);
		return -EBUSY;
	}
	seg->size = size;
	i_size_write(inode, size);
	mutex_unlock(&seg->lock);
	if (!shrink)
		return 0;

	for (;;) {
		index = DIV_ROUND_UP(size, PAGE_SIZE);
		mutex_lock(&seg->lock);
		page = xa_find(&seg->pages, &index, ULONG_MAX, XA_PRESENT);
		if (page)
			xa_erase(&seg->pages, index);
		mutex_unlock(&seg->lock);
		if (!page)
			break;
		lock_page(page);
		unmap_mapping_range(inode->i_mapping, (loff_t)index << PAGE_SHIFT, PAGE_SIZE, 1);
		unlock_page(page);
		put_page(page);
	}
	mutex_lock(&seg->lock);
	page = xa_load(&seg->pages, size >> PAGE_SHIFT);
	if (page && offset_in_page(size))
		zero_user_segment(page, offset_in_page(size), PAGE_SIZE);
	mutex_unlock(&seg->lock);
	return 0;
}

static int segment_setattr(struct vmxfs_idmap *idmap, struct dentry *dentry,
			   struct iattr *attr)
{
	struct inode *inode = d_inode(dentry);
	int err;

	err = setattr_prepare(idmap, dentry, attr);
	if (!err && attr->ia_valid & ATTR_SIZE)
		err = segment_resize(inode, attr->ia_size);
	if (!err)
		setattr_copy(idmap, inode, attr);
	return err;
}

static const struct inode_operations segment_iops = {
	.setattr = segment_setattr,
};

static int segment_create(struct vmxfs_idmap *idmap, struct inode *dir,
			  struct dentry *dentry, umode_t mode, bool excl)
{
	struct vmxfs_segment *seg;
	struct inode *inode;

	seg = vmxfs_segment_alloc();
	if (!seg)
		return -ENOMEM;
	inode = vmxfs_new_inode(dir->i_sb, S_IFREG | 0600);
	if (!inode) {
		vmxfs_segment_put(seg);
		return -ENOMEM;
	}
	inode->i_op = &segment_iops;
	inode->i_fop = &segment_fops;
	inode->i_private = seg;
	d_instantiate(dentry, inode);
	dget(dentry); /* as long as it has a name */
	return 0;
}

const struct inode_operations vmxfs_segment_dir_iops = {
	.lookup = simple_lookup,
	.create = segment_create,
	.unlink = simple_unlink,
};
