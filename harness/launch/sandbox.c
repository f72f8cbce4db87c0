// SPDX-License-Identifier: GPL-2.0
#include "sandbox.h"

#include <err.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <seccomp.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "vmxfs_abi.h"

void sandbox_give_up_rights(const char *user, const char *root)
{
	const struct passwd *passwd = user ? getpwnam(user) : NULL;

	if (user && !passwd)
		errx(1, "--user %s: there is no such user", user);
	if (root && (chroot(root) || chdir("/")))
		err(1, "--root %s", root);
	if (passwd && (setgroups(0, NULL) || setresgid(passwd->pw_gid, passwd->pw_gid, passwd->pw_gid) ||
		       setresuid(passwd->pw_uid, passwd->pw_uid, passwd->pw_uid)))
		err(1, "--user %s", user);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		err(1, "no new privileges");
}

/* Who needs them */
static const int allowed[] = {
	/* the devices' files */
	SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(readv), SCMP_SYS(writev), SCMP_SYS(preadv),
	SCMP_SYS(pwritev), SCMP_SYS(pwrite64), SCMP_SYS(fdatasync), SCMP_SYS(fallocate),
	SCMP_SYS(getrandom),
	/* loop.c, timer.c, monitor.c */
	SCMP_SYS(poll), SCMP_SYS(timerfd_settime), SCMP_SYS(clock_gettime), SCMP_SYS(accept4),
	SCMP_SYS(sendto), SCMP_SYS(close),
	/* threads, memory for the C library, the end */
	SCMP_SYS(futex), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(madvise),
	SCMP_SYS(munmap), SCMP_SYS(brk), SCMP_SYS(newfstatat), SCMP_SYS(exit), SCMP_SYS(exit_group),
	SCMP_SYS(restart_syscall),
};

/* With these commands only: vmxfs's, and the terminal's at the end */
static const unsigned long ioctls[] = {
	VMXFS_IOC_RUN, VMXFS_IOC_STOP, VMXFS_IOC_GETSTATE, VMXFS_IOC_SETSTATE, TCGETS, TCSETS,
};

/* Without PROT_EXEC only */
static const int memory[] = { SCMP_SYS(mmap), SCMP_SYS(mprotect) };

/* Any other system call ends the process. */
void sandbox_give_up_system_calls(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	size_t i;
	int error = filter ? 0 : -ENOMEM;

	if (!error)
		error = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
	for (i = 0; !error && i < sizeof(allowed) / sizeof(*allowed); i++)
		error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
	for (i = 0; !error && i < sizeof(ioctls) / sizeof(*ioctls); i++)
		error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
					 SCMP_A1(SCMP_CMP_EQ, ioctls[i]));
	for (i = 0; !error && i < sizeof(memory) / sizeof(*memory); i++)
		error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, memory[i], 1,
					 SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	if (!error)
		error = seccomp_load(filter);
	if (error) {
		errno = -error;
		err(1, "seccomp");
	}
	seccomp_release(filter);
}
