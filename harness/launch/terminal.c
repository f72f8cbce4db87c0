// SPDX-License-Identifier: GPL-2.0
#include "terminal.h"

#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "loop.h"
#include "machine.h"

#define ESCAPE	1	/* ^A */
#define LEAVE	'x'

static struct termios before;
static struct machine *its_machine;
static bool escaped;

static void terminal_restore(void)
{
	tcsetattr(STDIN_FILENO, TCSANOW, &before);
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

static void terminal_input(void *opaque);
static struct watch input = { .fd = STDIN_FILENO, .wanted = true, .ready = terminal_input };

static void terminal_room(void)
{
	loop_want(&input, true);
}

/* Input waits until the port has room for it; it is the end of a file that nobody asks again. */
static void terminal_input(void *opaque)
{
	uint8_t bytes[UART_FIFO];
	unsigned int room = uart_room(&its_machine->uart);
	ssize_t n;

	loop_want(&input, false);
	if (!room)
		return;
	n = read(STDIN_FILENO, bytes, room);
	if (n <= 0) {
		its_machine->uart.room = NULL;
		return;
	}
	uart_receive(&its_machine->uart, bytes, terminal_filter(bytes, n));
	loop_want(&input, uart_room(&its_machine->uart));
}

/* Output is as it was: the guest's kernel ends its lines itself. */
void terminal_create(struct machine *machine)
{
	struct termios raw;

	its_machine = machine;
	machine->uart.room = terminal_room;
	loop_add(&input);
	if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &before))
		return;
	raw = before;
	cfmakeraw(&raw);
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	atexit(terminal_restore);
}
