// SPDX-License-Identifier: GPL-2.0
/*
 * SDM, "Basic VM-Exit Information" and its tables "Exit Qualification for...".
 */
#include "qualification.h"

#include "vmx.h"

static const char *const general_registers[] = {
	"RAX", "RCX", "RDX", "RBX", "RSP", "RBP", "RSI", "RDI",
	"R8", "R9", "R10", "R11", "R12", "R13", "R14", "R15",
};

static const struct field linear_address[] = {
	FIELD_NUMBER(HEX, 63, 0, "linear address "),
};

/* of the instruction's memory operand */
static const struct field displacement[] = {
	FIELD_NUMBER(SIGNED, 63, 0, "displacement "),
};

static const struct field msr[] = {
	FIELD_NUMBER(HEX, 31, 0, "MSR "),
};

static const struct field vector[] = {
	FIELD_NUMBER(DECIMAL, 7, 0, "vector "),
};

static const struct field debug_exception[] = {
	FIELD_FLAG(0, "B0, breakpoint 0 met"),
	FIELD_FLAG(1, "B1, breakpoint 1 met"),
	FIELD_FLAG(2, "B2, breakpoint 2 met"),
	FIELD_FLAG(3, "B3, breakpoint 3 met"),
	FIELD_FLAG(11, "BLD, bus lock"),
	FIELD_FLAG(13, "BD, debug register access detected"),
	FIELD_FLAG(14, "BS, single step or taken branch"),
	FIELD_FLAG(16, "RTM, inside an RTM region"),
};

static const char *const task_switch_sources[] = {
	"CALL instruction", "IRET instruction", "JMP instruction",
	"task gate in IDT",
};

static const struct field task_switch[] = {
	FIELD_CHOICE(31, 30, task_switch_sources),
	FIELD_NUMBER(HEX, 15, 0, "TSS selector "),
};

static const char *const cr_accesses[] = {
	"MOV to CR", "MOV from CR", "CLTS", "LMSW",
};

static const char *const lmsw_operands[] = {
	"register operand", "memory operand",
};

#define CR_ACCESS_TYPE	0x30
#define CR_ACCESS_MOV	0x20	/* clear for both directions of MOV CR */
#define CR_ACCESS_LMSW	0x30

static const struct field cr_access[] = {
	FIELD_CHOICE(5, 4, cr_accesses),
	FIELD_NUMBER(DECIMAL, 3, 0, "CR"),
	{ .kind = CHOICE, .high = 11, .low = 8, .choice = general_registers,
	  .nchoices = 16, .when_mask = CR_ACCESS_MOV, .when = 0 },
	{ .kind = CHOICE, .high = 6, .low = 6, .choice = lmsw_operands,
	  .nchoices = 2, .when_mask = CR_ACCESS_TYPE, .when = CR_ACCESS_LMSW },
	{ .kind = HEX, .high = 31, .low = 16, .name = "LMSW source data ",
	  .when_mask = CR_ACCESS_TYPE, .when = CR_ACCESS_LMSW },
};

static const char *const dr_directions[] = { "MOV to DR", "MOV from DR" };

static const struct field mov_dr[] = {
	FIELD_CHOICE(4, 4, dr_directions),
	FIELD_NUMBER(DECIMAL, 2, 0, "DR"),
	FIELD_CHOICE(11, 8, general_registers),
};

static const char *const io_sizes[] = {
	[0] = "1 byte", [1] = "2 bytes", [3] = "4 bytes",
};

static const char *const io_directions[] = { "OUT", "IN" };
static const char *const io_operands[] = { "port in DX", "port immediate" };

static const struct field io[] = {
	FIELD_CHOICE(3, 3, io_directions),
	FIELD_CHOICE(2, 0, io_sizes),
	FIELD_FLAG(4, "string instruction"),
	FIELD_FLAG(5, "REP prefixed"),
	FIELD_CHOICE(6, 6, io_operands),
	FIELD_NUMBER(HEX, 31, 16, "port "),
};

static const char *const entry_state_failures[] = {
	[0] = "none of the special cases",
	[2] = "loading the PDPTEs",
	[3] = "injecting an NMI while blocking by STI",
	[4] = "invalid VMCS link pointer",
};

static const struct field entry_state[] = {
	FIELD_CHOICE(63, 0, entry_state_failures),
};

static const struct field entry_msr[] = {
	FIELD_NUMBER(DECIMAL, 63, 0, "entry of the VM-entry MSR-load area: "),
};

static const struct field mwait[] = {
	FIELD_FLAG(0, "address-range monitoring hardware armed"),
};

static const char *const apic_accesses[] = {
	[0] = "data read during instruction execution",
	[1] = "data write during instruction execution",
	[2] = "instruction fetch",
	[3] = "linear access during event delivery",
	[10] = "guest-physical access during event delivery",
	[15] = "guest-physical access for a fetch or during instruction execution",
};

static const struct field apic_access[] = {
	FIELD_CHOICE(15, 12, apic_accesses),
	FIELD_NUMBER(HEX, 11, 0, "offset "),
	FIELD_FLAG(16, "asynchronous to instruction execution"),
};

static const struct field apic_write[] = {
	FIELD_NUMBER(HEX, 11, 0, "offset "),
};

static const char *const ept_permissions[] = {
	"page ---", "page r--", "page -w-", "page rw-",
	"page --x", "page r-x", "page -wx", "page rwx",
};

static const char *const ept_targets[] = {
	"access to a guest paging structure",
	"access to the linear address's translation",
};

#define EPT_LINEAR_ADDRESS_VALID 0x80

static const struct field ept_violation[] = {
	FIELD_FLAG(0, "data read"),
	FIELD_FLAG(1, "data write"),
	FIELD_FLAG(2, "instruction fetch"),
	FIELD_CHOICE(5, 3, ept_permissions),
	FIELD_FLAG(6, "executable for user-mode linear addresses"),
	FIELD_FLAG(7, "guest linear address valid"),
	{ .kind = CHOICE, .high = 8, .low = 8, .choice = ept_targets,
	  .nchoices = 2, .when_mask = EPT_LINEAR_ADDRESS_VALID,
	  .when = EPT_LINEAR_ADDRESS_VALID },
	FIELD_FLAG(9, "user-mode linear address"),
	FIELD_FLAG(10, "read/write page"),
	FIELD_FLAG(11, "execute-disable page"),
	FIELD_FLAG(12, "NMI unblocking due to IRET"),
	FIELD_FLAG(13, "shadow-stack access"),
	FIELD_FLAG(14, "supervisor shadow-stack page"),
	FIELD_FLAG(15, "guest-paging verification"),
	FIELD_FLAG(16, "asynchronous to instruction execution"),
};

static const struct field pml_full[] = {
	FIELD_FLAG(12, "NMI unblocking due to IRET"),
};

static const char *const spp_events[] = { "SPP misconfiguration", "SPP miss" };

static const struct field spp[] = {
	FIELD_CHOICE(11, 11, spp_events),
	FIELD_FLAG(12, "NMI unblocking due to IRET"),
};

static const struct field instruction_timeout[] = {
	FIELD_FLAG(0, "VM context invalid"),
	FIELD_FLAG(12, "NMI unblocking due to IRET"),
};

/* An exit reason that is not here clears the exit qualification. */
static const struct format exits[VMX_EXITS] = {
	[VMX_EXIT_SIPI] = FORMAT(vector),
	[VMX_EXIT_TASK_SWITCH] = FORMAT(task_switch),
	[VMX_EXIT_INVLPG] = FORMAT(linear_address),
	[VMX_EXIT_VMCLEAR] = FORMAT(displacement),
	[VMX_EXIT_VMPTRLD] = FORMAT(displacement),
	[VMX_EXIT_VMPTRST] = FORMAT(displacement),
	[VMX_EXIT_VMREAD] = FORMAT(displacement),
	[VMX_EXIT_VMWRITE] = FORMAT(displacement),
	[VMX_EXIT_VMXON] = FORMAT(displacement),
	[VMX_EXIT_CR_ACCESS] = FORMAT(cr_access),
	[VMX_EXIT_MOV_DR] = FORMAT(mov_dr),
	[VMX_EXIT_IO_INSTRUCTION] = FORMAT(io),
	[VMX_EXIT_INVALID_GUEST_STATE] = FORMAT(entry_state),
	[VMX_EXIT_MSR_LOADING] = FORMAT(entry_msr),
	[VMX_EXIT_MWAIT] = FORMAT(mwait),
	[VMX_EXIT_APIC_ACCESS] = FORMAT(apic_access),
	[VMX_EXIT_VIRTUALIZED_EOI] = FORMAT(vector),
	[VMX_EXIT_GDTR_IDTR] = FORMAT(displacement),
	[VMX_EXIT_LDTR_TR] = FORMAT(displacement),
	[VMX_EXIT_EPT_VIOLATION] = FORMAT(ept_violation),
	[VMX_EXIT_INVEPT] = FORMAT(displacement),
	[VMX_EXIT_INVVPID] = FORMAT(displacement),
	[VMX_EXIT_APIC_WRITE] = FORMAT(apic_write),
	[VMX_EXIT_INVPCID] = FORMAT(displacement),
	[VMX_EXIT_PML_FULL] = FORMAT(pml_full),
	[VMX_EXIT_XSAVES] = FORMAT(displacement),
	[VMX_EXIT_XRSTORS] = FORMAT(displacement),
	[VMX_EXIT_SPP] = FORMAT(spp),
	[VMX_EXIT_INSTRUCTION_TIMEOUT] = FORMAT(instruction_timeout),
	[VMX_EXIT_RDMSRLIST] = FORMAT(msr),
	[VMX_EXIT_WRMSRLIST] = FORMAT(msr),
	[VMX_EXIT_RDMSR_IMM] = FORMAT(msr),
	[VMX_EXIT_WRMSRNS_IMM] = FORMAT(msr),
};

const struct format *qualification_format(unsigned int reason, int vector)
{
	static const struct format debug = FORMAT(debug_exception);
	static const struct format page_fault = FORMAT(linear_address);
	static const struct format cleared = { 0 };

	if (reason == VMX_EXIT_EXCEPTION_NMI && vector == VMX_EXC_DB)
		return &debug;
	if (reason == VMX_EXIT_EXCEPTION_NMI && vector == VMX_EXC_PF)
		return &page_fault;
	return reason < VMX_EXITS ? &exits[reason] : &cleared;
}
