/* SPDX-License-Identifier: GPL-2.0 */
/*
 * VMXFS_COMMAND(name, min, max, argument): a command that can be written to ctl.
 *
 * name		the module has cmd_name()
 * min, max	how many arguments it takes
 * argument	REGISTERS: a list as in "pc=0;sp=0x9000;"; EVENT: an exception or interrupt;
 *		BITMAP: a number; EXITS: names of exits; CPUS: processors as "0-3,6"; NONE
 *
 * Define the macro and include this file; it undefines the macro.
 */
VMXFS_COMMAND(quit, 0, 0, NONE)
VMXFS_COMMAND(go, 0, 1, REGISTERS)
VMXFS_COMMAND(step, 0, 1, REGISTERS)
VMXFS_COMMAND(stop, 0, 0, NONE)
VMXFS_COMMAND(exc, 1, 1, EVENT)
VMXFS_COMMAND(irq, 0, 1, EVENT)
VMXFS_COMMAND(extrap, 1, 1, BITMAP)
VMXFS_COMMAND(report, 0, 1, EXITS)
VMXFS_COMMAND(cpus, 1, 1, CPUS)
VMXFS_COMMAND(unsafe, 0, 0, NONE)
#undef VMXFS_COMMAND
