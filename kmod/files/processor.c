// SPDX-License-Identifier: GPL-2.0
/*
 * The processor file: a processor that Linux gives away for experiments in VMX root
 * operation, and what its program says of them.
 *
 * The program is what is in the guest's memory, the first 64 KByte of it. The processor runs
 * a copy, which lies in one piece. All that is written here is a word of the first page, and
 * what is read comes from there.
 */
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include "cpu/given.h"
#include "files/files.h"

/* How much of the guest's memory the program is; the rest of its memory begins as 0. */
#define PROCESSOR_PROGRAM	SZ_64K

/* In the program's memory: its VMCS, of which 4 bytes further the VMX-abort indicator is */
#define PROCESSOR_VMCS		0x18000

/* Behind it, the MSR areas that a VM exit uses */
#define PROCESSOR_AREAS		0x19000
#define PROCESSOR_AREAS_SIZE	0x2000

/* In the first page: how many fields are to be written, and then these, with their values */
#define PROCESSOR_FIELDS	0xc00
#define PROCESSOR_FIELDS_MAX	48

enum {
#define VMXFS_PROCESSOR(name, access) PROCESSOR_##name,
#include "vmxfs_processor.h"
	PROCESSOR_WORDS
};

static_assert(PROCESSOR_WORDS * sizeof(u64) <= PROCESSOR_FIELDS);
static_assert(PROCESSOR_FIELDS + (1 + 2 * PROCESSOR_FIELDS_MAX) * sizeof(u64) <= PAGE_SIZE);

static const struct {
	const char *name;
	bool writable;
} processor_words[] = {
#define RW true
#define RO false
#define VMXFS_PROCESSOR(name, access) { #name, access },
#include "vmxfs_processor.h"
#undef RW
#undef RO
};

static const char *const processor_events[] = {
#define VMXFS_PROCESSOR_EVENT(name) #name,
#include "vmxfs_processor.h"
};

static const struct vmxfs_given_words processor_given_words = {
	.started = PROCESSOR_started * sizeof(u64),
	.ready = PROCESSOR_ready * sizeof(u64),
	.done = PROCESSOR_done * sizeof(u64),
	.abort = PROCESSOR_VMCS + 4,
	.areas = PROCESSOR_AREAS,
	.areas_size = PROCESSOR_AREAS_SIZE,
};

/* A page of the program, to be read; NULL where nothing is mapped. Programs may be changing it. */
static u64 *processor_page(struct vmxfs_vcpu *vcpu, u64 offset)
{
	struct page *page = vmxfs_map_page(&vcpu->map[0], offset);

	return page ? page_address(page) : NULL;
}

/* The same, to be written; NULL also where memory may only be read */
static u64 *processor_page_written(struct vmxfs_vcpu *vcpu, u64 offset)
{
	if (!vmxfs_map_may_write(&vcpu->map[0], offset))
		return NULL;
	vmxfs_map_written(&vcpu->map[0], offset);
	return processor_page(vcpu, offset);
}

static int processor_unmapped(struct vmxfs_vcpu *vcpu)
{
	return vmxfs_fail(vcpu, NO_PROGRAM);
}

static int processor_fail(struct vmxfs_vcpu *vcpu, int err)
{
	switch (err) {
	case 0:
		return 0;
	case -ENOMEM:
		return vmxfs_fail(vcpu, NO_MEMORY);
	case -EBUSY:
		return vmxfs_fail(vcpu, PROCESSOR_BUSY);
	case -EIO:
		return vmxfs_fail(vcpu, PROCESSOR_LOST);
	default:
		return vmxfs_fail(vcpu, NO_PROCESSOR);
	}
}

static int processor_copy(struct vmxfs_vcpu *vcpu, void *memory, bool to)
{
	u64 offset;

	for (offset = 0; offset < PROCESSOR_PROGRAM; offset += PAGE_SIZE) {
		void *page = processor_page_written(vcpu, offset);

		if (!page)
			return -ENOENT;
		memcpy(to ? memory + offset : page, to ? page : memory + offset, PAGE_SIZE);
	}
	return 0;
}

static int processor_start(struct vmxfs_vcpu *vcpu)
{
	void *memory;
	u64 *page = processor_page_written(vcpu, 0);
	int err;

	if (!vcpu->unsafe)
		return vmxfs_fail(vcpu, KEPT, "processor", "a processor of the host's");
	if (!page)
		return processor_unmapped(vcpu);
	page[PROCESSOR_go] = 0;
	page[PROCESSOR_started] = 0;
	page[PROCESSOR_ready] = 0;
	page[PROCESSOR_done] = 0;
	page[PROCESSOR_event] = 0;
	page[PROCESSOR_abort] = 0;
	err = vmxfs_given_take(vcpu, vcpu->cpus, &processor_given_words);
	if (err)
		return processor_fail(vcpu, err);
	memory = vmxfs_given_memory(vcpu);
	memset(memory + PROCESSOR_PROGRAM, 0, VMXFS_GIVEN_MEMORY - PROCESSOR_PROGRAM);
	if (processor_copy(vcpu, memory, true))
		return processor_unmapped(vcpu);
	return processor_fail(vcpu, vmxfs_given_start(vcpu));
}

/* With this bit in its encoding, a field gets an address in the program's memory. */
#define PROCESSOR_ADDRESS	BIT_ULL(31)

/* A number, or "base+NUMBER": the program adds the physical address of its memory. */
static int processor_field_value(const char *text, u64 *field, u64 *value)
{
	static const char base[] = "base+";

	if (strncmp(text, base, strlen(base)))
		return kstrtou64(text, 0, value);
	*field |= PROCESSOR_ADDRESS;
	return kstrtou64(text + strlen(base), 0, value);
}

/* "vmwrite FIELD VALUE": one more field that the program writes before VM entry */
static int processor_add_field(struct vmxfs_vcpu *vcpu, const char *name, const char *text)
{
	u64 *page = processor_page_written(vcpu, 0);
	u64 *list, count, field, value;
	int found = vmxfs_field_find(name);

	if (found < 0)
		return vmxfs_fail(vcpu, UNKNOWN_FIELD, name);
	field = found;
	if (processor_field_value(text, &field, &value))
		return vmxfs_fail(vcpu, VALUE, name, text);
	if (!page)
		return processor_unmapped(vcpu);
	list = page + PROCESSOR_FIELDS / sizeof(u64);
	count = READ_ONCE(list[0]);
	if (count >= PROCESSOR_FIELDS_MAX)
		return vmxfs_fail(vcpu, NO_ROOM, "processor");
	list[1 + 2 * count] = field;
	list[2 + 2 * count] = value;
	list[0] = count + 1;
	return 0;
}

static int processor_find(const char *name, size_t length)
{
	int i;

	for (i = 0; i < PROCESSOR_WORDS; i++)
		if (strlen(processor_words[i].name) == length &&
		    !strncmp(processor_words[i].name, name, length))
			return i;
	return -EINVAL;
}

/* "NAME VALUE", or "GROUP.CONTROL 1" */
static int processor_set(struct vmxfs_vcpu *vcpu, const char *name, const char *text)
{
	size_t length = strcspn(name, ".");
	int bit = name[length] ? vmxfs_control_bit(name) : -1;
	int word = processor_find(name, length);
	u64 *page = processor_page_written(vcpu, 0);
	u64 value;

	if (word < 0 || (name[length] && bit < 0))
		return vmxfs_fail(vcpu, UNKNOWN_REGISTER, name);
	if (!processor_words[word].writable)
		return vmxfs_fail(vcpu, READ_ONLY, name);
	if (kstrtou64(text, 0, &value) || (bit >= 0 && value > 1))
		return vmxfs_fail(vcpu, VALUE, name, text);
	if (!page)
		return processor_unmapped(vcpu);
	if (bit >= 0)
		value = (page[word] & ~BIT_ULL(bit)) | value << bit;
	page[word] = value;
	return 0;
}

static int processor_send(struct vmxfs_vcpu *vcpu, enum vmxfs_given_ipi ipi, const char *text)
{
	u8 vector = 0;

	if (text && kstrtou8(text, 0, &vector))
		return vmxfs_fail(vcpu, VALUE, "sipi", text);
	return processor_fail(vcpu, vmxfs_given_send(vcpu, ipi, vector));
}

/* The program sees it, whatever else it does meanwhile. */
static int processor_go(struct vmxfs_vcpu *vcpu)
{
	u64 *memory = vmxfs_given_memory(vcpu);

	if (!memory)
		return vmxfs_fail(vcpu, NO_PROCESSOR);
	WRITE_ONCE(memory[PROCESSOR_go], 1);
	return 0;
}

/**
 * vmxfs_processor_store() - a line of the processor file
 * @vcpu: locked
 * @word: start, go, init, nmi, sipi VECTOR, back, vmwrite FIELD VALUE, or NAME VALUE
 * @n: how many words
 * @unused: there is one such file
 *
 * Return: 0; -EINVAL, -EPERM, -EACCES, -ENODEV, -EBUSY, -EIO, -ENOENT, -ENOSPC or -ENOMEM,
 * with a text in the error file.
 */
int vmxfs_processor_store(struct vmxfs_vcpu *vcpu, char **word, int n, int unused)
{
	if (n == 3)
		return strcmp(word[0], "vmwrite") ? vmxfs_fail(vcpu, UNKNOWN_COMMAND, word[0]) :
						    processor_add_field(vcpu, word[1], word[2]);
	if (n == 2)
		return strcmp(word[0], "sipi") ? processor_set(vcpu, word[0], word[1]) :
						 processor_send(vcpu, VMXFS_GIVEN_SIPI, word[1]);
	if (!strcmp(word[0], "start"))
		return processor_start(vcpu);
	if (!strcmp(word[0], "init"))
		return processor_send(vcpu, VMXFS_GIVEN_INIT, NULL);
	if (!strcmp(word[0], "nmi"))
		return processor_send(vcpu, VMXFS_GIVEN_NMI, NULL);
	if (!strcmp(word[0], "go"))
		return processor_go(vcpu);
	if (!strcmp(word[0], "back"))
		return processor_fail(vcpu, vmxfs_given_back(vcpu));
	return vmxfs_fail(vcpu, UNKNOWN_COMMAND, word[0]);
}

/* What the program says, as soon as it has ended, a signal comes or somebody wants the vCPU */
static void processor_fetch(struct vmxfs_vcpu *vcpu)
{
	void *memory = vmxfs_given_memory(vcpu);
	u64 *page = processor_page_written(vcpu, 0);

	if (!memory || !page)
		return;
	while (!vmxfs_given_poll(vcpu) && !signal_pending(current) &&
	       !atomic_read(&vcpu->claims))
		usleep_range(50, 100);
	processor_copy(vcpu, memory, false);
	page[PROCESSOR_abort] = *(u32 *)(memory + processor_given_words.abort);
}

/* The vCPU is locked. */
int vmxfs_processor_show(struct seq_file *m, struct vmxfs_vcpu *vcpu, int unused)
{
	const u64 *page;
	int i;

	processor_fetch(vcpu);
	page = processor_page(vcpu, 0);
	for (i = 0; page && i < PROCESSOR_WORDS; i++) {
		u64 value = READ_ONCE(page[i]);

		if (i == PROCESSOR_event && value < ARRAY_SIZE(processor_events))
			seq_printf(m, "event %s\n", processor_events[value]);
		else
			vmxfs_show_value(m, processor_words[i].name, value, 16);
	}
	return 0;
}
