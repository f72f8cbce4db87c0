// SPDX-License-Identifier: GPL-2.0
/* A vCPU that a program runs is still a folder of files, and they take turns. */
#include "target.h"

#include <fcntl.h>
#include <unistd.h>

static int open_file(const struct vmx_vcpu *vcpu, const char *name, int flags)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/sys/fs/vmx/%u/%s", vcpu->id, name);
	fd = open(path, flags);
	EXPECT(fd >= 0, "%s: %s", path, strerror(errno));
	return fd;
}

static void put(const struct vmx_vcpu *vcpu, const char *name, const char *text)
{
	int fd = open_file(vcpu, name, O_WRONLY);
	ssize_t n = write(fd, text, strlen(text));

	EXPECT(n == (ssize_t)strlen(text), "%s: %s: %s", name, text, strerror(errno));
	close(fd);
}

static char *read_file(const struct vmx_vcpu *vcpu, const char *name)
{
	static char text[16384];
	int fd = open_file(vcpu, name, O_RDONLY);
	ssize_t n = read(fd, text, sizeof(text) - 1);

	EXPECT(n >= 0, "%s: %s", name, strerror(errno));
	text[n] = '\0';
	close(fd);
	return text;
}

#define SAYS(vcpu, name, text) \
	EXPECT(strstr(read_file(vcpu, name), text), "%s is not in %s: %.80s", text, name, \
	       read_file(vcpu, name))

/* inc eax; hlt; jmp to the first */
#define COUNTER	0x40, 0xf4, 0xeb, 0xfc

static void test_turns(void)
{
	struct vmx_vcpu *vcpu;
	unsigned int i;
	char text[64];
	void *ram;

	vcpu = GUEST(&ram, COUNTER);
	for (i = 0; i < 100; i += 2) {
		OK(vmx_vcpu_run(vcpu));
		EQUAL(vcpu->exit->reason, VMX_VCPU_EXIT_HALTED);
		OK(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_GPRS));
		EQUAL(vcpu->state->gprs[VMX_X64_GPR_RAX], 2 * i + 1);
		EQUAL(vcpu->state->gprs[VMX_X64_GPR_RIP], 2);
		snprintf(text, sizeof(text), "\nax 0x%016x\n", 2 * i + 1);
		SAYS(vcpu, "regs", text);
		/* Without a program, the HLT itself is still to be done. */
		put(vcpu, "ctl", "go\n");
		SAYS(vcpu, "wait", ".hlt 0x0 pc 0x1 ");
		snprintf(text, sizeof(text), "ax %u\npc 2\n", 2 * i + 4);
		put(vcpu, "regs", text);
		OK(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_GPRS));
		EQUAL(vcpu->state->gprs[VMX_X64_GPR_RAX], 2 * i + 4);
		EQUAL(vcpu->state->gprs[VMX_X64_GPR_RIP], 2);
	}
	end(vcpu);
}

/* While the guest is run by text, a program has to wait; it can stop it there. */
static void test_busy(void)
{
	struct vmx_vcpu *vcpu;
	void *ram;

	vcpu = GUEST(&ram, 0xeb, 0xfe);
	put(vcpu, "ctl", "go\n");
	SAYS(vcpu, "status", "running");
	FAILS(EBUSY, vmx_vcpu_run(vcpu));
	put(vcpu, "ctl", "stop\n");
	SAYS(vcpu, "status", "ready");
	OK(vmx_vcpu_stop(vcpu));
	OK(vmx_vcpu_run(vcpu));
	EQUAL(vcpu->exit->reason, VMX_VCPU_EXIT_NONE);
	end(vcpu);
}

static void test_quit(void)
{
	struct vmx_vcpu *vcpu;
	void *ram;

	vcpu = GUEST(&ram, 0xf4);
	put(vcpu, "ctl", "quit\n");
	FAILS(ENODEV, vmx_vcpu_run(vcpu));
	FAILS(ENODEV, vmx_vcpu_setstate(vcpu, VMX_X64_STATE_ALL));
	end(vcpu);
}

const struct point file_points[] = {
	{ "files/turns", test_turns },
	{ "files/busy", test_busy },
	{ "files/quit", test_quit },
	{ }
};
