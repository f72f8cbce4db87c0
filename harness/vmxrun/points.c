// SPDX-License-Identifier: GPL-2.0
#include "points.h"

#include <errno.h>
#include <fnmatch.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>

#include "util.h"
#include "words.h"

#define MAX_POINTS 4096
#define SUFFIX ".case"

/* Fits a name that is no trouble in TAP and in a shell. */
#define NAME_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-/"

static const char *value_of(const struct each *each, size_t row, size_t name)
{
	return each->value[row * each->nnames + name];
}

static char *point_name(const struct casefile *file, const size_t *row)
{
	struct string name = { 0 };
	const char *separator = "[";

	string_add(&name, file->name);
	for (size_t i = 0; i < file->neaches; i++) {
		for (size_t k = 0; k < file->each[i].nlabels; k++) {
			string_add(&name, separator);
			string_add(&name, value_of(&file->each[i], row[i], k));
			separator = ",";
		}
	}
	if (file->neaches)
		string_add(&name, "]");
	return string_end(&name);
}

/* Counts up, the last 'each' fastest; false after the last combination. */
static bool next_rows(const struct casefile *file, size_t *row)
{
	for (size_t i = file->neaches; i-- > 0; ) {
		if (++row[i] < file->each[i].nrows)
			return true;
		row[i] = 0;
	}
	return false;
}

static void add_point(struct points *points, const struct casefile *file,
		      const size_t *row)
{
	struct point point = { .file = file };

	point.row = xreallocarray(NULL, file->neaches, sizeof(*row));
	memcpy(point.row, row, file->neaches * sizeof(*row));
	point.name = point_name(file, row);
	APPEND(points->point, points->count, point);
}

static void add_broken_point(struct points *points,
			     const struct casefile *file)
{
	struct point point = { .file = file, .name = xstrdup(file->name) };

	APPEND(points->point, points->count, point);
}

static size_t count_points(const struct casefile *file)
{
	size_t count = 1;

	for (size_t i = 0; i < file->neaches && count <= MAX_POINTS; i++)
		count *= file->each[i].nrows;
	return count;
}

void points_add(struct points *points, struct casefile *file)
{
	size_t *row;

	if (!file->error.text && count_points(file) > MAX_POINTS)
		file->error.text = xasprintf("more than %d points", MAX_POINTS);
	if (file->error.text) {
		add_broken_point(points, file);
		return;
	}
	row = xreallocarray(NULL, file->neaches, sizeof(*row));
	memset(row, 0, file->neaches * sizeof(*row));
	do {
		add_point(points, file, row);
	} while (next_rows(file, row));
	free(row);
}

void points_free(struct points *points)
{
	for (size_t i = 0; i < points->count; i++) {
		free(points->point[i].name);
		free(points->point[i].row);
	}
	free(points->point);
	*points = (struct points){ 0 };
}

const char *point_value(const struct point *point, const char *name,
			size_t length)
{
	const struct casefile *file = point->file;

	for (size_t i = 0; i < file->neaches; i++) {
		const struct each *each = &file->each[i];

		for (size_t k = 0; k < each->nnames; k++)
			if (name_is(each->name[k], name, length))
				return value_of(each, point->row[i], k);
	}
	return NULL;
}

char *point_values(const struct point *point)
{
	const struct casefile *file = point->file;
	struct string values = { 0 };

	if (!file->neaches || !point->row)
		return NULL;
	for (size_t i = 0; i < file->neaches; i++) {
		const struct each *each = &file->each[i];

		for (size_t k = 0; k < each->nnames; k++)
			string_print(&values, "%s%s=%s", i + k ? " " : "",
				     each->name[k],
				     value_of(each, point->row[i], k));
	}
	return string_end(&values);
}

bool begins_alike(const char *pattern, const char *name)
{
	while (*pattern && *pattern == *name) {
		pattern++;
		name++;
	}
	return !*pattern || strchr("*?[\\", *pattern);
}

bool point_matches(const struct point *point, const char *pattern)
{
	const struct casefile *file = point->file;
	const char *values;

	/* Most don't, and fnmatch() takes its time. */
	if (!begins_alike(pattern, file->name))
		return false;
	values = strchr(pattern, '[');
	if (!values)
		return fnmatch(pattern, file->name, 0) == 0;
	if (!file->error.text)
		return strcmp(pattern, point->name) == 0;
	return name_is(file->name, pattern, values - pattern);
}

const struct point *point_find(struct points *points, const char *name)
{
	for (size_t i = 0; i < points->count; i++) {
		size_t at = (points->next + i) % points->count;
		const struct point *point = &points->point[at];

		if (point->file->error.text ?
		    name_is(point->name, name, strcspn(name, "[")) :
		    strcmp(point->name, name) == 0) {
			points->next = at + 1;
			return point;
		}
	}
	return NULL;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Takes one file of the walk; NULL or what is wrong. */
static char *take_file(const FTSENT *entry, size_t skip, char ***names,
		       size_t *count)
{
	size_t length = entry->fts_pathlen;
	char *name;

	switch (entry->fts_info) {
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		return xasprintf("%s: %s", entry->fts_path,
				 strerror(entry->fts_errno));
	case FTS_F:
		break;
	default:
		return NULL;
	}
	if (*entry->fts_name == '.' || length < strlen(SUFFIX) ||
	    strcmp(entry->fts_path + length - strlen(SUFFIX), SUFFIX) != 0)
		return NULL;
	name = xstrndup(entry->fts_path + skip, length - skip - strlen(SUFFIX));
	if (name[strspn(name, NAME_CHARACTERS)]) {
		free(name);
		return xasprintf("%s: a case's name holds only letters, digits and ._-",
				 entry->fts_path);
	}
	APPEND(*names, *count, name);
	return NULL;
}

char *find_cases(const char *dir, char ***names, size_t *count)
{
	char *copy = xstrdup(dir);
	char *roots[] = { copy, NULL };
	size_t skip = strlen(dir) + 1;
	char *error = NULL;
	FTSENT *entry;
	FTS *walk;

	*names = NULL;
	*count = 0;
	walk = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, NULL);
	if (!walk) {
		error = xasprintf("%s: %s", dir, strerror(errno));
		free(copy);
		return error;
	}
	while (!error && (entry = fts_read(walk)))
		error = take_file(entry, skip, names, count);
	fts_close(walk);
	free(copy);
	if (!error && !*count)
		error = xasprintf("%s: no cases", dir);
	if (*count)
		qsort(*names, *count, sizeof(**names), compare_names);
	return error;
}
