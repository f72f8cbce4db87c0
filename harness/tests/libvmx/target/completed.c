// SPDX-License-Identifier: GPL-2.0
/* What the kernel completes by itself leaves what the processor would leave. */
#include "target.h"

#include <cpuid.h>

#define STACK		0x8000
#define TABLES		0xa000
#define HANDLERS	0x3000
#define GDT		0x4000
#define IDT		0x5000
#define PDPT		0x6000
#define OTHER_PDPT	0x6020
#define DIRECTORY	0x7000
#define BROKEN_PDPT	0x6040
#define NOWHERE		0x100000

#define RESUME_FLAG	0x10000
#define TRAP_FLAG	0x100
#define CR0_ET		0x10
#define CR0_NE		0x20
#define CR0_CD		0x40000000
#define CR0_PG		0x80000000
#define CR0_RESERVED	0x1ffaffc0
#define CR4_PAE		0x20
#define CR4_PKE		0x400000
#define CR4_OSXSAVE	0x40000
#define HIGH		0xffffffff00000000

#define GPR(name)	(vcpu->state->gprs[VMX_X64_GPR_##name])
#define CR(name)	(vcpu->state->crs[VMX_X64_CR_##name])

static struct vmx_vcpu *vcpu;
static uint8_t *ram;

#define BEGIN(...) do { \
	void *at; \
	vcpu = GUEST(&at, __VA_ARGS__); \
	ram = at; \
	protected_mode(); \
} while (0)

static void set(uint32_t groups)
{
	OK(vmx_vcpu_setstate(vcpu, groups));
	OK(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_ALL));
}

/* A stack, and a handler of one HLT for each exception: vector n's is at HANDLERS + n */
static void protected_mode(void)
{
	uint64_t *gdt = (uint64_t *)(ram + GDT), *idt = (uint64_t *)(ram + IDT);
	unsigned int i;

	gdt[1] = 0x00cf9b000000ffff;
	for (i = 0; i < 32; i++) {
		idt[i] = 0x00008e0000080000 | (HANDLERS + i);
		ram[HANDLERS + i] = 0xf4;
	}
	OK(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_ALL));
	vcpu->state->segs[VMX_X64_SEG_GDT].base = GDT;
	vcpu->state->segs[VMX_X64_SEG_GDT].limit = 15;
	vcpu->state->segs[VMX_X64_SEG_IDT].base = IDT;
	vcpu->state->segs[VMX_X64_SEG_IDT].limit = 32 * 8 - 1;
	vcpu->state->segs[VMX_X64_SEG_CS].selector = 8;
	GPR(RSP) = STACK;
	set(VMX_X64_STATE_SEGS | VMX_X64_STATE_GPRS);
}

static void run_to(enum vmx_vcpu_exit_reason reason)
{
	OK(vmx_vcpu_run(vcpu));
	EQUAL(vcpu->exit->reason, reason);
	OK(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_ALL));
}

static void go_on(uint64_t rip)
{
	GPR(RIP) = rip;
	OK(vmx_vcpu_setstate(vcpu, VMX_X64_STATE_GPRS));
}

/* The guest executes its code to the HLT at @end. */
static void expect_done(uint64_t end)
{
	run_to(VMX_VCPU_EXIT_HALTED);
	EQUAL(GPR(RIP), end + 1);
}

/* It raises this exception instead. Returns the image of EFLAGS. */
static uint32_t expect_exception(unsigned int vector, unsigned int words)
{
	run_to(VMX_VCPU_EXIT_HALTED);
	EQUAL(GPR(RIP), HANDLERS + vector + 1);
	EQUAL(GPR(RSP), STACK - 4 * words);
	return *(uint32_t *)&ram[STACK - 4];
}

/* ---- operands ---- */

/* SDM, "MOV—Move to/from Control Registers": outside 64-bit mode it has 32 bits. */
static void test_cr_operand(void)
{
	BEGIN(0x0f, 0x22, 0xc0, 0xf4);		/* mov cr0, eax; hlt */
	GPR(RAX) = HIGH | 0x11;
	go_on(0);
	expect_done(3);
	EQUAL(CR(CR0), 0x11);
	end(vcpu);

	BEGIN(0x0f, 0x22, 0xe0, 0xf4);		/* mov cr4, eax; hlt */
	GPR(RAX) = HIGH | CR4_OSXSAVE;
	go_on(0);
	expect_done(3);
	EQUAL(CR(CR4), CR4_OSXSAVE);
	end(vcpu);

	/* In 64-bit mode there are such bits, and none can be set. */
	BEGIN(0x0f, 0x22, 0xc0, 0xf4);
	set_long_mode(vcpu, ram, TABLES);
	OK(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_ALL));
	GPR(RAX) = HIGH | CR(CR0);
	go_on(0);
	run_to(VMX_VCPU_EXIT_SHUTDOWN);
	/* Compatibility mode is not 64-bit mode. */
	vcpu->state->segs[VMX_X64_SEG_CS].attrib = 0xc09b;
	set(VMX_X64_STATE_SEGS);
	GPR(RAX) = HIGH | (CR(CR0) ^ CR0_CD);
	go_on(0);
	expect_done(3);
	EQUAL(CR(CR0), (uint32_t)GPR(RAX));
	end(vcpu);
}

/* Of other registers than CR0, CR4 and CR8 the upper halves don't matter in 64-bit mode either. */
static void test_operands(void)
{
	static const struct vmx_cpuid leaf = { .leaf = 7, .subleaf = 1, .flags = VMX_CPUID_SUBLEAF,
					       .eax = 1, .ebx = 2, .ecx = 3, .edx = 4 };
	const struct vmx_vcpu_conf_cpuid conf = { 1, &leaf };

	BEGIN(0x0f, 0x30, 0xf4, 0x0f, 0x32, 0xf4, 0x0f, 0xa2, 0xf4, 0x0f, 0x01, 0xd1, 0xf4,
	      0x44, 0x0f, 0x22, 0xc0, 0xf4);
	set_long_mode(vcpu, ram, TABLES);
	OK(vmx_vcpu_configure(vcpu, VMX_VCPU_CONF_CPUID, &conf));
	OK(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_ALL));
	/* wrmsr; hlt: IA32_SYSENTER_ESP */
	GPR(RCX) = HIGH | 0x175;
	GPR(RAX) = HIGH | 0x12345678;
	GPR(RDX) = HIGH | 0x1234;
	go_on(0);
	expect_done(2);
	EQUAL(vcpu->state->msrs[VMX_X64_MSR_SYSENTER_ESP], 0x123412345678);
	/* rdmsr; hlt */
	expect_done(5);
	EQUAL(GPR(RAX), 0x12345678);
	EQUAL(GPR(RDX), 0x1234);
	/* cpuid; hlt */
	GPR(RAX) = HIGH | 7;
	GPR(RCX) = HIGH | 1;
	GPR(RBX) = GPR(RDX) = HIGH;
	go_on(6);
	expect_done(8);
	EQUAL(GPR(RAX), 1);
	EQUAL(GPR(RBX), 2);
	EQUAL(GPR(RCX), 3);
	EQUAL(GPR(RDX), 4);
	/* xsetbv; hlt */
	CR(CR4) |= CR4_OSXSAVE;
	set(VMX_X64_STATE_CRS);
	GPR(RCX) = HIGH;
	GPR(RAX) = HIGH | 3;
	GPR(RDX) = HIGH;
	go_on(9);
	expect_done(12);
	EQUAL(CR(XCR0), 3);
	/* mov cr8, rax; hlt: here they do matter. */
	GPR(RAX) = HIGH | 3;
	go_on(13);
	run_to(VMX_VCPU_EXIT_SHUTDOWN);
	end(vcpu);
}

/*
 * SDM, "MOV—Move to/from Control Registers": "Reserved bits in CR0 and CR3 remain clear
 * after any load of those registers; attempts to set them have no impact"; ET remains set.
 */
static void test_cr0_reserved(void)
{
	unsigned int bit;

	BEGIN(0x0f, 0x22, 0xc0, 0x0f, 0x20, 0xc3, 0xf4);	/* mov cr0, eax; mov ebx, cr0; hlt */
	for (bit = 0; bit < 29; bit++) {
		if (!(CR0_RESERVED >> bit & 1) && bit != 4)
			continue;
		GPR(RAX) = 0x31 ^ 1u << bit;
		go_on(0);
		expect_done(6);
		EQUAL(GPR(RBX), 0x31);
		EQUAL(CR(CR0), 0x31);
		/* The same if a program sets them. */
		CR(CR0) = 0x31 ^ 1u << bit;
		set(VMX_X64_STATE_CRS);
		EQUAL(CR(CR0), 0x31);
		go_on(3);
		expect_done(6);
		EQUAL(GPR(RBX), 0x31);
	}
	CR(CR0) |= 1ull << 32;
	FAILS(EINVAL, vmx_vcpu_setstate(vcpu, VMX_X64_STATE_CRS));
	end(vcpu);
}

/* ---- CPUID: SDM, "CPUID Runtime Mutable Fields" ---- */

static void cpuid(uint32_t leaf, uint32_t subleaf)
{
	GPR(RAX) = leaf;
	GPR(RCX) = subleaf;
	go_on(0);
	expect_done(2);
}

/* Bytes of an XSAVE area with these components */
static uint32_t xsave_size(uint64_t xcr0, bool compacted)
{
	uint32_t offset, size, ecx, edx, total = 576;
	unsigned int i;

	for (i = 2; i < 32; i++) {
		if (!(xcr0 >> i & 1))
			continue;
		__cpuid_count(13, i, size, offset, ecx, edx);
		if (compacted)
			offset = ecx & 2 ? (total + 63) / 64 * 64 : total;
		if (offset + size > total)
			total = offset + size;
	}
	return total;
}

static void set_xcr0(uint64_t xcr0)
{
	CR(XCR0) = xcr0;
	set(VMX_X64_STATE_CRS);
}

static void test_cpuid_xsave(void)
{
	static const struct vmx_cpuid leaves[] = {
		{ 13, 0, VMX_CPUID_SUBLEAF, 7, 0xbad, 0x123, 0 },
		{ 13, 1, VMX_CPUID_SUBLEAF, 0xf, 0xbad, 0, 0 },
		{ 13, 2, VMX_CPUID_SUBLEAF, 256, 0xbad, 0, 0 },
	};
	struct vmx_vcpu_conf_cpuid conf = { COUNT(leaves), leaves };
	static const uint64_t xcr0s[] = { 1, 3, 7, 0xe7 };
	struct vmx_capability capability;
	unsigned int i;

	BEGIN(0x0f, 0xa2, 0xf4);
	OK(vmx_capability(&capability));
	OK(vmx_vcpu_configure(vcpu, VMX_VCPU_CONF_CPUID, &conf));
	for (i = 0; i < COUNT(xcr0s); i++) {
		if (xcr0s[i] & ~capability.xcr0_mask)
			continue;
		set_xcr0(xcr0s[i]);
		cpuid(13, 0);
		EQUAL(GPR(RBX), xsave_size(xcr0s[i], false));
		EQUAL(GPR(RCX), 0x123);
		cpuid(13, 1);
		EQUAL(GPR(RBX), xsave_size(xcr0s[i], true));
		cpuid(13, 2);
		EQUAL(GPR(RBX), 0xbad);
	}
	/* Not every processor that a program shows has the compacted form, or XSAVE at all. */
	conf.entries = (const struct vmx_cpuid[]){
		{ 13, 0, VMX_CPUID_SUBLEAF, 0, 0, 0, 0 }, { 13, 1, VMX_CPUID_SUBLEAF, 5, 0, 0, 0 },
	};
	conf.count = 2;
	OK(vmx_vcpu_configure(vcpu, VMX_VCPU_CONF_CPUID, &conf));
	cpuid(13, 0);
	EQUAL(GPR(RBX), 0);
	cpuid(13, 1);
	EQUAL(GPR(RBX), 0);
	end(vcpu);
}

static void test_cpuid_bits(void)
{
	static const struct vmx_cpuid leaves[] = {
		{ 7, 0, 0, 0, 0, 0x18, 0 },		/* OSPKE */
		{ 0x19, 0, 0, 0, 3, 0, 0 },		/* AESKLE */
		{ 0x80000001, 0, 0, 0, 0, 0, 0x900 },	/* SYSCALL */
	};
	const struct vmx_vcpu_conf_cpuid conf = { COUNT(leaves), leaves };

	BEGIN(0x0f, 0xa2, 0xf4);
	OK(vmx_vcpu_configure(vcpu, VMX_VCPU_CONF_CPUID, &conf));
	/* CR4.PKE and CR4.KL are 0. */
	cpuid(7, 0);
	EQUAL(GPR(RCX), 8);
	cpuid(7, 5);
	EQUAL(GPR(RCX), 0x18);
	cpuid(0x19, 0);
	EQUAL(GPR(RBX), 2);
	/* There is SYSCALL in 64-bit mode only. */
	cpuid(0x80000001, 0);
	EQUAL(GPR(RDX), 0x100);
	set_long_mode(vcpu, ram, TABLES);
	cpuid(0x80000001, 0);
	EQUAL(GPR(RDX), 0x900);
	vcpu->state->segs[VMX_X64_SEG_CS].attrib = 0xc09b;
	set(VMX_X64_STATE_SEGS);
	cpuid(0x80000001, 0);
	EQUAL(GPR(RDX), 0x100);
	end(vcpu);
}

/* ---- MSRs ---- */

/* Those that the guest may use without an exit are as it wrote them also after a CPUID. */
static void test_msrs(void)
{
	static const uint32_t msrs[] = {
		0xc0000080, 0xc0000081, 0xc0000082, 0xc0000083, 0xc0000084, 0xc0000100, 0xc0000101,
		0xc0000102,
	};
	static const struct vmx_cpuid leaf = { .leaf = 0 };
	const struct vmx_vcpu_conf_cpuid conf = { 1, &leaf };
	unsigned int i;

	for (i = 0; i < COUNT(msrs); i++) {
		/* wrmsr; hlt; wrmsr; mov edi, ecx; xor eax, eax; cpuid; mov ecx, edi; rdmsr; hlt */
		BEGIN(0x0f, 0x30, 0xf4, 0x0f, 0x30, 0x89, 0xcf, 0x31, 0xc0, 0x0f, 0xa2, 0x89, 0xf9,
		      0x0f, 0x32, 0xf4);
		OK(vmx_vcpu_configure(vcpu, VMX_VCPU_CONF_CPUID, &conf));
		set_long_mode(vcpu, ram, TABLES);
		GPR(RCX) = msrs[i];
		GPR(RAX) = 0x500;
		GPR(RDX) = 0;
		go_on(0);
		expect_done(2);
		GPR(RAX) = 0xd01;
		go_on(3);
		expect_done(15);
		EXPECT(GPR(RAX) == 0xd01, "%#x: %#llx", msrs[i], (long long)GPR(RAX));
		end(vcpu);
	}
}

/* ---- RFLAGS ---- */

/*
 * SDM, "Instruction-Breakpoint Exception Condition": RF is cleared by each instruction
 * that completes, and a breakpoint on the next one is met.
 */
static const struct {
	uint8_t length;
	uint8_t code[8];
	bool exits;		/* and the program completes it */
	uint32_t eax, ecx;
} over[] = {
	{ 2, { 0x0f, 0xa2 }, false, 0, 0 },		/* cpuid */
	{ 3, { 0x0f, 0x22, 0xc0 }, false, 0x11, 0 },	/* mov cr0, eax */
	{ 3, { 0x0f, 0x22, 0xe0 }, false, 0, 0 },	/* mov cr4, eax */
	{ 2, { 0x0f, 0x30 }, false, 0, 0x174 },		/* wrmsr */
	{ 2, { 0x0f, 0x32 }, false, 0, 0x174 },		/* rdmsr */
	{ 3, { 0x0f, 0x01, 0xd1 }, false, 1, 0 },	/* xsetbv */
	{ 1, { 0xf4 }, true, 0, 0 },			/* hlt, which the kernel completes */
	{ 2, { 0xe6, 0x80 }, true, 0, 0 },		/* out 0x80, al */
	{ 2, { 0x0f, 0x32 }, true, 0, 0x12345678 },	/* rdmsr */
};

static void test_resume_flag_over(void)
{
	static const struct vmx_cpuid leaf = { .leaf = 0 };
	const struct vmx_vcpu_conf_cpuid conf = { 1, &leaf };
	unsigned int i;

	for (i = 0; i < COUNT(over); i++) {
		BEGIN(0);
		OK(vmx_vcpu_configure(vcpu, VMX_VCPU_CONF_CPUID, &conf));
		memcpy(ram, over[i].code, over[i].length);
		ram[over[i].length] = 0x90;
		ram[over[i].length + 1] = 0xf4;
		CR(CR4) |= CR4_OSXSAVE;
		vcpu->state->drs[VMX_X64_DR_DR0] = over[i].length;
		vcpu->state->drs[VMX_X64_DR_DR7] = 0x401;
		GPR(RAX) = over[i].eax;
		GPR(RCX) = over[i].ecx;
		GPR(RFLAGS) |= RESUME_FLAG;
		set(VMX_X64_STATE_CRS | VMX_X64_STATE_DRS | VMX_X64_STATE_GPRS);
		if (over[i].exits) {
			OK(vmx_vcpu_run(vcpu));
			EXPECT(vcpu->exit->reason != VMX_VCPU_EXIT_OTHER, "%u: exit", i);
			OK(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_ALL));
			/* As a program would that does not know of RF */
			if (vcpu->exit->reason != VMX_VCPU_EXIT_HALTED) {
				GPR(RFLAGS) |= RESUME_FLAG;
				go_on(over[i].length);
			}
		}
		run_to(VMX_VCPU_EXIT_HALTED);
		EXPECT(GPR(RIP) == HANDLERS + 1 + 1, "%u: no #DB, RIP %#llx", i,
		       (long long)GPR(RIP));
		EQUAL(*(uint32_t *)&ram[STACK - 12], over[i].length);
		end(vcpu);
	}
}

/* What is set with other groups is not an instruction that is over: it is as it is set. */
static void test_resume_flag_set(void)
{
	BEGIN(0x90, 0x90, 0x90, 0xf4);
	vcpu->state->drs[VMX_X64_DR_DR0] = 1;
	vcpu->state->drs[VMX_X64_DR_DR7] = 0x401;
	GPR(RIP) = 1;
	GPR(RFLAGS) |= RESUME_FLAG;
	set(VMX_X64_STATE_DRS | VMX_X64_STATE_GPRS);
	/* Nor is it if a register is set after it. */
	GPR(RAX) = 5;
	OK(vmx_vcpu_setstate(vcpu, VMX_X64_STATE_GPRS));
	expect_done(3);

	/* The same with TF, which traps after an instruction. */
	GPR(RIP) = 1;
	GPR(RFLAGS) = 2 | TRAP_FLAG;
	vcpu->state->drs[VMX_X64_DR_DR7] = 0x400;
	set(VMX_X64_STATE_DRS | VMX_X64_STATE_GPRS);
	GPR(RAX) = 5;
	OK(vmx_vcpu_setstate(vcpu, VMX_X64_STATE_GPRS));
	expect_exception(1, 3);
	EQUAL(*(uint32_t *)&ram[STACK - 12], 2);
	end(vcpu);
}

/*
 * SDM, "Instruction-Breakpoint Exception Condition": exceptions of the class fault, but
 * #DB, push RF 1. VM entry that injects them pushes RF as it is.
 */
static void test_resume_flag_pushed(void)
{
	static const uint32_t faults = 0x3b7ce1, with_code = 0x227d00;
	unsigned int vector, rf;

	for (vector = 0; vector < 32; vector++) {
		if (vector == 2 || vector == 9 || vector == 15 || vector > 21)
			continue;
		for (rf = 0; rf < 2; rf++) {
			uint32_t flags;

			BEGIN(0x90, 0xf4);
			GPR(RFLAGS) |= rf ? RESUME_FLAG : 0;
			go_on(0);
			*vcpu->event = (struct vmx_vcpu_event){
				.type = VMX_VCPU_EVENT_EXCP, .vector = vector,
				.insn_length = vector == 3 || vector == 4,
			};
			OK(vmx_vcpu_inject(vcpu));
			flags = expect_exception(vector, 3 + (with_code >> vector & 1));
			EXPECT(!(flags & RESUME_FLAG) == !(faults >> vector & 1 || rf),
			       "vector %u with RF %u pushes %#x", vector, rf, flags);
			end(vcpu);
		}
	}
	/* An interrupt is no fault. */
	BEGIN(0x90, 0xf4);
	GPR(RFLAGS) |= 0x200;
	go_on(0);
	*vcpu->event = (struct vmx_vcpu_event){ .type = VMX_VCPU_EVENT_INTR, .vector = 13 };
	OK(vmx_vcpu_inject(vcpu));
	EQUAL(expect_exception(13, 3) & RESUME_FLAG, 0);
	end(vcpu);

	/* One that the kernel finds: bit 0 of XCR0 can't be 0. */
	BEGIN(0x0f, 0x01, 0xd1);		/* xsetbv */
	CR(CR4) |= CR4_OSXSAVE;
	set(VMX_X64_STATE_CRS);
	EXPECT(expect_exception(13, 4) & RESUME_FLAG, "#GP of XSETBV pushes RF 0");
	EQUAL(*(uint32_t *)&ram[STACK - 12], 0);
	end(vcpu);
}

/* ---- PDPTEs: SDM, "PDPTE Registers" ---- */

static const __u64 *pdptes(void)
{
	return ((const struct vmxfs_page *)((const uint8_t *)vcpu->state -
					    offsetof(struct vmxfs_page, state)))->pdptes;
}

/* PAE paging: the first 2 MB are mapped to themselves. */
static void pae_paging(void)
{
	uint64_t *pdpt = (uint64_t *)(ram + PDPT);

	*(uint64_t *)(ram + DIRECTORY) = 0xe3;
	pdpt[0] = DIRECTORY | 1;
	pdpt[3] = 0x123000;
	memcpy(ram + OTHER_PDPT, pdpt, 32);
	memcpy(ram + BROKEN_PDPT, pdpt, 32);
	((uint64_t *)(ram + BROKEN_PDPT))[1] = 0x123003;
	CR(CR0) |= CR0_PG;
	CR(CR4) |= CR4_PAE;
	CR(CR3) = PDPT;
	set(VMX_X64_STATE_CRS);
}

static void test_pdptes_state(void)
{
	uint64_t *pdpt;

	BEGIN(0x90, 0xf4);
	pae_paging();
	pdpt = (uint64_t *)(ram + PDPT);
	EQUAL(pdptes()[0], DIRECTORY | 1);
	EQUAL(pdptes()[1], 0);
	EQUAL(pdptes()[3], 0x123000);
	/* Memory changes, the registers don't. */
	pdpt[0] = 0;
	set(VMX_X64_STATE_CRS | VMX_X64_STATE_MSRS);
	EQUAL(pdptes()[0], DIRECTORY | 1);
	expect_done(1);
	EQUAL(pdptes()[0], DIRECTORY | 1);
	/* CR4.OSXSAVE and CR0.NE are none for which they are loaded; CR4.PGE is. */
	CR(CR0) ^= CR0_NE;
	CR(CR4) |= CR4_OSXSAVE;
	set(VMX_X64_STATE_CRS);
	EQUAL(pdptes()[0], DIRECTORY | 1);
	CR(CR4) |= 0x80;
	set(VMX_X64_STATE_CRS);
	EQUAL(pdptes()[0], 0);
	pdpt[0] = DIRECTORY | 1;
	CR(CR3) = OTHER_PDPT;
	set(VMX_X64_STATE_CRS);
	go_on(0);
	expect_done(1);
	/* What MOV to CR3 raises #GP for can't be set, and nothing is. */
	CR(CR3) = BROKEN_PDPT;
	CR(CR2) = 0x1234;
	FAILS(EINVAL, vmx_vcpu_setstate(vcpu, VMX_X64_STATE_CRS));
	CR(CR3) = NOWHERE;
	FAILS(EINVAL, vmx_vcpu_setstate(vcpu, VMX_X64_STATE_CRS));
	OK(vmx_vcpu_setstate(vcpu, VMX_X64_STATE_INTR));
	OK(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_CRS));
	EQUAL(CR(CR3), OTHER_PDPT);
	EQUAL(CR(CR2), 0);
	go_on(0);
	expect_done(1);
	end(vcpu);
}

/* MOV to CR0 that the kernel completes loads them. */
static void test_pdptes_mov(void)
{
	struct vmx_machine *machine;
	uint64_t *pdpt;
	void *other;

	BEGIN(0x0f, 0x22, 0xc0, 0xf4);
	pae_paging();
	pdpt = (uint64_t *)(ram + PDPT);
	pdpt[3] = 0x456000;
	/* Not for this bit, */
	GPR(RAX) = CR(CR0) ^ CR0_NE;
	go_on(0);
	expect_done(3);
	EQUAL(pdptes()[3], 0x123000);
	/* and for this. */
	GPR(RAX) ^= CR0_CD;
	go_on(0);
	expect_done(3);
	EQUAL(pdptes()[3], 0x456000);
	EQUAL(CR(CR0), GPR(RAX));
	/* A reserved bit of one that is present is a #GP(0), and nothing is loaded. */
	pdpt[3] = 0x456003;
	GPR(RAX) ^= CR0_CD;
	go_on(0);
	expect_exception(13, 4);
	EQUAL(pdptes()[3], 0x456000);
	EQUAL(CR(CR0), (uint32_t)GPR(RAX) ^ CR0_CD);
	end(vcpu);

	/* Where there is no memory the program gets the access, as with any other. */
	BEGIN(0x0f, 0x22, 0xc0, 0xf4);
	other = memory(4096);
	machine = vmx_vcpu_machine(vcpu);
	pae_paging();
	OK(vmx_gpa_map(machine, other, NOWHERE, 4096, RWX));
	memcpy(other, ram + PDPT, 32);
	CR(CR3) = NOWHERE;
	set(VMX_X64_STATE_CRS);
	OK(vmx_gpa_unmap(machine, NOWHERE, 4096));
	GPR(RAX) = CR(CR0) ^ CR0_CD;
	go_on(0);
	run_to(VMX_VCPU_EXIT_MEMORY);
	EQUAL(vcpu->exit->u.mem.gpa, NOWHERE);
	EQUAL(vcpu->exit->u.mem.prot, VMX_PROT_READ);
	EQUAL(vcpu->exit->u.mem.gva_valid, 0);
	EQUAL(GPR(RIP), 0);
	OK(vmx_gpa_map(machine, other, NOWHERE, 4096, RWX));
	expect_done(3);
	EQUAL(CR(CR0), GPR(RAX));
	end(vcpu);
}

const struct point completed_points[] = {
	{ "completed/cr-operand", test_cr_operand },
	{ "completed/operands", test_operands },
	{ "completed/cr0-reserved", test_cr0_reserved },
	{ "completed/cpuid-xsave", test_cpuid_xsave },
	{ "completed/cpuid-bits", test_cpuid_bits },
	{ "completed/msrs", test_msrs },
	{ "completed/resume-flag-over", test_resume_flag_over },
	{ "completed/resume-flag-set", test_resume_flag_set },
	{ "completed/resume-flag-pushed", test_resume_flag_pushed },
	{ "completed/pdptes-state", test_pdptes_state },
	{ "completed/pdptes-mov", test_pdptes_mov },
	{ }
};
