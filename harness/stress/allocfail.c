// SPDX-License-Identifier: GPL-2.0
/*
 * Each allocation that a call makes fails, one after the other: the first, then
 * the second, until the call makes no more. It fails with ENOMEM, or does not
 * mind; and it can be made again.
 * Linux, Documentation/fault-injection/fault-injection.rst: "/proc/self/fail-nth"
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "files.h"
#include "guests.h"
#include "leak.h"
#include "module.h"
#include "report.h"
#include "segment.h"
#include "stress.h"
#include "vcpu.h"

#define FAIL_NTH "/proc/self/fail-nth"
#define DEBUGFS "/sys/kernel/debug/"
/* As in the examples of vmxfs_files.h */
#define SEGMENT "ram"
#define SEGMENT_PATH MOUNT "/segment/" SEGMENT
#define FAR_PAGES 64
#define MOST 5000	/* allocations of a call */

static const struct {
	const char *path;
	const char *value;
} settings[] = {
	{ DEBUGFS "failslab/ignore-gfp-wait", "N" },
	{ DEBUGFS "failslab/verbose", "0" },
	{ DEBUGFS "fail_page_alloc/ignore-gfp-wait", "N" },
	{ DEBUGFS "fail_page_alloc/ignore-gfp-highmem", "N" },
	{ DEBUGFS "fail_page_alloc/min-order", "0" },
	{ DEBUGFS "fail_page_alloc/verbose", "0" },
	/* Not user memory, which fail-nth would count as well: no caller is there. */
	{ DEBUGFS "fail_usercopy/verbose", "0" },
	{ DEBUGFS "fail_usercopy/require-start", "1" },
	{ DEBUGFS "fail_usercopy/require-end", "2" },
};

/* Pages */
#define TOUCHED 8

struct bench {
	struct report *report;
	const struct options *options;
	struct vcpu vcpu;	/* for all but what makes or ends one */
	struct vcpu other;
	int fd;			/* of the segment, or of fail-nth's own */
	void *memory;		/* the segment's, mapped */
	int nth;
	char far[FAR_PAGES * 48];
	unsigned long injected;
	unsigned long refused;	/* of these, the call said ENOMEM */
};

struct operation {
	const char *name;
	const char *file;	/* of a vCPU: text is written to it, or it is */
	const char *text;	/* NULL: read */
	int (*before)(struct bench *bench);
	int (*run)(struct bench *bench);
	int (*after)(struct bench *bench);
};

/* ---- the calls ---- */

static int run_clone(struct bench *bench)
{
	/* What is injected is the open's; to read it may fail as well. */
	return guest_vcpu(&bench->other, O_RDWR);
}

static int close_other(struct bench *bench)
{
	vcpu_close(&bench->other);
	return 0;
}

static int run_quit(struct bench *bench)
{
	return write_text(bench->other.ctl, "quit\n");
}

static int clear_map(struct bench *bench)
{
	char path[PATH_SIZE];

	vcpu_path(path, bench->vcpu.number, "map");
	return write_file(path, O_TRUNC, "");
}

static int run_far(struct bench *bench)
{
	return vcpu_write(&bench->vcpu, "map", bench->far);
}

static int run_create(struct bench *bench)
{
	bench->fd = open(MOUNT "/segment/new", O_RDWR | O_CREAT | O_CLOEXEC,
			 0600);
	return bench->fd < 0 ? -errno : 0;
}

static int remove_created(struct bench *bench)
{
	if (bench->fd >= 0)
		close(bench->fd);
	bench->fd = -1;
	/* Not where it could fail. */
	if (bench->memory)
		munmap(bench->memory, TOUCHED << 12);
	bench->memory = NULL;
	unlink(MOUNT "/segment/new");
	return 0;
}

static int open_segment(struct bench *bench)
{
	int error = run_create(bench);

	if (error || ftruncate(bench->fd, 16 << 12) == 0)
		return error;
	return -errno;
}

static int run_truncate(struct bench *bench)
{
	if (ftruncate(bench->fd, 1 << 20) < 0 || ftruncate(bench->fd, 1) < 0)
		return -errno;
	return 0;
}

static int run_write(struct bench *bench)
{
	static const char bytes[3 << 12];
	ssize_t n = pwrite(bench->fd, bytes, sizeof(bytes), 0x12345);

	if (n < 0)
		return -errno;
	return n == sizeof(bytes) ? 0 : -EMSGSIZE;
}

static int run_touch(struct bench *bench)
{
	volatile char *memory = mmap(NULL, TOUCHED << 12, PROT_READ | PROT_WRITE,
				     MAP_SHARED, bench->fd, 0);

	if (memory == MAP_FAILED)
		return -errno;
	for (int i = 0; i < TOUCHED; i++)
		memory[i << 12] = 1;
	bench->memory = (void *)memory;
	return 0;
}

static int unmount(struct bench *bench)
{
	vcpu_close(&bench->vcpu);
	return fs_is_mounted() ? fs_unmount(0) : 0;
}

static int run_mount(struct bench *bench)
{
	(void)bench;
	return fs_mount();
}

/* The address of a function of the kernel's; 0 if there is none. */
static unsigned long address_of(const char *function)
{
	unsigned long found = 0, address;
	char line[256], name[128];
	FILE *file = fopen("/proc/kallsyms", "re");

	while (file && !found && fgets(line, sizeof(line), file))
		if (sscanf(line, "%lx %*c %127s", &address, name) == 2 &&
		    !strcmp(name, function))
			found = address;
	if (file)
		fclose(file);
	return found;
}

/*
 * Only what is called from the function fails. Of what Linux does with a module
 * before and after, some only warns, and goes on.
 */
static int fail_only_below(const char *function)
{
	static const char *const files[] = {
		DEBUGFS "failslab/require-", DEBUGFS "fail_page_alloc/require-",
	};
	unsigned long start = address_of(function);
	char path[PATH_SIZE], value[32];
	int error = start ? 0 : -ENOENT;

	for (int i = 0; i < 4 && !error; i++) {
		snprintf(path, sizeof(path), "%s%s", files[i / 2],
			 i % 2 ? "end" : "start");
		snprintf(value, sizeof(value), "%#lx",
			 i % 2 ? start + 0x400 : start);
		error = write_file(path, 0, value);
	}
	return error;
}

static int remove_module(struct bench *bench)
{
	int error = unmount(bench);

	if (!error)
		error = fail_only_below("do_one_initcall");
	return !error && module_is_loaded() ? module_remove(bench->options->module) : error;
}

static int run_insmod(struct bench *bench)
{
	return module_load(bench->options->module, "");
}

static int renew(struct bench *bench);

/* As it was: loaded, mounted, and a vCPU. */
static int repair(struct bench *bench)
{
	int error = 0;

	if (!module_is_loaded())
		error = module_load(bench->options->module, "");
	if (!error && !fs_is_mounted())
		error = fs_mount();
	return error ? error : renew(bench);
}

static int run_text(struct bench *bench, const struct operation *operation)
{
	char path[PATH_SIZE];
	static char text[65536];

	if (!strcmp(operation->file, "caps"))
		strcpy(path, MOUNT "/caps");
	else
		vcpu_path(path, bench->vcpu.number, operation->file);
	if (operation->text)
		return write_file(path, O_NONBLOCK, operation->text);
	return read_file(path, text, sizeof(text));
}

/* Besides what is done to each file, and each command */
static const struct operation table[] = {
	{ "clone", NULL, NULL, NULL, run_clone, close_other },
	{ "map, empty", "map", "rwx wb 0 0x1000 " SEGMENT " 0\n", clear_map,
	  NULL, NULL },
	{ "map, far", NULL, NULL, clear_map, run_far, clear_map },
	{ "segment, create", NULL, NULL, NULL, run_create, remove_created },
	{ "segment, truncate", NULL, NULL, open_segment, run_truncate,
	  remove_created },
	{ "segment, write", NULL, NULL, open_segment, run_write,
	  remove_created },
	{ "segment, touch", NULL, NULL, open_segment, run_touch,
	  remove_created },
	{ "cancel", "ctl", "irq\n", NULL, NULL, NULL },
	{ "report none", "ctl", "report\n", NULL, NULL, NULL },
	{ "quit", NULL, NULL, run_clone, run_quit, close_other },
	{ "mount", NULL, NULL, unmount, run_mount, repair },
	{ "insmod", NULL, NULL, remove_module, run_insmod, repair },
};

#define ARGUMENT_REGISTERS	" pc=0;"
#define ARGUMENT_EVENT		" #gp,0"
#define ARGUMENT_BITMAP		" 2"
#define ARGUMENT_EXITS		" extirq"
#define ARGUMENT_CPUS	" 0"
#define ARGUMENT_NONE

static const char *const commands[] = {
#define VMXFS_COMMAND(name, min, max, argument) #name ARGUMENT_##argument "\nstop\n",
#include "vmxfs_commands.h"
};

/* ---- how they fail ---- */

/* Returns whether the allocation number nth failed; result: the call's. */
static bool inject(struct bench *bench, const struct operation *operation,
		   int nth, int *result)
{
	char text[16];
	int n = snprintf(text, sizeof(text), "%d", nth);

	if (pwrite(bench->nth, text, n, 0) != n)
		return false;
	*result = operation->run ? operation->run(bench)
				 : run_text(bench, operation);
	n = pread(bench->nth, text, sizeof(text) - 1, 0);
	text[n > 0 ? n : 0] = '\0';
	if (pwrite(bench->nth, "0", 1, 0) != 1)
		return false;
	return atoi(text) == 0;
}

/* Refusals that need no allocation: what is written is not for this guest. */
static bool refused_anyway(const struct operation *operation, int result)
{
	return operation->text && (result == -EPERM || result == -EAGAIN ||
				   result == -EBUSY || result == -EINVAL ||
				   result == -ENOENT || result == -EIO);
}

static void try(struct bench *bench, const struct operation *operation)
{
	bool failed = true;

	for (int nth = 1; failed && nth <= MOST; nth++) {
		int result = 0;
		int error = operation->before ? operation->before(bench) : 0;

		if (error) {
			report_fail(bench->report, "before %s, %d: %s",
				    operation->name, nth, strerror(-error));
			return;
		}
		failed = inject(bench, operation, nth, &result);
		bench->injected += failed;
		/* A short write: what was before the failure is done. */
		if (failed && (result == -ENOMEM || result == -EMSGSIZE))
			bench->refused++;
		else if (result < 0 && !refused_anyway(operation, result))
			report_fail(bench->report, "%s, %d: %s",
				    operation->name, nth, strerror(-result));
		error = operation->after ? operation->after(bench) : 0;
		if (error)
			report_fail(bench->report, "after %s, %d: %s",
				    operation->name, nth, strerror(-error));
	}
	if (failed)
		report_fail(bench->report, "%s: more than %d allocations",
			    operation->name, MOST);
}

static int renew(struct bench *bench)
{
	int error;

	vcpu_close(&bench->vcpu);
	error = guest_vcpu(&bench->vcpu, O_RDWR);
	if (!error)
		error = guest_segment(SEGMENT);
	return error ? error : guest_map(&bench->vcpu, SEGMENT);
}

/* Of a vCPU that is as it is at first. */
static void try_new(struct bench *bench, const struct operation *operation)
{
	int error = renew(bench);

	if (error)
		report_fail(bench->report, "a vCPU for %s: %s",
			    operation->name, strerror(-error));
	else
		try(bench, operation);
}

static void try_file(struct bench *bench, const char *name, const char *text)
{
	char what[80];
	const struct operation operation = {
		.name = what, .file = name, .text = text,
	};

	snprintf(what, sizeof(what), "%s %s", text ? "write" : "read", name);
	try_new(bench, &operation);
}

/* Nobody waits for wait, and segments have operations of their own. */
static void try_files(struct bench *bench)
{
	char line[80];

	for (size_t i = 0; i < files_count; i++) {
		const struct format *format = files[i].format;

		if (!strcmp(files[i].name, "wait") ||
		    (files[i].path && format->bytes))
			continue;
		try_file(bench, files[i].name, NULL);
		snprintf(line, sizeof(line), "%s%s", format->example,
			 *format->example ? "\n" : "");
		if (format->line)
			try_file(bench, files[i].name, line);
	}
}

/* Quit has an operation of its own, and unsafe is never written. */
static void try_commands(struct bench *bench)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (strncmp(commands[i], "quit", 4) &&
		    strncmp(commands[i], "unsafe", 6))
			try_file(bench, "ctl", commands[i]);
}

static void try_all(struct bench *bench)
{
	try_files(bench);
	try_commands(bench);
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		try_new(bench, &table[i]);
	vcpu_close(&bench->vcpu);
	segment_remove(BY_PATH, SEGMENT);
}

static void write_settings(struct report *report)
{
	for (size_t i = 0; i < sizeof(settings) / sizeof(*settings); i++) {
		int error = write_file(settings[i].path, 0, settings[i].value);

		if (error)
			report_note(report, "%s: %s", settings[i].path,
				    strerror(-error));
	}
}

/* One line for each page, a gigabyte apart: each has tables of its own. */
static void write_far(struct bench *bench)
{
	size_t at = 0;

	for (unsigned long i = 0; i < FAR_PAGES; i++)
		at += snprintf(bench->far + at, sizeof(bench->far) - at,
			       "rwx wb %#lx %#lx " SEGMENT " 0\n", i << 30,
			       (i << 30) + 0x1000);
}

void phase_alloc_failures(struct report *report, const struct options *options)
{
	static struct bench bench;
	static struct usage before;
	unsigned long made;

	bench = (struct bench){
		.report = report,
		.options = options,
		.vcpu = NO_VCPU,
		.other = NO_VCPU,
		.fd = -1,
		.nth = open(FAIL_NTH, O_RDWR | O_CLOEXEC),
	};
	if (bench.nth < 0) {
		report_skip(report, "%s: %s", FAIL_NTH, strerror(errno));
		return;
	}
	write_settings(report);
	write_far(&bench);
	usage_measure(&before);
	made = vcpus_made;
	try_all(&bench);
	close(bench.nth);
	report_note(report, "%lu allocations failed, and %lu calls with them",
		    bench.injected, bench.refused);
	if (!bench.injected)
		report_fail(report, "no allocation failed");
	usage_compare(report, &before, vcpus_made - made + bench.injected);
	kmemleak_check(report);
}
