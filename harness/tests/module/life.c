// SPDX-License-Identifier: GPL-2.0
/*
 * life: what the tests of the module's life do on the target beyond a shell's
 * means.
 *
 *	life createvm [COMMAND]		let KVM create a virtual machine; run
 *					COMMAND while it is there
 *	life kexec KERNEL INITRD LINE	go to another kernel
 *	life panic KERNEL INITRD LINE	panic, for which that kernel is kept ready
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/kexec.h>
#include <linux/kvm.h>
#include <linux/reboot.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <unistd.h>

static int fail(const char *what)
{
	printf("%s: %s\n", what, strerror(errno));
	return 1;
}

static int open_or_die(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);

	if (fd < 0)
		exit(fail(path));
	return fd;
}

static int create_vm(const char *command)
{
	int kvm = open_or_die("/dev/kvm", O_RDWR);

	if (ioctl(kvm, KVM_CREATE_VM, 0) < 0)
		return fail("KVM_CREATE_VM");
	puts("KVM_CREATE_VM: a virtual machine");
	fflush(stdout);
	return command && system(command) ? 1 : 0;
}

static int load(char **kernel, unsigned long flags)
{
	const char *line = kernel[2];

	if (syscall(SYS_kexec_file_load, open_or_die(kernel[0], O_RDONLY),
		    open_or_die(kernel[1], O_RDONLY), strlen(line) + 1, line, flags))
		return fail("kexec_file_load");
	return 0;
}

static int go_to(char **kernel)
{
	if (load(kernel, 0))
		return 1;
	reboot(LINUX_REBOOT_CMD_KEXEC);
	return fail("reboot");
}

static int crash(char **kernel)
{
	int trigger = open_or_die("/proc/sysrq-trigger", O_WRONLY);

	if (load(kernel, KEXEC_FILE_ON_CRASH))
		return 1;
	if (write(trigger, "c", 1) < 0)
		return fail("/proc/sysrq-trigger");
	return 1;
}

int main(int argc, char **argv)
{
	if (argc >= 2 && strcmp(argv[1], "createvm") == 0)
		return create_vm(argv[2]);
	if (argc == 5 && strcmp(argv[1], "kexec") == 0)
		return go_to(argv + 2);
	if (argc == 5 && strcmp(argv[1], "panic") == 0)
		return crash(argv + 2);
	fputs("usage: life createvm [COMMAND] | kexec|panic KERNEL INITRD LINE\n", stderr);
	return 2;
}
