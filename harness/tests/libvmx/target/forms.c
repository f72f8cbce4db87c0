// SPDX-License-Identifier: GPL-2.0
/*
 * Each form of instruction in a guest, twice: on RAM by the processor, and where a part of
 * that is not mapped by the assist. Both must leave the same registers, flags, memory and
 * paging structures, or raise the same exception: the guest's handlers are the same, too,
 * and what was pushed for them is in its memory.
 *
 * A trial follows from its seed, which the message of one that fails has.
 */
#include "arena.h"

#include <cpuid.h>

#define REAL_SYSTEM	0x0
#define SYSTEM		0x400000

#define RFLAGS_STATUS	0x8d5
#define RFLAGS_TF	0x100
#define RFLAGS_DF	0x400
#define RFLAGS_RF	0x10000
#define RFLAGS_AC	0x40000
#define EFER_LONG	0x500
#define EFER_NXE	0x800

#define EXC_DB		1
#define EXC_SS		12
#define EXC_GP		13
#define EXC_PF		14
#define EXC_AC		17
/* #DF, #TS, #NP, #SS, #GP, #PF, #AC push an error code. */
#define WITH_ERROR	0x27d00u

static const struct mode modes[] = {
	{ "real", forms16, forms16_end, PAGING_NONE, 2, REAL_SYSTEM, 0x20000, 0x20000, REAL_PAGES },
	{ "protected", forms32, forms32_end, PAGING_NONE, 4, SYSTEM, 0x10000000, 0, WINDOW_PAGES },
	{ "protected-4gb", forms32, forms32_end, PAGING_NONE, 4, SYSTEM, 0xffffe000, 0,
	  WINDOW_PAGES },
	{ "paging", forms32, forms32_end, PAGING_32, 4, SYSTEM, 0x10000000, 0, WINDOW_PAGES },
	{ "paging-4gb", forms32, forms32_end, PAGING_32, 4, SYSTEM, 0xffffe000, 0, WINDOW_PAGES },
	{ "pae", forms32, forms32_end, PAGING_PAE, 4, SYSTEM, 0x10000000, 0, WINDOW_PAGES },
	{ "long", forms64, forms64_end, PAGING_4, 8, SYSTEM, 0x10000000, 0, WINDOW_PAGES },
	{ "long-canonical", forms64, forms64_end, PAGING_4, 8, SYSTEM, 0x7fffffffe000, 0,
	  WINDOW_PAGES },
	{ "long-wrap", forms64, forms64_end, PAGING_4, 8, SYSTEM, 0xffffffffffffe000, 0,
	  WINDOW_PAGES },
};

static const struct mode *mode;
static struct arena processor, assist;
static struct trial trial;
static bool has_smap;

/* ---- what a trial is ---- */

static bool one_in(unsigned int n)
{
	return !(chance() % n);
}

/* With room on both sides, or at the end of a page, of which some are not mapped. */
static uint64_t somewhere(void)
{
	uint64_t window = mode->window - mode->base, room = mode->pages * PAGE - 0x800;
	unsigned int edge = mode->paging == PAGING_NONE ? 1 : 0;

	if (mode->code_size == 2 && one_in(4))
		return 0xffff - chance() % 16;
	if (chance() % 2)
		return window + PAGE * (edge + chance() % (WINDOW_PAGES - edge)) - chance() % 16;
	return window + 0x400 + chance() % room;
}

static void fill(void *at, size_t size)
{
	/* Few values, so that some are equal, or any */
	uint64_t few = chance() % 2 ? 0x0101010101010101 : -1ull;
	uint64_t *words = at, x = chance();
	size_t i;

	for (i = 0; i < size / 8; i++)
		words[i] = (x = x * 0x5851f42d4c957f2d + 1) >> 7 & few;
}

static void choose_registers(void)
{
	const struct form *form = trial.form;
	uint64_t *gprs = trial.gprs;
	unsigned int i;

	for (i = 0; i < 16; i++)
		gprs[i] = chance();
	gprs[VMX_X64_GPR_RDI] = somewhere();
	gprs[VMX_X64_GPR_RSI] = somewhere();
	gprs[VMX_X64_GPR_RSP] = mode->system + STACK + 0x800 + chance() % 8;
	/* Where an exception has a stack of its own, or none is to be expected */
	if (one_in(4) && (trial.cpl == 3 || mode->code_size == 8))
		gprs[VMX_X64_GPR_RSP] = somewhere();
	if (form->flags & FORM_SMALL_CX)
		gprs[VMX_X64_GPR_RCX] = chance() % 20;
	if (form->flags & FORM_SMALL_DX)
		gprs[VMX_X64_GPR_RDX] = chance() % 0x2000 - 0x1000;
	/* The index of 16-bit addresses */
	gprs[VMX_X64_GPR_RBX] = chance() % 2 ? chance() : chance() % 64;
	if (mode->code_size == 2)
		gprs[VMX_X64_GPR_RBX] &= ~0xffc0ull;
	/* What a comparison is with */
	if (chance() % 2) {
		uint64_t offset = (gprs[VMX_X64_GPR_RDI] + mode->base - mode->window) %
				  (mode->pages * PAGE - 8);

		memcpy(&gprs[VMX_X64_GPR_RAX], assist.window + offset, 8);
		if (!(form->flags & FORM_SMALL_DX))
			gprs[VMX_X64_GPR_RDX] = gprs[VMX_X64_GPR_RAX] >> 32;
	}
	gprs[VMX_X64_GPR_RFLAGS] = 2 | (chance() & (RFLAGS_STATUS | RFLAGS_DF));
	if (one_in(4))
		gprs[VMX_X64_GPR_RFLAGS] |= RFLAGS_TF;
	if (one_in(4))
		gprs[VMX_X64_GPR_RFLAGS] |= RFLAGS_RF;
	if (one_in(2))
		gprs[VMX_X64_GPR_RFLAGS] |= RFLAGS_AC;
}

/* Most of them allow what the instruction does. */
static uint64_t choose_page(void)
{
	uint64_t entry = chance() & (ENTRY_A | ENTRY_D);

	entry |= one_in(16) ? 0 : ENTRY_P;
	entry |= one_in(8) ? 0 : ENTRY_RW;
	entry |= one_in(trial.cpl ? 16 : 2) ? 0 : ENTRY_US;
	if (trial.efer & EFER_NXE && one_in(4))
		entry |= ENTRY_XD;
	/* Reserved without EFER.NXE */
	if (mode->paging >= PAGING_PAE && !(trial.efer & EFER_NXE) && one_in(32))
		entry |= ENTRY_XD;
	return entry;
}

static void choose_paging(void)
{
	bool read_only = false;
	unsigned int i;

	trial.cr0 = mode->code_size == 2 ? 0 : CR0_PE;
	trial.cr4 = 0;
	trial.efer = 0;
	trial.code_page = ENTRY_P | ENTRY_RW | (trial.cpl ? ENTRY_US : 0);
	if (mode->code_size != 2 && one_in(2))
		trial.cr0 |= CR0_AM;
	if (mode->paging == PAGING_NONE)
		return;
	trial.cr0 |= CR0_PG;
	if (mode->paging >= PAGING_PAE)
		trial.cr4 |= CR4_PAE;
	if (mode->paging == PAGING_4)
		trial.efer |= EFER_LONG;
	if (mode->paging >= PAGING_PAE && one_in(2))
		trial.efer |= EFER_NXE;
	if (has_smap && one_in(2))
		trial.cr4 |= CR4_SMAP;
	if (has_smap && one_in(8))
		trial.cr4 |= CR4_SMEP;
	/* An instruction fetch for SMEP, rarely */
	if (one_in(trial.cr4 & CR4_SMEP ? 16 : 2))
		trial.code_page |= ENTRY_US;
	for (i = 0; i < mode->pages; i++) {
		trial.pages[i] = choose_page();
		read_only |= !(trial.pages[i] & ENTRY_RW);
	}
	/*
	 * Bochs 3.0 ends itself (cpu/paging.cc) when a guest with CR0.WP 0 writes where R/W is
	 * 0, on models with CET. SDM, "Accessed and Dirty Flags": that sets the dirty flag.
	 */
	if (read_only || one_in(2))
		trial.cr0 |= CR0_WP;
}

static void choose(const struct form *form)
{
	uint64_t code = mode->code_size == 2 ? 0xf000 : mode->system + CODE;

	trial = (struct trial){ .form = form };
	fill(assist.window, mode->pages * PAGE);
	fill(assist.system + STACK, PAGE);
	trial.cpl = mode->code_size != 2 && one_in(2) ? 3 : 0;
	choose_paging();
	choose_registers();
	trial.data_limit = mode->code_size == 2 ? 0xffff : 0xffffffff;
	trial.code_limit = trial.data_limit;
	trial.rip = code + chance() % 0x100;
	/* At the end of the page, and of IP, or over it */
	if (one_in(4))
		trial.rip = code + PAGE - form->length;
	else if (one_in(4) && mode->code_size != 2)
		trial.rip = code + PAGE - 1 - chance() % (form->length);
	if (mode->code_size == 8)
		return;
	if (one_in(8) && mode->code_size == 4)
		trial.code_limit = trial.rip + form->length - 1;
	if (mode->code_size == 2 && one_in(4))
		trial.data_limit = one_in(2) ? 0xfffff : trial.gprs[VMX_X64_GPR_RDI] & 0xffff;
	else if (one_in(8))
		trial.data_limit = trial.gprs[VMX_X64_GPR_RDI] + chance() % 8;
	/* SDM, "Checks on Guest Segment Registers": bits 11:0 1, or bits 31:20 0 */
	if (trial.data_limit >> 20)
		trial.data_limit |= 0xfff;
	if (trial.code_limit >> 20)
		trial.code_limit |= 0xfff;
}

/* ---- it is executed ---- */

static void run(struct arena *arena)
{
	OK(vmx_vcpu_getstate(arena->vcpu, VMX_X64_STATE_ALL));
	for (;;) {
		OK(vmx_vcpu_run(arena->vcpu));
		if (arena->vcpu->exit->reason != VMX_VCPU_EXIT_MEMORY)
			break;
		EXPECT(arena == &assist, "RAM exits: %#llx, prot %u", arena->vcpu->exit->u.mem.gpa,
		       arena->vcpu->exit->u.mem.prot);
		EXPECT(arena->assists++ < 1000, "the assist is asked again and again");
		EXPECT(!vmx_assist_mem(arena->vcpu), "vmx_assist_mem: %s", strerror(errno));
	}
	OK(vmx_vcpu_getstate(arena->vcpu, VMX_X64_STATE_ALL));
}

/* The exception whose handler has halted, or 0 */
static unsigned int vector_of(const struct arena *arena)
{
	uint64_t offset = arena->vcpu->state->gprs[VMX_X64_GPR_RIP] - 1 - mode->system - HANDLERS;

	return offset < 32 * HANDLER_SIZE ? offset / HANDLER_SIZE : 0;
}

/* The flags that the exception has pushed, where they are in memory */
static uint8_t *pushed_flags(struct arena *arena)
{
	unsigned int vector = vector_of(arena), slot;
	uint64_t offset = arena->vcpu->state->gprs[VMX_X64_GPR_RSP] - mode->system;

	slot = mode->code_size != 2 && WITH_ERROR >> vector & 1 ? 3 : 2;
	offset += slot * mode->code_size;
	return vector && offset < SYSTEM_SIZE - 8 ? arena->system + offset : NULL;
}

/* ---- and compared ---- */

/* Status flags that may differ */
static uint32_t undefined(void)
{
	const char *text = trial.form->text;
	unsigned int vector = vector_of(&processor);

	/*
	 * SDM, "REP": a fault in an iteration of REPE CMPS leaves the flags as they were before
	 * the instruction; Bochs leaves those of the iteration before.
	 */
	if (vector != EXC_DB && !strncmp(text, "rep", 3) &&
	    (strstr(text, "cmps") || strstr(text, "scas")))
		return RFLAGS_STATUS;
	return trial.form->flags & FORM_UNDEFINED;
}

static void mask_pushed(struct arena *arena, uint32_t ignored)
{
	uint8_t *flags = pushed_flags(arena);
	uint16_t low;

	if (!flags)
		return;
	memcpy(&low, flags, sizeof(low));
	low &= ~ignored;
	memcpy(flags, &low, sizeof(low));
}

static void compare_frames(void)
{
	const uint8_t *got = pushed_flags(&assist), *expected = pushed_flags(&processor);
	uint32_t a = 0, b = 0;

	if (!got || !expected)
		return;
	memcpy(&a, got, mode->code_size == 2 ? 2 : 4);
	memcpy(&b, expected, mode->code_size == 2 ? 2 : 4);
	EXPECT(a == b, "RFLAGS pushed %#x, not %#x", a, b);
}

static void compare_system(void)
{
	unsigned int at;

	if (!memcmp(assist.system, processor.system, SYSTEM_SIZE))
		return;
	for (at = 0; at < SYSTEM_SIZE; at += 8)
		EXPECT(!memcmp(assist.system + at, processor.system + at, 8),
		       "exception %u: system's memory at %#x: %#llx, not %#llx",
		       vector_of(&processor), at,
		       *(unsigned long long *)(assist.system + at),
		       *(unsigned long long *)(processor.system + at));
}

static void compare(void)
{
	const struct vmx_x64_state *got = assist.vcpu->state, *expected = processor.vcpu->state;
	uint64_t register_mask = mode->code_size == 8 ? -1ull : UINT32_MAX;
	uint32_t ignored = undefined();
	unsigned int i;
	bool same;

	EXPECT(assist.vcpu->exit->reason == processor.vcpu->exit->reason, "exit %u, not %u",
	       assist.vcpu->exit->reason, processor.vcpu->exit->reason);
	EXPECT(vector_of(&assist) == vector_of(&processor),
	       "exception %u, not %u; CR2 %#llx, %#llx", vector_of(&assist),
	       vector_of(&processor), got->crs[VMX_X64_CR_CR2], expected->crs[VMX_X64_CR_CR2]);
	EXPECT(got->crs[VMX_X64_CR_CR2] == expected->crs[VMX_X64_CR_CR2], "CR2 %#llx, not %#llx",
	       got->crs[VMX_X64_CR_CR2], expected->crs[VMX_X64_CR_CR2]);
	EXPECT(got->drs[VMX_X64_DR_DR6] == expected->drs[VMX_X64_DR_DR6], "DR6 %#llx, not %#llx",
	       got->drs[VMX_X64_DR_DR6], expected->drs[VMX_X64_DR_DR6]);
	/* Outside 64-bit mode bits 63:32 are undefined. */
	for (i = 0; i < VMX_X64_GPR_RFLAGS; i++)
		EXPECT(!((got->gprs[i] ^ expected->gprs[i]) & register_mask), "register %u: %#llx, not %#llx", i,
		       got->gprs[i], expected->gprs[i]);
	EXPECT(!((got->gprs[i] ^ expected->gprs[i]) & ~(uint64_t)ignored),
	       "RFLAGS: %#llx, not %#llx", got->gprs[i], expected->gprs[i]);
	mask_pushed(&assist, ignored);
	mask_pushed(&processor, ignored);
	compare_frames();
	same = !memcmp(assist.window, processor.window, mode->pages * PAGE);
	for (i = 0; !same &&
	     i < mode->pages * PAGE; i++)
		EXPECT(assist.window[i] == processor.window[i], "byte %#x: %#x, not %#x", i,
		       assist.window[i], processor.window[i]);
	compare_system();
}

/*
 * What Bochs does otherwise than the SDM says. "Priority Among Concurrent Events": #AC is the
 * last of the faults on an operand; Bochs looks at alignment before paging, and before the
 * end of what is canonical.
 */
static bool is_deviation(void)
{
	unsigned int vector = vector_of(&assist);

	return vector_of(&processor) == EXC_AC &&
	       (vector == EXC_SS || vector == EXC_GP || vector == EXC_PF);
}

static void describe(uint64_t seed)
{
	describe_trial("%s, ring %u, %s; seed %#llx, CR0 %#llx, CR4 %#llx, EFER %#llx, "
		       "RFLAGS %#llx", mode->name, trial.cpl, trial.form->text,
		       (unsigned long long)seed, (unsigned long long)trial.cr0,
		       (unsigned long long)trial.cr4, (unsigned long long)trial.efer,
		       (unsigned long long)trial.gprs[VMX_X64_GPR_RFLAGS]);
}

static void test_one(const struct form *form, uint64_t seed)
{
	chance_begin(seed);
	choose(form);
	describe(seed);
	memcpy(processor.window, assist.window, mode->pages * PAGE);
	memcpy(processor.system + STACK, assist.system + STACK, PAGE);
	arena_set(&processor, mode, &trial);
	arena_set(&assist, mode, &trial);
	assist.assists = 0;
	run(&processor);
	run(&assist);
	if (!is_deviation())
		compare();
}

/* Its address is that of the window in other modes. */
static bool is_elsewhere(const struct form *form)
{
	return mode->paging == PAGING_NONE && mode->code_size == 4 && strstr(form->text, "x10001840") &&
	       mode->window != 0x10000000;
}

static void test(const char *name)
{
	unsigned int eax, ebx, ecx, edx, assists = 0, executed = 0, i;
	const struct form *form;

	for (mode = modes; strcmp(mode->name, name); mode++)
		;
	has_smap = __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) && ebx & 1 << 20;
	arena_begin(&processor, mode, true);
	arena_begin(&assist, mode, false);
	for (form = mode->forms; form < mode->end; form++) {
		if (is_elsewhere(form))
			continue;
		for (i = 0; i < trials; i++) {
			test_one(form, first_seed + (form - mode->forms) * 1000003ull + i);
			assists += assist.assists;
			executed++;
		}
	}
	describe_trial("%s", "");
	EXPECT(assists > executed / 8, "%u assists of %u", assists, executed);
	arena_end(&processor, mode);
	arena_end(&assist, mode);
}

#define POINT(function, name) \
	static void function(void) \
	{ \
		test(name); \
	}
POINT(test_real, "real")
POINT(test_protected, "protected")
POINT(test_protected_4gb, "protected-4gb")
POINT(test_paging, "paging")
POINT(test_paging_4gb, "paging-4gb")
POINT(test_pae, "pae")
POINT(test_long, "long")
POINT(test_long_canonical, "long-canonical")
POINT(test_long_wrap, "long-wrap")

const struct point form_points[] = {
	{ "assist/real", test_real },
	{ "assist/protected", test_protected },
	{ "assist/protected-4gb", test_protected_4gb },
	{ "assist/paging", test_paging },
	{ "assist/paging-4gb", test_paging_4gb },
	{ "assist/pae", test_pae },
	{ "assist/long", test_long },
	{ "assist/long-canonical", test_long_canonical },
	{ "assist/long-wrap", test_long_wrap },
	{ }
};
