// SPDX-License-Identifier: GPL-2.0
/* What CPUID answers by default, and how a program changes it; RESET; common MSRs. */
#include "fake.h"

#include <errno.h>

static struct vmx_cpuid_table table;

/* A processor that has everything */
static void everything(uint32_t leaf, uint32_t subleaf, uint32_t *regs)
{
	memset(regs, 0xff, 4 * sizeof(*regs));
	if (leaf == 0)
		regs[0] = 0x20;
	if (leaf == 7 && subleaf == 0)
		regs[0] = 2;
	if (leaf == 4 && subleaf == 3)
		regs[0] &= ~0x1fu;
	if (leaf == 0x0d && subleaf >= 2) {
		regs[0] = 0x100;
		regs[1] = 0x240 + 0x100 * subleaf;
		regs[2] = 0;
	}
	if (leaf == 0x80000000)
		regs[0] = 0x80000021;
	if (leaf == 0x80000008)
		regs[0] = 0x3934;
}

/* And one that has nothing but leaf 1 */
static void nothing(uint32_t leaf, uint32_t subleaf, uint32_t *regs)
{
	(void)subleaf;
	if (leaf == 0)
		regs[0] = 1;
	if (leaf == 0x80000000)
		regs[0] = 0x80000000;
	if (leaf == 1)
		regs[0] = 0x543;
}

/* As the kernel looks for it: the first that fits */
static const struct vmx_cpuid *answer(uint32_t leaf, uint32_t subleaf)
{
	size_t i;

	for (i = 0; i < table.count; i++) {
		const struct vmx_cpuid *entry = &table.entries[i];

		if (entry->flags & VMX_CPUID_ANY_LEAF ||
		    (entry->leaf == leaf &&
		     (!(entry->flags & VMX_CPUID_SUBLEAF) || entry->subleaf == subleaf)))
			return entry;
	}
	fail_msg("nothing answers %#x", leaf);
	return NULL;
}

static struct vmx_vcpu *begin(void (*cpuid)(uint32_t leaf, uint32_t subleaf, uint32_t *regs))
{
	struct vmx_vcpu *vcpu = fake_machine();

	fake.cpuid = cpuid;
	memset(&table, 0xff, sizeof(table));
	assert_int_equal(vmx_cpuid_default(vcpu, 0x12345678, &table), 0);
	return vcpu;
}

/* XCR0 can be 7 here: AVX, but not AVX-512. */
static void test_features(void **state)
{
	struct vmx_vcpu *vcpu = begin(everything);

	(void)state;
	/* None of MONITOR, VMX, SMX, EIST, SDBG, PDCM, DCA, x2APIC, TSC-deadline */
	assert_int_equal(answer(1, 0)->ecx, 0xf6da3203);
	/* None of MTRR, MCA, PSN, DS, ACPI, SS, HTT, TM, PBE */
	assert_int_equal(answer(1, 0)->edx, 0x078babff);
	assert_int_equal(answer(1, 0)->ebx, 0x7800ff00);
	assert_int_equal(answer(7, 0)->eax, 1);
	/* None of INVPCID, HLE, RTM, MPX, SGX, TSC_ADJUST, AVX-512 */
	assert_int_equal(answer(7, 0)->ebx & 0xdc23ec16, 0x2000);
	assert_int_equal(answer(7, 0)->ebx & 0x201c03e9, 0x201c03e9);
	/* PKU, WAITPKG, CET_SS, LA57, RDPID, MOVDIRI, MOVDIR64B, ENQCMD, PKS */
	assert_int_equal(answer(7, 0)->ecx & 0xf84300b8, 0);
	assert_int_equal(answer(7, 0)->ecx & 0x02000705, 0x02000705);
	/* SPEC_CTRL and the like, ARCH_CAPABILITIES, hybrid, AMX, CET_IBT */
	assert_int_equal(answer(7, 0)->edx & 0xff718000, 0);
	assert_int_equal(answer(7, 1)->eax & 0x0c000000, 0);
	assert_int_equal(answer(7, 2)->eax | answer(7, 2)->ebx | answer(7, 2)->edx, 0);
	assert_int_equal(answer(0x80000001, 0)->ecx, 0x121);
	assert_int_equal(answer(0x80000001, 0)->edx, 0x24100800);
	assert_int_equal(answer(0x80000007, 0)->edx, 0x100);
	/* Performance counters, PT, thermal: but the APIC timer never stops. */
	assert_int_equal(answer(0x0a, 0)->eax | answer(0x14, 0)->ebx, 0);
	assert_int_equal(answer(6, 0)->eax, 4);
	fake_end(vcpu);
}

static void test_sizes(void **state)
{
	struct vmx_vcpu *vcpu = begin(everything);

	(void)state;
	assert_int_equal(answer(0, 0)->eax, 0x16);
	assert_int_equal(answer(0, 0)->ecx, ~0u);
	assert_int_equal(answer(0x80000000, 0)->eax, 0x80000008);
	/* 48 bits: of EPT, and without LA57 */
	assert_int_equal(answer(0x80000008, 0)->eax, 0x3030);
	assert_int_equal(answer(0x0d, 0)->eax, 7);
	assert_int_equal(answer(0x0d, 0)->edx, 0);
	assert_int_equal(answer(0x0d, 0)->ecx, 0x240 + 0x200 + 0x100);
	assert_int_equal(answer(0x0d, 1)->eax, 7);
	assert_int_equal(answer(0x0d, 2)->eax, 0x100);
	assert_int_equal(answer(0x0d, 2)->ebx, 0x440);
	assert_int_equal(answer(0x0d, 5)->eax, 0);
	/* A package of its own, with caches that it shares with none */
	assert_int_equal(answer(4, 2)->eax, 0x3fff);
	assert_int_equal(answer(4, 3)->eax, 0);
	assert_int_equal(answer(0x0b, 0)->ecx, 0x100);
	assert_int_equal(answer(0x0b, 1)->ecx, 0x201);
	assert_int_equal(answer(0x0b, 1)->ebx, 1);
	assert_int_equal(answer(0x0b, 2)->ebx, 0);
	assert_int_equal(answer(0x0b, 0)->edx, 0x12345678);
	/* What there is not is as the last basic leaf. */
	assert_int_equal(answer(0x17, 0)->eax, answer(0x16, 0)->eax);
	assert_int_equal(answer(0x80000009, 0)->ecx, answer(0x16, 0)->ecx);
	assert_int_equal(answer(0x16, 0)->edx, 0);
	assert_int_equal(answer(0x40000000, 0)->eax, 0x40000000);
	assert_memory_equal(&answer(0x40000000, 0)->ebx, "vmxfsvmxfs\0", 12);
	fake_end(vcpu);
}

static void test_old_processor(void **state)
{
	struct vmx_vcpu *vcpu = begin(nothing);

	(void)state;
	assert_int_equal(answer(0, 0)->eax, 1);
	assert_int_equal(answer(1, 0)->eax, 0x543);
	assert_int_equal(answer(1, 0)->ecx, 0x80000000);
	assert_int_equal(answer(7, 0)->eax, 0x543);
	assert_int_equal(answer(0x80000001, 0)->eax, 0x543);
	fake_end(vcpu);
}

static void test_change(void **state)
{
	const struct vmx_cpuid none = { 0 };
	struct vmx_cpuid clear = { .edx = 0x200 }, set = { .edx = 0x1000, .eax = 0x80000000 };
	struct vmx_vcpu *vcpu = begin(everything);
	size_t before = table.count;
	uint32_t edx = answer(1, 0)->edx;

	(void)state;
	assert_int_equal(vmx_cpuid_change(&table, 1, &clear, &set), 0);
	assert_int_equal(answer(1, 0)->edx, (edx & ~0x200u) | 0x1000);
	/* A bit that is in both is set. */
	clear.eax = 0x80000000;
	assert_int_equal(vmx_cpuid_change(&table, 7, &clear, &set), 0);
	assert_int_equal(answer(7, 0)->eax, 0x80000001);
	assert_int_equal(answer(7, 9)->eax, 0x80000000);
	assert_int_equal(table.count, before);
	/* A leaf that was not there */
	set.eax = 0x10000;
	assert_int_equal(vmx_cpuid_change(&table, 0x8086, &clear, &set), 0);
	assert_int_equal(table.count, before + 1);
	assert_int_equal(answer(0x8086, 4)->eax, (answer(0x16, 0)->eax & ~0x80000000u) | 0x10000);
	assert_int_equal(vmx_cpuid_exit(&table, 1), 0);
	assert_int_equal(answer(1, 0)->flags, VMX_CPUID_EXIT);
	while (table.count < VMX_CPUID_MAX)
		assert_int_equal(vmx_cpuid_exit(&table, table.count << 8), 0);
	assert_fails(vmx_cpuid_exit(&table, 2), ENOSPC);
	assert_fails(vmx_cpuid_change(&table, 0x8087, &none, &none), ENOSPC);
	assert_int_equal(vmx_cpuid_change(&table, 7, &none, &none), 0);
	fake_end(vcpu);
}

/* ---- RESET ---- */

static void test_reset(void **state)
{
	struct vmx_vcpu *vcpu = fake_machine();
	struct vmx_x64_state *guest = &fake_of(vcpu)->state;

	(void)state;
	fake.cpuid = nothing;
	memset(guest, 0xff, sizeof(*guest));
	assert_int_equal(vmx_vcpu_reset(vcpu), 0);
	assert_int_equal(guest->gprs[VMX_X64_GPR_RIP], 0xfff0);
	assert_int_equal(guest->gprs[VMX_X64_GPR_RDX], 0x543);
	assert_int_equal(guest->gprs[VMX_X64_GPR_RFLAGS], 2);
	assert_int_equal(guest->segs[VMX_X64_SEG_CS].base, 0xffff0000);
	assert_int_equal(guest->segs[VMX_X64_SEG_CS].selector, 0xf000);
	assert_int_equal(guest->segs[VMX_X64_SEG_SS].attrib, 0x93);
	assert_int_equal(guest->segs[VMX_X64_SEG_IDT].limit, 0xffff);
	assert_int_equal(guest->crs[VMX_X64_CR_CR0], 0x60000010);
	assert_int_equal(guest->crs[VMX_X64_CR_XCR0], 1);
	assert_int_equal(guest->drs[VMX_X64_DR_DR6], 0xffff0ff0);
	assert_int_equal(guest->drs[VMX_X64_DR_DR7], 0x400);
	assert_int_equal(guest->msrs[VMX_X64_MSR_PAT], 0x7040600070406);
	assert_int_equal(guest->fpu[0], 0x40);
	assert_int_equal(guest->fpu[4], 0xff);
	assert_int_equal(*(uint32_t *)&guest->fpu[24], 0x1f80);
	assert_int_equal(guest->intr.nmi_blocked, 0);
	fake.failing = VMXFS_IOC_SETSTATE;
	fake.error = ENODEV;
	assert_fails(vmx_vcpu_reset(vcpu), ENODEV);
	fake_end(vcpu);
}

/* ---- MSRs ---- */

static struct vmx_exit_msr msr;
static uint32_t msr_exit;

static void guest_accesses_msr(struct fake_vcpu *vcpu)
{
	vcpu->page.exit.reason = msr_exit;
	vcpu->page.exit.u.rdmsr = msr;
	vcpu->state.gprs[VMX_X64_GPR_RIP] = 0x1000;
}

/* Returns what the assist does; RIP and the event are there for the next run. */
static int access_msr(struct vmx_vcpu *vcpu, uint32_t reason, uint32_t index, uint64_t value)
{
	fake.run = guest_accesses_msr;
	msr_exit = reason;
	msr = (struct vmx_exit_msr){ .npc = 0x1002, .msr = index, .val = value };
	assert_int_equal(vmx_vcpu_run(vcpu), 0);
	errno = 0;
	return vmx_assist_msr(vcpu);
}

static void assert_reads(struct vmx_vcpu *vcpu, uint32_t index, uint64_t value)
{
	const __u64 *gprs = vcpu->state->gprs;

	vcpu->state->gprs[VMX_X64_GPR_RAX] = ~0ull;
	vcpu->state->gprs[VMX_X64_GPR_RDX] = ~0ull;
	assert_int_equal(access_msr(vcpu, VMX_VCPU_EXIT_RDMSR, index, 0), 0);
	assert_int_equal(gprs[VMX_X64_GPR_RAX], (uint32_t)value);
	assert_int_equal(gprs[VMX_X64_GPR_RDX], value >> 32);
	assert_int_equal(gprs[VMX_X64_GPR_RIP], 0x1002);
}

/* RIP stays, and the next run raises #GP. */
static void assert_raises(struct vmx_vcpu *vcpu, uint32_t reason, uint32_t index, uint64_t value)
{
	assert_int_equal(access_msr(vcpu, reason, index, value), 0);
	assert_int_equal(vcpu->state->gprs[VMX_X64_GPR_RIP], 0x1000);
	fake.run = NULL;
	assert_int_equal(vmx_vcpu_run(vcpu), 0);
	assert_int_equal(fake_of(vcpu)->event.type, VMX_VCPU_EVENT_EXCP);
	assert_int_equal(fake_of(vcpu)->event.vector, 13);
}

static void test_msr(void **state)
{
	struct vmx_vcpu *vcpu = fake_machine();
	struct vmx_cpuid leaf = { .leaf = 7, .edx = 1 << 29 };
	struct vmx_vcpu_conf_cpuid conf = { 1, &leaf };

	(void)state;
	assert_reads(vcpu, 0x17, 0);
	assert_reads(vcpu, 0x8b, 0);
	assert_reads(vcpu, 0x1a0, 0x1801);
	assert_int_equal(access_msr(vcpu, VMX_VCPU_EXIT_WRMSR, 0x8b, 0), 0);
	assert_int_equal(vcpu->state->gprs[VMX_X64_GPR_RIP], 0x1002);
	assert_raises(vcpu, VMX_VCPU_EXIT_WRMSR, 0x8b, 1);
	assert_raises(vcpu, VMX_VCPU_EXIT_WRMSR, 0x17, 0);
	/* Fast strings can be off; no other feature is there. */
	assert_int_equal(access_msr(vcpu, VMX_VCPU_EXIT_WRMSR, 0x1a0, 1ull << 34), 0);
	assert_reads(vcpu, 0x1a0, 0x1800);
	/* CPUID says whether there is this one. */
	assert_raises(vcpu, VMX_VCPU_EXIT_RDMSR, 0x10a, 0);
	assert_int_equal(vmx_vcpu_configure(vcpu, VMX_VCPU_CONF_CPUID, &conf), 0);
	assert_reads(vcpu, 0x10a, 0);
	assert_raises(vcpu, VMX_VCPU_EXIT_WRMSR, 0x10a, 0);
	/* All others are the program's. */
	assert_int_equal(access_msr(vcpu, VMX_VCPU_EXIT_RDMSR, 0x1b, 0), -1);
	assert_int_equal(errno, ENOTSUP);
	assert_int_equal(access_msr(vcpu, VMX_VCPU_EXIT_WRMSR, 0x1b, 0), -1);
	assert_int_equal(errno, ENOTSUP);
	assert_int_equal(access_msr(vcpu, VMX_VCPU_EXIT_HALTED, 0x17, 0), -1);
	assert_int_equal(errno, EINVAL);
	fake_end(vcpu);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_features, fake_setup),
		cmocka_unit_test_setup(test_sizes, fake_setup),
		cmocka_unit_test_setup(test_old_processor, fake_setup),
		cmocka_unit_test_setup(test_change, fake_setup),
		cmocka_unit_test_setup(test_reset, fake_setup),
		cmocka_unit_test_setup(test_msr, fake_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
