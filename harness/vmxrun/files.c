// SPDX-License-Identifier: GPL-2.0
#include "files.h"

#include "words.h"

static const struct file files[] = {
	{ "ctl", FILE_LINES },
	{ "regs", FILE_NAMES },
	{ "map", FILE_LINES },
	{ "map1", FILE_LINES },
	{ "map2", FILE_LINES },
	{ "status", FILE_LINES },
	{ "wait", FILE_WAIT },
	{ "error", FILE_LINES },
	{ "fpregs", FILE_BYTES },
	{ MEMORY_FILE, FILE_BYTES },
	{ "vmcs", FILE_NAMES },
	{ "insn", FILE_LINES },
	{ "ept", FILE_LINES },
	{ "iobitmap", FILE_LINES },
	{ "msrbitmap", FILE_LINES },
	{ "vmreadbitmap", FILE_LINES },
	{ "vmwritebitmap", FILE_LINES },
	{ "entrymsrload", FILE_LINES },
	{ "exitmsrstore", FILE_LINES },
	{ "exitmsrload", FILE_LINES },
	{ "eptplist", FILE_PAGE },
	{ "vapic", FILE_PAGE },
	{ "apicaccess", FILE_PAGE },
	{ "pml", FILE_PAGE },
	{ "veinfo", FILE_PAGE },
	{ "pid", FILE_PAGE },
};

const struct file *find_file(const char *name, size_t length)
{
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (name_is(files[i].name, name, length))
			return &files[i];
	return NULL;
}
