// SPDX-License-Identifier: GPL-2.0
/*
 * The file system and the module go and come; not while they are in use.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guests.h"
#include "leak.h"
#include "module.h"
#include "report.h"
#include "segment.h"
#include "stress.h"
#include "vcpu.h"

#define ROUNDS 10
#define SEGMENT "mounts"

/* Fails unless the call gave this: 0 or a negative errno. */
#define EXPECT(report, expected, call) \
	expect((report), (expected), (call), #call)

static void expect(struct report *report, int expected, int got,
		   const char *call)
{
	/* delete_module(2) says EWOULDBLOCK for what is in use. */
	if (expected == -EBUSY && got == -EWOULDBLOCK &&
	    !strncmp(call, "module_remove", 13))
		return;
	if (got != expected)
		report_fail(report, "%s: %s instead of %s", call,
			    strerror(-got), strerror(-expected));
}

static int begin(struct vcpu *vcpu, int flags, const struct guest *guest)
{
	int error = guest_vcpu(vcpu, flags);

	if (!error)
		error = guest_segment(SEGMENT);
	if (!error)
		error = guest_map(vcpu, SEGMENT);
	if (!error)
		error = guest_go(vcpu, guest);
	return error;
}

static void check_works(struct report *report)
{
	struct vcpu vcpu;
	char line[256] = "";

	EXPECT(report, 0, begin(&vcpu, O_RDWR, guest_hlt));
	EXPECT(report, 0, guest_check_wait(&vcpu, guest_hlt, line, sizeof(line)));
	vcpu_close(&vcpu);
}

/* A guest runs, and its ctl is open. */
static void in_use(struct report *report, const struct options *options)
{
	struct vcpu vcpu;

	EXPECT(report, 0, begin(&vcpu, O_RDWR, guest_loop));
	EXPECT(report, -EBUSY, fs_unmount(0));
	EXPECT(report, -EBUSY, module_remove(options->module));
	vcpu_close(&vcpu);
	EXPECT(report, -EBUSY, module_remove(options->module));
}

/* It is gone for those who look, and goes on for those who are in. */
static void detached(struct report *report, const struct options *options)
{
	struct vcpu vcpu;
	char text[16];

	EXPECT(report, 0, begin(&vcpu, O_RDWR, guest_loop));
	EXPECT(report, 0, fs_unmount(MNT_DETACH));
	EXPECT(report, -EBUSY, module_remove(options->module));
	EXPECT(report, 0, write_text(vcpu.ctl, "stop\n"));
	EXPECT(report, 0, write_text(vcpu.ctl, "go\n"));
	if (pread(vcpu.ctl, text, sizeof(text), 0) <= 0)
		report_fail(report, "ctl, unmounted: %s", strerror(errno));
	EXPECT(report, 0, write_text(vcpu.ctl, "quit\n"));
	EXPECT(report, -ENODEV, write_text(vcpu.ctl, "go\n"));
	vcpu_close(&vcpu);
	EXPECT(report, 0, fs_mount());
}

/* Mounted again while the old one has an open file: the same file system. */
static void detached_and_mounted(struct report *report,
				 const struct options *options)
{
	struct vcpu vcpu;

	(void)options;
	EXPECT(report, 0, begin(&vcpu, O_RDWR, guest_loop));
	EXPECT(report, 0, fs_unmount(MNT_DETACH));
	EXPECT(report, 0, fs_mount());
	EXPECT(report, 0, vcpu_write(&vcpu, "ctl", "stop\n"));
	EXPECT(report, 0, write_text(vcpu.ctl, "go\n"));
	vcpu_close(&vcpu);
	EXPECT(report, 0, fs_unmount(0));
	EXPECT(report, 0, fs_mount());
}

/* Unmounting ends guests that nobody holds. */
static void ended(struct report *report, const struct options *options)
{
	struct vcpu vcpu;
	int threads = count_threads();

	(void)options;
	EXPECT(report, 0, begin(&vcpu, O_RDONLY, guest_loop));
	vcpu_close(&vcpu);
	EXPECT(report, threads + 1, count_threads());
	EXPECT(report, 0, fs_unmount(0));
	EXPECT(report, 0, count_threads());
	EXPECT(report, 0, fs_mount());
}

static void reloaded(struct report *report, const struct options *options)
{
	EXPECT(report, 0, fs_unmount(0));
	EXPECT(report, 0, module_remove(options->module));
	EXPECT(report, false, module_is_loaded());
	/* Where it is mounted goes with the module. */
	EXPECT(report, -ENOENT, fs_mount());
	EXPECT(report, 0, module_load(options->module, ""));
	EXPECT(report, -EEXIST, module_load(options->module, ""));
	EXPECT(report, 0, fs_mount());
}

/* As root of a namespace of its own, which is nobody here. */
static int mount_in_namespace(void)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
			_exit(errno);
		_exit(mount("vmxfs", "/tmp", "vmxfs", 0, NULL) < 0 ? errno : 0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || !WIFEXITED(status))
		return -ECHILD;
	return -WEXITSTATUS(status);
}

static void in_namespace(struct report *report, const struct options *options)
{
	int error;

	(void)options;
	if (access("/proc/self/ns/user", F_OK)) {
		report_note(report, "this kernel has no user namespaces");
		return;
	}
	error = mount_in_namespace();
	EXPECT(report, -EPERM, error);
}

static void (*const steps[])(struct report *, const struct options *) = {
	in_use, detached, detached_and_mounted, ended, reloaded, in_namespace,
};

#define STEPS (sizeof(steps) / sizeof(*steps))

/* What comes next finds it mounted, whatever went wrong. */
static void repair(const struct options *options)
{
	if (!module_is_loaded())
		module_load(options->module, "");
	if (!fs_is_mounted())
		fs_mount();
}

void phase_mounts(struct report *report, const struct options *options)
{
	for (unsigned int i = 0; i < ROUNDS; i++) {
		for (unsigned int k = 0; k < STEPS; k++) {
			steps[k](report, options);
			check_works(report);
		}
		if (report->failures)
			break;
	}
	repair(options);
	segment_remove(BY_PATH, SEGMENT);
	report_note(report, "%d rounds", ROUNDS);
}
