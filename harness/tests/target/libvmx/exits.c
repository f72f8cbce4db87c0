// SPDX-License-Identifier: GPL-2.0
/* Each kind of exit, and what is said with it. */
#include "target.h"

const struct point exit_points[] = {
	{ }
};
