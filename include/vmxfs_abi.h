/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The binary way into vmxfs: ioctls on an open `ctl` or `clone` file, and one page,
 * which mmap() of that file gives (MAP_SHARED, offset 0, one page). libvmx is built on
 * it; programs use libvmx.
 *
 * All numbers are little-endian and naturally aligned; reserved members are 0. Every
 * ioctl but VMXFS_IOC_ATTACH fails with ENXIO before it, with ENODEV when the vCPU is
 * ending, and with EINTR if a signal came first.
 */
#ifndef VMXFS_ABI_H
#define VMXFS_ABI_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* Another number means another layout. VMXFS_IOC_ATTACH compares it. */
#define VMXFS_ABI_VERSION	3

/* ---- a vCPU's state ---- */

/* Groups of state, for the bitmaps below */
#define VMX_X64_STATE_SEGS	0x01
#define VMX_X64_STATE_GPRS	0x02
#define VMX_X64_STATE_CRS	0x04
#define VMX_X64_STATE_DRS	0x08
#define VMX_X64_STATE_MSRS	0x10
#define VMX_X64_STATE_INTR	0x20
#define VMX_X64_STATE_FPU	0x40
#define VMX_X64_STATE_ALL	0x7f

enum vmx_x64_seg_index {
	VMX_X64_SEG_ES, VMX_X64_SEG_CS, VMX_X64_SEG_SS, VMX_X64_SEG_DS, VMX_X64_SEG_FS,
	VMX_X64_SEG_GS, VMX_X64_SEG_GDT, VMX_X64_SEG_IDT, VMX_X64_SEG_LDT, VMX_X64_SEG_TR,
	VMX_X64_NSEG
};

/* In the order in which instructions encode them */
enum vmx_x64_gpr_index {
	VMX_X64_GPR_RAX, VMX_X64_GPR_RCX, VMX_X64_GPR_RDX, VMX_X64_GPR_RBX,
	VMX_X64_GPR_RSP, VMX_X64_GPR_RBP, VMX_X64_GPR_RSI, VMX_X64_GPR_RDI,
	VMX_X64_GPR_R8, VMX_X64_GPR_R9, VMX_X64_GPR_R10, VMX_X64_GPR_R11,
	VMX_X64_GPR_R12, VMX_X64_GPR_R13, VMX_X64_GPR_R14, VMX_X64_GPR_R15,
	VMX_X64_GPR_RIP, VMX_X64_GPR_RFLAGS,
	VMX_X64_NGPR
};

/* CR0 and CR4 are what the guest reads. CR8 has 4 bits. */
enum vmx_x64_cr_index {
	VMX_X64_CR_CR0, VMX_X64_CR_CR2, VMX_X64_CR_CR3, VMX_X64_CR_CR4, VMX_X64_CR_CR8,
	VMX_X64_CR_XCR0,
	VMX_X64_NCR
};

enum vmx_x64_dr_index {
	VMX_X64_DR_DR0, VMX_X64_DR_DR1, VMX_X64_DR_DR2, VMX_X64_DR_DR3, VMX_X64_DR_DR6,
	VMX_X64_DR_DR7,
	VMX_X64_NDR
};

/* The TSC is the guest's; it runs on while the guest does not. */
enum vmx_x64_msr_index {
	VMX_X64_MSR_EFER, VMX_X64_MSR_STAR, VMX_X64_MSR_LSTAR, VMX_X64_MSR_CSTAR,
	VMX_X64_MSR_SFMASK, VMX_X64_MSR_KERNELGSBASE, VMX_X64_MSR_SYSENTER_CS,
	VMX_X64_MSR_SYSENTER_ESP, VMX_X64_MSR_SYSENTER_EIP, VMX_X64_MSR_PAT, VMX_X64_MSR_TSC,
	VMX_X64_NMSR
};

/**
 * struct vmx_x64_state_seg - a segment register, or GDTR or IDTR
 * @selector: selector
 * @reserved: 0
 * @attrib: access rights, as in the VMCS: SDM, "Guest Register State", table "Format of
 *	Access Rights"; bit 16 means unusable. None for GDTR and IDTR
 * @limit: in bytes, the granularity applied
 * @reserved2: 0
 * @base: linear address
 */
struct vmx_x64_state_seg {
	__u16 selector;
	__u16 reserved;
	__u32 attrib;
	__u32 limit;
	__u32 reserved2;
	__u64 base;
};

/**
 * struct vmx_x64_state_intr - what interrupts wait for
 * @int_shadow: interrupts are blocked for one instruction: 1 by STI, 2 by MOV SS or POP SS
 * @nmi_blocked: NMIs are blocked, until IRET
 * @int_window_exiting: run ends with VMX_VCPU_EXIT_INT_READY once the guest can take an
 *	interrupt; cleared by that exit
 * @nmi_window_exiting: the same for an NMI, and VMX_VCPU_EXIT_NMI_READY
 * @evt_pending: an event is to be delivered at the next run; can't be set
 */
struct vmx_x64_state_intr {
	__u8 int_shadow;
	__u8 nmi_blocked;
	__u8 int_window_exiting;
	__u8 nmi_window_exiting;
	__u8 evt_pending;
	__u8 reserved[3];
};

/**
 * struct vmx_x64_state - a vCPU's state, by group
 * @segs: VMX_X64_STATE_SEGS
 * @gprs: VMX_X64_STATE_GPRS
 * @crs: VMX_X64_STATE_CRS
 * @drs: VMX_X64_STATE_DRS
 * @msrs: VMX_X64_STATE_MSRS
 * @intr: VMX_X64_STATE_INTR
 * @fpu: VMX_X64_STATE_FPU: x87 and SSE state as FXSAVE64 writes it
 */
struct vmx_x64_state {
	struct vmx_x64_state_seg segs[VMX_X64_NSEG];
	__u64 gprs[VMX_X64_NGPR];
	__u64 crs[VMX_X64_NCR];
	__u64 drs[VMX_X64_NDR];
	__u64 msrs[VMX_X64_NMSR];
	struct vmx_x64_state_intr intr;
	__u8 fpu[512];
};

/* ---- events ---- */

enum vmx_vcpu_event_type {
	VMX_VCPU_EVENT_NONE,
	VMX_VCPU_EVENT_INTR,	/* external interrupt */
	VMX_VCPU_EVENT_NMI,
	VMX_VCPU_EVENT_EXCP,	/* exception */
};

/**
 * struct vmx_vcpu_event - an event to deliver to the guest
 * @type: enum vmx_vcpu_event_type
 * @vector: of an interrupt, 0 to 255, or of an exception, 0 to 31
 * @insn_length: of INT3 or INTO, in bytes, for #BP and #OF
 * @reserved: 0
 * @error: error code, of those exceptions that have one
 *
 * An exception that is a fault pushes RFLAGS.RF as 1, as it does on the processor; all
 * others push it as it is.
 */
struct vmx_vcpu_event {
	__u32 type;
	__u8 vector;
	__u8 insn_length;
	__u16 reserved;
	__u32 error;
};

/* ---- exits ---- */

enum vmx_vcpu_exit_reason {
	VMX_VCPU_EXIT_NONE,		/* stopped */
	VMX_VCPU_EXIT_MEMORY,		/* u.mem */
	VMX_VCPU_EXIT_IO,		/* u.io */
	VMX_VCPU_EXIT_INT_READY,	/* the guest can take an interrupt */
	VMX_VCPU_EXIT_NMI_READY,	/* the guest can take an NMI */
	VMX_VCPU_EXIT_TPR_CHANGED,	/* exitstate.cr8, after the instruction */
	VMX_VCPU_EXIT_HALTED,		/* after the HLT */
	VMX_VCPU_EXIT_SHUTDOWN,		/* triple fault */
	VMX_VCPU_EXIT_RDMSR,		/* u.rdmsr */
	VMX_VCPU_EXIT_WRMSR,		/* u.wrmsr */
	VMX_VCPU_EXIT_MONITOR,		/* u.insn */
	VMX_VCPU_EXIT_MWAIT,		/* u.insn */
	VMX_VCPU_EXIT_CPUID,		/* u.insn; leaf in RAX, subleaf in RCX */
	VMX_VCPU_EXIT_OTHER,		/* u.other */
};

/* As PROT_READ, PROT_WRITE and PROT_EXEC of mmap() */
#define VMX_PROT_READ	1
#define VMX_PROT_WRITE	2
#define VMX_PROT_EXEC	4

/**
 * struct vmx_exit_memory - an access to guest-physical memory that is not mapped so
 * @gpa: guest-physical address
 * @gva: linear address, if @gva_valid
 * @prot: what was tried, as VMX_PROT_*
 * @gva_valid: @gva is what the instruction accessed, rather than a page walk for it
 * @reserved: 0
 */
struct vmx_exit_memory {
	__u64 gpa;
	__u64 gva;
	__u8 prot;
	__u8 gva_valid;
	__u8 reserved[6];
};

/**
 * struct vmx_exit_io - an I/O instruction, which is not executed
 * @npc: RIP after it
 * @port: I/O port
 * @in: IN or INS; else OUT or OUTS
 * @size: of the operand, in bytes: 1, 2 or 4
 * @str: INS or OUTS
 * @rep: with a REP prefix
 * @address_size: of INS and OUTS, in bytes: 2, 4 or 8
 * @seg: segment of OUTS's source: enum vmx_x64_seg_index; of INS it is ES
 */
struct vmx_exit_io {
	__u64 npc;
	__u16 port;
	__u8 in;
	__u8 size;
	__u8 str;
	__u8 rep;
	__u8 address_size;
	__u8 seg;
};

/**
 * struct vmx_exit_msr - RDMSR or WRMSR, which is not executed
 * @npc: RIP after it
 * @val: the value of WRMSR
 * @msr: the MSR's index
 * @reserved: 0
 */
struct vmx_exit_msr {
	__u64 npc;
	__u64 val;
	__u32 msr;
	__u32 reserved;
};

/**
 * struct vmx_exit_insn - an instruction that is not executed
 * @npc: RIP after it
 */
struct vmx_exit_insn {
	__u64 npc;
};

/**
 * struct vmx_exit_other - any other VM exit, or a VM entry that failed
 * @reason: exit reason; bit 31 says that VM entry failed
 * @intr_info: VM-exit interruption information
 * @intr_code: VM-exit interruption error code
 * @insn_length: VM-exit instruction length
 * @insn_info: VM-exit instruction information
 * @reserved: 0
 * @qualification: exit qualification
 * @linear: guest-linear address
 * @physical: guest-physical address
 *
 * SDM, "VM-Exit Information Fields".
 */
struct vmx_exit_other {
	__u32 reason;
	__u32 intr_info;
	__u32 intr_code;
	__u32 insn_length;
	__u32 insn_info;
	__u32 reserved;
	__u64 qualification;
	__u64 linear;
	__u64 physical;
};

/**
 * struct vmx_exitstate - what is known after each exit
 * @rflags: RFLAGS
 * @cr8: CR8, the guest's task priority
 * @int_shadow: as in struct vmx_x64_state_intr
 * @int_window_exiting: as there
 * @nmi_window_exiting: as there
 * @evt_pending: as there
 * @int_held: an interrupt that was injected waits until the guest can take it
 */
struct vmx_exitstate {
	__u64 rflags;
	__u64 cr8;
	__u8 int_shadow;
	__u8 int_window_exiting;
	__u8 nmi_window_exiting;
	__u8 evt_pending;
	__u8 int_held;
	__u8 reserved[3];
};

/**
 * struct vmx_vcpu_exit - why run has ended
 * @reason: enum vmx_vcpu_exit_reason
 * @reserved: 0
 * @u: more about it
 * @exitstate: the guest's, then
 */
struct vmx_vcpu_exit {
	__u32 reason;
	__u32 reserved;
	union {
		struct vmx_exit_memory mem;
		struct vmx_exit_io io;
		struct vmx_exit_msr rdmsr;
		struct vmx_exit_msr wrmsr;
		struct vmx_exit_insn insn;
		struct vmx_exit_other other;
	} u;
	struct vmx_exitstate exitstate;
};

/* ---- the file fields ---- */

/**
 * struct vmxfs_field - a field of the VMCS, in the file fields
 * @encoding: SDM, appendix "Field Encoding in VMCS"; of the full access
 * @error: 0, or the VM-instruction error of VMREAD; 0 when it is written
 * @value: what it holds; 0 if there is an error
 */
struct vmxfs_field {
	__u32 encoding;
	__u32 error;
	__u64 value;
};

/* ---- the page ---- */

/**
 * struct vmxfs_page - what a vCPU and its program share
 * @wanted: groups that run puts into @state at each exit, besides VMX_X64_STATE_GPRS
 * @wanted_memory: groups that it puts there, too, if the exit is VMX_VCPU_EXIT_MEMORY
 * @cached: groups of @state that are the vCPU's: run clears it, run and
 *	VMXFS_IOC_GETSTATE add to it
 * @commit: groups of @state that the next run takes first; it clears it. If RIP is among
 *	them and another than at the exit, the program has completed the instruction at
 *	which the guest left: its interrupt shadow is over, RFLAGS.RF becomes 0, and
 *	RFLAGS.TF traps after it. VMXFS_INSN_DONE among them says so, but for RF, where RIP
 *	is the same
 * @event: an event that the next run delivers; it sets the type to NONE
 * @interrupt: another one, which comes after it. An interrupt or an NMI in either that the guest
 *	can't take waits until it can; then int_window_exiting or nmi_window_exiting becomes 1,
 *	so that the run ends once the guest could take another one. Of NMIs that wait there is
 *	one, as in the processor, and nmi_window_exiting stays 1 as long as it waits
 * @exit: why the last run ended
 * @state: state; the general registers but RSP, RIP and RFLAGS are the vCPU's own, whatever
 *	@cached and @commit say
 * @pdptes: the registers PDPTE0 to PDPTE3, whenever VMX_X64_STATE_CRS comes and the guest
 *	uses PAE paging; can't be set
 */
struct vmxfs_page {
	__u32 wanted;
	__u32 wanted_memory;
	__u32 cached;
	__u32 commit;
	struct vmx_vcpu_event event;
	struct vmx_vcpu_event interrupt;
	struct vmx_vcpu_exit exit;
	struct vmx_x64_state state;
	__u64 pdptes[4];
};

/*
 * In @commit: an iteration of a repeated string instruction is done, or a jump to itself,
 * after which RIP is what it was.
 */
#define VMXFS_INSN_DONE		0x80000000

/* ---- ioctls ---- */

/**
 * struct vmxfs_attach - begin binary use
 * @version: VMXFS_ABI_VERSION; gets the module's
 * @page_size: gets the size of struct vmxfs_page, in bytes
 * @xcr0: gets the bits that XCR0 can have
 * @mxcsr_mask: gets the bits that MXCSR can have
 * @reserved: 0
 */
struct vmxfs_attach {
	__u32 version;
	__u32 page_size;
	__u64 xcr0;
	__u32 mxcsr_mask;
	__u32 reserved;
};

/**
 * struct vmxfs_mapping - a range of guest-physical memory
 * @gpa: guest-physical address
 * @size: in bytes
 * @hva: where it is in this process's memory; all three are multiples of 4096
 * @prot: VMX_PROT_*, at least one
 * @reserved: 0
 */
struct vmxfs_mapping {
	__u64 gpa;
	__u64 size;
	__u64 hva;
	__u32 prot;
	__u32 reserved;
};

/**
 * struct vmxfs_share - a range of guest-physical memory that another vCPU has
 * @gpa: guest-physical address
 * @size: in bytes; both are multiples of 4096
 * @from: file descriptor of the other's ctl or clone
 * @reserved: 0
 */
struct vmxfs_share {
	__u64 gpa;
	__u64 size;
	__s32 from;
	__u32 reserved;
};

/**
 * struct vmx_cpuid - what CPUID answers
 * @leaf: EAX
 * @subleaf: ECX, if VMX_CPUID_SUBLEAF is in @flags
 * @flags: VMX_CPUID_*
 * @eax: the answer
 * @ebx: the answer
 * @ecx: the answer
 * @edx: the answer
 *
 * What changes at run time by the guest's own registers does so whatever is here (SDM,
 * "CPUID Runtime Mutable Fields"): OSXSAVE, OSPKE and AESKLE follow CR4; 0DH.0:EBX and, if
 * the leaf says that there is XSAVEC, 0DH.1:EBX are the sizes for XCR0, of which IA32_XSS
 * adds nothing; 80000001H:EDX.SYSCALL is 0 outside 64-bit mode. What follows an MSR (APIC,
 * MONITOR, EIST, the highest leaf) is the program's, as those MSRs are.
 */
struct vmx_cpuid {
	__u32 leaf;
	__u32 subleaf;
	__u32 flags;
	__u32 eax;
	__u32 ebx;
	__u32 ecx;
	__u32 edx;
};

#define VMX_CPUID_SUBLEAF	1
/* It answers any leaf; @leaf and VMX_CPUID_SUBLEAF do not matter. */
#define VMX_CPUID_ANY_LEAF	2
/* It is not answered: the run ends with VMX_VCPU_EXIT_CPUID. */
#define VMX_CPUID_EXIT		4
/* The most entries a vCPU can have */
#define VMX_CPUID_MAX		256

/**
 * struct vmxfs_cpuid - all the leaves that are answered without leaving the kernel
 * @entries: address of struct vmx_cpuid, @count of them; the first that fits counts
 * @count: at most VMX_CPUID_MAX
 * @reserved: 0
 */
struct vmxfs_cpuid {
	__u64 entries;
	__u32 count;
	__u32 reserved;
};

#define VMXFS_IOC		0xbe

/*
 * Once for a vCPU, before anything else: from here on exits that vmx(3) reports and no
 * emulator wants (MOV DR, CR8, #DB) are handled in the kernel, and the TSC runs on.
 * EPROTO if the versions differ, EBUSY if the guest runs.
 */
#define VMXFS_IOC_ATTACH	_IOWR(VMXFS_IOC, 0, struct vmxfs_attach)
/*
 * Take @commit, @event and @interrupt, run until an exit is to be reported. EBUSY if the guest
 * runs, EAGAIN if there is such an event already, EINVAL if it can't have one of them or a value
 * of @commit: what can't be had is dropped, and so are the events. EIO if VM entry failed for
 * its controls.
 */
#define VMXFS_IOC_RUN		_IO(VMXFS_IOC, 1)
/* From any thread: the run that is on, or else the next one, ends with EXIT_NONE. */
#define VMXFS_IOC_STOP		_IO(VMXFS_IOC, 2)
/* The argument is a bitmap of groups: EINVAL for others. */
#define VMXFS_IOC_GETSTATE	_IO(VMXFS_IOC, 3)
/*
 * EINVAL also for a value that can't be had; then none of the groups is changed. Bits of
 * CR0 that MOV to CR0 ignores are ignored. If the processor would load the PDPTEs, had the
 * guest changed CR0, CR3, CR4 and IA32_EFER so, they are loaded from memory: EINVAL if
 * there is none, or they have reserved bits. RIP and RFLAGS are taken as they are, whatever
 * was left undone; that is different from @commit.
 */
#define VMXFS_IOC_SETSTATE	_IO(VMXFS_IOC, 4)
/*
 * The memory is pinned, and counts as locked. EINVAL, EFAULT if it is not this
 * process's or not writable though it is to be, ENOMEM.
 */
#define VMXFS_IOC_MAP		_IOW(VMXFS_IOC, 5, struct vmxfs_mapping)
#define VMXFS_IOC_UNMAP		_IOW(VMXFS_IOC, 6, struct vmxfs_mapping)
#define VMXFS_IOC_CPUID		_IOW(VMXFS_IOC, 7, struct vmxfs_cpuid)
/* The argument is 1 if a change of CR8 is to be reported, 0 if not. */
#define VMXFS_IOC_TPR		_IO(VMXFS_IOC, 8)
/*
 * The range becomes what it is in another vCPU, and stays so whatever becomes of that.
 * Its memory is not pinned again and does not count again. EBADF or EINVAL for what is
 * no vCPU, EINVAL for the same, and if the other has a page of its own there (./vapic
 * and the like); ENODEV also if the other is ending.
 */
#define VMXFS_IOC_SHARE		_IOW(VMXFS_IOC, 9, struct vmxfs_share)

#endif
