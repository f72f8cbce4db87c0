# SPDX-License-Identifier: GPL-2.0
"""The table of cases/coverage: each pair, and each family of more than two."""

from collections.abc import Iterator
from itertools import combinations

from . import executed, injected
from .entered import impossible, turned
from .family import Family
from .tables import Condition, State, conditions, states

HEAD = """\
# SPDX-License-Identifier: GPL-2.0
# Area 10, what comes first at an instruction boundary. Made by harness/crossing from its
# tables; `make crossing` writes it again.
#
# Left out, since two things are not at one boundary:
{left_out}
# Left out, since nothing here makes them pending at a chosen boundary: machine checks, SMIs,
# INIT signals, external interrupts with their VM exit or as posted interrupts, and NMIs but
# for crossed/nmi-delivered*. The host gets its own at once, and others come at any time;
# apic/posted*, exits/nmi and exits/init have them alone. A VMX-preemption timer that holds
# more than 0 does not end at a chosen instruction either.
area Crossed conditions | cases
"""


def row(name: str, what: str, points: str) -> str:
    return f"{name} | {what} | {points}"


def pairs(given: list[Condition]) -> Iterator[str]:
    for first, second in combinations(given, 2):
        points = impossible(first, second) or f"crossed/{first.name}[{second.name}]"
        if second.is_delivered and not impossible(first, second):
            points = f"crossed/virtual-irq-waits[{first.name}]"
        if "/" in points:
            what = f"{first.one('what')}, and {second.one('what')}"
            yield row(f"{first.name}-{second.name}", what, points)


def alone(state: State, given: list[Condition], points: set[str]) -> Iterator[str]:
    """A state with each condition."""
    says = {"": "comes", "holds": "is held", "sleeps": "does not come", "loses": "is lost",
            "open": "may be held", "refuses": "is refused"}  # fmt: skip
    for condition in given:
        does = state.does(condition)
        if does == "refuses":
            shown = " ".join(word for word in state.words("refuses") if "/" in word)
        else:
            names = {f"crossed/{state.name}{suffix}[{condition.name}]"
                     for kind in ("", "-others", "-holds", "-sleeps", "-loses", "-open")
                     for suffix in (kind, f"{kind}-virtual-irq")}
            shown = " ".join(sorted(names & points))
            if (state.name, does) in (("mov-ss", "loses"), ("rf", "loses")):
                shown = f"crossed/{state.name}-loses[nothing]"
        yield row(f"{state.name}-{condition.name}",
                  f"{state.one('what')}: {condition.one('what')} {says[does]}", shown)


def triples(state: State, given: list[Condition], points: set[str]) -> Iterator[str]:
    """Two conditions with which a state has a rule of its own."""
    for first, second in turned(state, given):
        names = {f"crossed/{state.name}-turns{suffix}[{second.name},{first.name}]"
                 for suffix in ("", "-single-step", "-virtual-irq")}
        for name in sorted(names & points):
            yield row(f"{state.name}-{second.name}-{first.name}",
                      f"{state.one('what')}: {second.one('what')} before {first.one('what')}", name)
    over = sorted(name for name in points if name.startswith(f"crossed/{state.name}-over"))
    for name in over:
        words = name.partition("[")[2][:-1].replace(",", "-")
        yield row(f"{state.name}-over-{words}", f"{state.one('what')} is over: two come", name)
    lost = sorted(n for n in points if n.startswith(f"crossed/{state.name}-loses[")
                  and "code-breakpoint" in state.words("loses") and "nothing" not in n)
    for name in lost:
        words = name.partition("[")[2][:-1]
        yield row(f"{state.name}-lost-{words}",
                  f"{state.one('what')}: no instruction breakpoint before {words}", name)


def families(made: Iterator[Family]) -> Iterator[str]:
    return (row(f.name, f.about.rstrip("."), f"crossed/{f.name}") for f in made)


def text(all_families: list[Family]) -> str:
    given, points = conditions(), {p for f in all_families for p in f.points()}
    left = [
        f"#   {a.one('what')} and {b.one('what')}:\n#     {impossible(a, b)}"
        for a, b in combinations(given, 2)
        if impossible(a, b) and "/" not in impossible(a, b)
    ]
    lines = [HEAD.format(left_out="\n".join(left))]
    lines += ["section Prioritization of Concurrent Events", *pairs(given), ""]
    for state in states():
        lines += [f"section {state.one('section')}: {state.one('what')}"]
        lines += [*alone(state, given, points), *triples(state, given, points), ""]
    lines += ["section VM-Entry Controls for Event Injection", *families(injected.families())]
    lines += ["", "section Monitor Trap Flag"]
    lines += families(executed.families())
    return "\n".join([*lines, ""])
