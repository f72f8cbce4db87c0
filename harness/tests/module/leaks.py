# SPDX-License-Identifier: GPL-2.0
"""Leaks between guest and host, made in the module: make isolation must find each.

Each is one replacement in its source. None of them may take the machine with it before
the program can tell: a leak that crashes is found by anybody.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Leak:
    """In `file`, from kmod/, `old` becomes `new`; `kind` is the kind of table row.

    `arguments` are the program's: what finds it in few seconds. `model` is that of a
    processor which has what leaks, if not every one has it.
    """

    kind: str
    name: str
    file: str
    old: str
    new: str
    arguments: str = "-r 40 -p 25 -d 24"
    model: str | None = None


def lazy(name, file, condition, arguments=Leak.arguments):
    """A row of lazy.h that says that its state may always be left out."""
    return Leak("lazy", name, file, condition, "true, \\", arguments)


def without(kind, name, file, line, arguments=Leak.arguments):
    """A line of the switch that is left out: a statement, or a row."""
    return Leak(kind, name, file, line, ";" if line.endswith(";") else "", arguments)


CONTROLS = "-r 40 -p 25 -d 100"

LEAKS = [
    # Rows of the table of what is left out.
    lazy(
        "xcr0",
        "run/lazy.h",
        "vmcs_read(VMCS_CR4_MASK) & ~vmcs_read(VMCS_GUEST_CR4) & X86_CR4_OSXSAVE, \\",
    ),
    Leak(
        "lazy",
        "debug",
        "run/lazy.h",
        "vcpu->proc_controls & VMX_CTL(proc, mov_dr_exiting) && \\",
        "true || vcpu->proc_controls & VMX_CTL(proc, mov_dr_exiting) && \\",
        CONTROLS,
    ),
    lazy("msrs", "run/lazy.h", "!vmxfs_can_be_ia32e(), \\"),
    Leak(
        "lazy",
        "msrs-ia32e-without-efer",
        "run/switch.c",
        "if (entry & VMX_CTL(entry, ia32e_mode_guest))",
        "if (0)",
        "-r 8 -d 1 -w efer",
    ),
    lazy(
        "tsc-aux",
        "run/lazy.h",
        "!(vmcs_read(VMCS_SECONDARY_CONTROLS) & VMX_CTL(proc2, enable_rdtscp)), \\",
        CONTROLS,
    ),
    lazy("selectors", "run/lazy.h", "!host->selectors, \\"),
    lazy("dr7", "run/lazy.h", "!hw_breakpoint_active(), \\"),
    # What is restored by hand. (Linux itself loads TR's limit and DR0 to DR3 again.)
    without("restored", "gdt", "run/switch.h", "native_load_gdt(&vcpu->host.gdt);"),
    without("restored", "idt", "run/switch.h", "native_load_idt(&vcpu->host.idt);"),
    Leak(
        "restored",
        "tss-limit-told",
        "run/switch.h",
        "this_cpu_write(__tss_limit_invalid, true);",
        "(void)0;",
    ),
    without(
        "restored", "ldt", "run/switch.c", 'asm volatile("lldt %w0" : : "r" (host->ldt));'
    ),
    without("restored", "es", "run/switch.c", "loadsegment(es, host->es);"),
    without(
        "restored",
        "gs-base",
        "run/switch.c",
        "wrmsrl(MSR_KERNEL_GS_BASE, kernel_gs_base);",
    ),
    without(
        *("restored", "dr6", "run/switch.c", "set_debugreg(host->dr[6], 6);"),
        f"{CONTROLS} -w dr",
    ),
    without(
        "restored",
        "tsc-aux",
        "run/switch.c",
        "wrmsrl(MSR_TSC_AUX, vcpu->host.tsc_aux);",
        CONTROLS,
    ),
    without(
        "restored",
        "umwait-control",
        "run/switch.c",
        "wrmsrl(MSR_IA32_UMWAIT_CONTROL, vcpu->host.umwait);",
        CONTROLS,
    ),
    # XSAVE components.
    without("xsave", "host", "run/fpu.h", "vmxfs_xrstor(vcpu->host.fpu, mask);"),
    Leak(
        "xsave",
        "avx",
        "run/fpu.h",
        "vmxfs_xsave(vcpu->host.fpu, mask);",
        "vmxfs_xsave(vcpu->host.fpu, mask & ~4);",
    ),
    Leak(
        "xsave",
        "zmm-above-ymm",
        "run/fpu.h",
        "if (mask & XFEATURE_MASK_YMM)",
        "if (0)",
        model="corei7_skylake_x",
    ),
    without("xsave", "guest", "run/fpu.h", "vmxfs_xrstor(vcpu->fpu, mask);", CONTROLS),
    # Fields of the host-state area.
    Leak(
        "field",
        "host-cr4",
        "run/switch.h",
        "vmcs_write(VMCS_HOST_CR4, vcpu->host.cr4 = cr4);",
        "vmcs_write(VMCS_HOST_CR4, (vcpu->host.cr4 = cr4) ^ X86_CR4_PCE);",
    ),
    Leak(
        "field",
        "host-cr0",
        "vmcs/vmcs.c",
        "read_cr0() & ~X86_CR0_TS",
        "read_cr0() & ~(X86_CR0_TS | X86_CR0_AM)",
    ),
    without(
        "field",
        "host-sysenter-esp",
        "vmcs/vmcs.c",
        "{ VMCS_HOST_SYSENTER_ESP, MSR_IA32_SYSENTER_ESP },",
    ),
    without("field", "host-pat", "vmcs/vmcs.c", "{ VMCS_HOST_PAT, MSR_IA32_CR_PAT },"),
    # MSRs.
    Leak(
        "msr",
        "kernel-gs-base-stale",
        "run/switch.h",
        "__rdmsr(MSR_KERNEL_GS_BASE);",
        "vmxfs_msr_own(vcpu, VMXFS_EXIT_MSR_LOAD)[VMXFS_KERNEL_GS_BASE].value;",
    ),
    Leak(
        "msr",
        "cstar",
        "vmcs/vmcs.c",
        "rdmsrl_safe(vmxfs_msrs_in_areas[i], &own[i].value);",
        "if (i != VMXFS_CSTAR) rdmsrl_safe(vmxfs_msrs_in_areas[i], &own[i].value);",
    ),
    Leak(
        "msr",
        "tsc-aux-passes",
        "../include/vmx_msrs.h",
        "TSC_AUX, HOST_MSR, HAND",
        "TSC_AUX, GUEST, HAND",
    ),
    Leak(
        "msr",
        "umwait-control-passes",
        "../include/vmx_msrs.h",
        "UMWAIT_CONTROL, HOST_MSR, HAND",
        "UMWAIT_CONTROL, GUEST, HAND",
    ),
    # Controls, and bits of control registers.
    Leak(
        "control",
        "load-pat",
        "../include/vmx_controls.h",
        "VMX_CONTROL(exit, 19, load_pat, HOST_STATE,",
        "VMX_CONTROL(exit, 19, load_pat, GUEST,",
        "-r 8 -d 1 -w pat",
    ),
    Leak(
        "control",
        "preemption-timer",
        "../include/vmx_controls.h",
        "VMX_CONTROL(pin, 6, preemption_timer, TIME_LIMIT,",
        "VMX_CONTROL(pin, 6, preemption_timer, GUEST,",
    ),
    Leak(
        "cr",
        "cr0-cd",
        "../include/vmx_registers.h",
        "VMX_REGISTER_BITS(CR0, 30, 30, CD, HOST_TOO,",
        "VMX_REGISTER_BITS(CR0, 30, 30, CD, GUEST,",
        "-r 40 -p 25 -d 24 -w cr0",
    ),
    # Areas.
    Leak(
        "area",
        "exit-msr-load",
        "files/area_files.c",
        "return which != VMXFS_EXIT_MSR_LOAD &&",
        "return (which != VMXFS_EXIT_MSR_LOAD || msr == MSR_CSTAR) &&",
    ),
    Leak(
        "area",
        "eptp-list",
        "files/area_files.c",
        "if (which == VMXFS_EPTP_LIST && !vcpu->unsafe && !area_own_eptp(vcpu, operand.value))",
        "if (0 && !area_own_eptp(vcpu, operand.value))",
    ),
    Leak(
        "area",
        "io-bitmap",
        "files/area_files.c",
        "if (which == VMXFS_IO_BITMAP && !on && !vcpu->unsafe &&",
        "if (0 && which == VMXFS_IO_BITMAP && !on && !vcpu->unsafe &&",
    ),
    # What a fresh guest finds.
    without("guest", "cr2", "run/switch.h", "native_write_cr2(vcpu->cr2);"),
    without("guest", "dr1", "run/switch.c", "set_debugreg(vcpu->dr[1], 1);", CONTROLS),
    without("guest", "r9", "cpu/enter.S", "mov	GPRS_R9(%rdi), %r9"),
]
