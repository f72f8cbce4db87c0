// SPDX-License-Identifier: GPL-2.0
#include "limit.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>

#include "util.h"

#define TICK 10	/* milliseconds */

/*
 * What counts is not the time that passed, but how often this program got to count: where
 * the machine stood still, or was busy with something else, no time was given either to
 * what is waited for.
 */
static volatile sig_atomic_t left;	/* signals */
static unsigned int limit;
static bool running;

static void on_alarm(int signal)
{
	(void)signal;
	left -= left > 0;
}

static void set_timer(unsigned int milliseconds)
{
	struct itimerval value = {
		.it_value = { 0, milliseconds * 1000 },
		.it_interval = { 0, milliseconds * 1000 },
	};

	setitimer(ITIMER_REAL, &value, NULL);
}

void start_limit(unsigned int milliseconds)
{
	/* without SA_RESTART: the signal ends the call */
	static const struct sigaction action = { .sa_handler = on_alarm };
	static bool ready;

	if (!ready)
		sigaction(SIGALRM, &action, NULL);
	ready = true;
	left = milliseconds / TICK + 1;
	limit = milliseconds;
	if (!running)
		set_timer(TICK);
	running = true;
}

void stop_limit(void)
{
	if (running)
		set_timer(0);
	running = false;
}

bool try_again(void)
{
	return errno == EINTR && left;
}

bool limit_is_over(void)
{
	return !left;
}

char *error_text(int error)
{
	if (error == -EINTR && !left)
		return xasprintf("not done within %u ms", limit);
	return xstrdup(strerror(-error));
}
