// SPDX-License-Identifier: GPL-2.0
#include "limit.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>

#include "util.h"

static volatile sig_atomic_t expired;
static unsigned int limit;

static void on_alarm(int signal)
{
	(void)signal;
	expired = 1;
}

static void set_timer(unsigned int first, unsigned int next)
{
	struct itimerval value = {
		.it_value = { first / 1000, first % 1000 * 1000 },
		.it_interval = { next / 1000, next % 1000 * 1000 },
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
	expired = 0;
	limit = milliseconds;
	/* again and again, since the first time may come just before a call */
	set_timer(milliseconds, 10);
}

void stop_limit(void)
{
	set_timer(0, 0);
}

bool try_again(void)
{
	return errno == EINTR && !expired;
}

bool limit_is_over(void)
{
	return expired;
}

char *error_text(int error)
{
	if (error == -EINTR && expired)
		return xasprintf("not done within %u ms", limit);
	return xstrdup(strerror(-error));
}
