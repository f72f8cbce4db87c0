// SPDX-License-Identifier: GPL-2.0
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

bool (*file_try_again)(void);

#define REPEAT(call) ({							\
	ssize_t n_;							\
									\
	do								\
		n_ = (call);						\
	while (n_ < 0 && file_try_again && file_try_again());		\
	n_ < 0 ? -errno : n_;						\
})

int file_open(int folder, const char *path, int flags)
{
	return REPEAT(openat(folder, path, flags | O_CLOEXEC, 0600));
}

ssize_t file_read(int fd, void *data, size_t size)
{
	return REPEAT(read(fd, data, size));
}

ssize_t file_write(int fd, const void *data, size_t size)
{
	return REPEAT(write(fd, data, size));
}

ssize_t file_read_at(int fd, void *data, size_t size, off_t offset)
{
	return REPEAT(pread(fd, data, size, offset));
}

ssize_t file_write_at(int fd, const void *data, size_t size, off_t offset)
{
	return REPEAT(pwrite(fd, data, size, offset));
}

int write_text(int fd, const char *text)
{
	size_t length = strlen(text);
	ssize_t n = file_write(fd, text, length);

	if (n < 0)
		return n;
	return (size_t)n == length ? 0 : -EMSGSIZE;
}

int write_file(const char *path, int flags, const char *text)
{
	int fd = file_open(AT_FDCWD, path, O_WRONLY | flags);
	int error;

	if (fd < 0)
		return fd;
	error = write_text(fd, text);
	close(fd);
	return error;
}

int read_text(int fd, char *text, size_t size)
{
	ssize_t n = file_read(fd, text, size - 1);

	text[n > 0 ? n : 0] = '\0';
	return n;
}

int read_file(const char *path, char *text, size_t size)
{
	int fd = file_open(AT_FDCWD, path, O_RDONLY);
	int n;

	*text = '\0';
	if (fd < 0)
		return fd;
	n = read_text(fd, text, size);
	close(fd);
	return n;
}
