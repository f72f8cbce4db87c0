/* SPDX-License-Identifier: GPL-2.0 */
/* A small guest as ld would make it, for tests to load and to damage. */
#ifndef GUEST_IMAGE_H
#define GUEST_IMAGE_H

#include <elf.h>
#include <stdlib.h>
#include <string.h>

/* The first names are not the guest's labels: a file, an undefined one. */
#define GUEST_NAMES "\0x.asm\0elsewhere\0start\0hlt\0hlt2\0end"

enum { NAME_FILE = 1, NAME_ELSEWHERE = 7, NAME_START = 17, NAME_HLT = 23,
	NAME_HLT2 = 27, NAME_END = 32 };

struct guest_image {
	Elf64_Ehdr header;
	Elf64_Phdr segment[2];
	Elf64_Shdr section[3];
	Elf64_Sym symbol[7];
	char names[sizeof(GUEST_NAMES)];
	char text[16];
};

static inline struct guest_image *guest_image_new(void)
{
	struct guest_image *image = malloc(sizeof(*image));

	*image = (struct guest_image){
		.header = {
			.e_ident = ELFMAG "\2\1\1",
			.e_type = ET_EXEC,
			.e_machine = EM_X86_64,
			.e_phoff = offsetof(struct guest_image, segment),
			.e_phentsize = sizeof(Elf64_Phdr),
			.e_phnum = 2,
			.e_shoff = offsetof(struct guest_image, section),
			.e_shentsize = sizeof(Elf64_Shdr),
			.e_shnum = 3,
		},
		.segment = {
			{ .p_type = PT_NOTE, .p_offset = UINT64_MAX },
			{
				.p_type = PT_LOAD,
				.p_offset = offsetof(struct guest_image, text),
				.p_filesz = 16,
				.p_memsz = 0x2000,
				.p_paddr = 0x1000,
			},
		},
		.section = {
			[1] = {
				.sh_type = SHT_SYMTAB,
				.sh_offset = offsetof(struct guest_image, symbol),
				.sh_size = sizeof(image->symbol),
				.sh_link = 2,
			},
			[2] = {
				.sh_type = SHT_STRTAB,
				.sh_offset = offsetof(struct guest_image, names),
				.sh_size = sizeof(image->names),
			},
		},
		.symbol = {
			[1] = { NAME_FILE, STT_FILE, 0, SHN_ABS, 0, 0 },
			[2] = { NAME_ELSEWHERE, 0, 0, SHN_UNDEF, 0, 0 },
			[3] = { NAME_START, 0, 0, 1, 0x1000, 0 },
			[4] = { NAME_HLT, 0, 0, 1, 0x1004, 0 },
			[5] = { NAME_HLT2, 0, 0, 1, 0x1008, 0 },
			[6] = { NAME_END, STT_NOTYPE, 0, SHN_ABS, 0x100c, 0 },
		},
		.names = GUEST_NAMES,
		.text = "\xf4",
	};
	return image;
}

#endif
