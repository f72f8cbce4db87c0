# SPDX-License-Identifier: GPL-2.0
"""The boundary after an instruction, which itself makes things pending."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations

from .entered import PRIORITY, READY
from .family import Family, Rows, Values

SINGLE_STEP, MTF = "Single-Step Exception Condition", "Monitor Trap Flag"
STACKS = "Masking Exceptions and Interrupts When Switching Stacks"
APIC_PAGE = [
    "map: rw- wb 0x20000 0x21000 ./apicaccess 0x0",
    "vmcs: apic_access_address apicaccess",
    "vmcs: virtual_apic_address vapic",
    "vmcs: proc.use_tpr_shadow 1",
    "vmcs: proc2.virtualize_apic_accesses 1",
]
IRQ = ["vmcs: virtual_apic_address vapic", "vmcs: proc.use_tpr_shadow 1"]
APIC_NEED = ["proc.use_tpr_shadow", "proc2.virtualize_apic_accesses"]
IRQ_NEED = ["proc.use_tpr_shadow", "proc2.virtual_interrupt_delivery"]


@dataclass(frozen=True)
class Pending:
    """What an instruction can make pending, in the order of their priorities.

    A line of controls; bits of DR7 and of RFLAGS; the words of `wait`; the bits of the
    pending debug exceptions.
    """

    name: str
    rank: int
    what: str
    section: str
    control: str = ""
    dr7: int = 0
    flags: int = 0
    comes: str = ""
    pending: int = 0
    need: tuple[str, ...] = ()


ALL = [
    Pending("mtf", 1, "the MTF VM exit", MTF, control="proc.monitor_trap_flag",
            comes="monitortrap 0x0", need=("vmxfs.mtf",)),
    Pending("single-step", 2, "the single step", SINGLE_STEP, flags=0x100, comes="#db 0x4000",
            pending=0x4000),
    Pending("breakpoint", 2, "the data breakpoint", "Data Memory and I/O Breakpoint Conditions",
            dr7=0xF00404, comes="#db 0x2", pending=0x1002),
    Pending("nmi-window", 3, "the NMI window", "NMI-Window Exiting",
            control="proc.nmi_window_exiting", comes="nmiwin 0x0",
            need=("pin.virtual_nmis", "proc.nmi_window_exiting")),
    Pending("irq-window", 4, "the interrupt window",
            "Interrupt-Window Exiting and Virtual-Interrupt Delivery",
            control="proc.interrupt_window_exiting", comes="irqwin 0x0"),
    Pending("virtual-irq", 4, "a virtual interrupt", "Virtual-Interrupt Delivery",
            comes=".vmcall 0x0", need=("proc.use_tpr_shadow", "proc2.virtual_interrupt_delivery")),
    Pending("code-breakpoint", 5, "the breakpoint at the next instruction",
            "Instruction-Breakpoint Exception Condition", dr7=0x401, comes="#db 0x1"),
]  # fmt: skip
NAMED = {pending.name: pending for pending in ALL}


@dataclass(frozen=True)
class Instruction:
    """An instruction, and what comes with it.

    `done` is the address after it; `go` the registers with which it is executed, `before`
    the lines before that. `opens` says which of the table it can make pending.
    """

    name: str
    what: str
    done: str
    go: str
    opens: tuple[str, ...]
    before: list[str] = field(default_factory=list)
    # RFLAGS before it, and what it loads into RFLAGS, if it does
    flags: int = 0x202
    image: int | None = None
    need: tuple[str, ...] = ()


NMI_HANDLER = [
    "vmcs: pin.virtual_nmis 1",
    *READY,
    "vmcs: entry_interruption_information intr(2,nmi)",
    "ctl: go pc=$here;flags={image};",
    "wait? .vmcall 0x0 pc $vectors+0x8 sp 0x8ff4 ...",
]
IRET = Instruction(
    "iret", "an IRET that sets RFLAGS.IF and ends virtual-NMI blocking", "$here", "pc=$return",
    ("mtf", "single-step", "breakpoint", "nmi-window", "irq-window", "virtual-irq",
     "code-breakpoint"),
    ["regs: dr0 {dr0}", "regs: dr1 0x8ff4", *NMI_HANDLER],
    flags=0x2, image=0x202, need=("pin.virtual_nmis",),
)  # fmt: skip
POPF = Instruction(
    "popf", "a POPF that sets RFLAGS.IF", "$popf_done", "pc=$popf;sp=0x8ffc",
    ("mtf", "single-step", "breakpoint", "irq-window", "virtual-irq", "code-breakpoint"),
    ["regs: dr0 {dr0}", "regs: dr1 0x8ffc", *READY, "mem: 0x8ffc {image}"],
    flags=0x2, image=0x202,
)  # fmt: skip


def bytes_of(value: int) -> str:
    return value.to_bytes(4, "little").hex()


def values(instruction: Instruction, first: Pending, second: Pending) -> Values:
    """The registers and controls with which both are pending, and what comes then."""
    both = first, second
    flags = instruction.flags | first.flags | second.flags
    found = {
        "first": first.name,
        "second": second.name,
        "flags": hex(flags),
        "dr7": hex(0x400 | first.dr7 | second.dr7),
        # A breakpoint's bit may be 1 also if it is not enabled.
        "dr0": instruction.done if NAMED["code-breakpoint"] in both else "0x0",
        "mtf": "1" if NAMED["mtf"] in both else "0",
        "nmi_window": "1" if NAMED["nmi-window"] in both else "0",
        "irq_window": "1" if NAMED["irq-window"] in both else "0",
        "pending": hex(second.pending if first.name == "mtf" else 0),
    }
    exit, bits = first.comes.split()
    if first.rank == second.rank:
        # One exception with the bits of both; then nothing is left but to go on.
        bits = hex(int(bits, 16) | int(second.comes.split()[1], 16))
    elif (first.name, second.name) == ("single-step", "code-breakpoint"):
        bits += "/0xfffffffffffffffe"
    elif (first.name, second.name) == ("breakpoint", "code-breakpoint"):
        bits += "/0xfffffffffffffffe"
    found |= {"exit": exit, "bits": bits}
    if instruction.image is not None:
        image = instruction.image | first.flags | second.flags
        found["image"] = bytes_of(image) if instruction.name == "popf" else hex(image)
    if first.control:
        found |= {"over_field": first.control, "over_value": "0"}
    elif first.flags and second.flags == 0 and first.dr7 == 0:
        found |= {"over_field": "guest_rflags", "over_value": "0x202"}
    else:
        found |= {"over_field": "guest_dr7", "over_value": hex(0x400 | second.dr7)}
    exit, bits = second.comes.split()
    found |= {"then_exit": exit, "then_bits": bits}
    return found


def pairs(instruction: Instruction) -> list[tuple[Pending, Pending]]:
    mine = [NAMED[name] for name in instruction.opens]
    return [(a, b) for a, b in combinations(mine, 2) if a.rank < b.rank]


def controls(rows: list[Values]) -> list[str]:
    """The lines that at least one row needs."""
    lines = {
        "mtf": "vmcs: proc.monitor_trap_flag {mtf}",
        "nmi_window": "vmcs: proc.nmi_window_exiting {nmi_window}",
        "irq_window": "vmcs: proc.interrupt_window_exiting {irq_window}",
    }
    return [line for slot, line in lines.items() if any(row[slot] == "1" for row in rows)]


def without_breakpoints(rows: list[Values], lines: list[str]) -> list[str]:
    """The lines, but those for breakpoints, if no row has one."""
    if any(row["dr7"] != "0x400" for row in rows):
        return lines
    return [line for line in lines if not line.startswith(("regs: dr", "vmcs: guest_dr7 {"))]


def loads_flags(instruction: Instruction) -> Iterator[Family]:
    """IRET and POPF."""
    for suffix in ("", "-mtf", "-virtual-irq", "-mtf-virtual-irq"):
        virtual = "virtual" in suffix
        found = [
            (a, b)
            for a, b in pairs(instruction)
            if (a.name == "mtf") == ("mtf" in suffix)
            and (b.name == "virtual-irq") == virtual
            and a.name != "virtual-irq"
        ]
        rows = [values(instruction, a, b) for a, b in found]
        before = [*IRQ, "vmcs: proc2.virtual_interrupt_delivery 1"] * virtual
        then = "wait? {then_exit} {then_bits} pc {done} sp 0x9000 ..."
        if virtual:
            then = "wait? .vmcall 0x0 pc $vectors+0x148 sp 0x8ff4 ..."
        yield Family(
            f"{instruction.name}{suffix}",
            f"Two things at the instruction boundary after {instruction.what}: they come in the"
            " order of their priorities.",
            list(dict.fromkeys([p.section for pair in found for p in pair])) + [PRIORITY],
            [Rows(["first", "second"], [row | {"done": instruction.done} for row in rows])],
            without_breakpoints(rows, [
                *before,
                *instruction.before,
                *controls(rows),
                *["vmcs: guest_interrupt_status 0x52"] * virtual,
                "vmcs: guest_dr7 {dr7}",
                f"ctl: go {instruction.go};flags={{flags}};",
                "wait? {exit} {bits} pc {done} sp 0x9000 ...",
                *["vmcs? guest_pending_debug_exceptions {pending}"] * (suffix == "-mtf"),
                "vmcs: {over_field} {over_value}",
                "ctl: go",
                then,
            ]),
            [*instruction.need, *(n for pair in found for p in pair for n in p.need)],
        )


def first_virtual(instruction: Instruction) -> Family:
    """The virtual interrupt before the breakpoint at the instruction that it interrupts."""
    first, second = NAMED["virtual-irq"], NAMED["code-breakpoint"]
    row = values(instruction, first, second) | {"done": instruction.done}
    return Family(
        f"{instruction.name}-virtual-irq-first",
        f"A virtual interrupt that is recognized after {instruction.what} comes before the"
        " breakpoint at the instruction that it interrupts.",
        [first.section, second.section, PRIORITY],
        [Rows(["first", "second"], [row])],
        [
            *IRQ,
            "vmcs: proc2.virtual_interrupt_delivery 1",
            *instruction.before,
            "vmcs: guest_interrupt_status 0x52",
            "vmcs: guest_dr7 {dr7}",
            f"ctl: go {instruction.go};flags={{flags}};",
            "wait? .vmcall 0x0 pc $vectors+0x148 sp 0x8ff4 ...",
            "ctl: go pc=$return;",
            "wait? #db 0x1 pc {done} sp 0x9000 ...",
        ],
        [*instruction.need, *first.need],
    )


def together(instruction: Instruction) -> Family:
    """A single step and a data breakpoint are one exception."""
    row = values(instruction, NAMED["single-step"], NAMED["breakpoint"])
    return Family(
        f"{instruction.name}-both",
        f"A single step and a data breakpoint of {instruction.what} are one debug exception,"
        " with the bits of both.",
        [SINGLE_STEP, "Exit Qualification for Debug Exceptions"],
        [Rows(["first", "second"], [row | {"done": instruction.done}])],
        [
            *instruction.before,
            "vmcs: guest_dr7 {dr7}",
            f"ctl: go {instruction.go};flags={{flags}};",
            "wait? {exit} {bits} pc {done} sp 0x9000 ...",
        ],
        list(instruction.need),
    )


def after_sti() -> Iterator[Family]:
    """STI blocks interrupts until after the next instruction, and nothing else."""
    done, late = "$open_done", "$open_done+1"
    none = Instruction("sti", "", done, "", (), flags=0x2)
    step, code = NAMED["single-step"], NAMED["code-breakpoint"]
    for suffix, found in (
        ("", [(step, code)]),
        ("-mtf", [(NAMED["mtf"], step), (NAMED["mtf"], code)]),
    ):
        rows = [values(none, a, b) for a, b in found]
        # Whether a debug exception that exits ends the blocking is not said.
        for row in rows:
            row["blocking"] = "0x1" if row["first"] == "mtf" else "0x0/0xfffffffe"
        yield Family(
            f"sti-executed{suffix}",
            "STI does not hold up an MTF VM exit, nor a single step, nor the breakpoint at the"
            " next instruction: they come after it in their order. The MTF VM exit saves the"
            " blocking.",
            ["STI--Set Interrupt Flag", MTF, SINGLE_STEP, PRIORITY],
            [Rows(["first", "second"], rows)],
            [
                "regs: dr0 {dr0}",
                *READY,
                *controls(rows),
                "vmcs: guest_dr7 {dr7}",
                "ctl: go pc=$open;flags={flags};",
                f"wait? {{exit}} {{bits}} pc {done} sp 0x9000 ...",
                "vmcs? guest_pending_debug_exceptions {pending}"
                " guest_interruptibility_state {blocking}",
                "vmcs: {over_field} {over_value}",
                "ctl: go",
                f"wait? {{then_exit}} {{then_bits}} pc {done} sp 0x9000 ...",
            ],
            [need for pair in found for p in pair for need in p.need],
        )
    for suffix, first in (("", code), ("-mtf", NAMED["mtf"])):
        row = values(none, first, NAMED["irq-window"])
        yield Family(
            f"sti-executed-holds{suffix}",
            "STI holds the interrupt window until after the next instruction. What comes before"
            " that instruction comes before the window, whatever its priority, and leaves the"
            " blocking as it is.",
            ["STI--Set Interrupt Flag", first.section, NAMED["irq-window"].section],
            [Rows(["first", "second"], [row])],
            without_breakpoints([row], [
                "regs: dr0 {dr0}",
                *READY,
                *controls([row]),
                "vmcs: guest_dr7 {dr7}",
                "ctl: go pc=$open;flags={flags};",
                f"wait? {{exit}} {{bits}} pc {done} sp 0x9000 ...",
                "vmcs? guest_interruptibility_state 0x1",
                "vmcs: {over_field} {over_value}",
                "ctl: go",
                f"wait? irqwin 0x0 pc {late} sp 0x9000 ...",
            ]),
            list(first.need),
        )


def after_mov_ss() -> Iterator[Family]:
    done, late = "$load_ss_done", "$load_ss_late"
    load = ["mem: 0xa000 1000", "regs: dr0 {dr0}", "regs: dr1 0xa000", *READY]
    none = Instruction("mov-ss", "", done, "", ())
    rows = [
        values(none, NAMED["mtf"], NAMED[name]) for name in ("single-step", "breakpoint")
    ]
    # VM entry wants BS, whether it was saved or not.
    for row in rows:
        row["again"] = row["pending"]
    rows[0]["pending"] = "0x0/0xffffffffffffbfff"
    # The breakpoint is of two bytes here.
    for row in rows:
        row["dr7"] = row["dr7"].replace("0xf00404", "0x700404")
    yield Family(
        "mov-ss-executed",
        "The MTF VM exit after MOV SS is not held up, and finds what MOV SS puts off: the data"
        " breakpoint that it met is pending; whether a single step is, is the processor's"
        " affair. It comes after the next instruction.",
        ["Saving Non-Register State", MTF, STACKS],
        [Rows(["first", "second"], rows)],
        [
            *load,
            "vmcs: proc.monitor_trap_flag 1",
            "vmcs: guest_dr7 {dr7}",
            "ctl: go pc=$load_ss;flags={flags};",
            f"wait? monitortrap 0x0 pc {done} sp 0x9000 ...",
            "vmcs? guest_interruptibility_state 0x2 guest_pending_debug_exceptions {pending}",
            "vmcs: guest_pending_debug_exceptions {again}",
            "vmcs: proc.monitor_trap_flag 0",
            "ctl: go",
            f"wait? {{then_exit}} {{then_bits}} pc {late} sp 0x9000 ...",
        ],
        ["vmxfs.mtf"],
    )
    rows = [
        values(none, NAMED[name], NAMED["code-breakpoint"])
        for name in ("single-step", "breakpoint")
    ]
    for row in rows:
        row["dr7"] = row["dr7"].replace("0xf00405", "0x700405")
        row["bits"] = row["bits"].partition("/")[0]
    yield Family(
        "mov-ss-executed-loses",
        "There is no breakpoint at the instruction behind MOV SS. The debug exception that MOV"
        " SS has put off comes after that instruction, and says nothing of it.",
        [STACKS, SINGLE_STEP],
        [Rows(["first", "second"], rows)],
        [
            *load,
            "vmcs: guest_dr7 {dr7}",
            "ctl: go pc=$load_ss;flags={flags};",
            f"wait? {{exit}} {{bits}} pc {late} sp 0x9000 ...",
        ],
    )


@dataclass(frozen=True)
class Write:
    """A write to the APIC-access page that is virtualized, and exits then.

    Where it writes, what comes, the lines by which it does, and by which it does not again.
    """

    name: str
    address: int
    what: str
    section: str
    comes: str
    before: tuple[str, ...]
    over: tuple[str, ...] = ()
    need: tuple[str, ...] = ()


WRITES = [
    Write("tpr-written", 0x20080, "the VM exit for the TPR threshold", "TPR Virtualization",
          "tpr 0x0", ("vmcs: tpr_threshold 0x5", "vapic: 0x80 0xf0"),
          over=("vmcs: tpr_threshold 0x0",)),
    Write("apic-written", 0x20320, "the APIC-write VM exit", "APIC-Write Emulation",
          "apicwrite 0x320", ("vmcs: proc2.apic_register_virtualization 1",),
          need=("proc2.apic_register_virtualization",)),
    Write("eoi-written", 0x200B0, "the VM exit for the EOI", "EOI Virtualization", "eoi 0x31",
          ("vmcs: proc2.virtual_interrupt_delivery 1",
           "vmcs: eoi_exit_bitmap_0 0x2000000000000", "vapic: 0x110 0x20000",
           "vmcs: guest_interrupt_status 0x3100"),
          need=("proc2.virtual_interrupt_delivery",)),
]  # fmt: skip


def after_store() -> Iterator[Family]:
    none = Instruction("store", "", "$store_done", "", ())
    seconds = [NAMED[n] for n in ("mtf", "single-step", "breakpoint", "code-breakpoint")]
    for write in WRITES:
        what = f"{write.what[0].upper()}{write.what[1:]} comes first after the write; debug"
        what += " exceptions are saved as pending."
        lost = f"{what} An MTF VM exit of the same instruction is lost: the next is that of the"
        lost += " next instruction."
        exit = Pending(write.name, 0, write.what, write.section, comes=write.comes)
        for suffix, about, found in (("", what, seconds[1:]), ("-mtf", lost, seconds[:1])):
            rows = []
            for second in found:
                row = values(none, exit, second)
                row |= {"pending": hex(second.pending)}
                row |= {"at": "$store_done+1" if suffix else "$store_done"}
                del row["over_field"], row["over_value"], row["first"]
                rows.append(row)
            lines = [
                *APIC_PAGE,
                *write.before,
                "regs: dr0 {dr0}",
                f"regs: dr1 {hex(write.address)}",
                *READY,
                *controls(rows),
                "vmcs: guest_dr7 {dr7}",
                f"ctl: go pc=$store;di={hex(write.address)};ax=0x40;flags={{flags}};",
                f"wait? {write.comes} pc $store_done sp 0x9000 ...",
                "vmcs? guest_pending_debug_exceptions {pending}",
                *write.over,
                "ctl: go",
                "wait? {then_exit} {then_bits} pc {at} sp 0x9000 ...",
            ]
            yield Family(
                f"{write.name}{suffix}",
                about,
                [write.section, "Saving Non-Register State", PRIORITY],
                [Rows(["second"], rows)],
                without_breakpoints(rows, lines),
                [*APIC_NEED, *write.need, *(n for p in found for n in p.need)],
            )


def after_event() -> Iterator[Family]:
    """An instruction that raises an exception or an interrupt."""
    rows = []
    for name, insn, handler in (
        ("int", "$int_40", "$vectors+0x100"),
        ("int3", "$int3", "$vectors+0xc"),
        ("into", "$int_over", "$vectors+0x10"),
        ("ud2", "$undefined", "$vectors+0x18"),
    ):
        for second in (NAMED["single-step"], NAMED["code-breakpoint"]):
            row = values(Instruction("", "", "", "", ()), NAMED["mtf"], second)
            row |= {"what": name, "insn": insn, "handler": handler}
            row["dr0"] = handler if second.dr7 else "0x0"
            row |= {"flags": hex(int(row["flags"], 16) | 0x800)}
            row["then_exit"], row["then_bits"] = (
                (".vmcall", "0x0") if second.name == "single-step" else ("#db", "0x1")
            )
            del row["first"]
            rows.append(row)
    yield Family(
        "mtf-event",
        "The MTF VM exit of an instruction that raises an event comes after its delivery, before"
        " a breakpoint at the handler. There is no single step: delivery clears RFLAGS.TF, and a"
        " fault is no instruction that has been executed.",
        [MTF, SINGLE_STEP, PRIORITY],
        [Rows(["what", "second"], rows)],
        [
            "regs: dr0 {dr0}",
            *READY,
            "vmcs: proc.monitor_trap_flag 1",
            "vmcs: guest_dr7 {dr7}",
            "ctl: go pc={insn};flags={flags};",
            "wait? monitortrap 0x0 pc {handler} sp 0x8ff4 ...",
            "regs? idtinterruptinfo 0x0/0x80000000",
            "vmcs: proc.monitor_trap_flag 0",
            "ctl: go",
            "wait? {then_exit} {then_bits} pc {handler} sp 0x8ff4 ...",
        ],
        ["vmxfs.mtf"],
    )


def after_nmi() -> Iterator[Family]:
    """An NMI that waits for an IRET is pending right after that."""
    window, irq, code = (NAMED[n] for n in ("irq-window", "virtual-irq", "code-breakpoint"))
    at_handler = "wait? .vmcall 0x0 pc $vectors+0x8 sp 0x8ff4 ..."
    for suffix, second, about, set_up, then in (
        ("", window, "before the interrupt window, which comes before the first instruction of"
         " its handler", [f"vmcs: {window.control} 1"],
         [f"wait? {window.comes} pc $vectors+0x8 sp 0x8ff4 ..."]),
        ("-virtual-irq", irq, "before a virtual interrupt, which comes before the first"
         " instruction of its handler", ["vmcs: guest_interrupt_status 0x52"],
         ["wait? .vmcall 0x0 pc $vectors+0x148 sp 0x8fe8 ..."]),
        ("-breakpoint", code, "before the breakpoint at the instruction that it interrupts,"
         " which comes after the IRET of its handler",
         ["regs: dr0 $here", f"vmcs: guest_dr7 {hex(0x400 | code.dr7)}"],
         [at_handler, "ctl: go pc=$return;", f"wait? {code.comes} pc $here sp 0x9000 ..."]),
    ):  # fmt: skip
        yield Family(
            f"nmi-delivered{suffix}",
            "An NMI that the processor sends to itself while NMIs are blocked is pending after"
            f" the IRET that ends the blocking. It is delivered {about}. The guest has no \"NMI"
            " exiting\": should an NMI of the host's come just then, the guest would get it.",
            [second.section, "Interruptibility State", PRIORITY],
            [Rows(["first", "second"], [{"first": "nmi", "second": second.name}])],
            [
                "ctl: unsafe",
                "msrbitmap: r 0x1b 0",
                "msrbitmap: r 0x802 0",
                "msrbitmap: w 0x830 0",
                "ept: pte 0xa000 0xfee00003",
                *[*IRQ, "vmcs: proc2.virtual_interrupt_delivery 1"] * (second is irq),
                *READY,
                "vmcs: pin.nmi_exiting 0",
                "vmcs: entry_interruption_information intr(2,nmi)",
                "ctl: go pc=$here;flags=0x202;",
                at_handler,
                *set_up,
                "ctl: go pc=$send;si=0x4400;flags=0x2;",
                *then,
            ],
            ["proc.use_msr_bitmaps", *second.need],
            ["reach unsafe"],
        )


def by_branches() -> Iterator[Family]:
    """RFLAGS.TF with BTF of IA32_DEBUGCTL, bit 1: a single step is a branch that is taken."""
    go = ["vmcs: guest_debugctl 0x2", "ctl: go pc={insn};flags=0x102;"]
    step = {"exit": "#db", "bits": "0x4000"}
    rows = [
        {"what": "taken", "insn": "$branch", "done": "$branched", "pending": "0x4000"}
        | {"pc": "$branched", "sp": "0x9000"} | step,
        {"what": "no-branch", "insn": "$here", "done": "$after", "pending": "0x0"}
        | {"pc": "$end", "sp": "0x8f00", "exit": ".vmcall", "bits": "0x0"},
    ]  # fmt: skip
    yield Family(
        "btf",
        "With RFLAGS.TF and IA32_DEBUGCTL.BTF there is a single step after a branch that is"
        " taken, and none after another instruction.",
        [SINGLE_STEP, "Single-Stepping on Branches"],
        [Rows(["what"], rows)],
        [*READY, *go, "wait? {exit} {bits} pc {pc} sp {sp} ..."],
    )
    yield Family(
        "btf-mtf",
        "The MTF VM exit saves a single step as pending only if, with IA32_DEBUGCTL.BTF 1, the"
        " instruction was a branch that is taken. Then it comes with the next VM entry.",
        ["Saving Non-Register State", MTF, "Single-Stepping on Branches"],
        [Rows(["what"], rows)],
        [
            *READY,
            "vmcs: proc.monitor_trap_flag 1",
            *go,
            "wait? monitortrap 0x0 pc {done} ...",
            "vmcs? guest_pending_debug_exceptions {pending}",
            "vmcs: proc.monitor_trap_flag 0",
            "ctl: go",
            "wait? {exit} {bits} pc {pc} sp {sp} ...",
        ],
        ["vmxfs.mtf"],
    )
    pending = {"pc": "$here", "sp": "0x9000"} | step
    yield Family(
        "btf-pending",
        "A single step that is pending at VM entry comes whatever IA32_DEBUGCTL.BTF is, unless"
        " something blocks. (With blocking VM entry fails: entry/pending-debug-bs-btf.)",
        ["Delivery of Pending Debug Exceptions after VM Entry"],
        [Rows(["what"], [{"what": "single-step"} | pending])],
        [
            *READY,
            "vmcs: guest_debugctl 0x2",
            "vmcs: guest_pending_debug_exceptions 0x4000",
            "ctl: go pc=$here;flags=0x102;",
            "wait? {exit} {bits} pc {pc} sp {sp} ...",
        ],
    )


def after_hlt() -> Iterator[Family]:
    yield Family(
        "hlt-executed",
        "After a HLT an MTF VM exit comes first, and saves the single step as pending. With the"
        " next VM entry that comes, although nothing else wakes the guest.",
        [MTF, "Saving Non-Register State", "Activity State"],
        [Rows(["first", "second"], [{"first": "mtf", "second": "single-step"}])],
        [
            "vmcs: proc.hlt_exiting 0",
            *READY,
            "vmcs: proc.monitor_trap_flag 1",
            "ctl: go pc=$hlt;flags=0x102;",
            "wait? monitortrap 0x0 pc $hlt_done sp 0x9000 ...",
            "vmcs? guest_pending_debug_exceptions 0x4000",
            "vmcs: proc.monitor_trap_flag 0",
            "ctl: go",
            "wait? #db 0x4000 pc $hlt_done sp 0x9000 ...",
        ],
        ["vmxfs.mtf", "misc.activity_hlt"],
    )


def families() -> Iterator[Family]:
    for instruction in (IRET, POPF):
        yield from loads_flags(instruction)
        yield first_virtual(instruction)
        yield together(instruction)
    yield from after_sti()
    yield from after_mov_ss()
    yield from after_store()
    yield from after_event()
    yield from after_hlt()
    yield from after_nmi()
    yield from by_branches()
