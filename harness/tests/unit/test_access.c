// SPDX-License-Identifier: GPL-2.0
/* A vCPU whose files are ordinary ones: what is done to them, not what they do. */
#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "access.h"
#include "files.h"

static char mount[] = "/tmp/vmxrun-test-XXXXXX";
static struct access point = { .vcpu.ctl = -1, .wait = -1, .limit = 1000 };

static void make_file(int directory, const char *name, const char *text)
{
	int fd = openat(directory, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(close(fd), 0);
}

static int setup(void **state)
{
	(void)state;
	if (!mkdtemp(mount))
		return -1;
	point.vcpu.mount = open(mount, O_RDONLY | O_DIRECTORY);
	if (mkdirat(point.vcpu.mount, "segment", 0700) ||
	    mkdirat(point.vcpu.mount, "0", 0700))
		return -1;
	point.vcpu.folder = openat(point.vcpu.mount, "0", O_RDONLY | O_DIRECTORY);
	strcpy(point.segment, "s");
	return point.vcpu.folder < 0 ? -1 : 0;
}

static int teardown(void **state)
{
	(void)state;
	unlinkat(point.vcpu.folder, "map", 0);
	unlinkat(point.vcpu.folder, "error", 0);
	unlinkat(point.vcpu.folder, "fpregs", 0);
	unlinkat(point.vcpu.mount, "segment", AT_REMOVEDIR);
	unlinkat(point.vcpu.mount, "0", AT_REMOVEDIR);
	close(point.vcpu.folder);
	close(point.vcpu.mount);
	return rmdir(mount);
}

static void assert_bytes(const char *file, const char *where,
			 const char *expected)
{
	struct bytes bytes;

	assert_null(bytes_parse(&bytes, where));
	assert_null(access_read_bytes(&point, file, &bytes));
	assert_text(bytes_format(&bytes), expected);
	bytes_free(&bytes);
}

static void write_bytes(const char *file, const char *text)
{
	struct bytes bytes;

	assert_null(bytes_parse(&bytes, text));
	assert_null(access_write_bytes(&point, file, &bytes));
	bytes_free(&bytes);
}

static void test_bytes(void **state)
{
	(void)state;
	make_file(point.vcpu.folder, "fpregs", "abcdef");
	write_bytes("fpregs", "2 5859");
	assert_bytes("fpregs", "0x1 00000000", "0x1 62585965");
	/* no more than there are */
	assert_bytes("fpregs", "4 00000000", "0x4 6566");
	assert_bytes("fpregs", "9 00", "0x9 ");
}

static void test_memory(void **state)
{
	struct bytes bytes;

	(void)state;
	make_file(point.vcpu.mount, "segment/s", "abcdef");
	write_bytes(MEMORY_FILE, "0 41");
	assert_bytes(MEMORY_FILE, "0 0000", "0x0 4162");
	assert_null(access_remove(&point, MEMORY_FILE));
	assert_null(bytes_parse(&bytes, "0 41"));
	assert_text(access_write_bytes(&point, MEMORY_FILE, &bytes),
		    "No such file or directory");
	assert_text(access_read_bytes(&point, MEMORY_FILE, &bytes),
		    "No such file or directory");
	bytes_free(&bytes);
}

static void test_lines_and_emptying(void **state)
{
	char *text;

	(void)state;
	make_file(point.vcpu.folder, "map", "old\n");
	assert_null(access_empty(&point, "map"));
	assert_null(access_write(&point, "map", "a b"));
	assert_null(access_read(&point, "map", &text));
	assert_text(text, "a b\n");
}

/* The file "error" says more than errno, if it says anything. */
static void test_errors(void **state)
{
	(void)state;
	assert_text(access_empty(&point, "none"), "No such file or directory");
	make_file(point.vcpu.folder, "error", "");
	assert_text(access_empty(&point, "none"), "No such file or directory");
	make_file(point.vcpu.folder, "error", "it is not there\n");
	assert_text(access_empty(&point, "none"), "it is not there");
	assert_text(access_remove(&point, "none"), "No such file or directory");
	assert_text(access_write(&point, "none", "x"),
		    "No such file or directory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_lines_and_emptying),
		cmocka_unit_test(test_errors),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
