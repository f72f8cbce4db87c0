// SPDX-License-Identifier: GPL-2.0
#include "guest.h"

#include <stdlib.h>
#include <string.h>

#include "util.h"
#include "words.h"

#define MAX_GUEST_SIZE (16 << 20)

struct image {
	const char *start;
	size_t length;
};

/* A table within the file, or NULL if it isn't. */
static const void *table(const struct image *image, uint64_t offset,
			 uint64_t count, size_t size)
{
	if (offset > image->length || offset % 8 != 0 ||
	    count > (image->length - offset) / size)
		return NULL;
	return image->start + offset;
}

static const char *parse_segments(struct guest *guest,
				  const struct image *image,
				  const Elf64_Ehdr *header)
{
	if (header->e_phentsize != sizeof(Elf64_Phdr))
		return "no program headers";
	guest->segment = table(image, header->e_phoff, header->e_phnum,
			       sizeof(Elf64_Phdr));
	if (!guest->segment)
		return "program headers outside the file";
	guest->nsegments = header->e_phnum;
	for (size_t i = 0; i < guest->nsegments; i++) {
		const Elf64_Phdr *segment = &guest->segment[i];

		if (segment->p_type != PT_LOAD)
			continue;
		if (segment->p_offset > image->length ||
		    segment->p_filesz > image->length - segment->p_offset ||
		    segment->p_filesz > segment->p_memsz)
			return "a segment outside the file";
	}
	return NULL;
}

static const char *parse_symbols(struct guest *guest,
				 const struct image *image,
				 const Elf64_Ehdr *header)
{
	const Elf64_Shdr *section;
	const Elf64_Shdr *symbols = NULL;
	const Elf64_Shdr *names;

	section = table(image, header->e_shoff, header->e_shnum,
			sizeof(Elf64_Shdr));
	if (!section ||
	    (header->e_shnum && header->e_shentsize != sizeof(*section)))
		return "section headers outside the file";
	for (size_t i = 0; i < header->e_shnum; i++)
		if (section[i].sh_type == SHT_SYMTAB)
			symbols = &section[i];
	if (!symbols || symbols->sh_link >= header->e_shnum)
		return "no symbols";
	names = &section[symbols->sh_link];
	if (names->sh_offset > image->length ||
	    names->sh_size > image->length - names->sh_offset ||
	    !names->sh_size ||
	    image->start[names->sh_offset + names->sh_size - 1])
		return "no names of symbols";
	guest->names = image->start + names->sh_offset;
	guest->names_size = names->sh_size;
	guest->nsymbols = symbols->sh_size / sizeof(Elf64_Sym);
	guest->symbol = table(image, symbols->sh_offset, guest->nsymbols,
			      sizeof(Elf64_Sym));
	return guest->symbol ? NULL : "symbols outside the file";
}

static const char *parse(struct guest *guest, const struct image *image)
{
	const Elf64_Ehdr *header = table(image, 0, 1, sizeof(*header));
	const char *error;

	if (!header || memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
	    header->e_ident[EI_CLASS] != ELFCLASS64 ||
	    header->e_ident[EI_DATA] != ELFDATA2LSB ||
	    header->e_machine != EM_X86_64 || header->e_type != ET_EXEC)
		return "no ELF64 executable for x86-64";
	error = parse_segments(guest, image, header);
	return error ? error : parse_symbols(guest, image, header);
}

char *guest_parse(struct guest *guest, const char *file, size_t length)
{
	struct image image = { .start = file, .length = length };
	const char *error;

	*guest = (struct guest){ .file = file };
	error = parse(guest, &image);
	if (!error)
		return NULL;
	*guest = (struct guest){ 0 };
	return xstrdup(error);
}

char *guest_read(struct guest *guest, const char *path)
{
	static char *last;
	static char *file;
	static size_t length;
	int error = 0;

	*guest = (struct guest){ 0 };
	if (!last || strcmp(last, path) != 0) {
		free(last);
		free(file);
		last = NULL;
		error = read_whole_file(path, MAX_GUEST_SIZE, &file, &length);
	}
	if (error)
		return xstrdup(strerror(-error));
	if (!last)
		last = xstrdup(path);
	return guest_parse(guest, file, length);
}

bool guest_label(const struct guest *guest, const char *name, size_t length,
		 uint64_t *value)
{
	for (size_t i = 0; i < guest->nsymbols; i++) {
		const Elf64_Sym *symbol = &guest->symbol[i];
		const char *label = guest->names + symbol->st_name;

		if (symbol->st_name >= guest->names_size || *label != *name ||
		    !name_is(label, name, length) ||
		    symbol->st_shndx == SHN_UNDEF ||
		    ELF64_ST_TYPE(symbol->st_info) == STT_FILE ||
		    ELF64_ST_TYPE(symbol->st_info) == STT_SECTION)
			continue;
		*value = symbol->st_value;
		return true;
	}
	*value = guest->phys_end;
	return name_is("phys_end", name, length);
}

bool guest_fits(const struct guest *guest, uint64_t size)
{
	for (size_t i = 0; i < guest->nsegments; i++) {
		const Elf64_Phdr *segment = &guest->segment[i];

		if (segment->p_type == PT_LOAD &&
		    (segment->p_paddr > size ||
		     segment->p_memsz > size - segment->p_paddr))
			return false;
	}
	return true;
}
