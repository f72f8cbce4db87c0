// SPDX-License-Identifier: GPL-2.0
#include "files.h"

#include "words.h"

enum {
#define VMXFS_FORMAT(format, kind, access, min, max, errnos, example) KIND_OF_##format = FILE_##kind,
#include "vmxfs_files.h"
};

static const struct file files[] = {
#define VMXFS_FILE(name, format, which) \
	{ #name, #name, 0, (enum file_kind)KIND_OF_##format }, \
	{ "b/" #name, #name, 1, (enum file_kind)KIND_OF_##format }, \
	{ "c/" #name, #name, 2, (enum file_kind)KIND_OF_##format },
#include "vmxfs_files.h"
	{ MEMORY_FILE, MEMORY_FILE, 0, FILE_BYTES },
	{ "b/" MEMORY_FILE, MEMORY_FILE, 1, FILE_BYTES },
	{ "c/" MEMORY_FILE, MEMORY_FILE, 2, FILE_BYTES },
	{ PROCESSOR_FILE, PROCESSOR_FILE, 0, FILE_LINES },
	{ "b/" PROCESSOR_FILE, PROCESSOR_FILE, 1, FILE_LINES },
	{ "c/" PROCESSOR_FILE, PROCESSOR_FILE, 2, FILE_LINES },
	{ CAPS_FILE, CAPS_FILE, 0, FILE_NAMES },
};

const struct file *find_file(const char *name, size_t length)
{
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (name_is(files[i].name, name, length))
			return &files[i];
	return NULL;
}
