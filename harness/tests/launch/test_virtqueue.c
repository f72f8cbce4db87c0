// SPDX-License-Identifier: GPL-2.0
/* Chains, one by one: what is taken, and what breaks the queue. */
#include "unit/unit.h"

#include "virtqueue.h"

#define SIZE		8
#define MEMORY_BYTES	0x10000
#define DESC		0x1000
#define AVAIL		0x2000
#define USED		0x3000
#define TABLE		0x4000
#define BUFFER		0x8000

static uint8_t bytes[MEMORY_BYTES] __attribute__((aligned(4096)));
static const struct memory memory = { bytes, MEMORY_BYTES };

/* A descriptor of the queue, or of the table at TABLE if it is @indirect */
struct row {
	bool indirect;
	unsigned int index;
	struct virtq_desc desc;
};

/* A chain that begins at @head; it has so many bytes, or breaks the queue. */
struct chain_case {
	const char *name;
	uint16_t head;
	bool broken;
	uint32_t read, write;
	struct row rows[3];
};

#define NEXT	VIRTQ_DESC_NEXT
#define WRITE	VIRTQ_DESC_WRITE
#define INDIRECT	VIRTQ_DESC_INDIRECT

static const struct chain_case cases[] = {
	{ "one to read", 0, false, 16, 0, { { false, 0, { BUFFER, 16, 0, 0 } } } },
	{ "one to write, the last", 7, false, 0, 16, { { false, 7, { BUFFER, 16, WRITE, 0 } } } },
	{ "both", 1, false, 16, 8, { { false, 1, { BUFFER, 16, NEXT, 5 } },
				     { false, 5, { BUFFER, 8, WRITE, 0 } } } },
	{ "the other way round", 1, true, 0, 0, { { false, 1, { BUFFER, 16, NEXT | WRITE, 5 } },
						  { false, 5, { BUFFER, 8, 0, 0 } } } },
	{ "no bytes", 0, false, 0, 0, { { false, 0, { BUFFER, 0, 0, 0 } } } },
	{ "no such head", SIZE, true, 0, 0, { { false, 0, { BUFFER, 16, 0, 0 } } } },
	{ "no such next", 0, true, 0, 0, { { false, 0, { BUFFER, 16, NEXT, SIZE } } } },
	{ "itself", 0, true, 0, 0, { { false, 0, { BUFFER, 16, NEXT, 0 } } } },
	{ "a loop of two", 0, true, 0, 0, { { false, 0, { BUFFER, 16, NEXT, 1 } },
					    { false, 1, { BUFFER, 16, NEXT, 0 } } } },
	{ "to the end of memory", 0, false, 16, 0,
	  { { false, 0, { MEMORY_BYTES - 16, 16, 0, 0 } } } },
	{ "over the end of memory", 0, true, 0, 0,
	  { { false, 0, { MEMORY_BYTES - 16, 17, 0, 0 } } } },
	{ "behind it", 0, true, 0, 0, { { false, 0, { MEMORY_BYTES, 1, 0, 0 } } } },
	{ "in the hole", 0, true, 0, 0, { { false, 0, { MEMORY_HOLE, 1, 0, 0 } } } },
	{ "above 4 GB", 0, true, 0, 0, { { false, 0, { MEMORY_4G, 1, 0, 0 } } } },
	{ "an address that wraps", 0, true, 0, 0, { { false, 0, { -8ull, 16, 0, 0 } } } },
	{ "a length that wraps", 0, true, 0, 0, { { false, 0, { BUFFER, UINT32_MAX, 0, 0 } } } },
	{ "a table", 0, false, 16, 8, { { false, 0, { TABLE, 32, INDIRECT, 0 } },
					{ true, 0, { BUFFER, 16, NEXT, 1 } },
					{ true, 1, { BUFFER, 8, WRITE, 0 } } } },
	{ "a table behind a buffer", 0, false, 24, 0, { { false, 0, { BUFFER, 16, NEXT, 1 } },
							{ false, 1, { TABLE, 16, INDIRECT, 0 } },
							{ true, 0, { BUFFER, 8, 0, 0 } } } },
	{ "a table in a table", 0, true, 0, 0, { { false, 0, { TABLE, 16, INDIRECT, 0 } },
						 { true, 0, { TABLE, 16, INDIRECT, 0 } } } },
	{ "a table and another", 0, true, 0, 0, { { false, 0, { TABLE, 16, INDIRECT | NEXT, 1 } },
						  { false, 1, { BUFFER, 8, 0, 0 } } } },
	{ "half a table", 0, true, 0, 0, { { false, 0, { TABLE, 24, INDIRECT, 0 } } } },
	{ "an empty table", 0, true, 0, 0, { { false, 0, { TABLE, 0, INDIRECT, 0 } } } },
	{ "a table that is too large", 0, true, 0, 0,
	  { { false, 0, { 0, 16 * (VIRTQUEUE_MAX + 1), INDIRECT, 0 } } } },
	{ "a loop in a table", 0, true, 0, 0, { { false, 0, { TABLE, 16, INDIRECT, 0 } },
						{ true, 0, { BUFFER, 8, NEXT, 0 } } } },
};

static uint16_t *avail = (uint16_t *)(bytes + AVAIL), *used = (uint16_t *)(bytes + USED);

static void enable(struct virtqueue *queue)
{
	memset(bytes, 0, sizeof(bytes));
	virtqueue_reset(queue, 0);
	queue->regs.size = SIZE;
	queue->regs.desc = DESC;
	queue->regs.driver = AVAIL;
	queue->regs.device = USED;
	queue->regs.enable = 1;
	virtqueue_enable(queue, &memory);
}

static void test_chains(void **state)
{
	struct virtqueue queue;
	struct chain chain;
	size_t i, j;

	for (i = 0; i < COUNT(cases); i++) {
		const struct chain_case *c = &cases[i];

		enable(&queue);
		for (j = 0; j < COUNT(c->rows); j++) {
			const struct row *row = &c->rows[j];

			if (row->desc.addr || row->desc.len)
				((struct virtq_desc *)(bytes + (row->indirect ? TABLE : DESC)))[row->index] =
					row->desc;
		}
		assert_false(virtqueue_pop(&queue, &chain));
		avail[2] = c->head;
		avail[1] = 1;
		if (virtqueue_pop(&queue, &chain) == c->broken || queue.broken != c->broken)
			fail_msg("%s", c->name);
		if (!c->broken && (chain.read_size != c->read || chain.write_size != c->write))
			fail_msg("%s: %u to read, %u to write", c->name, chain.read_size,
				 chain.write_size);
	}
}

/* As many as the queue has are waiting, and then one more than there can be. */
static void test_index_jumps(void **state)
{
	struct virtqueue queue;
	struct chain chain;

	enable(&queue);
	avail[1] = SIZE;
	assert_true(virtqueue_pop(&queue, &chain));
	avail[1] = SIZE + 2;
	assert_false(virtqueue_pop(&queue, &chain));
	assert_true(queue.broken);
	assert_false(virtqueue_has(&queue));
}

static void test_gives_back(void **state)
{
	struct virtqueue queue;
	struct chain chain = { .head = 3 };
	unsigned int i;

	enable(&queue);
	for (i = 0; i < 0x10003; i++)
		virtqueue_push(&queue, &chain, 77);
	assert_int_equal(used[1], 3);
	assert_int_equal(used[2 + 4 * 2], 3);
	assert_int_equal(used[2 + 4 * 2 + 2], 77);
	assert_true(virtqueue_wants_interrupt(&queue));
	avail[0] = VIRTQ_AVAIL_NO_INTERRUPT;
	assert_false(virtqueue_wants_interrupt(&queue));
}

/* size, where the parts are, whether that can be */
static void test_enable(void **state)
{
	static const struct {
		uint16_t size;
		uint64_t desc, driver, device;
		bool broken;
	} rows[] = {
		{ SIZE, DESC, AVAIL, USED, false },
		{ VIRTQUEUE_MAX, DESC, AVAIL, USED, false },
		{ 0, DESC, AVAIL, USED, true },
		{ 3, DESC, AVAIL, USED, true },
		{ 2 * VIRTQUEUE_MAX, DESC, AVAIL, USED, true },
		{ SIZE, DESC + 8, AVAIL, USED, true },
		{ SIZE, DESC, AVAIL + 1, USED, true },
		{ SIZE, DESC, AVAIL, USED + 2, true },
		{ SIZE, MEMORY_BYTES - 16 * SIZE, AVAIL, USED, false },
		{ SIZE, MEMORY_BYTES - 16 * SIZE + 16, AVAIL, USED, true },
		{ SIZE, DESC, MEMORY_BYTES - 2, USED, true },
		{ SIZE, DESC, AVAIL, MEMORY_BYTES - 8, true },
		{ SIZE, -16ull, AVAIL, USED, true },
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		struct virtqueue queue;

		virtqueue_reset(&queue, 0);
		queue.regs.size = rows[i].size;
		queue.regs.desc = rows[i].desc;
		queue.regs.driver = rows[i].driver;
		queue.regs.device = rows[i].device;
		virtqueue_enable(&queue, &memory);
		if (queue.broken != rows[i].broken)
			fail_msg("row %zu", i);
	}
}

/* The queue is full, and a table behind its last descriptor has @more. */
static bool pop_long(unsigned int more)
{
	struct virtq_desc *desc = (struct virtq_desc *)(bytes + DESC);
	struct virtq_desc *table = (struct virtq_desc *)(bytes + TABLE);
	struct virtqueue queue;
	struct chain chain;
	unsigned int i;

	enable(&queue);
	queue.regs.size = VIRTQUEUE_MAX;
	virtqueue_enable(&queue, &memory);
	for (i = 0; i < VIRTQUEUE_MAX - 1; i++)
		desc[i] = (struct virtq_desc){ BUFFER, 1, NEXT, i + 1 };
	desc[i] = (struct virtq_desc){ TABLE, more * sizeof(*table), INDIRECT, 0 };
	for (i = 0; i < more; i++)
		table[i] = (struct virtq_desc){ BUFFER, 1, i + 1 < more ? NEXT : 0, i + 1 };
	avail[1] = 1;
	return virtqueue_pop(&queue, &chain) && chain.n_read == VIRTQUEUE_MAX - 1 + more;
}

static void test_long(void **state)
{
	assert_true(pop_long(1));
	assert_false(pop_long(2));
	assert_false(pop_long(VIRTQUEUE_MAX));
}

/* Nothing of it is accessed: this memory is nowhere. */
static void test_memory_holes(void **state)
{
	uint8_t *base = (uint8_t *)(uintptr_t)0x100000;
	const struct memory large = { base, MEMORY_HOLE + 0x2000 };

	assert_ptr_equal(memory_at(&large, 0, 1), base);
	assert_ptr_equal(memory_at(&large, MEMORY_HOLE - 1, 1), base + MEMORY_HOLE - 1);
	assert_null(memory_at(&large, MEMORY_HOLE - 1, 2));
	assert_null(memory_at(&large, MEMORY_HOLE, 1));
	assert_null(memory_at(&large, MEMORY_4G - 1, 2));
	assert_ptr_equal(memory_at(&large, MEMORY_4G, 0x2000), base + MEMORY_HOLE);
	assert_null(memory_at(&large, MEMORY_4G, 0x2001));
	assert_null(memory_at(&large, MEMORY_4G + 0x2000, 1));
	assert_null(memory_at(&large, UINT64_MAX, UINT64_MAX));
	assert_null(memory_at(&large, 0, 0));
}

/* Pieces of 3, 1 and 4 bytes */
static void test_cut(void **state)
{
	static uint8_t data[8];
	const struct iovec whole[] = { { data, 3 }, { data + 3, 1 }, { data + 4, 4 } };
	static const struct { uint32_t offset, size; unsigned int n; uint32_t first; } rows[] = {
		{ 0, 8, 3, 3 }, { 0, 3, 1, 3 }, { 0, 2, 1, 2 }, { 1, 7, 3, 2 }, { 3, 5, 2, 1 },
		{ 4, 4, 1, 4 }, { 5, 2, 1, 2 }, { 8, 4, 0, 0 }, { 0, 0, 0, 0 },
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		struct iovec pieces[3];
		unsigned int n;

		memcpy(pieces, whole, sizeof(pieces));
		n = chain_cut(pieces, 3, rows[i].offset, rows[i].size);
		if (n != rows[i].n || (n && (pieces[0].iov_len != rows[i].first ||
					     pieces[0].iov_base != data + rows[i].offset)))
			fail_msg("row %zu", i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chains),
		cmocka_unit_test(test_index_jumps),
		cmocka_unit_test(test_gives_back),
		cmocka_unit_test(test_enable),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_memory_holes),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
