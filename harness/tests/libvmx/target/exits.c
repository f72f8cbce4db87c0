// SPDX-License-Identifier: GPL-2.0
/* Each kind of exit, what is said with it, and how the guest goes on. */
#include "target.h"

#define STACK		0x8000
#define TABLES		0xa000
#define HANDLER		0x3000
#define GDT		0x4000
#define IDT		0x5000
#define NOWHERE		0x100000

#define IF		0x200
#define CR4_OSXSAVE	0x40000
#define ECX_OSXSAVE	0x8000000

#define GPR(name)	(vcpu->state->gprs[VMX_X64_GPR_##name])

static struct vmx_vcpu *vcpu;
static uint8_t *ram;

#define BEGIN(...) do { \
	void *at; \
	vcpu = GUEST(&at, __VA_ARGS__); \
	ram = at; \
	OK(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_ALL)); \
} while (0)

/* Runs, and has the general registers. */
static void run_to(enum vmx_vcpu_exit_reason reason)
{
	OK(vmx_vcpu_run(vcpu));
	EQUAL(vcpu->exit->reason, reason);
	OK(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_GPRS));
	EQUAL(vcpu->exit->exitstate.rflags, GPR(RFLAGS));
}

static void go_on(uint64_t rip)
{
	GPR(RIP) = rip;
	OK(vmx_vcpu_setstate(vcpu, VMX_X64_STATE_GPRS));
}

/* Real mode, with a stack, and handlers of one HLT each: vector n's is at HANDLER + n */
static void real_mode(void)
{
	uint16_t *vectors = (uint16_t *)ram;
	unsigned int i;

	OK(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_ALL));
	for (i = VMX_X64_SEG_ES; i <= VMX_X64_SEG_GS; i++) {
		vcpu->state->segs[i].limit = 0xffff;
		vcpu->state->segs[i].attrib = 0x93;
	}
	vcpu->state->segs[VMX_X64_SEG_CS].attrib = 0x9b;
	vcpu->state->segs[VMX_X64_SEG_IDT].limit = 0x3ff;
	vcpu->state->crs[VMX_X64_CR_CR0] &= ~1ull;
	OK(vmx_vcpu_setstate(vcpu, VMX_X64_STATE_SEGS | VMX_X64_STATE_CRS));
	memcpy(ram + 0x1000, ram, 0x100);
	for (i = 0; i < 256; i++) {
		vectors[2 * i] = HANDLER + i;
		vectors[2 * i + 1] = 0;
		ram[HANDLER + i] = 0xf4;
	}
	GPR(RSP) = STACK;
	go_on(0x1000);
}

static void test_halted(void)
{
	BEGIN(0xf4, 0x90, 0xf4);
	run_to(VMX_VCPU_EXIT_HALTED);
	EQUAL(GPR(RIP), 1);
	EQUAL(vcpu->exit->exitstate.cr8, 0);
	run_to(VMX_VCPU_EXIT_HALTED);
	EQUAL(GPR(RIP), 3);
	end(vcpu);
}

/* #BP without an IDT */
static void test_shutdown(void)
{
	BEGIN(0xcc);
	run_to(VMX_VCPU_EXIT_SHUTDOWN);
	end(vcpu);
}

static void test_msr(void)
{
	BEGIN(0x0f, 0x32, 0x0f, 0x30, 0xf4);	/* rdmsr; wrmsr; hlt */
	GPR(RCX) = 0xffffffff12345678;
	OK(vmx_vcpu_setstate(vcpu, VMX_X64_STATE_GPRS));
	run_to(VMX_VCPU_EXIT_RDMSR);
	EQUAL(vcpu->exit->u.rdmsr.msr, 0x12345678);
	EQUAL(vcpu->exit->u.rdmsr.npc, 2);
	EQUAL(GPR(RIP), 0);
	GPR(RAX) = 0xffffffff11223344;
	GPR(RDX) = 0x55667788;
	go_on(2);
	run_to(VMX_VCPU_EXIT_WRMSR);
	EQUAL(vcpu->exit->u.wrmsr.msr, 0x12345678);
	EQUAL(vcpu->exit->u.wrmsr.val, 0x5566778811223344);
	EQUAL(vcpu->exit->u.wrmsr.npc, 4);
	go_on(4);
	run_to(VMX_VCPU_EXIT_HALTED);
	end(vcpu);
}

static void test_monitor_mwait(void)
{
	BEGIN(0x0f, 0x01, 0xc8, 0x0f, 0x01, 0xc9, 0xf4);
	run_to(VMX_VCPU_EXIT_MONITOR);
	EQUAL(vcpu->exit->u.insn.npc, 3);
	EQUAL(GPR(RIP), 0);
	go_on(3);
	run_to(VMX_VCPU_EXIT_MWAIT);
	EQUAL(vcpu->exit->u.insn.npc, 6);
	go_on(6);
	run_to(VMX_VCPU_EXIT_HALTED);
	end(vcpu);
}

static void cpuid(uint32_t leaf, uint32_t subleaf)
{
	GPR(RAX) = leaf;
	GPR(RCX) = subleaf;
	go_on(0);
}

static void test_cpuid(void)
{
	static const struct vmx_cpuid leaves[] = {
		{ 7, 1, VMX_CPUID_SUBLEAF, 1, 2, 3, 4 },
		{ 7, 0, 0, 5, 6, 7, 8 },
		{ 1, 0, 0, 9, 10, 11 | ECX_OSXSAVE, 12 },
		{ 7, 2, VMX_CPUID_SUBLEAF, 13, 14, 15, 16 },
	};
	struct vmx_vcpu_conf_cpuid conf = { COUNT(leaves), leaves };

	BEGIN(0x0f, 0xa2, 0xf4);
	cpuid(1, 0);
	run_to(VMX_VCPU_EXIT_CPUID);
	EQUAL(vcpu->exit->u.insn.npc, 2);
	EQUAL(GPR(RAX), 1);
	OK(vmx_vcpu_configure(vcpu, VMX_VCPU_CONF_CPUID, &conf));
	cpuid(7, 1);
	run_to(VMX_VCPU_EXIT_HALTED);
	EQUAL(GPR(RAX), 1);
	EQUAL(GPR(RBX), 2);
	EQUAL(GPR(RCX), 3);
	EQUAL(GPR(RDX), 4);
	/* The first that fits counts. */
	cpuid(7, 2);
	run_to(VMX_VCPU_EXIT_HALTED);
	EQUAL(GPR(RAX), 5);
	/* OSXSAVE is that of CR4. */
	cpuid(1, 99);
	run_to(VMX_VCPU_EXIT_HALTED);
	EQUAL(GPR(RCX), 11);
	OK(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_CRS));
	vcpu->state->crs[VMX_X64_CR_CR4] |= CR4_OSXSAVE;
	OK(vmx_vcpu_setstate(vcpu, VMX_X64_STATE_CRS));
	cpuid(1, 99);
	run_to(VMX_VCPU_EXIT_HALTED);
	EQUAL(GPR(RCX), 11 | ECX_OSXSAVE);
	cpuid(2, 0);
	run_to(VMX_VCPU_EXIT_CPUID);
	/* What was told before counts no more. */
	conf.count = 0;
	OK(vmx_vcpu_configure(vcpu, VMX_VCPU_CONF_CPUID, &conf));
	cpuid(7, 1);
	run_to(VMX_VCPU_EXIT_CPUID);
	end(vcpu);
}

/* MOV to CR8, which needs 64-bit code */
static void test_tpr(void)
{
	struct vmx_vcpu_conf_tpr conf = { true };

	BEGIN(0x44, 0x0f, 0x22, 0xc0, 0xf4);	/* mov cr8, rax; hlt */
	set_long_mode(vcpu, ram, TABLES);
	GPR(RAX) = 5;
	go_on(0);
	run_to(VMX_VCPU_EXIT_HALTED);
	EQUAL(vcpu->exit->exitstate.cr8, 5);
	OK(vmx_vcpu_configure(vcpu, VMX_VCPU_CONF_TPR, &conf));
	go_on(0);
	run_to(VMX_VCPU_EXIT_HALTED);
	GPR(RAX) = 6;
	go_on(0);
	run_to(VMX_VCPU_EXIT_TPR_CHANGED);
	EQUAL(vcpu->exit->exitstate.cr8, 6);
	EQUAL(GPR(RIP), 4);
	run_to(VMX_VCPU_EXIT_HALTED);
	OK(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_CRS));
	EQUAL(vcpu->state->crs[VMX_X64_CR_CR8], 6);
	end(vcpu);
}

static void inject(unsigned int type, uint8_t vector, uint32_t error)
{
	*vcpu->event = (struct vmx_vcpu_event){ .type = type, .vector = vector, .error = error };
	OK(vmx_vcpu_inject(vcpu));
}

static void test_interrupt(void)
{
	BEGIN(0xfb, 0x90, 0x90, 0xf4);		/* sti; nop; nop; hlt */
	real_mode();
	OK(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_INTR));
	vcpu->state->intr.int_window_exiting = 1;
	OK(vmx_vcpu_setstate(vcpu, VMX_X64_STATE_INTR));
	run_to(VMX_VCPU_EXIT_INT_READY);
	/* After the instruction after STI; and once. */
	EQUAL(GPR(RIP), 0x1002);
	EQUAL(vcpu->exit->exitstate.int_window_exiting, 0);
	EXPECT(vcpu->exit->exitstate.rflags & IF, "RFLAGS.IF is 0");
	inject(VMX_VCPU_EVENT_INTR, 0x21, 0);
	run_to(VMX_VCPU_EXIT_HALTED);
	EQUAL(GPR(RIP), HANDLER + 0x21 + 1);
	EQUAL(GPR(RSP), STACK - 6);
	EQUAL(*(uint16_t *)&ram[STACK - 6], 0x1002);
	end(vcpu);
}

static void test_nmi(void)
{
	BEGIN(0x90, 0xf4);
	real_mode();
	OK(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_INTR));
	vcpu->state->intr.nmi_blocked = 1;
	vcpu->state->intr.nmi_window_exiting = 1;
	OK(vmx_vcpu_setstate(vcpu, VMX_X64_STATE_INTR));
	run_to(VMX_VCPU_EXIT_HALTED);
	EQUAL(vcpu->exit->exitstate.nmi_window_exiting, 1);
	OK(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_INTR));
	vcpu->state->intr.nmi_blocked = 0;
	OK(vmx_vcpu_setstate(vcpu, VMX_X64_STATE_INTR));
	go_on(0x1000);
	run_to(VMX_VCPU_EXIT_NMI_READY);
	EQUAL(GPR(RIP), 0x1000);
	EQUAL(vcpu->exit->exitstate.nmi_window_exiting, 0);
	inject(VMX_VCPU_EVENT_NMI, 0, 0);
	run_to(VMX_VCPU_EXIT_HALTED);
	EQUAL(GPR(RIP), HANDLER + 2 + 1);
	OK(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_INTR));
	EQUAL(vcpu->state->intr.nmi_blocked, 1);
	end(vcpu);
}

static void test_exception(void)
{
	uint64_t *gdt, *idt;

	BEGIN(0xf4);
	real_mode();
	inject(VMX_VCPU_EVENT_EXCP, 13, 0x10);
	run_to(VMX_VCPU_EXIT_HALTED);
	EQUAL(GPR(RIP), HANDLER + 13 + 1);
	EQUAL(GPR(RSP), STACK - 6);
	end(vcpu);

	/* In protected mode with its error code */
	BEGIN(0xf4);
	gdt = (uint64_t *)(ram + GDT);
	idt = (uint64_t *)(ram + IDT);
	gdt[1] = 0x00cf9b000000ffff;
	idt[13] = 0x00008e0000080000 | HANDLER;
	ram[HANDLER] = 0xf4;
	vcpu->state->segs[VMX_X64_SEG_GDT].base = GDT;
	vcpu->state->segs[VMX_X64_SEG_GDT].limit = 15;
	vcpu->state->segs[VMX_X64_SEG_IDT].base = IDT;
	vcpu->state->segs[VMX_X64_SEG_IDT].limit = 0xff;
	OK(vmx_vcpu_setstate(vcpu, VMX_X64_STATE_SEGS));
	GPR(RSP) = STACK;
	go_on(0);
	inject(VMX_VCPU_EVENT_EXCP, 13, 0x1234);
	run_to(VMX_VCPU_EXIT_HALTED);
	EQUAL(GPR(RIP), HANDLER + 1);
	EQUAL(GPR(RSP), STACK - 16);
	EQUAL(*(uint32_t *)&ram[STACK - 16], 0x1234);
	end(vcpu);
}

static void test_other(void)
{
	BEGIN(0x0f, 0x01, 0xc1, 0xf4);		/* vmcall; hlt */
	run_to(VMX_VCPU_EXIT_OTHER);
	EQUAL(vcpu->exit->u.other.reason, 18);
	EQUAL(vcpu->exit->u.other.insn_length, 3);
	EQUAL(GPR(RIP), 0);
	go_on(3);
	run_to(VMX_VCPU_EXIT_HALTED);
	end(vcpu);
}

static void test_stopped(void)
{
	BEGIN(0xf4);
	OK(vmx_vcpu_stop(vcpu));
	OK(vmx_vcpu_stop(vcpu));
	run_to(VMX_VCPU_EXIT_NONE);
	EQUAL(GPR(RIP), 0);
	run_to(VMX_VCPU_EXIT_HALTED);
	end(vcpu);
}

static void expect_memory(uint64_t gpa, unsigned int prot)
{
	run_to(VMX_VCPU_EXIT_MEMORY);
	EQUAL(vcpu->exit->u.mem.gpa, gpa);
	EQUAL(vcpu->exit->u.mem.prot, prot);
	EQUAL(vcpu->exit->u.mem.gva_valid, 1);
	EQUAL(vcpu->exit->u.mem.gva, gpa);
}

/* mov [edi], al; mov al, [edi]; jmp edi */
#define ACCESSES	0x88, 0x07, 0x8a, 0x07, 0xff, 0xe7

static void test_memory(void)
{
	struct vmx_machine *machine;
	uint8_t *page = memory(4096);

	BEGIN(ACCESSES);
	machine = vmx_vcpu_machine(vcpu);
	page[4] = 0xf4;
	GPR(RDI) = NOWHERE + 4;
	go_on(0);
	expect_memory(NOWHERE + 4, VMX_PROT_WRITE);
	go_on(2);
	expect_memory(NOWHERE + 4, VMX_PROT_READ);
	go_on(4);
	expect_memory(NOWHERE + 4, VMX_PROT_EXEC);
	/* What is mapped read-only can't be written, or executed. */
	OK(vmx_gpa_map(machine, page, NOWHERE, 4096, VMX_PROT_READ));
	go_on(0);
	expect_memory(NOWHERE + 4, VMX_PROT_WRITE);
	go_on(2);
	expect_memory(NOWHERE + 4, VMX_PROT_EXEC);
	EQUAL(GPR(RAX) & 0xff, 0xf4);
	OK(vmx_gpa_map(machine, page, NOWHERE, 4096, VMX_PROT_READ | VMX_PROT_EXEC));
	go_on(0);
	expect_memory(NOWHERE + 4, VMX_PROT_WRITE);
	go_on(2);
	run_to(VMX_VCPU_EXIT_HALTED);
	EQUAL(GPR(RIP), NOWHERE + 5);
	OK(vmx_gpa_map(machine, page, NOWHERE, 4096, RWX));
	GPR(RAX) = 0x90;
	page[5] = 0xf4;
	go_on(0);
	run_to(VMX_VCPU_EXIT_HALTED);
	EQUAL(GPR(RIP), NOWHERE + 6);
	EQUAL(page[4], 0x90);
	OK(vmx_gpa_unmap(machine, NOWHERE, 4096));
	go_on(2);
	expect_memory(NOWHERE + 4, VMX_PROT_READ);
	end(vcpu);
}

/* It is the walk of the paging structures that finds no memory. */
static void test_walk(void)
{
	BEGIN(0x90);
	OK(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_CRS));
	vcpu->state->crs[VMX_X64_CR_CR0] |= 0x80000000;
	vcpu->state->crs[VMX_X64_CR_CR3] = NOWHERE;
	OK(vmx_vcpu_setstate(vcpu, VMX_X64_STATE_CRS));
	run_to(VMX_VCPU_EXIT_MEMORY);
	EQUAL(vcpu->exit->u.mem.gpa, NOWHERE);
	EQUAL(vcpu->exit->u.mem.gva_valid, 0);
	end(vcpu);
}

/* sti; out 0x80, al */
static void test_shadow(void)
{
	BEGIN(0xfb, 0xe6, 0x80, 0xf4);
	run_to(VMX_VCPU_EXIT_IO);
	EQUAL(vcpu->exit->exitstate.int_shadow, 1);
	EQUAL(vcpu->exit->u.io.npc, 3);
	/* It is over with the instruction. */
	go_on(3);
	OK(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_INTR));
	EQUAL(vcpu->state->intr.int_shadow, 0);
	end(vcpu);
}

/* More than one machine on the same memory, and more than one vCPU in a machine */
static void test_shared(void)
{
	static const uint8_t code[] = { 0xff, 0x05, 0x00, 0x80, 0x00, 0x00, 0xf4 };
	struct vmx_vcpu *vcpus[3];
	struct vmx_machine *other;
	unsigned int i;

	BEGIN(0xf4);
	memcpy(ram, code, sizeof(code));	/* inc dword [0x8000]; hlt */
	vcpus[0] = vcpu;
	OK(vmx_vcpu_create(vmx_vcpu_machine(vcpu), &vcpus[1]));
	OK(vmx_machine_create(&other));
	OK(vmx_gpa_map(other, ram, 0, 0x10000, RWX));
	OK(vmx_vcpu_create(other, &vcpus[2]));
	for (i = 0; i < 12; i++) {
		vcpu = vcpus[i % 3];
		go_on(0);
		run_to(VMX_VCPU_EXIT_HALTED);
		EQUAL(*(uint32_t *)&ram[0x8000], i + 1);
	}
	end(vcpus[2]);
	OK(vmx_vcpu_destroy(vcpus[1]));
	end(vcpus[0]);
}

const struct point exit_points[] = {
	{ "exits/halted", test_halted },
	{ "exits/shutdown", test_shutdown },
	{ "exits/msr", test_msr },
	{ "exits/monitor-mwait", test_monitor_mwait },
	{ "exits/cpuid", test_cpuid },
	{ "exits/tpr", test_tpr },
	{ "exits/interrupt", test_interrupt },
	{ "exits/nmi", test_nmi },
	{ "exits/exception", test_exception },
	{ "exits/other", test_other },
	{ "exits/stopped", test_stopped },
	{ "exits/memory", test_memory },
	{ "exits/walk", test_walk },
	{ "exits/shadow", test_shadow },
	{ "exits/shared", test_shared },
	{ }
};
