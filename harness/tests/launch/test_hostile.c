// SPDX-License-Identifier: GPL-2.0
/*
 * A million malformed descriptors, from a fixed seed, with the sanitizers: a quarter for each
 * device. And that the right ones are served all the same.
 */
#include "unit/unit.h"

#include "hostile.h"

#define SEED		0x766d786c61756e63ull
#define MALFORMED	250000
#define STEPS		64

static void check(enum hostile_device device)
{
	struct hostile_stream stream = { .state = SEED + device };
	struct hostile_count count = { 0 };

	while (count.malformed < MALFORMED)
		hostile_run(device, &stream, STEPS, &count);
	assert_true(count.served > MALFORMED / 100);
	assert_true(count.broken > MALFORMED / 100);
}

static void test_block(void **state)
{
	check(HOSTILE_BLOCK);
}

static void test_console(void **state)
{
	check(HOSTILE_CONSOLE);
}

static void test_net(void **state)
{
	check(HOSTILE_NET);
}

static void test_rng(void **state)
{
	check(HOSTILE_RNG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_block),
		cmocka_unit_test(test_console),
		cmocka_unit_test(test_net),
		cmocka_unit_test(test_rng),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
