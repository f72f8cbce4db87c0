// SPDX-License-Identifier: GPL-2.0
/*
 * given: what a program does to the file processor that a shell can't.
 *
 *	given race LINE		write LINE to processor, or read it where LINE is "", while the
 *				word that the module uses changes in the guest's memory
 *	given readonly FILE	map FILE, which may only be read, to the guest, and write words
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "libvmx.h"

#define MOUNT "/sys/fs/vmx/"
#define PAGE 4096
#define PROGRAM 0x10000

/* Words of the first page, as the module has them: how many fields there are, and the event */
#define FIELDS (0xc00 / sizeof(uint64_t))
enum {
#define VMXFS_PROCESSOR(name, access) WORD_##name,
#include "vmxfs_processor.h"
	EVENT = WORD_event
};

/* So far beyond the page that nothing is there */
#define FAR (1ull << 40)

#define TURNS 300

static atomic_bool over;

static int die(const char *what)
{
	printf("%s: %s\n", what, strerror(errno));
	exit(1);
}

static int open_or_die(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	if (fd < 0)
		die(path);
	return fd;
}

/* In and out of bounds, again and again */
static void *change(void *word)
{
	_Atomic uint64_t *changed = word;

	for (uint64_t value = 1; !over; value ^= FAR ^ 1)
		*changed = value;
	return NULL;
}

static void use(const char *path, const char *line)
{
	static char text[8192];
	int fd = open_or_die(path, *line ? O_WRONLY : O_RDONLY);
	ssize_t n;

	if (*line) {
		for (int i = 0; i < 100; i++)
			strcat(strcat(text, line), "\n");
		n = write(fd, text, strlen(text));
	} else {
		n = read(fd, text, sizeof(text));
	}
	if (n < 0 && errno != ENOSPC)
		die(path);
	*text = '\0';
	close(fd);
}

static int race(const char *line)
{
	int clone = open_or_die(MOUNT "clone", O_RDWR);
	int segment = open_or_die(MOUNT "segment/race", O_RDWR | O_CREAT);
	char number[16] = "", path[64];
	pthread_t changer;
	uint64_t *words;
	int map;

	if (read(clone, number, sizeof(number) - 1) < 0 || ftruncate(segment, PROGRAM))
		die("segment/race");
	snprintf(path, sizeof(path), MOUNT "%d/map", atoi(number));
	map = open_or_die(path, O_WRONLY | O_APPEND);
	if (dprintf(map, "rwx wb 0 %#x race 0\n", PROGRAM) < 0)
		die(path);
	words = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, segment, 0);
	if (words == MAP_FAILED)
		die("mmap");
	snprintf(path, sizeof(path), MOUNT "%d/processor", atoi(number));
	if (pthread_create(&changer, NULL, change, &words[*line ? FIELDS : EVENT]))
		die("pthread_create");
	for (int i = 0; i < TURNS; i++)
		use(path, line);
	over = true;
	pthread_join(changer, NULL);
	puts("done");
	return 0;
}

/* What the write said, and whether the file is as it was */
static int readonly(const char *file)
{
	static const char *const lines[] = { "ax 0x123456789\n", "vmwrite guest_rip 1\n" };
	int fd = open_or_die(file, O_RDONLY), processor;
	struct vmx_machine *machine;
	struct vmx_vcpu *vcpu;
	char before[PAGE], path[64];
	void *memory = mmap(NULL, PROGRAM, PROT_READ, MAP_SHARED, fd, 0);

	if (memory == MAP_FAILED)
		die("mmap");
	memcpy(before, memory, PAGE);
	if (vmx_machine_create(&machine) || vmx_vcpu_create(machine, &vcpu))
		die("vmx_vcpu_create");
	if (vmx_gpa_map(machine, memory, 0, PROGRAM, VMX_PROT_READ))
		die("vmx_gpa_map");
	snprintf(path, sizeof(path), MOUNT "0/processor");
	processor = open_or_die(path, O_WRONLY);
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		if (write(processor, lines[i], strlen(lines[i])) < 0)
			printf("%s", strerror(errno)), puts("");
	puts(memcmp(before, memory, PAGE) ? "the file is another" : "the file is as it was");
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "race"))
		return race(argv[2]);
	if (argc == 3 && !strcmp(argv[1], "readonly"))
		return readonly(argv[2]);
	return 2;
}
