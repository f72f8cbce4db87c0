// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "isolation.h"
#include "module.h"

#define DEVICE "/dev/hostprobe"

struct probe_counts probe_total;

int probe_load(const char *path)
{
	int error = module_load(path, "");

	/* It may be there still, from another vmxfs. */
	return error == -EEXIST ? 0 : error;
}

int probe_word(const char *word)
{
	return write_file(DEVICE, 0, word);
}

void probe_end(void)
{
	struct report nobody = { .lock = PTHREAD_MUTEX_INITIALIZER };

	probe_word("unprobe");
	probe_word("compare");
	probe_check(&nobody, "the end");
}

void probe_check(struct report *report, const char *what)
{
	static char text[16384];
	struct probe_counts now;
	char *line;
	int n = read_file(DEVICE, text, sizeof(text));

	if (n < 0 || sscanf(text, "compared %lu partly %lu moved %lu missed %lu differences %lu",
			    &now.compared, &now.partly, &now.moved, &now.missed,
			    &now.differences) != 5) {
		report_fail(report, "%s: " DEVICE " says nothing", what);
		return;
	}
	probe_total.compared += now.compared;
	probe_total.partly += now.partly;
	probe_total.moved += now.moved;
	probe_total.missed += now.missed;
	probe_total.differences += now.differences;
	strtok(text, "\n");
	/* "function: what: before and after" */
	while ((line = strtok(NULL, "\n"))) {
		char *values = strrchr(line, ':');

		if (!values)
			continue;
		*values++ = '\0';
		leak(report, what, line, "%s", values + 1);
	}
}
