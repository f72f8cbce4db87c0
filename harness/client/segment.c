// SPDX-License-Identifier: GPL-2.0
#include "segment.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "vcpu.h"

#define FOLDER "/segment/"

struct path {
	char text[sizeof(MOUNT FOLDER) + NAME_MAX];
};

static struct path path_of(int mount, const char *name)
{
	struct path path;

	snprintf(path.text, sizeof(path.text), "%s%s", mount == BY_PATH ? MOUNT FOLDER : FOLDER + 1,
		 name);
	return path;
}

int segment_file(int mount, const char *name, int flags)
{
	struct path path = path_of(mount, name);

	return file_open(mount, path.text, flags);
}

int segment_make(int mount, const char *name, int flags, uint64_t size)
{
	int fd = segment_file(mount, name, O_RDWR | O_CREAT | flags);
	int error;

	if (fd < 0 || ftruncate(fd, size) == 0)
		return fd;
	error = -errno;
	close(fd);
	return error;
}

int segment_remove(int mount, const char *name)
{
	struct path path = path_of(mount, name);

	return unlinkat(mount, path.text, 0) < 0 ? -errno : 0;
}
