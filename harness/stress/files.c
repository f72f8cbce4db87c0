// SPDX-License-Identifier: GPL-2.0
#include "files.h"

#include <errno.h>
#include <string.h>

#include "vcpu.h"

enum {
#define VMXFS_FORMAT(format, kind, access, min, max, errnos, example) IS_##format,
#include "vmxfs_files.h"
};

enum { IS_LINES, IS_NAMES, IS_OFFSETS, IS_STREAM, IS_BYTES };

/* What can be written has a generator. */
#define LINE_RO(format)		NULL
#define LINE_RW(format)		line_##format
#define LINE_CLEAR(format)	line_##format
#define ERRNOS(...)		{ __VA_ARGS__ }

static const struct format formats[] = {
#define VMXFS_FORMAT(format, kind, access, min, max, errnos, example) \
	[IS_##format] = { LINE_##access(format), IS_##kind == IS_BYTES, example, ERRNOS errnos },
#include "vmxfs_files.h"
};

static const struct format segment = { line_bytes, true, "", { EFBIG } };
static const struct format caps = { NULL, false, "", {} };

#define SEGMENT(name) { "segment/" name, MOUNT "/segment/" name, &segment }

const struct file files[] = {
#define VMXFS_FILE(name, format, which) { #name, NULL, &formats[IS_##format] },
#include "vmxfs_files.h"
	SEGMENT("a"),
	SEGMENT("b"),
	SEGMENT("c"),
	SEGMENT("odd"),
	{ "caps", MOUNT "/caps", &caps },
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

/* Of a write to what can only be read. */
static const int read_only_errnos[8] = { EACCES, EPERM, EBADF };

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
	if (call != CALL_WRITE || !file)
		return false;
	if (!file->format->line)
		return is_in(read_only_errnos, 8, error);
	return is_in(file->format->errnos, 8, error);
}
