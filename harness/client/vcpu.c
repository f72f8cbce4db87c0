// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE	/* O_PATH */
#include "vcpu.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define WAIT_STEP 10	/* milliseconds */

void vcpu_path(char path[PATH_SIZE], int number, const char *file)
{
	snprintf(path, PATH_SIZE, MOUNT "/%d/%s", number, file);
}

/* Its number, as clone's file says it; then its folder. */
static int find_folder(struct vcpu *vcpu)
{
	char number[16];
	int n = read_text(vcpu->ctl, number, sizeof(number));

	if (n <= 0)
		return n ? n : -ENODATA;
	vcpu->number = atoi(number);
	if (vcpu->mount == BY_PATH)
		return 0;
	number[strcspn(number, "\n")] = '\0';
	vcpu->folder = file_open(vcpu->mount, number, O_PATH | O_DIRECTORY);
	return vcpu->folder < 0 ? vcpu->folder : 0;
}

int vcpu_open(struct vcpu *vcpu, int mount, int flags)
{
	int error;

	*vcpu = (struct vcpu){ .mount = mount, .folder = BY_PATH, .number = -1 };
	vcpu->ctl = mount == BY_PATH ? file_open(AT_FDCWD, MOUNT "/clone", flags)
				     : file_open(mount, "clone", flags);
	if (vcpu->ctl < 0)
		return vcpu->ctl;
	error = find_folder(vcpu);
	if (error)
		vcpu_close(vcpu);
	return error;
}

void vcpu_close(struct vcpu *vcpu)
{
	if (vcpu->folder >= 0)
		close(vcpu->folder);
	if (vcpu->ctl >= 0)
		close(vcpu->ctl);
	vcpu->folder = BY_PATH;
	vcpu->ctl = -1;
}

int vcpu_file(const struct vcpu *vcpu, const char *file, int flags)
{
	char path[PATH_SIZE];

	if (vcpu->folder >= 0)
		return file_open(vcpu->folder, file, flags);
	vcpu_path(path, vcpu->number, file);
	return file_open(AT_FDCWD, path, flags);
}

int vcpu_write(const struct vcpu *vcpu, const char *file, const char *text)
{
	int fd = vcpu_file(vcpu, file, O_WRONLY);
	int error;

	if (fd < 0)
		return fd;
	error = write_text(fd, text);
	close(fd);
	return error;
}

int vcpu_command(const struct vcpu *vcpu, const char *text)
{
	return write_text(vcpu->ctl, text);
}

int vcpu_remove(const struct vcpu *vcpu, const char *file)
{
	char path[PATH_SIZE];

	if (vcpu->folder < 0)
		vcpu_path(path, vcpu->number, file);
	return unlinkat(vcpu->folder, vcpu->folder < 0 ? path : file, 0) < 0 ? -errno : 0;
}

int vcpu_read(const struct vcpu *vcpu, const char *file, char *text, size_t size)
{
	int fd = vcpu_file(vcpu, file, O_RDONLY);
	int n;

	*text = '\0';
	if (fd < 0)
		return fd;
	n = read_text(fd, text, size);
	close(fd);
	return n;
}

int vcpu_error(const struct vcpu *vcpu, char *text, size_t size)
{
	vcpu_read(vcpu, "error", text, size);
	text[strcspn(text, "\n")] = '\0';
	return strlen(text);
}

int vcpu_map(const struct vcpu *vcpu, uint64_t gpa, uint64_t size, const char *segment)
{
	char line[320];

	snprintf(line, sizeof(line), "rwx wb %#" PRIx64 " %#" PRIx64 " %s 0\n", gpa, gpa + size,
		 segment);
	return vcpu_write(vcpu, "map", line);
}

int vcpu_unmap(const struct vcpu *vcpu, uint64_t gpa, uint64_t size)
{
	char line[80];

	snprintf(line, sizeof(line), "--- wb %#" PRIx64 " %#" PRIx64 "\n", gpa, gpa + size);
	return vcpu_write(vcpu, "map", line);
}

/* In microseconds */
static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * INT64_C(1000000) + time.tv_nsec / 1000;
}

int vcpu_poll(int wait, unsigned int milliseconds)
{
	struct pollfd poll_fd = { .fd = wait, .events = POLLIN };
	int n;

	/*
	 * In short waits, whose number counts: where the machine stands still, or is busy
	 * with something else, the guest has no time either.
	 */
	for (int64_t waited = 0; waited <= milliseconds * INT64_C(1000);) {
		int64_t begin = now();

		n = poll(&poll_fd, 1, WAIT_STEP);
		if (n > 0)
			return n;
		if (n < 0 && errno != EINTR)
			return -errno;
		waited += n < 0 ? now() - begin : WAIT_STEP * 1000;
	}
	return 0;
}
