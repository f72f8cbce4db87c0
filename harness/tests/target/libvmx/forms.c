// SPDX-License-Identifier: GPL-2.0
/*
 * Each form of instruction in a guest, twice: on RAM by the processor, and where a part of
 * that is not mapped by the assist. Registers, flags and memory must be the same.
 */
#include "target.h"

#include "../../libvmx/forms.h"

#define TRIALS		8

#define WINDOW_SIZE	0x4000
/* The part of the window that is the device's */
#define DEVICE		0x1000
#define DEVICE_END	0x3000
#define STACK		0x8000
#define STACK_SIZE	0x1000
#define TABLES		0x10000
#define TABLES_SIZE	0x3000

#define RFLAGS_STATUS	0x8d5
#define RFLAGS_DF	0x400
#define HLT		0xf4

struct mode {
	const struct form *forms, *end;
	uint64_t window;	/* guest-physical */
	uint64_t code;
	uint64_t base;		/* of all segments: the window's, or 0 */
	uint32_t limit;
	uint32_t code_attrib;
	uint32_t attrib;
	uint64_t cr0, cr4, efer;
};

static const struct mode real = {
	forms16, forms16_end, 0x20000, 0x30000, 0x20000, 0xffff, 0x9b, 0x93, 0, 0, 0
};
static const struct mode protected = {
	forms32, forms32_end, 0x10000000, 0xfff0000, 0, 0xffffffff, 0xc09b, 0xc093, 1, 0, 0
};
static const struct mode long_mode = {
	forms64, forms64_end, 0x10000000, 0xfff0000, 0, 0xffffffff, 0xa09b, 0xc093,
	0x80000001, 0x20, 0x500
};

/* A guest whose window is RAM, and one whose window is a device in part */
struct side {
	struct vmx_vcpu *vcpu;
	uint8_t *window, *stack, *code;
	unsigned int assists;
};

static struct side processor, assist;
static const struct mode *mode;

static void device(struct vmx_mem *mem)
{
	uint64_t offset = mem->gpa - mode->window;

	EXPECT(offset >= DEVICE && offset + mem->size <= DEVICE_END, "device at %#lx", mem->gpa);
	EXPECT(mem->size >= 1 && mem->size <= 8, "%zu bytes", mem->size);
	if (mem->write)
		memcpy(assist.window + offset, mem->data, mem->size);
	else
		memcpy(mem->data, assist.window + offset, mem->size);
}

/* The first GB is itself, in pages of 2 MB. */
static uint64_t *make_tables(void)
{
	uint64_t *tables = memory(TABLES_SIZE);
	unsigned int i;

	tables[0] = (TABLES + 0x1000) | 7;
	tables[512] = (TABLES + 0x2000) | 7;
	for (i = 0; i < 512; i++)
		tables[1024 + i] = (uint64_t)i << 21 | 0x87;
	return tables;
}

static void set_state(struct vmx_vcpu *vcpu)
{
	struct vmx_x64_state *state = vcpu->state;
	unsigned int i;

	OK(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_ALL));
	for (i = VMX_X64_SEG_ES; i <= VMX_X64_SEG_GS; i++) {
		struct vmx_x64_state_seg *seg = &state->segs[i];

		seg->base = mode->base;
		seg->selector = mode->base ? mode->base >> 4 : 0x10;
		seg->limit = mode->limit;
		seg->attrib = mode->attrib;
	}
	state->segs[VMX_X64_SEG_CS].attrib = mode->code_attrib;
	if (mode->base) {
		state->segs[VMX_X64_SEG_CS].base = mode->code;
		state->segs[VMX_X64_SEG_CS].selector = mode->code >> 4;
	}
	state->crs[VMX_X64_CR_CR0] &= ~0x80000001ull;
	state->crs[VMX_X64_CR_CR0] |= mode->cr0;
	state->crs[VMX_X64_CR_CR3] = TABLES;
	state->crs[VMX_X64_CR_CR4] = mode->cr4;
	state->msrs[VMX_X64_MSR_EFER] = mode->efer;
	OK(vmx_vcpu_setstate(vcpu, VMX_X64_STATE_SEGS | VMX_X64_STATE_CRS | VMX_X64_STATE_MSRS));
}

static void begin(struct side *side, bool all_ram)
{
	struct vmx_assist_callbacks callbacks = { .mem = all_ram ? NULL : device };
	struct vmx_machine *machine;

	side->window = memory(WINDOW_SIZE);
	side->stack = memory(STACK_SIZE);
	side->code = memory(0x1000);
	side->assists = 0;
	OK(vmx_machine_create(&machine));
	OK(vmx_gpa_map(machine, side->window, mode->window, WINDOW_SIZE, RWX));
	OK(vmx_gpa_map(machine, side->stack, mode->window + STACK, STACK_SIZE, RWX));
	OK(vmx_gpa_map(machine, side->code, mode->code, 0x1000, RWX));
	OK(vmx_gpa_map(machine, make_tables(), TABLES, TABLES_SIZE, RWX));
	if (!all_ram)
		OK(vmx_gpa_unmap(machine, mode->window + DEVICE, DEVICE_END - DEVICE));
	OK(vmx_vcpu_create(machine, &side->vcpu));
	OK(vmx_vcpu_configure(side->vcpu, VMX_VCPU_CONF_CALLBACKS, &callbacks));
	set_state(side->vcpu);
}

static uint64_t somewhere(void)
{
	uint64_t window = mode->base ? 0 : mode->window;

	if (chance() % 2)
		return window + 0x1000 * (1 + chance() % 3) - chance() % 16;
	return window + 0x400 + chance() % (WINDOW_SIZE - 0x800);
}

static void fill(void *at, size_t size)
{
	/* Few values, so that some are equal, or any */
	uint64_t few = chance() % 2 ? 0x0101010101010101 : -1ull;
	uint64_t *words = at;
	size_t i;

	for (i = 0; i < size / 8; i++)
		words[i] = chance() & few;
}

static void choose(const struct form *form, uint64_t *gprs)
{
	unsigned int i;

	fill(assist.window, WINDOW_SIZE);
	fill(assist.stack, STACK_SIZE);
	memcpy(processor.window, assist.window, WINDOW_SIZE);
	memcpy(processor.stack, assist.stack, STACK_SIZE);
	for (i = 0; i < 16; i++)
		gprs[i] = chance();
	gprs[VMX_X64_GPR_RDI] = somewhere();
	gprs[VMX_X64_GPR_RSI] = somewhere();
	gprs[VMX_X64_GPR_RSP] = (mode->base ? 0 : mode->window) + STACK + 0x800 + chance() % 8;
	if (form->flags & FORM_SMALL_CX)
		gprs[VMX_X64_GPR_RCX] = chance() % 20;
	if (form->flags & FORM_SMALL_DX)
		gprs[VMX_X64_GPR_RDX] = chance() % 0x2000 - 0x1000;
	/* The index of 16-bit addresses */
	gprs[VMX_X64_GPR_RBX] = chance() % 2 ? chance() : chance() % 64;
	if (mode->base)
		gprs[VMX_X64_GPR_RBX] &= ~0xffc0ull;
	/* What a comparison is with */
	if (chance() % 2) {
		uint64_t offset = gprs[VMX_X64_GPR_RDI] % WINDOW_SIZE;

		memcpy(&gprs[VMX_X64_GPR_RAX], assist.window + offset, 8);
		if (!(form->flags & FORM_SMALL_DX))
			gprs[VMX_X64_GPR_RDX] = gprs[VMX_X64_GPR_RAX] >> 32;
	}
	gprs[VMX_X64_GPR_RIP] = mode->base ? 0 : mode->code;
	gprs[VMX_X64_GPR_RFLAGS] = 2 | (chance() & (RFLAGS_STATUS | RFLAGS_DF));
}

static void run(struct side *side, const struct form *form, const uint64_t *gprs)
{
	memcpy(side->code, form->code, form->length);
	side->code[form->length] = HLT;
	memcpy(side->vcpu->state->gprs, gprs, sizeof(side->vcpu->state->gprs));
	OK(vmx_vcpu_setstate(side->vcpu, VMX_X64_STATE_GPRS));
	for (;;) {
		OK(vmx_vcpu_run(side->vcpu));
		if (side->vcpu->exit->reason != VMX_VCPU_EXIT_MEMORY)
			break;
		EXPECT(!vmx_assist_mem(side->vcpu), "%s: %s", form->text, strerror(errno));
		side->assists++;
	}
	EXPECT(side->vcpu->exit->reason == VMX_VCPU_EXIT_HALTED, "%s: exit %u, %#x, %#llx",
	       form->text, side->vcpu->exit->reason, side->vcpu->exit->u.other.reason,
	       side->vcpu->exit->u.other.qualification);
	OK(vmx_vcpu_getstate(side->vcpu, VMX_X64_STATE_GPRS));
}

static void compare(const struct form *form)
{
	const __u64 *got = assist.vcpu->state->gprs, *expected = processor.vcpu->state->gprs;
	uint64_t undefined = form->flags & FORM_UNDEFINED;
	size_t i;

	for (i = 0; i < VMX_X64_GPR_RFLAGS; i++)
		EXPECT(got[i] == expected[i], "%s: register %zu: %#llx, not %#llx", form->text, i,
		       got[i], expected[i]);
	EXPECT(!((got[i] ^ expected[i]) & ~undefined), "%s: RFLAGS: %#llx, not %#llx", form->text,
	       got[i], expected[i]);
	EXPECT(!memcmp(assist.window, processor.window, WINDOW_SIZE), "%s: memory", form->text);
	EXPECT(!memcmp(assist.stack, processor.stack, STACK_SIZE), "%s: stack", form->text);
}

static void test(const struct mode *tested)
{
	uint64_t gprs[VMX_X64_NGPR];
	const struct form *form;
	unsigned int i;

	mode = tested;
	begin(&processor, true);
	begin(&assist, false);
	for (form = mode->forms; form < mode->end; form++) {
		for (i = 0; i < TRIALS; i++) {
			choose(form, gprs);
			run(&processor, form, gprs);
			run(&assist, form, gprs);
			compare(form);
		}
	}
	EXPECT(!processor.assists, "RAM exits");
	EXPECT(assist.assists > mode->end - mode->forms, "%u assists", assist.assists);
	end(processor.vcpu);
	end(assist.vcpu);
}

static void test_real(void)
{
	test(&real);
}

static void test_protected(void)
{
	test(&protected);
}

static void test_long(void)
{
	test(&long_mode);
}

const struct point form_points[] = {
	{ "assist/real", test_real },
	{ "assist/protected", test_protected },
	{ "assist/long", test_long },
	{ }
};
