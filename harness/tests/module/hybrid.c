// SPDX-License-Identifier: GPL-2.0
/*
 * What makes a vmxrun for which every processor is one of a hybrid: processor 0 is a
 * performance core, the others are efficient cores.
 */
#include "affinity.h"

bool __wrap_affinity_core_id(int processor, uint32_t *id);

bool __wrap_affinity_core_id(int processor, uint32_t *id)
{
	*id = processor ? 0x20000001 : 0x40000001;
	return true;
}
