// SPDX-License-Identifier: GPL-2.0
/*
 * Guest memory: what the files of segment/ and the maps hold. A page is allocated when it
 * is first touched, and stays until the segment shrinks or is gone: a file that was
 * removed lives on in the maps that name it.
 */
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>
#include "memory/memory.h"

/* What has to wait longer than its caller can */
struct workqueue_struct *vmxfs_workqueue;

/* How many pages are allocated, or given back, at a time */
#define SEGMENT_BATCH 32

struct vmxfs_segment *vmxfs_segment_alloc(void)
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
static void segment_unpin_pages(struct page **pages, unsigned long count, bool written)
{
	unsigned long n;

	for (; count; count -= n, pages += n) {
		n = min(count, 0x10000UL);
		unpin_user_pages_dirty_lock(pages, n, written);
		cond_resched();
	}
}

static void segment_unpin(struct vmxfs_segment *seg)
{
	unsigned long count = seg->size >> PAGE_SHIFT;

	segment_unpin_pages(seg->pinned, count, seg->written);
	account_locked_vm(seg->mm, count, false);
	mmdrop(seg->mm);
	kvfree(seg->pinned);
}

static void segment_free(struct vmxfs_segment *seg)
{
	struct page *page, *pages[SEGMENT_BATCH];
	unsigned long index;
	int n = 0;

	xa_for_each(&seg->pages, index, page) {
		pages[n++] = page;
		if (n == SEGMENT_BATCH) {
			release_pages(pages, n);
			n = 0;
			cond_resched();
		}
	}
	release_pages(pages, n);
	xa_destroy(&seg->pages);
	if (seg->pinned)
		segment_unpin(seg);
	mutex_destroy(&seg->lock);
	kfree(seg);
}

static void segment_unpin_work(struct work_struct *work)
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
	INIT_WORK(&seg->unpin_work, segment_unpin_work);
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

#define SEGMENT_PAGE_FLAGS \
	(GFP_HIGHUSER | __GFP_ACCOUNT | __GFP_ZERO | __GFP_RETRY_MAYFAIL | __GFP_NOWARN)

/* @seg->lock is held. NULL if there is no memory. */
struct page *vmxfs_segment_page_locked(struct vmxfs_segment *seg, pgoff_t index)
{
	struct page *page = xa_load(&seg->pages, index);

	if (page)
		return page;
	page = alloc_page(SEGMENT_PAGE_FLAGS);
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
	page = vmxfs_segment_page_locked(seg, index);
	mutex_unlock(&seg->lock);
	return page;
}

/**
 * vmxfs_segment_of_page() - a segment without a name
 * @page: all that is in it; gets a reference
 *
 * Return: the segment with a reference, or ERR_PTR(-ENOMEM).
 */
struct vmxfs_segment *vmxfs_segment_of_page(struct page *page)
{
	struct vmxfs_segment *seg = vmxfs_segment_alloc();

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
static long segment_pin(struct vmxfs_segment *seg, u64 address, unsigned long count, bool write)
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
			segment_unpin_pages(seg->pinned, done, false);
			return n ?: -EFAULT;
		}
		done += n;
		cond_resched();
	}
	seg->writable = flags & FOLL_WRITE;
	return 0;
}

/* NULL without memory, or if there can't be so many. */
static struct page **segment_alloc_array(unsigned long count)
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
	seg = vmxfs_segment_alloc();
	if (!seg)
		return ERR_PTR(err);
	seg->pinned = segment_alloc_array(count);
	if (seg->pinned)
		err = account_locked_vm(current->mm, count, true);
	if (!err) {
		err = segment_pin(seg, address, count, write);
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
static unsigned long segment_pages_missing(struct vmxfs_segment *seg, u64 offset, u64 length)
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

/* Allocates this many; the result is how many it could. */
static unsigned int segment_alloc_pages(struct page **pages, unsigned int count)
{
	unsigned int n = 0;

	while (n < count && (pages[n] = alloc_page(SEGMENT_PAGE_FLAGS)))
		n++;
	return n;
}

/* Puts the pages where there are none, and takes them out of @pages. @seg->lock is held. */
static int segment_store_pages(struct vmxfs_segment *seg, pgoff_t index, struct page **pages,
			       unsigned int *n)
{
	XA_STATE(xas, &seg->pages, index);
	void *entry;

	do {
		xas_lock(&xas);
		for (entry = xas_load(&xas); *n; entry = xas_next(&xas)) {
			if (!entry)
				xas_store(&xas, pages[*n - 1]);
			if (xas_error(&xas))
				break;
			*n -= !entry;
		}
		xas_unlock(&xas);
	} while (xas_nomem(&xas, GFP_KERNEL_ACCOUNT));
	return xas_error(&xas);
}

/**
 * vmxfs_segment_fill() - have a part of a segment allocated
 * @seg: the segment
 * @index: the first page
 * @count: of pages
 *
 * Return: 0 or -ENOMEM.
 */
int vmxfs_segment_fill(struct vmxfs_segment *seg, pgoff_t index, unsigned long count)
{
	struct page *pages[SEGMENT_BATCH];
	unsigned int missing, n;
	unsigned long batch;
	int err = 0;

	if (seg->pinned)
		return 0;
	for (; count && !err; count -= batch, index += batch) {
		batch = min_t(unsigned long, count, SEGMENT_BATCH);
		mutex_lock(&seg->lock);
		missing = segment_pages_missing(seg, index << PAGE_SHIFT, batch << PAGE_SHIFT);
		n = segment_alloc_pages(pages, missing);
		err = n < missing ? -ENOMEM : segment_store_pages(seg, index, pages, &n);
		mutex_unlock(&seg->lock);
		while (n)
			__free_page(pages[--n]);
	}
	return err;
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
		  segment_pages_missing(seg, offset, length) > available))
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

int __init vmxfs_segment_init(void)
{
	vmxfs_workqueue = alloc_workqueue("vmxfs", WQ_FREEZABLE, 0);
	return vmxfs_workqueue ? 0 : -ENOMEM;
}

/* Nobody has memory, or makes a vCPU moribund, any more. */
void vmxfs_segment_exit(void)
{
	destroy_workqueue(vmxfs_workqueue);
}
