// SPDX-License-Identifier: GPL-2.0
#include "access.h"

#include <string.h>

/* What a callback is given at once */
#define CALLBACK_MAX	8

unsigned int code_size(const struct vcpu *vcpu)
{
	const struct vmx_x64_state *state = &vcpu->page->state;
	uint32_t attrib = state->segs[VMX_X64_SEG_CS].attrib;

	if (attrib & SEG_L && state->msrs[VMX_X64_MSR_EFER] & EFER_LMA)
		return 8;
	return attrib & SEG_DB ? 4 : 2;
}

/*
 * SDM, "Limit Checking" and "Type Checking". Real mode and virtual-8086 mode have no types.
 * What crosses the end of a segment of 4 GB may fault or wrap: the assist wraps, for a
 * processor that does not would not have come to the exit.
 */
static bool segment_allows(const struct vmx_x64_state *state,
			   const struct vmx_x64_state_seg *seg, uint64_t offset, size_t size,
			   int access)
{
	uint64_t last = offset + size - 1;

	if (seg->attrib & SEG_UNUSABLE)
		return false;
	if ((seg->attrib & (SEG_CODE | SEG_EXPAND_DOWN)) == SEG_EXPAND_DOWN) {
		if (offset <= seg->limit || last > (seg->attrib & SEG_DB ? UINT32_MAX : UINT16_MAX))
			return false;
	} else if (last > seg->limit && seg->limit != UINT32_MAX) {
		return false;
	}
	if (!(state->crs[VMX_X64_CR_CR0] & CR0_PE) ||
	    state->gprs[VMX_X64_GPR_RFLAGS] & RFLAGS_VM)
		return true;
	if (seg->attrib & SEG_CODE)
		return access == VMX_PROT_READ && seg->attrib & SEG_READABLE;
	return !(access & VMX_PROT_WRITE) || seg->attrib & SEG_WRITABLE;
}

/*
 * SDM, "Linear-Address Masking", for user pointers: guests set CR3 without an exit. For
 * supervisor pointers it takes CR4.LAM_SUP, which vmxfs keeps 0.
 */
static uint64_t untag(const struct vmx_x64_state *state, uint64_t linear)
{
	uint64_t cr3 = state->crs[VMX_X64_CR_CR3];
	uint64_t bits;

	if (!(cr3 & (CR3_LAM_U57 | CR3_LAM_U48)) || linear >> 63)
		return linear;
	/* Bits 62:57, or 62:48, become what the bit below them is. */
	bits = cr3 & CR3_LAM_U57 ? 0x7e00000000000000 : 0x7fff000000000000;
	return linear & (bits & -bits) >> 1 ? linear | bits : linear & ~bits;
}

/* SDM, "Canonical Addressing"; @last is that of the last byte. */
static bool are_canonical(const struct vmx_x64_state *state, uint64_t linear, uint64_t last)
{
	return is_canonical(state, linear) && is_canonical(state, last);
}

static int linear_of(struct vcpu *vcpu, unsigned int seg, uint64_t offset, size_t size,
		     int access, uint64_t *linear)
{
	const struct vmx_x64_state *state = &vcpu->page->state;
	const struct vmx_x64_state_seg *segment = &state->segs[seg];
	uint8_t vector = seg == VMX_X64_SEG_SS ? VMX_EXC_SS : VMX_EXC_GP;

	if (code_size(vcpu) == 8) {
		*linear = offset;
		if (seg == VMX_X64_SEG_FS || seg == VMX_X64_SEG_GS)
			*linear += segment->base;
		*linear = untag(state, *linear);
		if (!are_canonical(state, *linear, *linear + size - 1))
			return raise_fault(vcpu, vector, 0, 0);
		return 0;
	}
	if (!segment_allows(state, segment, offset, size, access))
		return raise_fault(vcpu, vector, 0, 0);
	*linear = (uint32_t)(segment->base + offset);
	return 0;
}

/* SDM, "Alignment Check Exception (#AC)"; that of CMPXCHG16B is another matter. */
static bool is_misaligned(const struct vmx_x64_state *state, uint64_t linear, size_t size)
{
	return linear % size && state->crs[VMX_X64_CR_CR0] & CR0_AM &&
	       state->gprs[VMX_X64_GPR_RFLAGS] & RFLAGS_AC && at_cpl_3(state);
}

/* How much of @size bytes is on the page of an address */
static size_t on_page(uint64_t address, size_t size)
{
	size_t rest = PAGE - address % PAGE;

	return size < rest ? size : rest;
}

/* The processor has found the page at which the guest left. */
static int find_page(struct vcpu *vcpu, uint64_t linear, int access, uint64_t *gpa)
{
	const struct vmx_vcpu_exit *exit = &vcpu->page->exit;
	const struct vmx_exit_memory *mem = &exit->u.mem;
	int prot;

	if (exit->reason == VMX_VCPU_EXIT_MEMORY && mem->gva_valid &&
	    !(access & VMX_PROT_WRITE & ~mem->prot) && (mem->gva ^ linear) < PAGE) {
		*gpa = mem->gpa / PAGE * PAGE | linear % PAGE;
		return 0;
	}
	return translate(vcpu, linear, access, gpa, &prot);
}

static void part_map(struct vcpu *vcpu, struct part *part)
{
	const struct mapping *mapping = memory_at(vcpu, part->gpa);

	part->load = NULL;
	part->store = NULL;
	if (mapping) {
		uint8_t *hva = mapping->hva + (part->gpa - mapping->gpa);

		part->load = mapping->prot & VMX_PROT_READ ? hva : NULL;
		part->store = mapping->prot & VMX_PROT_WRITE ? hva : NULL;
	}
}

static int part_find(struct vcpu *vcpu, uint64_t linear, size_t size, int access,
		     struct part *part)
{
	bool all = true;
	uint64_t gpa;

	if (find_page(vcpu, linear, access, &gpa))
		return -1;
	*part = (struct part){ .gpa = gpa, .size = size };
	part_map(vcpu, part);
	if (access & VMX_PROT_READ)
		all = part->load;
	if (access & VMX_PROT_WRITE)
		all = all && part->store;
	return all || vcpu->callbacks.mem ? 0 : fail(EFAULT);
}

int place_find(struct vcpu *vcpu, unsigned int seg, uint64_t offset, size_t size, int access,
	       struct place *place)
{
	uint64_t linear;
	bool misaligned;
	size_t first;

	if (linear_of(vcpu, seg, offset, size, access, &linear))
		return -1;
	if (size == OPERAND_MAX && linear % size)
		return raise_fault(vcpu, VMX_EXC_GP, 0, 0);
	misaligned = is_misaligned(&vcpu->page->state, linear, size);
	if (misaligned)
		access |= ACCESS_PROBE;
	first = on_page(linear, size);
	place->n = 1;
	place->changes = vcpu->machine->changes;
	if (part_find(vcpu, linear, first, access, &place->parts[0]))
		return -1;
	if (first < size) {
		uint64_t next = linear + first;

		place->n = 2;
		if (code_size(vcpu) != 8)
			next = (uint32_t)next;
		if (part_find(vcpu, next, size - first, access, &place->parts[1]))
			return -1;
	}
	/* Of the faults on an operand it is the last. */
	return misaligned ? raise_fault(vcpu, VMX_EXC_AC, 0, 0) : 0;
}

/* Another thread, or a callback, may have changed the memory since it was found. */
static void place_keep(struct vcpu *vcpu, struct place *place)
{
	unsigned int i;

	if (place->changes == vcpu->machine->changes)
		return;
	place->changes = vcpu->machine->changes;
	for (i = 0; i < place->n; i++)
		part_map(vcpu, &place->parts[i]);
}

/* The callback may change the memory. */
static void call(struct vcpu *vcpu, const struct part *part, bool write, uint8_t *data)
{
	size_t done, n;

	/* There was memory, so that nobody asked for a callback: now it is as a bus is without. */
	if (!vcpu->callbacks.mem) {
		memset(data, 0xff, write ? 0 : part->size);
		return;
	}
	memory_release(vcpu);
	for (done = 0; done < part->size; done += n) {
		struct vmx_mem mem = {
			.machine = vcpu->machine,
			.vcpu = &vcpu->public,
			.opaque = vcpu->callbacks.opaque,
			.gpa = part->gpa + done,
			.write = write,
			.data = data + done,
		};

		n = part->size - done < CALLBACK_MAX ? part->size - done : CALLBACK_MAX;
		mem.size = n;
		vcpu->callbacks.mem(&mem);
	}
	memory_hold(vcpu);
}

void place_load(struct vcpu *vcpu, struct place *place, void *data)
{
	uint8_t *to = data;
	unsigned int i;

	for (i = 0; i < place->n; i++) {
		const struct part *part = &place->parts[i];

		place_keep(vcpu, place);
		if (part->load)
			memcpy(to, part->load, part->size);
		else
			call(vcpu, part, false, to);
		to += part->size;
	}
}

void place_store(struct vcpu *vcpu, struct place *place, const void *data)
{
	uint8_t bytes[OPERAND_MAX], *from = bytes;
	size_t size = 0;
	unsigned int i;

	for (i = 0; i < place->n; i++)
		size += place->parts[i].size;
	/* A callback may write on what it is given. */
	memcpy(bytes, data, size);
	for (i = 0; i < place->n; i++) {
		const struct part *part = &place->parts[i];

		place_keep(vcpu, place);
		if (part->store)
			memcpy(part->store, from, part->size);
		else
			call(vcpu, part, true, from);
		from += part->size;
	}
}

/* Where the byte at CS:RIP + @done is */
static int fetch_from(struct vcpu *vcpu, size_t done, uint64_t *linear, size_t *rest)
{
	const struct vmx_x64_state *state = &vcpu->page->state;
	const struct vmx_x64_state_seg *cs = &state->segs[VMX_X64_SEG_CS];
	uint64_t at = state->gprs[VMX_X64_GPR_RIP] + done;

	if (code_size(vcpu) == 8) {
		*linear = at;
		return is_canonical(state, at) ? 0 : raise_fault(vcpu, VMX_EXC_GP, 0, 0);
	}
	if (at > cs->limit)
		return raise_fault(vcpu, VMX_EXC_GP, 0, 0);
	if (*rest > cs->limit - at + 1)
		*rest = cs->limit - at + 1;
	*linear = (uint32_t)(at + cs->base);
	return 0;
}

size_t fetch(struct vcpu *vcpu, uint8_t *bytes, size_t size)
{
	size_t done, n;

	for (done = 0; done < size; done += n) {
		const struct mapping *mapping;
		uint64_t linear, gpa;
		int prot;

		n = size - done;
		if (fetch_from(vcpu, done, &linear, &n) ||
		    translate(vcpu, linear, VMX_PROT_EXEC, &gpa, &prot))
			break;
		mapping = memory_at(vcpu, gpa);
		if (!mapping)
			break;
		n = on_page(linear, n);
		memcpy(bytes + done, mapping->hva + (gpa - mapping->gpa), n);
	}
	return done;
}
