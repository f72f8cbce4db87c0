// SPDX-License-Identifier: GPL-2.0
#include "loop.h"

#include <err.h>
#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "machine.h"
#include "timer.h"

#define WATCHES_MAX	64

static struct watch *watches;

/* ---- to wake it ---- */

static void loop_woken(void *opaque)
{
	struct watch *watch = opaque;
	uint64_t count;

	if (read(watch->fd, &count, sizeof(count)) < 0)
		return;
}

static struct watch wake = { .wanted = true, .ready = loop_woken, .opaque = &wake };

void loop_wake(void)
{
	uint64_t one = 1;

	if (write(wake.fd, &one, sizeof(one)) < 0)
		warn("wake");
}

void loop_want(struct watch *watch, bool wanted)
{
	if (watch->wanted == wanted)
		return;
	watch->wanted = wanted;
	loop_wake();
}

/* ---- the timers are one of the files ---- */

static void loop_timers(void *opaque)
{
	timers_fire();
}

static struct watch timers = { .wanted = true, .ready = loop_timers };

int loop_create(void)
{
	wake.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	timers.fd = timers_create();
	if (wake.fd < 0 || timers.fd < 0)
		return -1;
	loop_add(&wake);
	loop_add(&timers);
	return 0;
}

void loop_add(struct watch *watch)
{
	watch->next = watches;
	watches = watch;
}

void loop_remove(struct watch *watch)
{
	struct watch **link = &watches;

	while (*link != watch)
		link = &(*link)->next;
	*link = watch->next;
}

/* Which of them are waited for now */
static unsigned int loop_collect(struct pollfd *files, struct watch **of)
{
	struct watch *watch;
	unsigned int n = 0;

	for (watch = watches; watch && n < WATCHES_MAX; watch = watch->next) {
		if (!watch->wanted)
			continue;
		files[n] = (struct pollfd){ .fd = watch->fd, .events = POLLIN };
		of[n++] = watch;
	}
	return n;
}

/* Several may be ready; one of them may remove another, which is not wanted then. */
static void loop_serve(const struct pollfd *files, struct watch **of, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (files[i].revents && of[i]->wanted)
			of[i]->ready(of[i]->opaque);
}

void loop_run(struct machine *machine)
{
	struct pollfd files[WATCHES_MAX];
	struct watch *of[WATCHES_MAX];
	unsigned int n;

	while (!machine->request) {
		n = loop_collect(files, of);
		pthread_mutex_unlock(&machine->lock);
		if (poll(files, n, -1) < 0 && errno != EINTR)
			err(1, "poll");
		pthread_mutex_lock(&machine->lock);
		loop_serve(files, of, n);
	}
}
