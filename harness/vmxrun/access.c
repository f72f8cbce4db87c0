// SPDX-License-Identifier: GPL-2.0
#include "access.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "affinity.h"
#include "files.h"
#include "limit.h"
#include "memory.h"
#include "segment.h"
#include "util.h"
#include "words.h"

static void begin(const struct access *access)
{
	file_try_again = try_again;
	start_limit(access->limit);
}

static int open_file(const struct access *access, const char *file, int flags)
{
	if (strcmp(file, MEMORY_FILE) != 0)
		return vcpu_file(&access->vcpu, file, flags);
	return segment_file(access->vcpu.mount, access->segment, flags);
}

static void close_last(struct access *access)
{
	close(access->open[--access->nopen].fd);
}

/*
 * The file, open for reading and writing, which it stays: most are used again. Each kind of
 * file can be opened so by root, and takes each write by itself.
 */
static int file_of(struct access *access, const char *file)
{
	struct open_file *open = access->open;
	struct open_file found = { .name = file };
	unsigned int i = 0;

	while (i < access->nopen && strcmp(open[i].name, file) != 0)
		i++;
	if (i < access->nopen) {
		found = open[i];
	} else {
		found.fd = open_file(access, file, O_RDWR);
		if (found.fd < 0)
			return found.fd;
		if (access->nopen == sizeof(access->open) / sizeof(*access->open))
			close_last(access);
		i = access->nopen++;
	}
	memmove(&open[1], &open[0], i * sizeof(*open));
	open[0] = found;
	return found.fd;
}

static void close_files(struct access *access)
{
	while (access->nopen)
		close_last(access);
}

static char *read_all(int fd, char **text)
{
	struct string out = { 0 };
	char buffer[4096];
	ssize_t n;

	while ((n = file_read_at(fd, buffer, sizeof(buffer), out.length)) > 0)
		string_append(&out, buffer, n);
	*text = string_end(&out);
	if (!n)
		return NULL;
	free(*text);
	*text = NULL;
	return error_text(n);
}

static char *read_file_of(struct access *access, const char *file, char **text)
{
	int fd = file_of(access, file);

	*text = NULL;
	return fd < 0 ? error_text(fd) : read_all(fd, text);
}

char *access_read(struct access *access, const char *file, char **text)
{
	begin(access);
	return read_file_of(access, file, text);
}

/* Why a write failed: the error file says it better than errno. */
static char *write_error(const struct access *access, int error)
{
	char text[512];

	if (!limit_is_over() && vcpu_error(&access->vcpu, text, sizeof(text)))
		return xstrdup(text);
	return error_text(error);
}

/* What write(2) returned. Half a line would be another line. */
static char *written(const struct access *access, ssize_t n, size_t length)
{
	if (n < 0)
		return write_error(access, n);
	if ((size_t)n != length)
		return xasprintf("only %zd of %zu bytes written", n, length);
	return NULL;
}

static char *write_line(const struct access *access, int fd, const char *text)
{
	struct string line = { 0 };
	char *error;

	string_add(&line, text);
	string_add(&line, "\n");
	error = written(access, file_write(fd, line.text, line.length), line.length);
	free(line.text);
	return error;
}

/* The guest runs on a processor, by its number among those that this program may run on. */
static char *move_vcpu(const struct access *access, const char *text)
{
	char line[32];
	uint64_t number;
	int processor;

	if (!parse_number(text, &number))
		return xasprintf("'%s' is not the number of a processor", text);
	processor = affinity_nth(number);
	if (processor < 0)
		return xasprintf("there is no processor %" PRIu64, number);
	snprintf(line, sizeof(line), "cpus %d", processor);
	return write_line(access, access->vcpu.ctl, line);
}

static char *write_file_of(struct access *access, const char *file, const char *text)
{
	int fd;

	if (strcmp(file, PROCESSOR_FILE) == 0)
		return move_vcpu(access, text);
	if (strcmp(file, "ctl") == 0) {
		/* The vCPU's folder goes: its files are not to be found again. */
		if (strcmp(text, "quit") == 0)
			close_files(access);
		return write_line(access, access->vcpu.ctl, text);
	}
	fd = file_of(access, file);
	return fd < 0 ? error_text(fd) : write_line(access, fd, text);
}

char *access_write(struct access *access, const char *file, const char *text)
{
	begin(access);
	return write_file_of(access, file, text);
}

static char *write_bytes_of(struct access *access, const char *file, const struct bytes *bytes)
{
	int fd = file_of(access, file);
	ssize_t n;

	if (fd < 0)
		return error_text(fd);
	n = file_write_at(fd, bytes->data, bytes->length, bytes->offset);
	return written(access, n, bytes->length);
}

char *access_write_bytes(struct access *access, const char *file,
			 const struct bytes *bytes)
{
	begin(access);
	return write_bytes_of(access, file, bytes);
}

static char *read_bytes_of(struct access *access, const char *file, struct bytes *bytes)
{
	int fd = file_of(access, file);
	ssize_t n;

	if (fd < 0)
		return error_text(fd);
	n = file_read_at(fd, bytes->data, bytes->length, bytes->offset);
	if (n < 0)
		return error_text(n);
	bytes->length = n;
	return NULL;
}

char *access_read_bytes(struct access *access, const char *file,
			struct bytes *bytes)
{
	begin(access);
	return read_bytes_of(access, file, bytes);
}

char *access_empty(struct access *access, const char *file)
{
	char *error;
	int fd;

	begin(access);
	fd = open_file(access, file, O_WRONLY | O_TRUNC);
	error = fd < 0 ? write_error(access, fd) : NULL;
	if (fd >= 0)
		close(fd);
	return error;
}

static int remove_file(const struct access *access, const char *file)
{
	if (strcmp(file, MEMORY_FILE) == 0)
		return segment_remove(access->vcpu.mount, access->segment);
	return vcpu_remove(&access->vcpu, file);
}

char *access_remove(struct access *access, const char *file)
{
	int error;

	/* What is removed is not to be found again. */
	close_files(access);
	begin(access);
	error = remove_file(access, file);
	return error ? error_text(error) : NULL;
}

/* A long line takes several reads. None within the limit is no error. */
static char *read_line(int fd, char **line)
{
	struct string out = { 0 };
	char buffer[512];
	bool whole = false;
	ssize_t n;

	do {
		n = file_read(fd, buffer, sizeof(buffer));
		if (n <= 0)
			break;
		whole = buffer[n - 1] == '\n';
		string_append(&out, buffer, whole ? n - 1 : n);
	} while (!whole);
	*line = string_end(&out);
	if (n > 0)
		return NULL;
	free(*line);
	*line = NULL;
	if (n && limit_is_over())
		return NULL;
	return n ? error_text(n) : xstrdup("end of file");
}

static char *open_wait(struct access *access)
{
	if (access->wait < 0)
		access->wait = vcpu_file(&access->vcpu, "wait", O_RDONLY);
	if (access->wait >= 0)
		return NULL;
	return error_text(access->wait);
}

char *access_wait(struct access *access, char **line)
{
	char *error;

	*line = NULL;
	begin(access);
	error = open_wait(access);
	return error ? error : read_line(access->wait, line);
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

char *access_open(struct access *access, int mount, unsigned int limit)
{
	int error;

	*access = (struct access){ .wait = -1, .limit = limit };
	begin(access);
	error = vcpu_open(&access->vcpu, mount, O_RDWR);
	return error ? while_doing("clone", error_text(error)) : NULL;
}

char *access_load(struct access *access, const struct guest *guest,
		  uint64_t start, const char *segment, unsigned int number, uint64_t size)
{
	char *regs = xasprintf("pc 0x%" PRIx64, start);
	char *error;
	int mapped;

	if (number)
		snprintf(access->segment, sizeof(access->segment), "%s-%u", segment, number);
	else
		snprintf(access->segment, sizeof(access->segment), "%s", segment);
	begin(access);
	error = while_doing("segment", memory_make(access->vcpu.mount, access->segment,
						   guest, size));
	mapped = error ? 0 : vcpu_map(&access->vcpu, 0, size, access->segment);
	if (mapped)
		error = while_doing("map", write_error(access, mapped));
	if (!error)
		error = while_doing("regs", write_file_of(access, "regs", regs));
	free(regs);
	return error;
}

void access_close(struct access *access)
{
	close_files(access);
	if (access->wait >= 0)
		close(access->wait);
	vcpu_close(&access->vcpu);
	stop_limit();
	if (*access->segment)
		segment_remove(access->vcpu.mount, access->segment);
}
