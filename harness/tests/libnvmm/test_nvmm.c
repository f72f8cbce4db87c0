// SPDX-License-Identifier: GPL-2.0
/* libnvmm on a kernel that is not there: layout, and what one interface is in the other. */
#include "../libvmx/fake.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "nvmm.h"

static struct nvmm_machine mach;
static struct nvmm_vcpu vcpu;
static struct fake_vcpu *kernel;	/* what the kernel has of it */

static void begin(void)
{
	unsigned int i;

	assert_int_equal(nvmm_init(), 0);
	assert_int_equal(nvmm_machine_create(&mach), 0);
	assert_int_equal(nvmm_vcpu_create(&mach, 3, &vcpu), 0);
	for (i = 0; !fake.vcpus[i].open; i++)
		;
	kernel = &fake.vcpus[i];
}

static void end(void)
{
	assert_int_equal(nvmm_machine_destroy(&mach), 0);
	assert_int_equal(fake.files, 0);
}

/* As NetBSD has it for amd64 */
static void test_layout(void **state)
{
	(void)state;
	assert_int_equal(sizeof(struct nvmm_capability), 104);
	assert_int_equal(sizeof(struct nvmm_x64_state_seg), 16);
	assert_int_equal(sizeof(struct fxsave), 512);
	assert_int_equal(sizeof(struct nvmm_x64_state), 1008);
	assert_int_equal(offsetof(struct nvmm_x64_state, gprs), 160);
	assert_int_equal(offsetof(struct nvmm_x64_state, msrs), 400);
	assert_int_equal(offsetof(struct nvmm_x64_state, fpu), 496);
	assert_int_equal(offsetof(struct fxsave, fx_87_ac), 32);
	assert_int_equal(offsetof(struct fxsave, fx_xmm), 160);
	assert_int_equal(sizeof(struct nvmm_x86_exit), 64);
	assert_int_equal(offsetof(struct nvmm_x86_exit, u.mem.inst_bytes), 25);
	assert_int_equal(offsetof(struct nvmm_x86_exit, u.io.npc), 24);
	assert_int_equal(offsetof(struct nvmm_x86_exit, exitstate), 40);
	assert_int_equal(sizeof(struct nvmm_x86_event), 16);
	assert_int_equal(sizeof(struct nvmm_vcpu_conf_cpuid), 40);
	assert_int_equal(offsetof(struct nvmm_vcpu_conf_cpuid, u.mask.del), 24);
	assert_int_equal(__SHIFTOUT(0xabcdu, 0x0f00u), 0xb);
	assert_int_equal(__SHIFTIN(0xbu, 0x0f00u), 0xb00);
}

static void test_capability(void **state)
{
	struct nvmm_capability cap;

	(void)state;
	assert_int_equal(nvmm_capability(&cap), 0);
	assert_int_equal(cap.version, NVMM_KERN_VERSION);
	assert_int_equal(cap.state_size, sizeof(struct nvmm_x64_state));
	assert_int_equal(cap.max_ram, 1ull << 48);
	assert_int_equal(cap.arch.xcr0_mask, 7);
	assert_int_equal(cap.arch.vcpu_conf_support, 3);
	fake.physical_bits = 36;
	assert_int_equal(nvmm_capability(&cap), 0);
	assert_int_equal(cap.max_ram, 1ull << 36);
	fake.open_error = ENOENT;
	assert_fails(nvmm_init(), ENOENT);
	assert_fails(nvmm_root_init(), ENOENT);
	assert_fails(nvmm_capability(&cap), ENOENT);
}

/* ---- exits ---- */

static struct vmx_vcpu_exit next;

static void guest_exits(struct fake_vcpu *fake_vcpu)
{
	fake_vcpu->page.exit = next;
}

static void run(enum vmx_vcpu_exit_reason reason, uint64_t expected)
{
	next.reason = reason;
	fake.run = guest_exits;
	assert_int_equal(nvmm_vcpu_run(&mach, &vcpu), 0);
	assert_int_equal(vcpu.exit->reason, expected);
}

static void test_exits(void **state)
{
	(void)state;
	begin();
	next.exitstate = (struct vmx_exitstate){ .rflags = 0x246, .cr8 = 5, .int_shadow = 2,
						 .nmi_window_exiting = 1 };
	run(VMX_VCPU_EXIT_HALTED, NVMM_VCPU_EXIT_HALTED);
	assert_int_equal(vcpu.exit->exitstate.rflags, 0x246);
	assert_int_equal(vcpu.exit->exitstate.cr8, 5);
	assert_int_equal(vcpu.exit->exitstate.int_shadow, 1);
	assert_int_equal(vcpu.exit->exitstate.int_window_exiting, 0);
	assert_int_equal(vcpu.exit->exitstate.nmi_window_exiting, 1);
	assert_int_equal(vcpu.exit->exitstate.evt_pending, 0);
	run(VMX_VCPU_EXIT_SHUTDOWN, NVMM_VCPU_EXIT_SHUTDOWN);
	run(VMX_VCPU_EXIT_INT_READY, NVMM_VCPU_EXIT_INT_READY);
	run(VMX_VCPU_EXIT_NMI_READY, NVMM_VCPU_EXIT_NMI_READY);
	run(VMX_VCPU_EXIT_TPR_CHANGED, NVMM_VCPU_EXIT_TPR_CHANGED);
	run(VMX_VCPU_EXIT_NONE, NVMM_VCPU_EXIT_STOPPED);

	next.u.mem = (struct vmx_exit_memory){ .gpa = 0x123, .prot = VMX_PROT_READ | VMX_PROT_WRITE };
	run(VMX_VCPU_EXIT_MEMORY, NVMM_VCPU_EXIT_MEMORY);
	assert_int_equal(vcpu.exit->u.mem.gpa, 0x123);
	assert_int_equal(vcpu.exit->u.mem.prot, PROT_WRITE);
	assert_int_equal(vcpu.exit->u.mem.inst_len, 0);
	next.u.mem.prot = VMX_PROT_EXEC;
	run(VMX_VCPU_EXIT_MEMORY, NVMM_VCPU_EXIT_MEMORY);
	assert_int_equal(vcpu.exit->u.mem.prot, PROT_EXEC);
	next.u.mem.prot = VMX_PROT_READ;
	run(VMX_VCPU_EXIT_MEMORY, NVMM_VCPU_EXIT_MEMORY);
	assert_int_equal(vcpu.exit->u.mem.prot, PROT_READ);

	next.u.io = (struct vmx_exit_io){ .npc = 77, .port = 0x3f8, .size = 2, .str = 1, .rep = 1,
					  .address_size = 4, .seg = VMX_X64_SEG_GS };
	run(VMX_VCPU_EXIT_IO, NVMM_VCPU_EXIT_IO);
	assert_false(vcpu.exit->u.io.in);
	assert_true(vcpu.exit->u.io.rep && vcpu.exit->u.io.str);
	assert_int_equal(vcpu.exit->u.io.port, 0x3f8);
	assert_int_equal(vcpu.exit->u.io.operand_size, 2);
	assert_int_equal(vcpu.exit->u.io.address_size, 4);
	assert_int_equal(vcpu.exit->u.io.seg, NVMM_X64_SEG_GS);
	assert_int_equal(vcpu.exit->u.io.npc, 77);

	next.u.wrmsr = (struct vmx_exit_msr){ .npc = 78, .msr = 0xc0000123, .val = 1ull << 40 };
	run(VMX_VCPU_EXIT_WRMSR, NVMM_VCPU_EXIT_WRMSR);
	assert_int_equal(vcpu.exit->u.wrmsr.msr, 0xc0000123);
	assert_int_equal(vcpu.exit->u.wrmsr.val, 1ull << 40);
	assert_int_equal(vcpu.exit->u.wrmsr.npc, 78);
	run(VMX_VCPU_EXIT_RDMSR, NVMM_VCPU_EXIT_RDMSR);
	assert_int_equal(vcpu.exit->u.rdmsr.msr, 0xc0000123);
	assert_int_equal(vcpu.exit->u.rdmsr.npc, 78);

	next.u.insn.npc = 79;
	run(VMX_VCPU_EXIT_MONITOR, NVMM_VCPU_EXIT_MONITOR);
	run(VMX_VCPU_EXIT_MWAIT, NVMM_VCPU_EXIT_MWAIT);
	run(VMX_VCPU_EXIT_CPUID, NVMM_VCPU_EXIT_CPUID);
	assert_int_equal(vcpu.exit->u.insn.npc, 79);

	next.u.other = (struct vmx_exit_other){ .reason = 0x80000021 };
	run(VMX_VCPU_EXIT_OTHER, NVMM_VCPU_EXIT_INVALID);
	assert_int_equal(vcpu.exit->u.inv.hwcode, 0x80000021);
	end();
}

/* What NVMM has no exit for is done, and the program goes on. */
static void test_completed(void **state)
{
	(void)state;
	begin();
	next.u.rdmsr = (struct vmx_exit_msr){ .npc = 2, .msr = 0x1a0 };
	run(VMX_VCPU_EXIT_RDMSR, NVMM_VCPU_EXIT_NONE);
	assert_int_equal(kernel->page.state.gprs[VMX_X64_GPR_RIP], 2);
	next.u.other = (struct vmx_exit_other){ .reason = 18 };
	run(VMX_VCPU_EXIT_OTHER, NVMM_VCPU_EXIT_NONE);
	fake.run = NULL;
	assert_int_equal(nvmm_vcpu_run(&mach, &vcpu), 0);
	assert_int_equal(kernel->event.type, VMX_VCPU_EVENT_EXCP);
	assert_int_equal(kernel->event.vector, 6);
	/* A signal is nothing for the program. */
	fake.failing = VMXFS_IOC_RUN;
	fake.error = EINTR;
	assert_int_equal(nvmm_vcpu_run(&mach, &vcpu), 0);
	assert_int_equal(vcpu.exit->reason, NVMM_VCPU_EXIT_NONE);
	fake.failing = VMXFS_IOC_RUN;
	fake.error = EIO;
	assert_fails(nvmm_vcpu_run(&mach, &vcpu), EIO);
	end();
}

static void test_stop(void **state)
{
	unsigned int before;

	(void)state;
	begin();
	assert_int_equal(nvmm_vcpu_stop(&vcpu), 0);
	assert_int_equal(kernel->stops, 1);
	before = fake.ioctls;
	*vcpu.stop = 1;
	assert_int_equal(nvmm_vcpu_run(&mach, &vcpu), 0);
	assert_int_equal(vcpu.exit->reason, NVMM_VCPU_EXIT_STOPPED);
	assert_int_equal(*vcpu.stop, 0);
	assert_int_equal(fake.ioctls, before);
	end();
}

/* ---- state ---- */

static void test_segments(void **state)
{
	struct nvmm_x64_state_seg *seg;

	(void)state;
	begin();
	kernel->state.segs[VMX_X64_SEG_DS] = (struct vmx_x64_state_seg){
		.selector = 0x33, .attrib = 0xa0fb, .limit = 0x12345, .base = 1ull << 40,
	};
	kernel->state.segs[VMX_X64_SEG_ES].attrib = 0x100f3;
	assert_int_equal(nvmm_vcpu_getstate(&mach, &vcpu, NVMM_X64_STATE_SEGS), 0);
	seg = &vcpu.state->segs[NVMM_X64_SEG_DS];
	assert_int_equal(seg->selector, 0x33);
	assert_int_equal(seg->limit, 0x12345);
	assert_int_equal(seg->base, 1ull << 40);
	assert_int_equal(seg->attrib.type, 11);
	assert_int_equal(seg->attrib.s, 1);
	assert_int_equal(seg->attrib.dpl, 3);
	assert_int_equal(seg->attrib.p, 1);
	assert_int_equal(seg->attrib.avl, 0);
	assert_int_equal(seg->attrib.l, 1);
	assert_int_equal(seg->attrib.def, 0);
	assert_int_equal(seg->attrib.g, 1);
	assert_int_equal(vcpu.state->segs[NVMM_X64_SEG_ES].attrib.p, 0);

	seg->attrib.avl = 1;
	seg->attrib.def = 1;
	vcpu.state->segs[NVMM_X64_SEG_GDT].attrib.p = 1;
	memset(kernel->state.segs, 0, sizeof(kernel->state.segs));
	assert_int_equal(nvmm_vcpu_setstate(&mach, &vcpu, NVMM_X64_STATE_SEGS), 0);
	assert_int_equal(kernel->state.segs[VMX_X64_SEG_DS].attrib, 0xf0fb);
	assert_int_equal(kernel->state.segs[VMX_X64_SEG_DS].selector, 0x33);
	assert_int_equal(kernel->state.segs[VMX_X64_SEG_ES].attrib, 0x10073);
	assert_int_equal(kernel->state.segs[VMX_X64_SEG_GDT].attrib, 0);
	end();
}

static void test_interruptibility(void **state)
{
	(void)state;
	begin();
	kernel->state.intr = (struct vmx_x64_state_intr){ .int_shadow = 1, .nmi_blocked = 1 };
	assert_int_equal(nvmm_vcpu_getstate(&mach, &vcpu, NVMM_X64_STATE_INTR), 0);
	assert_int_equal(vcpu.state->intr.int_shadow, 1);
	vcpu.state->intr.int_window_exiting = 1;
	assert_int_equal(nvmm_vcpu_setstate(&mach, &vcpu, NVMM_X64_STATE_INTR), 0);
	assert_int_equal(kernel->state.intr.int_shadow, 1);
	assert_int_equal(kernel->state.intr.nmi_blocked, 1);
	assert_int_equal(kernel->state.intr.int_window_exiting, 1);
	vcpu.state->intr.int_shadow = 0;
	assert_int_equal(nvmm_vcpu_setstate(&mach, &vcpu, NVMM_X64_STATE_INTR), 0);
	assert_int_equal(kernel->state.intr.int_shadow, 0);
	/* Blocking by STI would want RFLAGS.IF. */
	vcpu.state->intr.int_shadow = 1;
	assert_int_equal(nvmm_vcpu_setstate(&mach, &vcpu, NVMM_X64_STATE_INTR), 0);
	assert_int_equal(kernel->state.intr.int_shadow, 2);
	end();
}

static void test_xcr0(void **state)
{
	(void)state;
	begin();
	vcpu.state->crs[NVMM_X64_CR_XCR0] = 0xe4;
	assert_int_equal(nvmm_vcpu_setstate(&mach, &vcpu, NVMM_X64_STATE_CRS), 0);
	assert_int_equal(kernel->state.crs[VMX_X64_CR_XCR0], 5);
	assert_fails(nvmm_vcpu_setstate(&mach, &vcpu, 1ull << 32), EINVAL);
	assert_fails(nvmm_vcpu_getstate(&mach, &vcpu, 1ull << 32), EINVAL);
	fake.failing = VMXFS_IOC_SETSTATE;
	fake.error = EINVAL;
	assert_fails(nvmm_vcpu_setstate(&mach, &vcpu, NVMM_X64_STATE_CRS), EINVAL);
	end();
}

static void test_events(void **state)
{
	static const struct {
		struct nvmm_x86_event from;
		unsigned int type;
		uint32_t error;
	} events[] = {
		{ { NVMM_VCPU_EVENT_INTR, 0x40, { { 0 } } }, VMX_VCPU_EVENT_INTR, 0 },
		{ { NVMM_VCPU_EVENT_INTR, 2, { { 0 } } }, VMX_VCPU_EVENT_NMI, 0 },
		{ { NVMM_VCPU_EVENT_EXCP, 14, { { 7 } } }, VMX_VCPU_EVENT_EXCP, 7 },
	};
	size_t i;

	(void)state;
	begin();
	for (i = 0; i < COUNT(events); i++) {
		*vcpu.event = events[i].from;
		assert_int_equal(nvmm_vcpu_inject(&mach, &vcpu), 0);
		fake.run = NULL;
		assert_int_equal(nvmm_vcpu_run(&mach, &vcpu), 0);
		assert_int_equal(kernel->event.type, events[i].type);
		assert_int_equal(kernel->event.vector, events[i].from.vector);
		assert_int_equal(kernel->event.error, events[i].error);
	}
	vcpu.event->type = 2;
	assert_fails(nvmm_vcpu_inject(&mach, &vcpu), EINVAL);
	end();
}

/* ---- memory ---- */

static void test_memory(void **state)
{
	const int rw = PROT_READ | PROT_WRITE;
	uintptr_t hva, at;
	nvmm_prot_t prot;
	char *pages = mmap(NULL, 0x8000, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)state;
	begin();
	at = (uintptr_t)pages;
	assert_fails(nvmm_hva_map(&mach, at + 1, 0x1000), EINVAL);
	assert_fails(nvmm_hva_map(&mach, at, 0), EINVAL);
	assert_fails(nvmm_hva_map(&mach, at, 0x1001), EINVAL);
	assert_fails(nvmm_hva_map(&mach, at, -0x1000ul), EINVAL);
	assert_fails(nvmm_gpa_map(&mach, at, 0, 0x1000, rw), EINVAL);
	assert_int_equal(nvmm_hva_map(&mach, at, 0x4000), 0);
	pages[0] = 1;
	assert_fails(nvmm_hva_map(&mach, at + 0x3000, 0x4000), EEXIST);
	assert_int_equal(pages[0], 1);
	assert_fails(nvmm_gpa_map(&mach, at + 0x3000, 0, 0x2000, rw), EINVAL);
	assert_fails(nvmm_gpa_map(&mach, at, 1, 0x1000, rw), EINVAL);
	assert_fails(nvmm_gpa_map(&mach, at, 0, 0x1000, 0), EINVAL);
	assert_int_equal(nvmm_gpa_map(&mach, at + 0x1000, 0x7000, 0x2000, rw), 0);
	assert_fails(nvmm_gpa_map(&mach, at, 0x8000, 0x1000, rw), EINVAL);
	assert_int_equal(nvmm_gpa_to_hva(&mach, 0x8010, &hva, &prot), 0);
	assert_int_equal(hva, at + 0x2010);
	assert_int_equal(prot, NVMM_PROT_READ | NVMM_PROT_WRITE);
	assert_fails(nvmm_gpa_to_hva(&mach, 0x9000, &hva, &prot), ENOENT);
	assert_fails(nvmm_gpa_unmap(&mach, at, 0x7000, 0x2000), ENOENT);
	assert_fails(nvmm_gpa_unmap(&mach, at + 0x1000, 0x7000, 0x1000), ENOENT);
	/* A failure leaves it as it was. */
	fake.failing = VMXFS_IOC_MAP;
	fake.error = ENOMEM;
	assert_fails(nvmm_gpa_map(&mach, at, 0, 0x1000, rw), ENOMEM);
	assert_int_equal(nvmm_gpa_map(&mach, at, 0, 0x1000, rw), 0);
	assert_int_equal(nvmm_gpa_unmap(&mach, at + 0x1000, 0x7000, 0x2000), 0);
	assert_fails(nvmm_gpa_to_hva(&mach, 0x8000, &hva, &prot), ENOENT);
	assert_fails(nvmm_hva_unmap(&mach, at, 0x1000), ENOENT);
	assert_int_equal(nvmm_hva_unmap(&mach, at, 0x4000), 0);
	assert_fails(nvmm_hva_unmap(&mach, at, 0x4000), ENOENT);
	end();
	munmap(pages, 0x8000);
}

/* ---- machines, vCPUs, settings ---- */

static void test_machines(void **state)
{
	struct nvmm_ctl_mach_info info = { 0 };
	struct nvmm_machine other;
	struct nvmm_vcpu second;

	(void)state;
	begin();
	assert_int_equal(nvmm_machine_create(&other), 0);
	assert_int_not_equal(other.machid, mach.machid);
	info.machid = mach.machid;
	assert_int_equal(nvmm_ctl(NVMM_CTL_MACH_INFO, &info, sizeof(info)), 0);
	assert_int_equal(info.nvcpus, 1);
	assert_int_equal(info.nram, 0);
	assert_int_equal(info.pid, getpid());
	assert_true(info.time > 0);
	assert_int_equal(nvmm_vcpu_create(&other, 3, &second), 0);
	assert_fails(nvmm_vcpu_create(&other, 3, &second), EBUSY);
	assert_fails(nvmm_vcpu_create(&other, 256, &second), EINVAL);
	assert_int_equal(nvmm_vcpu_destroy(&other, &second), 0);
	assert_int_equal(nvmm_vcpu_create(&other, 3, &second), 0);
	info.machid = other.machid;
	assert_int_equal(nvmm_machine_destroy(&other), 0);
	assert_fails(nvmm_ctl(NVMM_CTL_MACH_INFO, &info, sizeof(info)), ENOENT);
	assert_fails(nvmm_ctl(NVMM_CTL_MACH_INFO, &info, sizeof(info) + 1), EINVAL);
	assert_fails(nvmm_ctl(NVMM_CTL_MACH_INFO + 1, &info, sizeof(info)), EINVAL);
	assert_fails(nvmm_machine_configure(&mach, 0, NULL), EINVAL);
	fake.failing = VMXFS_IOC_CPUID;
	fake.error = ENOMEM;
	assert_fails(nvmm_vcpu_create(&mach, 4, &second), ENOMEM);
	assert_int_equal(fake.files, 1);
	end();
}

static void test_leaves(void **state)
{
	struct nvmm_vcpu_conf_cpuid conf = { .mask = 1 };
	struct nvmm_capability cap;
	unsigned int i;

	(void)state;
	assert_int_equal(nvmm_capability(&cap), 0);
	begin();
	for (i = 0; i < cap.arch.conf_cpuid_maxops; i++) {
		conf.leaf = 0x100 + i;
		assert_int_equal(nvmm_vcpu_configure(&mach, &vcpu, NVMM_VCPU_CONF_CPUID, &conf), 0);
	}
	conf.leaf++;
	assert_fails(nvmm_vcpu_configure(&mach, &vcpu, NVMM_VCPU_CONF_CPUID, &conf), ENOBUFS);
	/* The same leaf again takes no more room; one that is as it was gives some. */
	conf.leaf = 0x105;
	assert_int_equal(nvmm_vcpu_configure(&mach, &vcpu, NVMM_VCPU_CONF_CPUID, &conf), 0);
	conf.mask = 0;
	assert_int_equal(nvmm_vcpu_configure(&mach, &vcpu, NVMM_VCPU_CONF_CPUID, &conf), 0);
	conf.exit = 1;
	conf.leaf = 0x200;
	assert_int_equal(nvmm_vcpu_configure(&mach, &vcpu, NVMM_VCPU_CONF_CPUID, &conf), 0);
	conf.mask = 1;
	assert_fails(nvmm_vcpu_configure(&mach, &vcpu, NVMM_VCPU_CONF_CPUID, &conf), EINVAL);
	assert_fails(nvmm_vcpu_configure(&mach, &vcpu, NVMM_VCPU_CONF_TPR + 1, &conf), EINVAL);
	end();
}

static void test_dump(void **state)
{
	(void)state;
	begin();
	fake.failing = VMXFS_IOC_GETSTATE;
	fake.error = ENODEV;
	assert_fails(nvmm_vcpu_dump(&mach, &vcpu), ENODEV);
	assert_int_equal(nvmm_vcpu_dump(&mach, &vcpu), 0);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_layout, fake_setup),
		cmocka_unit_test_setup(test_capability, fake_setup),
		cmocka_unit_test_setup(test_exits, fake_setup),
		cmocka_unit_test_setup(test_completed, fake_setup),
		cmocka_unit_test_setup(test_stop, fake_setup),
		cmocka_unit_test_setup(test_segments, fake_setup),
		cmocka_unit_test_setup(test_interruptibility, fake_setup),
		cmocka_unit_test_setup(test_xcr0, fake_setup),
		cmocka_unit_test_setup(test_events, fake_setup),
		cmocka_unit_test_setup(test_memory, fake_setup),
		cmocka_unit_test_setup(test_machines, fake_setup),
		cmocka_unit_test_setup(test_leaves, fake_setup),
		cmocka_unit_test_setup(test_dump, fake_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
