// SPDX-License-Identifier: GPL-2.0
/* What whole machines need: events that wait, instructions they lack, memory that changes. */
#define _GNU_SOURCE
#include "target.h"

#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>

#define CODE		0x1000
#define HANDLERS	0x3000	/* vector n's is at HANDLERS + 16 * n: HLT, and then the test's */
#define GDT		0x4000
#define IDT		0x5000
#define COUNTER		0x6000
#define FLAG		0x9000
#define STACK		0x8000

#define HLT		0xf4
#define IF		0x200

#define GPR(name)	(vcpu->state->gprs[VMX_X64_GPR_##name])
#define HANDLER(vector)	(HANDLERS + 16 * (vector))

static struct vmx_vcpu *vcpu;
static uint8_t *ram;

static void run_to(enum vmx_vcpu_exit_reason reason, uint64_t rip)
{
	OK(vmx_vcpu_run(vcpu));
	EQUAL(vcpu->exit->reason, reason);
	OK(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_GPRS));
	EQUAL(GPR(RIP), rip);
}

static void go_on(uint64_t rip)
{
	GPR(RIP) = rip;
	OK(vmx_vcpu_setstate(vcpu, VMX_X64_STATE_GPRS));
}

/* Real mode, with handlers */
static void begin_real(const void *code, size_t size)
{
	void *at;
	unsigned int i;

	vcpu = guest(code, 0, &at, 0x10000);
	ram = at;
	memcpy(ram + CODE, code, size);
	OK(vmx_vcpu_reset(vcpu));
	OK(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_SEGS | VMX_X64_STATE_GPRS));
	vcpu->state->segs[VMX_X64_SEG_CS].selector = 0;
	vcpu->state->segs[VMX_X64_SEG_CS].base = 0;
	OK(vmx_vcpu_setstate(vcpu, VMX_X64_STATE_SEGS));
	for (i = 0; i < 64; i++) {
		((uint16_t *)ram)[2 * i] = HANDLER(i);
		ram[HANDLER(i)] = HLT;
	}
	GPR(RSP) = STACK;
	go_on(CODE);
}

#define REAL(...) \
	begin_real((uint8_t[]){ __VA_ARGS__ }, sizeof((uint8_t[]){ __VA_ARGS__ }))

/* 32-bit code, with handlers of all exceptions */
static void begin_protected(void)
{
	uint64_t *gdt, *idt;
	unsigned int i;
	void *at;

	vcpu = guest(NULL, 0, &at, 0x10000);
	ram = at;
	gdt = (uint64_t *)(ram + GDT);
	idt = (uint64_t *)(ram + IDT);
	gdt[1] = 0x00cf9b000000ffff;
	for (i = 0; i < 32; i++) {
		idt[i] = 0x00008e0000080000 | HANDLER(i);
		ram[HANDLER(i)] = HLT;
	}
	OK(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_ALL));
	vcpu->state->segs[VMX_X64_SEG_GDT].base = GDT;
	vcpu->state->segs[VMX_X64_SEG_GDT].limit = 15;
	vcpu->state->segs[VMX_X64_SEG_IDT].base = IDT;
	vcpu->state->segs[VMX_X64_SEG_IDT].limit = 0xff;
	OK(vmx_vcpu_setstate(vcpu, VMX_X64_STATE_SEGS));
}

static int try_inject(unsigned int type, uint8_t vector)
{
	*vcpu->event = (struct vmx_vcpu_event){ .type = type, .vector = vector };
	return vmx_vcpu_inject(vcpu);
}

/* ---- events that wait ---- */

static void test_interrupt(void)
{
	REAL(HLT, 0xfb, 0x90, 0x90, HLT);	/* hlt; sti; nop; nop; hlt */
	OK(try_inject(VMX_VCPU_EVENT_INTR, 0x21));
	FAILS(EAGAIN, try_inject(VMX_VCPU_EVENT_INTR, 0x22));
	run_to(VMX_VCPU_EXIT_HALTED, CODE + 1);
	EQUAL(vcpu->exit->exitstate.int_held, 1);
	EQUAL(vcpu->exit->exitstate.int_window_exiting, 1);
	FAILS(EAGAIN, try_inject(VMX_VCPU_EVENT_INTR, 0x22));
	/* After the instruction after STI, without an exit */
	ram[HANDLER(0x21) + 1] = 0xcf;		/* iret */
	run_to(VMX_VCPU_EXIT_HALTED, HANDLER(0x21) + 1);
	EQUAL(*(uint16_t *)&ram[STACK - 6], CODE + 3);
	EQUAL(vcpu->exit->exitstate.int_held, 0);
	/* And once it can take another one, the program hears of it. */
	EQUAL(vcpu->exit->exitstate.int_window_exiting, 1);
	run_to(VMX_VCPU_EXIT_INT_READY, CODE + 3);
	EQUAL(vcpu->exit->exitstate.int_window_exiting, 0);
	OK(try_inject(VMX_VCPU_EVENT_INTR, 0x22));
	run_to(VMX_VCPU_EXIT_HALTED, HANDLER(0x22) + 1);
	EQUAL(vcpu->exit->exitstate.int_window_exiting, 0);
	end(vcpu);
}

static void test_nmi(void)
{
	REAL(HLT, 0xcf);			/* hlt; iret */
	OK(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_INTR));
	vcpu->state->intr.nmi_blocked = 1;
	OK(vmx_vcpu_setstate(vcpu, VMX_X64_STATE_INTR));
	*(uint16_t *)&ram[STACK - 6] = CODE + 0x10;
	*(uint16_t *)&ram[STACK - 2] = 2;
	GPR(RSP) = STACK - 6;
	go_on(CODE);
	OK(try_inject(VMX_VCPU_EVENT_NMI, 0));
	run_to(VMX_VCPU_EXIT_HALTED, CODE + 1);
	EQUAL(vcpu->exit->exitstate.nmi_window_exiting, 1);
	/* Two that wait are one; and the window is asked for as long as it waits. */
	OK(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_INTR));
	vcpu->state->intr.nmi_window_exiting = 0;
	OK(vmx_vcpu_setstate(vcpu, VMX_X64_STATE_INTR));
	OK(try_inject(VMX_VCPU_EVENT_NMI, 0));
	/* With the IRET that ends the blocking */
	ram[HANDLER(2) + 1] = 0xcf;
	run_to(VMX_VCPU_EXIT_HALTED, HANDLER(2) + 1);
	EQUAL(*(uint16_t *)&ram[STACK - 6], CODE + 0x10);
	run_to(VMX_VCPU_EXIT_NMI_READY, CODE + 0x10);
	EQUAL(vcpu->exit->exitstate.nmi_window_exiting, 0);
	end(vcpu);
}

/* An exception comes first, whoever raised it. */
static void test_order(void)
{
	REAL(HLT);
	GPR(RFLAGS) |= IF;
	go_on(CODE);
	OK(try_inject(VMX_VCPU_EVENT_INTR, 0x21));
	OK(try_inject(VMX_VCPU_EVENT_EXCP, 13));
	FAILS(EAGAIN, try_inject(VMX_VCPU_EVENT_EXCP, 13));
	ram[HANDLER(13) + 1] = 0xcf;
	run_to(VMX_VCPU_EXIT_HALTED, HANDLER(13) + 1);
	EQUAL(vcpu->exit->exitstate.int_held, 1);
	run_to(VMX_VCPU_EXIT_HALTED, HANDLER(0x21) + 1);
	EQUAL(*(uint16_t *)&ram[STACK - 6], CODE);
	end(vcpu);
}

/* The program may take back that it wants to hear of the window; the event still comes. */
static void test_no_window(void)
{
	REAL(HLT, 0xfb, 0x90, 0x90, HLT);
	OK(try_inject(VMX_VCPU_EVENT_INTR, 0x21));
	run_to(VMX_VCPU_EXIT_HALTED, CODE + 1);
	OK(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_INTR));
	vcpu->state->intr.int_window_exiting = 0;
	OK(vmx_vcpu_setstate(vcpu, VMX_X64_STATE_INTR));
	ram[HANDLER(0x21) + 1] = 0xcf;
	run_to(VMX_VCPU_EXIT_HALTED, HANDLER(0x21) + 1);
	run_to(VMX_VCPU_EXIT_HALTED, CODE + 5);
	end(vcpu);
}

/* ---- instructions that the guest does not have ---- */

static void test_missing(void)
{
	static const struct {
		const char *name;
		uint8_t code[5];
	} insns[] = {
		{ "vmxon", { 0xf3, 0x0f, 0xc7, 0x37 } },
		{ "vmclear", { 0x66, 0x0f, 0xc7, 0x37 } },
		{ "vmptrld", { 0x0f, 0xc7, 0x37 } },
		{ "vmptrst", { 0x0f, 0xc7, 0x3f } },
		{ "vmread", { 0x0f, 0x78, 0xc0 } },
		{ "vmwrite", { 0x0f, 0x79, 0xc0 } },
		{ "vmlaunch", { 0x0f, 0x01, 0xc2 } },
		{ "vmresume", { 0x0f, 0x01, 0xc3 } },
		{ "vmxoff", { 0x0f, 0x01, 0xc4 } },
		{ "invept", { 0x66, 0x0f, 0x38, 0x80, 0x07 } },
		{ "invvpid", { 0x66, 0x0f, 0x38, 0x81, 0x07 } },
		{ "getsec", { 0x0f, 0x37 } },
	};
	size_t i;

	begin_protected();
	for (i = 0; i < COUNT(insns); i++) {
		describe_trial("%s", insns[i].name);
		memcpy(ram + CODE, insns[i].code, sizeof(insns[i].code));
		GPR(RSP) = STACK;
		go_on(CODE);
		run_to(VMX_VCPU_EXIT_HALTED, HANDLER(6) + 1);
		EQUAL(*(uint32_t *)&ram[STACK - 12], CODE);
	}
	describe_trial("rdpmc");
	memcpy(ram + CODE, (uint8_t[]){ 0x0f, 0x33 }, 2);
	GPR(RSP) = STACK;
	go_on(CODE);
	run_to(VMX_VCPU_EXIT_HALTED, HANDLER(13) + 1);
	EQUAL(*(uint32_t *)&ram[STACK - 16], 0);
	/* This one it has. */
	describe_trial("invd");
	memcpy(ram + CODE, (uint8_t[]){ 0x0f, 0x08, HLT }, 3);
	go_on(CODE);
	run_to(VMX_VCPU_EXIT_HALTED, CODE + 3);
	end(vcpu);
}

/* ---- CPUID ---- */

static void cpuid(uint32_t leaf, uint32_t subleaf)
{
	GPR(RAX) = leaf;
	GPR(RCX) = subleaf;
	go_on(CODE);
}

static void test_cpuid(void)
{
	struct vmx_vcpu_conf_cpuid conf;
	struct vmx_cpuid_table table;

	begin_protected();
	memcpy(ram + CODE, (uint8_t[]){ 0x0f, 0xa2, HLT }, 3);
	OK(vmx_cpuid_default(vcpu, 5, &table));
	OK(vmx_cpuid_exit(&table, 3));
	conf = (struct vmx_vcpu_conf_cpuid){ table.count, table.entries };
	OK(vmx_vcpu_configure(vcpu, VMX_VCPU_CONF_CPUID, &conf));
	cpuid(1, 0);
	run_to(VMX_VCPU_EXIT_HALTED, CODE + 3);
	EQUAL(GPR(RBX) >> 24, 5);
	EQUAL(GPR(RCX) >> 27 & 1, 0);
	cpuid(0x8fffffff, 7);
	run_to(VMX_VCPU_EXIT_HALTED, CODE + 3);
	EQUAL(GPR(RAX), table.entries[table.count - 1].eax);
	cpuid(3, 0);
	run_to(VMX_VCPU_EXIT_CPUID, CODE);
	cpuid(0x0d, 0);
	run_to(VMX_VCPU_EXIT_HALTED, CODE + 3);
	EQUAL(GPR(RBX), 576);
	end(vcpu);
}

/* ---- two vCPUs ---- */

static void *runner(void *other)
{
	return (void *)(intptr_t)(vmx_vcpu_run(other) ? errno : 0);
}

static struct vmx_vcpu *second_at(uint64_t rip)
{
	struct vmx_vcpu *second;

	OK(vmx_vcpu_create(vmx_vcpu_machine(vcpu), &second));
	OK(vmx_vcpu_getstate(second, VMX_X64_STATE_GPRS));
	second->state->gprs[VMX_X64_GPR_RIP] = rip;
	OK(vmx_vcpu_setstate(second, VMX_X64_STATE_GPRS));
	return second;
}

/*
 * Each waits for the other, and no scheduler takes the processor from one: both threads are
 * SCHED_FIFO, of one priority, on one processor. They give up after many times more PAUSEs
 * than it takes if these are seen.
 */
static void test_pause(void)
{
	/* mov byte [FLAG + 1], 1 */
	/* mov ecx, N; 1: pause; cmp byte [FLAG], 0; jne 2; loop 1; hlt; 2: nop; hlt */
	static const uint8_t waits[] = {
		0xc6, 0x05, 0x01, 0x90, 0x00, 0x00, 0x01,
		0xb9, 0x40, 0x0d, 0x03, 0x00, 0xf3, 0x90, 0x80, 0x3d, 0x00, 0x90, 0x00, 0x00, 0x00,
		0x75, 0x03, 0xe2, 0xf3, HLT, 0x90, HLT,
	};
	/* mov ecx, N; 1: pause; cmp byte [FLAG + 1], 0; jne 2; loop 1; hlt */
	/* 2: mov byte [FLAG], 1; hlt */
	static const uint8_t sets[] = {
		0xb9, 0x40, 0x0d, 0x03, 0x00, 0xf3, 0x90, 0x80, 0x3d, 0x01, 0x90, 0x00, 0x00, 0x00,
		0x75, 0x03, 0xe2, 0xf3, HLT, 0xc6, 0x05, 0x00, 0x90, 0x00, 0x00, 0x01, HLT,
	};
	struct sched_param param = { .sched_priority = 10 };
	struct vmx_vcpu *second;
	pthread_attr_t attr;
	pthread_t threads[2];
	cpu_set_t one;
	void *result;

	begin_protected();
	memcpy(ram + CODE, waits, sizeof(waits));
	memcpy(ram + CODE + 0x100, sets, sizeof(sets));
	second = second_at(CODE + 0x100);
	go_on(CODE);
	CPU_ZERO(&one);
	CPU_SET(0, &one);
	pthread_attr_init(&attr);
	pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
	pthread_attr_setschedpolicy(&attr, SCHED_FIFO);
	pthread_attr_setschedparam(&attr, &param);
	pthread_attr_setaffinity_np(&attr, sizeof(one), &one);
	/* Neither runs before both are there. */
	param.sched_priority = 20;
	EXPECT(!pthread_setschedparam(pthread_self(), SCHED_FIFO, &param), "no SCHED_FIFO");
	EXPECT(!pthread_create(&threads[0], &attr, runner, vcpu), "no thread");
	EXPECT(!pthread_create(&threads[1], &attr, runner, second), "no thread");
	pthread_join(threads[0], &result);
	EXPECT(!result, "run: %s", strerror((intptr_t)result));
	pthread_join(threads[1], &result);
	EXPECT(!result, "run: %s", strerror((intptr_t)result));
	param.sched_priority = 0;
	pthread_setschedparam(pthread_self(), SCHED_OTHER, &param);
	pthread_attr_destroy(&attr);
	EQUAL(vcpu->exit->reason, VMX_VCPU_EXIT_HALTED);
	OK(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_GPRS));
	EQUAL(GPR(RIP), CODE + sizeof(waits));
	OK(vmx_vcpu_destroy(second));
	end(vcpu);
}

/* Until the guest has begun: it counts. */
static void wait_for_count(void)
{
	const volatile uint32_t *counter = (uint32_t *)(ram + COUNTER);
	uint32_t before = *counter;

	while (*counter == before)
		sched_yield();
}

/* While a vCPU runs, memory goes and another comes in its place; both vCPUs see that. */
static void test_map(void)
{
	/* 1: inc dword [COUNTER]; cmp byte [FLAG], 0; je 1; hlt */
	static const uint8_t code[] = {
		0xff, 0x05, 0x00, 0x60, 0x00, 0x00, 0x80, 0x3d, 0x00, 0x90, 0x00, 0x00, 0x00, 0x74,
		0xf1, HLT,
	};
	struct vmx_machine *machine;
	struct vmx_vcpu *second;
	uint8_t *page = memory(4096);
	pthread_t threads[2];
	void *result;
	int i;

	begin_protected();
	machine = vmx_vcpu_machine(vcpu);
	memcpy(ram + CODE, code, sizeof(code));
	second = second_at(CODE);
	go_on(CODE);
	EXPECT(!pthread_create(&threads[0], NULL, runner, vcpu), "no thread");
	EXPECT(!pthread_create(&threads[1], NULL, runner, second), "no thread");
	for (i = 0; i < 8; i++) {
		wait_for_count();
		OK(vmx_gpa_map(machine, i % 2 ? ram + FLAG : page, FLAG, 4096, RWX));
	}
	page[0] = 1;
	OK(vmx_gpa_map(machine, page, FLAG, 4096, RWX));
	for (i = 0; i < 2; i++) {
		pthread_join(threads[i], &result);
		EXPECT(!result, "run: %s", strerror((intptr_t)result));
	}
	EQUAL(vcpu->exit->reason, VMX_VCPU_EXIT_HALTED);
	EQUAL(second->exit->reason, VMX_VCPU_EXIT_HALTED);
	OK(vmx_vcpu_destroy(second));
	end(vcpu);
	munmap(page, 4096);
}

const struct point client_points[] = {
	{ "clients/interrupt", test_interrupt },
	{ "clients/nmi", test_nmi },
	{ "clients/order", test_order },
	{ "clients/no-window", test_no_window },
	{ "clients/missing", test_missing },
	{ "clients/cpuid", test_cpuid },
	{ "clients/pause", test_pause },
	{ "clients/map", test_map },
	{ }
};
