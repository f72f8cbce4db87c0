# SPDX-License-Identifier: GPL-2.0
"""Mistakes that a processor or a hypervisor could make, made in the module.

Each is one replacement in its source, and the cases that must find it. None of them
may make the module write outside its own memory: what that leads to is chance.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """In `file`, as seen from kmod/, `old` becomes `new`; some point of `cases` must fail."""

    area: int
    name: str
    file: str
    old: str
    new: str
    cases: str


def lost(field, value):
    """VMWRITE of a field writes something else; the reading of it is not touched."""
    old = "int err = vmwrite(field, value);"
    return (
        "files/vmcs_file.c",
        old,
        old.replace("value", f"field == VMCS_{field} ? {value} : value"),
    )


def lost_control(group_field, group, name):
    """A control that stays 0 whatever is written."""
    return lost(group_field, f"value & ~(u64)VMX_CTL({group}, {name})")


FAULTS = [
    # What an exit reports.
    Fault(
        1,
        "instruction-length",
        "run/exit.c",
        "vmcs_read(VMCS_EXIT_INSTRUCTION_LENGTH)",
        "vmcs_read(VMCS_EXIT_INSTRUCTION_LENGTH) + 1",
        "exits/hlt",
    ),
    Fault(
        1,
        "io-direction",
        "run/exit.c",
        "vmcs_read(VMCS_EXIT_QUALIFICATION)",
        "vmcs_read(VMCS_EXIT_QUALIFICATION) & ~8ULL",
        "exits/io",
    ),
    Fault(
        1,
        "cr2-not-restored",
        "run/switch.h",
        "native_write_cr2(vcpu->cr2);",
        "",
        "exits/page-fault exits/cr2*",
    ),
    Fault(
        1,
        "dr6-not-saved",
        "run/switch.c",
        "vcpu->dr[6] = dr6;",
        "",
        "exits/debug* exits/movdr*",
    ),
    Fault(
        1,
        "exception-bitmap",
        "vmcs/controls.c",
        "vmcs_write(VMCS_EXCEPTION_BITMAP, bitmap | VMXFS_ALWAYS_EXIT);",
        "vmcs_write(VMCS_EXCEPTION_BITMAP, (bitmap & ~BIT(6)) | VMXFS_ALWAYS_EXIT);",
        "exits/exception*",
    ),
    # Control registers.
    Fault(
        2,
        "cr0-mask",
        "files/regs.c",
        "regs_set_own(VMCS_CR0_MASK, vmx_guest_bits(VMX_REGISTER_CR0), value);",
        "regs_set_own(VMCS_CR0_MASK, vmx_guest_bits(VMX_REGISTER_CR0) & ~8ULL, value);",
        "cr/clts*",
    ),
    Fault(
        2,
        "cr4-shadow",
        "../include/vmxfs_regs.h",
        "(cr4fake, 8, OWN_CR4FAKE, CR4_READ_SHADOW)",
        "(cr4fake, 8, OWN_CR4FAKE, CR0_READ_SHADOW)",
        "cr/cr4-register cr/cr4-own-shadow",
    ),
    Fault(2, "cr3-targets", *lost("CR3_TARGET_COUNT", "0"), "cr/cr3-target"),
    Fault(
        2,
        "tpr-shadow",
        "vmcs/controls.c",
        "u32 controls = vcpu->proc_controls;",
        "u32 controls = vcpu->proc_controls & ~(u32)VMX_CTL(proc, use_tpr_shadow);",
        "cr/tpr-load cr/tpr-store",
    ),
    # What becomes of a VMX instruction.
    Fault(
        3,
        "instruction-error",
        "files/insn.c",
        "vmread(VMCS_INSTRUCTION_ERROR, &insn->error);",
        "insn->error = 12;",
        "insn/vmclear* insn/vmptrld*",
    ),
    Fault(
        3,
        "fail-invalid",
        "files/insn.c",
        'return scnprintf(buf, size, "failinvalid\\n");',
        'return scnprintf(buf, size, "failvalid 0\\n");',
        "insn/shadow* insn/blocked*",
    ),
    Fault(
        3,
        "invept-type",
        "files/insn.c",
        "\tcase OP_INVEPT:\n\t\tEXECUTE",
        "\tcase OP_INVEPT:\n\t\tinsn->reg[0] |= 1;\n\t\tEXECUTE",
        "insn/invept*",
    ),
    # VM entry: what is to be checked does not get there, or the answer is lost.
    Fault(
        4,
        "activity-state",
        *lost("GUEST_ACTIVITY_STATE", "value & 1"),
        "entry/activity*",
    ),
    Fault(
        4,
        "interruptibility",
        *lost("GUEST_INTERRUPTIBILITY_STATE", "value & 0xf"),
        "entry/interruptibility",
    ),
    Fault(
        4,
        "host-state",
        "run/switch.h",
        "vmwrite(vcpu->host.forced[i].field, vcpu->host.forced[i].value);",
        ";",
        "entry/host-cr3 entry/host-rip",
    ),
    Fault(
        4,
        "msr-load-count",
        "vmcs/area.c",
        "vmcs_write(vmxfs_msr_counts[which - VMXFS_ENTRY_MSR_LOAD], users + VMXFS_MSRS);",
        "vmcs_write(vmxfs_msr_counts[which - VMXFS_ENTRY_MSR_LOAD], 0);",
        "entry/msr-*",
    ),
    # Events.
    Fault(
        5,
        "injection-dropped",
        "run/event.c",
        "vmcs_write(VMCS_ENTRY_INTERRUPTION_INFORMATION, event->info);",
        "",
        "events/irq events/exc",
    ),
    Fault(
        5,
        "error-code",
        "run/event.c",
        "vmcs_write(VMCS_ENTRY_EXCEPTION_ERROR_CODE, event->code);",
        "vmcs_write(VMCS_ENTRY_EXCEPTION_ERROR_CODE, event->code + 1);",
        "events/exc-code",
    ),
    Fault(
        5,
        "return-address",
        "run/event.c",
        "vmcs_write(VMCS_ENTRY_INSTRUCTION_LENGTH, event->ilen);",
        "vmcs_write(VMCS_ENTRY_INSTRUCTION_LENGTH, event->ilen + 1);",
        "events/exc-bp",
    ),
    Fault(
        5,
        "interrupt-window",
        "run/event.c",
        "controls |= VMX_CTL(proc, interrupt_window_exiting);",
        ";",
        "events/irq-waits",
    ),
    # Extended page tables.
    Fault(
        6,
        "always-writable",
        "memory/map.c",
        "map_region_page(region, address)) | region->attr;",
        "map_region_page(region, address)) | region->attr | VMXFS_EPT_WRITE;",
        "ept/denied",
    ),
    Fault(
        6,
        "memory-type",
        "files/map_file.c",
        "*attr |= type << VMXFS_EPT_TYPE_SHIFT;",
        "*attr |= (type & 4) << VMXFS_EPT_TYPE_SHIFT;",
        "ept/misconfiguration ept/memory-type",
    ),
    Fault(6, "pml-index", *lost("PML_INDEX", "511"), "ept/pml-index"),
    Fault(
        6,
        "accessed-dirty",
        *lost("EPT_POINTER", "value & ~0x40ULL"),
        "ept/flags ept/flags-again",
    ),
    # Bitmaps, MSR areas, time.
    Fault(
        7,
        "io-bitmap",
        "files/area_files.c",
        "area_set_bits(vcpu->area[which], first, last, on);",
        "area_set_bits(vcpu->area[which], first ^ 1, last ^ 1, on);",
        "bitmaps/io-one-byte bitmaps/io-beside",
    ),
    Fault(
        7,
        "msr-bitmap-writes",
        "files/area_files.c",
        "area_set_bits(bitmap, vmxfs_msr_bit(first) + VMXFS_MSR_WRITE,\n"
        "\t\t\t      vmxfs_msr_bit(last) + VMXFS_MSR_WRITE, on);",
        "area_set_bits(bitmap, vmxfs_msr_bit(first) + VMXFS_MSR_WRITE - 1,\n"
        "\t\t\t      vmxfs_msr_bit(last) + VMXFS_MSR_WRITE - 1, on);",
        "bitmaps/msr-*",
    ),
    Fault(7, "tsc-offset", *lost("TSC_OFFSET", "-value"), "time/tsc-offset"),
    Fault(
        7,
        "preemption-timer",
        *lost("PREEMPTION_TIMER_VALUE", "value | 0x100000"),
        "time/preempt-zero time/preempt-left",
    ),
    # The virtual APIC.
    Fault(8, "tpr-threshold", *lost("TPR_THRESHOLD", "0"), "apic/tpr-below"),
    Fault(8, "eoi-exit-bitmap", *lost("EOI_EXIT_BITMAP_0", "0"), "apic/eoi-exit"),
    Fault(
        8,
        "register-virtualization",
        *lost_control("SECONDARY_CONTROLS", "proc2", "apic_register_virtualization"),
        "apic/registers-read",
    ),
    # The rest.
    Fault(
        9,
        "descriptor-tables",
        *lost_control("SECONDARY_CONTROLS", "proc2", "descriptor_table_exiting"),
        "tables/gdtr tables/no-exit",
    ),
    Fault(9, "xss-bitmap", *lost("XSS_EXITING_BITMAP", "0"), "xstate/bitmap"),
    Fault(
        9,
        "vmread-bitmap",
        *lost("VMREAD_BITMAP_ADDRESS", "virt_to_phys(vcpu->area[VMXFS_VMWRITE_BITMAP])"),
        "shadow/bit shadow/other-bitmap",
    ),
]
