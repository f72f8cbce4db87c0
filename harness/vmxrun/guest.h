/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A guest: an ELF64 executable, its segments and its labels.
 */
#ifndef GUEST_H
#define GUEST_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct guest {
	const char *file;
	size_t nsegments;
	const Elf64_Phdr *segment;
	size_t nsymbols;
	const Elf64_Sym *symbol;
	const char *names;	/* of the symbols */
	size_t names_size;
	uint64_t phys_end;	/* label of the processor: the first address beyond its width */
	const char *caps;	/* text of vmxfs' caps file, of which each name is a label */
};

/*
 * Returns NULL, or what is wrong, which the caller frees. The guest is there
 * until another path is read: the next point mostly has the same one.
 */
char *guest_read(struct guest *guest, const char *path);
/* The same for an image in memory, which stays the caller's. */
char *guest_parse(struct guest *guest, const char *file, size_t length);

bool guest_label(const struct guest *guest, const char *name, size_t length,
		 uint64_t *value);

/* Whether all that is to be loaded lies below size. */
bool guest_fits(const struct guest *guest, uint64_t size);

#endif
