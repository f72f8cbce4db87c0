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

static char *read_all(int fd, char **text)
{
	struct string out = { 0 };
	char buffer[4096];
	ssize_t n;

	while ((n = file_read(fd, buffer, sizeof(buffer))) > 0)
		string_append(&out, buffer, n);
	*text = string_end(&out);
	if (!n)
		return NULL;
	free(*text);
	*text = NULL;
	return error_text(n);
}

static char *read_file_of(const struct access *access, const char *file,
			  char **text)
{
	int fd = open_file(access, file, O_RDONLY);
	char *error;

	*text = NULL;
	if (fd < 0)
		return error_text(fd);
	error = read_all(fd, text);
	close(fd);
	return error;
}

char *access_read(struct access *access, const char *file, char **text)
{
	char *error;

	begin(access);
	error = read_file_of(access, file, text);
	stop_limit();
	return error;
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
	char *line = xasprintf("%s\n", text);
	size_t length = strlen(line);
	char *error = written(access, file_write(fd, line, length), length);

	free(line);
	return error;
}

/* The guest's kernel thread goes to a processor, by its number among those that are online. */
static char *move_vcpu(const struct access *access, const char *text)
{
	uint64_t number;
	int error;

	if (!parse_number(text, &number))
		return xasprintf("'%s' is not the number of a processor", text);
	error = affinity_move(access->vcpu.number, number);
	return error ? error_text(error) : NULL;
}

static char *write_file_of(const struct access *access, const char *file,
			   const char *text)
{
	char *error;
	int fd;

	if (strcmp(file, PROCESSOR_FILE) == 0)
		return move_vcpu(access, text);
	if (strcmp(file, "ctl") == 0)
		return write_line(access, access->vcpu.ctl, text);
	fd = open_file(access, file, O_WRONLY);
	if (fd < 0)
		return error_text(fd);
	error = write_line(access, fd, text);
	close(fd);
	return error;
}

char *access_write(struct access *access, const char *file, const char *text)
{
	char *error;

	begin(access);
	error = write_file_of(access, file, text);
	stop_limit();
	return error;
}

static char *write_bytes_of(const struct access *access, const char *file,
			    const struct bytes *bytes)
{
	int fd = open_file(access, file, O_WRONLY);
	char *error;
	ssize_t n;

	if (fd < 0)
		return error_text(fd);
	n = file_write_at(fd, bytes->data, bytes->length, bytes->offset);
	error = written(access, n, bytes->length);
	close(fd);
	return error;
}

char *access_write_bytes(struct access *access, const char *file,
			 const struct bytes *bytes)
{
	char *error;

	begin(access);
	error = write_bytes_of(access, file, bytes);
	stop_limit();
	return error;
}

static char *read_bytes_of(const struct access *access, const char *file,
			   struct bytes *bytes)
{
	int fd = open_file(access, file, O_RDONLY);
	ssize_t n;

	if (fd < 0)
		return error_text(fd);
	n = file_read_at(fd, bytes->data, bytes->length, bytes->offset);
	close(fd);
	if (n < 0)
		return error_text(n);
	bytes->length = n;
	return NULL;
}

char *access_read_bytes(struct access *access, const char *file,
			struct bytes *bytes)
{
	char *error;

	begin(access);
	error = read_bytes_of(access, file, bytes);
	stop_limit();
	return error;
}

char *access_empty(struct access *access, const char *file)
{
	char *error;
	int fd;

	begin(access);
	fd = open_file(access, file, O_WRONLY | O_TRUNC);
	error = fd < 0 ? write_error(access, fd) : NULL;
	stop_limit();
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

	begin(access);
	error = remove_file(access, file);
	stop_limit();
	return error ? error_text(error) : NULL;
}

/* A long line takes several reads. */
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
	return n ? error_text(n) : xstrdup("end of file");
}

static char *open_wait(struct access *access)
{
	begin(access);
	if (access->wait < 0)
		access->wait = vcpu_file(&access->vcpu, "wait", O_RDONLY);
	stop_limit();
	if (access->wait >= 0)
		return NULL;
	return error_text(access->wait);
}

char *access_wait(struct access *access, char **line)
{
	char *error = open_wait(access);
	int ready;

	*line = NULL;
	if (error)
		return error;
	ready = vcpu_poll(access->wait, access->limit);
	if (ready <= 0)
		return ready ? error_text(ready) : NULL;
	begin(access);
	error = read_line(access->wait, line);
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

char *access_open(struct access *access, int mount, unsigned int limit)
{
	int error;

	*access = (struct access){ .wait = -1, .limit = limit };
	begin(access);
	error = vcpu_open(&access->vcpu, mount, O_RDWR);
	stop_limit();
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
	stop_limit();
	free(regs);
	return error;
}

void access_close(struct access *access)
{
	if (access->wait >= 0)
		close(access->wait);
	vcpu_close(&access->vcpu);
	if (*access->segment)
		segment_remove(access->vcpu.mount, access->segment);
}
