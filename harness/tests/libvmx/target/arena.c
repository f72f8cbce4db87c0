// SPDX-License-Identifier: GPL-2.0
/* Guests for forms.c: descriptors, handlers, paging structures, and where the device is. */
#include "arena.h"

#include <sys/mman.h>

#define WINDOW_GPA	0x10000000ull

#define CODE_0		0x08
#define DATA_0		0x10
#define CODE_3		0x18
#define DATA_3		0x20
#define TASK		0x28

#define HLT		0xf4

bool is_device(const struct mode *mode, unsigned int page)
{
	return page == 1 || page == 2 || (mode->code_size == 2 && (page == 15 || page == 16));
}

/* Without paging it is where it is linear. */
uint64_t window_physical(const struct mode *mode, unsigned int page)
{
	if (mode->paging == PAGING_NONE)
		return (uint32_t)(mode->window + page * PAGE);
	return WINDOW_GPA + page * PAGE;
}

/* ---- descriptors: SDM, "Segment Descriptors", "Gate Descriptors" ---- */

static uint64_t flat(uint8_t access, bool code_64)
{
	uint8_t flags = code_64 ? 0xa : 0xc;

	return 0xffffull | (uint64_t)access << 40 | 0xfull << 48 | (uint64_t)flags << 52;
}

static void make_gdt(uint8_t *system, const struct mode *mode)
{
	uint64_t *gdt = (uint64_t *)(system + GDT), base = mode->system + TSS;
	bool is_64 = mode->code_size == 8;

	gdt[CODE_0 / 8] = flat(0x9b, is_64);
	gdt[DATA_0 / 8] = flat(0x93, false);
	gdt[CODE_3 / 8] = flat(0xfb, is_64);
	gdt[DATA_3 / 8] = flat(0xf3, false);
	gdt[TASK / 8] = 0x67 | (base & 0xffffff) << 16 | 0x8bull << 40 | (base >> 24 & 0xff) << 56;
	gdt[TASK / 8 + 1] = base >> 32;
}

static void make_tss(uint8_t *system, const struct mode *mode)
{
	uint64_t stack = mode->system + SYSTEM_STACK;

	if (mode->code_size == 8) {
		memcpy(system + TSS + 4, &stack, 8);
		memcpy(system + TSS + 36, &stack, 8);	/* IST1 */
	} else {
		memcpy(system + TSS + 4, &stack, 4);
		system[TSS + 8] = DATA_0;
	}
}

static void make_vectors(uint8_t *system, const struct mode *mode)
{
	unsigned int i;

	for (i = 0; i < 32; i++) {
		uint64_t at = mode->system + HANDLERS + i * HANDLER_SIZE;
		uint64_t gate = (at & 0xffff) | CODE_0 << 16 | 0x8eull << 40 | (at >> 16 & 0xffff) << 48;
		uint64_t *idt = (uint64_t *)(system + IDT);

		system[HANDLERS + i * HANDLER_SIZE] = HLT;
		if (mode->code_size == 2) {
			((uint32_t *)(system + VECTORS))[i] = at;
		} else if (mode->code_size == 4) {
			idt[i] = gate;
		} else {
			idt[2 * i] = gate | 1ull << 32;
			idt[2 * i + 1] = at >> 32;
		}
	}
}

/* ---- paging ---- */

struct tables {
	const struct mode *mode;
	uint8_t *system;
	unsigned int used;	/* pages */
};

static uint64_t new_table(struct tables *tables)
{
	EXPECT(TABLES + (tables->used + 1) * PAGE <= CODE, "no room for tables");
	return tables->mode->system + TABLES + tables->used++ * PAGE;
}

static uint64_t entry_get(const void *at, unsigned int size)
{
	uint64_t entry = 0;

	memcpy(&entry, at, size);
	return entry;
}

static void map_page(struct tables *tables, uint64_t linear, uint64_t entry)
{
	static const struct {
		unsigned int levels, bits, size;
	} formats[] = {
		[PAGING_32] = { 2, 10, 4 }, [PAGING_PAE] = { 3, 9, 8 }, [PAGING_4] = { 4, 9, 8 },
	};
	unsigned int size = formats[tables->mode->paging].size;
	unsigned int bits = formats[tables->mode->paging].bits;
	unsigned int level = formats[tables->mode->paging].levels;
	uint64_t table = tables->mode->system + TABLES;

	for (; ; level--) {
		unsigned int index = linear >> (12 + (level - 1) * bits) & ((1 << bits) - 1);
		uint8_t *at = tables->system + (table - tables->mode->system) + index * size;
		uint64_t next;

		if (level == 1) {
			memcpy(at, &entry, size);
			return;
		}
		next = entry_get(at, size);
		if (!next) {
			/* A PDPTE of PAE paging has no rights. */
			next = new_table(tables) | (level == 3 && size == 8 &&
						    tables->mode->paging == PAGING_PAE ? 1 : 7);
			memcpy(at, &next, size);
		}
		table = next & ~0xfffull;
	}
}

static void make_tables(struct arena *arena, const struct mode *mode, const struct trial *trial)
{
	struct tables tables = { mode, arena->system, 1 };
	uint64_t user = trial->cpl == 3 ? ENTRY_US : 0, at;
	unsigned int i;

	memset(arena->system + TABLES, 0, arena->tables * PAGE);
	if (mode->paging == PAGING_NONE)
		return;
	for (at = 0; at < SYSTEM_SIZE; at += PAGE) {
		uint64_t flags = ENTRY_P | ENTRY_RW;

		if (at == STACK)
			flags |= user;
		if (at >= CODE)
			flags = trial->code_page;
		map_page(&tables, mode->system + at, (mode->system + at) | flags);
	}
	for (i = 0; i < mode->pages; i++) {
		uint64_t linear = mode->window + i * PAGE;

		if (mode->code_size != 8)
			linear = (uint32_t)linear;
		else if (linear >> 47 == 1)
			continue;
		map_page(&tables, linear, window_physical(mode, i) | trial->pages[i]);
	}
	arena->tables = tables.used;
}

/* ---- state ---- */

static void set_segments(struct vmx_x64_state *state, const struct mode *mode,
			 const struct trial *trial)
{
	struct vmx_x64_state_seg *segs = state->segs;
	uint32_t dpl = trial->cpl << 5;
	unsigned int i;

	for (i = VMX_X64_SEG_ES; i <= VMX_X64_SEG_GS; i++) {
		bool data = i != VMX_X64_SEG_CS && i != VMX_X64_SEG_SS;

		segs[i] = (struct vmx_x64_state_seg){
			.selector = trial->cpl ? DATA_3 | 3 : DATA_0,
			.attrib = 0xc093 | dpl,
			.limit = data ? trial->data_limit : 0xffffffff,
			.base = data ? mode->base : 0,
		};
		/* SDM, "Checks on Guest Segment Registers": G goes with the limit. */
		if ((segs[i].limit & 0xfff) != 0xfff)
			segs[i].attrib &= ~0x8000u;
		if (mode->code_size == 2) {
			segs[i].attrib = 0x93 | (segs[i].limit >> 20 ? 0x8000 : 0);
			segs[i].selector = segs[i].base >> 4;
		}
	}
	segs[VMX_X64_SEG_CS].selector = trial->cpl ? CODE_3 | 3 : CODE_0;
	segs[VMX_X64_SEG_CS].attrib = (mode->code_size == 8 ? 0xa09b : 0xc09b) | dpl;
	segs[VMX_X64_SEG_CS].limit = trial->code_limit;
	if ((trial->code_limit & 0xfff) != 0xfff)
		segs[VMX_X64_SEG_CS].attrib &= ~0x8000u;
	if (mode->code_size == 2) {
		/* IP 0xf000 is in the last page but one; the last is beyond it. */
		segs[VMX_X64_SEG_CS].base = mode->system + CODE - 0xf000;
		segs[VMX_X64_SEG_CS].selector = segs[VMX_X64_SEG_CS].base >> 4;
		segs[VMX_X64_SEG_CS].attrib = 0x9b;
		segs[VMX_X64_SEG_SS].limit = 0xffff;
		segs[VMX_X64_SEG_SS].attrib = 0x93;
	}
	segs[VMX_X64_SEG_GDT].base = mode->system + GDT;
	segs[VMX_X64_SEG_GDT].limit = TASK + 15;
	segs[VMX_X64_SEG_IDT].base = mode->system + (mode->code_size == 2 ? VECTORS : IDT);
	segs[VMX_X64_SEG_IDT].limit = 0x1ff;
	segs[VMX_X64_SEG_TR].base = mode->system + TSS;
	segs[VMX_X64_SEG_TR].limit = 0x67;
	segs[VMX_X64_SEG_TR].selector = TASK;
	segs[VMX_X64_SEG_TR].attrib = 0x8b;
}

void arena_set(struct arena *arena, const struct mode *mode, const struct trial *trial)
{
	struct vmx_x64_state *state = arena->vcpu->state;
	uint64_t code = trial->rip;
	unsigned int i;

	make_tables(arena, mode, trial);
	memset(arena->system + SYSTEM_STACK - 0x100, 0, 0x100);
	memset(arena->system + CODE, HLT, 2 * PAGE);
	code -= mode->code_size == 2 ? 0xf000 : mode->system + CODE;
	memcpy(arena->system + CODE + code, trial->form->code, trial->form->length);

	OK(vmx_vcpu_getstate(arena->vcpu, VMX_X64_STATE_ALL));
	set_segments(state, mode, trial);
	for (i = 0; i < VMX_X64_NGPR; i++)
		state->gprs[i] = trial->gprs[i];
	state->gprs[VMX_X64_GPR_RIP] = trial->rip;
	state->crs[VMX_X64_CR_CR0] &= ~(CR0_PE | CR0_PG | CR0_WP | CR0_AM);
	state->crs[VMX_X64_CR_CR0] |= trial->cr0;
	state->crs[VMX_X64_CR_CR2] = 0;
	state->crs[VMX_X64_CR_CR3] = mode->system + TABLES;
	state->crs[VMX_X64_CR_CR4] = trial->cr4;
	state->msrs[VMX_X64_MSR_EFER] = trial->efer;
	state->drs[VMX_X64_DR_DR6] = 0xffff0ff0;
	memset(&state->intr, 0, sizeof(state->intr));
	OK(vmx_vcpu_setstate(arena->vcpu, VMX_X64_STATE_ALL & ~VMX_X64_STATE_FPU));
}

/* ---- life ---- */

static const struct mode *device_mode;
static uint8_t *device_window;

static void device(struct vmx_mem *mem)
{
	unsigned int page;

	for (page = 0; page < device_mode->pages; page++) {
		uint64_t offset = mem->gpa - window_physical(device_mode, page);

		if (offset >= PAGE || !is_device(device_mode, page))
			continue;
		EXPECT(mem->size >= 1 && mem->size <= 8 && offset + mem->size <= PAGE,
		       "%zu bytes", mem->size);
		if (mem->write)
			memcpy(device_window + page * PAGE + offset, mem->data, mem->size);
		else
			memcpy(mem->data, device_window + page * PAGE + offset, mem->size);
		return;
	}
	EXPECT(false, "device at %#lx", mem->gpa);
}

void arena_begin(struct arena *arena, const struct mode *mode, bool all_ram)
{
	struct vmx_assist_callbacks callbacks = { .mem = all_ram ? NULL : device };
	struct vmx_machine *machine;
	unsigned int i;

	*arena = (struct arena){
		.system = memory(SYSTEM_SIZE),
		.window = memory(mode->pages * PAGE),
	};
	OK(vmx_machine_create(&machine));
	OK(vmx_gpa_map(machine, arena->system, mode->system, SYSTEM_SIZE, RWX));
	for (i = 0; i < mode->pages; i++)
		if (all_ram || !is_device(mode, i))
			OK(vmx_gpa_map(machine, arena->window + i * PAGE, window_physical(mode, i),
				       PAGE, RWX));
	OK(vmx_vcpu_create(machine, &arena->vcpu));
	OK(vmx_vcpu_configure(arena->vcpu, VMX_VCPU_CONF_CALLBACKS, &callbacks));
	make_gdt(arena->system, mode);
	make_tss(arena->system, mode);
	make_vectors(arena->system, mode);
	if (!all_ram) {
		device_mode = mode;
		device_window = arena->window;
	}
}

void arena_end(struct arena *arena, const struct mode *mode)
{
	end(arena->vcpu);
	munmap(arena->system, SYSTEM_SIZE);
	munmap(arena->window, mode->pages * PAGE);
}
