// SPDX-License-Identifier: GPL-2.0
#include "rtc.h"

#include <string.h>
#include <time.h>

#include "machine.h"

/* Bytes; Motorola MC146818, "Address Map" */
enum { SECONDS = 0, MINUTES = 2, HOURS = 4, WEEKDAY = 6, DAY, MONTH, YEAR, REG_A, REG_B, REG_C,
       REG_D, CENTURY = 0x32 };

#define A_DIVIDER	0x26	/* it runs, at 32768 Hz */
#define B_24_HOURS	0x02
#define D_VALID		0x80

static uint8_t rtc_bcd(int value)
{
	return value / 10 % 10 << 4 | value % 10;
}

/* Puts our time into the bytes. */
static void rtc_show(struct rtc *rtc)
{
	time_t now = time(NULL);
	struct tm tm;

	gmtime_r(&now, &tm);
	rtc->cmos[SECONDS] = rtc_bcd(tm.tm_sec);
	rtc->cmos[MINUTES] = rtc_bcd(tm.tm_min);
	rtc->cmos[HOURS] = rtc_bcd(tm.tm_hour);
	rtc->cmos[WEEKDAY] = rtc_bcd(tm.tm_wday + 1);
	rtc->cmos[DAY] = rtc_bcd(tm.tm_mday);
	rtc->cmos[MONTH] = rtc_bcd(tm.tm_mon + 1);
	rtc->cmos[YEAR] = rtc_bcd(tm.tm_year);
	rtc->cmos[CENTURY] = rtc_bcd(tm.tm_year / 100 + 19);
	rtc->cmos[REG_A] = A_DIVIDER;
	rtc->cmos[REG_B] = B_24_HOURS;
	rtc->cmos[REG_C] = 0;
	rtc->cmos[REG_D] = D_VALID;
}

static uint64_t rtc_read(void *device, uint64_t offset, unsigned int size)
{
	struct rtc *rtc = device;

	if (!offset)
		return 0xff;
	rtc_show(rtc);
	return rtc->cmos[rtc->index];
}

static void rtc_write(void *device, uint64_t offset, unsigned int size, uint64_t value)
{
	struct rtc *rtc = device;

	if (offset)
		rtc->cmos[rtc->index] = value;
	else
		rtc->index = value & 0x7f;
}

static const struct bus_ops ops = { rtc_read, rtc_write };

void rtc_create(struct machine *machine)
{
	/* It reads a file, which it can't later. */
	tzset();
	bus_add(&machine->ports, 0x70, 2, &ops, &machine->rtc);
}
