// SPDX-License-Identifier: GPL-2.0
#include "timer.h"

#include <stddef.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static struct timer *timers;
static int timers_fd = -1;

uint64_t timer_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * SECOND + now.tv_nsec;
}

/* The kernel's timer is set to the first of ours. */
static void timers_arm(void)
{
	const struct timer *timer;
	uint64_t first = TIMER_NEVER;
	struct itimerspec at = { 0 };

	for (timer = timers; timer; timer = timer->next)
		if (timer->deadline < first)
			first = timer->deadline;
	if (first != TIMER_NEVER) {
		/* 0 would mean never. */
		at.it_value.tv_sec = first / SECOND;
		at.it_value.tv_nsec = first % SECOND + !first;
	}
	timerfd_settime(timers_fd, TFD_TIMER_ABSTIME, &at, NULL);
}

void timer_init(struct timer *timer, void (*fire)(void *opaque), void *opaque)
{
	*timer = (struct timer){ TIMER_NEVER, fire, opaque, timers };
	timers = timer;
}

void timer_set(struct timer *timer, uint64_t deadline)
{
	if (timer->deadline == deadline)
		return;
	timer->deadline = deadline;
	timers_arm();
}

int timers_create(void)
{
	timers_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	return timers_fd;
}

void timers_fire(void)
{
	uint64_t now = timer_now(), count;
	struct timer *timer;

	if (read(timers_fd, &count, sizeof(count)) < 0)
		return;
	for (timer = timers; timer; timer = timer->next) {
		if (timer->deadline > now)
			continue;
		timer->deadline = TIMER_NEVER;
		timer->fire(timer->opaque);
	}
	timers_arm();
}
