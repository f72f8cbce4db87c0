// SPDX-License-Identifier: GPL-2.0
#include "unit.h"

#include <stdio.h>
#include <unistd.h>

#include "compare.h"
#include "expand.h"
#include "guest_image.h"
#include "processor.h"
#include "quirks.h"
#include "util.h"
#include "version.h"
#include "vmxcheck.h"

#define NAME "quirks/q"
#define REASON "because a\nright b\n"
#define LINES "- wait? .hlt ...\n+ wait? .vmcall ...\n"

/* Lines 3 and on are its transcript; at each of them the point can fail. */
static const char text[] =
	"guest g\n"
	"each x,y in a,1 b,2\n"
	"ctl: go\n"
	"wait? .hlt 0x0 pc $hlt sp 0x9000/0xffff ilen 0x1 iinfo *\n"
	"regs? ax {y} bx 0x20/0xf0 cx 0x3\n"
	"vapic? 0x80 0x20\n"
	"insn? succeed\n"
	"insn? failvalid 7\n"
	"insn? failvalid 7\n"
	"mem? 0xa000 0102\n"
	"ctl: stop\n"
	"ctl! not running\n"
	"wait? .vmcall 0x0 ...\n"
	"wait? .vmcall 0x0 ...\n"
	"ctl: go ax=1;\n";

static struct casefile *file;
static struct points points;
static struct quirks quirks;
static struct script script;

/* The script of the first point, as script_make() has it. */
static void make_script(struct guest_image *image)
{
	char *error;

	script.file = file;
	assert_null(guest_parse(&script.guest, (char *)image, sizeof(*image)));
	for (size_t i = 0; i < file->nsteps; i++) {
		struct step step = file->step[i];
		char *named = expand_names(step.text, &points.point[0], "");

		step.text = expand_labels(named, &script.guest, &error);
		assert_non_null(step.text);
		free(named);
		APPEND(script.step, script.nsteps, step);
	}
}

static int setup(void **state)
{
	(void)state;
	file = casefile_parse("ept/fetch", text, strlen(text));
	assert_null(file->error.text);
	points_add(&points, file);
	assert_int_equal(points.count, 2);
	*state = guest_image_new();
	make_script(*state);
	return 0;
}

static int teardown(void **state)
{
	script_free(&script);
	free(*state);
	points_free(&points);
	casefile_free(file);
	return 0;
}

static void parse(const char *lines, const char *version, const char *error)
{
	assert_text(quirks_parse(&quirks, NAME, lines, version), error);
}

static void test_versions(void **state)
{
	(void)state;
	assert_true(is_version("3"));
	assert_true(is_version("6.12"));
	assert_false(is_version(""));
	assert_false(is_version("6."));
	assert_false(is_version("6.x"));
	assert_false(is_version(".1"));
	assert_true(compare_versions("6.2", "6.12") < 0);
	assert_true(compare_versions("3.0", "2.7") > 0);
	assert_true(compare_versions("6", "6.1") < 0);
	assert_int_equal(compare_versions("6.1", "6.1"), 0);
}

static void test_parse(void **state)
{
	(void)state;
	parse("# why\n\nbecause it is\n  so\nright \tnot  so  \nfrom 2.7 until 3.0\n\n"
	      "ept/f*\nsometimes ept/fetch[b,2]\n"
	      "- wait? .hlt\n  0x0 ...\n+ wait? nothing\n+ wait! Input/output error\n"
	      "-2 wait? .vmcall 0x0 ...\n+ wait? .cpuid ...\n"
	      "ept/fetch[a,1]\n- ctl: go\n+ ctl! no", "3.0", NULL);
	assert_int_equal(quirks.nreasons, 1);
	assert_string_equal(quirks.reason[0].text, "it is so: not  so");
	assert_true(quirks.reason[0].active);
	assert_int_equal(quirks.count, 3);
	assert_string_equal(quirks.quirk[0].pattern, "ept/f*");
	assert_string_equal(quirks.quirk[0].place, NAME ":8");
	assert_false(quirks.quirk[0].sometimes);
	assert_true(quirks.quirk[1].sometimes);
	assert_int_equal(quirks.quirk[1].first, 0);
	assert_int_equal(quirks.quirk[1].ndifferences, 2);
	assert_int_equal(quirks.quirk[2].first, 2);
	assert_int_equal(quirks.quirk[2].ndifferences, 1);
	assert_int_equal(quirks.ndifferences, 3);
	assert_string_equal(quirks.difference[0].text, ".hlt 0x0 ");
	assert_true(quirks.difference[0].begins);
	assert_int_equal(quirks.difference[0].ninstead, 2);
	assert_true(quirks.difference[0].instead[1].error);
	assert_int_equal(quirks.difference[1].number, 2);
	assert_int_equal(quirks.difference[2].op, ':');
	assert_null(quirks_check(&quirks, &points));
	quirks_free(&quirks);
	parse("", NULL, NULL);
	assert_int_equal(quirks.count, 0);
	assert_null(quirks_check(&quirks, &points));
	quirks_free(&quirks);
}

static const struct {
	const char *range;
	bool in_2_7;
	bool in_3_0;
} ranges[] = {
	{ "", true, true },
	{ "from 3.0\n", false, true },
	{ "from 2.7\n", true, true },
	{ "until 2.7\n", true, false },
	{ "from 2.7 until 3.0\n", true, true },
	{ "from 2.8 until 2.10\n", false, false },
};

static void test_range(void **state)
{
	char lines[256];

	(void)state;
	for (size_t i = 0; i < COUNT(ranges); i++) {
		snprintf(lines, sizeof(lines), REASON "%sept/fetch\n" LINES,
			 ranges[i].range);
		parse(lines, "2.7", NULL);
		parse(lines, "3.0", NULL);
		assert_int_equal(quirks.reason[0].active, ranges[i].in_2_7);
		assert_int_equal(quirks.reason[1].active, ranges[i].in_3_0);
		quirks_free(&quirks);
	}
}

/* ---- processors ---- */

/* Family 6, model 97H, stepping 2, as the SDM makes them of the signature; and no others. */
#define INTEL "cpuid.vendor 0x756e6547\n"
#define ALDER_LAKE INTEL "cpuid.signature 0x90672\n"
#define HYPERVISOR "cpuid.hypervisor 0x1\n"

static const struct {
	const char *caps;
	bool intel;
	struct processor processor;
} processors[] = {
	{ ALDER_LAKE, true, { 0x06, 0x97, 2 } },
	{ INTEL "cpuid.signature 0x50657\n", true, { 0x06, 0x55, 7 } },
	{ INTEL "cpuid.signature 0x20655\n", true, { 0x06, 0x25, 5 } },
	/* the extended model counts in families 6 and 15 only, the extended family in 15 */
	{ INTEL "cpuid.signature 0xf4a\n", true, { 0x0f, 0x04, 0xa } },
	{ INTEL "cpuid.signature 0x400f01\n", true, { 0x13, 0x00, 1 } },
	{ INTEL "cpuid.signature 0x410f01\n", true, { 0x13, 0x10, 1 } },
	{ INTEL "cpuid.signature 0x10f0583\n", true, { 0x05, 0x08, 3 } },
	/* others have VMX, too, and their own numbers */
	{ "cpuid.vendor 0x746e6543\ncpuid.signature 0x90672\n", false, { 0 } },
	{ "", false, { 0 } },
};

static void test_processor(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(processors); i++) {
		struct processor processor;
		const struct processor *expected = &processors[i].processor;

		assert_int_equal(processor_read(&processor, processors[i].caps),
				 processors[i].intel);
		if (!processors[i].intel)
			continue;
		assert_int_equal(processor.family, expected->family);
		assert_int_equal(processor.model, expected->model);
		assert_int_equal(processor.stepping, expected->stepping);
	}
}

static const struct {
	const char *text;
	struct processor first;
	unsigned int last_stepping;
} ranges_of_steppings[] = {
	{ "06_97H", { 0x06, 0x97, 0 }, 15 },
	{ "13_01H", { 0x13, 0x01, 0 }, 15 },
	{ "06_55H:4", { 0x06, 0x55, 4 }, 4 },
	{ "06_9EH:9-D", { 0x06, 0x9e, 9 }, 13 },
};

static const char *const no_processors[] = {
	"", "0", "06", "06_", "06_9", "06_97", "06_97h", "6_97H", "06_9eH", "06-97H",
	"06_97H2", "06_97H:", "06_97H:G", "06_97H:10", "06_97H:2-", "06_97H:2-2",
	"06_97H:3-2", "06_97H:2-3x", "06_97H-",
};

static void test_processor_names(void **state)
{
	struct processor first;
	unsigned int last;

	(void)state;
	for (size_t i = 0; i < COUNT(ranges_of_steppings); i++) {
		const struct processor *expected = &ranges_of_steppings[i].first;

		assert_true(processor_parse(ranges_of_steppings[i].text, &first, &last));
		assert_int_equal(first.family, expected->family);
		assert_int_equal(first.model, expected->model);
		assert_int_equal(first.stepping, expected->stepping);
		assert_int_equal(last, ranges_of_steppings[i].last_stepping);
	}
	for (size_t i = 0; i < COUNT(no_processors); i++)
		assert_false(processor_parse(no_processors[i], &first, &last));
}

static const struct {
	const char *lines;
	const char *error;
} wrong[] = {
	{ REASON "ept/fetch because\n",
	  ":3: 'ept/fetch because' is neither a point nor anything else" },
	{ " ept/fetch\n",
	  ":1: a blank at its start continues the line before it: there is none" },
	{ "because\n", ":1: expected: because WHY" },
	{ "because a\nright\n", ":2: expected: right WHAT" },
	{ "right b\n", ":1: 'right' without a 'because' before it" },
	{ REASON "right c\n", ":3: a second 'right'" },
	{ "because a\nept/fetch\n" LINES,
	  ":1: no 'right WHAT' says what is right" },
	{ REASON, ":1: a reason without points" },
	{ REASON "because c\n", ":1: a reason without points" },
	{ REASON "include r\n", ":1: a reason without points" },
	{ "ept/fetch\n", ":1: a point without a 'because' before it" },
	{ REASON "sometimes\n", ":3: '' is neither a point nor anything else" },
	{ REASON "ept/fetch\n",
	  ":3: no '- LINE' says how 'ept/fetch' fails" },
	{ REASON "dies ept/fetch\n" LINES, ":4: '-' without a point before it" },
	{ REASON "ept/fetch\ndies ept/fetch\n",
	  ":3: no '- LINE' says how 'ept/fetch' fails" },
	{ REASON "sometimes dies ept/fetch\nept/f*\n",
	  ":4: no '- LINE' says how 'ept/f*' fails" },
	{ REASON LINES, ":3: '-' without a point before it" },
	{ LINES, ":1: '-' without a point before it" },
	{ REASON "ept/fetch\n+ wait? nothing\n",
	  ":4: '+' without a '-' before it" },
	{ REASON "ept/fetch\n- ctl: go\n",
	  ":4: no '+ LINE' says what comes instead" },
	{ REASON "ept/fetch\n- ctl: go\n- ctl: stop\n",
	  ":4: no '+ LINE' says what comes instead" },
	{ REASON "ept/fetch\n- ctl: go\nept/fetch\n",
	  ":4: no '+ LINE' says what comes instead" },
	{ REASON "ept/fetch\n- go\n",
	  ":4: 'go' is not the beginning of a line of a case" },
	{ REASON "ept/fetch\n-0 ctl: go\n",
	  ":4: '-0 ctl: go' is neither a point nor anything else" },
	{ REASON "ept/fetch\n- clt: go\n", ":4: a vCPU has no file 'clt'" },
	{ REASON "ept/fetch\n- ctl: go\n+ ctl: stop\n",
	  ":5: 'ctl:' is not the beginning of a line of a case" },
	{ REASON "ept/fetch\n- ctl: go\n+ ctl? stop\n",
	  ":5: in place of ctl: can only come ctl!" },
	{ REASON "ept/fetch\n- ctl: go\n+ regs! no\n",
	  ":5: in place of a line of ctl can't come one of regs" },
	{ REASON "from\n",
	  ":3: expected: from VERSION until VERSION, or one of them" },
	{ REASON "until 3.0 from 2.7\n",
	  ":3: expected: from VERSION until VERSION, or one of them" },
	{ REASON "from 3.0 to 3.1\n",
	  ":3: expected: from VERSION until VERSION, or one of them" },
	{ REASON "from three\n", ":3: 'three' is not a version" },
	{ REASON "from 3.0 until x\n", ":3: 'x' is not a version" },
	{ REASON "from 3.0 until 2.7\n", ":3: 3.0 comes after 2.7" },
	{ "from 3.0\n", ":1: versions without a 'because' before them" },
	{ REASON "ept/fetch\nfrom 3.0\n",
	  ":4: versions come before the points" },
	{ REASON "erratum\n", ":3: expected: erratum ID PROCESSOR ..." },
	{ REASON "erratum ADL002\n", ":3: expected: erratum ID PROCESSOR ..." },
	{ REASON "erratum ADL002 06_97H 0697H\n",
	  ":3: '0697H' is not a processor: 06_97H, 06_55H:4 or 06_9EH:9-D" },
	{ "erratum ADL002 06_97H\n", ":1: an erratum without a 'because' before it" },
	{ REASON "ept/fetch\nerratum ADL002 06_97H\n",
	  ":4: errata come before the points" },
	{ REASON "erratum ADL002 06_97H\nfrom 3.0\n",
	  ":4: a reason is by versions or by errata, not both" },
	{ REASON "from 3.0\nerratum ADL002 06_97H\n",
	  ":4: a reason is by versions or by errata, not both" },
	{ REASON "check\n", ":3: expected: check NAME ..." },
	{ REASON "field\n", ":3: expected: field NAME ..." },
	{ REASON "check state-20 state-99\n", ":3: there is no check 'state-99'" },
	{ REASON "fatal guest_rip\n", ":3: there is no check 'guest_rip'" },
	{ REASON "field state-20\n", ":3: there is no field 'state-20'" },
	{ REASON "check state-9?\n", ":3: there is no check 'state-9?'" },
	{ REASON "check state-1 with guest_rip\n", ":3: there is no check 'with'" },
	{ REASON "check state-1 with rip 1\n", ":3: there is no field 'rip'" },
	{ REASON "check state-1 with guest_rip one\n", ":3: 'one' is not a number" },
	{ REASON "check with guest_rip 1\n", ":3: expected: check NAME ..." },
	{ REASON "field guest_rip after .hlt\n", ":3: expected: after !entrystate" },
	{ REASON "check state-20\n", ":1: a reason without points" },
	{ REASON "refuses\n", ":3: expected: refuses with FIELD VALUE" },
	{ REASON "executes guest_rip\n", ":3: expected: executes with FIELD VALUE" },
	{ REASON "refuses guest_rip with guest_rip 1\n", ":3: expected: refuses with FIELD VALUE" },
	{ REASON "refuses with guest_rip 1 after !entrystate\n",
	  ":3: expected: refuses with FIELD VALUE" },
	{ "check state-20\n", ":1: 'check' without a 'because' before it" },
	{ REASON "ept/fetch\nfatal state-20\n", ":4: checks and fields come before the points" },
	{ "include\n", ":1: expected: include FILE, of the same folder" },
	{ "include ../r\n", ":1: expected: include FILE, of the same folder" },
};

static void test_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		char error[128];

		snprintf(error, sizeof(error), NAME "%s", wrong[i].error);
		parse(wrong[i].lines, "3.0", error);
		quirks_free(&quirks);
	}
	parse(REASON "from 3.0\n", NULL,
	      NAME ":3: versions, but which is the platform's? FILE@VERSION");
	quirks_free(&quirks);
	parse("", "new", NAME ": 'new' is not a version");
	assert_text(quirks_read(&quirks, "/nonexistent", NULL),
		    "/nonexistent: No such file or directory");
	quirks_free(&quirks);
}

static const struct {
	const char *lines;
	const char *error;
} unknown[] = {
	{ "ept/fetch[c,3]\n" LINES, ":3: there is no point 'ept/fetch[c,3]'" },
	{ "ept/f?\n" LINES, ":3: there is no point 'ept/f?'" },
	{ "ept/fetch\n- wait? .hlt 0x1 ...\n+ wait? nothing\n",
	  ":4: ept/fetch has no such line: wait? .hlt 0x1 ..." },
	{ "ept/fetch\n- wait? .hlt 0x0\n+ wait? nothing\n",
	  ":4: ept/fetch has no such line: wait? .hlt 0x0" },
	{ "ept/fetch\n- wait? .hlt 0x0 ...\n+ wait? #gpp 0x0 ...\n",
	  ":5: there is no VM exit '#gpp'" },
	{ "ept/fetch\n- wait? .vmcall 0x0 ...\n+ wait? nothing\n",
	  ":4: ept/fetch has 2 such lines: which? -1, -2, ..." },
	{ "ept/fetch\n-* wait? .hlt 0x1 ...\n+ wait? nothing\n",
	  ":4: ept/fetch has no such line: wait? .hlt 0x1 ..." },
	{ "ept/fetch\n-3 wait? .vmcall 0x0 ...\n+ wait? nothing\n",
	  ":4: ept/fetch has only 2 such lines" },
	{ "ept/fetch\n- regs? ax ...\n+ regs? dx 0x1\n",
	  ":5: the line of ept/fetch has not these names" },
	{ "ept/fetch\n- regs? ax ...\n+ regs? ax\n",
	  ":5: the line of ept/fetch has not these names" },
	{ "ept/fetch\n- wait? .hlt ...\n+ wait? {z}\n",
	  ":5: there is no 'each z'" },
	{ "ept/fetch\n- wait? .hlt ...\n+ wait? {x\n",
	  ":5: '{' must begin a {NAME}" },
};

static void test_unknown(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(unknown); i++) {
		char lines[256];
		char error[128];

		snprintf(lines, sizeof(lines), REASON "%s", unknown[i].lines);
		snprintf(error, sizeof(error), NAME "%s", unknown[i].error);
		parse(lines, NULL, NULL);
		assert_text(quirks_check(&quirks, &points), error);
		quirks_free(&quirks);
	}
}

/* ---- what comes of a point ---- */

/* The first point fails at this line, of which comes this. */
static const char *apply(unsigned int line, bool error, const char *got,
			 struct result *result)
{
	*result = (struct result){
		.outcome = FAILURE,
		.line = line,
		.got = got ? xstrdup(got) : NULL,
		.error = error,
	};
	return quirks_apply(&quirks, &points.point[0], &script, result);
}

static const struct {
	const char *lines;
	unsigned int line;
	bool error;
	const char *got;
	bool excused;
} failures[] = {
	/* what comes is what the quirk says, and at that line */
	{ "- wait? .hlt ...\n+ wait? .vmcall 0x0 pc $end sp * ilen 0x3/0xf\n",
	  4, false, ".vmcall 0x0 pc 0x100c sp 0x1 ilen 0x13", true },
	{ "- wait? .hlt ...\n+ wait? .vmcall 0x0 pc $end sp * ilen 0x3/0xf\n",
	  4, false, ".vmcall 0x0 pc 0x100c sp 0x1 ilen 0x14", false },
	{ "- wait? .hlt ...\n+ wait? .vmcall 0x0 pc $end sp * ilen 0x3/0xf\n",
	  4, false, ".vmcall 0x0 pc 0x100c sp 0x1 ilen 0x13 iinfo 0x0", false },
	{ "- wait? .hlt ...\n+ wait? .vmcall 0x0 pc $end sp * ilen 0x3/0xf\n",
	  13, false, ".vmcall 0x0 pc 0x100c sp 0x1 ilen 0x13", false },
	{ "- wait? .hlt ...\n+ wait? nothing\n", 4, false, "nothing", true },
	{ "- wait? .hlt ...\n+ wait? nothing\n", 4, true, "nothing", false },
	{ "- wait? .hlt ...\n+ wait? nothing\n", 4, false, NULL, false },
	{ "- wait? .hlt ...\n+ wait! no\n", 4, true, "no", true },
	{ "- wait? .hlt ...\n+ wait! no\n", 4, false, "no", false },
	/* the rest of the line is as the case has it */
	{ "- wait? .hlt ...\n+ wait? .hlt 0x2 ...\n", 4, false,
	  ".hlt 0x2 pc 0x1004 sp 0x19000 ilen 0x1 iinfo 0x7", true },
	{ "- wait? .hlt ...\n+ wait? .hlt 0x2 ...\n", 4, false,
	  ".hlt 0x2 pc 0x1004 sp 0x9000 ilen 0x2 iinfo 0x7", false },
	{ "- wait? .hlt ...\n+ wait? .hlt 0x2 ...\n", 4, false,
	  ".hlt 0x2 pc 0x1004 sp 0x9000", false },
	{ "-1 wait? .vmcall 0x0 ...\n+ wait? .vmcall 0x1 ...\n", 13, false,
	  ".vmcall 0x1 pc 0x1", true },
	{ "-1 wait? .vmcall 0x0 ...\n+ wait? .cpuid 0x0 pc 0x1 ...\n", 13, false,
	  ".cpuid 0x0 pc 0x1 sp 0x2", true },
	{ "-1 wait? .vmcall 0x0 ...\n+ wait? .vmcall 0x1 ...\n", 14, false,
	  ".vmcall 0x1 pc 0x1", false },
	{ "-2 wait? .vmcall 0x0 ...\n+ wait? .vmcall 0x1 ...\n", 14, false,
	  ".vmcall 0x1 pc 0x1", true },
	{ "-* wait? .vmcall 0x0 ...\n+ wait? .vmcall 0x1 ...\n", 13, false,
	  ".vmcall 0x1 pc 0x1", true },
	{ "-* wait? ...\n+ wait? .vmcall 0x1 ...\n", 14, false,
	  ".vmcall 0x1 pc 0x1", true },
	{ "-* wait? .hlt ...\n+ wait? .vmcall 0x1 ...\n", 14, false,
	  ".vmcall 0x1 pc 0x1", false },
	/* this or that */
	{ "- wait? .hlt ...\n+ wait? .cpuid\n+ wait? .invd\n", 4, false,
	  ".cpuid", true },
	{ "- wait? .hlt ...\n+ wait? .cpuid\n+ wait? .invd\n", 4, false,
	  ".invd", true },
	{ "- wait? .hlt ...\n+ wait? .cpuid\n+ wait? .invd\n", 4, false,
	  ".wbinvd", false },
	{ "- ctl: stop\n+ ctl! no\n- wait? .hlt ...\n+ wait? .invd\n", 4, false,
	  ".invd", true },
	/* of several values only what differs */
	{ "- regs? ax ...\n+ regs? bx 0x30/0xf0 cx 0x4\n", 5, false,
	  "ax 0x1 bx 0x3f cx 0x4", true },
	{ "- regs? ax ...\n+ regs? bx 0x30/0xf0 cx 0x4\n", 5, false,
	  "ax 0x2 bx 0x3f cx 0x4", false },
	{ "- regs? ax ...\n+ regs? bx 0x30/0xf0 cx 0x4\n", 5, false,
	  "ax 0x1 bx 0x3f cx 0x3", false },
	{ "- regs? ax {y} ...\n+ regs? cx {y}\n", 5, false,
	  "ax 0x1 bx 0x20 cx 0x1", true },
	{ "- vapic? 0x80 0x20\n+ vapic? 0x80 0x30\n", 6, false, "0x80 0x30",
	  true },
	/* of a text that is read as a whole, each such line */
	{ "- insn? failvalid 7\n+ insn? succeed\n", 7, false,
	  "succeed\nsucceed\nsucceed\n", true },
	{ "- insn? failvalid 7\n+ insn? succeed\n", 7, false,
	  "succeed\nsucceed\nfailvalid 7\n", false },
	{ "- insn? failvalid 7\n+ insn? succeed\n", 7, false,
	  "failvalid 7\nsucceed\nsucceed\n", false },
	{ "-2 insn? failvalid 7\n+ insn? succeed\n", 7, false,
	  "succeed\nfailvalid 7\nsucceed\n", true },
	{ "-2 insn? failvalid 7\n+ insn? succeed\n", 7, false,
	  "succeed\nsucceed\nfailvalid 7\n", false },
	{ "-1 insn? failvalid 7\n+ insn? #UD\n-2 insn? failvalid 7\n+ insn? a *\n",
	  7, false, "succeed\n#UD\na b\n", true },
	{ "-1 insn? failvalid 7\n+ insn? #UD\n-2 insn? failvalid 7\n+ insn? a *\n",
	  7, false, "succeed\n#UD\na b\na b\n", false },
	{ "-1 insn? failvalid 7\n+ insn? #UD\n-2 insn? failvalid 7\n+ insn? a *\n",
	  7, false, "succeed\n#UD\n", false },
	{ "- insn? succeed\n+ insn! no\n", 7, true, "no", true },
	{ "- insn? succeed\n+ insn! no\n", 7, true, "yes", false },
	{ "- mem? 0xa000 0102\n+ mem? 0xa000 ..03\n", 10, false, "0xa000 7703",
	  true },
	{ "- mem? 0xa000 0102\n+ mem? 0xa000 ..03\n", 10, false, "0xa000 7702",
	  false },
	{ "- mem? 0xa000 0102\n+ mem? 0xa000 ..03\n", 10, false, "0xa000 77",
	  false },
	{ "- mem? 0xa000 0102\n+ mem? 0xa000 0103\n", 10, false, "0xa000 0103",
	  true },
	/* a change, and one that must fail */
	{ "- ctl: go ax=1;\n+ ctl! Invalid argument\n", 15, true,
	  "Invalid argument", true },
	{ "- ctl: go ax=1;\n+ ctl! Invalid argument\n", 15, true, "busy", false },
	{ "- ctl! not running\n+ ctl! no error\n", 12, true, "no error", true },
	{ "- ctl! not running\n+ ctl! no error\n", 11, true, "no error", false },
};

static void test_failures(void **state)
{
	struct result result;
	const char *todo;

	(void)state;
	for (size_t i = 0; i < COUNT(failures); i++) {
		char lines[256];

		snprintf(lines, sizeof(lines), REASON "ept/fetch\n%s",
			 failures[i].lines);
		parse(lines, NULL, NULL);
		assert_null(quirks_check(&quirks, &points));
		todo = apply(failures[i].line, failures[i].error,
			     failures[i].got, &result);
		if (failures[i].excused != !!todo)
			print_error("row %zu: %s\n", i, failures[i].lines);
		assert_int_equal(failures[i].excused, !!todo);
		assert_int_equal(result.outcome, FAILURE);
		assert_non_null(result.quirk);
		if (todo)
			assert_string_equal(todo, "a: b");
		else
			assert_string_equal(result.quirk,
					    NAME ":3: another difference");
		result_free(&result);
		quirks_free(&quirks);
	}
}

static void test_which_quirk(void **state)
{
	struct result result;

	(void)state;
	parse(REASON "until 2.7\nept/fetch\n- wait? .hlt ...\n+ wait? .invd\n"
	      "because c\nright d\nept/f*\n- wait? .hlt ...\n+ wait? .cpuid\n"
	      "because e\nright f\nept/fetch[a,1]\n"
	      "- wait? .hlt ...\n+ wait? .wbinvd\n", "3.0", NULL);
	assert_null(apply(4, false, ".invd", &result));
	result_free(&result);
	assert_string_equal(apply(4, false, ".cpuid", &result), "c: d");
	assert_string_equal(result.quirk, NAME ":11");
	result_free(&result);
	assert_string_equal(apply(4, false, ".wbinvd", &result), "e: f");
	assert_string_equal(result.quirk, NAME ":16");
	result_free(&result);
	quirks_free(&quirks);
	/* nothing is said of a point that has none */
	parse(REASON "ept/fetch[b,2]\n" LINES, NULL, NULL);
	assert_null(apply(4, false, ".vmcall", &result));
	assert_null(result.quirk);
	result_free(&result);
	quirks_free(&quirks);
	/* nor of a label that there is not */
	parse(REASON "ept/fetch\n- wait? .hlt ...\n+ wait? $no\n", NULL, NULL);
	assert_null(apply(4, false, ".vmcall", &result));
	assert_int_equal(result.outcome, ERROR);
	assert_string_equal(result.message,
			    NAME ":5: an unknown {NAME}, $label or intr()");
	result_free(&result);
	quirks_free(&quirks);
	/* words stand for numbers, as in a case */
	parse(REASON "ept/fetch\n- wait? .hlt ...\n+ wait? intr(#np,hw)\n",
	      NULL, NULL);
	assert_null(apply(4, false, "0x80000b0b", &result));
	result_free(&result);
	assert_non_null(apply(4, false, "0x8000030b", &result));
	result_free(&result);
	quirks_free(&quirks);
}

static void other(const char *point, const char *version, enum outcome before,
		  enum outcome after, const char *message)
{
	struct result result = { .outcome = before };
	char lines[256];

	snprintf(lines, sizeof(lines), REASON "until 2.7\n%s\n" LINES, point);
	parse(lines, version, NULL);
	assert_null(quirks_apply(&quirks, &points.point[0], &script, &result));
	assert_int_equal(result.outcome, after);
	if (message)
		assert_string_equal(result.message, message);
	else
		assert_null(result.message);
	result_free(&result);
	quirks_free(&quirks);
}

static void test_other_outcomes(void **state)
{
	(void)state;
	other("ept/fetch[a,1]", "2.7", PASS, FAILURE,
	      "passes, but is listed in " NAME ":4");
	other("sometimes ept/fetch[a,1]", "2.7", PASS, PASS, NULL);
	other("ept/fetch[a,1]", "3.0", PASS, PASS, NULL);
	other("ept/fetch[b,2]", "2.7", PASS, PASS, NULL);
	other("ept/fetch", "2.7", SKIP, SKIP, NULL);
	other("ept/fetch", "2.7", ERROR, ERROR, NULL);
}

/* ---- what has no points ---- */

static void test_dies(void **state)
{
	struct result result = { .outcome = PASS };
	const char *place = NULL;

	(void)state;
	parse(REASON "dies ept/fetch[a,1]\nept/fetch[b,2]\n" LINES, NULL, NULL);
	assert_null(quirks_check(&quirks, &points));
	assert_null(quirks_dies(&quirks, &points.point[1], false, &place));
	assert_null(quirks_dies(&quirks, &points.point[0], true, &place));
	assert_null(place);
	assert_string_equal(quirks_dies(&quirks, &points.point[0], false, &place), "a: b");
	assert_string_equal(place, NAME ":3");
	quirks_free(&quirks);

	parse(REASON "sometimes dies ept/fetch[a,1]\n" LINES, NULL, NULL);
	assert_null(quirks_check(&quirks, &points));
	assert_null(quirks_dies(&quirks, &points.point[0], false, &place));
	assert_null(quirks_dies(&quirks, &points.point[1], true, &place));
	assert_string_equal(quirks_dies(&quirks, &points.point[0], true, &place), "a: b");
	assert_null(quirks_apply(&quirks, &points.point[0], &script, &result));
	assert_int_equal(result.outcome, PASS);
	quirks_free(&quirks);
}

static void test_deviations(void **state)
{
	struct quirks quirks = { 0 };
	size_t count;
	const struct vmxcheck_check *checks = vmxcheck_checks(&count);
	char *error = quirks_parse(&quirks, "q",
				   REASON "check state-20\nfatal guest-7 rip-7\nfield guest_rip\n"
				   "ept/fetch\n" LINES
				   REASON "until 2.7\ncheck state-1\nept/fetch\n" LINES, "3.0");
	static const enum deviation_kind kinds[] = {
		DEVIATION_CHECK, DEVIATION_CHECK, DEVIATION_CHECK, DEVIATION_FIELD, DEVIATION_CHECK,
	};
	static const bool fatal[] = { false, true, true, false, false };
	static const char *const names[] = { "state-20", "guest-7", "rip-7", NULL, "state-1" };

	(void)state;
	assert_null(error);
	assert_int_equal(quirks.ndeviations, 5);
	for (size_t i = 0; i < 5; i++) {
		const struct deviation *deviation = &quirks.deviation[i];

		assert_int_equal(deviation->kind, kinds[i]);
		assert_int_equal(deviation->fatal, fatal[i]);
		assert_int_equal(deviation->reason, i == 4);
		if (names[i])
			assert_string_equal(checks[deviation->number].id, names[i]);
		else
			assert_int_equal(deviation->number, 0x681e);
	}
	assert_true(quirks.reason[0].active);
	assert_false(quirks.reason[1].active);
	quirks_free(&quirks);
}

static void test_conditions(void **state)
{
	struct quirks quirks = { 0 };
	size_t count, segments = 0;
	const struct vmxcheck_check *checks = vmxcheck_checks(&count);
	char *error = quirks_parse(&quirks, "q",
				   REASON "check segment-* with guest_activity_state 0x1\n"
				   "field guest_rip with guest_rip 7 after !entrystate\n"
				   "field guest_rsp after !entrystate\n"
				   "refuses with guest_rip 7 with guest_rsp 0x10/0x30\n"
				   "ept/fetch\n" LINES REASON "fatal guest-7 vmcall-4\n", NULL);
	const struct deviation *deviation = quirks.deviation;

	(void)state;
	assert_null(error);
	for (size_t i = 0; i < count; i++)
		segments += !strncmp(checks[i].id, "segment-", 8);
	assert_true(segments > 40);
	assert_int_equal(quirks.ndeviations, segments + 5);
	for (size_t i = 0; i < segments; i++, deviation++) {
		assert_memory_equal(checks[deviation->number].id, "segment-", 8);
		assert_true(deviation->nconditions == 1 && !deviation->after_failure);
		assert_int_equal(deviation->condition[0].field, 0x4826);
		assert_int_equal(deviation->condition[0].value, 1);
	}
	assert_true(deviation->nconditions == 1 && deviation->after_failure);
	assert_int_equal(deviation->condition[0].field, 0x681e);
	assert_int_equal(deviation->condition[0].value, 7);
	deviation++;
	assert_true(!deviation->nconditions && deviation->after_failure);
	assert_int_equal(deviation->number, 0x681c);
	deviation++;
	assert_int_equal(deviation->kind, DEVIATION_REFUSES);
	assert_int_equal(deviation->nconditions, 2);
	/* the last one first */
	assert_int_equal(deviation->condition[0].field, 0x681c);
	assert_int_equal(deviation->condition[0].value, 0x10);
	assert_int_equal(deviation->condition[0].mask, 0x30);
	assert_int_equal(deviation->condition[1].field, 0x681e);
	assert_int_equal(deviation->condition[1].mask, UINT64_MAX);
	deviation++;
	assert_true(deviation->fatal && deviation->kind == DEVIATION_CHECK);
	assert_string_equal(checks[deviation->number].id, "guest-7");
	deviation++;
	assert_true(deviation->fatal && deviation->kind == DEVIATION_RULE);
	assert_string_equal(vmxcheck_rules(&count)[deviation->number].id, "vmcall-4");
	quirks_free(&quirks);
}

/* ---- errata, of points ---- */

static const struct {
	const char *lines;
	const char *caps;
	const char *id;		/* NULL: there is none for it */
} errata[] = {
	{ "erratum ADL002 06_97H 06_9AH\n", ALDER_LAKE, "ADL002" },
	{ "erratum RPL003 06_B7H\nerratum ADL002 06_9AH 06_97H\n", ALDER_LAKE, "ADL002" },
	{ "erratum RPL003 06_B7H\n", ALDER_LAKE, NULL },
	{ "erratum X1 0F_97H\n", ALDER_LAKE, NULL },
	{ "erratum X1 06_97H:2\n", ALDER_LAKE, "X1" },
	{ "erratum X1 06_97H:0-2\n", ALDER_LAKE, "X1" },
	{ "erratum X1 06_97H:2-5\n", ALDER_LAKE, "X1" },
	{ "erratum X1 06_97H:0-1\n", ALDER_LAKE, NULL },
	{ "erratum X1 06_97H:3\nerratum X2 06_97H:2\n", ALDER_LAKE, "X2" },
	{ "erratum ADL002 06_97H\n", "cpuid.signature 0x90672\n", NULL },
};

static void test_errata(void **state)
{
	struct result result;
	char expected[64];
	char lines[256];

	(void)state;
	for (size_t i = 0; i < COUNT(errata); i++) {
		snprintf(lines, sizeof(lines), REASON "%sept/fetch\n" LINES, errata[i].lines);
		parse(lines, NULL, NULL);
		assert_null(quirks_check(&quirks, &points));
		/* none before the processor is known */
		assert_null(apply(4, false, ".vmcall 0x0 pc 0x1", &result));
		result_free(&result);
		quirks_choose(&quirks, errata[i].caps);
		assert_int_equal(quirks.reason[0].active, !!errata[i].id);
		if (errata[i].id) {
			snprintf(expected, sizeof(expected), "known erratum %s: a: b",
				 errata[i].id);
			assert_string_equal(quirks.reason[0].text, expected);
		}
		quirks_free(&quirks);
	}
}

/* What it does with a point of the processor, and which message that has. */
static void test_erratum_applies(void **state)
{
	struct result result;
	const char *todo;

	(void)state;
	parse(REASON "erratum ADL002 06_97H\nept/fetch\n- wait? .hlt ...\n+ wait? .cpuid\n"
	      "because c\nright d\nuntil 3.0\nept/fetch\n- wait? .hlt ...\n+ wait? .invd\n",
	      "3.0", NULL);
	/* also if the case has been asked for before */
	assert_null(apply(4, false, ".cpuid", &result));
	result_free(&result);
	quirks_choose(&quirks, ALDER_LAKE);
	todo = apply(4, false, ".cpuid", &result);
	assert_string_equal(todo, "known erratum ADL002: a: b");
	assert_string_equal(result.quirk, NAME ":6");
	result_free(&result);
	assert_string_equal(apply(4, false, ".invd", &result), "c: d");
	result_free(&result);
	assert_null(apply(4, false, ".wbinvd", &result));
	assert_string_equal(result.quirk, NAME ":10: another difference");
	result_free(&result);
	quirks_free(&quirks);
	/* it may be mended */
	parse(REASON "erratum ADL002 06_97H\nept/fetch\n" LINES, NULL, NULL);
	quirks_choose(&quirks, ALDER_LAKE);
	result = (struct result){ .outcome = PASS };
	assert_null(quirks_apply(&quirks, &points.point[0], &script, &result));
	assert_int_equal(result.outcome, PASS);
	assert_null(result.message);
	result_free(&result);
	quirks_free(&quirks);
}

static void test_erratum_under_hypervisor(void **state)
{
	struct result result;

	(void)state;
	parse(REASON "erratum ADL002 06_97H\nept/fetch\n- wait? .hlt ...\n+ wait? .cpuid\n"
	      "ept/fetch\n- wait? .hlt ...\n+ wait? .cpuid\n"
	      "because c\nright d\nuntil 3.0\nept/fetch\n- wait? .hlt ...\n+ wait? .invd\n",
	      "3.0", NULL);
	quirks_choose(&quirks, ALDER_LAKE HYPERVISOR);
	assert_null(apply(4, false, ".cpuid", &result));
	assert_int_equal(result.outcome, FAILURE);
	assert_string_equal(result.quirk, NAME ":9: as known erratum ADL002: a: b; "
			    "but VMX is a hypervisor's here");
	result_free(&result);
	/* what is the platform's is excused all the same */
	assert_string_equal(apply(4, false, ".invd", &result), "c: d");
	assert_string_equal(result.quirk, NAME ":15");
	result_free(&result);
	quirks_free(&quirks);
}

/* ---- files ---- */

static char dir[] = "/tmp/vmxrun-test-XXXXXX";

static const char *path_of(const char *name)
{
	static char path[64];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void write_file(const char *name, const char *lines)
{
	FILE *out = fopen(path_of(name), "w");

	assert_non_null(out);
	fputs(lines, out);
	fclose(out);
}

static void read_dir(const char *error)
{
	char *wrong_text = quirks_read(&quirks, path_of("q"), "3.0");
	char *expected = error ? xasprintf("%s/%s", dir, error) : NULL;

	assert_text(wrong_text, expected);
	free(expected);
}

static void test_include(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(dir));
	write_file("q", REASON "ept/fetch\n" LINES "include r\n"
		   "because c\nright d\nept/fetch\n" LINES);
	write_file("r", "because e\nright f\nuntil 2.7\nept/f*\n" LINES);
	read_dir(NULL);
	assert_int_equal(quirks.nreasons, 3);
	assert_int_equal(quirks.count, 3);
	assert_string_equal(quirks.reason[1].text, "e: f");
	assert_false(quirks.reason[1].active);
	assert_string_equal(quirks.reason[2].text, "c: d");
	assert_null(quirks_check(&quirks, &points));
	quirks_free(&quirks);
	write_file("r", "ept/fetch\n");
	read_dir("r:1: a point without a 'because' before it");
	quirks_free(&quirks);
	write_file("r", "include q\n");
	read_dir("q:6: too many files that include one another");
	quirks_free(&quirks);
	unlink(path_of("r"));
	read_dir("r: No such file or directory");
	quirks_free(&quirks);
	unlink(path_of("q"));
	rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_range),
		cmocka_unit_test(test_processor),
		cmocka_unit_test(test_processor_names),
		cmocka_unit_test(test_dies),
		cmocka_unit_test(test_deviations),
		cmocka_unit_test(test_conditions),
		cmocka_unit_test(test_errata),
		cmocka_unit_test(test_erratum_applies),
		cmocka_unit_test(test_erratum_under_hypervisor),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_which_quirk),
		cmocka_unit_test(test_other_outcomes),
		cmocka_unit_test(test_include),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
