// SPDX-License-Identifier: GPL-2.0
#include "terminal.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "loop.h"
#include "machine.h"

#define ESCAPE	1	/* ^A */
#define LEAVE	'x'

static struct termios before;
static struct machine *its_machine;
static bool is_terminal, escaped;
/* What has come and does not fit into the port yet */
static uint8_t pending[256];
static unsigned int n_pending;

static void terminal_input(void *opaque);
static struct watch input = { .fd = STDIN_FILENO, .wanted = true, .ready = terminal_input };
/* The end of a file was read, which nobody asks again. */
static bool at_end;

static void terminal_restore(void)
{
	tcsetattr(STDIN_FILENO, TCSANOW, &before);
}

/* The shell sees the status that it has for the signal. */
static void terminal_killed(int number)
{
	terminal_restore();
	_exit(128 + number);
}

/* Takes out what is meant for us; returns how many bytes are left. */
static unsigned int terminal_filter(uint8_t *bytes, unsigned int n)
{
	unsigned int i, left = 0;

	for (i = 0; i < n; i++) {
		if (escaped && bytes[i] == LEAVE) {
			machine_request(its_machine, REQUEST_OFF);
		} else if (bytes[i] == ESCAPE && !escaped) {
			escaped = true;
			continue;
		} else {
			bytes[left++] = bytes[i];
		}
		escaped = false;
	}
	return left;
}

/* A file waits; who types is listened to, for ^A x. */
static void terminal_feed(void)
{
	unsigned int n = uart_room(&its_machine->uart);

	if (n > n_pending)
		n = n_pending;
	n_pending -= n;
	uart_receive(&its_machine->uart, pending, n);
	memmove(pending, pending + n, n_pending);
	loop_want(&input, !at_end && (is_terminal || n_pending < sizeof(pending)));
}

/* What is typed and does not fit is lost, as on any serial line. */
static void terminal_input(void *opaque)
{
	uint8_t bytes[sizeof(pending)];
	size_t room = sizeof(pending) - n_pending;
	ssize_t n = read(STDIN_FILENO, bytes, is_terminal ? sizeof(bytes) : room);
	size_t left;

	at_end = n <= 0;
	if (n > 0) {
		left = terminal_filter(bytes, n);
		left = left < room ? left : room;
		memcpy(pending + n_pending, bytes, left);
		n_pending += left;
	}
	terminal_feed();
}

/* Output is as it was: the guest's kernel ends its lines itself. */
static void terminal_make_raw(void)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };
	const struct sigaction killed = { .sa_handler = terminal_killed };
	struct termios raw = before;
	size_t i;

	atexit(terminal_restore);
	for (i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		sigaction(signals[i], &killed, NULL);
	cfmakeraw(&raw);
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
}

void terminal_create(struct machine *machine)
{
	its_machine = machine;
	machine->uart.room = terminal_feed;
	loop_add(&input);
	is_terminal = isatty(STDIN_FILENO) && !tcgetattr(STDIN_FILENO, &before);
	if (is_terminal)
		terminal_make_raw();
}
