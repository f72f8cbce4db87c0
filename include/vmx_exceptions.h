/* SPDX-License-Identifier: GPL-2.0 */
/*
 * VMX_EXCEPTION(vector, ident, name, error_code, fault, sdm_name): the exceptions.
 *
 * vector	0 to 31
 * ident	VMX_EXC_ident in C and NASM
 * name		as vmxfs reads and writes it
 * error_code	1 if the exception pushes an error code (outside real mode)
 * fault	1 if it is of the type fault, which pushes RFLAGS.RF as 1; #DB can be one,
 *		but then what it pushes depends on why
 * sdm_name	as in SDM, "Exceptions and Interrupts"
 *
 * Vector 2 is the NMI, no exception; 9, 15 and 22 to 31 are reserved.
 * Define the macro and include this file; it undefines the macro.
 */
VMX_EXCEPTION(0, DE, "#de", 0, 1, "Divide Error")
VMX_EXCEPTION(1, DB, "#db", 0, 0, "Debug Exception")
VMX_EXCEPTION(3, BP, "#bp", 0, 0, "Breakpoint")
VMX_EXCEPTION(4, OF, "#of", 0, 0, "Overflow")
VMX_EXCEPTION(5, BR, "#br", 0, 1, "BOUND Range Exceeded")
VMX_EXCEPTION(6, UD, "#ud", 0, 1, "Invalid Opcode (Undefined Opcode)")
VMX_EXCEPTION(7, NM, "#nm", 0, 1, "Device Not Available (No Math Coprocessor)")
VMX_EXCEPTION(8, DF, "#df", 1, 0, "Double Fault")
VMX_EXCEPTION(10, TS, "#ts", 1, 1, "Invalid TSS")
VMX_EXCEPTION(11, NP, "#np", 1, 1, "Segment Not Present")
VMX_EXCEPTION(12, SS, "#ss", 1, 1, "Stack-Segment Fault")
VMX_EXCEPTION(13, GP, "#gp", 1, 1, "General Protection")
VMX_EXCEPTION(14, PF, "#pf", 1, 1, "Page Fault")
VMX_EXCEPTION(16, MF, "#mf", 0, 1, "x87 FPU Floating-Point Error (Math Fault)")
VMX_EXCEPTION(17, AC, "#ac", 1, 1, "Alignment Check")
VMX_EXCEPTION(18, MC, "#mc", 0, 0, "Machine Check")
VMX_EXCEPTION(19, XM, "#xm", 0, 1, "SIMD Floating-Point Exception")
VMX_EXCEPTION(20, VE, "#ve", 0, 1, "Virtualization Exception")
VMX_EXCEPTION(21, CP, "#cp", 1, 1, "Control Protection Exception")
#undef VMX_EXCEPTION
