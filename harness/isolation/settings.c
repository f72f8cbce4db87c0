// SPDX-License-Identifier: GPL-2.0
/*
 * What vmxfs lets a vCPU be set to without unsafe: found by trying, so that what is
 * added to it is used, too.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "isolation.h"

#define MAX 1200

struct setting *settings;
unsigned int settings_count;
static unsigned int groups;

/*
 * What a name has to do with. A pair of settings with one of these in common is met by
 * itself, in each mode and by the ways whose host state differs most.
 */
enum topic { EFER, PAT, DEBUG, CONTROL_REGISTERS, APIC, MSRS, PML, EPT, XSTATE, TSC, EVENTS,
	     SHADOW, SUPERVISOR, PERF, VE, PAUSE, SYSENTER };

static const struct {
	const char *word;
	enum topic topic;
} words[] = {
	{ "efer", EFER }, { "ia32e", EFER }, { "_pat", PAT }, { "debugctl", DEBUG },
	{ "debug_controls", DEBUG }, { "dr7", DEBUG }, { "dr6", DEBUG }, { "mov_dr", DEBUG },
	{ "pending_debug", DEBUG }, { "cr0", CONTROL_REGISTERS }, { "cr4", CONTROL_REGISTERS },
	{ "cr4", XSTATE }, { "cr3", CONTROL_REGISTERS }, { "cr8", APIC }, { "tpr", APIC },
	{ "apic", APIC }, { "msr", MSRS }, { "efer", MSRS }, { "ia32e", MSRS }, { "gs_base", MSRS },
	{ "kernelgsbase", MSRS }, { "star ", MSRS }, { "sfmask", MSRS }, { "pml", PML },
	{ "eptp", EPT }, { "ept_", EPT }, { "pte ", EPT }, { "mode_based", EPT },
	{ "xss", XSTATE }, { "xsaves", XSTATE }, { "xcr0", XSTATE }, { "tsc", TSC },
	{ "rdtscp", TSC }, { "preemption_timer", TSC }, { "nmi", EVENTS }, { "_window", EVENTS },
	{ "activity", EVENTS }, { "exception_bitmap", EVENTS }, { "interruptibility", EVENTS },
	{ "vmread", SHADOW }, { "vmwrite", SHADOW }, { "shadowing", SHADOW },
	{ "link_pointer", SHADOW }, { "pkrs", SUPERVISOR }, { "s_cet", SUPERVISOR },
	{ "ssp", SUPERVISOR }, { "perf_global", PERF }, { "rtit", PERF }, { "lbr", PERF },
	{ "bndcfgs", SUPERVISOR }, { "spec_ctrl", SUPERVISOR }, { "violation_ve", VE },
	{ "ve_information", VE }, { "veinfo", VE }, { "vm_function", VE }, { "ple_", PAUSE },
	{ "pause", PAUSE }, { "sysenter", SYSENTER }, { "sysenter", MSRS },
};

static uint64_t topics_of(const char *text)
{
	uint64_t found = 0;

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strstr(text, words[i].word))
			found |= 1ull << words[i].topic;
	return found;
}

bool settings_related(const struct setting *a, const struct setting *b)
{
	return a->topics & b->topics && a->group != b->group && !a->more && !b->more;
}

static void add(const char *file, unsigned int group, bool control, const char *line)
{
	struct setting *setting = &settings[settings_count];

	if (settings_count == MAX)
		return;
	setting->file = file;
	setting->group = group;
	setting->control = control;
	snprintf(setting->line, sizeof(setting->line), "%s", line);
	setting->topics = topics_of(setting->line) | topics_of(file);
	settings_count++;
}

int settings_apply(const struct vcpu *vcpu, const struct setting *setting)
{
	char text[100];

	snprintf(text, sizeof(text), "%s\n", setting->line);
	return vcpu_write(vcpu, setting->file, text);
}

/* ---- fields and controls: each bit that can be changed ---- */

static int write_field(int fd, const char *name, uint64_t value)
{
	char text[100];

	snprintf(text, sizeof(text), "%s %#llx\n", name, (unsigned long long)value);
	return write_text(fd, text);
}

static void try_field(int fd, const char *name, uint64_t value, unsigned int digits,
		      struct random *random)
{
	uint64_t all = digits < 16 ? (1ull << 4 * digits) - 1 : ~0ull;
	uint64_t taken = 0, values[4];
	char text[96];
	unsigned int n = 0;

	/* Most fields are free, or not, as a whole. */
	if (!write_field(fd, name, value ^ all)) {
		taken = all;
		write_field(fd, name, value);
	}
	for (unsigned int bit = 0; taken != all && bit < 4 * digits; bit++) {
		if (write_field(fd, name, value ^ 1ull << bit))
			continue;
		taken |= 1ull << bit;
		write_field(fd, name, value);
	}
	if (!taken)
		return;
	groups++;
	values[n++] = value & ~taken;
	values[n++] = value | taken;
	values[n++] = value ^ (taken & random_next(random));
	/* One bit: the last that is free */
	values[n++] = value ^ (taken & -taken);
	for (unsigned int i = 0; i < n; i++) {
		/* What a vCPU has at first is another value in another mode. */
		bool again = i > 1 && values[i] == value;

		for (unsigned int j = 0; j < i; j++)
			again |= values[i] == values[j];
		if (again || write_field(fd, name, values[i]))
			continue;
		write_field(fd, name, value);
		snprintf(text, sizeof(text), "%s %#llx", name, (unsigned long long)values[i]);
		add("vmcs", groups, false, text);
		settings[settings_count - 1].more = i > 1;
	}
}

static void try_control(int fd, const char *name, bool on)
{
	char text[96], back[96];

	snprintf(text, sizeof(text), "%s %d\n", name, !on);
	snprintf(back, sizeof(back), "%s %d\n", name, on);
	if (write_text(fd, text))
		return;
	write_text(fd, back);
	text[strlen(text) - 1] = '\0';
	add("vmcs", ++groups, true, text);
}

static int try_vmcs(const struct vcpu *vcpu, struct random *random)
{
	static char all[32768];
	char *line, *rest = all;
	int fd = vcpu_file(vcpu, "vmcs", O_RDWR);
	int n = 0, got;

	if (fd < 0)
		return fd;
	while ((got = file_read(fd, all + n, sizeof(all) - 1 - n)) > 0)
		n += got;
	all[n] = '\0';
	while ((line = strsep(&rest, "\n"))) {
		char *value = strchr(line, ' ');

		if (!value || strcmp(value, " unsupported") == 0)
			continue;
		*value++ = '\0';
		if (strchr(line, '.'))
			try_control(fd, line, *value == '1');
		else if (!strncmp(value, "0x", 2))
			try_field(fd, line, strtoull(value, NULL, 0), strlen(value) - 2, random);
	}
	close(fd);
	return 0;
}

/* ---- the other files ---- */

static const uint32_t msrs[] = {
	0x10, 0x1b, 0x3a, 0x3b, 0x48, 0x49, 0x79, 0x8b, 0xcf, 0xe1, 0xe7, 0xe8, 0x10a, 0x10b, 0x122,
	0x123, 0x140, 0x174, 0x175, 0x176, 0x17a, 0x186, 0x1a0, 0x1c4, 0x1c5, 0x1d9, 0x200, 0x250,
	0x277, 0x2ff, 0x345, 0x38d, 0x38f, 0x390, 0x400, 0x480, 0x4c1, 0x570, 0x600, 0x6a0, 0x6a2,
	0x6a4, 0x6a5, 0x6a6, 0x6a7, 0x6a8, 0x6e0, 0x6e1, 0x770, 0x802, 0x808, 0x80b, 0x830, 0xc80,
	0xd90, 0xda0, 0x14ce, 0x1200, 0xc0000080, 0xc0000081, 0xc0000082, 0xc0000083, 0xc0000084,
	0xc0000100, 0xc0000101, 0xc0000102, 0xc0000103, 0xc0000104, 0xc0010015,
};

/* Those that have the format msrs */
#define IS_bitmap(name)
#define IS_msr_bitmap(name)
#define IS_page(name)
#define IS_msrs(name) #name,
static const char *const areas[] = {
#define VMXFS_AREA(ident, name, format, field, order, fill, unit, mapped) IS_##format(name)
#include "vmxfs_areas.h"
};

static const uint16_t ports[] = { 0, 0x20, 0x21, 0x40, 0x60, 0x64, 0x70, 0x71, 0x80, 0x92, 0xa1,
				  0xcf8, 0xcfc, 0x3f8, 0x402, 0xb004 };

/* Lines of the manual page's grammar that are one thing each */
static const struct {
	const char *file;
	const char *line;
} others[] = {
	{ "msrbitmap", "rw 0-0x1fff 1" },
	{ "msrbitmap", "rw 0xc0000080-0xc0000084 1" },
	{ "msrbitmap", "rw 0xc0000102 1" },
	{ "vmreadbitmap", "0-0x7fff 0" },
	{ "vmwritebitmap", "0-0x7fff 0" },
	{ "map", "rwx uc 0x40000 0x41000 isolation 0" },
	{ "map", "rwx wb 0xfee00000 0xfee01000 ./apicaccess 0" },
	{ "map", "r-x wt 0x40000 0x41000 ./vapic 0" },
	{ "map", "rw- wb 0x40000 0x41000 ./pml 0" },
	{ "map", "rw- wb 0x40000 0x41000 ./veinfo 0" },
	{ "map1", "rwx wb 0 0x8000 isolation 0" },
	{ "map2", "rwx uc 0 0x8000 isolation 0" },
	{ "vmcs", "ept_pointer map1" },
	{ "vmcs", "virtual_apic_address vapic" },
	{ "vmcs", "apic_access_address apicaccess" },
	{ "vmcs", "posted_interrupt_descriptor pid" },
	{ "vmcs", "vmcs_link_pointer shadow" },
	{ "vmcs", "ve_information_address veinfo" },
	{ "eptplist", "0 map" },
	{ "eptplist", "8 map1" },
	{ "vapic", "0x80 0xff" },
	{ "apicaccess", "0x80 0xff" },
	{ "pml", "0 0xffffffffffffffff" },
	{ "veinfo", "4 0xffffffff" },
	{ "pid", "0 0xffffffff" },
	{ "ept", "pte 0x8000 0x7" },
	{ "ept", "pte 0x8000 0x33" },
	{ "ept", "pte 0x8000 0xfff" },
	{ "ept", "pde 0 0xfff" },
	{ "regs", "xcr0 1" },
	{ "regs", "xcr0 7" },
	{ "regs", "xcr0 0xe7" },
	{ "regs", "xcr0 0x2e7" },
	{ "regs", "kernelgsbase 0x1eef00000000" },
	{ "regs", "lstar 0x1eef00000000" },
	{ "regs", "star 0x1b000800000000" },
	{ "regs", "cstar 0x1eef00000000" },
	{ "regs", "sfmask 0x47700" },
	{ "regs", "dr7 0x4aa" },
	{ "regs", "dr6 0xffff4ff0" },
	{ "regs", "cr4mask 0" },
	{ "regs", "cr0mask 0" },
	{ "ctl", "extrap 0xffffffff" },
	{ "ctl", "report extirq,preempt,nmi" },
	{ "ctl", "irq 32" },
	{ "ctl", "exc #gp,0" },
	{ "insn", "vmclear vmcs; vmptrld vmcs" },
	{ "insn", "vmxoff; vmxon vmxon" },
	{ "insn", "outside vmread guest_rip" },
	{ "insn", "vmptrld scratch; vmwrite host_rip 0" },
	{ "insn", "invept 2 0; invvpid 2 0" },
};

/* What names memory, ports or MSRs that are not the vCPU's: taken, it is a leak. */
static const struct {
	const char *file;
	const char *line;
} refused[] = {
	{ "eptplist", "8 0x10001e" },
	{ "ept", "pte 0x8000 0x100037" },
	{ "iobitmap", "0x70 0" },
	{ "iobitmap", "0-0xffff 0" },
	{ "msrbitmap", "r 0x1b 0" },
	{ "msrbitmap", "w 0x830 0" },
	{ "exitmsrload", "0xc0000083 0" },
	{ "exitmsrstore", "0x1b 0" },
	{ "entrymsrload", "0x277 0" },
	{ "vmcs", "ept_pointer 0x10001e" },
	{ "vmcs", "io_bitmap_a 0" },
	{ "vmcs", "msr_bitmaps 0x1000" },
	{ "vmcs", "virtual_apic_address 0x1000" },
	{ "vmcs", "apic_access_address 0x1000" },
	{ "vmcs", "pml_address 0x1000" },
	{ "vmcs", "eptp_list_address 0x1000" },
	{ "vmcs", "exit_msr_load_count 0" },
	{ "vmcs", "virtual_processor_id 0" },
	{ "vmcs", "preemption_timer_value 0xffffffff" },
	{ "vmcs", "guest_activity_state 3" },
	{ "vmcs", "host_rip 0" },
	{ "vmcs", "pin.external_interrupt_exiting 0" },
	{ "vmcs", "pin.preemption_timer 0" },
	{ "vmcs", "proc2.enable_ept 0" },
	{ "vmcs", "exit.host_address_space_size 0" },
	{ "vmcs", "proc.unconditional_io_exiting 0" },
	{ "insn", "vmptrld 0x1000" },
	{ "insn", "vmxon 0x1000" },
	{ "insn", "vmwrite host_rip 0" },
	{ "ctl", "unsafe" },
};

/* The vCPU is new after each line that is taken: what came before stays. */
static struct vcpu tried = NO_VCPU;

static bool takes(const char *file, const char *line)
{
	struct setting setting = { .file = file };

	if (tried.ctl < 0 && guest_vcpu(&tried, PROT))
		return false;
	snprintf(setting.line, sizeof(setting.line), "%s", line);
	if (settings_apply(&tried, &setting))
		return false;
	vcpu_close(&tried);
	return true;
}

static void try_line(const char *file, unsigned int group, const char *line)
{
	if (takes(file, line))
		add(file, group, false, line);
}

const struct setting *settings_control(unsigned int number)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < settings_count; i++)
		n += settings[i].control;
	number %= n;
	for (unsigned int i = 0; i < settings_count; i++)
		if (settings[i].control && !number--)
			return &settings[i];
	return settings;
}

void settings_refused(struct report *report)
{
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++)
		if (takes(refused[i].file, refused[i].line))
			report_fail(report, "%s takes %s", refused[i].file, refused[i].line);
	vcpu_close(&tried);
}

static void try_others(void)
{
	char text[96];

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		try_line(others[i].file, ++groups, others[i].line);
	for (size_t i = 0; i < sizeof(msrs) / sizeof(*msrs); i++) {
		snprintf(text, sizeof(text), "rw %#x 0", msrs[i]);
		try_line("msrbitmap", ++groups, text);
		for (size_t j = 0; j < sizeof(areas) / sizeof(*areas); j++) {
			snprintf(text, sizeof(text), "%#x %#x", msrs[i], 0x5ec2e);
			try_line(areas[j], ++groups, text);
		}
	}
	for (size_t i = 0; i < sizeof(ports) / sizeof(*ports); i++) {
		snprintf(text, sizeof(text), "%#x 0", ports[i]);
		try_line("iobitmap", ++groups, text);
	}
	vcpu_close(&tried);
}

int settings_find(struct report *report, struct random *random)
{
	struct vcpu vcpu;
	unsigned int controls = 0;
	int error;

	settings = calloc(MAX, sizeof(*settings));
	if (!settings)
		return -ENOMEM;
	error = guest_vcpu(&vcpu, PROT);
	if (error)
		return error;
	error = try_vmcs(&vcpu, random);
	vcpu_close(&vcpu);
	if (error)
		return error;
	try_others();
	for (unsigned int i = 0; i < settings_count; i++)
		controls += settings[i].control;
	report_note(report, "%u settings are taken: %u controls, %u in all", groups, controls,
		    settings_count);
	return settings_count < MAX ? 0 : -E2BIG;
}
