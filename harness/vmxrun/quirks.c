// SPDX-License-Identifier: GPL-2.0
#include "quirks.h"

#include <stdlib.h>
#include <string.h>

#include "caps.h"
#include "excuse.h"
#include "processor.h"
#include "util.h"

static const struct difference *differences_of(const struct quirks *quirks,
					       const struct quirk *quirk)
{
	return &quirks->difference[quirk->first];
}

/* That each line it is about is one of the case. */
static char *check_lines(const struct quirks *quirks, const struct quirk *quirk,
			 const struct casefile *file)
{
	char *error = NULL;

	/* it fails by itself, and says why */
	if (file->error.text)
		return NULL;
	for (size_t i = 0; i < quirk->ndifferences && !error; i++)
		error = difference_check(&differences_of(quirks, quirk)[i],
					 file);
	return error;
}

/* That there are points it is about, and their lines. */
static char *check_quirk(const struct quirks *quirks, const struct quirk *quirk,
			 const struct points *points)
{
	const struct casefile *file = NULL;
	char *error = NULL;

	for (size_t i = 0; i < points->count && !error; i++) {
		const struct point *point = &points->point[i];

		if (point->file == file ||
		    !point_matches(point, quirk->pattern))
			continue;
		file = point->file;
		error = check_lines(quirks, quirk, file);
	}
	if (!error && !file)
		error = xasprintf("%s: there is no point '%s'", quirk->place,
				  quirk->pattern);
	return error;
}

char *quirks_check(const struct quirks *quirks, const struct points *points)
{
	char *error = NULL;

	for (size_t i = 0; i < quirks->count && !error; i++)
		error = check_quirk(quirks, &quirks->quirk[i], points);
	return error;
}

static bool is_of(const struct erratum *erratum, const struct processor *processor)
{
	const struct processor *first = &erratum->processor;

	return first->family == processor->family && first->model == processor->model &&
	       first->stepping <= processor->stepping &&
	       processor->stepping <= erratum->last_stepping;
}

static void choose(struct quirks *quirks, struct reason *reason,
		   const struct processor *processor)
{
	for (size_t i = 0; i < reason->nerrata && !reason->active; i++) {
		const struct erratum *erratum =
			&quirks->erratum[reason->first_erratum + i];

		if (!is_of(erratum, processor))
			continue;
		reason->active = true;
		free(reason->text);
		reason->text = xasprintf("known erratum %s: %s: %s", erratum->id,
					 reason->because, reason->right);
	}
}

void quirks_choose(struct quirks *quirks, const char *caps)
{
	struct processor processor;

	if (!processor_read(&processor, caps))
		return;
	quirks->nested = caps_value(caps, "cpuid.hypervisor");
	for (size_t i = 0; i < quirks->nreasons; i++)
		choose(quirks, &quirks->reason[i], &processor);
	free(quirks->of_case);
	quirks->of_case = NULL;
}

static void fail_since_it_passes(const struct quirk *quirk,
				 struct result *result)
{
	result->outcome = FAILURE;
	result->message = xasprintf("passes, but is listed in %s",
				    quirk->place);
}

/* Those that may be about a case: its points follow one another, and most quirks are not. */
static void find_of_case(struct quirks *quirks, const char *name)
{
	if (quirks->of_case && strcmp(quirks->of_case, name) == 0)
		return;
	free(quirks->of_case);
	quirks->of_case = xstrdup(name);
	quirks->nhere = 0;
	for (size_t i = 0; i < quirks->count; i++)
		if (quirks->reason[quirks->quirk[i].reason].active &&
		    begins_alike(quirks->quirk[i].pattern, name))
			APPEND(quirks->here, quirks->nhere, &quirks->quirk[i]);
}

const char *quirks_dies(struct quirks *quirks, const struct point *point, bool sometimes,
			const char **place)
{
	find_of_case(quirks, point->file->name);
	for (size_t i = 0; i < quirks->nhere; i++) {
		const struct quirk *quirk = quirks->here[i];

		if (!quirk->dies || quirk->sometimes != sometimes ||
		    !point_matches(point, quirk->pattern))
			continue;
		*place = quirk->place;
		return quirks->reason[quirk->reason].text;
	}
	return NULL;
}

const char *quirks_apply(struct quirks *quirks, const struct point *point,
			 const struct script *script, struct result *result)
{
	const struct quirk *other = NULL;
	const char *place = NULL;

	find_of_case(quirks, point->file->name);
	for (size_t i = 0; i < quirks->nhere; i++) {
		const struct quirk *quirk = quirks->here[i];
		const struct reason *reason = &quirks->reason[quirk->reason];

		if ((quirk->dies && !quirk->sometimes) ||
		    !point_matches(point, quirk->pattern))
			continue;
		if (result->outcome == PASS && !quirk->sometimes && !reason->nerrata) {
			fail_since_it_passes(quirk, result);
			return NULL;
		}
		if (result->outcome != FAILURE)
			continue;
		place = differences_excuse(differences_of(quirks, quirk),
					   quirk->ndifferences, point, script,
					   result);
		if (place && reason->nerrata && quirks->nested) {
			free(result->quirk);
			result->quirk = xasprintf("%s: as %s; but VMX is a hypervisor's here",
						  place, reason->text);
			place = NULL;
			continue;
		}
		if (place) {
			free(result->quirk);
			result->quirk = xstrdup(place);
			return reason->text;
		}
		other = quirk;
	}
	if (other && !result->quirk)
		result->quirk = xasprintf("%s: another difference",
					  other->place);
	return NULL;
}
