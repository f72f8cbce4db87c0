/* SPDX-License-Identifier: GPL-2.0 */
/* Timers of the devices. Time is in nanoseconds of CLOCK_MONOTONIC. */
#ifndef TIMER_H
#define TIMER_H

#include <stdint.h>

#define SECOND		1000000000ull
#define TIMER_NEVER	UINT64_MAX

/**
 * struct timer - calls a function once, at a time
 * @deadline: when; TIMER_NEVER if it is not set
 * @fire: what is called then, by the main thread, with the machine's lock
 * @opaque: for it
 */
struct timer {
	uint64_t deadline;
	void (*fire)(void *opaque);
	void *opaque;
	struct timer *next;
};

uint64_t timer_now(void);

void timer_init(struct timer *timer, void (*fire)(void *opaque), void *opaque);
/* A time that is past is now. */
void timer_set(struct timer *timer, uint64_t deadline);

/* The file descriptor that is readable when a timer is due, and what is to be done then */
int timers_create(void);
void timers_fire(void);

/* @value * @by / @over without overflow on the way */
static inline uint64_t scale(uint64_t value, uint64_t by, uint64_t over)
{
	return (unsigned __int128)value * by / over;
}

#endif
