// SPDX-License-Identifier: GPL-2.0
/* What is refused, and how. */
#include "target.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

#define CLONE	"/sys/fs/vmx/clone"

static int open_clone(void)
{
	int fd = open(CLONE, O_RDWR);

	EXPECT(fd >= 0, CLONE ": %s", strerror(errno));
	return fd;
}

/* The ioctls themselves, before there is a library */
static void test_abi(void)
{
	struct vmxfs_attach attach = { .version = VMXFS_ABI_VERSION + 1 };
	int fd = open_clone();

	FAILS(ENXIO, ioctl(fd, VMXFS_IOC_RUN, 0));
	FAILS(ENXIO, ioctl(fd, VMXFS_IOC_STOP, 0));
	FAILS(ENXIO, mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED ? -1 : 0);
	FAILS(EPROTO, ioctl(fd, VMXFS_IOC_ATTACH, &attach));
	EQUAL(attach.version, VMXFS_ABI_VERSION);
	FAILS(ENXIO, ioctl(fd, VMXFS_IOC_RUN, 0));
	FAILS(EFAULT, ioctl(fd, VMXFS_IOC_ATTACH, 8));
	OK(ioctl(fd, VMXFS_IOC_ATTACH, &attach));
	EQUAL(attach.page_size, sizeof(struct vmxfs_page));
	FAILS(ENOTTY, ioctl(fd, _IO(VMXFS_IOC, 99), 0));
	FAILS(EINVAL, ioctl(fd, VMXFS_IOC_GETSTATE, VMX_X64_STATE_ALL + 1));
	FAILS(EINVAL, ioctl(fd, VMXFS_IOC_SETSTATE, VMX_X64_STATE_ALL + 1));
	FAILS(EINVAL, ioctl(fd, VMXFS_IOC_TPR, 2));
	FAILS(EFAULT, ioctl(fd, VMXFS_IOC_MAP, 8));
	FAILS(EFAULT, ioctl(fd, VMXFS_IOC_UNMAP, 8));
	FAILS(EFAULT, ioctl(fd, VMXFS_IOC_CPUID, 8));
	FAILS(EINVAL, mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0) == MAP_FAILED ? -1 : 0);
	FAILS(EINVAL, mmap(NULL, 8192, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED ? -1 : 0);
	close(fd);
}

static void test_capability(void)
{
	struct vmx_capability capability;

	OK(vmx_capability(&capability));
	EQUAL(capability.version, VMXFS_ABI_VERSION);
	EQUAL(capability.conf_support, 7);
	EXPECT(capability.xcr0_mask & 1, "XCR0 %#lx", capability.xcr0_mask);
	EXPECT(capability.mxcsr_mask & 0xffbf, "MXCSR %#x", capability.mxcsr_mask);
}

static const struct {
	uint32_t group;
	uint16_t offset;
	uint64_t value;
	const char *name;
} bad_values[] = {
#define BAD(group, array, index, value) \
	{ VMX_X64_STATE_##group, offsetof(struct vmx_x64_state, array) + (index) * 8, value, \
	  #index " " #value }
	BAD(CRS, crs, VMX_X64_CR_CR0, 1ull << 32),
	BAD(CRS, crs, VMX_X64_CR_CR4, 1ull << 63),
	BAD(CRS, crs, VMX_X64_CR_CR8, 16),
	BAD(CRS, crs, VMX_X64_CR_XCR0, 0),
	BAD(CRS, crs, VMX_X64_CR_XCR0, 5),
	BAD(DRS, drs, VMX_X64_DR_DR6, 1ull << 32),
	BAD(DRS, drs, VMX_X64_DR_DR7, 1ull << 32),
	BAD(MSRS, msrs, VMX_X64_MSR_EFER, 2),
	BAD(MSRS, msrs, VMX_X64_MSR_LSTAR, 1ull << 63),
	BAD(MSRS, msrs, VMX_X64_MSR_KERNELGSBASE, 1ull << 47),
	BAD(MSRS, msrs, VMX_X64_MSR_SFMASK, 1ull << 32),
	BAD(MSRS, msrs, VMX_X64_MSR_PAT, 2),
	{ VMX_X64_STATE_INTR, offsetof(struct vmx_x64_state, intr), 3, "both interrupt shadows" },
	{ VMX_X64_STATE_INTR, offsetof(struct vmx_x64_state, intr), 2 << 8, "nmi_blocked 2" },
	{ VMX_X64_STATE_FPU, offsetof(struct vmx_x64_state, fpu) + 24, 1 << 16, "MXCSR bit 16" },
};

/* None of the groups changes if a value of one can't be. */
static void test_state(void)
{
	struct vmx_x64_state before;
	struct vmx_vcpu *vcpu;
	unsigned int i;
	void *ram;

	vcpu = GUEST(&ram, 0xf4);
	for (i = 0; i < COUNT(bad_values); i++) {
		OK(vmx_vcpu_setstate(vcpu, VMX_X64_STATE_DRS | VMX_X64_STATE_GPRS));
		OK(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_ALL));
		before = *vcpu->state;
		vcpu->state->drs[VMX_X64_DR_DR0]++;
		memcpy((char *)vcpu->state + bad_values[i].offset, &bad_values[i].value, 8);
		errno = 0;
		EXPECT(vmx_vcpu_setstate(vcpu, bad_values[i].group | VMX_X64_STATE_DRS) == -1 &&
		       errno == EINVAL, "%s: %s", bad_values[i].name, strerror(errno));
		*vcpu->state = before;
		OK(vmx_vcpu_setstate(vcpu, VMX_X64_STATE_GPRS | VMX_X64_STATE_INTR));
		OK(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_ALL));
		before.msrs[VMX_X64_MSR_TSC] = vcpu->state->msrs[VMX_X64_MSR_TSC];
		EXPECT(!memcmp(vcpu->state, &before, sizeof(before)), "%s: something changed",
		       bad_values[i].name);
	}
	FAILS(EINVAL, vmx_vcpu_getstate(vcpu, 0x80));
	FAILS(EINVAL, vmx_vcpu_setstate(vcpu, 0x80));
	end(vcpu);
}

static void test_map(void)
{
	struct vmx_machine *machine;
	struct vmx_vcpu *vcpu;
	char *more = memory(0x3000);
	void *ram, *hva;
	uint64_t gpa;

	vcpu = GUEST(&ram, 0xf4);
	machine = vmx_vcpu_machine(vcpu);
	FAILS(EINVAL, vmx_gpa_map(machine, more, 1, 4096, RWX));
	FAILS(EINVAL, vmx_gpa_map(machine, more, 1ull << 48, 4096, RWX));
	FAILS(EINVAL, vmx_gpa_map(machine, more, 0, 4096, 8));
	OK(munmap(more + 0x1000, 0x1000));
	FAILS(EFAULT, vmx_gpa_map(machine, more + 0x1000, 0x100000, 4096, RWX));
	FAILS(EFAULT, vmx_gpa_map(machine, more, 0x100000, 0x3000, RWX));
	/* beyond what a process can have; the last of these wraps */
	FAILS(EFAULT, vmx_gpa_map(machine, (void *)0x7fffffffe000, 0x100000, 0x2000, RWX));
	FAILS(EFAULT, vmx_gpa_map(machine, (void *)0xffff888000000000, 0x100000, 0x1000, RWX));
	FAILS(EFAULT, vmx_gpa_map(machine, (void *)0xfffffffffffff000, 0x100000, 0x2000, RWX));
	OK(mprotect(more, 0x1000, PROT_READ));
	FAILS(EFAULT, vmx_gpa_map(machine, more, 0x100000, 4096, RWX));
	FAILS(ENOENT, vmx_gpa_to_hva(machine, 0x100000, &hva, NULL));
	OK(vmx_gpa_map(machine, more, 0x100000, 4096, VMX_PROT_READ));
	OK(vmx_gpa_to_hva(machine, 0x100000, &hva, NULL));
	EXPECT(hva == more, "%p", hva);
	OK(vmx_gva_to_gpa(vcpu, 0x100000, &gpa, NULL));
	FAILS(EFAULT, vmx_gva_to_gpa(vcpu, 1ull << 32, &gpa, NULL));
	FAILS(EBUSY, vmx_machine_destroy(machine));
	end(vcpu);
}

static void test_configure(void)
{
	struct vmx_cpuid leaf = { .flags = 8 };
	struct vmx_vcpu_conf_cpuid conf = { 1, &leaf };
	struct vmx_vcpu *vcpu;
	void *ram;

	vcpu = GUEST(&ram, 0xf4);
	FAILS(EINVAL, vmx_vcpu_configure(vcpu, VMX_VCPU_CONF_CPUID, &conf));
	conf.count = VMX_CPUID_MAX + 1;
	FAILS(EINVAL, vmx_vcpu_configure(vcpu, VMX_VCPU_CONF_CPUID, &conf));
	conf = (struct vmx_vcpu_conf_cpuid){ 1, (void *)8 };
	FAILS(EFAULT, vmx_vcpu_configure(vcpu, VMX_VCPU_CONF_CPUID, &conf));
	FAILS(EINVAL, vmx_vcpu_configure(vcpu, 99, &conf));
	FAILS(EINVAL, vmx_assist_io(vcpu));
	FAILS(EINVAL, vmx_assist_mem(vcpu));
	end(vcpu);
}

/* What the guest can't take waits. */
static void test_inject(void)
{
	struct vmx_vcpu *vcpu;
	void *ram;

	vcpu = GUEST(&ram, 0xf4);
	*vcpu->event = (struct vmx_vcpu_event){ .type = VMX_VCPU_EVENT_EXCP, .vector = 32 };
	FAILS(EINVAL, vmx_vcpu_inject(vcpu));
	*vcpu->event = (struct vmx_vcpu_event){ .type = VMX_VCPU_EVENT_INTR, .vector = 32 };
	OK(vmx_vcpu_inject(vcpu));
	FAILS(EAGAIN, vmx_vcpu_inject(vcpu));
	OK(vmx_vcpu_run(vcpu));
	EQUAL(vcpu->exit->reason, VMX_VCPU_EXIT_HALTED);
	EQUAL(vcpu->exit->exitstate.int_held, 1);
	FAILS(EAGAIN, vmx_vcpu_inject(vcpu));
	end(vcpu);
}

/* ---- two threads ---- */

static void *runner(void *vcpu)
{
	return (void *)(intptr_t)(vmx_vcpu_run(vcpu) ? errno : 0);
}

/* Until the guest has begun: it counts. */
static void wait_for(const volatile uint32_t *counter)
{
	uint32_t before = *counter;

	while (*counter == before)
		sched_yield();
}

#define SPIN	0xff, 0x05, 0x00, 0x80, 0x00, 0x00, 0xeb, 0xf8	/* inc dword [0x8000]; jmp */

static void test_busy(void)
{
	struct vmx_vcpu *vcpu;
	pthread_t thread;
	void *ram, *result;

	vcpu = GUEST(&ram, SPIN);
	OK(pthread_create(&thread, NULL, runner, vcpu));
	wait_for((uint32_t *)((char *)ram + 0x8000));
	FAILS(EBUSY, vmx_vcpu_run(vcpu));
	FAILS(EBUSY, vmx_vcpu_destroy(vcpu));
	OK(vmx_vcpu_stop(vcpu));
	OK(pthread_join(thread, &result));
	EQUAL((intptr_t)result, 0);
	EQUAL(vcpu->exit->reason, VMX_VCPU_EXIT_NONE);
	end(vcpu);
}

static void nothing(int signal)
{
	(void)signal;
}

static void test_signal(void)
{
	struct sigaction action = { .sa_handler = nothing };
	struct itimerval soon = { .it_value.tv_usec = 1000, .it_interval.tv_usec = 1000 };
	struct itimerval never = { };
	struct vmx_vcpu *vcpu;
	void *ram;

	vcpu = GUEST(&ram, SPIN);
	OK(sigaction(SIGALRM, &action, NULL));
	OK(setitimer(ITIMER_REAL, &soon, NULL));
	FAILS(EINTR, vmx_vcpu_run(vcpu));
	OK(setitimer(ITIMER_REAL, &never, NULL));
	/* It goes on from there. */
	OK(vmx_vcpu_stop(vcpu));
	OK(vmx_vcpu_run(vcpu));
	EQUAL(vcpu->exit->reason, VMX_VCPU_EXIT_NONE);
	end(vcpu);
}

static struct vmx_vcpu *stopped;

static void stop(int signal)
{
	(void)signal;
	vmx_vcpu_stop(stopped);
}

static void test_stop_by_signal(void)
{
	struct sigaction action = { .sa_handler = stop, .sa_flags = SA_RESTART };
	struct itimerval soon = { .it_value.tv_usec = 1000 };
	void *ram;

	stopped = GUEST(&ram, SPIN);
	OK(sigaction(SIGALRM, &action, NULL));
	OK(setitimer(ITIMER_REAL, &soon, NULL));
	while (vmx_vcpu_run(stopped))
		EXPECT(errno == EINTR, "%s", strerror(errno));
	EQUAL(stopped->exit->reason, VMX_VCPU_EXIT_NONE);
	end(stopped);
}

const struct point error_points[] = {
	{ "errors/abi", test_abi },
	{ "errors/capability", test_capability },
	{ "errors/state", test_state },
	{ "errors/map", test_map },
	{ "errors/configure", test_configure },
	{ "errors/inject", test_inject },
	{ "errors/busy", test_busy },
	{ "errors/signal", test_signal },
	{ "errors/stop-by-signal", test_stop_by_signal },
	{ }
};
