// SPDX-License-Identifier: GPL-2.0
#include "ways.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "ioctls.h"
#include "names.h"
#include "stress.h"
#include "vcpu.h"

#define PAGE 4096

/* Room for a text, and after it a page that is not there. */
static char *edge;

static const uintptr_t bad_addresses[] = {
	0, 1, 0xfff, 0x800000000000, 0xffff800000000000, 0xffffffff81000000,
	0xffffffffff600000, 0xfffffffffffff000, UINTPTR_MAX,
};

static const off_t odd_offsets[] = {
	0, 1, 7, 64, 511, 512, 513, 4095, 4096, 65535, 1 << 20,
	INT_MAX, 1l << 40, LONG_MAX - 1, LONG_MAX, -1, LONG_MIN,
};

static const size_t huge_counts[] = {
	65537, 1 << 20, INT_MAX, 1ul << 32, SSIZE_MAX, SSIZE_MAX - 4095,
	(size_t)SSIZE_MAX + 1, SIZE_MAX,
};

void ways_init(void)
{
	if (edge)
		return;
	edge = mmap(NULL, TEXT_SIZE + 2 * PAGE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (edge == MAP_FAILED)
		abort();
	edge += (TEXT_SIZE + PAGE - 1) / PAGE * PAGE;
	munmap(edge, PAGE);
}

static ssize_t result_of(ssize_t n)
{
	return n < 0 ? -errno : n;
}

/* ---- writes ---- */

static ssize_t plainly(struct random *random, int fd, const struct text *text)
{
	(void)random;
	return result_of(write(fd, text->data, text->length));
}

static ssize_t at_an_offset(struct random *random, int fd,
			    const struct text *text)
{
	return result_of(pwrite(fd, text->data, text->length,
				PICK(random, odd_offsets)));
}

static ssize_t in_parts(struct random *random, int fd, const struct text *text)
{
	size_t a = random_below(random, text->length + 1);
	size_t b = random_below(random, text->length + 1 - a);
	struct iovec parts[] = {
		{ (void *)text->data, a },
		{ (void *)(text->data + a), b },
		{ one_in(random, 8) ? NULL : (void *)(text->data + a + b),
		  text->length - a - b },
	};

	return result_of(writev(fd, parts, 1 + random_below(random, 3)));
}

static ssize_t from_nowhere(struct random *random, int fd,
			    const struct text *text)
{
	const char *nowhere = (const char *)PICK(random, bad_addresses);

	return result_of(write(fd, nowhere, text->length));
}

/* The last part of it is not there. */
static ssize_t over_the_edge(struct random *random, int fd,
			     const struct text *text)
{
	size_t there = random_below(random, text->length + 1);

	memcpy(edge - there, text->data, there);
	return result_of(write(fd, edge - there, text->length));
}

/* All of it is there, but not a byte more. */
static ssize_t up_to_the_edge(struct random *random, int fd,
			      const struct text *text)
{
	(void)random;
	memcpy(edge - text->length, text->data, text->length);
	return result_of(write(fd, edge - text->length, text->length));
}

static ssize_t nothing(struct random *random, int fd, const struct text *text)
{
	return result_of(write(fd, one_in(random, 2) ? NULL : text->data, 0));
}

/* What is there ends at the edge, so that a segment does not get far. */
static ssize_t too_much(struct random *random, int fd, const struct text *text)
{
	memcpy(edge - text->length, text->data, text->length);
	return result_of(write(fd, edge - text->length,
			       PICK(random, huge_counts)));
}

static ssize_t (*const ways[])(struct random *, int, const struct text *) = {
	plainly, plainly, plainly, plainly, plainly, plainly, plainly, plainly,
	at_an_offset, in_parts, from_nowhere, over_the_edge, up_to_the_edge,
	nothing, too_much,
};

ssize_t write_somehow(struct random *random, int fd, const struct text *text,
		      bool *plain)
{
	size_t i = random_below(random, sizeof(ways) / sizeof(*ways));

	*plain = ways[i] == plainly;
	return ways[i](random, fd, text);
}

/* ---- other calls ---- */

static ssize_t read_little(struct random *random, int fd)
{
	char text[16];
	ssize_t n = 0;

	for (int i = 0; i < 4 && n >= 0; i++)
		n = read(fd, text, random_below(random, sizeof(text)));
	return result_of(n);
}

static ssize_t read_much(struct random *random, int fd)
{
	static _Thread_local char text[16384];

	(void)random;
	return result_of(pread(fd, text, sizeof(text), 0));
}

static ssize_t read_at(struct random *random, int fd)
{
	char text[64];

	return result_of(pread(fd, text, sizeof(text),
			       PICK(random, odd_offsets)));
}

static ssize_t read_in_parts(struct random *random, int fd)
{
	char text[64];
	struct iovec parts[] = {
		{ text, random_below(random, 8) },
		{ one_in(random, 8) ? NULL : text + 8, 8 },
		{ text + 16, random_below(random, 48) },
	};

	return result_of(readv(fd, parts, 3));
}

static ssize_t read_to_nowhere(struct random *random, int fd)
{
	char *nowhere = (char *)PICK(random, bad_addresses);

	return result_of(read(fd, nowhere, random_below(random, 8192)));
}

static ssize_t (*const reads[])(struct random *, int) = {
	read_little, read_much, read_at, read_in_parts, read_to_nowhere,
};

static ssize_t seek(struct random *random, int fd)
{
	return lseek(fd, PICK(random, odd_offsets),
		     random_below(random, 6)) < 0 ? -errno : 0;
}

static ssize_t truncate_it(struct random *random, int fd,
			   const struct file *file)
{
	off_t length = one_in(random, 4) ? 0 : PICK(random, odd_offsets);

	/* What map may name stays small: a whole map of it is allocated. */
	if (file->format->bytes && length > 1 << 20 && strcmp(file->name, "segment/odd"))
		length = 1 << 20;
	return result_of(ftruncate(fd, length));
}

/* A file that is shorter than its mapping gives SIGBUS. */
static _Thread_local sigjmp_buf bus;
static _Thread_local volatile sig_atomic_t expects_bus;

static void on_bus(int signal)
{
	if (expects_bus)
		siglongjmp(bus, 1);
	_exit(128 + signal);
}

static void touch(struct random *random, volatile char *memory, size_t size)
{
	struct sigaction action = { .sa_handler = on_bus };

	sigaction(SIGBUS, &action, NULL);
	expects_bus = 1;
	if (!sigsetjmp(bus, 1))
		for (size_t at = random_below(random, PAGE); at < size;
		     at += PAGE)
			memory[at] = memory[at / 2] + 1;
	expects_bus = 0;
}

static ssize_t map_it(struct random *random, int fd)
{
	static const off_t offsets[] = { 0, PAGE, 16 * PAGE, 1, 1l << 40,
					 -PAGE, LONG_MAX & -PAGE };
	size_t size = one_in(random, 16) ? 0 : PAGE << random_below(random, 4);
	int prot = PROT_READ | (one_in(random, 2) ? PROT_WRITE : 0);
	int flags = one_in(random, 4) ? MAP_PRIVATE : MAP_SHARED;
	char *memory = mmap(NULL, size, prot, flags, fd, PICK(random, offsets));

	if (memory == MAP_FAILED)
		return -errno;
	if (prot & PROT_WRITE)
		touch(random, memory, size);
	munmap(memory, size);
	return 0;
}

ssize_t do_something(struct random *random, int fd, const struct file *file,
		     enum call *call)
{
	switch (random_below(random, 10)) {
	case 0:
	case 1:
		*call = CALL_IOCTL;
		return do_ioctl(random, fd, strcmp(file->name, "ctl") == 0);
	case 2:
		*call = CALL_SEEK;
		return seek(random, fd);
	case 3:
		*call = CALL_TRUNCATE;
		return truncate_it(random, fd, file);
	case 4:
		*call = CALL_MMAP;
		return map_it(random, fd);
	default:
		*call = CALL_READ;
		return PICK(random, reads)(random, fd);
	}
}

/* ---- names ---- */

static const char *const odd_names[] = {
	"", ".", "..", "0", "-1", "4294967296", "00", "clone", "caps",
	"segment", "segment/", "segment/.", "segment/..", "segment/none",
	"segment/a/b", "segment/a", "clone/x", "caps/..", "new", "new/x",
	"segment/ ", "segment/\n", "segment/%s",
};

static void odd_path(struct random *random, char path[400], int vcpu)
{
	if (one_in(random, 3)) {
		const struct file *file =
			&files[random_below(random, files_count)];

		snprintf(path, 400, MOUNT "/%d/%s%s", vcpu,
			 one_in(random, 3) ? "x" : "",
			 strcmp(file->name, "ctl") ? file->name : "status");
	} else if (one_in(random, 8)) {
		snprintf(path, 400, MOUNT "/segment/%0*d",
			 254 + (int)random_below(random, 4), 0);
	} else {
		snprintf(path, 400, MOUNT "/%s", PICK(random, odd_names));
	}
}

static int make_and_remove(const char *path, int vcpu)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	(void)vcpu;
	if (fd < 0)
		return -1;
	close(fd);
	return unlink(path);
}

static int make_folder(const char *path, int vcpu)
{
	(void)vcpu;
	return mkdir(path, 0700);
}

static int remove_folder(const char *path, int vcpu)
{
	(void)vcpu;
	return rmdir(path);
}

static int rename_it(const char *path, int vcpu)
{
	char to[PATH_SIZE];

	vcpu_path(to, vcpu, "renamed");
	return rename(path, to);
}

static int link_it(const char *path, int vcpu)
{
	char to[PATH_SIZE];

	vcpu_path(to, vcpu, "linked");
	return link(path, to);
}

static int link_to_it(const char *path, int vcpu)
{
	(void)vcpu;
	return symlink("/", path);
}

static int make_node(const char *path, int vcpu)
{
	(void)vcpu;
	return mknod(path, S_IFIFO | 0600, 0);
}

static int change_mode(const char *path, int vcpu)
{
	struct stat status;

	(void)vcpu;
	return stat(path, &status) ? -1 : chmod(path, status.st_mode & 07777);
}

static int list_it(const char *path, int vcpu)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)vcpu;
	if (fd < 0)
		return -1;
	lseek(fd, 3, SEEK_SET);
	close(fd);
	return 0;
}

static int (*const with_names[])(const char *, int) = {
	make_and_remove, make_folder, remove_folder, rename_it, link_it,
	link_to_it, make_node, change_mode, list_it,
};

ssize_t do_with_names(struct random *random, int vcpu)
{
	char path[400];

	odd_path(random, path, vcpu);
	return result_of(PICK(random, with_names)(path, vcpu));
}
