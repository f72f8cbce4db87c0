// SPDX-License-Identifier: GPL-2.0
#include "segment.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "limit.h"
#include "util.h"

#define FOLDER "segment"
#define PREFIX "vmxrun-"

char *segment_name(size_t number)
{
	return xasprintf(PREFIX "%d-%zu", (int)getpid(), number);
}

char *segment_path(const char *name)
{
	return xasprintf(FOLDER "/%s", name);
}

static char *write_at(int fd, const char *data, uint64_t length,
		      uint64_t offset)
{
	while (length) {
		ssize_t n = pwrite(fd, data, length, offset);

		if (n < 0 && try_again())
			continue;
		if (n < 0)
			return error_text();
		if (n == 0)
			return xstrdup("nothing more can be written");
		data += n;
		length -= n;
		offset += n;
	}
	return NULL;
}

static char *fill(int fd, const struct guest *guest, uint64_t size)
{
	char *error = NULL;

	if (ftruncate(fd, size) < 0)
		return error_text();
	for (size_t i = 0; i < guest->nsegments && !error; i++) {
		const Elf64_Phdr *segment = &guest->segment[i];

		if (segment->p_type == PT_LOAD)
			error = write_at(fd, guest->file + segment->p_offset,
					 segment->p_filesz, segment->p_paddr);
	}
	return error;
}

char *segment_make(int mount, const char *name, const struct guest *guest,
		   uint64_t size)
{
	char *path = segment_path(name);
	int fd = openat(mount, path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC,
			0600);
	char *error;

	free(path);
	if (fd < 0)
		return error_text();
	error = fill(fd, guest, size);
	if (close(fd) < 0 && !error)
		error = error_text();
	return error;
}

int segment_remove(int mount, const char *name)
{
	char *path = segment_path(name);
	int result = unlinkat(mount, path, 0);

	free(path);
	return result;
}

/* "vmxrun-PID-NUMBER" of a process that is no more, or that is this one. */
static bool is_stale(const char *name)
{
	size_t prefix = strlen(PREFIX);
	long pid;

	if (strncmp(name, PREFIX, prefix) != 0)
		return false;
	pid = strtol(name + prefix, NULL, 10);
	return pid <= 0 || pid != (pid_t)pid || pid == getpid() ||
	       (kill(pid, 0) < 0 && errno == ESRCH);
}

void segment_remove_stale(int mount)
{
	int fd = openat(mount, FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!folder) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((entry = readdir(folder)))
		if (is_stale(entry->d_name))
			segment_remove(mount, entry->d_name);
	closedir(folder);
}
