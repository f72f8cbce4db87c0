/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The real-time clock, an MC146818, and its CMOS memory. Its time is the host's, and can't be
 * set; it has no interrupts.
 */
#ifndef RTC_H
#define RTC_H

#include <stdint.h>

struct machine;

/**
 * struct rtc - the clock
 * @index: which byte port 71H shows
 * @cmos: the bytes
 */
struct rtc {
	uint8_t index;
	uint8_t cmos[128];
};

void rtc_create(struct machine *machine);

#endif
