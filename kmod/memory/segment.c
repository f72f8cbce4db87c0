// SPDX-License-Identifier: GPL-2.0
/*
 * Guest memory: the files of segment/. A page is allocated when it is first
 * touched, and stays until the segment shrinks or is gone: a file that was
 * removed lives on in the maps that name it.
 */
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/uio.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>
#include "vmxfs.h"
#include "cpu/compat.h"

struct dentry *vmxfs_segment_dir;

static struct vmxfs_segment *segment_alloc(void)
{
	struct vmxfs_segment *seg = kzalloc(sizeof(*seg), GFP_KERNEL_ACCOUNT);

	if (!seg)
		return NULL;
	kref_init(&seg->ref);
	mutex_init(&seg->lock);
	xa_init(&seg->pages);
	seg->writable = true;
	return seg;
}

/* The guest's writes are not in the process's page tables. */
static void unpin_pages(struct page **pages, unsigned long count, bool written)
{
	unsigned long n;

	for (; count; count -= n, pages += n) {
		n = min(count, 0x10000UL);
		unpin_user_pages_dirty_lock(pages, n, written);
		cond_resched();
	}
}

static void unpin(struct vmxfs_segment *seg)
{
	unsigned long count = seg->size >> PAGE_SHIFT;

	unpin_pages(seg->pinned, count, seg->written);
	account_locked_vm(seg->mm, count, false);
	mmdrop(seg->mm);
	kvfree(seg->pinned);
}

static void segment_free(struct vmxfs_segment *seg)
{
	unsigned long index;
	struct page *page;

	xa_for_each(&seg->pages, index, page) {
		put_page(page);
		cond_resched();
	}
	xa_destroy(&seg->pages);
	if (seg->pinned)
		unpin(seg);
	mutex_destroy(&seg->lock);
	kfree(seg);
}

static void unpin_work(struct work_struct *work)
{
	segment_free(container_of(work, struct vmxfs_segment, unpin_work));
}

static void segment_release(struct kref *ref)
{
	struct vmxfs_segment *seg = container_of(ref, struct vmxfs_segment, ref);

	if (!seg->pinned) {
		segment_free(seg);
		return;
	}
	INIT_WORK(&seg->unpin_work, unpin_work);
	queue_work(vmxfs_workqueue, &seg->unpin_work);
}

static void segment_release_wait(struct kref *ref)
{
	struct vmxfs_segment *seg = container_of(ref, struct vmxfs_segment, ref);

	if (seg->pinned && seg->mm == current->mm)
		segment_free(seg);
	else
		segment_release(ref);
}

/**
 * vmxfs_segment_put() - give back a reference
 * @seg: a segment, or NULL
 *
 * A program's memory is unpinned later: that may have to wait for user space, and the
 * caller may have locks.
 */
void vmxfs_segment_put(struct vmxfs_segment *seg)
{
	if (seg)
		kref_put(&seg->ref, segment_release);
}

/**
 * vmxfs_segment_put_wait() - give back a reference without locks
 * @seg: a segment
 *
 * The calling program's own memory is unpinned, and counts no more, when this returns.
 */
void vmxfs_segment_put_wait(struct vmxfs_segment *seg)
{
	kref_put(&seg->ref, segment_release_wait);
}

/* @seg->lock is held. NULL if there is no memory. */
static struct page *segment_page_locked(struct vmxfs_segment *seg, pgoff_t index)
{
	struct page *page = xa_load(&seg->pages, index);

	if (page)
		return page;
	page = alloc_page(GFP_HIGHUSER | __GFP_ACCOUNT | __GFP_ZERO | __GFP_RETRY_MAYFAIL |
			  __GFP_NOWARN);
	if (page && xa_err(xa_store(&seg->pages, index, page, GFP_KERNEL_ACCOUNT))) {
		__free_page(page);
		page = NULL;
	}
	return page;
}

/**
 * vmxfs_segment_page() - a page of a segment, allocated if need be
 * @seg: the segment
 * @index: which page
 *
 * Return: the page with no reference of its own, or NULL without memory.
 */
struct page *vmxfs_segment_page(struct vmxfs_segment *seg, pgoff_t index)
{
	struct page *page;

	if (seg->pinned)
		return seg->pinned[index];
	mutex_lock(&seg->lock);
	page = segment_page_locked(seg, index);
	mutex_unlock(&seg->lock);
	return page;
}

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

/**
 * vmxfs_segment_of_page() - a segment without a name
 * @page: all that is in it; gets a reference
 *
 * Return: the segment with a reference, or ERR_PTR(-ENOMEM).
 */
struct vmxfs_segment *vmxfs_segment_of_page(struct page *page)
{
	struct vmxfs_segment *seg = segment_alloc();

	if (!seg)
		return ERR_PTR(-ENOMEM);
	if (xa_err(xa_store(&seg->pages, 0, page, GFP_KERNEL_ACCOUNT))) {
		vmxfs_segment_put(seg);
		return ERR_PTR(-ENOMEM);
	}
	get_page(page);
	seg->size = PAGE_SIZE;
	return seg;
}

/*
 * Guest memory that can't be written may lie in memory of which the same is true. But
 * what can be written must be: else what is pinned might be a page of zeros that the
 * first write replaces.
 */
static long pin(struct vmxfs_segment *seg, u64 address, unsigned long count, bool write)
{
	unsigned long done = 0;
	unsigned int flags = FOLL_LONGTERM | FOLL_WRITE;

	while (done < count) {
		long n = pin_user_pages_fast(address + (done << PAGE_SHIFT),
					     min(count - done, 1024UL), flags,
					     seg->pinned + done);

		if (n == -EFAULT && !write && flags & FOLL_WRITE) {
			flags &= ~FOLL_WRITE;
			continue;
		}
		if (fatal_signal_pending(current)) {
			done += max(n, 0L);
			n = -EINTR;
		}
		if (n <= 0) {
			unpin_pages(seg->pinned, done, false);
			return n ?: -EFAULT;
		}
		done += n;
		cond_resched();
	}
	seg->writable = flags & FOLL_WRITE;
	return 0;
}

/* NULL without memory, or if there can't be so many. */
static struct page **alloc_array(unsigned long count)
{
	if (count > totalram_pages())
		return NULL;
	/* kvmalloc() takes more for a mistake. */
	if (count > INT_MAX / sizeof(struct page *))
		return __vmalloc(array_size(count, sizeof(struct page *)), GFP_KERNEL_ACCOUNT);
	return kvmalloc_array(count, sizeof(struct page *), GFP_KERNEL_ACCOUNT);
}

/**
 * vmxfs_segment_of_user() - memory of the current process, as a segment
 * @address: its address, a multiple of 4 KB
 * @size: in bytes, too
 * @write: the guest may write to it
 *
 * It stays pinned, and counts as locked, as long as there is the segment. The caller has
 * nothing locked: the program's memory may be slow to come.
 *
 * Return: the segment with a reference, or ERR_PTR(-ENOMEM), ERR_PTR(-EFAULT) if not all
 * of it is the process's or may be accessed so, ERR_PTR(-EINTR).
 */
struct vmxfs_segment *vmxfs_segment_of_user(u64 address, u64 size, bool write)
{
	unsigned long count = size >> PAGE_SHIFT;
	struct vmxfs_segment *seg;
	long err = -ENOMEM;

	if (!access_ok(u64_to_user_ptr(address), size))
		return ERR_PTR(-EFAULT);
	seg = segment_alloc();
	if (!seg)
		return ERR_PTR(err);
	seg->pinned = alloc_array(count);
	if (seg->pinned)
		err = account_locked_vm(current->mm, count, true);
	if (!err) {
		err = pin(seg, address, count, write);
		if (!err) {
			seg->size = size;
			seg->mm = current->mm;
			mmgrab(seg->mm);
			return seg;
		}
		account_locked_vm(current->mm, count, false);
	}
	kvfree(seg->pinned);
	seg->pinned = NULL;
	vmxfs_segment_put(seg);
	return ERR_PTR(err);
}

/* How many pages of a part are still to be allocated. @seg->lock is held. */
static unsigned long pages_missing(struct vmxfs_segment *seg, u64 offset, u64 length)
{
	unsigned long missing = length >> PAGE_SHIFT;
	unsigned long index, last = (offset + length - 1) >> PAGE_SHIFT;
	struct page *page;

	if (!length || seg->pinned)
		return 0;
	xa_for_each_range(&seg->pages, index, page, offset >> PAGE_SHIFT, last) {
		missing--;
		cond_resched();
	}
	return missing;
}

/**
 * vmxfs_segment_use() - let a map use a part of a segment
 * @seg: the segment
 * @offset: where the part begins, in bytes
 * @length: of the part, in bytes
 *
 * Return: 0; -ERANGE if the segment is smaller; -ENOMEM if it never fits
 * into memory. Undone by vmxfs_segment_unuse().
 */
int vmxfs_segment_use(struct vmxfs_segment *seg, u64 offset, u64 length)
{
	unsigned long available = si_mem_available();
	int err = 0;

	mutex_lock(&seg->lock);
	if (offset + length > seg->size)
		err = -ERANGE;
	else if (length >> PAGE_SHIFT > totalram_pages() ||
		 (length >> PAGE_SHIFT > available &&
		  pages_missing(seg, offset, length) > available))
		err = -ENOMEM;
	else
		seg->users++;
	mutex_unlock(&seg->lock);
	return err;
}

void vmxfs_segment_unuse(struct vmxfs_segment *seg)
{
	mutex_lock(&seg->lock);
	seg->users--;
	mutex_unlock(&seg->lock);
}

/* A page with a reference, so that it can be copied without the lock. */
static struct page *segment_get_page(struct vmxfs_segment *seg, pgoff_t index, bool allocate)
{
	struct page *page;

	mutex_lock(&seg->lock);
	page = allocate ? segment_page_locked(seg, index) : xa_load(&seg->pages, index);
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
		page = segment_page_locked(seg, vmf->pgoff);
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

	seg = segment_alloc();
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
