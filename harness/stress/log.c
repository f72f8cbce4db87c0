// SPDX-License-Identifier: GPL-2.0
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "report.h"

#define KEPT 40
#define WIDTH 160

/* But for "Call Trace": Linux gives one for each vmalloc() that was made to fail. */
static const char *const offending[] = {
	"WARNING", "BUG", "Oops", "KASAN", "UBSAN", "KCSAN", "KFENCE", "ODEBUG",
	"general protection fault", "kernel NULL pointer", "divide error",
	"invalid opcode", "stack segment", "double fault",
	"possible recursive locking", "circular locking",
	"inconsistent lock state", "inconsistent {", "suspicious RCU",
	"bad unlock balance", "still held", "held lock freed",
	"sleeping function called", "scheduling while atomic",
	"unreferenced object", "new suspected memory leaks",
	"blocked for more than", "hung task", "rcu: INFO", "detected stall",
	"self-detected stall", "soft lockup", "hard LOCKUP", "NMI watchdog",
	"refcount_t", "list_add corruption", "list_del corruption",
	"Bad page", "bad page state", "Bad rss", "slab error", "Redzone",
	"Poison overwritten", "Object padding", "nonzero mapcount",
	"VFS: Busy inodes", "still in use", "Out of memory", "Machine check",
	"unexpectedly", "Unable to handle",
};

static int kmsg = -1;
static char kept[KEPT][WIDTH];
static unsigned long found;
static unsigned long lost;

void log_open(void)
{
	kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (kmsg >= 0)
		lseek(kmsg, 0, SEEK_END);
}

static void look_at(const char *line)
{
	for (size_t i = 0; i < sizeof(offending) / sizeof(*offending); i++) {
		if (!strstr(line, offending[i]))
			continue;
		if (found < KEPT)
			snprintf(kept[found], WIDTH, "%.159s", line);
		found++;
		return;
	}
	/* What follows the first one explains it. */
	if (found && found < KEPT)
		snprintf(kept[found++], WIDTH, "%.159s", line);
}

/* A record is "priority,number,time,flags;text\n" and more lines. */
void log_read(void)
{
	char record[8192];
	ssize_t n;

	while (kmsg >= 0) {
		char *text;

		n = read(kmsg, record, sizeof(record) - 1);
		if (n < 0 && errno == EPIPE) {
			lost++;
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		record[n] = '\0';
		text = strchr(record, ';');
		text = text ? text + 1 : record;
		text[strcspn(text, "\n")] = '\0';
		look_at(text);
	}
}

void log_check(struct report *report)
{
	log_read();
	if (kmsg < 0)
		report_fail(report, "/dev/kmsg can't be opened");
	if (lost)
		report_note(report, "the log was overwritten %lu times", lost);
	for (unsigned long i = 0; i < found && i < KEPT; i++)
		report_note(report, "%s", kept[i]);
	if (found)
		report_fail(report, "%lu lines of the kernel's log: %s", found,
			    kept[0]);
}
