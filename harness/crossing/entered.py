# SPDX-License-Identifier: GPL-2.0
"""The boundary right after a VM entry that injects nothing: pairs, and what blocks them."""

from collections.abc import Iterator
from itertools import combinations

from .family import Family, Rows, Values
from .tables import Condition, State, conditions, states

SP, MOVED = 0x9000, 0x8F00
GO = "ctl: go"
READY = [GO, "wait? .vmcall 0x0 pc $ready ...", "ctl: report preempt,nmiwin,irqwin"]


def go_at(flags: str = "{flags}", at: str = "{at}") -> str:
    return f"ctl: go pc={at};flags={flags};"


PRIORITY = "Prioritization of Concurrent Events"
ASLEEP = "vmcs: preemption_timer_value 0x40"
AWAKE = "vmcs: preemption_timer_value 0x2000"
NEVER = (".vmcall", "0x0", hex(MOVED))


def before(*blocks: Condition | State) -> list[str]:
    """The lines by which all of them are possible."""
    return list(dict.fromkeys(line for block in blocks for line in block.each("before")))


def needs(*blocks: Condition | State) -> list[str]:
    return [word for block in blocks for word in block.words("need")]


def sections(*blocks: Condition | State) -> list[str]:
    return [block.one("section") for block in blocks]


def wait(prefix: str) -> str:
    return f"wait? {{{prefix}exit}} {{{prefix}bits}} pc {{{prefix}pc}} sp {{{prefix}sp}} ..."


def comes(prefix: str, comes: tuple[str, str, str], where: str) -> Values:
    exit, qualification, sp = comes
    return {
        f"{prefix}exit": exit,
        f"{prefix}bits": qualification,
        f"{prefix}pc": where,
        f"{prefix}sp": sp,
    }


def sets(prefix: str, block: Condition | State) -> Values:
    name, value = block.words("set")
    return {f"{prefix}field": name, f"{prefix}value": value}


def dr0(at: str, *given: Condition) -> Values:
    """The breakpoint's address; else none, for its bit may be 1 also if it is not enabled."""
    return {"dr0": at if any(c.name == "code-breakpoint" for c in given) else "0x0"}


def over(block: Condition) -> list[str]:
    return [f"vmcs: {line}" for line in block.each("over")]


def last(*given: Condition) -> str:
    """Where the guest is: one of them may have to be elsewhere than the others."""
    return next((c.at for c in given if c.is_instruction), "$here")


def impossible(first: Condition, second: Condition) -> str:
    """Why two can't be pending at one boundary, or ""."""
    if {first.name, second.name} == {"tpr-threshold", "virtual-irq"}:
        return "apic/delivery-no-threshold"
    if first.is_instruction and second.is_instruction:
        return "one instruction is not both"
    if first.is_trap and second.is_trap:
        return "events/pending-breakpoints"
    return ""


def pairs(given: list[Condition]) -> Iterator[tuple[Condition, Condition]]:
    return ((a, b) for a, b in combinations(given, 2) if not impossible(a, b))


def saves_pending(first: Condition) -> bool:
    """Whether its VM exit saves what debug exceptions are pending."""
    return first.name in ("tpr-threshold", "mtf")


def is_lost(first: Condition, second: Condition) -> bool:
    """An MTF VM exit that is pending is nowhere in the VMCS."""
    return second.name == "mtf"


def pair_values(first: Condition, second: Condition) -> Values:
    at = last(first, second)
    lost = is_lost(first, second)
    saves = saves_pending(first) and second.is_trap
    cause, bits, sp = first.comes(SP)
    if (first.name, second.name) == ("single-step", "code-breakpoint"):
        # Whether the breakpoint's condition is met by then is the processor's affair.
        bits += "/0xfffffffffffffffe"
    return {
        "first": first.name,
        "second": second.name,
        **sets("", first),
        **sets("other_", second),
        "at": at,
        **dr0(at, first, second),
        "pending": second.words("set")[1] if saves else "0x0",
        **comes("", (cause, bits, sp), first.where(at)),
        **comes("then_", NEVER if lost else second.comes(SP), "$end" if lost else second.where(at)),
    }


def pair_lines(first: Condition, second: Condition) -> list[str]:
    go_on = "ctl: go pc=$return;" if first.is_delivered else GO
    return [
        *before(first, second),
        *READY,
        "vmcs: {field} {value}",
        "vmcs: {other_field} {other_value}",
        go_at("0x202"),
        wait(""),
        *["vmcs? guest_pending_debug_exceptions {pending}"] * saves_pending(first),
        *over(first),
        go_on,
        wait("then_"),
    ]


def firsts(given: list[Condition]) -> Iterator[Family]:
    """What comes first, and then the other; a virtual interrupt has settings of its own."""
    for first in given:
        seconds = [b for a, b in pairs(given) if a is first and not b.is_delivered]
        if not seconds:
            continue
        lines = pair_lines(first, seconds[0])
        lines[:0] = [line for line in before(first, *seconds) if line not in lines]
        lost = " A pending MTF VM exit is lost: the VMCS has no place for it." * any(
            is_lost(first, second) for second in seconds
        )
        yield Family(
            first.name,
            f"Two things at one instruction boundary: {first.one('what')} comes first, and the"
            f" other after it.{lost}",
            [*sections(first), PRIORITY],
            [Rows(["second"], [pair_values(first, second) for second in seconds])],
            lines,
            needs(first, *seconds),
        )


def virtual_irq_waits(given: list[Condition]) -> Iterator[Family]:
    second = next(c for c in given if c.is_delivered)
    before_it = [a for a, b in pairs(given) if b is second]
    rows = [pair_values(first, second) for first in before_it]
    for row, first in zip(rows, before_it):
        name, value = (first.words("over") or ["guest_rflags", "0x202"])
        row |= {"over_field": name, "over_value": value}
    lines = pair_lines(before_it[0], second)
    lines[:0] = [line for line in before(*before_it) if line not in lines]
    at = lines.index(wait(""))
    lines[at + 1 : -2] = ["vmcs: {over_field} {over_value}"]
    yield Family(
        "virtual-irq-waits",
        "A virtual interrupt waits for what has a higher priority, and then comes.",
        [*sections(second), PRIORITY],
        [Rows(["first"], rows)],
        lines,
        needs(second, *before_it),
    )


def flags(state: State, *given: Condition) -> str:
    """A single step that is pending where something blocks needs TF."""
    value = 0x202
    if state.name in ("hlt", "sti", "mov-ss") and any(c.name == "single-step" for c in given):
        value |= 0x100
    if state.words("set")[0] == "guest_rflags":
        value = int(state.words("set")[1], 16)
    return hex(value)


def state_sets(state: State) -> list[str]:
    return [] if state.words("set")[0] == "guest_rflags" else [f"vmcs: {state.one('set')}"]


def saved(state: State, condition: Condition) -> str:
    """What the VM exit of the condition saves of the state."""
    name, value = state.words("saved")
    if condition.is_delivered:
        return {"guest_activity_state": "0x0", "guest_rflags": "0x0/0x10000"}.get(name, value)
    if condition.comes(SP)[0] == "#db" and name != "guest_activity_state":
        # Whether a debug exception that exits ends the blocking is not said; a fault does not.
        if condition.is_trap and state.ends_by_itself:
            return "0x0/0x0"
        return "0x0/0x0" if state.name == "rf" else value
    # A VM exit by an instruction saves RF as 0.
    return "0x0/0x10000" if (condition.name, state.name) == ("cpuid", "rf") else value


def asks(state: State) -> str:
    """What shows what was saved; the registers are sooner read than the VMCS."""
    name = state.words("saved")[0]
    return "regs? flags {saved}" if name == "guest_rflags" else f"vmcs? {name} {{saved}}"


def one_values(state: State, condition: Condition) -> Values:
    at = condition.at
    return {
        "what": condition.name,
        **sets("", condition),
        "flags": flags(state, condition),
        "at": at,
        **dr0(at, condition),
        "saved": saved(state, condition),
        **comes("", condition.comes(SP), condition.where(at)),
    }


def one_lines(state: State, given: list[Condition]) -> list[str]:
    return [
        *before(state, *given),
        *READY,
        *state_sets(state),
        "vmcs: {field} {value}",
        go_at(),
    ]


def split(state: State, given: list[Condition], does: str) -> Iterator[tuple[str, list[Condition]]]:
    """Those with which a state does that; the TPR threshold and a virtual interrupt exclude
    each other, and the second is an `each` of its own."""
    found = [c for c in given if state.does(c) == does]
    plain = [c for c in found if not c.is_delivered]
    virtual = [c for c in found if c.is_delivered]
    if plain:
        yield "", plain
    if virtual:
        yield "-virtual-irq" if plain else "", virtual


def passes(state: State, given: list[Condition]) -> Iterator[Family]:
    """What comes as without the state; the VM exit saves the state."""
    what = state.one("what")
    sleeping = bool(state.each("sleeps"))
    for suffix, found in split(state, given, ""):
        # What a processor that is late wakes by anything else may be late. That is for others
        # to see: events/hlt-pending-debug, time/preempt-hlt-zero, apic/irq-hlt-entry.
        late = [c for c in found if state.name == "hlt" and (c.is_trap or c.name == "timer")]
        for more, part in (("", [c for c in found if c not in late]), ("-others", late)):
            if not part:
                continue
            lines = [*one_lines(state, part), wait(""), *[asks(state)] * (not more)]
            if sleeping and suffix:
                lines.remove(READY[-1])
            yield Family(
                f"{state.name}{more}{suffix}",
                f"{what[0].upper()}{what[1:]} does not hold these up{', either' * bool(more)}.",
                [*sections(state), *sections(*part)],
                [Rows(["what"], [one_values(state, c) for c in part])],
                lines,
                needs(state, *part),
                # A guest that sleeps on and on is no news for longer.
                ["limit 200"] if sleeping else [],
            )


def ended(state: State) -> list[str]:
    """The lines with which the state is over, and the guest goes on."""
    name, value = state.words("ends")
    return [f"ctl: go flags={value};"] if name == "guest_rflags" else [f"vmcs: {name} {value}", GO]


def holds(state: State, given: list[Condition]) -> Iterator[Family]:
    for suffix, found in split(state, given, "holds"):
        rows = []
        for condition in found:
            row = one_values(state, condition)
            at = "$after" if state.ends_by_itself else "$end"
            row |= comes("", condition.comes(MOVED), condition.where(at))
            rows.append(row)
        lines = one_lines(state, found)
        if not state.ends_by_itself:
            lines += ["wait? .vmcall 0x0 pc $end sp 0x8f00 ...", *ended(state)]
        lines.append(wait(""))
        until = "after the next instruction" if state.ends_by_itself else "when it is over"
        yield Family(
            f"{state.name}-holds{suffix}",
            f"{state.one('what')[0].upper()}{state.one('what')[1:]} holds these up; they come"
            f" {until}.",
            [*sections(state), *sections(*found)],
            [Rows(["what"], rows)],
            lines,
            needs(state, *found),
        )


def together(state: State, given: list[Condition]) -> Iterator[Family]:
    """Two that are held come in their order when the blocking is over."""
    if not state.ends_by_itself:
        return
    held = [c for c in given if state.does(c) == "holds"]
    for virtual in (False, True):
        rows, used = [], []
        for first, second in pairs(held):
            if second.is_delivered != virtual:
                continue
            name, value = (first.words("over") or ["guest_rflags", "0x202"])
            rows.append({
                "first": first.name,
                "second": second.name,
                **sets("", first),
                **sets("other_", second),
                "flags": flags(state, first, second),
                "over_field": name,
                "over_value": value,
                **comes("", first.comes(MOVED), first.where("$after")),
                **comes("then_", second.comes(MOVED), second.where("$after")),
            })
            used += [first, second]
        if not rows:
            continue
        yield Family(
            f"{state.name}-over{'-virtual-irq' if virtual else ''}",
            f"Two things that {state.one('what')} has held come after the next instruction, in"
            " their order.",
            [*sections(state), PRIORITY],
            [Rows(["first", "second"], rows)],
            [
                *before(state, *used),
                *READY,
                *state_sets(state),
                "vmcs: {field} {value}",
                "vmcs: {other_field} {other_value}",
                go_at(at="$here"),
                wait(""),
                "vmcs: {over_field} {over_value}",
                GO,
                wait("then_"),
            ],
            needs(state, *used),
        )


def sleeps(state: State, given: list[Condition]) -> Iterator[Family]:
    for does, name, about in (
        ("sleeps", "sleeps", "What would come at the next instruction does not come in {}, since"
         " none is executed. It comes when the guest is awake."),
        ("loses", "loses", "In {} these never come."),
    ):
        if "sleeps" not in {key for key, _ in state.lines}:
            return
        for suffix, found in split(state, given, does):
            rows = []
            for condition in found:
                row = one_values(state, condition)
                if does == "loses":
                    row |= comes("", NEVER, "$end")
                rows.append(row)
            yield Family(
                f"{state.name}-{name}{suffix}",
                about.format(state.one("what")),
                [*sections(state), *sections(*found)],
                [Rows(["what"], rows)],
                [
                    *one_lines(state, found)[:-1],
                    ASLEEP,
                    go_at(),
                    "wait? preempt 0x0 pc {at} sp 0x9000 ...",
                    f"vmcs: {state.one('ends')}",
                    AWAKE,
                    "ctl: go flags={flags};",
                    wait(""),
                ],
                needs(state, *found),
            )


def loses(state: State, given: list[Condition]) -> Iterator[Family]:
    """The instruction breakpoint; what the instruction is for comes instead of it."""
    found = [c for c in given if state.does(c) == "loses"]
    if not found or state.each("sleeps"):
        return
    (lost,) = found
    after = [b for a, b in pairs(given) if a is lost]
    rows = []
    for second in after:
        row = one_values(state, second)
        rows.append(row | sets("lost_", lost) | dr0(row["at"], lost))
    none: Values = {
        **rows[0], "what": "nothing", "field": "guest_rip", "value": "$here",
        "at": "$here", "dr0": "$here", "flags": flags(state),
        "saved": "0x0/0x10000" if state.name == "rf" else "0x0",
        **comes("", NEVER, "$end"),
    }
    yield Family(
        f"{state.name}-loses",
        f"With {state.one('what')} there is no instruction breakpoint at the first instruction."
        " What comes is what it is for, or nothing.",
        [*sections(state), *sections(lost), "Masking Exceptions and Interrupts When Switching"
         " Stacks"] if state.name == "mov-ss" else [*sections(state), *sections(lost)],
        [Rows(["what"], [none, *rows])],
        [
            *before(state, lost, *after),
            *READY,
            *state_sets(state),
            "vmcs: {lost_field} {lost_value}",
            go_at(),
            wait(""),
        ],
        needs(state, lost, *after),
    )


def opens(state: State, given: list[Condition]) -> Iterator[Family]:
    for suffix, found in split(state, given, "open"):
        late = [{**one_values(state, c)} for c in found]
        yield Family(
            f"{state.name}-open{suffix}",
            f"{state.one('what')[0].upper()}{state.one('what')[1:]} may hold this up until after"
            " the next instruction, or not.",
            [*sections(state), *sections(*found)],
            [Rows(["what"], late)],
            [
                *one_lines(state, found),
                "wait? {exit} {bits} pc $here sp 0x9000 ...\n"
                "  | {exit} {bits} pc $after sp 0x8f00 ...",
            ],
            needs(state, *found),
        )


def turned(state: State, given: list[Condition]) -> list[tuple[Condition, Condition]]:
    """What a state holds, and what comes before it only by that."""
    return [
        (a, b)
        for a, b in pairs(given)
        if state.does(a) in ("holds", "sleeps") and state.does(b) == ""
    ] + [
        (a, b)
        for a, b in pairs(given)
        if state.each("sleeps") and state.does(a) == "loses" and state.does(b) == ""
    ]


def turns(state: State, given: list[Condition]) -> Iterator[Family]:
    """The order is the other way round."""
    # Whether BS is saved while MOV SS blocks is the processor's affair, but VM entry wants it.
    again = state.ends_by_itself
    for suffix in ("", "-single-step", "-virtual-irq"):
        rows, used = [], []
        for first, second in turned(state, given):
            step = again and first.name == "single-step"
            kind = "-virtual-irq" if first.is_delivered else "-single-step" if step else ""
            if kind != suffix or second.is_delivered:
                continue
            at = second.at
            lost = state.does(first) == "loses"
            name, value = second.words("over")
            if lost:
                then = comes("then_", NEVER, "$end")
            elif state.ends_by_itself:
                then = comes("then_", first.comes(MOVED), first.where("$after"))
            else:
                then = comes("then_", first.comes(SP), first.where("$here"))
            rows.append({
                "first": second.name,
                "second": first.name,
                **sets("", first),
                **sets("other_", second),
                "flags": flags(state, first, second),
                "at": at,
                **dr0(at, first, second),
                "over_field": name,
                "over_value": value,
                **comes("", second.comes(SP), second.where(at)),
                **then,
            })
            used += [first, second]
        if not rows:
            continue
        # What VM entry brings to RFLAGS is over by other RFLAGS.
        by_flags = state.one("ends").startswith("guest_rflags")
        ends = [f"vmcs: {state.one('ends')}"] * (not state.ends_by_itself and not by_flags)
        go_on = f"ctl: go flags={state.words('ends')[1]};" if by_flags else GO
        if state.each("sleeps"):
            go_on = "ctl: go flags={flags};"
        yield Family(
            f"{state.name}-turns{suffix}",
            f"{state.one('what')[0].upper()}{state.one('what')[1:]} turns the order round: what"
            " has the higher priority is held, and the other comes first.",
            [*sections(state), PRIORITY],
            [Rows(["first", "second"], rows)],
            [
                *before(state, *used),
                *READY,
                *state_sets(state),
                "vmcs: {field} {value}",
                "vmcs: {other_field} {other_value}",
                go_at(),
                wait(""),
                *ends,
                *["vmcs: {field} {value}"] * (suffix == "-single-step"),
                "vmcs: {over_field} {over_value}",
                go_on,
                wait("then_"),
            ],
            needs(state, *used),
        )


def until_iret(given: list[Condition]) -> Iterator[Family]:
    """Virtual-NMI blocking holds the NMI window, and the handler's IRET ends it."""
    named = {condition.name: condition for condition in given}
    window, irq = named["nmi-window"], named["virtual-irq"]
    (state,) = (state for state in states() if state.name == "nmi")
    _, bits, sp = irq.comes(SP)
    yield Family(
        "nmi-turns-virtual-irq",
        "With virtual-NMI blocking a virtual interrupt comes before the NMI window. The IRET of"
        " its handler ends the blocking, and the window comes right after that.",
        [
            *sections(state, window, irq),
            "Changes to Instruction Behavior in VMX Non-Root Operation",
        ],
        [Rows(["first", "second"], [{"first": irq.name, "second": window.name}])],
        [
            *before(state, window, irq),
            *READY,
            *state_sets(state),
            f"vmcs: {window.one('set')}",
            f"vmcs: {irq.one('set')}",
            go_at("0x202", "$here"),
            f"wait? .vmcall {bits} pc {irq.where('')} sp {sp} ...",
            f"vmcs? {state.one('saved')}",
            "ctl: go pc=$return;",
            f"wait? {window.one('comes')} pc $here sp {hex(SP)} ...",
        ],
        needs(state, window, irq),
    )


def families() -> Iterator[Family]:
    given = conditions()
    yield from firsts(given)
    yield from virtual_irq_waits(given)
    yield from until_iret(given)
    for state in states():
        for kind in (passes, holds, together, sleeps, loses, opens, turns):
            yield from kind(state, given)
