# SPDX-License-Identifier: GPL-2.0
"""The boundary after an event that VM entry injects: before its handler's first instruction."""

from collections.abc import Iterator

from .entered import GO, NEVER, PRIORITY, READY, SP, before, go_at, needs, sections, sets
from .family import Family, Rows, Values
from .tables import Block, Condition, conditions, events, states

INJECTED = "VM-Entry Controls for Event Injection"
VECTORING = "Information for VM Exits During Event Delivery"
LENGTH = ["vmcs: entry_instruction_length 0x2", "vmcs: entry_exception_error_code 0x0"]
INJECT = "vmcs: entry_interruption_information {info}"
HANDLED = "wait? .vmcall 0x0 pc {handler} sp {sp} ..."
NOT_DURING = "regs? idtinterruptinfo 0x0/0x80000000"
START = go_at("0x202", "$here")
# How a delivery ends in a VM exit: of what kind, and where the IDT has to be.
FAILURES = {
    "ept": ("eptfault", "0x181/0x19f", "0xb000", "EPT Violations", ["map: --- wb 0xb000 0xc000"]),
    "apic": (
        "apicacc", "0x3000/0xfffffffffffff000", "0x20000", "APIC-Access VM Exits",
        ["map: rw- wb 0x20000 0x21000 ./apicaccess 0x0", "vmcs: apic_access_address apicaccess",
         "vmcs: proc2.virtualize_apic_accesses 1"],
    ),
}


def pending_after(given: list[Condition]) -> dict[str, Condition]:
    """What can be pending once an event has been delivered, by name.

    An MTF VM exit is so by its control, and a breakpoint is at the handler.
    """
    found = {c.name: c for c in given if not c.is_trap and not c.is_instruction}
    mtf = found["mtf"]
    found["mtf"] = Condition(
        mtf.name,
        [line for line in mtf.lines if line[0] != "set"]
        + [("set", "proc.monitor_trap_flag 1"), ("over", "proc.monitor_trap_flag 0")]
        + [("need", "vmxfs.mtf")],
        mtf.rank,
    )
    return found


def event_values(event: Block) -> Values:
    return {
        "event": event.name,
        "info": event.one("info"),
        "handler": event.one("handler"),
        "sp": event.one("sp"),
    }


def second_values(condition: Condition) -> Values:
    name, value = condition.words("over") or ["guest_interrupt_status", "0x0"]
    return {
        "second": condition.name,
        **sets("", condition),
        "over_field": name,
        "over_value": value,
        "exit": condition.comes(SP)[0],
        "bits": condition.comes(SP)[1],
    }


def prepared(*given: Condition) -> list[str]:
    lines = [line.replace("{dr0}", "{handler}") for line in before(*given)]
    return [*dict.fromkeys(["vmcs: pin.virtual_nmis 1", *lines]), *READY, *LENGTH]


def then(given: dict[str, Condition], types: list[Block]) -> Iterator[Family]:
    """What is pending after it comes before the first instruction of the handler."""
    for name, seconds in (
        ("inject", ["timer", "irq-window", "code-breakpoint"]),
        ("inject-then-mtf", ["mtf"]),
        ("inject-then", ["nmi-window"]),
        ("inject-then-tpr", ["tpr-threshold"]),
    ):
        found = [given[second] for second in seconds]
        mine = [e for e in types if not (e.name == "nmi" and "nmi-window" in seconds)]
        each = [
            Rows(["event"], [event_values(e) for e in mine]),
            Rows(["second"], [second_values(c) for c in found]),
        ]
        yield Family(
            name,
            "An event that VM entry injects is delivered first. What is pending then comes"
            " before the first instruction of its handler, and not during its delivery.",
            [INJECTED, *sections(*found), PRIORITY],
            each,
            [
                *prepared(*found),
                "vmcs: {field} {value}",
                INJECT,
                START,
                "wait? {exit} {bits} pc {handler} sp {sp} ...",
                NOT_DURING,
                "vmcs: {over_field} {over_value}",
                GO,
                HANDLED,
            ],
            ["pin.virtual_nmis", *needs(*found)],
        )


def virtual(given: dict[str, Condition], types: list[Block]) -> Iterator[Family]:
    second = given["virtual-irq"]
    rows = [
        event_values(e) | {"irq_sp": hex(int(e.one("sp"), 16) - 12)} for e in types
    ]
    yield Family(
        "inject-then-virtual-irq",
        "An event that VM entry injects is delivered first, through a trap gate. The virtual"
        " interrupt then comes before the first instruction of its handler, to which its own"
        " handler returns.",
        [INJECTED, *sections(second), PRIORITY],
        [Rows(["event"], rows)],
        [
            *prepared(second),
            f"vmcs: {second.one('set')}",
            INJECT,
            START,
            f"wait? .vmcall 0x0 pc {second.where('')} sp {{irq_sp}} ...",
            "ctl: go pc=$return;",
            HANDLED,
        ],
        ["pin.virtual_nmis", *needs(second)],
    )


def nmi_blocks(given: dict[str, Condition], types: list[Block]) -> Iterator[Family]:
    window = given["nmi-window"]
    (nmi,) = (e for e in types if e.name == "nmi")
    yield Family(
        "inject-blocks",
        "An NMI that is injected blocks others: the NMI window comes after the IRET of its"
        " handler, and the interrupt window before the first instruction of that.",
        [INJECTED, *sections(window), "Changes to Instruction Behavior in VMX Non-Root Operation"],
        [Rows(["event", "second"], [event_values(nmi) | {"second": window.name}])],
        [
            *prepared(window),
            f"vmcs: {window.one('set')}",
            f"vmcs: {given['irq-window'].one('set')}",
            INJECT,
            START,
            "wait? irqwin 0x0 pc {handler} sp {sp} ...",
            "vmcs? guest_interruptibility_state 0x8",
            f"vmcs: {given['irq-window'].one('over')}",
            GO,
            HANDLED,
            "ctl: go pc=$return;",
            "wait? nmiwin 0x0 pc $here sp 0x9000 ...",
        ],
        needs(window),
    )


def loses(traps: list[Condition], types: list[Block]) -> Iterator[Family]:
    yield Family(
        "inject-loses",
        "A debug exception that is pending is lost if an event is injected: it comes neither"
        " before the event, nor before its handler's first instruction, nor after its IRET.",
        [INJECTED, *sections(*traps)],
        [
            # A software event returns to behind the instruction that it is said to be.
            Rows(["event"], [
                event_values(e) | {"end_sp": hex(SP) if is_of_software(e) else NEVER[2]}
                for e in types
            ]),
            Rows(["second"], [second_values(c) for c in traps]),
        ],
        [
            *prepared(),
            "vmcs: {field} {value}",
            INJECT,
            START,
            HANDLED,
            "ctl: go pc=$return;sp=0x8ff4;",
            "wait? .vmcall 0x0 pc $end sp {end_sp} ...",
        ],
        ["pin.virtual_nmis"],
    )


def is_of_software(event: Block) -> bool:
    return event.name in ("swint", "int1", "int3")


def over(given: dict[str, Condition], types: list[Block]) -> Iterator[Family]:
    """What blocks, or sleeps, before an event is injected, does not after it."""
    named = {state.name: state for state in states()}
    window = given["irq-window"]
    for name, wanted, about in (
        ("inject-clears", ("sti", "mov-ss"), "There is no blocking by STI or MOV SS after an event"
         " is injected: the interrupt window comes before the first instruction of its handler."),
        ("inject-wakes", ("hlt", "shutdown"), "An event that is injected makes the guest active:"
         " the interrupt window comes before the first instruction of its handler."),
    ):
        rows = [
            event_values(e) | {"state": word, "blocking": named[word].words("set")[1]}
            for e in types
            for word in e.words("over")
            if word in wanted
        ]
        field = named[wanted[0]].words("set")[0]
        yield Family(
            name,
            about,
            [INJECTED, *sections(named[wanted[0]], window)],
            [Rows(["state", "event"], rows)],
            [
                *prepared(window),
                f"vmcs: {field} {{blocking}}",
                f"vmcs: {window.one('set')}",
                INJECT,
                START,
                "wait? irqwin 0x0 pc {handler} sp {sp} ...",
                *[f"vmcs? {field} 0x0"] * (name == "inject-wakes"),
            ],
            ["pin.virtual_nmis", *["misc.activity_{state}"] * (name == "inject-wakes")],
        )


def fails(given: dict[str, Condition], types: list[Block]) -> Iterator[Family]:
    """The delivery ends in a VM exit; what else is pending comes when it has succeeded."""
    for kind, (exit, bits, idt, section, lines) in FAILURES.items():
        need = ["pin.virtual_nmis"] + ["proc2.virtualize_apic_accesses"] * (kind == "apic")
        delivery = [
            f"regs: idtrbase {idt}",
            INJECT,
            START,
            f"wait? {exit} {bits} pc $here sp 0x9000 ...",
            "regs? idtinterruptinfo {info}/0xffffefff",
        ]
        again = ["regs: idtrbase $idt_start", "vmcs: guest_interruptibility_state 0x0", INJECT, GO]
        what = {"ept": "an EPT violation", "apic": "an APIC access"}[kind]
        for suffix, words in (("", ["timer", "irq-window", "code-breakpoint"]), ("-mtf", ["mtf"])):
            found = [given[word] for word in words]
            yield Family(
                f"{kind}-delivery{suffix}",
                f"The delivery of an injected event ends in {what}. What else is pending does not"
                " come before that; it comes after the delivery, when the event is injected"
                " again.",
                [VECTORING, section, *sections(*found)],
                [
                    Rows(["event"], [event_values(e) for e in types]),
                    Rows(["second"], [second_values(c) for c in found]),
                ],
                [
                    *lines,
                    *prepared(*found),
                    "vmcs: {field} {value}",
                    *delivery,
                    *again,
                    "wait? {exit} {bits} pc {handler} sp {sp} ...",
                ],
                [*need, *needs(*found)],
            )
        named = {state.name: state for state in states()}
        for suffix, wanted, about in (
            ("clears", ("sti", "mov-ss"), "The blocking that VM entry was to bring is over by"
             " then, and nothing is pending."),
            ("wakes", ("hlt", "shutdown"), "The guest is active by then, whatever state VM entry"
             " was to bring; only an NMI has begun to block others."),
        ):
            rows = [
                event_values(e)
                | {"state": word, "value": named[word].words("set")[1]}
                | {"blocking": "0x8" if e.name == "nmi" else "0x0"}
                for e in types
                for word in e.words("over")
                if word in wanted
            ]
            yield Family(
                f"{kind}-delivery-{suffix}",
                f"The delivery of an injected event ends in {what}. {about}",
                [VECTORING, "Architectural State Before a VM Exit", section],
                [Rows(["state", "event"], rows)],
                [
                    *lines,
                    *prepared(),
                    f"vmcs: {named[wanted[0]].words('set')[0]} {{value}}",
                    *delivery,
                    "vmcs? guest_activity_state 0x0 guest_interruptibility_state {blocking}"
                    " guest_pending_debug_exceptions 0x0",
                ],
                [*need, *["misc.activity_{state}"] * (suffix == "wakes")],
            )


def families() -> Iterator[Family]:
    given, types = conditions(), events()
    later = pending_after(given)
    yield from then(later, types)
    yield from virtual(later, types)
    yield from nmi_blocks(later, types)
    yield from loses([c for c in given if c.is_trap], types)
    yield from over(later, types)
    yield from fails(later, types)
