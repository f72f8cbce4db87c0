/* SPDX-License-Identifier: GPL-2.0 */
/*
 * VMXFS_OPERAND(name, kind, which): a name that can stand for a number in vmcs, insn and
 * eptplist.
 *
 * kind		MAP: the EPT pointer of a map; REGION: a region that is for insn; VMCS: the
 *		vCPU's; VMXON: the processor's VMXON region; AREA: a structure of vmxfs_areas.h
 * which	which of this kind
 *
 * Define the macro and include this file; it undefines the macro.
 */
VMXFS_OPERAND(map, MAP, 0)
VMXFS_OPERAND(map1, MAP, 1)
VMXFS_OPERAND(map2, MAP, 2)
VMXFS_OPERAND(scratch, REGION, VMXFS_SCRATCH)
VMXFS_OPERAND(shadow, REGION, VMXFS_SHADOW)
VMXFS_OPERAND(badrevision, REGION, VMXFS_BAD_REVISION)
VMXFS_OPERAND(vmcs, VMCS, 0)
VMXFS_OPERAND(vmxon, VMXON, 0)
#define VMXFS_AREA(ident, name, format, field, order, fill, unit, mapped) \
	VMXFS_OPERAND(name, AREA, VMXFS_##ident)
#include "vmxfs_areas.h"
#undef VMXFS_OPERAND
