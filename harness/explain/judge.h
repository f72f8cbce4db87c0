/* SPDX-License-Identifier: GPL-2.0 */
/* What libvmxcheck says of a dump, and what that rests on. */
#ifndef JUDGE_H
#define JUDGE_H

#include "reader.h"
#include "vmxcheck.h"

/* Where a list of MSRs is for the library, since no dump has its address: any that is right */
#define JUDGE_LIST 0x1000ULL

struct judgement {
	enum vmxcheck_verdict verdict;
	/* it rests on what is assumed of the processor */
	bool assumed;
	struct vmxcheck_finding finding;
};

/* A judgement for each check, which the caller frees. */
struct judgement *judge(const struct reading *reading, const struct dump *dump);

#endif
