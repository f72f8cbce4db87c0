// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE	/* cpu_set_t */
#include "cores.h"

#include <stdlib.h>
#include <string.h>

#include "util.h"

/* SDM, "CPUID--CPU Identification", leaf 1AH, EAX: "Core type", and the rest */
#define TYPE(id) ((id) >> 24)
#define NATIVE_MODEL(id) ((id) & 0xffffff)

static const struct {
	uint8_t type;
	const char *name;
} types[] = {
	{ 0x20, "atom" },
	{ 0x40, "core" },
};

char *core_type_name(uint32_t id)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (types[i].type == TYPE(id))
			return xstrdup(types[i].name);
	return xasprintf("type-0x%x", TYPE(id));
}

static struct core_kind *kind_of(struct core_kinds *kinds, uint32_t id)
{
	struct core_kind kind = { .id = id };

	for (size_t i = 0; i < kinds->count; i++)
		if (kinds->kind[i].id == id)
			return &kinds->kind[i];
	APPEND(kinds->kind, kinds->count, kind);
	return &kinds->kind[kinds->count - 1];
}

/* How many microarchitectures there are of a type. */
static size_t count_type(const struct core_kinds *kinds, uint8_t type)
{
	size_t count = 0;

	for (size_t i = 0; i < kinds->count; i++)
		count += TYPE(kinds->kind[i].id) == type;
	return count;
}

/* The type is enough where there is one microarchitecture of it: "atom", else "atom-2". */
static void name_kind(const struct core_kinds *kinds, struct core_kind *kind)
{
	char *type = core_type_name(kind->id);

	if (count_type(kinds, TYPE(kind->id)) == 1) {
		kind->name = type;
		return;
	}
	kind->name = xasprintf("%s-%u", type, NATIVE_MODEL(kind->id));
	free(type);
}

void core_kinds_find(struct core_kinds *kinds, const cpu_set_t *processors,
		     core_id_of *id_of)
{
	uint32_t id;

	*kinds = (struct core_kinds){ 0 };
	for (int i = 0; i < CPU_SETSIZE; i++)
		if (CPU_ISSET(i, processors) && id_of(i, &id))
			CPU_SET(i, &kind_of(kinds, id)->processors);
	for (size_t i = 0; i < kinds->count; i++)
		name_kind(kinds, &kinds->kind[i]);
}

void core_kinds_free(struct core_kinds *kinds)
{
	for (size_t i = 0; i < kinds->count; i++)
		free(kinds->kind[i].name);
	free(kinds->kind);
	*kinds = (struct core_kinds){ 0 };
}

const struct core_kind *core_kind_named(const struct core_kinds *kinds,
					const char *name)
{
	for (size_t i = 0; i < kinds->count; i++)
		if (strcmp(kinds->kind[i].name, name) == 0)
			return &kinds->kind[i];
	return NULL;
}

/* The last one of those in a row. */
static int last_of_row(const cpu_set_t *set, int first)
{
	while (first + 1 < CPU_SETSIZE && CPU_ISSET(first + 1, set))
		first++;
	return first;
}

/* "0-3,8", as Linux writes it. */
static void print_set(struct string *list, const cpu_set_t *set)
{
	const char *comma = "";

	for (int i = 0; i < CPU_SETSIZE; i++) {
		int last;

		if (!CPU_ISSET(i, set))
			continue;
		last = last_of_row(set, i);
		if (last == i)
			string_print(list, "%s%d", comma, i);
		else
			string_print(list, "%s%d-%d", comma, i, last);
		comma = ",";
		i = last;
	}
}

char *core_kinds_list(const struct core_kinds *kinds)
{
	struct string list = { 0 };

	for (size_t i = 0; i < kinds->count; i++) {
		string_print(&list, "%s ", kinds->kind[i].name);
		print_set(&list, &kinds->kind[i].processors);
		string_add(&list, "\n");
	}
	return string_end(&list);
}
