// SPDX-License-Identifier: GPL-2.0
/*
 * libnvmm on vmxfs: points of the program whose others are in ../libvmx/target. What NVMM's
 * own tests show of its assists, of CR8 and of memory is here, by guests of guests.asm; the
 * rest is what its manual says.
 */
#include "../libvmx/target/target.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "nvmm.h"

#define PAGE		0x1000u
#define CODE		0x2000u
#define TABLES		0x3000u
#define DEVICE		0x8000u
#define PORT		0x55

#define UD		6
#define HLT		0xf4

/* A row of guests.asm */
struct guest {
	const char *name;
	const uint8_t *begin, *end;
	uint64_t wanted;
	uint64_t offset;
};

extern const struct guest guests_64[], guests_16[], guests_io[];

static struct nvmm_machine mach;
static struct nvmm_vcpu vcpu;
static uint8_t *ram, device[PAGE];

#define GPR(name)	(vcpu.state->gprs[NVMM_X64_GPR_##name])

static uint8_t *page_of_zeros(void)
{
	uint8_t *page = memory(PAGE);

	OK(nvmm_hva_map(&mach, (uintptr_t)page, PAGE));
	return page;
}

/* RAM at 0, up to the device's page; its first pages */
static void begin(void)
{
	OK(nvmm_init());
	OK(nvmm_machine_create(&mach));
	OK(nvmm_vcpu_create(&mach, 0, &vcpu));
	ram = memory(DEVICE);
	OK(nvmm_hva_map(&mach, (uintptr_t)ram, DEVICE));
	OK(nvmm_gpa_map(&mach, (uintptr_t)ram, 0, DEVICE, PROT_READ | PROT_WRITE | PROT_EXEC));
	OK(nvmm_vcpu_getstate(&mach, &vcpu, NVMM_X64_STATE_ALL));
}

static void finish(void)
{
	OK(nvmm_vcpu_destroy(&mach, &vcpu));
	OK(nvmm_machine_destroy(&mach));
	munmap(ram, DEVICE);
}

static void set_all(void)
{
	OK(nvmm_vcpu_setstate(&mach, &vcpu, NVMM_X64_STATE_ALL));
}

static void code_at(const void *code, size_t size)
{
	memset(ram + CODE, HLT, PAGE);
	memcpy(ram + CODE, code, size);
}

#define CODE_IS(...)	code_at((uint8_t[]){ __VA_ARGS__ }, sizeof((uint8_t[]){ __VA_ARGS__ }))

/* Flat 16-bit segments, of which only CS is not so after RESET */
static void set_real(void)
{
	OK(nvmm_vcpu_getstate(&mach, &vcpu, NVMM_X64_STATE_ALL));
	vcpu.state->segs[NVMM_X64_SEG_CS].base = 0;
	vcpu.state->segs[NVMM_X64_SEG_CS].selector = 0;
	GPR(RIP) = CODE;
	set_all();
}

/* Flat 32-bit segments, without paging */
static void set_protected(void)
{
	unsigned int i;

	for (i = NVMM_X64_SEG_ES; i <= NVMM_X64_SEG_GS; i++) {
		struct nvmm_x64_state_seg *seg = &vcpu.state->segs[i];

		seg->selector = 8;
		seg->base = 0;
		seg->limit = 0xffffffff;
		seg->attrib.type = i == NVMM_X64_SEG_CS ? 11 : 3;
		seg->attrib.def = 1;
		seg->attrib.g = 1;
	}
	vcpu.state->crs[NVMM_X64_CR_CR0] = 0x11;
	GPR(RIP) = CODE;
}

/* 64-bit code; the first pages are mapped to themselves, as large as the device's needs it. */
static void set_long(void)
{
	uint64_t *tables = (uint64_t *)(ram + TABLES);

	memset(tables, 0, 3 * PAGE);
	tables[0] = (TABLES + PAGE) | 7;
	tables[512] = (TABLES + 2 * PAGE) | 7;
	tables[1024] = 0x87;
	set_protected();
	vcpu.state->segs[NVMM_X64_SEG_CS].attrib.l = 1;
	vcpu.state->segs[NVMM_X64_SEG_CS].attrib.def = 0;
	vcpu.state->crs[NVMM_X64_CR_CR0] = 0x80000011;
	vcpu.state->crs[NVMM_X64_CR_CR3] = TABLES;
	vcpu.state->crs[NVMM_X64_CR_CR4] = 0x20;
	/* NVMM's tests leave it 0, which no XCR0 is. */
	vcpu.state->crs[NVMM_X64_CR_XCR0] = 0;
	vcpu.state->msrs[NVMM_X64_MSR_EFER] = 0x500;
	set_all();
}

static void run_to(uint64_t reason)
{
	do {
		OK(nvmm_vcpu_run(&mach, &vcpu));
	} while (vcpu.exit->reason == NVMM_VCPU_EXIT_NONE);
	EQUAL(vcpu.exit->reason, reason);
	OK(nvmm_vcpu_getstate(&mach, &vcpu, NVMM_X64_STATE_GPRS));
	EQUAL(vcpu.exit->exitstate.rflags, GPR(RFLAGS));
}

static void go_on(uint64_t rip)
{
	GPR(RIP) = rip;
	OK(nvmm_vcpu_setstate(&mach, &vcpu, NVMM_X64_STATE_GPRS));
}

/* ---- the memory assist ---- */

static void access_device(struct nvmm_mem *mem)
{
	size_t offset = mem->gpa - DEVICE;

	EXPECT(mem->mach == &mach && mem->vcpu == &vcpu, "whose");
	EXPECT(mem->gpa >= DEVICE && mem->size >= 1 && offset + mem->size <= PAGE, "%zu at %#lx",
	       mem->size, mem->gpa);
	if (mem->write)
		memcpy(device + offset, mem->data, mem->size);
	else
		memcpy(mem->data, device + offset, mem->size);
}

static void memory_guests(const struct guest *guest, void (*set)(void))
{
	struct nvmm_assist_callbacks callbacks = { .mem = access_device };
	unsigned int assists;
	uint64_t got;

	begin();
	OK(nvmm_vcpu_configure(&mach, &vcpu, NVMM_VCPU_CONF_CALLBACKS, &callbacks));
	for (; guest->name; guest++) {
		describe_trial("%s", guest->name);
		memset(device, 0, sizeof(device));
		code_at(guest->begin, guest->end - guest->begin);
		set();
		assists = 0;
		for (;;) {
			OK(nvmm_vcpu_run(&mach, &vcpu));
			if (vcpu.exit->reason != NVMM_VCPU_EXIT_MEMORY)
				break;
			EXPECT(vcpu.exit->u.mem.gpa / PAGE == DEVICE / PAGE, "memory at %#lx",
			       vcpu.exit->u.mem.gpa);
			OK(nvmm_assist_mem(&mach, &vcpu));
			assists++;
		}
		EQUAL(vcpu.exit->reason, NVMM_VCPU_EXIT_RDMSR);
		EQUAL(vcpu.exit->u.rdmsr.msr, 0xffffffff);
		memcpy(&got, device + guest->offset, sizeof(got));
		EQUAL(got, guest->wanted);
		EXPECT(assists, "the device was not accessed");
	}
	finish();
}

static void test_memory_64(void)
{
	memory_guests(guests_64, set_long);
}

static void test_memory_16(void)
{
	memory_guests(guests_16, set_real);
}

/* ---- the I/O assist ---- */

static uint8_t bus[64];
static size_t bus_at;

static void access_port(struct nvmm_io *io)
{
	EXPECT(io->mach == &mach && io->vcpu == &vcpu, "whose");
	EXPECT(io->port == PORT && bus_at + io->size <= sizeof(bus), "port %#x", io->port);
	if (io->in)
		memcpy(io->data, bus + bus_at, io->size);
	else
		memcpy(bus + bus_at, io->data, io->size);
	bus_at += io->size;
}

static void io_guest(const struct guest *guest, uint8_t *data)
{
	uint8_t *from = guest->offset ? bus : data, *to = guest->offset ? data : bus;
	size_t i;

	describe_trial("%s", guest->name);
	bus_at = 0;
	memset(to, 0, sizeof(bus));
	for (i = 0; i < sizeof(bus); i++)
		from[i] = 13 * i + 7;
	code_at(guest->begin, guest->end - guest->begin);
	set_long();
	for (;;) {
		OK(nvmm_vcpu_run(&mach, &vcpu));
		if (vcpu.exit->reason != NVMM_VCPU_EXIT_IO)
			break;
		EQUAL(vcpu.exit->u.io.port, PORT);
		EQUAL(vcpu.exit->u.io.in, guest->offset);
		OK(nvmm_assist_io(&mach, &vcpu));
	}
	EQUAL(vcpu.exit->reason, NVMM_VCPU_EXIT_RDMSR);
	EQUAL(bus_at, guest->wanted);
	EXPECT(!memcmp(from, to, guest->wanted), "other bytes");
	for (i = guest->wanted; i < sizeof(bus); i++)
		EXPECT(!to[i], "more bytes: %zu", i);
}

static void test_io(void)
{
	struct nvmm_assist_callbacks callbacks = { .io = access_port };
	const struct guest *guest;
	uint8_t *data;

	begin();
	data = page_of_zeros();
	OK(nvmm_gpa_map(&mach, (uintptr_t)data, DEVICE, PAGE, PROT_READ | PROT_WRITE));
	OK(nvmm_vcpu_configure(&mach, &vcpu, NVMM_VCPU_CONF_CALLBACKS, &callbacks));
	for (guest = guests_io; guest->name; guest++)
		io_guest(guest, data);
	finish();
}

/* ---- CR8 ---- */

#define MOV_TO_CR8	0x44, 0x0f, 0x22, 0xc0

static void test_tpr(void)
{
	struct nvmm_vcpu_conf_tpr tpr = { .exit_changed = 1 };
	struct nvmm_capability cap;

	OK(nvmm_capability(&cap));
	EXPECT(cap.arch.vcpu_conf_support & NVMM_CAP_ARCH_VCPU_CONF_TPR, "no TPR");
	begin();
	CODE_IS(MOV_TO_CR8, 0x0f, 0x32);	/* mov cr8, rax; rdmsr */
	OK(nvmm_vcpu_configure(&mach, &vcpu, NVMM_VCPU_CONF_TPR, &tpr));
	GPR(RAX) = 3;
	GPR(RCX) = 0xffffffff;
	set_long();
	run_to(NVMM_VCPU_EXIT_TPR_CHANGED);
	EQUAL(GPR(RIP), CODE + 4);
	EQUAL(vcpu.exit->exitstate.cr8, 3);
	OK(nvmm_vcpu_getstate(&mach, &vcpu, NVMM_X64_STATE_CRS));
	EQUAL(vcpu.state->crs[NVMM_X64_CR_CR8], 3);

	tpr.exit_changed = 0;
	OK(nvmm_vcpu_configure(&mach, &vcpu, NVMM_VCPU_CONF_TPR, &tpr));
	vcpu.state->crs[NVMM_X64_CR_CR8] = 0;
	set_long();
	run_to(NVMM_VCPU_EXIT_RDMSR);
	OK(nvmm_vcpu_getstate(&mach, &vcpu, NVMM_X64_STATE_CRS));
	EQUAL(vcpu.state->crs[NVMM_X64_CR_CR8], 3);
	finish();
}

/* ---- memory ---- */

/* The last page that there can be, and the rules of what is mapped */
static void test_ram(void)
{
	struct nvmm_capability cap;
	nvmm_prot_t prot;
	uintptr_t hva;
	uint8_t *page;

	OK(nvmm_capability(&cap));
	begin();
	page = page_of_zeros();
	OK(nvmm_gpa_map(&mach, (uintptr_t)page, cap.max_ram - PAGE, PAGE, PROT_READ | PROT_EXEC));
	OK(nvmm_gpa_to_hva(&mach, cap.max_ram - PAGE, &hva, &prot));
	EQUAL(hva, (uintptr_t)page);
	EQUAL(prot, NVMM_PROT_READ | NVMM_PROT_EXEC);
	OK(nvmm_gpa_unmap(&mach, (uintptr_t)page, cap.max_ram - PAGE, PAGE));
	FAILS(ENOENT, nvmm_gpa_to_hva(&mach, cap.max_ram - PAGE, &hva, &prot));

	/* What was there is gone. */
	page[5] = 1;
	OK(nvmm_hva_unmap(&mach, (uintptr_t)page, PAGE));
	FAILS(EINVAL, nvmm_gpa_map(&mach, (uintptr_t)page, DEVICE, PAGE, PROT_READ));
	OK(nvmm_hva_map(&mach, (uintptr_t)page, PAGE));
	EQUAL(page[5], 0);
	finish();
}

static void test_translation(void)
{
	nvmm_prot_t prot;
	gpaddr_t gpa;

	begin();
	set_long();
	OK(nvmm_gva_to_gpa(&mach, &vcpu, 0x5000, &gpa, &prot));
	EQUAL(gpa, 0x5000);
	EQUAL(prot, NVMM_PROT_ALL);
	*(uint64_t *)(ram + TABLES + 2 * PAGE) &= ~4ull;
	OK(nvmm_gva_to_gpa(&mach, &vcpu, 0x5000, &gpa, &prot));
	EQUAL(prot, NVMM_PROT_ALL & ~NVMM_PROT_USER);
	FAILS(EINVAL, nvmm_gva_to_gpa(&mach, &vcpu, 0x5001, &gpa, &prot));
	FAILS(EFAULT, nvmm_gva_to_gpa(&mach, &vcpu, 0x200000, &gpa, &prot));
	finish();
}

/* ---- state ---- */

/* SDM, "Processor State After Reset" */
static void test_reset(void)
{
	const struct nvmm_x64_state_seg *cs;

	begin();
	cs = &vcpu.state->segs[NVMM_X64_SEG_CS];
	EQUAL(GPR(RIP), 0xfff0);
	EQUAL(GPR(RFLAGS), 2);
	EQUAL(GPR(RAX), 0);
	EXPECT(GPR(RDX), "no signature");
	EQUAL(cs->selector, 0xf000);
	EQUAL(cs->base, 0xffff0000);
	EQUAL(cs->limit, 0xffff);
	EQUAL(cs->attrib.p, 1);
	EQUAL(cs->attrib.s, 1);
	EQUAL(vcpu.state->crs[NVMM_X64_CR_CR0], 0x60000010);
	EQUAL(vcpu.state->crs[NVMM_X64_CR_XCR0], 1);
	EQUAL(vcpu.state->drs[NVMM_X64_DR_DR6], 0xffff0ff0);
	EQUAL(vcpu.state->drs[NVMM_X64_DR_DR7], 0x400);
	EQUAL(vcpu.state->msrs[NVMM_X64_MSR_PAT], 0x0007040600070406);
	EQUAL(vcpu.state->fpu.fx_cw, 0x40);
	EQUAL(vcpu.state->fpu.fx_mxcsr, 0x1f80);
	/* and it runs: the first instruction is at 0xfffffff0. */
	run_to(NVMM_VCPU_EXIT_MEMORY);
	EQUAL(vcpu.exit->u.mem.gpa, 0xfffffff0);
	EQUAL(vcpu.exit->u.mem.prot, PROT_EXEC);
	finish();
}

/* What is set is what there is. */
static void test_state(void)
{
	struct nvmm_x64_state set;
	uint64_t tsc;
	unsigned int i;

	begin();
	set_protected();
	for (i = 0; i < NVMM_X64_GPR_RIP; i++)
		vcpu.state->gprs[i] = chance();
	vcpu.state->segs[NVMM_X64_SEG_FS].attrib.p = 0;
	vcpu.state->segs[NVMM_X64_SEG_GS].attrib.avl = 1;
	vcpu.state->segs[NVMM_X64_SEG_GS].attrib.dpl = 3;
	vcpu.state->crs[NVMM_X64_CR_CR2] = 0x123456789abc;
	vcpu.state->crs[NVMM_X64_CR_CR8] = 9;
	vcpu.state->drs[NVMM_X64_DR_DR3] = 0x1234;
	vcpu.state->msrs[NVMM_X64_MSR_LSTAR] = 0x5678;
	vcpu.state->msrs[NVMM_X64_MSR_TSC] = 1ull << 50;
	vcpu.state->intr.int_shadow = 1;
	vcpu.state->intr.nmi_window_exiting = 1;
	vcpu.state->fpu.fx_xmm[15].xmm_bytes[3] = 77;
	set_all();
	set = *vcpu.state;
	memset(vcpu.state, 0xff, sizeof(*vcpu.state));
	OK(nvmm_vcpu_getstate(&mach, &vcpu, NVMM_X64_STATE_ALL));
	tsc = vcpu.state->msrs[NVMM_X64_MSR_TSC];
	EXPECT(tsc >= 1ull << 50, "TSC %#lx", tsc);
	vcpu.state->msrs[NVMM_X64_MSR_TSC] = 1ull << 50;
	vcpu.state->fpu.fx_mxcsr_mask = set.fpu.fx_mxcsr_mask;
	EXPECT(!memcmp(set.segs, vcpu.state->segs, sizeof(set.segs)), "segments");
	EXPECT(!memcmp(set.gprs, vcpu.state->gprs, sizeof(set.gprs)), "general registers");
	EXPECT(!memcmp(set.crs, vcpu.state->crs, sizeof(set.crs)), "control registers");
	EXPECT(!memcmp(set.drs, vcpu.state->drs, sizeof(set.drs)), "debug registers");
	EXPECT(!memcmp(set.msrs, vcpu.state->msrs, sizeof(set.msrs)), "MSRs");
	EXPECT(!memcmp(&set.intr, &vcpu.state->intr, sizeof(set.intr)), "interruptibility");
	EXPECT(!memcmp(&set.fpu, &vcpu.state->fpu, sizeof(set.fpu)), "FPU");
	FAILS(EINVAL, nvmm_vcpu_setstate(&mach, &vcpu, 0x80));
	FAILS(EINVAL, nvmm_vcpu_getstate(&mach, &vcpu, 0x80));
	finish();
}

/* ---- CPUID, MSRs ---- */

static void cpuid(uint32_t leaf)
{
	GPR(RAX) = leaf;
	GPR(RCX) = 0;
	go_on(CODE);
	run_to(NVMM_VCPU_EXIT_HALTED);
}

static void test_cpuid(void)
{
	struct nvmm_vcpu_conf_cpuid conf = { .mask = 1, .leaf = 1 };
	uint64_t before;

	begin();
	CODE_IS(0x0f, 0xa2, 0xf4);
	set_protected();
	set_all();
	cpuid(0x40000000);
	EXPECT(GPR(RBX) == 0x205f5f5f && GPR(RCX) == 0x4d4d564e && GPR(RDX) == 0x5f5f5f20, "name");
	cpuid(1);
	EXPECT(GPR(RCX) >> 31, "no hypervisor");
	EXPECT(!(GPR(RCX) & 0x28), "MONITOR or VMX");
	EQUAL(GPR(RDX) & 0x5080, 0x80);		/* MCE, not MTRR and MCA */
	before = GPR(RDX);
	conf.u.mask.set.edx = 0x5080;
	conf.u.mask.del.edx = 0x200;
	OK(nvmm_vcpu_configure(&mach, &vcpu, NVMM_VCPU_CONF_CPUID, &conf));
	cpuid(1);
	EQUAL(GPR(RDX), (before | 0x5080) & ~0x200ull);
	/* Beyond the last: as the last */
	cpuid(0x12345678);
	before = GPR(RAX);
	conf.leaf = 0x12345678;
	conf.u.mask.set.eax = 0x10000000;
	OK(nvmm_vcpu_configure(&mach, &vcpu, NVMM_VCPU_CONF_CPUID, &conf));
	cpuid(0x12345678);
	EQUAL(GPR(RAX), before | 0x10000000);
	/* It is the program's, or as it was. */
	conf.mask = 0;
	conf.exit = 1;
	conf.leaf = 1;
	OK(nvmm_vcpu_configure(&mach, &vcpu, NVMM_VCPU_CONF_CPUID, &conf));
	GPR(RAX) = 1;
	go_on(CODE);
	run_to(NVMM_VCPU_EXIT_CPUID);
	EQUAL(vcpu.exit->u.insn.npc, CODE + 2);
	conf.exit = 0;
	OK(nvmm_vcpu_configure(&mach, &vcpu, NVMM_VCPU_CONF_CPUID, &conf));
	cpuid(1);
	EQUAL(GPR(RDX) & 0x5280, 0x280);
	conf.mask = 1;
	conf.exit = 1;
	FAILS(EINVAL, nvmm_vcpu_configure(&mach, &vcpu, NVMM_VCPU_CONF_CPUID, &conf));
	finish();
}

static uint64_t read_msr(uint32_t msr)
{
	GPR(RCX) = msr;
	go_on(CODE);
	run_to(NVMM_VCPU_EXIT_HALTED);
	return GPR(RDX) << 32 | GPR(RAX);
}

/* Those that every operating system reads are not the program's. */
static void test_msr(void)
{
	begin();
	CODE_IS(0x0f, 0x32, 0xf4);
	set_protected();
	vcpu.state->gprs[NVMM_X64_GPR_RAX] = ~0ull;
	set_all();
	EQUAL(read_msr(0x17), 0);
	EQUAL(read_msr(0x8b), 0);
	EQUAL(read_msr(0x1a0), 0x1801);
	GPR(RCX) = 0xfe;			/* IA32_MTRRCAP */
	go_on(CODE);
	run_to(NVMM_VCPU_EXIT_RDMSR);
	EQUAL(vcpu.exit->u.rdmsr.msr, 0xfe);
	EQUAL(vcpu.exit->u.rdmsr.npc, CODE + 2);
	finish();
}

/* ---- runs ---- */

static void test_stop(void)
{
	begin();
	CODE_IS(0xf4);
	set_protected();
	set_all();
	OK(nvmm_vcpu_stop(&vcpu));
	OK(nvmm_vcpu_run(&mach, &vcpu));
	EQUAL(vcpu.exit->reason, NVMM_VCPU_EXIT_STOPPED);
	/* Programs of NVMM may set it themselves. */
	*vcpu.stop = 1;
	OK(nvmm_vcpu_run(&mach, &vcpu));
	EQUAL(vcpu.exit->reason, NVMM_VCPU_EXIT_STOPPED);
	EQUAL(*vcpu.stop, 0);
	run_to(NVMM_VCPU_EXIT_HALTED);
	EQUAL(GPR(RIP), CODE + 1);
	finish();
}

/* Real mode; vector n's handler is a HLT at n. */
static void set_vectors(void)
{
	unsigned int i;

	memset(ram, 0, 0x400);
	memset(ram + 0x400, HLT, 0x100);
	for (i = 0; i < 256; i++)
		((uint16_t *)ram)[2 * i] = 0x400 + i;
	set_real();
	GPR(RSP) = 0x7000;
	go_on(CODE);
}

static void expect_vector(unsigned int vector)
{
	run_to(NVMM_VCPU_EXIT_HALTED);
	EQUAL(GPR(RIP), 0x400 + vector + 1);
}

static void inject(unsigned int type, uint8_t vector)
{
	*vcpu.event = (struct nvmm_vcpu_event){ .type = type, .vector = vector };
	OK(nvmm_vcpu_inject(&mach, &vcpu));
}

static void test_events(void)
{
	begin();
	CODE_IS(0xf4);
	set_vectors();
	inject(NVMM_VCPU_EVENT_EXCP, 13);
	expect_vector(13);
	go_on(CODE);
	inject(NVMM_VCPU_EVENT_INTR, 2);
	expect_vector(2);
	GPR(RFLAGS) |= 0x200;
	go_on(CODE);
	inject(NVMM_VCPU_EVENT_INTR, 0x77);
	expect_vector(0x77);
	*vcpu.event = (struct nvmm_vcpu_event){ .type = 2 };
	FAILS(EINVAL, nvmm_vcpu_inject(&mach, &vcpu));
	finish();
}

static void test_vmcall(void)
{
	begin();
	CODE_IS(0x0f, 0x01, 0xc1, 0xf4);	/* vmcall */
	set_vectors();
	expect_vector(UD);
	finish();
}

/* ---- machines ---- */

static void test_machines(void)
{
	struct nvmm_ctl_mach_info info = { .machid = 0 };
	struct nvmm_machine other;
	struct nvmm_vcpu second;

	begin();
	OK(nvmm_root_init());
	OK(nvmm_machine_create(&other));
	EXPECT(other.machid != mach.machid, "one number for two");
	FAILS(EBUSY, nvmm_vcpu_create(&mach, 0, &second));
	FAILS(EINVAL, nvmm_vcpu_create(&mach, 1 << 20, &second));
	OK(nvmm_vcpu_create(&mach, 7, &second));
	info.machid = mach.machid;
	OK(nvmm_ctl(NVMM_CTL_MACH_INFO, &info, sizeof(info)));
	EQUAL(info.nvcpus, 2);
	EQUAL(info.nram, DEVICE);
	EQUAL(info.pid, getpid());
	OK(nvmm_machine_destroy(&other));
	info.machid = other.machid = 99;
	FAILS(ENOENT, nvmm_ctl(NVMM_CTL_MACH_INFO, &info, sizeof(info)));
	FAILS(EINVAL, nvmm_ctl(NVMM_CTL_MACH_INFO, &info, 8));
	FAILS(EINVAL, nvmm_machine_configure(&mach, 200, NULL));
	/* A machine takes its vCPUs with it. */
	OK(nvmm_machine_destroy(&mach));
	munmap(ram, DEVICE);
}

const struct point nvmm_points[] = {
	{ "nvmm/memory-64", test_memory_64 },
	{ "nvmm/memory-16", test_memory_16 },
	{ "nvmm/io", test_io },
	{ "nvmm/tpr", test_tpr },
	{ "nvmm/ram", test_ram },
	{ "nvmm/translation", test_translation },
	{ "nvmm/reset", test_reset },
	{ "nvmm/state", test_state },
	{ "nvmm/cpuid", test_cpuid },
	{ "nvmm/msr", test_msr },
	{ "nvmm/stop", test_stop },
	{ "nvmm/events", test_events },
	{ "nvmm/vmcall", test_vmcall },
	{ "nvmm/machines", test_machines },
	{ }
};
