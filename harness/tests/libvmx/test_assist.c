// SPDX-License-Identifier: GPL-2.0
/* The assists, where test_forms.c does not look: other modes, borders, faults, I/O. */
#define _GNU_SOURCE
#include "fake.h"
#include "vmx.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#define RAM_SIZE	0x8000
#define CODE		0x1000
/* All from here to ROM is the callback's. */
#define DEVICE		0x8000
#define ROM		0xa000
#define ROM_SIZE	0x1000
#define MAX_ACCESSES	8

#define CF		0x1
#define ZF		0x40
#define TF		0x100
#define DF		0x400
#define RF		0x10000
#define AC		0x40000
#define CR0_AM		0x40000ull
#define CR4_SMAP	0x200000ull
#define CPL_3		0x60

#define GPR(name)	(vcpu->state->gprs[VMX_X64_GPR_##name])
#define SEG(name)	(fake_of(vcpu)->state.segs[VMX_X64_SEG_##name])

static uint8_t ram[RAM_SIZE] __attribute__((aligned(4096)));
static uint8_t rom[ROM_SIZE] __attribute__((aligned(4096)));
/* What the device has, by its last bits; at first, the number of each byte */
static uint8_t registers[256];

static struct vmx_vcpu *vcpu;

static struct access {
	uint64_t at;
	size_t size;
	bool write;
	uint64_t data;
} accesses[MAX_ACCESSES];
static size_t n_accesses;

static void note(uint64_t at, size_t size, bool write, const uint8_t *data)
{
	struct access access = { at, size, write, 0 };

	memcpy(&access.data, data, size);
	if (n_accesses < MAX_ACCESSES)
		accesses[n_accesses] = access;
	n_accesses++;
}

static void device(struct vmx_mem *mem)
{
	size_t i;

	assert_ptr_equal(mem->machine, vmx_vcpu_machine(vcpu));
	assert_ptr_equal(mem->vcpu, vcpu);
	assert_ptr_equal(mem->opaque, &vcpu);
	for (i = 0; i < mem->size; i++) {
		if (mem->write)
			registers[(mem->gpa + i) % 256] = mem->data[i];
		else
			mem->data[i] = registers[(mem->gpa + i) % 256];
	}
	note(mem->gpa, mem->size, mem->write, mem->data);
}

static void port(struct vmx_io *io)
{
	assert_ptr_equal(io->machine, vmx_vcpu_machine(vcpu));
	assert_ptr_equal(io->vcpu, vcpu);
	assert_ptr_equal(io->opaque, &vcpu);
	if (io->in)
		memset(io->data, 0xa5 + n_accesses, io->size);
	note(io->port, io->size, !io->in, io->data);
}

static void assert_access(size_t n, uint64_t at, size_t size, bool write, uint64_t data)
{
	assert_true(n < n_accesses);
	assert_int_equal(accesses[n].at, at);
	assert_int_equal(accesses[n].size, size);
	assert_int_equal(accesses[n].write, write);
	assert_int_equal(accesses[n].data, data);
}

/* A segment of up to 4 GB at 0, and code of @bits bits; no paging */
static void begin(unsigned int bits)
{
	struct vmx_assist_callbacks callbacks = { port, device, &vcpu };
	struct vmx_machine *machine;
	unsigned int i;

	vcpu = fake_machine();
	machine = vmx_vcpu_machine(vcpu);
	memset(ram, 0, sizeof(ram));
	for (i = 0; i < 256; i++)
		registers[i] = i;
	n_accesses = 0;
	assert_int_equal(vmx_gpa_map(machine, ram, 0, RAM_SIZE,
				     VMX_PROT_READ | VMX_PROT_WRITE | VMX_PROT_EXEC), 0);
	assert_int_equal(vmx_gpa_map(machine, rom, ROM, ROM_SIZE,
				     VMX_PROT_READ | VMX_PROT_EXEC), 0);
	assert_int_equal(vmx_vcpu_configure(vcpu, VMX_VCPU_CONF_CALLBACKS, &callbacks), 0);
	for (i = VMX_X64_SEG_ES; i <= VMX_X64_SEG_GS; i++) {
		struct vmx_x64_state_seg *seg = &fake_of(vcpu)->state.segs[i];

		seg->limit = bits == 16 ? 0xffff : 0xffffffff;
		seg->attrib = bits == 16 ? 0x93 : 0xc093;
	}
	SEG(CS).attrib = bits == 16 ? 0x9b : bits == 32 ? 0xc09b : 0xa09b;
	fake_of(vcpu)->state.crs[VMX_X64_CR_CR0] = bits == 16 ? 0 : 1;
	memset(vcpu->state, 0, sizeof(*vcpu->state));
	GPR(RIP) = CODE;
	GPR(RFLAGS) = 2;
}

#define PML4	0x4000
#define PDPT	0x5000
#define PD	0x6000
#define PT	0x7000

/* 64-bit code. The first 2 MB are themselves, in pages that can be changed. */
static uint64_t *begin_64(void)
{
	struct vmx_x64_state *state;
	uint64_t *table = (uint64_t *)ram;
	unsigned int i;

	begin(64);
	state = &fake_of(vcpu)->state;
	state->crs[VMX_X64_CR_CR0] = 0x80010001;
	state->crs[VMX_X64_CR_CR3] = PML4;
	state->crs[VMX_X64_CR_CR4] = 0x20;
	state->msrs[VMX_X64_MSR_EFER] = 0x500;
	table[PML4 / 8] = PDPT | 7;
	table[PDPT / 8] = PD | 7;
	table[PD / 8] = PT | 7;
	for (i = 0; i < 512; i++)
		table[PT / 8 + i] = i << 12 | 7;
	return &table[PT / 8];
}

static struct vmx_vcpu_exit next_exit;

static void guest_exits(struct fake_vcpu *kernel)
{
	kernel->page.exit = next_exit;
}

/* The instruction is at RIP. */
static void run_to(const void *code, size_t size)
{
	uint64_t at = (uint32_t)(SEG(CS).base + GPR(RIP));

	if (size)
		memcpy(ram + at, code, size);
	assert_int_equal(vmx_vcpu_setstate(vcpu, VMX_X64_STATE_GPRS), 0);
	fake.run = guest_exits;
	assert_int_equal(vmx_vcpu_run(vcpu), 0);
}

static void exit_memory(const void *code, size_t size)
{
	next_exit = (struct vmx_vcpu_exit){ .reason = VMX_VCPU_EXIT_MEMORY };
	run_to(code, size);
}

#define MEMORY(...) do { \
	static const uint8_t code_[] = { __VA_ARGS__ }; \
	exit_memory(code_, sizeof(code_)); \
} while (0)
/* It is executed, and RIP is behind it. */
#define DONE(...) do { \
	uint64_t rip_ = GPR(RIP); \
	MEMORY(__VA_ARGS__); \
	assert_int_equal(vmx_assist_mem(vcpu), 0); \
	assert_int_equal(GPR(RIP), rip_ + sizeof((uint8_t[]){ __VA_ARGS__ })); \
} while (0)
/* It fails, and nothing was accessed. */
#define FAILS(error, ...) do { \
	MEMORY(__VA_ARGS__); \
	n_accesses = 0; \
	assert_fails(vmx_assist_mem(vcpu), error); \
	assert_int_equal(n_accesses, 0); \
} while (0)

/* The assist has done nothing but to raise this, which the next run delivers. */
static void assert_raised(uint8_t vector, uint32_t error)
{
	struct vmx_vcpu_event *event = &fake_of(vcpu)->page.event;

	assert_int_equal(event->type, VMX_VCPU_EVENT_EXCP);
	assert_int_equal(event->vector, vector);
	assert_int_equal(event->error, error);
	assert_int_equal(event->insn_length, 0);
	/* As if it were delivered */
	event->type = VMX_VCPU_EVENT_NONE;
}

static void assert_page_fault(uint32_t error, uint64_t address)
{
	assert_int_equal(vcpu->state->crs[VMX_X64_CR_CR2], address);
	assert_true(fake_of(vcpu)->page.commit & VMX_X64_STATE_CRS);
	fake_of(vcpu)->page.commit &= ~VMX_X64_STATE_CRS;
	assert_raised(VMX_EXC_PF, error);
}

/* The instruction raises an exception, and nothing was accessed. */
#define FAULTS(...) do { \
	uint64_t rip_ = GPR(RIP); \
	MEMORY(__VA_ARGS__); \
	n_accesses = 0; \
	assert_int_equal(vmx_assist_mem(vcpu), 0); \
	assert_int_equal(n_accesses, 0); \
	assert_int_equal(GPR(RIP), rip_); \
} while (0)
#define RAISES(vector, ...) do { \
	FAULTS(__VA_ARGS__); \
	assert_raised(VMX_EXC_##vector, 0); \
} while (0)
#define PAGE_FAULT(error, address, ...) do { \
	FAULTS(__VA_ARGS__); \
	assert_page_fault(error, address); \
} while (0)

/* ---- what is no memory exit ---- */

static void test_invalid(void **state)
{
	struct vmx_assist_callbacks none = { NULL, NULL, NULL };

	(void)state;
	begin(32);
	next_exit = (struct vmx_vcpu_exit){ .reason = VMX_VCPU_EXIT_HALTED };
	run_to("", 0);
	assert_fails(vmx_assist_mem(vcpu), EINVAL);
	assert_fails(vmx_assist_io(vcpu), EINVAL);
	MEMORY(0x88, 0x07);			/* mov [edi], al */
	assert_fails(vmx_assist_io(vcpu), EINVAL);
	assert_int_equal(vmx_vcpu_configure(vcpu, VMX_VCPU_CONF_CALLBACKS, &none), 0);
	assert_fails(vmx_assist_mem(vcpu), EINVAL);
	next_exit.reason = VMX_VCPU_EXIT_IO;
	run_to("", 0);
	assert_fails(vmx_assist_io(vcpu), EINVAL);
	assert_int_equal(n_accesses, 0);
	fake_end(vcpu);
}

static void test_unknown(void **state)
{
	(void)state;
	begin(32);
	GPR(RDI) = DEVICE;
	FAILS(ENOTSUP, 0xd9, 0x07);		/* fld [edi] */
	FAILS(ENOTSUP, 0x0f, 0x11, 0x07);	/* movups [edi], xmm0 */
	FAILS(ENOTSUP, 0xf2, 0x0f, 0x10, 0x07);	/* movsd xmm0, [edi] */
	FAILS(ENOTSUP, 0x8e, 0x1f);		/* mov ds, [edi] */
	FAILS(ENOTSUP, 0x8f, 0x07 | 0x08);	/* none */
	FAILS(ENOTSUP, 0xff, 0x1f);		/* call far [edi] */
	FAILS(ENOTSUP, 0x1f);			/* pop ds */
	FAILS(ENOTSUP, 0x0f, 0xff, 0xc0);	/* ud0 */
	/* An event was being delivered. */
	next_exit.exitstate.evt_pending = 1;
	GPR(RIP) = CODE;
	run_to("\x88\x07", 2);
	assert_fails(vmx_assist_mem(vcpu), ENOTSUP);
	/* It is the instruction that is missing. */
	next_exit = (struct vmx_vcpu_exit){ .reason = VMX_VCPU_EXIT_MEMORY };
	next_exit.u.mem.prot = VMX_PROT_EXEC;
	run_to("\x88\x07", 2);
	assert_fails(vmx_assist_mem(vcpu), EFAULT);
	assert_int_equal(n_accesses, 0);
	assert_int_equal(GPR(RIP), CODE);
	fake_end(vcpu);
}

/* ---- where an access goes ---- */

static void test_pages(void **state)
{
	(void)state;
	begin(32);
	GPR(RAX) = 0x44332211;
	GPR(RDI) = DEVICE + 0xffd;
	DONE(0x89, 0x07);			/* mov [edi], eax */
	assert_int_equal(n_accesses, 2);
	assert_access(0, DEVICE + 0xffd, 3, true, 0x332211);
	assert_access(1, DEVICE + 0x1000, 1, true, 0x44);

	/* The end of RAM, and the device behind it */
	n_accesses = 0;
	GPR(RDI) = DEVICE - 1;
	DONE(0x89, 0x07);
	assert_int_equal(n_accesses, 1);
	assert_access(0, DEVICE, 3, true, 0x443322);
	assert_int_equal(ram[DEVICE - 1], 0x11);

	/* ROM is read as it is, and written by the callback. */
	n_accesses = 0;
	GPR(RDI) = ROM + 8;
	rom[8] = 0x70;
	DONE(0x00, 0x07);			/* add [edi], al */
	assert_int_equal(n_accesses, 1);
	assert_access(0, ROM + 8, 1, true, 0x81);
	assert_int_equal(rom[8], 0x70);
	fake_end(vcpu);
}

/* It raises what the processor would. */
static void test_limits(void **state)
{
	(void)state;
	begin(32);
	GPR(RDI) = DEVICE;
	SEG(DS).limit = DEVICE + 2;
	RAISES(GP, 0x89, 0x07);		/* mov [edi], eax */
	SEG(DS).limit = DEVICE + 3;
	MEMORY(0x89, 0x07);
	assert_int_equal(vmx_assist_mem(vcpu), 0);
	/* Expand-down: what is above the limit */
	GPR(RIP) = CODE;
	SEG(DS).attrib = 0xc097;
	SEG(DS).limit = DEVICE;
	RAISES(GP, 0x89, 0x07);
	SEG(DS).limit = DEVICE - 1;
	DONE(0x89, 0x07);
	SEG(DS).attrib = 0x8097;
	GPR(RDI) = 0xfffd;
	RAISES(GP, 0x89, 0x07);
	GPR(RDI) = 0xfffc;
	DONE(0x89, 0x07);
	/* Not to be written, not to be read, not there */
	SEG(DS) = SEG(ES);
	SEG(DS).attrib = 0xc091;
	RAISES(GP, 0x89, 0x07);
	DONE(0x8b, 0x07);
	SEG(DS).attrib = 0xc099;
	RAISES(GP, 0x8b, 0x07);
	SEG(DS).attrib = 0xc09b;
	DONE(0x8b, 0x07);
	RAISES(GP, 0x89, 0x07);
	SEG(DS).attrib = 0x1c093;
	RAISES(GP, 0x89, 0x07);
	/* What crosses 4 GB wraps: the processor has not faulted. */
	SEG(DS).attrib = 0xc093;
	GPR(RDI) = 0xfffffffe;
	GPR(RAX) = 0x44332211;
	n_accesses = 0;
	DONE(0x89, 0x07);
	assert_int_equal(n_accesses, 1);
	assert_access(0, 0xfffffffe, 2, true, 0x2211);
	assert_int_equal(*(uint16_t *)ram, 0x4433);
	/* SS has an exception of its own. */
	SEG(SS).limit = DEVICE;
	GPR(RBP) = DEVICE;
	RAISES(SS, 0x89, 0x45, 0x00);		/* mov [ebp], eax */
	/* A base, and addresses that wrap */
	SEG(DS).attrib = 0xc093;
	SEG(DS).base = 0xffffff00;
	GPR(RDI) = DEVICE + 0x110;
	GPR(RAX) = 7;
	n_accesses = 0;
	DONE(0x88, 0x07);
	assert_access(0, DEVICE + 0x10, 1, true, 7);
	fake_end(vcpu);
}

/* A segment's base is not the others'; ES is for strings. */
static void test_segments(void **state)
{
	static const struct {
		unsigned int seg;
		uint8_t prefix;
	} overrides[] = {
		{ VMX_X64_SEG_ES, 0x26 }, { VMX_X64_SEG_CS, 0x2e }, { VMX_X64_SEG_SS, 0x36 },
		{ VMX_X64_SEG_DS, 0x3e }, { VMX_X64_SEG_FS, 0x64 }, { VMX_X64_SEG_GS, 0x65 },
	};
	unsigned int i;

	(void)state;
	begin(16);
	for (i = 0; i < COUNT(overrides); i++)
		fake_of(vcpu)->state.segs[overrides[i].seg].base = i * 0x10;
	for (i = 0; i < COUNT(overrides); i++) {
		uint8_t code[] = { overrides[i].prefix, 0xa0, 0x00, 0x80 }; /* mov al, [0x8000] */

		GPR(RIP) = CODE;
		n_accesses = 0;
		exit_memory(code, sizeof(code));
		assert_int_equal(vmx_assist_mem(vcpu), 0);
		assert_access(0, DEVICE + i * 0x10, 1, false, i * 0x10);
		assert_int_equal(GPR(RAX), i * 0x10);
		/* movsb from there to ES:DI */
		code[1] = 0xa4;
		GPR(RSI) = DEVICE;
		GPR(RDI) = 0x2000;
		exit_memory(code, 2);
		assert_int_equal(vmx_assist_mem(vcpu), 0);
		assert_int_equal(ram[0x2000], i * 0x10);
	}
	/* BP is in SS, and so is SP. */
	GPR(RBP) = DEVICE;
	DONE(0x8a, 0x46, 0x01);			/* mov al, [bp + 1] */
	assert_int_equal(GPR(RAX), 0x21);
	fake_end(vcpu);
}

static void test_64_bit_segments(void **state)
{
	(void)state;
	begin_64();
	SEG(DS).base = 0x40;
	SEG(DS).limit = 0;
	SEG(FS).base = 0x50;
	SEG(GS).base = 0x60;
	SEG(GS).attrib = 0x10000;
	GPR(RDI) = DEVICE;
	DONE(0x8a, 0x07);			/* mov al, [rdi] */
	assert_int_equal(GPR(RAX), 0);
	DONE(0x64, 0x8a, 0x07);
	assert_int_equal(GPR(RAX), 0x50);
	DONE(0x65, 0x8a, 0x07);
	assert_int_equal(GPR(RAX), 0x60);
	/* mov al, [rip + ...]; RIP is that of the next one. */
	GPR(RIP) = CODE;
	DONE(0x8a, 0x05, (DEVICE - CODE - 6 + 0x12) & 0xff, (DEVICE - CODE - 6 + 0x12) >> 8,
	     0, 0);
	assert_int_equal(GPR(RAX), 0x12);
	/* Addresses of 32 bits wrap there, before a base is added. */
	GPR(RDI) = 0xffffffff00000000;
	GPR(RSI) = 0x1ffffffff;
	DONE(0x65, 0x67, 0x8a, 0x84, 0x37, 0x01, 0x80, 0, 0); /* mov al, gs:[edi+esi+0x8001] */
	assert_int_equal(GPR(RAX), 0x60);
	GPR(RDI) = 1ull << 47;
	RAISES(GP, 0x8a, 0x07);
	GPR(RDI) = (1ull << 47) - 1;
	RAISES(GP, 0x66, 0x8b, 0x07);		/* mov ax, [rdi] */
	GPR(RBP) = 1ull << 47;
	RAISES(SS, 0x8a, 0x45, 0x00);		/* mov al, [rbp] */
	GPR(RSP) = 1ull << 47;
	RAISES(SS, 0x58);			/* pop rax */
	fake_end(vcpu);
}

/* SDM, "Linear-Address Masking": of user pointers, by CR3 */
static void test_masking(void **state)
{
	__u64 *cr3;

	(void)state;
	begin_64();
	cr3 = &fake_of(vcpu)->state.crs[VMX_X64_CR_CR3];
	GPR(RDI) = 0x7e00000000000000 | DEVICE;
	RAISES(GP, 0x8a, 0x07);			/* mov al, [rdi] */
	*cr3 = PML4 | 1ull << 61;
	n_accesses = 0;
	DONE(0x8a, 0x07);
	assert_access(0, DEVICE, 1, false, 0);
	GPR(RDI) = 0x7fff000000000000 | DEVICE;
	RAISES(GP, 0x8a, 0x07);
	GPR(RDI) = 0xfe00000000000000 | DEVICE;
	RAISES(GP, 0x8a, 0x07);
	*cr3 = PML4 | 1ull << 62;
	GPR(RDI) = 0x7fff000000000000 | DEVICE;
	DONE(0x8a, 0x07);
	GPR(RDI) = 1ull << 47;
	RAISES(GP, 0x8a, 0x07);
	fake_end(vcpu);
}

/* Paging decides for each page: who may, and what is set in its entries. */
static void test_paging(void **state)
{
	uint64_t *pages = begin_64();

	(void)state;
	GPR(RDI) = DEVICE;
	pages[8] = 0x9000 | 7;
	DONE(0x88, 0x07);			/* mov [rdi], al */
	assert_access(0, 0x9000, 1, true, 0);
	assert_int_equal(pages[8], 0x9000 | 7 | 0x60);
	assert_int_equal(((uint64_t *)ram)[PML4 / 8], PDPT | 7 | 0x20);
	/* Fetching sets nothing: the processor has done that. */
	assert_int_equal(pages[1], CODE | 7);
	pages[8] = DEVICE | 7;
	DONE(0x8a, 0x07);
	assert_int_equal(pages[8], DEVICE | 7 | 0x20);
	pages[8] = 0;
	PAGE_FAULT(0, DEVICE, 0x8a, 0x07);
	/* The second page of two; the first is not accessed then. */
	pages[8] = DEVICE | 7;
	pages[9] = 0;
	GPR(RDI) = DEVICE + 0xfff;
	PAGE_FAULT(2, DEVICE + 0x1000, 0x66, 0x89, 0x07); /* mov [rdi], ax */
	pages[9] = 0xa000 | 7;
	pages[8] = 0x9000 | 7;
	DONE(0x66, 0x89, 0x07);
	/* Read-only, by CR0.WP and CPL */
	GPR(RDI) = DEVICE;
	pages[8] = DEVICE | 5;
	PAGE_FAULT(3, DEVICE, 0x88, 0x07);
	/* A read-modify-write is a write. */
	PAGE_FAULT(3, DEVICE, 0xfe, 0x07);	/* inc byte [rdi] */
	assert_int_equal(pages[8], DEVICE | 5);
	DONE(0x8a, 0x07);
	fake_of(vcpu)->state.crs[VMX_X64_CR_CR0] &= ~0x10000ull;
	DONE(0x88, 0x07);
	SEG(SS).attrib |= CPL_3;
	PAGE_FAULT(7, DEVICE, 0x88, 0x07);
	DONE(0x8a, 0x07);
	pages[8] = DEVICE | 3;
	PAGE_FAULT(5, DEVICE, 0x8a, 0x07);
	/* A bit that is reserved */
	pages[8] = DEVICE | 7 | 1ull << 63;
	PAGE_FAULT(13, DEVICE, 0x8a, 0x07);
	fake_end(vcpu);
}

/* SDM, "Determination of Access Rights": user pages, for a supervisor, by RFLAGS.AC */
static void test_smap(void **state)
{
	uint64_t *pages = begin_64();

	(void)state;
	fake_of(vcpu)->state.crs[VMX_X64_CR_CR4] |= CR4_SMAP;
	/* Code is fetched all the same. */
	GPR(RDI) = DEVICE;
	PAGE_FAULT(1, DEVICE, 0x8a, 0x07);	/* mov al, [rdi] */
	PAGE_FAULT(3, DEVICE, 0x88, 0x07);	/* mov [rdi], al */
	fake_of(vcpu)->state.crs[VMX_X64_CR_CR0] &= ~0x10000ull;
	PAGE_FAULT(3, DEVICE, 0x88, 0x07);
	GPR(RFLAGS) |= AC;
	DONE(0x88, 0x07);
	GPR(RFLAGS) &= ~(uint64_t)AC;
	/* The source is the device, the destination a user's. */
	pages[8] = DEVICE | 3;
	GPR(RSI) = DEVICE;
	GPR(RDI) = 0x2123;
	PAGE_FAULT(3, 0x2123, 0xa4);		/* movsb */
	pages[2] = 0x2003;
	DONE(0xa4);
	assert_int_equal(ram[0x2123], 0);
	/* A user may. */
	SEG(SS).attrib |= CPL_3;
	pages[8] = DEVICE | 7;
	GPR(RDI) = DEVICE;
	DONE(0x8a, 0x07);
	fake_end(vcpu);
}

/* A page table, and where another vCPU has it */
static uint64_t *raced, *others;

/* The assist is about to set the dirty flag, when another vCPU makes the page read-only. */
static void make_read_only(int signal)
{
	(void)signal;
	others[8] &= ~2ull;
	mprotect(raced, 4096, PROT_READ | PROT_WRITE);
}

/* SDM, "Accessed and Dirty Flags": with CR0.WP 1 it is never set where R/W is 0. */
static void test_flags_race(void **state)
{
	uint64_t *pages = begin_64();
	struct sigaction action = { .sa_handler = make_read_only }, before;
	int fd = memfd_create("table", 0);

	(void)state;
	assert_int_equal(ftruncate(fd, 4096), 0);
	raced = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	others = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	assert_true(raced != MAP_FAILED && others != MAP_FAILED);
	memcpy(others, pages, 4096);
	others[8] = DEVICE | 0x27;
	assert_int_equal(vmx_gpa_map(vmx_vcpu_machine(vcpu), raced, 0xc000, 4096, 3), 0);
	((uint64_t *)ram)[PD / 8] = 0xc027;
	GPR(RDI) = DEVICE;
	assert_int_equal(mprotect(raced, 4096, PROT_READ), 0);
	assert_int_equal(sigaction(SIGSEGV, &action, &before), 0);
	PAGE_FAULT(3, DEVICE, 0x88, 0x07);	/* mov [rdi], al */
	assert_int_equal(others[8], DEVICE | 0x25);
	assert_int_equal(sigaction(SIGSEGV, &before, NULL), 0);
	fake_end(vcpu);
	munmap(raced, 4096);
	munmap(others, 4096);
	close(fd);
}

/* SDM, "Alignment Check Exception (#AC)" */
static void test_alignment(void **state)
{
	uint64_t *pages = begin_64();

	(void)state;
	fake_of(vcpu)->state.crs[VMX_X64_CR_CR0] |= CR0_AM;
	SEG(SS).attrib |= CPL_3;
	GPR(RFLAGS) |= AC;
	GPR(RDI) = DEVICE + 2;
	RAISES(AC, 0x8b, 0x07);			/* mov eax, [rdi] */
	DONE(0x66, 0x8b, 0x07);
	GPR(RDI) = DEVICE + 1;
	DONE(0x8a, 0x07);
	RAISES(AC, 0x66, 0x8b, 0x07);
	/* A page fault comes before it. */
	pages[8] = 0;
	PAGE_FAULT(4, DEVICE + 1, 0x66, 0x8b, 0x07);
	pages[8] = DEVICE | 7;
	fake_of(vcpu)->state.crs[VMX_X64_CR_CR0] &= ~CR0_AM;
	DONE(0x66, 0x8b, 0x07);
	fake_of(vcpu)->state.crs[VMX_X64_CR_CR0] |= CR0_AM;
	SEG(SS).attrib &= ~CPL_3;
	DONE(0x66, 0x8b, 0x07);
	/* It has a rule of its own. */
	GPR(RDI) = DEVICE + 8;
	RAISES(GP, 0x48, 0x0f, 0xc7, 0x0f);	/* cmpxchg16b [rdi] */
	fake_end(vcpu);
}

/* A program has an exception to deliver already: it keeps it, and the assist does nothing. */
static void test_event_waits(void **state)
{
	(void)state;
	begin_64();
	GPR(RDI) = 1ull << 47;
	MEMORY(0x8a, 0x07);
	*vcpu->event = (struct vmx_vcpu_event){ .type = VMX_VCPU_EVENT_EXCP, .vector = 6 };
	assert_int_equal(vmx_vcpu_inject(vcpu), 0);
	assert_fails(vmx_assist_mem(vcpu), EAGAIN);
	assert_int_equal(fake_of(vcpu)->page.event.vector, 6);
	assert_int_equal(GPR(RIP), CODE);
	fake_end(vcpu);

	/* An interrupt comes after the one that the assist raises. */
	begin_64();
	GPR(RDI) = 1ull << 47;
	MEMORY(0x8a, 0x07);
	*vcpu->event = (struct vmx_vcpu_event){ .type = VMX_VCPU_EVENT_INTR, .vector = 0x21 };
	assert_int_equal(vmx_vcpu_inject(vcpu), 0);
	assert_int_equal(vmx_assist_mem(vcpu), 0);
	assert_int_equal(fake_of(vcpu)->page.interrupt.vector, 0x21);
	assert_raised(VMX_EXC_GP, 0);
	fake_end(vcpu);
}

/* The processor has said where the page is, if it was for this access. */
static void test_page_of_exit(void **state)
{
	uint64_t *pages = begin_64();

	(void)state;
	pages[8] = DEVICE | 5;
	GPR(RDI) = DEVICE + 0x10;
	next_exit = (struct vmx_vcpu_exit){ .reason = VMX_VCPU_EXIT_MEMORY };
	next_exit.u.mem = (struct vmx_exit_memory){
		.gva = DEVICE + 0x123, .gpa = 0x9123, .gva_valid = 1, .prot = VMX_PROT_READ,
	};
	run_to("\x8a\x07", 2);			/* mov al, [rdi] */
	assert_int_equal(vmx_assist_mem(vcpu), 0);
	assert_access(0, 0x9010, 1, false, 0x10);
	run_to("\x88\x07", 2);			/* mov [rdi], al */
	assert_int_equal(vmx_assist_mem(vcpu), 0);
	assert_page_fault(3, DEVICE + 0x10);
	next_exit.u.mem.prot = VMX_PROT_WRITE;
	run_to("", 0);
	assert_int_equal(vmx_assist_mem(vcpu), 0);
	assert_access(1, 0x9010, 1, true, 0x10);
	/* Of another page it has said nothing, and nothing without an address. */
	next_exit.u.mem.prot = VMX_PROT_READ;
	GPR(RDI) = DEVICE + 0xfff;
	pages[9] = 0xa007;
	run_to("\x66\x8b\x07", 3);		/* mov ax, [rdi] */
	n_accesses = 0;
	rom[0] = 0x42;
	assert_int_equal(vmx_assist_mem(vcpu), 0);
	assert_int_equal(n_accesses, 1);
	assert_access(0, 0x9fff, 1, false, 0xff);
	assert_int_equal(GPR(RAX), 0x42ff);
	next_exit.u.mem.gva_valid = 0;
	run_to("\x8a\x07", 2);
	assert_int_equal(vmx_assist_mem(vcpu), 0);
	assert_access(1, DEVICE + 0xfff, 1, false, 0xff);
	fake_end(vcpu);
}

/* Memory that was found is looked for again after the map has changed. */
static void test_map_changes(void **state)
{
	struct vmx_machine *machine;

	(void)state;
	begin(32);
	machine = vmx_vcpu_machine(vcpu);
	GPR(RDI) = ROM;
	rom[0] = 0x42;
	DONE(0x8a, 0x07);			/* mov al, [edi] */
	assert_int_equal(GPR(RAX), 0x42);
	assert_int_equal(vmx_gpa_unmap(machine, 0x2000, ROM), 0);
	assert_int_equal(vmx_gpa_unmap(machine, 0, 0x1000), 0);
	DONE(0x8a, 0x07);
	assert_int_equal(GPR(RAX), 0);
	assert_int_equal(n_accesses, 1);
	assert_int_equal(vmx_gpa_unmap(machine, 0, ROM + ROM_SIZE), 0);
	FAILS(EFAULT, 0x8a, 0x07);
	fake_end(vcpu);
}

static uint8_t other[0x1000] __attribute__((aligned(4096)));

/* A device whose register moves memory: to @other, or away if there is none of it */
static bool moves_away;

static void moving_device(struct vmx_mem *mem)
{
	struct vmx_machine *machine = mem->machine;

	device(mem);
	if (moves_away)
		assert_int_equal(vmx_gpa_unmap(machine, 0x2000, 0x1000), 0);
	else
		assert_int_equal(vmx_gpa_map(machine, other, 0x2000, 0x1000,
					     VMX_PROT_READ | VMX_PROT_WRITE), 0);
}

static void moving_port(struct vmx_io *io)
{
	port(io);
	assert_int_equal(vmx_gpa_unmap(io->machine, 0x2000, 0x1000), 0);
}

static void move_by(void (*io)(struct vmx_io *), bool away)
{
	struct vmx_assist_callbacks callbacks = { io, moving_device, &vcpu };

	if (io)
		callbacks.mem = NULL;
	begin(32);
	memset(other, 0, sizeof(other));
	moves_away = away;
	assert_int_equal(vmx_vcpu_configure(vcpu, VMX_VCPU_CONF_CALLBACKS, &callbacks), 0);
	GPR(RDI) = 0x2004;
	GPR(RSI) = DEVICE + 0x20;
	GPR(RCX) = 2;
}

/* What a callback maps and unmaps holds for the rest of the instruction. */
static void test_map_in_callback(void **state)
{
	struct vmx_exit_io ins = { .npc = 5, .port = 0x60, .in = 1, .size = 2, .str = 1,
				   .address_size = 4 };

	(void)state;
	move_by(NULL, false);
	DONE(0xa5);				/* movsd */
	assert_int_equal(*(uint32_t *)&other[4], 0x23222120);
	assert_int_equal(*(uint32_t *)&ram[0x2004], 0);
	fake_end(vcpu);

	/* Where there was memory is a device now. */
	move_by(NULL, true);
	DONE(0xf3, 0xa5);			/* rep movsd */
	assert_int_equal(n_accesses, 4);
	assert_access(1, 0x2004, 4, true, 0x23222120);
	assert_access(3, 0x2008, 4, true, 0x27262524);
	assert_int_equal(*(uint32_t *)&ram[0x2004], 0);
	fake_end(vcpu);

	/* or nothing */
	move_by(moving_port, true);
	next_exit = (struct vmx_vcpu_exit){ .reason = VMX_VCPU_EXIT_IO, .u.io = ins };
	run_to(NULL, 0);
	assert_int_equal(vmx_assist_io(vcpu), 0);
	assert_int_equal(n_accesses, 1);
	assert_int_equal(*(uint16_t *)&ram[0x2004], 0);
	fake_end(vcpu);
}

/* ---- the instruction ---- */

static void test_fetch(void **state)
{
	uint64_t *pages;

	(void)state;
	begin(16);
	SEG(CS).base = 0x1800;
	GPR(RIP) = 0x800 - 1;
	GPR(RDI) = DEVICE;
	DONE(0xc6, 0x05, 0x77);			/* mov byte [di], 0x77 */
	assert_access(0, DEVICE, 1, true, 0x77);
	/* IP does not wrap: the fetch of the next instruction is for #GP. */
	SEG(CS).base = 0xffff1800;
	GPR(RIP) = 0xfffd;
	DONE(0xc6, 0x05, 0x78);
	assert_int_equal(GPR(RIP), 0x10000);
	/* Nor does it within an instruction. */
	GPR(RIP) = 0xfffe;
	RAISES(GP, 0xc6, 0x05, 0x78);
	SEG(CS).limit = 0x10000;
	DONE(0xc6, 0x05, 0x79);
	fake_end(vcpu);

	/* Linear addresses do. */
	begin(32);
	SEG(CS).base = 0xffffffff;
	GPR(RIP) = 0;
	GPR(RDI) = DEVICE;
	memcpy(ram, "\x07\x55", 2);
	assert_int_equal(vmx_gpa_map(vmx_vcpu_machine(vcpu), rom, 0xfffff000, ROM_SIZE,
				     VMX_PROT_READ | VMX_PROT_EXEC), 0);
	rom[0xfff] = 0xc6;
	n_accesses = 0;
	exit_memory("", 0);
	assert_int_equal(vmx_assist_mem(vcpu), 0);
	assert_access(0, DEVICE, 1, true, 0x55);
	fake_end(vcpu);

	/* Over to a page elsewhere, and to none */
	pages = begin_64();
	memcpy(ram + 0x1ffe, "\xc6\x07", 2);
	ram[0x3000] = 0x79;
	pages[2] = 0x3007;
	GPR(RIP) = 0x1ffe;
	GPR(RDI) = DEVICE;
	exit_memory("", 0);
	n_accesses = 0;
	assert_int_equal(vmx_assist_mem(vcpu), 0);
	assert_access(0, DEVICE, 1, true, 0x79);
	assert_int_equal(GPR(RIP), 0x2001);
	/* Another vCPU has taken it away. */
	pages[2] = 0;
	GPR(RIP) = 0x1ffe;
	exit_memory("", 0);
	assert_int_equal(vmx_assist_mem(vcpu), 0);
	assert_page_fault(0, 0x2000);
	pages[1] = 0;
	exit_memory("", 0);
	assert_int_equal(vmx_assist_mem(vcpu), 0);
	assert_page_fault(0, 0x1ffe);
	fake_of(vcpu)->state.msrs[VMX_X64_MSR_EFER] |= 0x800;
	pages[1] = 0x1007 | 1ull << 63;
	exit_memory("", 0);
	assert_int_equal(vmx_assist_mem(vcpu), 0);
	assert_page_fault(0x11, 0x1ffe);
	/* It is where no memory is. */
	pages[1] = DEVICE | 7;
	exit_memory("", 0);
	assert_fails(vmx_assist_mem(vcpu), EFAULT);
	fake_end(vcpu);
}

/* What is decoded is kept, but it is the bytes and the mode that count. */
static void test_code_changes(void **state)
{
	(void)state;
	begin(32);
	GPR(RDI) = DEVICE + 5;
	GPR(RAX) = 0xaabbccdd;
	DONE(0x89, 0x07);			/* mov [edi], eax */
	assert_access(0, DEVICE + 5, 4, true, 0xaabbccdd);
	GPR(RIP) = CODE;
	DONE(0x89, 0x0f);			/* mov [edi], ecx */
	assert_access(1, DEVICE + 5, 4, true, 0);
	GPR(RIP) = CODE;
	SEG(CS).attrib = 0x9b;
	GPR(RBX) = DEVICE + 7;
	GPR(RCX) = 0x8899;
	DONE(0x89, 0x0f);			/* mov [bx], cx */
	assert_access(2, DEVICE + 7, 2, true, 0x8899);
	/* An instruction that begins as another one */
	GPR(RIP) = CODE;
	DONE(0xc6, 0x07, 0x01);
	GPR(RIP) = CODE;
	DONE(0xc6, 0x07, 0x02);
	assert_access(4, DEVICE + 7, 1, true, 2);
	fake_end(vcpu);
}

/* RF is 0 after an instruction; a run and its assist are one system call. */
static void test_advance(void **state)
{
	unsigned int ioctls;

	(void)state;
	begin(32);
	GPR(RDI) = DEVICE;
	GPR(RFLAGS) = 0x10202;
	MEMORY(0x88, 0x07);
	ioctls = fake.ioctls;
	assert_int_equal(vmx_assist_mem(vcpu), 0);
	assert_int_equal(vmx_vcpu_run(vcpu), 0);
	assert_int_equal(fake.ioctls, ioctls + 1);
	assert_int_equal(fake_of(vcpu)->state.gprs[VMX_X64_GPR_RFLAGS], 0x202);
	assert_false(fake_of(vcpu)->insn_done);
	/* The kernel does not see by RIP that a jump to itself is done. */
	GPR(RIP) = CODE;
	registers[0] = CODE & 0xff;
	registers[1] = CODE >> 8;
	registers[2] = registers[3] = 0;
	MEMORY(0xff, 0x27);			/* jmp [edi] */
	assert_int_equal(vmx_assist_mem(vcpu), 0);
	assert_int_equal(GPR(RIP), CODE);
	assert_int_equal(vmx_vcpu_run(vcpu), 0);
	assert_true(fake_of(vcpu)->insn_done);
	fake_end(vcpu);
}

/* ---- any bytes ---- */

#define GUESSES		20000

static uint64_t chance(void)
{
	static uint64_t state;
	uint64_t x = state += 0x9e3779b97f4a7c15;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

/* It is done, or refused; sanitizers and valgrind have an eye on it. */
static void guess(void)
{
	uint8_t code[15];
	unsigned int i;

	for (i = 0; i < sizeof(code); i++)
		code[i] = chance();
	/* Half of them begin with 0F. */
	if (chance() % 2)
		code[0] = 0x0f;
	for (i = 0; i < VMX_X64_GPR_RIP; i++)
		vcpu->state->gprs[i] = chance() % 2 ? chance() : chance() % 0x10000;
	GPR(RIP) = CODE;
	exit_memory(code, sizeof(code));
	n_accesses = 0;
	errno = 0;
	fake_of(vcpu)->page.event.type = VMX_VCPU_EVENT_NONE;
	if (vmx_assist_mem(vcpu))
		assert_true(errno == ENOTSUP || errno == EFAULT);
	assert_true(n_accesses <= 2 * 4096 * 2);
}

static void test_any_bytes(void **state)
{
	unsigned int i;

	(void)state;
	begin(16);
	for (i = 0; i < GUESSES; i++)
		guess();
	fake_end(vcpu);
	begin(32);
	for (i = 0; i < GUESSES; i++)
		guess();
	fake_end(vcpu);
	begin_64();
	for (i = 0; i < GUESSES; i++)
		guess();
	fake_end(vcpu);
}

/* ---- instructions that test_forms.c can't execute ---- */

static void test_control(void **state)
{
	(void)state;
	begin(32);
	registers[0] = 0x78;
	registers[1] = 0x56;
	registers[2] = 0x34;
	registers[3] = 0x12;
	GPR(RDI) = DEVICE;
	GPR(RSP) = 0x3000;
	MEMORY(0xff, 0x27);			/* jmp [edi] */
	assert_int_equal(vmx_assist_mem(vcpu), 0);
	assert_int_equal(GPR(RIP), 0x12345678);
	GPR(RIP) = CODE;
	MEMORY(0x66, 0xff, 0x27);		/* jmp word [edi] */
	assert_int_equal(vmx_assist_mem(vcpu), 0);
	assert_int_equal(GPR(RIP), 0x5678);
	GPR(RIP) = CODE;
	MEMORY(0xff, 0x17);			/* call [edi] */
	assert_int_equal(vmx_assist_mem(vcpu), 0);
	assert_int_equal(GPR(RIP), 0x12345678);
	assert_int_equal(GPR(RSP), 0x2ffc);
	assert_int_equal(*(uint32_t *)&ram[0x2ffc], CODE + 2);
	/* It is too far, of which nothing is on the stack. */
	GPR(RIP) = CODE;
	SEG(CS).limit = 0x12345677;
	exit_memory("\xff\x27", 2);
	assert_int_equal(vmx_assist_mem(vcpu), 0);
	assert_raised(VMX_EXC_GP, 0);
	*(uint32_t *)&ram[0x2ff8] = 0x55;
	exit_memory("\xff\x17", 2);
	assert_int_equal(vmx_assist_mem(vcpu), 0);
	assert_raised(VMX_EXC_GP, 0);
	assert_int_equal(GPR(RIP), CODE);
	assert_int_equal(GPR(RSP), 0x2ffc);
	assert_int_equal(*(uint32_t *)&ram[0x2ff8], 0x55);
	/* The stack is the device. */
	n_accesses = 0;
	GPR(RIP) = CODE;
	GPR(RSP) = DEVICE + 8;
	MEMORY(0xe8, 0x00, 0xff, 0xff, 0xff);	/* call $ + 5 - 0x100 */
	assert_int_equal(vmx_assist_mem(vcpu), 0);
	assert_int_equal(GPR(RIP), CODE + 5 - 0x100);
	assert_int_equal(GPR(RSP), DEVICE + 4);
	assert_access(0, DEVICE + 4, 4, true, CODE + 5);
	fake_end(vcpu);
}

static void test_stack(void **state)
{
	(void)state;
	begin(32);
	GPR(RSP) = DEVICE + 8;
	DONE(0x54);				/* push esp */
	assert_access(0, DEVICE + 4, 4, true, DEVICE + 8);
	DONE(0x5c);				/* pop esp */
	assert_int_equal(GPR(RSP), DEVICE + 8);
	DONE(0x6a, 0xfe);			/* push -2 */
	assert_access(2, DEVICE + 4, 4, true, 0xfffffffe);
	/* pop [esp + 8]: ESP is that after the pop. */
	n_accesses = 0;
	DONE(0x8f, 0x44, 0x24, 0x08);
	assert_access(1, DEVICE + 16, 4, true, 0xfffffffe);
	assert_int_equal(GPR(RSP), DEVICE + 8);
	/* Of a stack of 16 bits only SP counts. */
	SEG(SS).attrib = 0x93;
	n_accesses = 0;
	GPR(RSP) = 0x12340000 | (DEVICE + 8);
	DONE(0x68, 0x44, 0x33, 0x22, 0x11);	/* push 0x11223344 */
	assert_access(0, DEVICE + 4, 4, true, 0x11223344);
	assert_int_equal(GPR(RSP), 0x12340000 | (DEVICE + 4));
	SEG(DS).selector = 0x18;
	DONE(0x1e);				/* push ds */
	assert_access(1, DEVICE, 4, true, 0x18);
	fake_end(vcpu);
}

static void test_64_bit_stack(void **state)
{
	(void)state;
	begin_64();
	GPR(RSP) = DEVICE + 16;
	GPR(R9) = 0x1122334455667788;
	DONE(0x41, 0x51);			/* push r9 */
	assert_access(0, DEVICE + 8, 8, true, 0x1122334455667788);
	DONE(0x6a, 0xfe);			/* push -2 */
	assert_access(1, DEVICE, 8, true, -2ull);
	DONE(0x58);				/* pop rax */
	assert_int_equal(GPR(RAX), -2ull);
	assert_int_equal(GPR(RSP), DEVICE + 8);
	GPR(RDI) = DEVICE + 8;
	*(uint64_t *)&registers[8] = 0x0000766655443322;
	MEMORY(0xff, 0x27);			/* jmp [rdi] */
	assert_int_equal(vmx_assist_mem(vcpu), 0);
	assert_int_equal(GPR(RIP), 0x0000766655443322);
	GPR(RIP) = CODE;
	*(uint64_t *)&registers[8] = 0x0000866655443322;
	exit_memory("\xff\x27", 2);
	assert_int_equal(vmx_assist_mem(vcpu), 0);
	assert_raised(VMX_EXC_GP, 0);
	assert_int_equal(GPR(RIP), CODE);
	/* Of POP, the stack is read before the operand is found. */
	GPR(RSP) = 1ull << 47;
	GPR(RDI) = 0x2000;
	((uint64_t *)ram)[PT / 8 + 2] = 0;
	RAISES(SS, 0x8f, 0x07);			/* pop qword [rdi] */
	GPR(RSP) = DEVICE;
	PAGE_FAULT(2, 0x2000, 0x8f, 0x07);
	assert_int_equal(GPR(RSP), DEVICE);
	fake_end(vcpu);
}

static void test_cmpxchg16b(void **state)
{
	(void)state;
	begin_64();
	GPR(RDI) = DEVICE;
	GPR(RAX) = 0x0706050403020100;
	GPR(RDX) = 0x0f0e0d0c0b0a0908;
	GPR(RBX) = 1;
	GPR(RCX) = 2;
	DONE(0x48, 0x0f, 0xc7, 0x0f);		/* cmpxchg16b [rdi] */
	assert_int_equal(n_accesses, 4);
	assert_access(0, DEVICE, 8, false, 0x0706050403020100);
	assert_access(2, DEVICE, 8, true, 1);
	assert_access(3, DEVICE + 8, 8, true, 2);
	assert_int_equal(GPR(RFLAGS), 2 | ZF);
	n_accesses = 0;
	DONE(0xf0, 0x48, 0x0f, 0xc7, 0x0f);
	assert_access(2, DEVICE, 8, true, 1);
	assert_access(3, DEVICE + 8, 8, true, 2);
	assert_int_equal(GPR(RFLAGS), 2);
	assert_int_equal(GPR(RAX), 1);
	assert_int_equal(GPR(RDX), 2);
	fake_end(vcpu);
}

/* The destination is written in any case. */
static void test_cmpxchg(void **state)
{
	(void)state;
	begin(32);
	GPR(RDI) = DEVICE + 3;
	GPR(RAX) = 7;
	DONE(0x0f, 0xb0, 0x17);			/* cmpxchg [edi], dl */
	assert_int_equal(n_accesses, 2);
	assert_access(1, DEVICE + 3, 1, true, 3);
	assert_int_equal(GPR(RAX), 3);
	fake_end(vcpu);
}

/* ---- strings ---- */

static void test_count(void **state)
{
	unsigned int i;

	(void)state;
	begin(32);
	GPR(RDI) = DEVICE;
	GPR(RAX) = 0x55;
	/* A count of 0 */
	DONE(0xf3, 0xaa);			/* rep stosb */
	assert_int_equal(n_accesses, 0);
	assert_int_equal(GPR(RDI), DEVICE);
	/* With addresses of 16 bits, CX counts. */
	GPR(RCX) = 0x10002;
	GPR(RDI) = 0x10000 | DEVICE;
	DONE(0x67, 0xf3, 0xaa);
	assert_int_equal(n_accesses, 2);
	assert_int_equal(GPR(RCX), 0x10000);
	assert_int_equal(GPR(RDI), 0x10000 | (DEVICE + 2));
	/* DI wraps. */
	GPR(RCX) = 2;
	GPR(RDI) = 0xffff;
	n_accesses = 0;
	DONE(0x67, 0xf3, 0xaa);
	assert_access(0, 0xffff, 1, true, 0x55);
	assert_int_equal(ram[0], 0x55);
	assert_int_equal(GPR(RDI), 1);
	/* Down */
	GPR(RCX) = 2;
	GPR(RDI) = DEVICE + 4;
	GPR(RFLAGS) |= DF;
	n_accesses = 0;
	DONE(0xf3, 0xab);			/* rep stosd */
	assert_access(1, DEVICE, 4, true, 0x55);
	assert_int_equal(GPR(RDI), DEVICE - 4);
	/* Many are done by and by. */
	GPR(RCX) = 10000;
	GPR(RDI) = DEVICE + 0x10000;
	GPR(RIP) = CODE;
	n_accesses = 0;
	MEMORY(0xf3, 0xaa);
	for (i = 4096; i < 10000; i += 4096) {
		assert_int_equal(vmx_assist_mem(vcpu), 0);
		assert_int_equal(n_accesses, i);
		assert_int_equal(GPR(RIP), CODE);
		assert_int_equal(GPR(RCX), 10000 - i);
		assert_true(GPR(RFLAGS) & RF);
		exit_memory("", 0);
	}
	assert_int_equal(vmx_assist_mem(vcpu), 0);
	assert_int_equal(n_accesses, 10000);
	assert_int_equal(GPR(RIP), CODE + 2);
	assert_int_equal(GPR(RCX), 0);
	assert_int_equal(GPR(RDI), DEVICE + 0x10000 - 10000);
	fake_end(vcpu);
}

/* The element that faults is the next one, and the flags are those before. */
static void test_string_faults(void **state)
{
	uint64_t *pages = begin_64();

	(void)state;
	pages[2] = 0;
	GPR(RSI) = 0x1ff8;
	GPR(RDI) = DEVICE;
	GPR(RCX) = 5;
	exit_memory("\xf3\x66\xa5", 3);		/* rep movsw */
	assert_int_equal(vmx_assist_mem(vcpu), 0);
	assert_page_fault(0, 0x2000);
	assert_int_equal(n_accesses, 4);
	assert_int_equal(GPR(RCX), 1);
	assert_int_equal(GPR(RSI), 0x2000);
	assert_int_equal(GPR(RDI), DEVICE + 8);
	assert_int_equal(GPR(RIP), CODE);
	/* It is the guest's, then. */
	exit_memory("", 0);
	assert_int_equal(fake_of(vcpu)->state.gprs[VMX_X64_GPR_RCX], 1);
	pages[2] = 0x2007;
	assert_int_equal(vmx_assist_mem(vcpu), 0);
	assert_int_equal(GPR(RIP), CODE + 3);

	memset(registers, 1, sizeof(registers));
	memset(ram + 0x1ff0, 1, 16);
	pages[2] = 0;
	GPR(RIP) = CODE;
	GPR(RSI) = 0x1ff8;
	GPR(RDI) = DEVICE;
	GPR(RCX) = 9;
	GPR(RFLAGS) = 2 | CF;
	exit_memory("\xf3\xa6", 2);		/* repe cmpsb */
	assert_int_equal(vmx_assist_mem(vcpu), 0);
	assert_page_fault(0, 0x2000);
	assert_int_equal(GPR(RCX), 1);
	assert_int_equal(GPR(RFLAGS), 2 | CF);
	fake_end(vcpu);
}

/* SDM, "Single-Step Exception Condition": #DB after each iteration; RF 1 but after the last */
static void test_single_step(void **state)
{
	struct vmx_vcpu_exit outs = { .reason = VMX_VCPU_EXIT_IO, .u.io = {
		.npc = CODE + 2, .port = 0x60, .size = 1, .str = 1, .rep = 1, .address_size = 4,
		.seg = VMX_X64_SEG_DS,
	} };
	unsigned int left;

	(void)state;
	begin(32);
	GPR(RFLAGS) = 2 | TF;
	for (left = 6; left--; ) {
		bool io = left < 3;

		if (left % 3 == 2) {
			GPR(RIP) = CODE;
			GPR(RCX) = 3;
			GPR(RDI) = GPR(RSI) = DEVICE;
		}
		n_accesses = 0;
		if (io) {
			next_exit = outs;
			run_to("", 0);
			assert_int_equal(vmx_assist_io(vcpu), 0);
		} else {
			exit_memory("\xf3\xaa", 2);	/* rep stosb */
			assert_int_equal(vmx_assist_mem(vcpu), 0);
		}
		assert_int_equal(GPR(RCX), left % 3);
		assert_int_equal(GPR(RIP), left % 3 ? CODE : CODE + 2);
		assert_int_equal(GPR(RFLAGS), left % 3 ? 2 | TF | RF : 2 | TF);
		assert_int_equal(vmx_vcpu_run(vcpu), 0);
		assert_int_equal(fake_of(vcpu)->insn_done, left % 3 != 0);
		/* As the handler does, and IRET */
		GPR(RFLAGS) &= ~(uint64_t)RF;
	}
	fake_end(vcpu);
}

/* ---- I/O ---- */

static void exit_io(struct vmx_exit_io io)
{
	next_exit = (struct vmx_vcpu_exit){ .reason = VMX_VCPU_EXIT_IO, .u.io = io };
	run_to("", 0);
}

static void test_in_out(void **state)
{
	static const struct {
		uint8_t size;
		uint64_t out, in;
	} sizes[] = {
		{ 1, 0x88, 0x11223344556677a6 },
		{ 2, 0x7788, 0x112233445566a6a6 },
		{ 4, 0x55667788, 0xa6a6a6a6 },
	};
	unsigned int i, ioctls;

	(void)state;
	begin(32);
	for (i = 0; i < COUNT(sizes); i++) {
		n_accesses = 0;
		GPR(RAX) = 0x1122334455667788;
		GPR(RIP) = CODE;
		exit_io((struct vmx_exit_io){ .npc = 5, .port = 0x60, .size = sizes[i].size });
		ioctls = fake.ioctls;
		assert_int_equal(vmx_assist_io(vcpu), 0);
		assert_int_equal(n_accesses, 1);
		assert_access(0, 0x60, sizes[i].size, true, sizes[i].out);
		assert_int_equal(GPR(RAX), 0x1122334455667788);
		assert_int_equal(GPR(RIP), 5);
		exit_io((struct vmx_exit_io){ .npc = 7, .port = 0xffff, .size = sizes[i].size,
					      .in = 1 });
		assert_int_equal(vmx_assist_io(vcpu), 0);
		assert_int_equal(GPR(RAX), sizes[i].in);
		assert_int_equal(GPR(RIP), 7);
		/* No more than the run */
		assert_int_equal(fake.ioctls, ioctls + 1);
	}
	fake_end(vcpu);
}

static void test_ins_outs(void **state)
{
	struct vmx_exit_io ins = { .npc = 5, .port = 0x60, .in = 1, .size = 2, .str = 1,
				   .address_size = 4 };
	struct vmx_exit_io outs = { .npc = 5, .port = 0x60, .size = 1, .str = 1, .rep = 1,
				    .address_size = 2, .seg = VMX_X64_SEG_FS };

	(void)state;
	begin(32);
	GPR(RDI) = 0x2000;
	GPR(RCX) = 9;
	exit_io(ins);
	assert_int_equal(vmx_assist_io(vcpu), 0);
	assert_int_equal(*(uint16_t *)&ram[0x2000], 0xa5a5);
	assert_int_equal(GPR(RDI), 0x2002);
	assert_int_equal(GPR(RCX), 9);
	assert_int_equal(GPR(RIP), 5);
	/* Down, over a page, ECX times */
	ins.rep = 1;
	GPR(RCX) = 3;
	GPR(RFLAGS) |= DF;
	GPR(RDI) = 0x2001;
	n_accesses = 0;
	exit_io(ins);
	assert_int_equal(vmx_assist_io(vcpu), 0);
	assert_int_equal(n_accesses, 3);
	assert_memory_equal(ram + 0x1ffd, "\xa7\xa7\xa6\xa6\xa5\xa5", 6);
	assert_int_equal(GPR(RDI), 0x1ffb);
	assert_int_equal(GPR(RCX), 0);
	/* Up, of another segment, CX times */
	SEG(FS).base = 0x1000;
	GPR(RSI) = 0x70000;
	GPR(RCX) = 0x50002;
	GPR(RFLAGS) = 2;
	ram[0x1000] = 0x33;
	ram[0x1001] = 0x44;
	n_accesses = 0;
	exit_io(outs);
	assert_int_equal(vmx_assist_io(vcpu), 0);
	assert_access(0, 0x60, 1, true, 0x33);
	assert_access(1, 0x60, 1, true, 0x44);
	assert_int_equal(GPR(RSI), 0x70002);
	assert_int_equal(GPR(RCX), 0x50000);
	/* Of a count of 0 nothing is done. */
	n_accesses = 0;
	GPR(RIP) = CODE;
	exit_io(outs);
	assert_int_equal(vmx_assist_io(vcpu), 0);
	assert_int_equal(n_accesses, 0);
	assert_int_equal(GPR(RIP), 5);
	/* From port to device */
	GPR(RDI) = DEVICE;
	ins.rep = 0;
	exit_io(ins);
	assert_int_equal(vmx_assist_io(vcpu), 0);
	assert_access(1, DEVICE, 2, true, 0xa5a5);
	fake_end(vcpu);
}

static void test_io_faults(void **state)
{
	struct vmx_assist_callbacks callbacks = { port, NULL, &vcpu };
	struct vmx_exit_io io = { .npc = 5, .port = 0x60, .size = 4, .str = 1, .rep = 1,
				  .address_size = 8, .seg = VMX_X64_SEG_DS };
	uint64_t *pages = begin_64();

	(void)state;
	pages[2] = 0;
	GPR(RSI) = 0x1ff4;
	GPR(RCX) = 1ull << 40;
	exit_io(io);
	assert_int_equal(vmx_assist_io(vcpu), 0);
	assert_page_fault(0, 0x2000);
	assert_int_equal(n_accesses, 3);
	assert_int_equal(GPR(RSI), 0x2000);
	assert_int_equal(GPR(RCX), (1ull << 40) - 3);
	assert_int_equal(GPR(RIP), CODE);
	/* An exit that says nothing of the operand */
	io.address_size = 0;
	exit_io(io);
	assert_fails(vmx_assist_io(vcpu), ENOTSUP);
	io.address_size = 8;
	/* No memory, and nobody to ask */
	assert_int_equal(vmx_vcpu_configure(vcpu, VMX_VCPU_CONF_CALLBACKS, &callbacks), 0);
	GPR(RSI) = DEVICE;
	exit_io(io);
	assert_fails(vmx_assist_io(vcpu), EFAULT);
	io.in = 1;
	GPR(RDI) = ROM;
	n_accesses = 0;
	exit_io(io);
	assert_fails(vmx_assist_io(vcpu), EFAULT);
	assert_int_equal(n_accesses, 0);
	fake_end(vcpu);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_invalid, fake_setup),
		cmocka_unit_test_setup(test_unknown, fake_setup),
		cmocka_unit_test_setup(test_any_bytes, fake_setup),
		cmocka_unit_test_setup(test_pages, fake_setup),
		cmocka_unit_test_setup(test_limits, fake_setup),
		cmocka_unit_test_setup(test_segments, fake_setup),
		cmocka_unit_test_setup(test_64_bit_segments, fake_setup),
		cmocka_unit_test_setup(test_masking, fake_setup),
		cmocka_unit_test_setup(test_paging, fake_setup),
		cmocka_unit_test_setup(test_smap, fake_setup),
		cmocka_unit_test_setup(test_flags_race, fake_setup),
		cmocka_unit_test_setup(test_alignment, fake_setup),
		cmocka_unit_test_setup(test_event_waits, fake_setup),
		cmocka_unit_test_setup(test_page_of_exit, fake_setup),
		cmocka_unit_test_setup(test_map_changes, fake_setup),
		cmocka_unit_test_setup(test_map_in_callback, fake_setup),
		cmocka_unit_test_setup(test_fetch, fake_setup),
		cmocka_unit_test_setup(test_code_changes, fake_setup),
		cmocka_unit_test_setup(test_advance, fake_setup),
		cmocka_unit_test_setup(test_control, fake_setup),
		cmocka_unit_test_setup(test_stack, fake_setup),
		cmocka_unit_test_setup(test_64_bit_stack, fake_setup),
		cmocka_unit_test_setup(test_cmpxchg16b, fake_setup),
		cmocka_unit_test_setup(test_cmpxchg, fake_setup),
		cmocka_unit_test_setup(test_count, fake_setup),
		cmocka_unit_test_setup(test_string_faults, fake_setup),
		cmocka_unit_test_setup(test_single_step, fake_setup),
		cmocka_unit_test_setup(test_in_out, fake_setup),
		cmocka_unit_test_setup(test_ins_outs, fake_setup),
		cmocka_unit_test_setup(test_io_faults, fake_setup),
	};

	return cmocka_run_group_tests_name("libvmx: assists", tests, NULL, NULL);
}
