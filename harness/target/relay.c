// SPDX-License-Identifier: GPL-2.0
/*
 * relay MEMORY ADDRESS COMMAND...: runs COMMAND, which emulates a target whose memory is the file
 * MEMORY, and whose second serial port is its standard output. To the printer goes what is
 * written there, and, at a bell, what is in the mailbox at ADDRESS (harness/vmxrun/mailbox.h).
 * The exit status is that of COMMAND.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mailbox.h"
#include "printer.h"

static void __attribute__((noreturn)) fail(const char *what)
{
	fprintf(stderr, "relay: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* The target's, once it has memory; else NULL. */
static struct mailbox *find_mailbox(const char *memory, off_t address)
{
	static struct mailbox *found;
	int file;

	if (found)
		return found;
	file = open(memory, O_RDWR | O_CLOEXEC);
	if (file < 0)
		return NULL;
	found = mmap(NULL, MAILBOX_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, file, address);
	if (found == MAP_FAILED)
		fail(memory);
	close(file);
	return found;
}

/* The target may have written anything there. */
static void empty(struct mailbox *mailbox)
{
	uint32_t length;

	if (!mailbox)
		return;
	length = __atomic_load_n(&mailbox->length, __ATOMIC_ACQUIRE);
	if (length > sizeof(mailbox->text))
		length = sizeof(mailbox->text);
	printer_write(mailbox->text, length);
	__atomic_store_n(&mailbox->length, 0, __ATOMIC_RELEASE);
}

/* Until nobody can write to the port any more. */
static void pass_on(int port, const char *memory, off_t address)
{
	char text[4096];
	ssize_t size;

	while ((size = read(port, text, sizeof(text))) > 0) {
		char *rest = text;
		char *bell;

		while ((bell = memchr(rest, MAILBOX_BELL, text + size - rest))) {
			printer_write(rest, bell - rest);
			empty(find_mailbox(memory, address));
			rest = bell + 1;
		}
		printer_write(rest, text + size - rest);
	}
	/* What rang no more */
	empty(find_mailbox(memory, address));
}

static pid_t start(char **command, int *port)
{
	int ends[2];
	pid_t child;

	if (pipe(ends))
		fail("pipe");
	child = fork();
	if (child < 0)
		fail("fork");
	if (!child) {
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		execv(command[0], command);
		fail(command[0]);
	}
	close(ends[1]);
	*port = ends[0];
	return child;
}

int main(int argc, char **argv)
{
	const struct sched_param first = { .sched_priority = 1 };
	int port, status;
	pid_t child;

	if (argc < 4) {
		fputs("usage: relay MEMORY ADDRESS COMMAND...\n", stderr);
		return 2;
	}
	if (printer_open())
		fail("the printer");
	child = start(&argv[3], &port);
	/* Whoever rings goes on when all is printed, so that nothing is lost with the machine. */
	if (sched_setscheduler(0, SCHED_FIFO, &first))
		fail("sched_setscheduler");
	pass_on(port, argv[1], strtoul(argv[2], NULL, 0));
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
