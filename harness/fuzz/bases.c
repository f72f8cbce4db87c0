// SPDX-License-Identifier: GPL-2.0
/*
 * States that a processor must enter: each mode, and what checks ask for together. Most
 * begin at the HLT of a guest of guests/.
 */
#include "fuzz.h"

/* Virtual-8086 mode. SDM, "Checks on Guest Segment Registers" */
#define FLAT_8086(reg) \
	"guest_" reg "_selector 0\nguest_" reg "_base 0\nguest_" reg "_limit 0xffff\n" \
	"guest_" reg "_access_rights 0xf3\n"
#define VIRTUAL_8086 \
	FLAT_8086("cs") FLAT_8086("ss") FLAT_8086("ds") FLAT_8086("es") FLAT_8086("fs") \
	FLAT_8086("gs") "guest_rflags 0x20002\n"

/* CPL 3 */
#define USER(code) \
	"guest_cs_selector 0x1b\nguest_cs_access_rights " code "\n" \
	"guest_ss_selector 0x23\nguest_ss_access_rights 0xc0f3\n"

#define TPR_SHADOW "virtual_apic_address vapic\nproc.use_tpr_shadow 1\n"

const struct base bases[] = {
	{ "real", "real/hlt", "" },
	{ "prot", "prot/hlt", "" },
	{ "prot-user", "prot/hlt", USER("0xc0fb") },
	{ "v8086", "prot/hlt", VIRTUAL_8086 },
	{ "pae", "pae/hlt", "" },
	{ "pae-restricted", "pae/hlt", "proc2.unrestricted_guest 0\n" },
	{ "v8086-restricted", "pae/hlt", "proc2.unrestricted_guest 0\n" VIRTUAL_8086 },
	{ "long", "long/hlt", "" },
	{ "long-user", "long/hlt", USER("0xa0fb") },
	/* Of a null SS, and with conforming code, DPL may be any for other checks. */
	{ "long-null", "long/hlt",
	  "proc2.unrestricted_guest 0\nguest_ss_selector 0\nguest_cs_access_rights 0xa09f\n" },
	/* Conforming code, of which DPL may be less than CPL; and data that unrestricted guests have */
	{ "conforming", "prot/hlt", "guest_cs_access_rights 0xc09f\n" },
	{ "conforming-user", "long/hlt", USER("0xa09d") },
	{ "data-as-code", "real/hlt", "guest_cs_access_rights 0x93\n" },
	{ "compatibility", "long/hlt", "guest_cs_access_rights 0xc09b\n" },
	{ "long-restricted", "long/hlt", "proc2.unrestricted_guest 0\n" },
	{ "long-loads", "long/hlt",
	  "entry.load_debug_controls 1\nentry.load_pat 1\nentry.load_efer 1\n"
	  "exit.save_debug_controls 1\nexit.save_pat 1\nexit.save_efer 1\n" },
	{ "hlt", "prot/hlt", "guest_activity_state 1\nguest_rflags 0x202\n" },
	{ "shutdown", "long/hlt", "guest_activity_state 2\n" },
	{ "shutdown-nmi", "long/hlt",
	  "guest_rflags 0x202\nguest_activity_state 2\nentry_interruption_information 0x80000202\n" },
	{ "blocking", "prot/hlt", "guest_rflags 0x202\nguest_interruptibility_state 1\n" },
	/* Its vector is that of #MC. */
	{ "inject-interrupt", "prot/hlt",
	  "guest_rflags 0x202\nentry_interruption_information 0x80000012\n" },
	{ "inject-exception", "long/hlt",
	  "entry_interruption_information 0x80000b0d\nentry_exception_error_code 0x18\n" },
	{ "inject-software", "real/hlt",
	  "entry_interruption_information 0x80000420\nentry_instruction_length 2\n" },
	{ "inject-nmi", "long/hlt",
	  "pin.virtual_nmis 1\nentry_interruption_information 0x80000202\n" },
	{ "nmi-window", "long/hlt", "pin.virtual_nmis 1\nproc.nmi_window_exiting 1\n" },
	{ "tpr-shadow", "long/hlt", TPR_SHADOW },
	{ "x2apic", "long/hlt",
	  TPR_SHADOW "proc2.virtualize_x2apic_mode 1\nproc2.apic_register_virtualization 1\n" },
	{ "apic-accesses", "pae/hlt",
	  TPR_SHADOW "apic_access_address apicaccess\nproc2.virtualize_apic_accesses 1\n"
	  "proc2.virtual_interrupt_delivery 1\nexit.acknowledge_interrupt 1\n" },
	{ "pml", "long/hlt", "pml_address pml\nproc2.enable_pml 1\n" },
	{ "mode-based", "long/hlt", "proc2.mode_based_execute_control 1\n" },
	{ "eptp-switching", "prot/hlt",
	  "eptp_list_address eptplist\nproc2.enable_vm_functions 1\nvmfunc.eptp_switching 1\n" },
	/* Only with --unsafe */
	{ "loads-of-the-hosts", "long/hlt",
	  "entry.load_debug_controls 1\nentry.load_perf_global_ctrl 1\nexit.load_perf_global_ctrl 1\n"
	  "entry.load_pkrs 1\nexit.load_pkrs 1\n" },
	{ "posted-interrupts", "long/hlt",
	  TPR_SHADOW "proc2.virtual_interrupt_delivery 1\nexit.acknowledge_interrupt 1\n"
	  "posted_interrupt_descriptor pid\nposted_interrupt_vector 0xf2\npin.posted_interrupts 1\n" },
	{ "tertiary", "long/hlt", "proc.activate_tertiary_controls 1\n" },
	{ "secondary-exit", "long/hlt", "exit.activate_secondary_controls 1\n" },
};

const size_t bases_count = sizeof(bases) / sizeof(*bases);
