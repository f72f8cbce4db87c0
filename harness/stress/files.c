// SPDX-License-Identifier: GPL-2.0
#include "files.h"

#include <errno.h>
#include <string.h>

#include "stress.h"

#define SEGMENT(name) \
	{ "segment/" name, MOUNT "/segment/" name, line_bytes, true, { EFBIG } }
#define BITMAP(name) { name, NULL, line_bitmap, false, { EPERM } }
#define AREA(name) { name, NULL, line_area, false, { EPERM, ENOSPC } }
#define PAGE(name) { name, NULL, line_page, false, { EPERM } }
#define READ_ONLY EACCES, EPERM, EBADF

const struct file files[] = {
	{ "ctl", NULL, line_ctl, false, { EBUSY, EAGAIN, EINTR, EACCES } },
	{ "regs", NULL, line_regs, false, { EACCES } },
	{ "fpregs", NULL, line_bytes, true, { EFBIG, ENOSPC } },
	{ "map", NULL, line_map, false, { ENOENT } },
	{ "map1", NULL, line_map, false, { ENOENT } },
	{ "map2", NULL, line_map, false, { ENOENT } },
	{ "vmcs", NULL, line_vmcs, false, { EPERM, EIO } },
	{ "insn", NULL, line_insn, false, { EPERM, EBUSY } },
	{ "ept", NULL, line_ept, false, { EPERM, ENOENT } },
	BITMAP("iobitmap"),
	{ "msrbitmap", NULL, line_msrbitmap, false, { EPERM } },
	BITMAP("vmreadbitmap"),
	BITMAP("vmwritebitmap"),
	AREA("entrymsrload"),
	AREA("exitmsrstore"),
	AREA("exitmsrload"),
	{ "eptplist", NULL, line_eptplist, false, { EPERM } },
	PAGE("vapic"),
	PAGE("apicaccess"),
	PAGE("pml"),
	PAGE("veinfo"),
	PAGE("pid"),
	SEGMENT("a"),
	SEGMENT("b"),
	SEGMENT("c"),
	SEGMENT("odd"),
	{ "status", NULL, NULL, false, { READ_ONLY } },
	{ "wait", NULL, NULL, false, { READ_ONLY } },
	{ "error", NULL, NULL, false, { READ_ONLY } },
	{ "caps", MOUNT "/caps", NULL, false, { READ_ONLY } },
};

const size_t files_count = sizeof(files) / sizeof(*files);

const struct file *file_find(const char *name)
{
	for (size_t i = 0; i < files_count; i++)
		if (!strcmp(files[i].name, name))
			return &files[i];
	return NULL;
}

const char *const call_names[] = {
	[CALL_WRITE] = "write",
	[CALL_READ] = "read",
	[CALL_SEEK] = "lseek",
	[CALL_TRUNCATE] = "ftruncate",
	[CALL_MMAP] = "mmap",
	[CALL_IOCTL] = "ioctl",
	[CALL_NAME] = "a call with its name",
};

/* Of each call, whatever the file. ENODEV is the vCPU's that is ending. */
static const int call_errnos[][20] = {
	[CALL_WRITE] = { EINVAL, E2BIG, EFAULT, ENOMEM, ENODEV, EOVERFLOW,
			 ESPIPE },
	[CALL_READ] = { EFAULT, ENODEV, EAGAIN, EINTR, EIO, EINVAL, ENOMEM,
			ESPIPE, EBADF, EOVERFLOW },
	[CALL_SEEK] = { EINVAL, ESPIPE, EOVERFLOW, ENODEV, ENXIO },
	[CALL_TRUNCATE] = { EINVAL, EBUSY, EFBIG, ENODEV, EPERM, EACCES },
	[CALL_MMAP] = { ENODEV, EINVAL, EACCES, EPERM, ENOMEM, EOVERFLOW,
			ENXIO },
	[CALL_IOCTL] = { ENOTTY, ENXIO, EINVAL, EFAULT, EPROTO, EBUSY, EAGAIN,
			 EINTR, EIO, ENOMEM, ENODEV },
	[CALL_NAME] = { EPERM, EACCES, ENOENT, EEXIST, ENOTDIR, EISDIR, EBUSY,
			EINVAL, ENAMETOOLONG, ENOTEMPTY, EXDEV, ENODEV,
			EOPNOTSUPP, ELOOP, ENXIO },
};

static bool is_in(const int *list, size_t count, int error)
{
	for (size_t i = 0; i < count && list[i]; i++)
		if (list[i] == error)
			return true;
	return false;
}

bool errno_allowed(const struct file *file, enum call call, int error)
{
	if (is_in(call_errnos[call], 20, error))
		return true;
	return call == CALL_WRITE && file && is_in(file->errnos, 8, error);
}
