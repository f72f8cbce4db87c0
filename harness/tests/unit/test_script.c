// SPDX-License-Identifier: GPL-2.0
#include "unit.h"

#include <stdio.h>
#include <unistd.h>

#include "caps.h"
#include "guest_image.h"
#include "script.h"

static const char caps[] =
	"proc.hlt_exiting 01\nproc.hlt_exiting_too 0\npin.nmi_exiting 0\n"
	"entry.ia32e_mode_guest 1\nmisc.cr3_target_values 0x4\nbasic.revision 0x0\n"
	"cpuid.physical_bits 0x27\nmisc.activity_hlt\n";

static const struct {
	const char *need;
	bool has;
} needs[] = {
	{ "proc.hlt_exiting", true },
	{ "entry.ia32e_mode_guest", true },
	{ "misc.cr3_target_values", true },
	{ "pin.nmi_exiting", false },
	{ "basic.revision", false },
	{ "misc.activity_hlt", false },
	{ "misc.activity_shutdown", false },
	{ "!pin.nmi_exiting", true },
	{ "!proc.hlt_exiting", false },
	{ "!misc.activity_shutdown", true },
	{ "cpuid.physical_bits<40", true },
	{ "cpuid.physical_bits<39", false },
	{ "cpuid.physical_bits>38", true },
	{ "cpuid.physical_bits>0x27", false },
	{ "misc.activity_shutdown<1", true },
	{ "misc.activity_shutdown>0", false },
	{ "proc.hlt_exiting=0", true },
	{ "pin.nmi_exiting=0", true },
	{ "pin.preemption_timer=0", true },
	{ "entry.ia32e_mode_guest=0", false },
	{ "misc.cr3_target_values=0", false },
	{ "basic.revision=0", true },
};

static const char *const unknown[] = {
	"!proc.hlt", "!", "!!proc.hlt_exiting", "cpu.vmx", "proc.hlt", "hlt_exiting", "",
	"vmxfs.unsafe", "cpuid.physical_bits<", "cpuid.physical_bits>x", "<1",
	"!cpuid.physical_bits<1", "cpuid.physical_bit>1",
	"proc.hlt_exiting=1", "proc.hlt_exiting=", "proc.hlt=0",
};

static void test_caps(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(needs) / sizeof(*needs); i++) {
		if (!caps_known(needs[i].need) ||
		    caps_has(caps, needs[i].need) != needs[i].has)
			fail_msg("%s", needs[i].need);
	}
	for (size_t i = 0; i < sizeof(unknown) / sizeof(*unknown); i++)
		if (caps_known(unknown[i]))
			fail_msg("'%s'", unknown[i]);
	assert_true(caps_known("vmxfs.mtf"));
	assert_false(caps_has("", "proc.hlt_exiting"));
	assert_int_equal(caps_value(caps, "cpuid.physical_bits"), 39);
	assert_int_equal(caps_value(caps, "cpuid.physical"), 0);
}

static void test_disturbed(void **state)
{
	(void)state;
	assert_true(disturbed_between("extirq 0\n", "extirq 1\n"));
	assert_false(disturbed_between("extirq 1\n", "extirq 1\n"));
	/* Nobody knows. */
	assert_false(disturbed_between(NULL, "extirq 1\n"));
	assert_false(disturbed_between("extirq 1\n", NULL));
}

#define IOPORTS							\
	"0000-0cf7 : PCI Bus 0000:00\n"			\
	"  0000-001f : dma1\n"					\
	"0d00-ffff : PCI Bus 0000:00\n"			\
	"  8000-8fff : PCI Bus 0000:01\n"			\
	"    8004-8007 : 0000:01:00.0\n"

static const struct {
	const char *ports;
	const char *user;
} port_rows[] = {
	{ "0x7ff8-0x8003", NULL },
	{ "0x7ff8-0x8004", "0000:01:00.0" },
	{ "0x8008-0xffff", NULL },
	{ "0x1f-0x20", "dma1" },
	{ "0x20-0x20", NULL },
};

static void test_ports(void **state)
{
	struct ports ports;

	(void)state;
	for (size_t i = 0; i < sizeof(port_rows) / sizeof(*port_rows); i++) {
		assert_true(ports_parse(&ports, port_rows[i].ports));
		assert_text(ports_user(&ports, IOPORTS), port_rows[i].user);
	}
	assert_text(ports_user(&ports, ""), NULL);
	assert_text(ports_user(&ports, "0020-0021 : "), "");
}

/* A folder with one guest, "g". */
static char guest_dir[] = "/tmp/vmxrun-test-XXXXXX";

static const char *guest_path(const char *name, char *path, size_t size)
{
	snprintf(path, size, "%s/%s", guest_dir, name);
	return path;
}

/* Frees the image. */
static void write_guest(const char *name, struct guest_image *image)
{
	char path[64];
	FILE *file = fopen(guest_path(name, path, sizeof(path)), "w");

	assert_non_null(file);
	fwrite(image, sizeof(*image), 1, file);
	assert_int_equal(fclose(file), 0);
	free(image);
}

static int setup(void **state)
{
	(void)state;
	if (!mkdtemp(guest_dir))
		return -1;
	write_guest("g", guest_image_new());
	return 0;
}

static int teardown(void **state)
{
	char path[64];

	(void)state;
	unlink(guest_path("g", path, sizeof(path)));
	unlink(guest_path("other", path, sizeof(path)));
	return rmdir(guest_dir);
}

struct made {
	struct casefile *file;
	struct points points;
	struct script script;
	struct result result;
	bool ok;
};

/* The script of a case's last point. */
static struct made make(const char *text)
{
	const struct where where = {
		.guest_dir = guest_dir, .caps = caps,
		.phys_end = caps_phys_end(caps), .limit = 2000
	};
	struct made made = { .file = casefile_parse("c", text, strlen(text)) };

	points_add(&made.points, made.file);
	made.ok = script_make(&made.script,
			      &made.points.point[made.points.count - 1],
			      &where, "seg-1", &made.result);
	return made;
}

static void made_free(struct made *made)
{
	script_free(&made->script);
	result_free(&made->result);
	points_free(&made->points);
	casefile_free(made->file);
}

static void test_defaults(void **state)
{
	struct made made = make("guest g\nctl: go\n");

	(void)state;
	assert_true(made.ok);
	assert_int_equal(made.script.start, 0x1000);
	assert_int_equal(made.script.memory, 0x10000);
	assert_int_equal(made.script.limit, 2000);
	assert_int_equal(made.script.needs.count, 0);
	assert_int_equal(made.script.reach, REACH_SAFE);
	assert_int_equal(made.script.disturbed, DISTURBED_BY_NOTHING);
	made_free(&made);
}

static void test_everything_replaced(void **state)
{
	struct made made = make("guest {g}\n"
				"each g,label in x,y g,hlt\n"
				"each n in 5\n"
				"memory 0x{n}000\nlimit {n}00\n"
				"need proc.hlt_exiting cpuid.physical_bits>{n}\nneed cpuid.rtm\n"
				"reach {r}\neach r in reset\ndisturbed any\n"
				"ctl: go pc=${label}+{n};\n"
				"map? {seg} $$ $end $phys_end-1\n");

	(void)state;
	assert_null(made.result.message);
	assert_true(made.ok);
	assert_int_equal(made.script.memory, 0x5000);
	assert_int_equal(made.script.limit, 500);
	assert_int_equal(made.script.needs.count, 3);
	assert_string_equal(made.script.needs.word[1], "cpuid.physical_bits>5");
	assert_string_equal(made.script.needs.word[2], "cpuid.rtm");
	assert_int_equal(made.script.reach, REACH_RESET);
	assert_int_equal(made.script.disturbed, DISTURBED_BY_ANY);
	assert_int_equal(made.script.nsteps, 2);
	assert_string_equal(made.script.step[0].text, "go pc=0x1009;");
	assert_string_equal(made.script.step[1].text, "seg-1 $ 0x100c 0x7fffffffff");
	made_free(&made);
}

/* What is wrong in an expectation may be right elsewhere. */
static void test_lines_that_are_right(void **state)
{
	struct made made = make("guest g\nmap:\nmap? *\nmap? a ...\nstatus?\n"
				"regs: pc\nctl: ... 0x11/0x1 x\n"
				"wait? ...\nwait? .hlt a/b 0x10/0x11\n"
				"regs? ax 0x10/0x11 bx *\n"
				"vmcs? Guest_RIP unsupported pin.x 1/1\n"
				"pml? 0x10 * 24 5\npml: x\nregs=\nctl-\n"
				"mem? 0x10 00Ff\nfpregs: 0 00\nfpregs=\n");

	(void)state;
	assert_null(made.result.message);
	assert_true(made.ok);
	made_free(&made);
}

static const struct {
	const char *text;
	const char *at;
	const char *message;
} bad[] = {
	{ "nonsense\n", "c.case:1",
	  "'nonsense' is neither a directive nor FILE and one of :?=-!" },
	{ "guest g\nlimit 0\nctl: go\n", "c.case:2",
	  "'0' is not a number above 0" },
	{ "guest g\nlimit\nctl: go\n", "c.case:2",
	  "'' is not a number above 0" },
	{ "guest g\nlimit 5s\nctl: go\n", "c.case:2",
	  "'5s' is not a number above 0" },
	{ "guest g\nlimit 2147483648\nctl: go\n", "c.case:2",
	  "more than 2147483647 ms" },
	{ "guest g\nmemory 0x1001\nctl: go\n", "c.case:2",
	  "the size of memory must be a multiple of 0x1000" },
	{ "guest g\nmemory 0x8000000000000000\nctl: go\n", "c.case:2",
	  "the size of memory must be a multiple of 0x1000" },
	{ "guest g\nmemory 64K\nctl: go\n", "c.case:2",
	  "'64K' is not a number above 0" },
	{ "guest g\nreach far\nctl: go\n", "c.case:2",
	  "'far' is not safe, unsafe or reset" },
	{ "guest g\ndisturbed hosts\nctl: go\n", "c.case:2",
	  "'hosts' is not host or any" },
	{ "guest g\nports 0x10\nctl: go\n", "c.case:2",
	  "'0x10' is not FIRST-LAST, ports up to 0xffff" },
	{ "guest g\nports 0x10-0xf\nctl: go\n", "c.case:2",
	  "'0x10-0xf' is not FIRST-LAST, ports up to 0xffff" },
	{ "guest g\nports 0x10-0x10000\nctl: go\n", "c.case:2",
	  "'0x10-0x10000' is not FIRST-LAST, ports up to 0xffff" },
	{ "guest g\nctl: go\nwait? .hlt | .hlt ... y\n", "c.case:3",
	  "... must be the last word" },
	{ "guest g\nneed cpuid.rtm proc.hlt\nctl: go\n", "c.case:2",
	  "there is no capability 'proc.hlt'" },
	{ "\nguest none\nctl: go\n", "c.case:2",
	  "guest none: No such file or directory" },
	{ "guest g\nmemory 0x2000\nctl: go\n", "c.case:1",
	  "guest g does not fit into 0x2000 bytes of memory" },
	{ "guest g\nctl: go pc=$halt;\n", "c.case:2",
	  "the guest has no label 'halt'" },
	{ "guest g\nctl: go\nwait? .hlt $\n", "c.case:3",
	  "'$' must begin a $label, or be $$" },
	{ "guest g\nwait?\n", "c.case:2", "wait? expects nothing" },
	{ "guest g\nregs?\n", "c.case:2", "regs? expects nothing" },
	{ "guest g\nwait? #ude 0x0 ...\n", "c.case:2", "there is no VM exit '#ude'" },
	{ "guest g\nwait? .hlt ... | hlt ...\n", "c.case:2", "there is no VM exit 'hlt'" },
	{ "guest g\nregs? pc 1 ax\n", "c.case:2",
	  "regs? takes names and values in pairs" },
	{ "guest g\nregs? pc ...\n", "c.case:2",
	  "regs? takes no ...: it compares only what it names" },
	{ "guest g\nvmcs?\n", "c.case:2", "vmcs? expects nothing" },
	{ "guest g\nvapic? 0x80\n", "c.case:2",
	  "vapic? takes names and values in pairs" },
	{ "guest g\nvapic? 0x80 1 x 1\n", "c.case:2",
	  "'x' is not an offset" },
	{ "guest g\nmem?\n", "c.case:2", "mem? bytes are an offset and hexadecimal digits" },
	{ "guest g\nmem: 0x1000\n", "c.case:2",
	  "mem: bytes are an offset and hexadecimal digits" },
	{ "guest g\nfpregs? 0 0x00\n", "c.case:2",
	  "fpregs? '0x00' is not an even number of hexadecimal digits" },
	{ "guest g\nregs? pc ... ax 1\n", "c.case:2",
	  "... must be the last word" },
	{ "guest g\nwait? ... 0x0\n", "c.case:2", "... must be the last word" },
	{ "guest g\nctl: x\nctl! a ... b\n", "c.case:3",
	  "... must be the last word" },
	{ "guest g\nwait? io 0x11/0x1\n", "c.case:2",
	  "'0x11/0x1' can't be: the value has bits outside the mask" },
};

static void test_errors(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct made made = make(bad[i].text);
		char message[256];

		if (made.ok)
			fail_msg("no error: %s", bad[i].text);
		snprintf(message, sizeof(message), "%s: %s", bad[i].at,
			 bad[i].message);
		assert_int_equal(made.result.outcome, ERROR);
		assert_string_equal(made.result.at, bad[i].at);
		assert_string_equal(made.result.message, message);
		made_free(&made);
	}
}

static void test_guest_without_start(void **state)
{
	struct guest_image *image = guest_image_new();
	struct made made;

	(void)state;
	image->symbol[3].st_shndx = SHN_UNDEF;
	write_guest("other", image);
	made = make("guest other\nctl: go\n");
	assert_false(made.ok);
	assert_string_equal(made.result.message,
			    "c.case:1: guest other has no label 'start'");
	made_free(&made);
	/* and the one before, which was read then, is another */
	made = make("guest g\nctl: go\n");
	assert_true(made.ok);
	made_free(&made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_caps),
		cmocka_unit_test(test_disturbed),
		cmocka_unit_test(test_ports),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_everything_replaced),
		cmocka_unit_test(test_lines_that_are_right),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_guest_without_start),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
