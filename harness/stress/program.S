/* SPDX-License-Identifier: GPL-2.0 */
/* A program for a processor that is given away: guests/root/insns, from address 0x1000 on. */
	.section .rodata
	.global root_program, root_program_end
root_program:
	.incbin "guests/root/insns.bin"
root_program_end:
	.section .note.GNU-stack, "", @progbits
