// SPDX-License-Identifier: GPL-2.0
#include "module.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "vcpu.h"

int module_load(const char *path, const char *parameters)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int error = 0;

	if (fd < 0)
		return -errno;
	if (syscall(SYS_finit_module, fd, parameters, 0) < 0)
		error = -errno;
	close(fd);
	return error;
}

/* A module has the name of its file, with '_' for '-'. */
int module_remove(const char *path)
{
	const char *slash = strrchr(path, '/');
	char name[64];

	snprintf(name, sizeof(name), "%s", slash ? slash + 1 : path);
	name[strcspn(name, ".")] = '\0';
	for (char *dash = name; (dash = strchr(dash, '-'));)
		*dash = '_';
	return syscall(SYS_delete_module, name, O_NONBLOCK) < 0 ? -errno : 0;
}

bool module_is_loaded(void)
{
	return !access("/sys/module/vmxfs/refcnt", F_OK);
}

int fs_mount(void)
{
	return mount("vmxfs", MOUNT, "vmxfs", 0, NULL) < 0 ? -errno : 0;
}

int fs_unmount(int flags)
{
	return umount2(MOUNT, flags) < 0 ? -errno : 0;
}

bool fs_is_mounted(void)
{
	return !access(MOUNT "/clone", F_OK);
}
