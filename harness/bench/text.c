// SPDX-License-Identifier: GPL-2.0
/* vmxfs by its files: `go` into ctl, then a line of wait. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench.h"

#define MOUNT		"/sys/fs/vmx"
#define LINE		192
#define ANSWERS		4

/* What was done about a line of wait before; the guest's loops repeat themselves. */
struct answer {
	size_t line_length;
	size_t go_length;
	char line[LINE];
	char go[32];
};

static int ctl, wait, number;
static struct answer answers[ANSWERS];
static const struct answer *answer;

static int open_file(const char *name, int flags)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), MOUNT "/%d/%s", number, name);
	fd = open(path, flags | O_CLOEXEC);
	if (fd < 0)
		die("%s", path);
	return fd;
}

static void put(int fd, const char *text)
{
	if (write(fd, text, strlen(text)) < 0)
		die("text: %s", text);
}

static void put_file(const char *name, const char *text)
{
	int fd = open_file(name, O_WRONLY | O_APPEND);

	put(fd, text);
	close(fd);
}

static void *text_allocate(const struct region *region)
{
	char path[64];
	void *memory;
	int fd;

	snprintf(path, sizeof(path), MOUNT "/segment/%s", region->name);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || ftruncate(fd, region->size))
		die("%s", path);
	memory = mmap(NULL, region->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED)
		die("%s: mmap", path);
	close(fd);
	return memory;
}

static void text_open(void)
{
	char line[LINE];
	ssize_t n;

	ctl = open(MOUNT "/clone", O_RDWR | O_CLOEXEC);
	if (ctl < 0)
		die(MOUNT "/clone");
	n = read(ctl, line, sizeof(line) - 1);
	if (n <= 0)
		die("ctl");
	line[n] = 0;
	number = atoi(line);
	wait = open_file("wait", O_RDONLY);
}

static void text_close(void)
{
	close(wait);
	close(ctl);
}

static void text_map(const struct region *region)
{
	char line[LINE];

	snprintf(line, sizeof(line), "rwx wb %#llx %#llx %s 0\n",
		 (unsigned long long)region->gpa,
		 (unsigned long long)(region->gpa + region->size), region->name);
	put_file("map", line);
}

static void text_unmap(const struct region *region)
{
	char line[LINE];

	snprintf(line, sizeof(line), "--- wb %#llx %#llx\n", (unsigned long long)region->gpa,
		 (unsigned long long)(region->gpa + region->size));
	put_file("map", line);
}

static void text_start(uint32_t ebx)
{
	static struct answer first;

	memset(answers, 0, sizeof(answers));
	/* The guest's TSC is this machine's. */
	put_file("vmcs", "tsc_offset 0\n");
	first.go_length = snprintf(first.go, sizeof(first.go), "go pc=0;bx=%#x\n", ebx);
	answer = &first;
}

/* A new line: the guest is to go on behind the instruction that exited. */
static void learn(struct answer *new, const char *line, size_t length)
{
	unsigned long long pc;
	unsigned int ilen;

	errno = 0;
	if (sscanf(line, "%*s %*s pc %llx sp %*s ilen %x", &pc, &ilen) != 2)
		die("text: unexpected: %s", line);
	memcpy(new->line, line, length);
	new->line_length = length;
	new->go_length = snprintf(new->go, sizeof(new->go), "go pc=%#llx\n", pc + ilen);
}

static const struct answer *answer_to(const char *line, size_t length)
{
	struct answer *one;

	for (one = answers; one < answers + ANSWERS; one++) {
		if (!one->line_length)
			learn(one, line, length);
		if (one->line_length == length && !memcmp(one->line, line, length))
			return one;
	}
	errno = 0;
	die("text: unexpected: %s", line);
}

static void text_round(void)
{
	char line[LINE];
	ssize_t n;

	do {
		if (write(ctl, answer->go, answer->go_length) < 0)
			die("text: %s", answer->go);
		do {
			n = read(wait, line, sizeof(line) - 1);
			if (n <= 0)
				die("wait");
			line[n] = 0;
		} while (line[0] == '*');
		answer = answer_to(line, n);
	} while (line[0] != 'i');
}

static void text_inject(unsigned int vector)
{
	char line[LINE];

	snprintf(line, sizeof(line), "irq %u\n", vector);
	put(ctl, line);
}

const struct way text_way = {
	.name = "text",
	.lacks = { "ioctl", "mmio" },
	.allocate = text_allocate,
	.open = text_open,
	.close = text_close,
	.map = text_map,
	.unmap = text_unmap,
	.start = text_start,
	.round = text_round,
	.inject = text_inject,
};
