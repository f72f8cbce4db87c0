// SPDX-License-Identifier: GPL-2.0
#include "vcpu.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guests.h"
#include "stress.h"

#define SEGMENT_SIZE 0x10000

atomic_ulong vcpus_made;

void vcpu_path(char path[PATH_SIZE], int number, const char *file)
{
	snprintf(path, PATH_SIZE, MOUNT "/%d/%s", number, file);
}

int vcpu_open(struct vcpu *vcpu, int flags)
{
	char text[16];
	int n;

	vcpu->ctl = open(MOUNT "/clone", flags | O_CLOEXEC);
	if (vcpu->ctl < 0)
		return -errno;
	n = read_text(vcpu->ctl, text, sizeof(text));
	if (n <= 0) {
		vcpu_close(vcpu);
		return n ? n : -ENODATA;
	}
	vcpu->number = atoi(text);
	vcpus_made++;
	return 0;
}

void vcpu_close(struct vcpu *vcpu)
{
	if (vcpu->ctl >= 0)
		close(vcpu->ctl);
	vcpu->ctl = -1;
}

int write_text(int fd, const char *text)
{
	size_t length = strlen(text);
	ssize_t n = write(fd, text, length);

	if (n < 0)
		return -errno;
	return (size_t)n == length ? 0 : -EMSGSIZE;
}

int write_file(const char *path, int flags, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | flags);
	int error;

	if (fd < 0)
		return -errno;
	error = write_text(fd, text);
	close(fd);
	return error;
}

int vcpu_write(const struct vcpu *vcpu, const char *file, const char *text)
{
	char path[PATH_SIZE];

	vcpu_path(path, vcpu->number, file);
	return write_file(path, 0, text);
}

int vcpu_command(const struct vcpu *vcpu, const char *text)
{
	return vcpu_write(vcpu, "ctl", text);
}

int read_text(int fd, char *text, size_t size)
{
	ssize_t n = read(fd, text, size - 1);

	text[n > 0 ? n : 0] = '\0';
	return n < 0 ? -errno : n;
}

int read_file(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int n;

	*text = '\0';
	if (fd < 0)
		return -errno;
	n = read_text(fd, text, size);
	close(fd);
	return n;
}

int vcpu_read(const struct vcpu *vcpu, const char *file, char *text,
	      size_t size)
{
	char path[PATH_SIZE];

	vcpu_path(path, vcpu->number, file);
	return read_file(path, text, size);
}

int segment_make(const char *name)
{
	char path[PATH_SIZE];
	int error = 0;
	int fd;

	snprintf(path, sizeof(path), MOUNT "/segment/%s", name);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	if (ftruncate(fd, SEGMENT_SIZE) < 0)
		error = -errno;
	if (!error)
		error = guests_write(fd);
	close(fd);
	return error;
}

int segment_remove(const char *name)
{
	char path[PATH_SIZE];

	snprintf(path, sizeof(path), MOUNT "/segment/%s", name);
	return unlink(path) < 0 ? -errno : 0;
}

int vcpu_load(const struct vcpu *vcpu, const char *segment)
{
	char text[80];

	snprintf(text, sizeof(text), "rwx wb 0 %#x %s 0\n", SEGMENT_SIZE,
		 segment);
	return vcpu_write(vcpu, "map", text);
}

int vcpu_go(const struct vcpu *vcpu, const struct guest *guest)
{
	char text[80];

	guest_go(guest, text, sizeof(text));
	return vcpu_command(vcpu, text);
}

int vcpu_check_wait(const struct vcpu *vcpu, const struct guest *guest,
		    char *line, size_t size)
{
	int n = vcpu_read(vcpu, "wait", line, size);

	if (n < 0)
		return n;
	return strncmp(line, guest->line, strlen(guest->line)) ? -EPROTO : 0;
}

int count_threads(void)
{
	char path[PATH_SIZE];
	char comm[32];
	struct dirent *entry;
	int count = 0;
	DIR *dir = opendir("/proc");

	while (dir && (entry = readdir(dir))) {
		if (!isdigit((unsigned char)*entry->d_name))
			continue;
		snprintf(path, sizeof(path), "/proc/%.16s/comm", entry->d_name);
		if (read_file(path, comm, sizeof(comm)) > 0 &&
		    !strncmp(comm, "vmxfs/", 6))
			count++;
	}
	if (dir)
		closedir(dir);
	return count;
}

int count_entries(void)
{
	int count = 0;
	DIR *dir = opendir(MOUNT);

	while (dir && readdir(dir))
		count++;
	if (dir)
		closedir(dir);
	return count;
}
