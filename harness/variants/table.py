# SPDX-License-Identifier: GPL-2.0
"""The table of variants: each does one thing that the SDM allows and Bochs 3.0 does not.

Of Bochs there are only the words here that an edit has to find.
"""

from dataclasses import dataclass
from enum import Enum

VMX, EXIT, FIELDS = "cpu/vmx.cc", "cpu/vmexit.cc", "cpu/vmcs.cc"
MSR, PAGING, TIMER = "cpu/msr.cc", "cpu/paging.cc", "cpu/apic.cc"


@dataclass(frozen=True)
class Edit:
    """`old` is in the file once, and becomes `new`."""

    file: str
    old: str
    new: str


class Seen(Enum):
    """What comes of the variant's own case, cases/NAME.case: on the variant, and on Bochs as
    it is. One that tells that a feature is there is skipped where it is not.
    """

    PASSES = ("passed", "failed")
    FAILS = ("failed", "passed")
    RUNS = ("passed", "skipped")
    SKIPPED = ("skipped", "passed")

    @property
    def on_variant(self) -> str:
        return self.value[0]

    @property
    def on_bochs(self) -> str:
        return self.value[1]


@dataclass(frozen=True)
class Variant:
    """A row: what it does, where that is allowed, how it is done, and how it is seen."""

    name: str
    does: str
    allowed: str
    edits: tuple[Edit, ...]
    seen: Seen = Seen.PASSES


# What several variants replace


def _msr(name: str, new: str) -> Edit:
    """A capability MSR has another value: `new` is what follows its name."""
    return Edit(MSR, f"val64 = {name};", f"val64 = {name}{new};")


def _width(bits: int) -> tuple[Edit, ...]:
    """All checks of physical addresses, and CPUID, know this many bits."""
    new = f"#undef BX_PHY_ADDRESS_WIDTH\n#define BX_PHY_ADDRESS_WIDTH {bits}\n"
    files = (VMX, PAGING, MSR, "cpu/crregs.cc", "cpu/cpuid.cc")
    include = '#include "cpu.h"'
    return tuple(Edit(file, include, new + include) for file in files)


# Bochs' table of memory is for 40 bits: what is above is the same as what is below.
_WRAP = Edit(
    "pc_system.cc",
    "a20_mask = BX_CONST64(0xffffffffffffffff);",
    "a20_mask = BX_CONST64(0xffffffffff);",
)


def _access_rights(kept: str) -> tuple[Edit, ...]:
    """VMWRITE keeps these bits of access rights, in both kinds of VMCS."""
    return tuple(
        Edit(VMX, f"{write}(encoding, vmx_pack_ar_field(val_32, ", new)
        for write in ("VMwrite32", "VMwrite32_Shadow")
        for new in [f"{write}(encoding, vmx_pack_ar_field(val_32 & ({kept}), "]
    )


def _fields(*encodings: int) -> Edit:
    """These fields are there, too, with the high halves of those of 64 bits."""
    there = " || ".join(f"(encoding & ~1u) == {code:#x}" for code in encodings)
    old = "if (! vmcs_field_supported(encoding)"
    return Edit(FIELDS, old + ") {", f"{old} && ! ({there})) {{")


# An interrupt of the host's that means nothing: Linux's RESCHEDULE_VECTOR
_INTERRUPT = Edit(
    VMX,
    "extern VMCS_Mapping vmcs_map;",
    "extern VMCS_Mapping vmcs_map;\n"
    "static void host_interrupt(void *)\n"
    "{\n  BX_CPU(0)->lapic->trigger_irq(0xfd, APIC_EDGE_TRIGGERED);\n}\n",
)
# An interrupt ends a guest's run whatever its RFLAGS.IF is: Bochs looks at that only where
# RFLAGS.IF changes. A virtual interrupt waits for it, though.
_WITHOUT_IF = (
    Edit(
        VMX,
        "VMexitLoadHostState();",
        "VMexitLoadHostState();\n  handleInterruptMaskChange();",
    ),
    Edit(
        "cpu/event.cc",
        "if (is_pending(BX_EVENT_PENDING_VMX_VIRTUAL_INTR)) {",
        "if (is_unmasked_event_pending(BX_EVENT_PENDING_VMX_VIRTUAL_INTR)) {",
    ),
)
_MASKS = "  handleInterruptMaskChange();\n"
# Numbers that look random, the same in each run
_RANDOM = (
    "static Bit32u number = 1;\n"
    "  number = number * 1664525 + 1013904223;\n"
    "  if ((number >> 24) % 3 == 0)\n    "
)


def _after_entry(statement: str, before: str = "") -> Edit:
    """After one VM entry in three, before the guest's first instruction."""
    old = "  VMenterInjectEvents();"
    return Edit(VMX, old, f"{before}  {_RANDOM}{statement}\n{old}")


# VM exits by which the SDM defines fields of the VM-exit information: basic reasons. Those
# of the instruction length are all others: they are not caused by an instruction.
_NO_LENGTH = (0, 1, 2, 3, 7, 8, 37, 43, 44, 45, 48, 49, 52, 56, 62, 66)
_INFORMATION = (19, 21, 22, 23, 25, 27, 30, 46, 47, 50, 53, 57, 58, 61, 63, 64, 67, 68)
_LINEAR = (28, 30, 48, 62, 66)
_PHYSICAL = (48, 49, 66)


def _is_one_of(reasons: tuple[int, ...]) -> str:
    return " || ".join(f"reason == {reason}" for reason in reasons)


# Of the segment registers that VM exits save as unusable, only these bits are defined.
_UNUSABLE = """
     if (invalid && n != BX_SEG_REG_CS) {
       limit ^= 0xfff5a;
       ar ^= (n == BX_SEG_REG_SS) ? 0xf09f : 0xf0ff;
       if (n != BX_SEG_REG_FS && n != BX_SEG_REG_GS)
         base ^= 0x5a5a5;
     }"""

# Bits of the instruction information, by the tables of its formats. A register operand
# has none of what is of an address, one in memory no Reg1.
_UNDEFINED_INFORMATION = """Bit32u undefined;
  if (reason == VMX_VMEXIT_RDRAND || reason == VMX_VMEXIT_RDSEED ||
      reason == VMX_VMEXIT_UMWAIT || reason == VMX_VMEXIT_TPAUSE)
    return instr_info ^ 0xffffe787;
  if (i->modC0())
    undefined = 0x0ffffb87;
  else {
    undefined = (reason == VMX_VMEXIT_GDTR_IDTR_ACCESS) ? 0x707c : 0x787c;
    if (instr_info & (1 << 22))
      undefined |= 0x003c0003;
    if (instr_info & (1 << 27))
      undefined |= 0x07800000;
  }
  switch(reason) {
    case VMX_VMEXIT_GDTR_IDTR_ACCESS:
    case VMX_VMEXIT_LDTR_TR_ACCESS:
      undefined |= 0xc0000000;
      break;
    case VMX_VMEXIT_VMCLEAR:
    case VMX_VMEXIT_VMPTRLD:
    case VMX_VMEXIT_VMPTRST:
    case VMX_VMEXIT_VMXON:
    case VMX_VMEXIT_XSAVES:
    case VMX_VMEXIT_XRSTORS:
      undefined |= 0xf0000000;
      break;
    default:
      break;
  }
  return instr_info ^ undefined;"""

# The guest's TLBs, from its VM exit to the next VM entry, and by what they are tagged.
# That VM exits and VM entries flush those of the processor makes no difference then.
_KEPT = """
static struct {
  bool valid;
  Bit64u key[10];
  TLB<BX_DTLB_SIZE> dtlb;
  TLB<BX_ITLB_SIZE> itlb;
} kept;

#define KEPT_KEY { vm->vpid, vm->eptptr, vm->vmexec_ctrls1.get(), vm->vmexec_ctrls2.get(), \\
  BX_CPU_THIS_PTR cr0.get32(), BX_CPU_THIS_PTR cr4.get32(), BX_CPU_THIS_PTR efer.get32(), \\
  (BX_CPU_THIS_PTR cr4.get32() & BX_CR4_PCIDE_MASK) ? BX_CPU_THIS_PTR cr3 & 0xfff : 0, \\
  GET64_FROM_HI32_LO32(BX_CPU_THIS_PTR pkrs, BX_CPU_THIS_PTR pkru), \\
  vm->apic_access_page | BX_CPU_THIS_PTR getB_AC() }
"""
_KEEP = """if (reason < 33 || reason > 34) {
    const Bit64u key[10] = KEPT_KEY;
    kept.valid = vm->vmexec_ctrls2.VPID_ENABLE() && vm->vmexec_ctrls2.EPT_ENABLE();
    memcpy(kept.key, key, sizeof(key));
    kept.dtlb = BX_CPU_THIS_PTR DTLB;
    kept.itlb = BX_CPU_THIS_PTR ITLB;
  }
  VMexitLoadHostState();"""
# An entry knows whether there is a breakpoint on its page.
_USE = """if (kept.valid && (BX_CPU_THIS_PTR dr7.get32() & 0xff) == 0) {
    const Bit64u key[10] = KEPT_KEY;
    if (memcmp(kept.key, key, sizeof(key)) == 0) {
      BX_CPU_THIS_PTR DTLB = kept.dtlb;
      BX_CPU_THIS_PTR ITLB = kept.itlb;
    }
  }
  if (vmlaunch) VMwrite32("""
_INVEPT = """if (type == BX_INVEPT_INVVPID_ALL_CONTEXT_INVALIDATION ||
      ((inv_eptp.xmm64u(0) ^ kept.key[1]) >> 12) == 0)
    kept.valid = false;
  BX_INSTR_TLB_CNTRL(BX_CPU_ID, BX_INSTR_INVEPT, type);"""
_INVVPID = """if (type == BX_INVEPT_INVVPID_ALL_CONTEXT_INVALIDATION) {
    kept.valid = false;
  }
  else if (vpid == kept.key[0]) {
    if (type == BX_INVEPT_INVVPID_SINGLE_CONTEXT_INVALIDATION) {
      kept.valid = false;
    }
    else if (type == BX_INVEPT_INVVPID_INDIVIDUAL_ADDRESS_INVALIDATION) {
      kept.dtlb.invlpg(invvpid_desc.xmm64u(1));
      kept.itlb.invlpg(invvpid_desc.xmm64u(1));
    }
    else {
      kept.dtlb.flushNonGlobal();
      kept.itlb.flushNonGlobal();
    }
  }
  BX_INSTR_TLB_CNTRL(BX_CPU_ID, BX_INSTR_INVVPID, type);"""

# The guest deadline shadow has the encoding 204EH, the guest deadline 2830H, the vector 000AH.
_HAS_TIMER = (
    "(BX_CPU_THIS_PTR in_vmx_guest && (BX_CPU_THIS_PTR vmcs.vmexec_ctrls3.get() & (1 << 8)))"
)
# A deadline that has passed is an event at once; no other comes.
_SET_DEADLINE = f"""if ({_HAS_TIMER}) {{
        bool passed = val_64 && val_64 <= BX_CPU_THIS_PTR get_TSC();
        VMwrite64(0x204e, passed ? 0 : val_64);
        VMwrite64(0x2830, passed ? 0 : val_64);
        if (passed)
          VMX_Self_IPI_Virtualization((Bit8u) VMread16(0x000a));
        break;
      }}
      BX_CPU_THIS_PTR lapic->set_tsc_deadline(val_64);"""

_LEAF = "if (!(entry[leaf] & 0x100) || (write && !(entry[leaf] & 0x200))) {"
# The EPT entry after the one that is used, if it is of the same kind and maps a page
_NEIGHBOUR = """if ((entry_addr[leaf] & 0xff8) != 0xff8) {
    bx_phy_address addr = entry_addr[leaf] + 8;
    BxMemtype type = MEMTYPE(eptptr_memtype);
    AccessReason why = AccessReason(BX_EPT_PTE_ACCESS + leaf);
    Bit64u next = read_physical_qword(addr, type, why);
    if (((next ^ entry[leaf]) & 0xbf) == 0 && (next >> 40) == 0 && ! (next & 0x100))
      write_physical_qword(addr, next | 0x100, type, why);
  }
  """ + _LEAF

# A second entry that an instruction logs changes places with the one before it.
_PML_ORDER = """static Bit64u when;
    static bx_address where;
    static unsigned index;
    if (when == BX_CPU_THIS_PTR get_icount() && where == BX_CPU_THIS_PTR prev_rip &&
        index == vm->pml_index + 1u) {
      BxMemtype type = MEMTYPE(resolve_memtype(pAddr));
      Bit64u before = read_physical_qword(pAddr + 8, type, BX_VMX_PML_WRITE);
      write_physical_qword(pAddr + 8, LPFOf(guest_paddr), type, BX_VMX_PML_WRITE);
      write_physical_qword(pAddr, before, type, BX_VMX_PML_WRITE);
    }
    when = BX_CPU_THIS_PTR get_icount();
    where = BX_CPU_THIS_PTR prev_rip;
    index = vm->pml_index;
    vm->pml_index--;"""

_HOST_FIRST = """BX_CPU_THIS_PTR vmcs.vmexit_ctrls1 = VMread32(VMCS_32BIT_CONTROL_VMEXIT_CONTROLS);
  BX_CPU_THIS_PTR vmcs.vmexit_ctrls2 = 0;
  BX_CPU_THIS_PTR vmcs.vmentry_ctrls = VMread32(VMCS_32BIT_CONTROL_VMENTRY_CONTROLS);
  VMX_error_code error = VMenterLoadCheckHostState();
  if (error == VMXERR_NO_ERROR)
    error = VMenterLoadCheckVmControls();"""

# Cases at which Bochs as it is ends need a microcode revision, which only these variants have.
# There is a microcode revision; then cases run that fetch from the APIC-access page, at which
# Bochs ends.
MICROCODE = (
    Edit(
        MSR,
        'BX_ERROR(("RDMSR: Unknown register %#x", index));',
        "if (index == 0x8b)\n        val_64 = BX_CONST64(1) << 32;",
    ),
    Edit(
        "cpu/cpu.cc",
        "if (fetchPtr) {",
        "if (! fetchPtr && is_virtual_apic_page(BX_CPU_THIS_PTR pAddrFetchPage))\n"
        "    VMexit(VMX_VMEXIT_APIC_ACCESS, 0x2000 | PAGE_OFFSET(laddr));\n"
        "  if (fetchPtr) {",
    ),
)


VARIANTS = (
    # What VMWRITE keeps, and which fields there are
    Variant(
        "access-rights-reserved",
        "VMWRITE drops the reserved bits of access rights.",
        "KVM: some Intel CPUs do; SDM, Format of Access Rights",
        _access_rights("0x1f0ff"),
    ),
    Variant(
        "access-rights-long",
        "VMWRITE drops bit 13 (L) of access rights other than those of CS.",
        "kvm-unit-tests compares 0x1d0ff for all but CS; SDM, Format of Access Rights",
        _access_rights("encoding == VMCS_32BIT_GUEST_CS_ACCESS_RIGHTS ? ~0u : ~0x2000u"),
    ),
    Variant(
        "fields-of-absent-features",
        "Fields of features that the processor lacks can be read and written.",
        "Errata BJ044, BK044, BV029, BU029",
        (
            _fields(
                *(0x202E, 0x2036, 0x2038, 0x203A, 0x203E, 0x4024),
                *(0x2812, 0x2814, 0x2816),
            ),
        ),
    ),
    # What processors have that Bochs' have not
    Variant(
        "apic-timer-virtualization",
        "There is tertiary control 8, APIC-timer virtualization, and there are its fields.",
        "SDM, Tertiary Processor-Based VM-Execution Controls",
        (
            _fields(0x000A, 0x204E, 0x2830),
            Edit(
                FIELDS,
                "cap->vmx_vmexec_ctrl3_supported_bits = 0;",
                "cap->vmx_vmexec_ctrl3_supported_bits = 1 << 8;",
            ),
            Edit(
                VMX,
                "vm->vm_exceptions_bitmap = VMread32(",
                "if ((vm->vmexec_ctrls3.get() & (1 << 8)) != 0)\n"
                "    if (! vm->vmexec_ctrls2.VIRTUAL_INT_DELIVERY() || VMread16(0x000a) > 0xff ||\n"
                "        vm->vmexec_ctrls1.RDTSC_VMEXIT())\n"
                "      return VMXERR_VMENTRY_INVALID_VM_CONTROL_FIELD;\n"
                "  vm->vm_exceptions_bitmap = VMread32(",
            ),
            Edit(
                MSR,
                "val64 = BX_CPU_THIS_PTR lapic->get_tsc_deadline();",
                f"val64 = {_HAS_TIMER} ? VMread64(0x204e) :"
                " BX_CPU_THIS_PTR lapic->get_tsc_deadline();",
            ),
            Edit(
                MSR, "BX_CPU_THIS_PTR lapic->set_tsc_deadline(val_64);", _SET_DEADLINE
            ),
        ),
    ),
    Variant(
        "five-level-paging",
        "There is 5-level paging, which VM entry and VM exit can turn on and off; addresses in"
        " the VMCS have 57 bits.",
        "SDM, 4-Level Paging and 5-Level Paging; Checks on Guest Control Registers, Debug"
        " Registers, and MSRs",
        (
            Edit(
                "cpu/cpudb/intel/arrow_lake.cc",
                "enable_cpu_extension(BX_ISA_LASS);",
                "enable_cpu_extension(BX_ISA_LASS);\n  enable_cpu_extension(BX_ISA_LA57);",
            ),
            *MICROCODE,
            *(
                Edit(
                    file,
                    '#include "cpu.h"',
                    '#include "cpu.h"\n#define IsCanonical(address) IsCanonicalToWidth(address, 57)',
                )
                for file in (VMX, MSR)
            ),
            *(
                edit
                for who in ("guest.", "host_state->")
                for edit in (
                    Edit(VMX, f"if (! check_CR4({who}cr4))", "if (false)"),
                    Edit(
                        VMX,
                        f"BX_CPU_THIS_PTR cr4.set32((Bit32u) {who}cr4);",
                        f"BX_CPU_THIS_PTR cr4.set32((Bit32u) {who}cr4);\n"
                        "  BX_CPU_THIS_PTR linaddr_width = BX_CPU_THIS_PTR cr4.get_LA57() ? 57 : 48;",
                    ),
                )
            ),
            Edit(
                VMX,
                "guest.rip = VMread_natural(VMCS_GUEST_RIP);",
                "guest.rip = VMread_natural(VMCS_GUEST_RIP);\n"
                "  if (! IsCanonical(guest.rip)) return VMX_VMEXIT_VMENTRY_FAILURE_GUEST_STATE;",
            ),
        ),
        Seen.RUNS,
    ),
    Variant(
        "msr-immediate",
        "There are RDMSR and WRMSRNS with an immediate operand, with the exit reasons 84 and 85.",
        "SDM, RDMSR; WRMSRNS; VMX Basic Exit Reasons",
        (
            Edit(
                "cpu/cpudb/intel/arrow_lake.cc",
                "enable_cpu_extension(BX_ISA_LASS);",
                "enable_cpu_extension(BX_ISA_LASS);\n  enable_cpu_extension(BX_ISA_MSR_IMM);",
            ),
            Edit(
                "cpu/cpudb/intel/arrow_lake.cc",
                "leaf->ecx = 0;\n\n    //   [0:3]   Reserved",
                "leaf->ecx = get_std_cpuid_leaf_7_subleaf_1_ecx();\n",
            ),
            Edit(
                MSR,
                "VMexit_MSR(VMX_VMEXIT_RDMSR, index);",
                "VMexit_MSR(i->getIaOpcode() == BX_IA_RDMSR_EqId ? (VMwrite32("
                "VMCS_32BIT_VMEXIT_INSTRUCTION_INFO, i->dst() << 3), 84) : VMX_VMEXIT_RDMSR, index);",
            ),
            Edit(
                MSR,
                "VMexit_MSR(VMX_VMEXIT_WRMSR, index);",
                "VMexit_MSR(i->getIaOpcode() == BX_IA_WRMSRNS_IdEq ? (VMwrite32("
                "VMCS_32BIT_VMEXIT_INSTRUCTION_INFO, i->src() << 3), 85) : VMX_VMEXIT_WRMSR, index);",
            ),
            Edit(
                EXIT,
                "bool readmsr = (op == VMX_VMEXIT_RDMSR ||",
                "bool readmsr = (op == 84 || op == VMX_VMEXIT_RDMSR ||",
            ),
            Edit(VMX, "if (reason >= VMX_VMEXIT_LAST_REASON)", "if (reason >= 86)"),
        ),
        Seen.RUNS,
    ),
    Variant(
        "conceal-from-pt",
        "There are the controls that conceal VMX from Intel PT.",
        "SDM, Secondary Processor-Based VM-Execution Controls; VM-Exit Controls;"
        " VM-Entry Controls",
        (
            Edit(
                FIELDS,
                "// enable vm functions secondary vmexec control if there are",
                "cap->vmx_vmexec_ctrl2_supported_bits |= 1 << 19;\n"
                "  // enable vm functions secondary vmexec control if there are",
            ),
            Edit(
                FIELDS,
                "VMX_VMEXIT_CTRL1_INTA_ON_VMEXIT |",
                "VMX_VMEXIT_CTRL1_INTA_ON_VMEXIT | (1 << 24) |",
            ),
            Edit(
                FIELDS,
                "cap->vmx_vmentry_ctrl_supported_bits = ",
                "cap->vmx_vmentry_ctrl_supported_bits = (1 << 17) | ",
            ),
        ),
    ),
    Variant(
        "nested-exception",
        "Bit 13 of interruption information may be 1 for an exception at VM entry, and is for"
        " one that a VM exit met while it delivered an event.",
        "SDM, Basic VMX Information, bit 58; VM-Entry Interruption-Information Field; FRED"
        " specification, VMX Nested-Exception Support",
        (
            _msr("VMX_MSR_VMX_BASIC", " | (BX_CONST64(1) << 58)"),
            Edit(
                VMX,
                "if (vm->vmentry_interr_info & 0x7ffff000)",
                "if (vm->vmentry_interr_info &"
                " (event_type == BX_HARDWARE_EXCEPTION ? 0x7fffd000 : 0x7ffff000))",
            ),
            Edit(
                EXIT,
                "interruption_info   |= (1 << 31); // valid",
                "interruption_info   |= (1 << 31); // valid\n"
                "  if (BX_CPU_THIS_PTR in_event && type == BX_HARDWARE_EXCEPTION)\n"
                "    interruption_info |= (1 << 13);",
            ),
        ),
        Seen.FAILS,
    ),
    Variant(
        "cr3-targets",
        "There are 8 CR3-target values.",
        "SDM, CR3-Target Controls: future processors may support a different number",
        (
            _msr("VMX_MSR_MISC", " + (4 << 16)"),
            Edit(
                VMX,
                "if (vm->vm_cr3_target_cnt > VMX_CR3_TARGET_MAX_CNT)",
                "if (vm->vm_cr3_target_cnt > 8)",
            ),
            Edit(
                EXIT,
                "vm->vm_cr3_target_value[n] == val",
                "VMread64(VMCS_CR3_TARGET0 + 2*n) == val",
            ),
            Edit(
                FIELDS,
                "case VMCS_CR3_TARGET3:",
                "case VMCS_CR3_TARGET3:\n    case 0x6010: case 0x6012: case 0x6014: case 0x6016:",
            ),
        ),
    ),
    Variant(
        "width-52",
        "Physical addresses have 52 bits.",
        "SDM, Enumeration of Paging Features by CPUID: MAXPHYADDR is at most 52",
        (*_width(52), _WRAP),
        Seen.FAILS,
    ),
    Variant(
        "width-39",
        "Physical addresses have 39 bits.",
        "SDM, Enumeration of Paging Features by CPUID",
        _width(39),
    ),
    # What processors lack that Bochs' have
    Variant(
        "no-execute-only",
        "An EPT entry that allows only to execute is a misconfiguration.",
        "SDM, VPID and EPT Capabilities, bit 0; EPT Misconfigurations",
        (
            _msr("VMX_MSR_VMX_EPT_VPID_CAP", " & ~BX_CONST64(1)"),
            Edit(
                PAGING,
                "== BX_EPT_ENTRY_WRITE_ONLY) {",
                "== BX_EPT_ENTRY_WRITE_ONLY || ! (curr_access_mask & BX_EPT_READ)) {",
            ),
        ),
        Seen.RUNS,
    ),
    Variant(
        "no-shutdown",
        "The guest's activity state is active or HLT: there is no other.",
        "SDM, Miscellaneous Data, bits 8:7; Checks on Guest Non-Register State",
        (
            _msr("VMX_MSR_MISC", " & ~0x180"),
            Edit(
                VMX,
                "if (guest.activity_state > BX_VMX_LAST_ACTIVITY_STATE)",
                "if (guest.activity_state > BX_ACTIVITY_STATE_HLT)",
            ),
        ),
        Seen.RUNS,
    ),
    Variant(
        "apic-fetch",
        "An instruction fetch from the APIC-access page exits; there is a microcode revision.",
        "SDM, Virtualizing Reads from the APIC-Access Page; Microcode Update Resources",
        (
            *MICROCODE,
        ),
        Seen.RUNS,
    ),
    Variant(
        "no-monitor-trap-flag",
        "There is no monitor trap flag, and VM entry refuses to inject an MTF VM exit.",
        "SDM, VM-Execution Controls, IA32_VMX_PROCBASED_CTLS; Checks on VMX Controls",
        (
            Edit(FIELDS, "if (BX_SUPPORT_VMX_EXTENSION(BX_VMX_MONITOR_TRAP_FLAG))", "if (0)"),
            Edit(
                VMX,
                "case 7: /* MTF */",
                "case 7: return VMXERR_VMENTRY_INVALID_VM_CONTROL_FIELD;",
            ),
        ),
        Seen.RUNS,
    ),
    Variant(
        "no-ins-outs-information",
        "VM exits by INS and OUTS store no instruction information.",
        "SDM, Basic VMX Information, bit 54",
        (
            _msr("VMX_MSR_VMX_BASIC", " & ~(BX_CONST64(1) << 54)"),
            Edit(
                EXIT,
                "VMwrite32(VMCS_32BIT_VMEXIT_INSTRUCTION_INFO, instruction_info);",
                "VMwrite32(VMCS_32BIT_VMEXIT_INSTRUCTION_INFO, ~instruction_info);",
            ),
        ),
        Seen.RUNS,
    ),
    # Undefined bits
    Variant(
        "displacement-high",
        "The exit qualification of VMX instructions has bits beyond the address size.",
        "SDM, Basic VM-Exit Information: bits beyond the address size are undefined",
        (
            Edit(
                EXIT,
                "qualification &= i->asize_mask();",
                "qualification &= i->asize_mask();\n"
                "        if (! i->modC0())\n"
                "          qualification |= BX_CONST64(0xa5a5a5a5a5a5a5a5)"
                " & ~(Bit64u) i->asize_mask();",
            ),
            Edit(
                EXIT,
                "qualification = (Bit64u) i->displ32s();",
                "qualification = (Bit64u) i->displ32s();\n"
                "        if (! i->modC0() && ! i->as64L())\n"
                "          qualification ^= BX_CONST64(0xa5a5a5a500000000);",
            ),
        ),
    ),
    Variant(
        "instruction-information",
        "Undefined bits of the VM-exit instruction information are 1, not 0.",
        "SDM, Information for VM Exits Due to Instruction Execution: tables of the formats",
        (
            Edit(EXIT, "return instr_info;", _UNDEFINED_INFORMATION),
            Edit(
                EXIT,
                "VMwrite32(VMCS_32BIT_VMEXIT_INSTRUCTION_INFO, instruction_info);",
                "VMwrite32(VMCS_32BIT_VMEXIT_INSTRUCTION_INFO, instruction_info ^\n"
                "         ((qualification & VMX_VMEXIT_IO_PORTIN) ? 0xfffffc7f : 0xfffc7c7f));",
            ),
        ),
        Seen.FAILS,
    ),
    Variant(
        "event-information",
        "Bit 12 of interruption and IDT-vectoring information is 1 where it is undefined.",
        "SDM, Information for VM Exits Due to Vectored Events; Information for VM Exits"
        " During Event Delivery",
        (
            Edit(
                EXIT,
                "interruption_info   |= (1 << 31); // valid",
                "interruption_info   |= (1 << 31); // valid\n"
                "  if ((vm->pin_vmexec_ctrls.NMI_EXITING() &&"
                " ! vm->pin_vmexec_ctrls.VIRTUAL_NMI()) || BX_CPU_THIS_PTR in_event ||"
                " (type == BX_HARDWARE_EXCEPTION && vector == BX_DF_EXCEPTION))\n"
                "    interruption_info |= (1 << 12);",
            ),
            Edit(
                VMX, "vm->idt_vector_info | 0x80000000", "vm->idt_vector_info | 0x80001000"
            ),
        ),
        Seen.FAILS,
    ),
    Variant(
        "ept-qualification",
        "Undefined bits of the exit qualification of EPT violations are 1.",
        "SDM, Exit Qualification for EPT Violations: bits 6, 11:9 and 12",
        (
            Edit(
                PAGING,
                "if (rw & 4) // shadow stack access",
                "if (! vm->vmexec_ctrls2.MBE_CTRL())\n"
                "        vmexit_qualification |= (1 << 6);\n"
                "      if (! guest_laddr_valid || is_page_walk)\n"
                "        vmexit_qualification |= 0xe00;\n"
                "      if ((vm->pin_vmexec_ctrls.NMI_EXITING() &&"
                " ! vm->pin_vmexec_ctrls.VIRTUAL_NMI()) || BX_CPU_THIS_PTR in_event)\n"
                "        vmexit_qualification |= (1 << 12);\n"
                "      if (rw & 4) // shadow stack access",
            ),
        ),
        Seen.FAILS,
    ),
    Variant(
        "instruction-length",
        "The instruction length is 13 after VM exits that no instruction caused.",
        "SDM, Information for VM Exits Due to Instruction Execution: in all other cases it"
        " is undefined",
        (
            Edit(
                VMX,
                "reason &= 0xffff; /* keep only basic VMEXIT reason */",
                "bool entered = ! (reason >> 31);\n"
                "  reason &= 0xffff; /* keep only basic VMEXIT reason */\n"
                f"  if (entered && ({_is_one_of(_NO_LENGTH)}) &&\n"
                "      ! (BX_CPU_THIS_PTR in_event && (vm->idt_vector_info >> 8 & 7) >= 4) &&\n"
                "      ! (reason == 0 && (VMread32(VMCS_32BIT_VMEXIT_INTERRUPTION_INFO)"
                " >> 8 & 7) >= 4))\n"
                "    VMwrite32(VMCS_32BIT_VMEXIT_INSTRUCTION_LENGTH, 13);",
            ),
        ),
    ),
    Variant(
        "exit-fields",
        "VM exits write other numbers into each field that they need not define.",
        "SDM, Recording VM-Exit Information and Updating VM-Entry Control Fields",
        (
            Edit(
                VMX,
                "// VMEXITs are FAULT-like: restore RIP/RSP",
                "if (reason < 33 || reason > 34) {\n"
                f"    if (! ({_is_one_of(_INFORMATION)}))\n"
                "      VMwrite32(VMCS_32BIT_VMEXIT_INSTRUCTION_INFO, 0xdeadbeef);\n"
                f"    if (! ({_is_one_of(_LINEAR)}) ||\n"
                "        (reason == 48 && ! (qualification & 0x80)))\n"
                "      VMwrite_natural(VMCS_GUEST_LINEAR_ADDR, BX_CONST64(0xdeadbeefdeadb));\n"
                f"    if (! ({_is_one_of(_PHYSICAL)}))\n"
                "      VMwrite64(VMCS_64BIT_GUEST_PHYSICAL_ADDR, BX_CONST64(0xdeadbeef5));\n"
                "    if ((VMread32(VMCS_32BIT_IDT_VECTORING_INFO) & 0x80000800) != 0x80000800)\n"
                "      VMwrite32(VMCS_32BIT_IDT_VECTORING_ERR_CODE, 0xdead);\n"
                "    if ((VMread32(VMCS_32BIT_VMEXIT_INTERRUPTION_INFO) & 0x80000800)"
                " != 0x80000800)\n"
                "      VMwrite32(VMCS_32BIT_VMEXIT_INTERRUPTION_ERR_CODE, 0xdead);\n"
                "    if (! (VMread32(VMCS_32BIT_IDT_VECTORING_INFO) & 0x80000000))\n"
                "      VMwrite32(VMCS_32BIT_IDT_VECTORING_INFO, 0x5eadbeef);\n"
                "    if (! (VMread32(VMCS_32BIT_VMEXIT_INTERRUPTION_INFO) & 0x80000000))\n"
                "      VMwrite32(VMCS_32BIT_VMEXIT_INTERRUPTION_INFO, 0x5eadbeef);\n"
                "  }\n\n"
                "  // VMEXITs are FAULT-like: restore RIP/RSP",
            ),
        ),
    ),
    Variant(
        "unusable-segments",
        "Of a segment register that is unusable VM exits save other bits where they may.",
        "SDM, Saving Segment Registers and Descriptor-Table Registers",
        (
            Edit(
                VMX,
                "Bit32u ar = (get_descriptor_h(&BX_CPU_THIS_PTR sregs[n].cache)"
                " & 0x00f0ff00) >> 8;",
                "Bit32u ar = (get_descriptor_h(&BX_CPU_THIS_PTR sregs[n].cache)"
                " & 0x00f0ff00) >> 8;" + _UNUSABLE,
            ),
        ),
    ),
    # Which of two comes first
    Variant(
        "host-state-first",
        "VM entry checks the host state before the controls.",
        "SDM, Checks on VMX Controls and Host-State Area: in any order",
        (Edit(VMX, "VMX_error_code error = VMenterLoadCheckVmControls();", _HOST_FIRST),),
    ),
    Variant(
        "vmread-memory-first",
        "VMREAD looks at its destination in memory before it looks for the field.",
        "SDM, Relative Priority of Faults and VM Exits says nothing of it",
        (
            Edit(
                VMX,
                "if (BX_READ_64BIT_REG_HIGH(i->src())) {",
                "if (! i->modC0()) {\n"
                "    bx_address destination = BX_CPU_RESOLVE_ADDR(i);\n"
                "    destination = get_laddr64(i->seg(), destination);\n"
                # The write itself is what exits on the APIC-access page.
                "    if (! IsCanonical(destination) || ! is_virtual_apic_page("
                "translate_linear(BX_DTLB_ENTRY_OF(destination, 0), destination, USER_PL, BX_RW)))\n"
                "      read_RMW_linear_qword(i->seg(), destination);\n"
                "  }\n"
                "  if (BX_READ_64BIT_REG_HIGH(i->src())) {",
            ),
        ),
        Seen.FAILS,
    ),
    Variant(
        "real-mode-double-fault",
        "An event beyond the limit of the real-mode interrupt table is #DF, not #GP.",
        "SDM, Interrupt and Exception Handling in Real-Address Mode: older processors",
        (
            Edit(
                "cpu/exception.cc",
                'BX_ERROR(("interrupt(real mode) vector > idtr.limit"));\n'
                "    exception(BX_GP_EXCEPTION, 0);",
                'BX_ERROR(("interrupt(real mode) vector > idtr.limit"));\n'
                "    exception(BX_DF_EXCEPTION, 0);",
            ),
        ),
        Seen.FAILS,
    ),
    # What is cached, and what is done ahead of time
    Variant(
        "vpid",
        "Translations tagged with a VPID are kept from a VM exit to the next VM entry.",
        "SDM, Operations that Invalidate Cached Mappings",
        (
            Edit(
                VMX,
                "extern VMCS_Mapping vmcs_map;",
                "extern VMCS_Mapping vmcs_map;\n" + _KEPT,
            ),
            Edit(VMX, "VMexitLoadHostState();", _KEEP),
            Edit(VMX, "if (vmlaunch) VMwrite32(", _USE),
            Edit(
                VMX, "BX_INSTR_TLB_CNTRL(BX_CPU_ID, BX_INSTR_INVEPT, type);", _INVEPT
            ),
            Edit(
                VMX, "BX_INSTR_TLB_CNTRL(BX_CPU_ID, BX_INSTR_INVVPID, type);", _INVVPID
            ),
        ),
    ),
    Variant(
        "accessed-ahead",
        "The EPT entry after the one that is used gets its accessed flag, too.",
        "SDM, Accessed and Dirty Flags for EPT: also by speculative accesses",
        (Edit(PAGING, _LEAF, _NEIGHBOUR),),
    ),
    Variant(
        "pml-order",
        "What one instruction has logged by page-modification logging is in another order.",
        "SDM, Page-Modification Logging gives no order",
        (Edit(EXIT, "vm->pml_index--;", _PML_ORDER),),
    ),
    # Time, and what comes from outside
    Variant(
        "timer-rate",
        "The VMX-preemption timer counts down once in 32 cycles.",
        "SDM, Miscellaneous Data, bits 4:0",
        (
            _msr("VMX_MSR_MISC", " | 5"),
            Edit(
                TIMER,
                "vmx_preemption_timer_rate = VMX_MISC_PREEMPTION_TIMER_RATE;",
                "vmx_preemption_timer_rate = 5;",
            ),
        ),
        Seen.RUNS,
    ),
    Variant(
        "timer-late",
        "The VMX-preemption timer counts down once in 32 cycles, and ends a unit late.",
        "SDM, VMX-Preemption Timer",
        (
            _msr("VMX_MSR_MISC", " | 5"),
            Edit(
                TIMER,
                "vmx_preemption_timer_rate = VMX_MISC_PREEMPTION_TIMER_RATE;",
                "vmx_preemption_timer_rate = 5;",
            ),
            Edit(
                TIMER,
                "+ value) << vmx_preemption_timer_rate;",
                "+ value + 1) << vmx_preemption_timer_rate;",
            ),
        ),
        Seen.RUNS,
    ),
    Variant(
        "interrupt-at-entry",
        "One VM entry in three finds an interrupt of the host's pending.",
        "SDM, External-Interrupt Exiting: other devices than ours have interrupts",
        (_INTERRUPT, *_WITHOUT_IF, _after_entry("host_interrupt(NULL);", _MASKS)),
        Seen.FAILS,
    ),
    Variant(
        "interrupt-soon",
        "The host gets an interrupt up to 20 instructions after one VM entry in three.",
        "SDM, External-Interrupt Exiting: other devices than ours have interrupts",
        (
            _INTERRUPT,
            *_WITHOUT_IF,
            Edit(
                VMX,
                "  VMenterInjectEvents();",
                f"{_MASKS}  static int timer = bx_pc_system.register_timer_ticks(NULL, host_interrupt,"
                ' 1000, 0, 0, "interrupt");\n'
                f"  {_RANDOM}bx_pc_system.activate_timer_ticks(timer,"
                " 1 + (number >> 12) % 20, 0);\n"
                "  VMenterInjectEvents();",
            ),
        ),
        Seen.FAILS,
    ),
    Variant(
        "smi-delay",
        "After one VM entry in six 50,000 cycles pass before the first instruction; an MSR"
        " counts it.",
        "SDM, System Management Mode: an SMI takes time; MSR_SMI_COUNT",
        (
            Edit(
                VMX,
                "extern VMCS_Mapping vmcs_map;",
                "extern VMCS_Mapping vmcs_map;\nBit64u smi_count;\n",
            ),
            _after_entry("if (number >> 16 & 1) { BX_TICKN(50000); smi_count++; }"),
            # MSR_SMI_COUNT
            Edit(
                MSR,
                "bool BX_CPP_AttrRegparmN(2) BX_CPU_C::rdmsr(Bit32u index, Bit64u *msr)\n{",
                "extern Bit64u smi_count;\n"
                "bool BX_CPP_AttrRegparmN(2) BX_CPU_C::rdmsr(Bit32u index, Bit64u *msr)\n{\n"
                "  if (index == 0x34) {\n    *msr = smi_count;\n    return true;\n  }",
            ),
        ),
        Seen.FAILS,
    ),
    Variant(
        "monitor-disarmed",
        "Every second MONITOR has been triggered when MWAIT comes.",
        "SDM, MWAIT: implementation-dependent events; errata AAI65, AAJ020",
        (
            Edit(
                "cpu/mwait.cc",
                "VMexit(VMX_VMEXIT_MWAIT, BX_CPU_THIS_PTR monitor.armed_by_monitor());",
                "static bool odd;\n"
                "        odd = ! odd;\n"
                "        VMexit(VMX_VMEXIT_MWAIT,"
                " odd && BX_CPU_THIS_PTR monitor.armed_by_monitor());",
            ),
        ),
        Seen.FAILS,
    ),
    Variant(
        "mwait-awake",
        "MWAIT ends at once.",
        "SDM, MWAIT: implementation-dependent events end it",
        (Edit("cpu/mwait.cc", "bool monitor_armed = true;", "bool monitor_armed = false;"),),
    ),
)
