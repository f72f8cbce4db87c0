// SPDX-License-Identifier: GPL-2.0
#include "profile.h"

#include <stdlib.h>
#include <string.h>

#include "caps.h"
#include "util.h"

#define BELOW "below."

enum { COLUMNS = 4 };

static char *parse_line(struct profile *profile, const char *line)
{
	struct offer offer = { 0 };
	char *copy = xstrdup(line);
	char *column[COLUMNS];
	char *rest = copy;
	size_t count = 0;

	while (rest && count < COLUMNS)
		column[count++] = strsep(&rest, "\t");
	if (count < COLUMNS || rest || !caps_known(column[0])) {
		free(copy);
		return xasprintf("no line of a profile: '%s'", line);
	}
	offer.capability = xstrdup(column[0]);
	offer.conditions = words_split(column[1]);
	offer.because = xstrdup(column[2]);
	offer.known = *column[3] ? xstrdup(column[3]) : NULL;
	APPEND(profile->offer, profile->count, offer);
	free(copy);
	return NULL;
}

char *profile_parse(struct profile *profile, const char *text)
{
	char *error = NULL;

	*profile = (struct profile){ 0 };
	while (*text && !error) {
		size_t length = strcspn(text, "\n");
		char *line = xstrndup(text, length);

		error = parse_line(profile, line);
		free(line);
		text += length + (text[length] == '\n');
	}
	return error;
}

void profile_free(struct profile *profile)
{
	for (size_t i = 0; i < profile->count; i++) {
		free(profile->offer[i].capability);
		words_free(&profile->offer[i].conditions);
		free(profile->offer[i].because);
		free(profile->offer[i].known);
	}
	free(profile->offer);
	*profile = (struct profile){ 0 };
}

/* A point is called by the capability, without what a number has to be. */
const struct offer *profile_find(const struct profile *profile, const char *point)
{
	size_t begin = strlen(PROFILE);

	if (strncmp(point, PROFILE, begin) != 0)
		return NULL;
	for (size_t i = 0; i < profile->count; i++) {
		const char *capability = profile->offer[i].capability;

		if (name_is(point + begin, capability, strcspn(capability, "<>")))
			return &profile->offer[i];
	}
	return NULL;
}

static const char *of_below(const char *condition)
{
	size_t length = strlen(BELOW);

	return strncmp(condition, BELOW, length) == 0 ? condition + length : NULL;
}

/* Why it need not be offered, or NULL. */
static char *not_due(const struct offer *offer, const char *caps, const char *below)
{
	for (size_t i = 0; i < offer->conditions.count; i++) {
		const char *condition = offer->conditions.word[i];
		const char *name = of_below(condition);

		if (name && !below)
			return xasprintf("whether the processor below has %s is not known", name);
		if (name && !caps_has(below, name))
			return xasprintf("the processor below does not have %s", name);
		if (!name && !caps_has(caps, condition))
			return xasprintf("needs %s", condition);
	}
	return NULL;
}

const char *profile_check(const struct offer *offer, const char *caps, const char *below,
			  struct result *result)
{
	result->message = not_due(offer, caps, below);
	if (result->message) {
		result->outcome = SKIP;
		return NULL;
	}
	if (caps_has(caps, offer->capability)) {
		if (!offer->known)
			return NULL;
		result->outcome = FAILURE;
		result->message = xasprintf("the processor offers %s, which the profile says is missing",
					    offer->capability);
		return NULL;
	}
	result->outcome = FAILURE;
	result->message = xasprintf("the processor does not offer %s", offer->capability);
	result->because = xstrdup(offer->because);
	if (below)
		result->below = xstrdup(caps_has(below, offer->capability) ? "has it" :
					"does not have it");
	return offer->known;
}
