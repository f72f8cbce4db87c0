// SPDX-License-Identifier: GPL-2.0
#include "mailbox.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/io.h>
#include <sys/mman.h>
#include <unistd.h>

/* The data register of the second serial port */
#define BELL_PORT 0x2f8

/* How long it takes at most until a text is taken, in microseconds: then look again. */
#define PAUSE 1000

static struct mailbox *mailbox;

int mailbox_open(uint64_t address)
{
	int memory = open("/dev/mem", O_RDWR | O_CLOEXEC);
	void *map;
	int error;

	if (memory < 0)
		return -errno;
	map = mmap(NULL, MAILBOX_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, memory, address);
	error = map == MAP_FAILED ? -errno : 0;
	close(memory);
	if (!error && ioperm(BELL_PORT, 1, 1))
		error = -errno;
	if (!error)
		mailbox = map;
	return error;
}

static void put(const char *text, size_t size)
{
	memcpy(mailbox->text, text, size);
	__atomic_store_n(&mailbox->length, size, __ATOMIC_RELEASE);
	outb(MAILBOX_BELL, BELL_PORT);
	while (__atomic_load_n(&mailbox->length, __ATOMIC_ACQUIRE))
		usleep(PAUSE);
}

void mailbox_write(const char *text, size_t size)
{
	while (size) {
		size_t part = size < sizeof(mailbox->text) ? size : sizeof(mailbox->text);

		put(text, part);
		text += part;
		size -= part;
	}
}
