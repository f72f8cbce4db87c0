// SPDX-License-Identifier: GPL-2.0
#include "vcpu.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "util.h"
#include "words.h"

#define SEGMENT_PREFIX "vmxrun-"

/*
 * A time limit for calls that may block. The timer fires again and again,
 * since the first time may come just before the call.
 */
static volatile sig_atomic_t expired;

static void on_alarm(int signal)
{
	(void)signal;
	expired = 1;
}

static void timer(unsigned int first, unsigned int next)
{
	struct itimerval value = {
		.it_value = { first / 1000, first % 1000 * 1000 },
		.it_interval = { next / 1000, next % 1000 * 1000 },
	};

	setitimer(ITIMER_REAL, &value, NULL);
}

static void start_limit(const struct vcpu *vcpu)
{
	struct sigaction action = { .sa_handler = on_alarm };

	sigaction(SIGALRM, &action, NULL);
	expired = 0;
	timer(vcpu->limit, 10);
}

static void stop_limit(void)
{
	timer(0, 0);
}

static bool try_again(void)
{
	return errno == EINTR && !expired;
}

static char *error_text(const struct vcpu *vcpu)
{
	if (errno == EINTR && expired)
		return xasprintf("not done within %u ms", vcpu->limit);
	return xstrdup(strerror(errno));
}

static int open_at(int directory, const char *name, int flags)
{
	int fd;

	do {
		fd = openat(directory, name, flags | O_CLOEXEC, 0600);
	} while (fd < 0 && try_again());
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

static char *read_all(const struct vcpu *vcpu, int fd, char **text)
{
	struct string out;
	char buffer[4096];
	char *error = NULL;
	ssize_t n;

	string_begin(&out);
	while ((n = read_some(fd, buffer, sizeof(buffer))) > 0)
		fwrite(buffer, 1, n, out.file);
	if (n < 0)
		error = error_text(vcpu);
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
	int fd = open_at(vcpu->directory, file, O_RDONLY);
	char *error;

	*text = NULL;
	if (fd < 0)
		return error_text(vcpu);
	error = read_all(vcpu, fd, text);
	close(fd);
	return error;
}

char *vcpu_read(struct vcpu *vcpu, const char *file, char **text)
{
	char *error;

	start_limit(vcpu);
	error = read_file_of(vcpu, file, text);
	stop_limit();
	return error;
}

/* Why a write failed: the error file says it better than errno. */
static char *write_error(const struct vcpu *vcpu)
{
	char *error = error_text(vcpu);
	char *text;

	if (expired)
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

/* A line is one write(2): half a command would be another command. */
static char *write_line(const struct vcpu *vcpu, int fd, const char *text)
{
	char *line = xasprintf("%s\n", text);
	size_t length = strlen(line);
	ssize_t n;

	do {
		n = write(fd, line, length);
	} while (n < 0 && try_again());
	free(line);
	if (n < 0)
		return write_error(vcpu);
	if ((size_t)n != length)
		return xasprintf("only %zd of %zu bytes written", n, length);
	return NULL;
}

static char *write_file_of(const struct vcpu *vcpu, const char *file,
			   const char *text)
{
	char *error;
	int fd;

	if (strcmp(file, "ctl") == 0)
		return write_line(vcpu, vcpu->ctl, text);
	fd = open_at(vcpu->directory, file, O_WRONLY);
	if (fd < 0)
		return error_text(vcpu);
	error = write_line(vcpu, fd, text);
	close(fd);
	return error;
}

char *vcpu_write(struct vcpu *vcpu, const char *file, const char *text)
{
	char *error;

	start_limit(vcpu);
	error = write_file_of(vcpu, file, text);
	stop_limit();
	return error;
}

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * INT64_C(1000) + time.tv_nsec / 1000000;
}

/* Whether the file can be read within the limit; -1 and errno on errors. */
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
	return n;
}

/* A long line takes several reads. */
static char *read_line(const struct vcpu *vcpu, int fd, char **line)
{
	struct string out;
	char buffer[512];
	char *error = NULL;
	bool whole = false;
	ssize_t n;

	string_begin(&out);
	do {
		n = read_some(fd, buffer, sizeof(buffer));
		if (n <= 0)
			break;
		whole = buffer[n - 1] == '\n';
		fwrite(buffer, 1, whole ? n - 1 : n, out.file);
	} while (!whole);
	if (n < 0)
		error = error_text(vcpu);
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

	start_limit(vcpu);
	if (vcpu->wait < 0)
		vcpu->wait = open_at(vcpu->directory, "wait", O_RDONLY);
	if (vcpu->wait < 0)
		error = error_text(vcpu);
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
	start_limit(vcpu);
	error = read_line(vcpu, vcpu->wait, line);
	stop_limit();
	return error;
}

static char *open_directory(struct vcpu *vcpu)
{
	char number[32];
	ssize_t n = read_some(vcpu->ctl, number, sizeof(number) - 1);

	if (n < 0)
		return error_text(vcpu);
	number[n] = '\0';
	number[strcspn(number, "\n")] = '\0';
	vcpu->directory = open_at(vcpu->mount, number, O_RDONLY | O_DIRECTORY);
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
	start_limit(vcpu);
	vcpu->ctl = open_at(mount, "clone", O_RDWR);
	error = vcpu->ctl < 0 ? error_text(vcpu) : open_directory(vcpu);
	stop_limit();
	return error;
}

static char *write_at(const struct vcpu *vcpu, int fd, const char *data,
		      uint64_t length, uint64_t offset)
{
	while (length) {
		ssize_t n = pwrite(fd, data, length, offset);

		if (n < 0 && try_again())
			continue;
		if (n < 0)
			return error_text(vcpu);
		if (n == 0)
			return xstrdup("nothing more can be written");
		data += n;
		length -= n;
		offset += n;
	}
	return NULL;
}

/* What the file doesn't give is zero, as in a new segment. */
static char *fill_segment(const struct vcpu *vcpu, int fd,
			  const struct guest *guest, uint64_t size)
{
	char *error = NULL;

	if (ftruncate(fd, size) < 0)
		return error_text(vcpu);
	for (size_t i = 0; i < guest->nsegments && !error; i++) {
		const Elf64_Phdr *segment = &guest->segment[i];

		if (segment->p_type == PT_LOAD)
			error = write_at(vcpu, fd,
					 guest->file + segment->p_offset,
					 segment->p_filesz, segment->p_paddr);
	}
	return error;
}

static char *make_segment(struct vcpu *vcpu, const struct guest *guest,
			  uint64_t size)
{
	char *path = xasprintf("segment/%s", vcpu->segment);
	int fd = open_at(vcpu->mount, path, O_RDWR | O_CREAT | O_EXCL);
	char *error;

	free(path);
	if (fd < 0)
		return error_text(vcpu);
	error = fill_segment(vcpu, fd, guest, size);
	if (close(fd) < 0 && !error)
		error = error_text(vcpu);
	return error;
}

static void remove_segment(int mount, const char *name)
{
	char *path = xasprintf("segment/%s", name);

	unlinkat(mount, path, 0);
	free(path);
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

char *vcpu_load(struct vcpu *vcpu, const struct guest *guest, uint64_t start,
		const char *segment, uint64_t size)
{
	char *map = xasprintf("rwx wb 0x0 0x%" PRIx64 " %s 0x0", size, segment);
	char *regs = xasprintf("pc 0x%" PRIx64, start);
	char *error;

	vcpu->segment = segment;
	start_limit(vcpu);
	error = while_doing("segment", make_segment(vcpu, guest, size));
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
		remove_segment(vcpu->mount, vcpu->segment);
}

char *segment_name(size_t number)
{
	return xasprintf(SEGMENT_PREFIX "%d-%zu", (int)getpid(), number);
}

/* "vmxrun-PID-NUMBER" of a process that is no more, or that is this one. */
static bool is_stale(const char *name)
{
	size_t prefix = strlen(SEGMENT_PREFIX);
	long pid;

	if (strncmp(name, SEGMENT_PREFIX, prefix) != 0)
		return false;
	pid = strtol(name + prefix, NULL, 10);
	return pid <= 0 || pid != (pid_t)pid || pid == getpid() ||
	       (kill(pid, 0) < 0 && errno == ESRCH);
}

void remove_stale_segments(int mount)
{
	int fd = open_at(mount, "segment", O_RDONLY | O_DIRECTORY);
	DIR *directory = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!directory) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((entry = readdir(directory)))
		if (is_stale(entry->d_name))
			remove_segment(mount, entry->d_name);
	closedir(directory);
}
