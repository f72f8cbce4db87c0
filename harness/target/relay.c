// SPDX-License-Identifier: GPL-2.0
/*
 * relay COPY MEMORY ADDRESS COMMAND...: runs COMMAND, which emulates a target whose memory is the
 * file MEMORY, and whose second serial port is its standard output. To the printer goes what is
 * written there, and, at a bell, what is in the mailbox at ADDRESS (harness/vmxrun/mailbox.h), if
 * there is such a file: whole lines, for COMMAND may end in the middle of one. They are added to
 * the file COPY, too. With an ADDRESS the first one tells what the target's time-stamp counter is
 * ahead of this machine's, if KVM says so. The exit status is that of COMMAND.
 */
#define _GNU_SOURCE	/* memrchr() */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mailbox.h"
#include "printer.h"

#define OFFSET "/sys/kernel/debug/kvm/*/vcpu0/tsc-offset"

static int copy;

static void __attribute__((noreturn)) fail(const char *what)
{
	fprintf(stderr, "relay: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void print(const char *text, size_t size)
{
	if (!size)
		return;
	printer_write(text, size);
	if (write(copy, text, size) != (ssize_t)size)
		fail("the copy");
}

/* Prints those of the lines that are whole; the rest waits. */
static void print_lines(const char *text, size_t size)
{
	static char *rest;
	static size_t rest_size;
	const char *end = memrchr(text, '\n', size);
	size_t whole = end ? end + 1 - text : 0;

	if (whole) {
		print(rest, rest_size);
		print(text, whole);
		rest_size = 0;
	}
	rest = realloc(rest, rest_size + size - whole + 1);
	if (!rest)
		fail("a line");
	memcpy(rest + rest_size, text + whole, size - whole);
	rest_size += size - whole;
}

/* KVM has a vCPU for as long as COMMAND runs. */
static void print_offset(void)
{
	char line[64] = "# tsc-offset: unknown\n";
	size_t begin = strlen("# tsc-offset: ");
	size_t end = strlen(line);
	ssize_t size = 0;
	glob_t found;
	int file;

	if (!glob(OFFSET, 0, NULL, &found)) {
		file = open(found.gl_pathv[0], O_RDONLY | O_CLOEXEC);
		if (file >= 0) {
			size = read(file, line + begin, sizeof(line) - begin);
			close(file);
		}
		globfree(&found);
	}
	print_lines(line, size > 0 ? begin + size : end);
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
	print_lines(mailbox->text, length);
	__atomic_store_n(&mailbox->length, 0, __ATOMIC_RELEASE);
}

/* Until nobody can write to the port any more. */
static void pass_on(int port, const char *memory, off_t address)
{
	char text[4096];
	bool begun = false;
	ssize_t size;

	while ((size = read(port, text, sizeof(text))) > 0) {
		char *rest = text;
		char *bell;

		if (!begun && address)
			print_offset();
		begun = true;
		while ((bell = memchr(rest, MAILBOX_BELL, text + size - rest))) {
			print_lines(rest, bell - rest);
			empty(find_mailbox(memory, address));
			rest = bell + 1;
		}
		print_lines(rest, text + size - rest);
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

	if (argc < 5) {
		fputs("usage: relay COPY MEMORY ADDRESS COMMAND...\n", stderr);
		return 2;
	}
	if (printer_open())
		fail("the printer");
	copy = open(argv[1], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (copy < 0)
		fail(argv[1]);
	child = start(&argv[4], &port);
	/* Whoever rings goes on when all is printed, so that nothing is lost with the machine. */
	if (sched_setscheduler(0, SCHED_FIFO, &first))
		fail("sched_setscheduler");
	pass_on(port, argv[2], strtoul(argv[3], NULL, 0));
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
