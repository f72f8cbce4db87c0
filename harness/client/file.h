/* SPDX-License-Identifier: GPL-2.0 */
/*
 * System calls on files. Functions return 0, a count or a file descriptor, or a
 * negative errno.
 */
#ifndef FILE_H
#define FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Whether a call that has failed is to be made again; errno says why. NULL: never. */
extern bool (*file_try_again)(void);

/* path is in the folder; O_CLOEXEC is added. */
int file_open(int folder, const char *path, int flags);
ssize_t file_read(int fd, void *data, size_t size);
ssize_t file_write(int fd, const void *data, size_t size);
ssize_t file_read_at(int fd, void *data, size_t size, off_t offset);
ssize_t file_write_at(int fd, const void *data, size_t size, off_t offset);

/* A whole write, of this text; -EMSGSIZE if it was short. */
int write_text(int fd, const char *text);
int write_file(const char *path, int flags, const char *text);

/* What one read of a file gives, as a string; returns its length. */
int read_text(int fd, char *text, size_t size);
int read_file(const char *path, char *text, size_t size);

#endif
