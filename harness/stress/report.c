// SPDX-License-Identifier: GPL-2.0
#include "report.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>

/*
 * An alarm that interrupts a write to the serial line would lose what was to be printed.
 * It comes afterwards.
 */
static void hold_alarms(sigset_t *before)
{
	sigset_t alarms;

	sigemptyset(&alarms);
	sigaddset(&alarms, SIGALRM);
	pthread_sigmask(SIG_BLOCK, &alarms, before);
}

static void release_alarms(const sigset_t *before)
{
	pthread_sigmask(SIG_SETMASK, before, NULL);
}

/* One line, whatever came from the kernel. */
static void clean(char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

void report_note(struct report *report, const char *format, ...)
{
	char text[REPORT_WIDTH];
	sigset_t before;
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	clean(text);
	hold_alarms(&before);
	printf("# %s: %s\n", report->name, text);
	fflush(stdout);
	release_alarms(&before);
}

void report_fail(struct report *report, const char *format, ...)
{
	va_list args;

	pthread_mutex_lock(&report->lock);
	if (report->failures < REPORT_FAILURES) {
		char *text = report->failure[report->failures];

		va_start(args, format);
		vsnprintf(text, REPORT_WIDTH, format, args);
		va_end(args);
		clean(text);
	}
	report->failures++;
	pthread_mutex_unlock(&report->lock);
}

void report_skip(struct report *report, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(report->skip, sizeof(report->skip), format, args);
	va_end(args);
}

/* A text that YAML takes in single quotes. */
static void print_quoted(const char *text)
{
	putchar('\'');
	for (; *text; text++) {
		if (*text == '\'')
			putchar('\'');
		putchar(*text);
	}
	puts("'");
}

static bool print_point(const struct report *report)
{
	bool ok = !report->failures;

	printf("%s %u - %s", ok ? "ok" : "not ok", report->number, report->name);
	if (ok && *report->skip)
		printf(" # SKIP %s", report->skip);
	putchar('\n');
	if (ok)
		return true;
	printf("  ---\n  severity: failure\n  failures: %lu\n  first:\n",
	       report->failures);
	for (unsigned long i = 0; i < report->failures && i < REPORT_FAILURES;
	     i++) {
		printf("    - ");
		print_quoted(report->failure[i]);
	}
	printf("  ...\n");
	return false;
}

bool report_print(struct report *report)
{
	sigset_t before;
	bool ok;

	hold_alarms(&before);
	ok = print_point(report);
	fflush(stdout);
	release_alarms(&before);
	return ok;
}
