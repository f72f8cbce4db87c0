// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE	/* O_PATH */
#include "vcpu.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "files.h"
#include "limit.h"
#include "segment.h"
#include "util.h"

static int open_at(int directory, const char *name, int flags)
{
	int fd;

	do {
		fd = openat(directory, name, flags | O_CLOEXEC);
	} while (fd < 0 && try_again());
	return fd;
}

static int open_file(const struct vcpu *vcpu, const char *file, int flags)
{
	char *path;
	int fd;

	if (strcmp(file, MEMORY_FILE) != 0)
		return open_at(vcpu->directory, file, flags);
	path = segment_path(vcpu->segment);
	fd = open_at(vcpu->mount, path, flags);
	free(path);
	return fd;
}

static ssize_t read_some(int fd, char *buffer, size_t size)
{
	ssize_t n;

	do {
		n = read(fd, buffer, size);
	} while (n < 0 && try_again());
	return n;
}

static char *read_all(int fd, char **text)
{
	struct string out = { 0 };
	char buffer[4096];
	char *error = NULL;
	ssize_t n;

	while ((n = read_some(fd, buffer, sizeof(buffer))) > 0)
		string_append(&out, buffer, n);
	if (n < 0)
		error = error_text();
	*text = string_end(&out);
	if (error) {
		free(*text);
		*text = NULL;
	}
	return error;
}

static char *read_file_of(const struct vcpu *vcpu, const char *file,
			  char **text)
{
	int fd = open_file(vcpu, file, O_RDONLY);
	char *error;

	*text = NULL;
	if (fd < 0)
		return error_text();
	error = read_all(fd, text);
	close(fd);
	return error;
}

char *vcpu_read(struct vcpu *vcpu, const char *file, char **text)
{
	char *error;

	start_limit(vcpu->limit);
	error = read_file_of(vcpu, file, text);
	stop_limit();
	return error;
}

/* Why a write failed: the error file says it better than errno. */
static char *write_error(const struct vcpu *vcpu)
{
	char *error = error_text();
	char *text;

	if (limit_is_over())
		return error;
	free(read_file_of(vcpu, "error", &text));
	if (text)
		text[strcspn(text, "\n")] = '\0';
	if (!text || !*text) {
		free(text);
		return error;
	}
	free(error);
	return text;
}

/* What write(2) returned. Half a line would be another line. */
static char *written(const struct vcpu *vcpu, ssize_t n, size_t length)
{
	if (n < 0)
		return write_error(vcpu);
	if ((size_t)n != length)
		return xasprintf("only %zd of %zu bytes written", n, length);
	return NULL;
}

static char *write_line(const struct vcpu *vcpu, int fd, const char *text)
{
	char *line = xasprintf("%s\n", text);
	size_t length = strlen(line);
	char *error;
	ssize_t n;

	do {
		n = write(fd, line, length);
	} while (n < 0 && try_again());
	error = written(vcpu, n, length);
	free(line);
	return error;
}

static char *write_file_of(const struct vcpu *vcpu, const char *file,
			   const char *text)
{
	char *error;
	int fd;

	if (strcmp(file, "ctl") == 0)
		return write_line(vcpu, vcpu->ctl, text);
	fd = open_file(vcpu, file, O_WRONLY);
	if (fd < 0)
		return error_text();
	error = write_line(vcpu, fd, text);
	close(fd);
	return error;
}

char *vcpu_write(struct vcpu *vcpu, const char *file, const char *text)
{
	char *error;

	start_limit(vcpu->limit);
	error = write_file_of(vcpu, file, text);
	stop_limit();
	return error;
}

static char *write_bytes_of(const struct vcpu *vcpu, const char *file,
			    const struct bytes *bytes)
{
	int fd = open_file(vcpu, file, O_WRONLY);
	char *error;
	ssize_t n;

	if (fd < 0)
		return error_text();
	do {
		n = pwrite(fd, bytes->data, bytes->length, bytes->offset);
	} while (n < 0 && try_again());
	error = written(vcpu, n, bytes->length);
	close(fd);
	return error;
}

char *vcpu_write_bytes(struct vcpu *vcpu, const char *file,
		       const struct bytes *bytes)
{
	char *error;

	start_limit(vcpu->limit);
	error = write_bytes_of(vcpu, file, bytes);
	stop_limit();
	return error;
}

static char *read_bytes_of(const struct vcpu *vcpu, const char *file,
			   struct bytes *bytes)
{
	int fd = open_file(vcpu, file, O_RDONLY);
	char *error = NULL;
	ssize_t n;

	if (fd < 0)
		return error_text();
	do {
		n = pread(fd, bytes->data, bytes->length, bytes->offset);
	} while (n < 0 && try_again());
	if (n < 0)
		error = error_text();
	else
		bytes->length = n;
	close(fd);
	return error;
}

char *vcpu_read_bytes(struct vcpu *vcpu, const char *file,
		      struct bytes *bytes)
{
	char *error;

	start_limit(vcpu->limit);
	error = read_bytes_of(vcpu, file, bytes);
	stop_limit();
	return error;
}

char *vcpu_empty(struct vcpu *vcpu, const char *file)
{
	char *error;
	int fd;

	start_limit(vcpu->limit);
	fd = open_file(vcpu, file, O_WRONLY | O_TRUNC);
	error = fd < 0 ? write_error(vcpu) : NULL;
	stop_limit();
	if (fd >= 0)
		close(fd);
	return error;
}

static int remove_file(const struct vcpu *vcpu, const char *file)
{
	if (strcmp(file, MEMORY_FILE) == 0)
		return segment_remove(vcpu->mount, vcpu->segment);
	return unlinkat(vcpu->directory, file, 0);
}

char *vcpu_remove(struct vcpu *vcpu, const char *file)
{
	char *error;

	start_limit(vcpu->limit);
	error = remove_file(vcpu, file) < 0 ? error_text() : NULL;
	stop_limit();
	return error;
}

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * INT64_C(1000) + time.tv_nsec / 1000000;
}

/* 1 if the file can be read within the limit, else 0; -1 and errno on errors. */
static int wait_until_readable(const struct vcpu *vcpu, int fd)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	int64_t end = now() + vcpu->limit;
	int64_t left = vcpu->limit;
	int n;

	do {
		n = poll(&poll_fd, 1, left);
		left = end - now();
	} while (n < 0 && errno == EINTR && left > 0);
	return n < 0 && errno == EINTR ? 0 : n;
}

/* A long line takes several reads. */
static char *read_line(int fd, char **line)
{
	struct string out = { 0 };
	char buffer[512];
	char *error = NULL;
	bool whole = false;
	ssize_t n;

	do {
		n = read_some(fd, buffer, sizeof(buffer));
		if (n <= 0)
			break;
		whole = buffer[n - 1] == '\n';
		string_append(&out, buffer, whole ? n - 1 : n);
	} while (!whole);
	if (n < 0)
		error = error_text();
	else if (n == 0)
		error = xstrdup("end of file");
	*line = string_end(&out);
	if (error) {
		free(*line);
		*line = NULL;
	}
	return error;
}

static char *open_wait(struct vcpu *vcpu)
{
	char *error = NULL;

	start_limit(vcpu->limit);
	if (vcpu->wait < 0)
		vcpu->wait = open_at(vcpu->directory, "wait", O_RDONLY);
	if (vcpu->wait < 0)
		error = error_text();
	stop_limit();
	return error;
}

char *vcpu_wait(struct vcpu *vcpu, char **line)
{
	char *error = open_wait(vcpu);

	*line = NULL;
	if (error)
		return error;
	switch (wait_until_readable(vcpu, vcpu->wait)) {
	case -1:
		return xstrdup(strerror(errno));
	case 0:
		return NULL;
	}
	start_limit(vcpu->limit);
	error = read_line(vcpu->wait, line);
	stop_limit();
	return error;
}

/* Puts what was being done before what is wrong. */
static char *while_doing(const char *what, char *error)
{
	char *text;

	if (!error)
		return NULL;
	text = xasprintf("%s: %s", what, error);
	free(error);
	return text;
}

static char *open_directory(struct vcpu *vcpu)
{
	char number[32];
	ssize_t n = read_some(vcpu->ctl, number, sizeof(number) - 1);

	if (n < 0)
		return error_text();
	number[n] = '\0';
	number[strcspn(number, "\n")] = '\0';
	vcpu->directory = open_at(vcpu->mount, number, O_PATH | O_DIRECTORY);
	if (vcpu->directory < 0)
		return xasprintf("vCPU '%s': %s", number, strerror(errno));
	return NULL;
}

char *vcpu_open(struct vcpu *vcpu, int mount, unsigned int limit)
{
	char *error;

	*vcpu = (struct vcpu){
		.mount = mount,
		.directory = -1,
		.wait = -1,
		.limit = limit,
	};
	start_limit(vcpu->limit);
	vcpu->ctl = open_at(mount, "clone", O_RDWR);
	error = vcpu->ctl < 0 ? error_text() : open_directory(vcpu);
	error = while_doing("clone", error);
	stop_limit();
	return error;
}

char *vcpu_load(struct vcpu *vcpu, const struct guest *guest, uint64_t start,
		const char *segment, uint64_t size)
{
	char *map = xasprintf("rwx wb 0x0 0x%" PRIx64 " %s 0x0", size, segment);
	char *regs = xasprintf("pc 0x%" PRIx64, start);
	char *error;

	vcpu->segment = segment;
	start_limit(vcpu->limit);
	error = segment_make(vcpu->mount, segment, guest, size);
	error = while_doing("segment", error);
	if (!error)
		error = while_doing("map", write_file_of(vcpu, "map", map));
	if (!error)
		error = while_doing("regs", write_file_of(vcpu, "regs", regs));
	stop_limit();
	free(map);
	free(regs);
	return error;
}

void vcpu_close(struct vcpu *vcpu)
{
	if (vcpu->wait >= 0)
		close(vcpu->wait);
	if (vcpu->directory >= 0)
		close(vcpu->directory);
	if (vcpu->ctl >= 0)
		close(vcpu->ctl);
	if (vcpu->segment)
		segment_remove(vcpu->mount, vcpu->segment);
}
