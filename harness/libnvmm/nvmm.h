/* SPDX-License-Identifier: GPL-2.0 */
/*
 * libnvmm: the interface of NetBSD 10's NVMM, on libvmx. See libnvmm(3).
 *
 * Names, values and layout are NVMM's, so that its programs compile as they are. Functions
 * return 0, or -1 with errno. Numbers are those of Intel's SDM.
 */
#ifndef NVMM_H
#define NVMM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

/* NetBSD's programs have these from its <sys/cdefs.h>. */
#ifndef __BIT
#define __BIT(n)		(1ull << (n))
#endif
#ifndef __SHIFTOUT
#define __LOWEST_SET_BIT(mask)	((mask) & ~((mask) - 1))
#define __SHIFTOUT(x, mask)	(((x) & (mask)) / __LOWEST_SET_BIT(mask))
#define __SHIFTIN(x, mask)	((x) * __LOWEST_SET_BIT(mask))
#endif

/* Version 2 has nvmm_vcpu_stop(). */
#define NVMM_KERN_VERSION	2
#define NVMM_USER_VERSION	2

typedef uint64_t gpaddr_t;	/* guest-physical address */
typedef uint64_t gvaddr_t;	/* linear address of the guest */
typedef uint32_t nvmm_machid_t;
typedef uint32_t nvmm_cpuid_t;
typedef uint64_t nvmm_prot_t;

/* How memory may be accessed; those but USER are mmap()'s. */
#define NVMM_PROT_READ		0x01
#define NVMM_PROT_WRITE		0x02
#define NVMM_PROT_EXEC		0x04
#define NVMM_PROT_USER		0x08	/* at CPL 3, of nvmm_gva_to_gpa() */
#define NVMM_PROT_ALL		0x0f

/* ---- VM exits ---- */

#define NVMM_VCPU_EXIT_NONE		0x0000000000000000ull	/* nothing to do */
#define NVMM_VCPU_EXIT_STOPPED		0xfffffffffffffffeull	/* nvmm_vcpu_stop() */
#define NVMM_VCPU_EXIT_INVALID		0xffffffffffffffffull	/* u.inv */
#define NVMM_VCPU_EXIT_MEMORY		0x0000000000000001ull	/* u.mem */
#define NVMM_VCPU_EXIT_IO		0x0000000000000002ull	/* u.io */
#define NVMM_VCPU_EXIT_SHUTDOWN		0x0000000000001000ull	/* triple fault */
#define NVMM_VCPU_EXIT_INT_READY	0x0000000000001001ull	/* it takes interrupts */
#define NVMM_VCPU_EXIT_NMI_READY	0x0000000000001002ull	/* it takes an NMI */
#define NVMM_VCPU_EXIT_HALTED		0x0000000000001003ull	/* after the HLT */
#define NVMM_VCPU_EXIT_TPR_CHANGED	0x0000000000001004ull	/* after the MOV to CR8 */
#define NVMM_VCPU_EXIT_RDMSR		0x0000000000002000ull	/* u.rdmsr */
#define NVMM_VCPU_EXIT_WRMSR		0x0000000000002001ull	/* u.wrmsr */
#define NVMM_VCPU_EXIT_MONITOR		0x0000000000002002ull	/* u.insn */
#define NVMM_VCPU_EXIT_MWAIT		0x0000000000002003ull	/* u.insn */
#define NVMM_VCPU_EXIT_CPUID		0x0000000000002004ull	/* u.insn */

/**
 * struct nvmm_x86_exit_memory - an access to guest-physical memory that is not mapped so
 * @prot: what was tried: one of PROT_READ, PROT_WRITE and PROT_EXEC
 * @gpa: guest-physical address
 * @inst_len: how many bytes there are of the instruction: 0, VT-x does not give them
 * @inst_bytes: the bytes
 */
struct nvmm_x86_exit_memory {
	int prot;
	gpaddr_t gpa;
	uint8_t inst_len;
	uint8_t inst_bytes[15];
};

/**
 * struct nvmm_x86_exit_io - an I/O instruction, which is not executed
 * @in: IN or INS; else OUT or OUTS
 * @port: I/O port
 * @seg: segment of the memory operand of INS and OUTS: NVMM_X64_SEG_*
 * @address_size: of INS and OUTS, in bytes: 2, 4 or 8
 * @operand_size: in bytes: 1, 2 or 4
 * @rep: with a REP prefix
 * @str: INS or OUTS
 * @npc: RIP after it
 */
struct nvmm_x86_exit_io {
	bool in;
	uint16_t port;
	int8_t seg;
	uint8_t address_size;
	uint8_t operand_size;
	bool rep;
	bool str;
	uint64_t npc;
};

/**
 * struct nvmm_x86_exit_rdmsr - RDMSR, which is not executed
 * @msr: the MSR's index
 * @npc: RIP after it
 */
struct nvmm_x86_exit_rdmsr {
	uint32_t msr;
	uint64_t npc;
};

/**
 * struct nvmm_x86_exit_wrmsr - WRMSR, which is not executed
 * @msr: the MSR's index
 * @val: the value
 * @npc: RIP after it
 */
struct nvmm_x86_exit_wrmsr {
	uint32_t msr;
	uint64_t val;
	uint64_t npc;
};

/**
 * struct nvmm_x86_exit_insn - an instruction that is not executed
 * @npc: RIP after it
 */
struct nvmm_x86_exit_insn {
	uint64_t npc;
};

/**
 * struct nvmm_x86_exit_invalid - a VM exit, or a failure of VM entry, that has no name here
 * @hwcode: the exit reason, as the VMCS has it
 */
struct nvmm_x86_exit_invalid {
	uint64_t hwcode;
};

/**
 * struct nvmm_x86_exit - why nvmm_vcpu_run() has ended
 * @reason: NVMM_VCPU_EXIT_*
 * @u: more about it
 * @exitstate: the guest's state, then; as in struct nvmm_x64_state
 */
struct nvmm_x86_exit {
	uint64_t reason;
	union {
		struct nvmm_x86_exit_memory mem;
		struct nvmm_x86_exit_io io;
		struct nvmm_x86_exit_rdmsr rdmsr;
		struct nvmm_x86_exit_wrmsr wrmsr;
		struct nvmm_x86_exit_insn insn;
		struct nvmm_x86_exit_invalid inv;
	} u;
	struct {
		uint64_t rflags;
		uint64_t cr8;
		uint64_t int_shadow:1;
		uint64_t int_window_exiting:1;
		uint64_t nmi_window_exiting:1;
		uint64_t evt_pending:1;
		uint64_t rsvd:60;
	} exitstate;
};

/* ---- events ---- */

#define NVMM_VCPU_EVENT_EXCP	0	/* exception */
#define NVMM_VCPU_EVENT_INTR	1	/* external interrupt; vector 2 is an NMI */

/**
 * struct nvmm_x86_event - an event for the guest
 * @type: NVMM_VCPU_EVENT_*
 * @vector: its vector
 * @u: the error code, of an exception that has one
 */
struct nvmm_x86_event {
	unsigned int type;
	uint8_t vector;
	union {
		struct {
			uint64_t error;
		} excp;
	} u;
};

/* ---- state ---- */

#define NVMM_X64_SEG_ES			0
#define NVMM_X64_SEG_CS			1
#define NVMM_X64_SEG_SS			2
#define NVMM_X64_SEG_DS			3
#define NVMM_X64_SEG_FS			4
#define NVMM_X64_SEG_GS			5
#define NVMM_X64_SEG_GDT		6
#define NVMM_X64_SEG_IDT		7
#define NVMM_X64_SEG_LDT		8
#define NVMM_X64_SEG_TR			9
#define NVMM_X64_NSEG			10

#define NVMM_X64_GPR_RAX		0
#define NVMM_X64_GPR_RCX		1
#define NVMM_X64_GPR_RDX		2
#define NVMM_X64_GPR_RBX		3
#define NVMM_X64_GPR_RSP		4
#define NVMM_X64_GPR_RBP		5
#define NVMM_X64_GPR_RSI		6
#define NVMM_X64_GPR_RDI		7
#define NVMM_X64_GPR_R8			8
#define NVMM_X64_GPR_R9			9
#define NVMM_X64_GPR_R10		10
#define NVMM_X64_GPR_R11		11
#define NVMM_X64_GPR_R12		12
#define NVMM_X64_GPR_R13		13
#define NVMM_X64_GPR_R14		14
#define NVMM_X64_GPR_R15		15
#define NVMM_X64_GPR_RIP		16
#define NVMM_X64_GPR_RFLAGS		17
#define NVMM_X64_NGPR			18

#define NVMM_X64_CR_CR0			0
#define NVMM_X64_CR_CR2			1
#define NVMM_X64_CR_CR3			2
#define NVMM_X64_CR_CR4			3
#define NVMM_X64_CR_CR8			4
#define NVMM_X64_CR_XCR0		5
#define NVMM_X64_NCR			6

#define NVMM_X64_DR_DR0			0
#define NVMM_X64_DR_DR1			1
#define NVMM_X64_DR_DR2			2
#define NVMM_X64_DR_DR3			3
#define NVMM_X64_DR_DR6			4
#define NVMM_X64_DR_DR7			5
#define NVMM_X64_NDR			6

#define NVMM_X64_MSR_EFER		0
#define NVMM_X64_MSR_STAR		1
#define NVMM_X64_MSR_LSTAR		2
#define NVMM_X64_MSR_CSTAR		3
#define NVMM_X64_MSR_SFMASK		4
#define NVMM_X64_MSR_KERNELGSBASE	5
#define NVMM_X64_MSR_SYSENTER_CS	6
#define NVMM_X64_MSR_SYSENTER_ESP	7
#define NVMM_X64_MSR_SYSENTER_EIP	8
#define NVMM_X64_MSR_PAT		9
#define NVMM_X64_MSR_TSC		10
#define NVMM_X64_NMSR			11

/**
 * struct nvmm_x64_state_seg - a segment register, or GDTR or IDTR
 * @selector: selector
 * @attrib: access rights, in the order of a segment descriptor; P is 0 if it is unusable
 * @limit: in bytes, the granularity applied
 * @base: linear address
 */
struct nvmm_x64_state_seg {
	uint16_t selector;
	struct {
		uint16_t type:4;
		uint16_t s:1;
		uint16_t dpl:2;
		uint16_t p:1;
		uint16_t avl:1;
		uint16_t l:1;
		uint16_t def:1;
		uint16_t g:1;
		uint16_t rsvd:4;
	} attrib;
	uint32_t limit;
	uint64_t base;
};

/**
 * struct nvmm_x64_state_intr - what interrupts wait for
 * @int_shadow: STI, MOV SS or POP SS blocks them for one instruction
 * @int_window_exiting: nvmm_vcpu_run() ends with NVMM_VCPU_EXIT_INT_READY, once
 * @nmi_window_exiting: the same for an NMI, and NVMM_VCPU_EXIT_NMI_READY
 * @evt_pending: an event is to be delivered; can't be set
 * @rsvd: 0
 */
struct nvmm_x64_state_intr {
	uint64_t int_shadow:1;
	uint64_t int_window_exiting:1;
	uint64_t nmi_window_exiting:1;
	uint64_t evt_pending:1;
	uint64_t rsvd:60;
};

/*
 * x87 and SSE state: SDM, "Layout of the 64-bit mode FXSAVE64 Map". Names are those of
 * NetBSD's <x86/cpu_extended_state.h>.
 */
union fp_addr {
	uint64_t fa_64;
	struct {
		uint32_t fa_off;
		uint16_t fa_seg;
		uint16_t fa_opcode;
	} fa_32;
} __attribute__((packed, aligned(4)));

struct fpacc87 {
	uint64_t f87_mantissa;
	uint16_t f87_exp_sign;
} __attribute__((packed, aligned(2)));

struct fpaccfx {
	struct fpacc87 r __attribute__((aligned(16)));
};

struct xmmreg {
	uint8_t xmm_bytes[16];
};

struct fxsave {
	uint16_t fx_cw;
	uint16_t fx_sw;
	uint8_t fx_tw;		/* a bit for each register that is not empty */
	uint8_t fx_zero;
	uint16_t fx_opcode;
	union fp_addr fx_ip;
	union fp_addr fx_dp;
	uint32_t fx_mxcsr;
	uint32_t fx_mxcsr_mask;
	struct fpaccfx fx_87_ac[8];
	struct xmmreg fx_xmm[16];
	uint8_t fx_rsvd[96];
};

/* Groups of state, for bitmaps */
#define NVMM_X64_STATE_SEGS	0x01
#define NVMM_X64_STATE_GPRS	0x02
#define NVMM_X64_STATE_CRS	0x04
#define NVMM_X64_STATE_DRS	0x08
#define NVMM_X64_STATE_MSRS	0x10
#define NVMM_X64_STATE_INTR	0x20
#define NVMM_X64_STATE_FPU	0x40
#define NVMM_X64_STATE_ALL	0x7f

/**
 * struct nvmm_x64_state - a vCPU's state, by group
 * @segs: NVMM_X64_STATE_SEGS
 * @gprs: NVMM_X64_STATE_GPRS
 * @crs: NVMM_X64_STATE_CRS: as the guest reads them
 * @drs: NVMM_X64_STATE_DRS
 * @msrs: NVMM_X64_STATE_MSRS: the TSC runs on while the guest does not
 * @intr: NVMM_X64_STATE_INTR
 * @fpu: NVMM_X64_STATE_FPU
 */
struct nvmm_x64_state {
	struct nvmm_x64_state_seg segs[NVMM_X64_NSEG];
	uint64_t gprs[NVMM_X64_NGPR];
	uint64_t crs[NVMM_X64_NCR];
	uint64_t drs[NVMM_X64_NDR];
	uint64_t msrs[NVMM_X64_NMSR];
	struct nvmm_x64_state_intr intr;
	struct fxsave fpu;
};

#define nvmm_vcpu_exit		nvmm_x86_exit
#define nvmm_vcpu_event		nvmm_x86_event
#define nvmm_vcpu_state		nvmm_x64_state

/* ---- capabilities ---- */

#define NVMM_CAP_ARCH_VCPU_CONF_CPUID	__BIT(0)
#define NVMM_CAP_ARCH_VCPU_CONF_TPR	__BIT(1)

/**
 * struct nvmm_cap_md - what x86 has of it
 * @mach_conf_support: settings of nvmm_machine_configure(): none
 * @vcpu_conf_support: NVMM_CAP_ARCH_VCPU_CONF_*
 * @xcr0_mask: bits that XCR0 can have
 * @mxcsr_mask: bits that MXCSR can have
 * @conf_cpuid_maxops: how many leaves NVMM_VCPU_CONF_CPUID can change
 * @rsvd: 0
 */
struct nvmm_cap_md {
	uint64_t mach_conf_support;
	uint64_t vcpu_conf_support;
	uint64_t xcr0_mask;
	uint32_t mxcsr_mask;
	uint32_t conf_cpuid_maxops;
	uint64_t rsvd[6];
};

/**
 * struct nvmm_capability - what there is
 * @version: NVMM_KERN_VERSION
 * @state_size: size of struct nvmm_x64_state, in bytes
 * @max_machines: of a process
 * @max_vcpus: of a machine; a vCPU's number is below it
 * @max_ram: guest-physical addresses are below it
 * @arch: what x86 has
 */
struct nvmm_capability {
	uint32_t version;
	uint32_t state_size;
	uint32_t max_machines;
	uint32_t max_vcpus;
	uint64_t max_ram;
	struct nvmm_cap_md arch;
};

/* ---- settings ---- */

#define NVMM_MACH_CONF_LIBNVMM_BEGIN	0
#define NVMM_MACH_CONF_MI_BEGIN		100
#define NVMM_MACH_CONF_MD_BEGIN		200
#define NVMM_MACH_CONF_MD(op)		((op) - NVMM_MACH_CONF_MD_BEGIN)

#define NVMM_VCPU_CONF_LIBNVMM_BEGIN	0
#define NVMM_VCPU_CONF_MI_BEGIN		100
#define NVMM_VCPU_CONF_MD_BEGIN		200
#define NVMM_VCPU_CONF_MD(op)		((op) - NVMM_VCPU_CONF_MD_BEGIN)

#define NVMM_VCPU_CONF_CALLBACKS	NVMM_VCPU_CONF_LIBNVMM_BEGIN
#define NVMM_VCPU_CONF_CPUID		NVMM_VCPU_CONF_MD_BEGIN
#define NVMM_VCPU_CONF_TPR		(NVMM_VCPU_CONF_MD_BEGIN + 1)

/**
 * struct nvmm_vcpu_conf_cpuid - a leaf of CPUID
 * @mask: bits of it are changed: those of u.mask.del become 0, then those of u.mask.set 1
 * @exit: it is the program's: NVMM_VCPU_EXIT_CPUID. With neither, it is as it was
 * @rsvd: 0
 * @leaf: EAX
 * @u: the bits, in all subleaves
 */
struct nvmm_vcpu_conf_cpuid {
	uint32_t mask:1;
	uint32_t exit:1;
	uint32_t rsvd:30;
	uint32_t leaf;
	union {
		struct {
			struct {
				uint32_t eax;
				uint32_t ebx;
				uint32_t ecx;
				uint32_t edx;
			} set;
			struct {
				uint32_t eax;
				uint32_t ebx;
				uint32_t ecx;
				uint32_t edx;
			} del;
		} mask;
	} u;
};

/**
 * struct nvmm_vcpu_conf_tpr - CR8
 * @exit_changed: a MOV to CR8 that changes it ends a run with NVMM_VCPU_EXIT_TPR_CHANGED
 * @rsvd: 0
 */
struct nvmm_vcpu_conf_tpr {
	uint32_t exit_changed:1;
	uint32_t rsvd:31;
};

/* ---- machines and vCPUs ---- */

struct nvmm_io;
struct nvmm_mem;
struct nvmm_comm_page;

/**
 * struct nvmm_assist_callbacks - who completes what the assists decode; either may be NULL
 * @io: accesses to ports
 * @mem: accesses to memory that is not mapped
 */
struct nvmm_assist_callbacks {
	void (*io)(struct nvmm_io *io);
	void (*mem)(struct nvmm_mem *mem);
};

/**
 * struct nvmm_machine - a machine
 * @machid: its number in this process
 * @pages: NULL
 * @areas: the library's
 */
struct nvmm_machine {
	nvmm_machid_t machid;
	struct nvmm_comm_page **pages;
	void *areas;
};

/**
 * struct nvmm_vcpu - a vCPU
 * @cpuid: its number in its machine
 * @cbs: what was set by NVMM_VCPU_CONF_CALLBACKS
 * @state: what nvmm_vcpu_getstate() fills and nvmm_vcpu_setstate() takes
 * @event: what nvmm_vcpu_inject() takes
 * @exit: what nvmm_vcpu_run() fills
 * @stop: if not 0, the next nvmm_vcpu_run() ends at once, and it becomes 0
 */
struct nvmm_vcpu {
	nvmm_cpuid_t cpuid;
	struct nvmm_assist_callbacks cbs;
	struct nvmm_vcpu_state *state;
	struct nvmm_vcpu_event *event;
	struct nvmm_vcpu_exit *exit;
	volatile int *stop;
};

/**
 * struct nvmm_io - an access to a port, for the callback
 * @mach: the machine
 * @vcpu: the vCPU
 * @port: I/O port
 * @in: the callback fills @data; else it takes it
 * @size: of @data, in bytes: 1, 2 or 4
 * @data: the bytes
 */
struct nvmm_io {
	struct nvmm_machine *mach;
	struct nvmm_vcpu *vcpu;
	uint16_t port;
	bool in;
	size_t size;
	uint8_t *data;
};

/**
 * struct nvmm_mem - an access to memory, for the callback
 * @mach: the machine
 * @vcpu: the vCPU
 * @gpa: guest-physical address
 * @write: the callback takes @data; else it fills it
 * @size: of @data, in bytes: 1 to 8, within a page
 * @data: the bytes
 */
struct nvmm_mem {
	struct nvmm_machine *mach;
	struct nvmm_vcpu *vcpu;
	gpaddr_t gpa;
	bool write;
	size_t size;
	uint8_t *data;
};

/* ENOENT where vmxfs is not mounted, EACCES, EPROTO if its ABI is another. */
int nvmm_init(void);
int nvmm_root_init(void);
int nvmm_capability(struct nvmm_capability *cap);

/* ENOSPC if there are as many as there can be. */
int nvmm_machine_create(struct nvmm_machine *mach);
/* With its vCPUs; EBUSY while one of them runs. */
int nvmm_machine_destroy(struct nvmm_machine *mach);
/* EINVAL: there is no such setting. */
int nvmm_machine_configure(struct nvmm_machine *mach, uint64_t op, void *conf);

/* It is as after RESET. EINVAL for a number that it can't have, EBUSY if it is in use. */
int nvmm_vcpu_create(struct nvmm_machine *mach, nvmm_cpuid_t cpuid, struct nvmm_vcpu *vcpu);
/* EBUSY while another thread runs it. */
int nvmm_vcpu_destroy(struct nvmm_machine *mach, struct nvmm_vcpu *vcpu);
/* EINVAL if there is no such setting, or it can't be so; ENOBUFS for too many leaves. */
int nvmm_vcpu_configure(struct nvmm_machine *mach, struct nvmm_vcpu *vcpu, uint64_t op,
			void *conf);
/* @flags: NVMM_X64_STATE_*. EINVAL for others, and for a value that can't be had. */
int nvmm_vcpu_getstate(struct nvmm_machine *mach, struct nvmm_vcpu *vcpu, uint64_t flags);
int nvmm_vcpu_setstate(struct nvmm_machine *mach, struct nvmm_vcpu *vcpu, uint64_t flags);
/*
 * The next run delivers vcpu->event. EINVAL if there is no such event, EAGAIN if one is to be
 * delivered already.
 */
int nvmm_vcpu_inject(struct nvmm_machine *mach, struct nvmm_vcpu *vcpu);
/* Until there is something to do, which vcpu->exit tells, or a signal comes. */
int nvmm_vcpu_run(struct nvmm_machine *mach, struct nvmm_vcpu *vcpu);
/* From any thread, or a signal handler: the run that is on, or else the next one, ends. */
int nvmm_vcpu_stop(struct nvmm_vcpu *vcpu);
/* Prints what it has, to the standard output. */
int nvmm_vcpu_dump(struct nvmm_machine *mach, struct nvmm_vcpu *vcpu);

/*
 * Memory at @hva becomes memory of zeros that machines can have. All are multiples of 4096:
 * EINVAL otherwise. EEXIST where there is such memory already, ENOENT if there is none.
 */
int nvmm_hva_map(struct nvmm_machine *mach, uintptr_t hva, size_t size);
int nvmm_hva_unmap(struct nvmm_machine *mach, uintptr_t hva, size_t size);
/* EINVAL if it is not of nvmm_hva_map(), or @prot can't be. ENOENT if nothing is mapped so. */
int nvmm_gpa_map(struct nvmm_machine *mach, uintptr_t hva, gpaddr_t gpa, size_t size, int prot);
int nvmm_gpa_unmap(struct nvmm_machine *mach, uintptr_t hva, gpaddr_t gpa, size_t size);
/* EINVAL if @gva is no multiple of 4096, EFAULT if the guest maps nothing there. */
int nvmm_gva_to_gpa(struct nvmm_machine *mach, struct nvmm_vcpu *vcpu, gvaddr_t gva,
		    gpaddr_t *gpa, nvmm_prot_t *prot);
/* ENOENT where nothing is mapped. */
int nvmm_gpa_to_hva(struct nvmm_machine *mach, gpaddr_t gpa, uintptr_t *hva, nvmm_prot_t *prot);

/* Complete what NVMM_VCPU_EXIT_IO and NVMM_VCPU_EXIT_MEMORY left undone: see libvmx.h. */
int nvmm_assist_io(struct nvmm_machine *mach, struct nvmm_vcpu *vcpu);
int nvmm_assist_mem(struct nvmm_machine *mach, struct nvmm_vcpu *vcpu);

/**
 * struct nvmm_ctl_mach_info - what is known of a machine
 * @machid: which one; the others are filled
 * @nvcpus: how many vCPUs it has
 * @nram: how much memory is mapped, in bytes
 * @pid: whose it is
 * @time: when it was made, in seconds since 1970
 */
struct nvmm_ctl_mach_info {
	nvmm_machid_t machid;
	uint32_t nvcpus;
	uint64_t nram;
	pid_t pid;
	time_t time;
};

#define NVMM_CTL_MACH_INFO	0

/* About machines of this process. EINVAL for another @op or @size, ENOENT for no such one. */
int nvmm_ctl(int op, void *data, size_t size);

#ifdef __cplusplus
}
#endif

#endif
