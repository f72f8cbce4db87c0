// SPDX-License-Identifier: GPL-2.0
#include "files.h"

#include "words.h"

enum {
#define VMXFS_FORMAT(format, kind, access, min, max, errnos, example) KIND_OF_##format = FILE_##kind,
#include "vmxfs_files.h"
};

static const struct file files[] = {
#define VMXFS_FILE(name, format, which) { #name, (enum file_kind)KIND_OF_##format },
#include "vmxfs_files.h"
	{ MEMORY_FILE, FILE_BYTES },
};

const struct file *find_file(const char *name, size_t length)
{
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (name_is(files[i].name, name, length))
			return &files[i];
	return NULL;
}
