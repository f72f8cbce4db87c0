// SPDX-License-Identifier: GPL-2.0
/* vmxfs by its files: `go` into ctl, then a line of wait. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench.h"
#include "segment.h"
#include "vcpu.h"

#define LINE		192
#define ANSWERS		4

/* What was done about a line of wait before; the guest's loops repeat themselves. */
struct answer {
	size_t line_length;
	size_t go_length;
	char line[LINE];
	char go[32];
};

static struct vcpu vcpu;
static int wait;
static struct answer answers[ANSWERS];
static const struct answer *answer;

/* Nothing may fail. */
static void must(int error, const char *what)
{
	char text[LINE];

	if (error >= 0)
		return;
	errno = 0;
	if (vcpu_error(&vcpu, text, sizeof(text)))
		die("text: %s: %s", what, text);
	errno = -error;
	die("text: %s", what);
}

static void *text_allocate(const struct region *region)
{
	int fd = segment_make(BY_PATH, region->name, 0, region->size);
	void *memory;

	must(fd, region->name);
	memory = mmap(NULL, region->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED)
		die("text: %s: mmap", region->name);
	close(fd);
	return memory;
}

static void text_open(void)
{
	must(vcpu_open(&vcpu, BY_PATH, O_RDWR), "clone");
	wait = vcpu_file(&vcpu, "wait", O_RDONLY);
	must(wait, "wait");
}

static void text_close(void)
{
	close(wait);
	vcpu_close(&vcpu);
}

static void text_map(const struct region *region)
{
	must(vcpu_map(&vcpu, region->gpa, region->size, region->name), "map");
}

static void text_unmap(const struct region *region)
{
	must(vcpu_unmap(&vcpu, region->gpa, region->size), "map");
}

static void text_start(uint32_t ebx)
{
	static struct answer first;

	memset(answers, 0, sizeof(answers));
	/* The guest's TSC is this machine's. */
	must(vcpu_write(&vcpu, "vmcs", "tsc_offset 0\n"), "tsc_offset");
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

/* What is measured: the system calls are made here. */
static void text_round(void)
{
	char line[LINE];
	ssize_t n;

	do {
		if (write(vcpu.ctl, answer->go, answer->go_length) < 0)
			must(-errno, answer->go);
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
	must(vcpu_command(&vcpu, line), line);
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
