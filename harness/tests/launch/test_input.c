// SPDX-License-Identifier: GPL-2.0
/* What comes in: at its end nothing is asked for again, but an empty datagram is no end. */
#include "unit/unit.h"

#include <sys/socket.h>
#include <unistd.h>

#include "hostile.h"

static void test_console(void **state)
{
	assert_int_equal(hostile_offer(HOSTILE_CONSOLE), 1);
	close(hostile_file[1]);
	/* The buffer comes back, with nothing in it; those after it don't. */
	assert_int_equal(hostile_offer(HOSTILE_CONSOLE), 2);
	assert_int_equal(hostile_offer(HOSTILE_CONSOLE), 2);
	assert_false(hostile_serve(hostile_file[0]));
}

static void test_net(void **state)
{
	assert_int_equal(hostile_offer(HOSTILE_NET), 1);
	assert_int_equal(send(hostile_file[1], "", 0, 0), 0);
	assert_int_equal(hostile_offer(HOSTILE_NET), 1);
	assert_true(hostile_serve(hostile_file[0]));
	assert_int_equal(send(hostile_file[1], "frame", 5, 0), 5);
	hostile_serve(hostile_file[0]);
	assert_int_equal(hostile_offer(HOSTILE_NET), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_console),
		cmocka_unit_test(test_net),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
