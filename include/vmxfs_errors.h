/* SPDX-License-Identifier: GPL-2.0 */
/*
 * VMXFS_ERROR(ident, error, text): why a call on a file of a vCPU fails.
 *
 * ident	vmxfs_fail(vcpu, ident, ...) in the module
 * error	the errno of the call
 * text		the line of the file error, as a format of printf()
 *
 * Define the macro and include this file; it undefines the macro.
 */
VMXFS_ERROR(UNKNOWN_COMMAND, EINVAL, "unknown control message: %s")
VMXFS_ERROR(ARGUMENTS, EINVAL, "wrong number of arguments: %s")
VMXFS_ERROR(EXCEPTION, EINVAL, "invalid exception: %s")
VMXFS_ERROR(ERROR_CODE, EINVAL, "invalid error code: %s")
VMXFS_ERROR(INSN_LENGTH, EINVAL, "invalid instruction length: %s")
VMXFS_ERROR(UNKNOWN_EXIT, EINVAL, "unknown exit: %s")
VMXFS_ERROR(NUMBER, EINVAL, "invalid value: %s")
VMXFS_ERROR(VALUE, EINVAL, "invalid value: %s %s")
VMXFS_ERROR(BITS, EINVAL, "invalid value: %s %#llx")
VMXFS_ERROR(UNKNOWN_REGISTER, EINVAL, "unknown register: %s")
VMXFS_ERROR(READ_ONLY, EACCES, "read-only register: %s")
VMXFS_ERROR(UNKNOWN_FIELD, EINVAL, "unknown field: %s")
VMXFS_ERROR(VMWRITE, EIO, "VMWRITE failed: VM-instruction error %llu: %s")
VMXFS_ERROR(UNKNOWN_INSN, EINVAL, "unknown instruction: %s")
VMXFS_ERROR(WORDS, EINVAL, "number of fields wrong")
VMXFS_ERROR(ACCESS, EINVAL, "invalid access field: %s")
VMXFS_ERROR(MEMORY_TYPE, EINVAL, "invalid memory type: %s")
VMXFS_ERROR(LOW, EINVAL, "invalid low guest physical address: %s")
VMXFS_ERROR(HIGH, EINVAL, "invalid high guest physical address: %s")
VMXFS_ERROR(OFFSET, EINVAL, "invalid offset: %s")
VMXFS_ERROR(NO_SEGMENT, ENOENT, "no such segment: %s")
VMXFS_ERROR(BOUNDS, EINVAL, "out of bounds")
VMXFS_ERROR(RANGE, EINVAL, "invalid range: %s")
VMXFS_ERROR(NO_ENTRY, ENOENT, "no such entry: %s %s")
VMXFS_ERROR(NO_ROOM, ENOSPC, "no room: %s")
VMXFS_ERROR(KEPT, EPERM, "kept by vmxfs: %s: %s")
VMXFS_ERROR(KEPT_PORTS, EPERM, "kept by vmxfs: iobitmap %s: the host's ports")
VMXFS_ERROR(KEPT_MSR, EPERM, "kept by vmxfs: %s %#x: the host's MSR")
VMXFS_ERROR(KEPT_ABORT, EPERM, "kept by vmxfs: %s %#x: VMX abort")
VMXFS_ERROR(NO_PROGRAM, ENOENT, "no program: no memory at 0 to 0xffff that can be written")
VMXFS_ERROR(NO_PROCESSOR, ENODEV, "no processor to give away")
VMXFS_ERROR(PROCESSOR_BUSY, EBUSY, "another vCPU has the processor, or Linux has taken it back")
VMXFS_ERROR(PROCESSOR_LOST, EIO, "the processor does not begin, or does not come back")
VMXFS_ERROR(NOT_UNSAFE, EPERM, "vmxfs was loaded without unsafe=1")
VMXFS_ERROR(LOCKED_DOWN, EPERM, "the kernel is locked down")
VMXFS_ERROR(NOT_READY, EBUSY, "VM not ready")
VMXFS_ERROR(NOT_READY_OR_RUNNING, EBUSY, "VM not ready or running")
VMXFS_ERROR(NO_NEWLINE, EINVAL, "line without newline")
VMXFS_ERROR(NUL, EINVAL, "NUL character")
VMXFS_ERROR(WRITE_TOO_LONG, E2BIG, "more than 65536 bytes in one write")
VMXFS_ERROR(LINE_TOO_LONG, E2BIG, "line too long")
VMXFS_ERROR(NO_MEMORY, ENOMEM, "no memory")
VMXFS_ERROR(INTERRUPTED, EINTR, "interrupted")
VMXFS_ERROR(ENDING, ENODEV, "vmx: ending")
VMXFS_ERROR(LOST, EIO, "VMX could not be entered again")
/* In wait: what status says of it */
VMXFS_ERROR(DEAD, EIO, "%s")
#undef VMXFS_ERROR
