/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The files of vmxfs.
 *
 * VMXFS_ROOT_FILE(name, mode), VMXFS_ROOT_FOLDER(name): what is beside the vCPUs' folders.
 *
 * VMXFS_FORMAT(format, kind, access, min, max, errnos, example): what a file of a vCPU holds.
 *
 * format	the module has vmxfs_format_show() and vmxfs_format_store() for its lines, or
 *		format_fops for what are no lines; stress has line_format(), which makes one
 * kind		LINES: text; NAMES: lines "name value"; OFFSETS: lines "offset value", without
 *		those whose value is 0; STREAM: lines that come one after the other, each
 *		read once; BYTES: no text
 * access	RO: can only be read, and in every state of the vCPU if it is text; RW: can be
 *		written; CLEAR: can be written, and O_TRUNC empties it
 * min, max	how many words a line has that is written; 0, 0: vmxfs_format_store() counts
 * errnos	of a write, besides those that each file can give
 * example	what can be written to the files of a new vCPU, where segment/ram is
 *
 * VMXFS_FILE(name, format, which): a file of a vCPU; which: the index that the module has
 * for it, among those of its format.
 *
 * ctl is the first file. Define the macros that you need and include this file; it undefines
 * them.
 */
#ifndef VMXFS_ROOT_FILE
#define VMXFS_ROOT_FILE(name, mode)
#endif
#ifndef VMXFS_ROOT_FOLDER
#define VMXFS_ROOT_FOLDER(name)
#endif
#ifndef VMXFS_FORMAT
#define VMXFS_FORMAT(format, kind, access, min, max, errnos, example)
#endif
#ifndef VMXFS_FILE
#define VMXFS_FILE(name, format, which)
#endif

VMXFS_ROOT_FILE(clone, 0600)
VMXFS_ROOT_FILE(caps, 0400)
VMXFS_ROOT_FOLDER(segment)

VMXFS_FORMAT(ctl, LINES, RW, 0, 0, (EBUSY, EAGAIN, EINTR, EACCES), "extrap 2")
VMXFS_FORMAT(status, LINES, RO, 0, 0, (), "")
VMXFS_FORMAT(error, LINES, RO, 0, 0, (), "")
VMXFS_FORMAT(interrupts, NAMES, RO, 0, 0, (), "")
VMXFS_FORMAT(wait, STREAM, RO, 0, 0, (), "")
VMXFS_FORMAT(fpregs, BYTES, RW, 0, 0, (EFBIG, ENOSPC), "")
VMXFS_FORMAT(regs, NAMES, RW, 2, 2, (EACCES), "ax 1")
VMXFS_FORMAT(map, LINES, CLEAR, 4, 6, (ENOENT), "rwx wb 0x0 0x1000 ram 0x0")
VMXFS_FORMAT(vmcs, NAMES, RW, 2, 2, (EPERM, EIO), "tsc_offset 0")
VMXFS_FORMAT(fields, BYTES, RW, 0, 0, (EPERM, EIO, ENOSPC), "")
VMXFS_FORMAT(insn, LINES, RW, 0, 0, (EPERM, EBUSY), "vmread tsc_offset")
VMXFS_FORMAT(processor, NAMES, RW, 1, 3,
	     (EPERM, EACCES, ENODEV, EBUSY, EIO, ENOENT, ENOSPC), "back")
VMXFS_FORMAT(ept, LINES, RW, 3, 3, (EPERM, ENOENT), "pte 0x0 0x7")
VMXFS_FORMAT(bitmap, LINES, RW, 2, 2, (EPERM), "0x80 0")
VMXFS_FORMAT(msr_bitmap, LINES, RW, 3, 3, (EPERM), "r 0xc0000080 1")
VMXFS_FORMAT(msrs, LINES, CLEAR, 2, 3, (EPERM, ENOSPC), "0xc0000102 0")
VMXFS_FORMAT(page, OFFSETS, RW, 2, 2, (EPERM), "0x80 0")

VMXFS_FILE(ctl, ctl, 0)
VMXFS_FILE(status, status, 0)
VMXFS_FILE(error, error, 0)
VMXFS_FILE(interrupts, interrupts, 0)
VMXFS_FILE(wait, wait, 0)
VMXFS_FILE(fpregs, fpregs, 0)
VMXFS_FILE(regs, regs, 0)
VMXFS_FILE(map, map, 0)
VMXFS_FILE(map1, map, 1)
VMXFS_FILE(map2, map, 2)
VMXFS_FILE(vmcs, vmcs, 0)
VMXFS_FILE(fields, fields, 0)
VMXFS_FILE(insn, insn, 0)
VMXFS_FILE(processor, processor, 0)
VMXFS_FILE(ept, ept, 0)
#define VMXFS_AREA(ident, name, format, field, order, fill, unit, mapped) \
	VMXFS_FILE(name, format, VMXFS_##ident)
#include "vmxfs_areas.h"

#undef VMXFS_ROOT_FILE
#undef VMXFS_ROOT_FOLDER
#undef VMXFS_FORMAT
#undef VMXFS_FILE
