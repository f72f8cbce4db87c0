// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE	/* cpu_set_t */
#include "unit.h"

#include "cores.h"

#define PROCESSORS 6
#define NONE 0xffffffff	/* of no hybrid, or gone */

static const struct {
	uint32_t id[PROCESSORS];
	const char *list;
} machines[] = {
	{ { NONE, NONE, NONE, NONE, NONE, NONE }, "" },
	{ { 0x40000001, 0x40000001, 0x40000001, 0x40000001, 0x20000001, 0x20000001 },
	  "core 0-3\natom 4-5\n" },
	{ { 0x40000001, NONE, 0x40000001, 0x20000001, 0x40000001, NONE },
	  "core 0,2,4\natom 3\n" },
	{ { 0x20000001, 0x20000001, 0x20000001, 0x20000001, 0x20000001, 0x20000001 },
	  "atom 0-5\n" },
	/* two microarchitectures of one type */
	{ { 0x40000003, 0x20000004, 0x20000003, 0x20000003, 0x40000003, 0x20000004 },
	  "core 0,4\natom-4 1,5\natom-3 2-3\n" },
	{ { 0x30000001, 0, 0x30000001, 0, 0, 0 }, "type-0x30 0,2\ntype-0x0 1,3-5\n" },
};

static const uint32_t *machine;

static bool id_of(int processor, uint32_t *id)
{
	assert_in_range(processor, 0, PROCESSORS - 1);
	*id = machine[processor];
	return *id != NONE;
}

static void find(struct core_kinds *kinds, size_t i)
{
	cpu_set_t all;

	CPU_ZERO(&all);
	for (int k = 0; k < PROCESSORS; k++)
		CPU_SET(k, &all);
	machine = machines[i].id;
	core_kinds_find(kinds, &all, id_of);
}

static void test_list(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(machines); i++) {
		struct core_kinds kinds;

		find(&kinds, i);
		assert_text(core_kinds_list(&kinds), machines[i].list);
		core_kinds_free(&kinds);
	}
}

static void test_only_those_asked_for(void **state)
{
	struct core_kinds kinds;
	cpu_set_t one;

	(void)state;
	machine = machines[1].id;
	CPU_ZERO(&one);
	CPU_SET(4, &one);
	core_kinds_find(&kinds, &one, id_of);
	assert_text(core_kinds_list(&kinds), "atom 4\n");
	core_kinds_free(&kinds);
}

static void test_name(void **state)
{
	struct core_kinds kinds;

	(void)state;
	find(&kinds, 4);
	assert_int_equal(core_kind_named(&kinds, "atom-4")->id, 0x20000004);
	assert_true(CPU_ISSET(5, &core_kind_named(&kinds, "atom-4")->processors));
	assert_int_equal(core_kind_named(&kinds, "core")->id, 0x40000003);
	assert_null(core_kind_named(&kinds, "atom"));
	assert_null(core_kind_named(&kinds, ""));
	core_kinds_free(&kinds);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_only_those_asked_for),
		cmocka_unit_test(test_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
