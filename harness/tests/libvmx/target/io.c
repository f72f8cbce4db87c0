// SPDX-License-Identifier: GPL-2.0
/*
 * Each I/O instruction, with each set of prefixes, in each kind of code, completed by the
 * assist; what it should have done is worked out here. SDM, "IN", "INS", "OUT", "OUTS".
 */
#include "target.h"

#define PORT		0x81
#define COUNT_OF_REP	5
#define RAM_SIZE	0x20000
#define TABLES		0x10000
/* Where strings are, and how far segments are from there */
#define STRINGS		0x8000
#define FS_BASE		0x300
#define DF		0x400
#define HLT		0xf4

enum { REAL, PROTECTED, LONG, MODES };

struct insn {
	unsigned int mode;
	bool opsize, adsize, fs;
	uint8_t rep;		/* its prefix, or 0 */
	uint8_t opcode;
	bool down;
};

static struct {
	unsigned int n;
	bool in;
	size_t size;
	uint32_t data[COUNT_OF_REP];
} seen;

/* The data of the n-th IN */
static uint32_t port_data(unsigned int n)
{
	return 0x91827364 + n * 0x01010101;
}

static void port(struct vmx_io *io)
{
	uint32_t data = port_data(seen.n);

	EXPECT(io->port == PORT && seen.n < COUNT_OF_REP, "port %#x, %u", io->port, seen.n);
	if (io->in)
		memcpy(io->data, &data, io->size);
	data = 0;
	memcpy(&data, io->data, io->size);
	seen.data[seen.n++] = data;
	seen.in = io->in;
	seen.size = io->size;
}

static bool is_string(const struct insn *insn)
{
	return insn->opcode >= 0x6c && insn->opcode <= 0x6f;
}

static bool is_in(const struct insn *insn)
{
	return is_string(insn) ? insn->opcode < 0x6e : !(insn->opcode & 2);
}

static unsigned int operand_size(const struct insn *insn)
{
	if (!(insn->opcode & 1))
		return 1;
	return insn->opsize == (insn->mode == REAL) ? 4 : 2;
}

static unsigned int address_size(const struct insn *insn)
{
	static const uint8_t sizes[MODES][2] = { { 2, 4 }, { 4, 2 }, { 8, 4 } };

	return sizes[insn->mode][insn->adsize];
}

static size_t encode(const struct insn *insn, uint8_t *code)
{
	size_t n = 0;

	if (insn->opsize)
		code[n++] = 0x66;
	if (insn->adsize)
		code[n++] = 0x67;
	if (insn->fs)
		code[n++] = 0x64;
	if (insn->rep)
		code[n++] = insn->rep;
	code[n++] = insn->opcode;
	/* The port is in the instruction, or in DX. */
	if (insn->opcode >= 0xe4 && insn->opcode <= 0xe7)
		code[n++] = PORT;
	code[n] = HLT;
	return n;
}

/* As a write to a register of this size does it */
static uint64_t part(uint64_t old, uint64_t new, unsigned int size)
{
	if (size == 8)
		return new;
	if (size == 4)
		return (uint32_t)new;
	return (old & ~((1ull << 8 * size) - 1)) | (new & ((1ull << 8 * size) - 1));
}

static void test_one(struct vmx_vcpu *vcpu, uint8_t *ram, const struct insn *insn,
		     const __u64 *start)
{
	unsigned int size = operand_size(insn), address = address_size(insn);
	unsigned int reg = is_in(insn) ? VMX_X64_GPR_RDI : VMX_X64_GPR_RSI, i;
	unsigned int base = insn->fs && !is_in(insn) ? FS_BASE : 0;
	unsigned int count = is_string(insn) && insn->rep ? COUNT_OF_REP : 1;
	int step = insn->down ? -(int)size : (int)size;
	uint8_t *strings = ram + STRINGS, expected[0x1000];
	__u64 gprs[VMX_X64_NGPR];
	char name[64];

	snprintf(name, sizeof(name), "mode %u%s%s%s%s, %#x%s", insn->mode,
		 insn->opsize ? ", 66" : "", insn->adsize ? ", 67" : "", insn->fs ? ", 64" : "",
		 insn->rep ? ", rep" : "", insn->opcode, insn->down ? ", down" : "");
	memcpy(gprs, start, sizeof(gprs));
	if (insn->down)
		gprs[VMX_X64_GPR_RFLAGS] |= DF;
	memcpy(vcpu->state->gprs, gprs, sizeof(gprs));
	gprs[VMX_X64_GPR_RIP] += encode(insn, ram) + 1;
	for (i = 0; i < sizeof(expected); i++)
		strings[i] = i * 7;
	memcpy(expected, strings, sizeof(expected));
	memset(&seen, 0, sizeof(seen));

	OK(vmx_vcpu_setstate(vcpu, VMX_X64_STATE_GPRS));
	OK(vmx_vcpu_run(vcpu));
	EXPECT(vcpu->exit->reason == VMX_VCPU_EXIT_IO, "%s: exit %u", name, vcpu->exit->reason);
	EXPECT(!vmx_assist_io(vcpu), "%s: %s", name, strerror(errno));
	OK(vmx_vcpu_run(vcpu));
	EXPECT(vcpu->exit->reason == VMX_VCPU_EXIT_HALTED, "%s: then exit %u", name,
	       vcpu->exit->reason);
	OK(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_GPRS));

	EXPECT(seen.n == count && seen.size == size && seen.in == is_in(insn),
	       "%s: %u times %zu bytes", name, seen.n, seen.size);
	for (i = 0; i < count; i++) {
		size_t offset = (start[reg] & 0xfff) + (int)i * step;
		uint32_t data = 0;

		if (is_string(insn) && is_in(insn)) {
			data = port_data(i);
			memcpy(expected + offset, &data, size);
		} else if (is_string(insn)) {
			memcpy(&data, strings + base + offset, size);
		} else if (is_in(insn)) {
			data = port_data(0);
			gprs[VMX_X64_GPR_RAX] = part(gprs[VMX_X64_GPR_RAX], data, size);
		} else {
			data = gprs[VMX_X64_GPR_RAX];
		}
		data = part(0, data, size);
		EXPECT(seen.data[i] == data, "%s: %u: %#x, not %#x", name, i, seen.data[i], data);
	}
	if (is_string(insn))
		gprs[reg] = part(gprs[reg], gprs[reg] + (int)count * step, address);
	if (is_string(insn) && insn->rep)
		gprs[VMX_X64_GPR_RCX] = part(gprs[VMX_X64_GPR_RCX], 0, address);
	for (i = 0; i < VMX_X64_NGPR; i++)
		EXPECT(vcpu->state->gprs[i] == gprs[i], "%s: register %u: %#llx, not %#llx", name,
		       i, vcpu->state->gprs[i], gprs[i]);
	EXPECT(!memcmp(strings, expected, sizeof(expected)), "%s: memory", name);
}

static void set_mode(struct vmx_vcpu *vcpu, unsigned int mode, void *ram)
{
	struct vmx_x64_state *state = vcpu->state;
	unsigned int i;

	OK(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_ALL));
	for (i = VMX_X64_SEG_ES; i <= VMX_X64_SEG_GS; i++) {
		state->segs[i].limit = mode == REAL ? 0xffff : 0xffffffff;
		state->segs[i].attrib = mode == REAL ? 0x93 : 0xc093;
	}
	state->segs[VMX_X64_SEG_CS].attrib = mode == REAL ? 0x9b : 0xc09b;
	state->segs[VMX_X64_SEG_FS].base = FS_BASE;
	if (mode == REAL) {
		state->segs[VMX_X64_SEG_FS].selector = FS_BASE >> 4;
		state->crs[VMX_X64_CR_CR0] &= ~1ull;
	}
	OK(vmx_vcpu_setstate(vcpu, VMX_X64_STATE_SEGS | VMX_X64_STATE_CRS));
	if (mode == LONG)
		set_long_mode(vcpu, ram, TABLES);
}

static void choose(struct insn *insn, unsigned int bits)
{
	static const uint8_t reps[] = { 0, 0xf3, 0xf2, 0 };

	insn->opsize = bits & 1;
	insn->adsize = bits & 2;
	insn->fs = bits & 4;
	insn->down = bits & 8;
	insn->rep = reps[bits >> 4];
}

static void test_mode(unsigned int mode)
{
	static const uint8_t opcodes[] = {
		0xe4, 0xe5, 0xe6, 0xe7, 0xec, 0xed, 0xee, 0xef, 0x6c, 0x6d, 0x6e, 0x6f
	};
	struct vmx_assist_callbacks callbacks = { .io = port };
	struct insn insn = { .mode = mode };
	__u64 start[VMX_X64_NGPR];
	struct vmx_machine *machine;
	struct vmx_vcpu *vcpu;
	uint8_t *ram = memory(RAM_SIZE);
	unsigned int i, bits;

	OK(vmx_machine_create(&machine));
	OK(vmx_gpa_map(machine, ram, 0, RAM_SIZE, RWX));
	OK(vmx_vcpu_create(machine, &vcpu));
	OK(vmx_vcpu_configure(vcpu, VMX_VCPU_CONF_CALLBACKS, &callbacks));
	set_mode(vcpu, mode, ram);
	for (i = 0; i < COUNT(opcodes); i++) {
		insn.opcode = opcodes[i];
		for (bits = 0; bits < 48; bits++) {
			unsigned int reg, high;

			choose(&insn, bits);
			for (reg = 0; reg < VMX_X64_GPR_RIP; reg++)
				start[reg] = chance();
			/* What an address does not have of its registers counts for nothing. */
			high = 8 * address_size(&insn);
			for (reg = VMX_X64_GPR_RSI; reg <= VMX_X64_GPR_RDI; reg++)
				start[reg] = STRINGS + 0x101 + chance() % 0x80;
			start[VMX_X64_GPR_RCX] = COUNT_OF_REP;
			if (high < 64) {
				start[VMX_X64_GPR_RSI] |= chance() << high;
				start[VMX_X64_GPR_RDI] |= chance() << high;
				start[VMX_X64_GPR_RCX] |= chance() << high;
			}
			start[VMX_X64_GPR_RDX] = (chance() << 16) | PORT;
			start[VMX_X64_GPR_RIP] = 0;
			start[VMX_X64_GPR_RFLAGS] = 2 | (chance() & 0x8d5);
			test_one(vcpu, ram, &insn, start);
		}
	}
	end(vcpu);
}

static void test_real(void)
{
	test_mode(REAL);
}

static void test_protected(void)
{
	test_mode(PROTECTED);
}

static void test_long(void)
{
	test_mode(LONG);
}

const struct point io_points[] = {
	{ "io/real", test_real },
	{ "io/protected", test_protected },
	{ "io/long", test_long },
	{ }
};
