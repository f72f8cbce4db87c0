// SPDX-License-Identifier: GPL-2.0
/* A vCPU: what costs a system call and what does not, and what is refused. */
#include "fake.h"

#include <errno.h>

static void test_capability(void **state)
{
	struct vmx_capability cap;

	(void)state;
	assert_int_equal(vmx_capability(&cap), 0);
	assert_int_equal(cap.version, VMXFS_ABI_VERSION);
	assert_true(cap.max_vcpus >= 1);
	assert_int_equal(cap.xcr0_mask, 7);
	assert_int_equal(cap.mxcsr_mask, 0xffff);
	assert_int_equal(cap.conf_support, 7);
	assert_int_equal(fake.files, 0);
}

static void assert_not_created(int error)
{
	struct vmx_machine *machine;
	struct vmx_vcpu *vcpu;

	assert_int_equal(vmx_machine_create(&machine), 0);
	assert_fails(vmx_vcpu_create(machine, &vcpu), error);
	assert_int_equal(fake.files, 0);
	assert_int_equal(vmx_machine_destroy(machine), 0);
}

static void test_no_vmxfs(void **state)
{
	struct vmx_capability cap;

	(void)state;
	fake.open_error = ENOENT;
	assert_fails(vmx_capability(&cap), ENOENT);
	assert_not_created(ENOENT);
}

static void test_other_abi(void **state)
{
	struct vmx_capability cap;

	(void)state;
	fake.version = VMXFS_ABI_VERSION + 1;
	assert_fails(vmx_capability(&cap), EPROTO);
	assert_not_created(EPROTO);
	fake.version = VMXFS_ABI_VERSION;
	fake.page_size += 8;
	assert_fails(vmx_capability(&cap), EPROTO);
	assert_not_created(EPROTO);
	fake.page_size -= 8;
	fake.failing = VMXFS_IOC_ATTACH;
	fake.error = EPROTO;
	assert_not_created(EPROTO);
}

static void test_no_memory(void **state)
{
	struct vmx_machine *machine;
	struct vmx_vcpu *vcpu;
	static char memory[4096] __attribute__((aligned(4096)));

	(void)state;
	fake.map_error = ENOMEM;
	assert_not_created(ENOMEM);
	fake.map_error = 0;
	assert_int_equal(vmx_machine_create(&machine), 0);
	assert_int_equal(vmx_gpa_map(machine, memory, 0, 4096, VMX_PROT_READ), 0);
	fake.failing = VMXFS_IOC_MAP;
	fake.error = ENOMEM;
	assert_fails(vmx_vcpu_create(machine, &vcpu), ENOMEM);
	assert_int_equal(fake.files, 0);
	assert_int_equal(vmx_machine_destroy(machine), 0);
}

static void test_configure(void **state)
{
	struct vmx_vcpu *vcpu = fake_machine();
	struct vmx_cpuid leaf = { .leaf = 1 };
	struct vmx_vcpu_conf_cpuid cpuid = { 1, &leaf };
	struct vmx_vcpu_conf_tpr tpr = { true };

	(void)state;
	assert_int_equal(vmx_vcpu_configure(vcpu, VMX_VCPU_CONF_CPUID, &cpuid), 0);
	assert_int_equal(fake_of(vcpu)->cpuid.count, 1);
	assert_int_equal(fake_of(vcpu)->cpuid.entries, (uintptr_t)&leaf);
	cpuid.count = VMX_CPUID_MAX + 1;
	assert_fails(vmx_vcpu_configure(vcpu, VMX_VCPU_CONF_CPUID, &cpuid), EINVAL);
	cpuid.count = (1ull << 32) + 1;
	assert_fails(vmx_vcpu_configure(vcpu, VMX_VCPU_CONF_CPUID, &cpuid), EINVAL);
	assert_int_equal(fake_of(vcpu)->cpuid.count, 1);
	assert_int_equal(vmx_vcpu_configure(vcpu, VMX_VCPU_CONF_TPR, &tpr), 0);
	assert_int_equal(fake_of(vcpu)->tpr, 1);
	tpr.exit_changed = false;
	assert_int_equal(vmx_vcpu_configure(vcpu, VMX_VCPU_CONF_TPR, &tpr), 0);
	assert_int_equal(fake_of(vcpu)->tpr, 0);
	assert_fails(vmx_vcpu_configure(vcpu, VMX_VCPU_CONF_TPR + 1, &tpr), EINVAL);
	fake_end(vcpu);
}

static void guest_counts(struct fake_vcpu *vcpu)
{
	vcpu->page.exit.reason = VMX_VCPU_EXIT_HALTED;
	vcpu->state.gprs[VMX_X64_GPR_RIP]++;
	vcpu->state.crs[VMX_X64_CR_CR2]++;
}

/* General registers travel with run; what has been had is not asked for again. */
static void test_lazy(void **state)
{
	struct vmx_vcpu *vcpu = fake_machine();
	uint64_t *rip = (uint64_t *)&vcpu->state->gprs[VMX_X64_GPR_RIP];
	unsigned int before;

	(void)state;
	fake.run = guest_counts;
	before = fake.ioctls;
	*rip = 41;
	assert_int_equal(vmx_vcpu_setstate(vcpu, VMX_X64_STATE_GPRS), 0);
	assert_int_equal(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_GPRS), 0);
	assert_int_equal(*rip, 41);
	assert_int_equal(fake.ioctls, before);
	assert_int_equal(vmx_vcpu_run(vcpu), 0);
	assert_int_equal(vcpu->exit->reason, VMX_VCPU_EXIT_HALTED);
	assert_int_equal(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_GPRS), 0);
	assert_int_equal(*rip, 42);
	assert_int_equal(fake.ioctls, before + 1);
	assert_int_equal(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_GPRS | VMX_X64_STATE_CRS), 0);
	assert_int_equal(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_GPRS | VMX_X64_STATE_CRS), 0);
	assert_int_equal(fake.ioctls, before + 2);
	/* A run takes it once. */
	assert_int_equal(vmx_vcpu_run(vcpu), 0);
	assert_int_equal(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_ALL), 0);
	assert_int_equal(*rip, 43);
	assert_int_equal(vcpu->state->crs[VMX_X64_CR_CR2], 2);
	assert_int_equal(vmx_vcpu_getstate(vcpu, 0), 0);
	assert_int_equal(vmx_vcpu_setstate(vcpu, 0), 0);
	assert_int_equal(fake.ioctls, before + 4);
	fake_end(vcpu);
}

/* Other groups are set at once, for they can be refused, and are read again after that. */
static void test_setstate(void **state)
{
	struct vmx_vcpu *vcpu = fake_machine();
	struct fake_vcpu *kernel = fake_of(vcpu);

	(void)state;
	assert_int_equal(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_ALL), 0);
	vcpu->state->gprs[VMX_X64_GPR_RSP] = 7;
	vcpu->state->crs[VMX_X64_CR_CR3] = 0x3000;
	vcpu->state->msrs[VMX_X64_MSR_STAR] = 5;
	assert_int_equal(vmx_vcpu_setstate(vcpu, VMX_X64_STATE_GPRS), 0);
	assert_int_equal(vmx_vcpu_setstate(vcpu, VMX_X64_STATE_CRS), 0);
	assert_int_equal(kernel->state.crs[VMX_X64_CR_CR3], 0x3000);
	assert_int_equal(kernel->state.gprs[VMX_X64_GPR_RSP], 0);
	assert_int_equal(kernel->state.msrs[VMX_X64_MSR_STAR], 0);
	kernel->state.msrs[VMX_X64_MSR_EFER] = 0x500;
	assert_int_equal(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_ALL), 0);
	assert_int_equal(vcpu->state->msrs[VMX_X64_MSR_EFER], 0x500);
	assert_int_equal(vcpu->state->msrs[VMX_X64_MSR_STAR], 0);
	assert_int_equal(vcpu->state->gprs[VMX_X64_GPR_RSP], 7);

	/* The general registers among others go with them, and not again at the next run. */
	assert_int_equal(vmx_vcpu_setstate(vcpu, VMX_X64_STATE_ALL), 0);
	assert_int_equal(kernel->state.gprs[VMX_X64_GPR_RSP], 7);
	kernel->state.gprs[VMX_X64_GPR_RSP] = 8;
	assert_int_equal(vmx_vcpu_run(vcpu), 0);
	assert_int_equal(kernel->state.gprs[VMX_X64_GPR_RSP], 8);
	fake_end(vcpu);
}

/* What is refused changes nothing of what is to be committed. */
static void test_refused(void **state)
{
	struct vmx_vcpu *vcpu = fake_machine();

	(void)state;
	vcpu->state->gprs[VMX_X64_GPR_RSP] = 7;
	assert_int_equal(vmx_vcpu_setstate(vcpu, VMX_X64_STATE_GPRS), 0);
	fake.failing = VMXFS_IOC_SETSTATE;
	fake.error = EINVAL;
	assert_fails(vmx_vcpu_setstate(vcpu, VMX_X64_STATE_GPRS | VMX_X64_STATE_CRS), EINVAL);
	assert_int_equal(vmx_vcpu_run(vcpu), 0);
	assert_int_equal(fake_of(vcpu)->state.gprs[VMX_X64_GPR_RSP], 7);
	assert_fails(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_ALL + 1), EINVAL);
	assert_fails(vmx_vcpu_setstate(vcpu, VMX_X64_STATE_ALL + 1), EINVAL);
	assert_fails(vmx_vcpu_setstate(vcpu, 0x80000000 | VMX_X64_STATE_GPRS), EINVAL);
	fake.failing = VMXFS_IOC_GETSTATE;
	fake.error = ENODEV;
	assert_fails(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_ALL), ENODEV);
	fake_end(vcpu);
}

static const struct {
	struct vmx_vcpu_event event;
	int error;
} events[] = {
	{ { .type = VMX_VCPU_EVENT_INTR, .vector = 0 }, 0 },
	{ { .type = VMX_VCPU_EVENT_INTR, .vector = 255 }, 0 },
	{ { .type = VMX_VCPU_EVENT_INTR, .vector = 32, .error = 1 }, EINVAL },
	{ { .type = VMX_VCPU_EVENT_INTR, .vector = 32, .insn_length = 2 }, EINVAL },
	{ { .type = VMX_VCPU_EVENT_INTR, .vector = 32, .reserved = 1 }, EINVAL },
	{ { .type = VMX_VCPU_EVENT_NMI }, 0 },
	{ { .type = VMX_VCPU_EVENT_NMI, .vector = 2 }, 0 },
	{ { .type = VMX_VCPU_EVENT_NMI, .vector = 3 }, EINVAL },
	{ { .type = VMX_VCPU_EVENT_NMI, .error = 3 }, EINVAL },
	{ { .type = VMX_VCPU_EVENT_EXCP, .vector = 0 }, 0 },
	{ { .type = VMX_VCPU_EVENT_EXCP, .vector = 31 }, 0 },
	{ { .type = VMX_VCPU_EVENT_EXCP, .vector = 32 }, EINVAL },
	{ { .type = VMX_VCPU_EVENT_EXCP, .vector = 2 }, EINVAL },
	{ { .type = VMX_VCPU_EVENT_EXCP, .vector = 6, .error = 1 }, EINVAL },
	{ { .type = VMX_VCPU_EVENT_EXCP, .vector = 6, .insn_length = 1 }, EINVAL },
	{ { .type = VMX_VCPU_EVENT_EXCP, .vector = 14, .error = 0xffff }, 0 },
	{ { .type = VMX_VCPU_EVENT_EXCP, .vector = 14, .error = 0x10000 }, EINVAL },
	{ { .type = VMX_VCPU_EVENT_EXCP, .vector = 14, .insn_length = 1 }, EINVAL },
	{ { .type = VMX_VCPU_EVENT_EXCP, .vector = 8, .error = 1 }, 0 },
	{ { .type = VMX_VCPU_EVENT_EXCP, .vector = 21, .error = 1 }, 0 },
	{ { .type = VMX_VCPU_EVENT_EXCP, .vector = 3, .insn_length = 1 }, 0 },
	{ { .type = VMX_VCPU_EVENT_EXCP, .vector = 4, .insn_length = 15 }, 0 },
	{ { .type = VMX_VCPU_EVENT_EXCP, .vector = 4, .insn_length = 16 }, EINVAL },
	{ { .type = VMX_VCPU_EVENT_EXCP, .vector = 3 }, EINVAL },
	{ { .type = VMX_VCPU_EVENT_NONE }, EINVAL },
	{ { .type = VMX_VCPU_EVENT_EXCP + 1 }, EINVAL },
};

static void test_inject(void **state)
{
	struct vmx_vcpu *vcpu = fake_machine();
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(events); i++) {
		*vcpu->event = events[i].event;
		if (events[i].error) {
			assert_fails(vmx_vcpu_inject(vcpu), events[i].error);
			continue;
		}
		assert_int_equal(vmx_vcpu_inject(vcpu), 0);
		assert_fails(vmx_vcpu_inject(vcpu), EAGAIN);
		/* It is that of the call. */
		vcpu->event->vector++;
		assert_int_equal(vmx_vcpu_run(vcpu), 0);
		assert_memory_equal(&fake_of(vcpu)->event, &events[i].event,
				    sizeof(events[i].event));
	}
	assert_int_equal(vmx_vcpu_run(vcpu), 0);
	assert_int_equal(fake_of(vcpu)->event.type, VMX_VCPU_EVENT_NONE);
	fake_end(vcpu);
}

static void guest_is_interrupted(struct fake_vcpu *vcpu)
{
	vcpu->page.exit.exitstate.evt_pending = 1;
}

static void test_inject_pending(void **state)
{
	struct vmx_vcpu *vcpu = fake_machine();

	(void)state;
	fake.run = guest_is_interrupted;
	assert_int_equal(vmx_vcpu_run(vcpu), 0);
	*vcpu->event = (struct vmx_vcpu_event){ .type = VMX_VCPU_EVENT_EXCP, .vector = 6 };
	assert_fails(vmx_vcpu_inject(vcpu), EAGAIN);
	/* An interrupt waits, */
	*vcpu->event = (struct vmx_vcpu_event){ .type = VMX_VCPU_EVENT_INTR, .vector = 0x20 };
	assert_int_equal(vmx_vcpu_inject(vcpu), 0);
	fake.run = NULL;
	assert_int_equal(vmx_vcpu_run(vcpu), 0);
	/* also behind an exception, */
	assert_int_equal(vmx_vcpu_inject(vcpu), 0);
	*vcpu->event = (struct vmx_vcpu_event){ .type = VMX_VCPU_EVENT_EXCP, .vector = 6 };
	assert_int_equal(vmx_vcpu_inject(vcpu), 0);
	assert_int_equal(fake_of(vcpu)->page.interrupt.vector, 0x20);
	assert_int_equal(vmx_vcpu_run(vcpu), 0);
	assert_int_equal(fake_of(vcpu)->event.vector, 6);
	fake_end(vcpu);
}

static void guest_holds(struct fake_vcpu *vcpu)
{
	vcpu->page.exit.exitstate.int_held = 1;
}

/* but not behind another interrupt. */
static void test_inject_held(void **state)
{
	struct vmx_vcpu *vcpu = fake_machine();

	(void)state;
	fake.run = guest_holds;
	assert_int_equal(vmx_vcpu_run(vcpu), 0);
	*vcpu->event = (struct vmx_vcpu_event){ .type = VMX_VCPU_EVENT_INTR, .vector = 0x20 };
	assert_fails(vmx_vcpu_inject(vcpu), EAGAIN);
	vcpu->event->type = VMX_VCPU_EVENT_NMI;
	vcpu->event->vector = 2;
	assert_int_equal(vmx_vcpu_inject(vcpu), 0);
	fake_end(vcpu);
}

static struct vmx_vcpu *runs;

/* As another thread would, while the guest runs */
static void guest_is_used(struct fake_vcpu *vcpu)
{
	(void)vcpu;
	assert_fails(vmx_vcpu_run(runs), EBUSY);
	assert_fails(vmx_vcpu_destroy(runs), EBUSY);
	assert_int_equal(vmx_vcpu_stop(runs), 0);
}

static void test_busy(void **state)
{
	(void)state;
	runs = fake_machine();
	fake.run = guest_is_used;
	assert_int_equal(vmx_vcpu_run(runs), 0);
	assert_int_equal(fake_of(runs)->stops, 1);
	assert_int_equal(vmx_vcpu_run(runs), 0);
	fake.failing = VMXFS_IOC_RUN;
	fake.error = EINTR;
	assert_fails(vmx_vcpu_run(runs), EINTR);
	fake.failing = VMXFS_IOC_STOP;
	fake.error = ENODEV;
	assert_fails(vmx_vcpu_stop(runs), ENODEV);
	fake_end(runs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_capability, fake_setup),
		cmocka_unit_test_setup(test_no_vmxfs, fake_setup),
		cmocka_unit_test_setup(test_other_abi, fake_setup),
		cmocka_unit_test_setup(test_no_memory, fake_setup),
		cmocka_unit_test_setup(test_configure, fake_setup),
		cmocka_unit_test_setup(test_lazy, fake_setup),
		cmocka_unit_test_setup(test_setstate, fake_setup),
		cmocka_unit_test_setup(test_refused, fake_setup),
		cmocka_unit_test_setup(test_inject, fake_setup),
		cmocka_unit_test_setup(test_inject_pending, fake_setup),
		cmocka_unit_test_setup(test_inject_held, fake_setup),
		cmocka_unit_test_setup(test_busy, fake_setup),
	};

	return cmocka_run_group_tests_name("libvmx: vCPUs", tests, NULL, NULL);
}
