// SPDX-License-Identifier: GPL-2.0
/* The terminal and the serial port: nothing hangs, and the terminal is left as it was. */
#include "unit/unit.h"

#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "hostile.h"
#include "machine.h"
#include "terminal.h"

#define PORT		0x3f8
#define FCR		(PORT + 2)
#define LSR		(PORT + 5)
#define ENABLE_AND_CLEAR 0x07

static struct machine machine;

static void out(uint16_t port, uint8_t value)
{
	bus_access(&machine.ports, true, port, 1, &value);
}

static uint8_t in(uint16_t port)
{
	uint8_t value;

	bus_access(&machine.ports, false, port, 1, &value);
	return value;
}

/* What the guest reads, as long as there is something */
static size_t take(char *text, size_t size)
{
	size_t n = 0;

	while (n < size && in(LSR) & 1)
		text[n++] = in(PORT);
	return n;
}

/* A machine whose standard input this is */
static void begin(int fd)
{
	assert_true(dup2(fd, STDIN_FILENO) >= 0);
	close(fd);
	machine.request = REQUEST_NONE;
	/* Nothing is left of the test before. */
	while (in(LSR) & 1)
		in(PORT);
	uart_reset(&machine.uart);
	terminal_create(&machine);
}

static int begin_terminal(void)
{
	int master, slave;

	assert_int_equal(openpty(&master, &slave, NULL, NULL, NULL), 0);
	begin(slave);
	return master;
}

static void type(int fd, const char *text)
{
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

/* What the port had goes when the guest opens it, as on a PC; the rest is there. */
static void test_before_the_port_opens(void **state)
{
	int keys = begin_terminal();
	char text[8];

	type(keys, "abc");
	assert_true(hostile_serve(STDIN_FILENO));
	out(FCR, ENABLE_AND_CLEAR);
	assert_int_equal(take(text, sizeof(text)), 2);
	assert_memory_equal(text, "bc", 2);
	type(keys, "d");
	assert_true(hostile_serve(STDIN_FILENO));
	assert_int_equal(take(text, sizeof(text)), 1);
	assert_int_equal(*text, 'd');
	close(keys);
}

static void test_leave_a_guest_that_does_not_read(void **state)
{
	int i, keys = begin_terminal();

	for (i = 0; i < 20; i++) {
		type(keys, "a line that nobody reads\r");
		assert_true(hostile_serve(STDIN_FILENO));
		assert_int_equal(machine.request, REQUEST_NONE);
	}
	type(keys, "\001x");
	hostile_serve(STDIN_FILENO);
	assert_int_equal(machine.request, REQUEST_OFF);
	close(keys);
}

/* Nothing of a file is lost, however slowly the guest reads. */
static void test_file(void **state)
{
	char sent[1000], got[sizeof(sent)];
	size_t i, n = 0;
	int files[2];

	for (i = 0; i < sizeof(sent); i++)
		sent[i] = 'a' + i % 26;
	assert_int_equal(pipe(files), 0);
	begin(files[0]);
	assert_int_equal(write(files[1], sent, sizeof(sent)), sizeof(sent));
	close(files[1]);
	/* It does not read at all at first. */
	for (i = 0; i < 100; i++)
		hostile_serve(STDIN_FILENO);
	assert_false(hostile_serve(STDIN_FILENO));
	for (i = 0; i < 1000 && n < sizeof(got); i++) {
		n += take(got + n, sizeof(got) - n < 3 ? sizeof(got) - n : 3);
		hostile_serve(STDIN_FILENO);
	}
	assert_int_equal(n, sizeof(sent));
	assert_memory_equal(got, sent, sizeof(sent));
	/* Nobody asks again at its end. */
	assert_false(hostile_serve(STDIN_FILENO));
}

static void test_signal(void **state)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };
	struct termios before, after;
	int status, master, slave;
	size_t i;
	pid_t child;

	for (i = 0; i < COUNT(signals); i++) {
		assert_int_equal(openpty(&master, &slave, NULL, NULL, NULL), 0);
		assert_int_equal(tcgetattr(slave, &before), 0);
		child = fork();
		assert_true(child >= 0);
		if (!child) {
			begin(dup(slave));
			raise(signals[i]);
			_exit(0);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 128 + signals[i]);
		assert_int_equal(tcgetattr(slave, &after), 0);
		assert_int_equal(after.c_lflag, before.c_lflag);
		assert_int_equal(after.c_iflag, before.c_iflag);
		close(master);
		close(slave);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_before_the_port_opens),
		cmocka_unit_test(test_leave_a_guest_that_does_not_read),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_signal),
	};

	uart_create(&machine);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
