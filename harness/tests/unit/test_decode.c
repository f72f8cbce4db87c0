// SPDX-License-Identifier: GPL-2.0
#include "unit.h"

#include "decode.h"

static const struct {
	const char *line;
	const char *meaning;
} waits[] = {
	{ ".hlt 0x0 pc 0x1005", "HLT" },
	{ ".hlt", "HLT" },
	{ ".hlt * pc *", "HLT" },
	{ ".hlt 0x8 ...", "HLT: reserved bits 0x8" },
	{ "?83 0x0", "unknown exit reason 83" },
	{ "?86 0x1", "unknown exit reason 86: reserved bits 0x1" },
	{ "?9999 0x0", "unknown exit reason 9999" },
	{ "?65535 0x0", "unknown exit reason 65535" },
	{ "?65536 0x0", NULL },
	{ "?x 0x0", NULL },
	{ "12 0x0", NULL },
	{ "*ack 32", "the interrupt of vector 32 that irq posted was delivered" },
	{ "nonsense 0x0", NULL },
	{ "* 0x0", NULL },
	{ "", NULL },
	/* exceptions */
	{ "#ud 0x0", "Invalid Opcode (Undefined Opcode)" },
	{ "#2 0x0", "Non-maskable interrupt (NMI)" },
	{ "#9 0x0", "exception of vector 9" },
	{ "#255 0x0", "exception of vector 255" },
	{ "#256 0x0", NULL },
	{ "#xy 0x0", NULL },
	{ "#pf 0x1ff8", "Page Fault: linear address 0x1ff8" },
	{ "#db 0x4001",
	  "Debug Exception: B0, breakpoint 0 met, BS, single step or taken branch" },
	{ "#db 0x2000", "Debug Exception: BD, debug register access detected" },
	{ "#db 0x10802",
	  "Debug Exception: B1, breakpoint 1 met, BLD, bus lock, RTM, inside an RTM region" },
	/* control registers and debug registers */
	{ "movcr 0x0", "Control-register accesses: MOV to CR, CR0, RAX" },
	{ "movcr 0xf14", "Control-register accesses: MOV from CR, CR4, R15" },
	{ "movcr 0x108", "Control-register accesses: MOV to CR, CR8, RCX" },
	{ "movcr 0x20", "Control-register accesses: CLTS, CR0" },
	{ "movcr 0xabcd0030",
	  "Control-register accesses: LMSW, CR0, register operand, LMSW source data 0xabcd" },
	{ "movcr 0x10070",
	  "Control-register accesses: LMSW, CR0, memory operand, LMSW source data 0x1" },
	{ "movcr 0x120",
	  "Control-register accesses: CLTS, CR0, reserved bits 0x100" },
	{ ".movdr 0x307", "MOV DR: MOV to DR, DR7, RBX" },
	{ ".movdr 0x10", "MOV DR: MOV from DR, DR0, RAX" },
	/* I/O */
	{ "io 0x7e0040", "I/O instruction: OUT, 1 byte, port immediate, port 0x7e" },
	{ "io 0x3f80009", "I/O instruction: IN, 2 bytes, port in DX, port 0x3f8" },
	{ "io 0x600033",
	  "I/O instruction: OUT, 4 bytes, string instruction, REP prefixed, port in DX, port 0x60" },
	{ "io 0x600002",
	  "I/O instruction: OUT, bits 2:0 reserved value 2, port in DX, port 0x60" },
	/* EPT */
	{ "eptfault 0x181",
	  "EPT violation: data read, page ---, guest linear address valid, access to the linear address's translation" },
	{ "eptfault 0xaa",
	  "EPT violation: data write, page r-x, guest linear address valid, access to a guest paging structure" },
	{ "eptfault 0x4", "EPT violation: instruction fetch, page ---" },
	{ "eptfault 0x104",
	  "EPT violation: instruction fetch, page ---, reserved bits 0x100" },
	{ "eptfault 0x1f781",
	  "EPT violation: data read, page ---, guest linear address valid, access to the linear address's translation, user-mode linear address, read/write page, NMI unblocking due to IRET, shadow-stack access, supervisor shadow-stack page, guest-paging verification, asynchronous to instruction execution" },
	{ "eptfault 0x8a/0x1be",
	  "EPT violation: data write, page r--, guest linear address valid, access to a guest paging structure" },
	{ "eptfault 0x82/0x83",
	  "EPT violation: data write, guest linear address valid" },
	{ ".hlt 0x1/0x3", "HLT: reserved bits 0x1" },
	{ "pmlfull 0x1000",
	  "Page-modification log full: NMI unblocking due to IRET" },
	/* the rest */
	{ ".invlpg 0x3000", "INVLPG: linear address 0x3000" },
	{ "taskswitch 0x80000028",
	  "Task switch: JMP instruction, TSS selector 0x28" },
	{ "taskswitch 0xc0000030",
	  "Task switch: task gate in IDT, TSS selector 0x30" },
	{ "sipi 0x99", "Start-up IPI (SIPI): vector 153" },
	{ "apicacc 0x1080",
	  "APIC access: data write during instruction execution, offset 0x80" },
	{ "apicacc 0x4080",
	  "APIC access: bits 15:12 reserved value 4, offset 0x80" },
	{ "eoi 0x20", "Virtualized EOI: vector 32" },
	{ "apicwrite 0x300", "APIC write: offset 0x300" },
	{ ".mwait 0x1", "MWAIT: address-range monitoring hardware armed" },
	{ "gdtr_idtr 0x10", "Access to GDTR or IDTR: displacement 0x10" },
	{ ".vmread 0xfffffffffffffff0", "VMREAD: displacement -0x10" },
	{ ".vmread 0x8000000000000000",
	  "VMREAD: displacement -0x8000000000000000" },
	{ "!entrystate 0x2",
	  "VM-entry failure due to invalid guest state: loading the PDPTEs" },
	{ "!entrystate 0x1",
	  "VM-entry failure due to invalid guest state: bits 63:0 reserved value 1" },
	{ "!entrymsr 0x3",
	  "VM-entry failure due to MSR loading: entry of the VM-entry MSR-load area: 3" },
	{ "!?99 0x0", "VM-entry failure: unknown exit reason 99" },
	{ "!.hlt 0x0", "VM-entry failure: HLT" },
};

static void test_wait(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(waits); i++)
		assert_text(decode_wait(waits[i].line), waits[i].meaning);
}

static const struct {
	const char *pairs;
	const char *regs;
	const char *meaning;
} registers[] = {
	{ "pc 0x1005 ax 0x1", "", NULL },
	{ "instructionerror 0x7", "",
	  "instructionerror: VM entry with invalid control field(s)" },
	{ "instructionerror 28", "",
	  "instructionerror: Invalid operand to INVEPT/INVVPID" },
	{ "instructionerror 0", "", "instructionerror: none" },
	{ "instructionerror 14", "",
	  "instructionerror: not a VM-instruction error number" },
	{ "instructionerror 0xffffffffffffffff", "",
	  "instructionerror: not a VM-instruction error number" },
	{ "instructionerror *", "", NULL },
	{ "exitreason 0xc", "", "exitreason: HLT" },
	{ "exitreason 0x80000021", "",
	  "exitreason: VM-entry failure due to invalid guest state" },
	{ "exitreason 0x2000000c", "",
	  "exitreason: HLT: from VMX root operation" },
	{ "exitreason 0x4001000c", "",
	  "exitreason: HLT: reserved bits 0x40010000" },
	{ "exitreason 0", "exitinterruptinfo 0x80000306\n",
	  "exitreason: Invalid Opcode (Undefined Opcode)" },
	{ "exitreason 0", "exitinterruptinfo 0x306\n",
	  "exitreason: Exception or non-maskable interrupt (NMI)" },
	{ "exitqualification 0x600040", "exitreason 0x1e\n",
	  "exitqualification: OUT, 1 byte, port immediate, port 0x60" },
	{ "exitqualification 0x2000",
	  "exitreason 0x0\nexitinterruptinfo 0x80000301\n",
	  "exitqualification: BD, debug register access detected" },
	{ "exitinterruptinfo 0x80000b0d", "",
	  "exitinterruptinfo: intr(#gp,hw,code)" },
	{ "exit_interruption_information 0x80000b0d/0xffffefff", "",
	  "exit_interruption_information: intr(#gp,hw,code)" },
	{ "entry_interruption_information 0x0 idt_vectoring_information 0x80000440",
	  "", "entry_interruption_information: not valid; "
	  "idt_vectoring_information: intr(0x40,swint)" },
	{ "exitinterruptinfo 0x80000120", "",
	  "exitinterruptinfo: vector 32, bits 10:8 reserved value 1, valid" },
	{ "idtinterruptinfo 0x80000202 ax 1", "",
	  "idtinterruptinfo: intr(0x2,nmi)" },
	{ "exitinterruptinfo 0x8000000e/0x800000ff", "",
	  "exitinterruptinfo: vector 14, valid" },
	{ "idtinterruptinfo 0x202", "", "idtinterruptinfo: not valid" },
	{ "ax 1 exitreason 10 instructionerror 1", "",
	  "exitreason: CPUID; instructionerror: VMCALL executed in VMX root operation" },
};

static void test_registers(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(registers); i++)
		assert_text(decode_registers(registers[i].pairs,
					     registers[i].regs),
			    registers[i].meaning);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wait),
		cmocka_unit_test(test_registers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
