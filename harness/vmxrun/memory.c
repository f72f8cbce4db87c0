// SPDX-License-Identifier: GPL-2.0
#include "memory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "limit.h"
#include "segment.h"
#include "util.h"

#define PREFIX "vmxrun-"

char *memory_name(size_t number)
{
	return xasprintf(PREFIX "%d-%zu", (int)getpid(), number);
}

static char *write_at(int fd, const char *data, uint64_t length,
		      uint64_t offset)
{
	while (length) {
		ssize_t n = file_write_at(fd, data, length, offset);

		if (n < 0)
			return error_text(n);
		if (n == 0)
			return xstrdup("nothing more can be written");
		data += n;
		length -= n;
		offset += n;
	}
	return NULL;
}

static char *fill(int fd, const struct guest *guest)
{
	char *error = NULL;

	for (size_t i = 0; i < guest->nsegments && !error; i++) {
		const Elf64_Phdr *segment = &guest->segment[i];

		if (segment->p_type == PT_LOAD)
			error = write_at(fd, guest->file + segment->p_offset,
					 segment->p_filesz, segment->p_paddr);
	}
	return error;
}

char *memory_make(int mount, const char *name, const struct guest *guest,
		  uint64_t size)
{
	int fd = segment_make(mount, name, O_EXCL, size);
	char *error;

	if (fd < 0)
		return error_text(fd);
	error = fill(fd, guest);
	if (close(fd) < 0 && !error)
		error = error_text(-errno);
	return error;
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

void memory_remove_stale(int mount)
{
	int fd = file_open(mount, "segment", O_RDONLY | O_DIRECTORY);
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
