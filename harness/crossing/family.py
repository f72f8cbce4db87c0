# SPDX-License-Identifier: GPL-2.0
"""A case: a transcript with slots, and rows that say what is in them.

A slot that has one value in all rows becomes that value, and any other a column of `each`.
"""

import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass, field

WIDTH = 96
SLOT = re.compile(r"{(\w+)}")
# The slots that are where the guest is
PLACES = "at", "pc", "then_pc", "dr0"
Values = dict[str, str]


@dataclass
class Rows:
    """One `each`: the columns that name a point, and the rows."""

    names: list[str]
    rows: list[Values]

    def constants(self) -> Values:
        """The slots with one value; a name is never one."""
        first = self.rows[0]
        return {
            slot: value
            for slot, value in first.items()
            if slot not in self.names and all(row[slot] == value for row in self.rows)
        }

    def aliases(self) -> Values:
        """Places that are in each row what an earlier one is: that one is enough."""
        found: Values = {}
        fixed = self.constants()
        slots = [slot for slot in PLACES if slot in self.rows[0] and slot not in fixed]
        for i, slot in enumerate(slots):
            for earlier in slots[:i]:
                if earlier not in found and all(row[slot] == row[earlier] for row in self.rows):
                    found[slot] = f"{{{earlier}}}"
                    break
        return found

    def directive(self, used: set[str]) -> str:
        fixed = self.constants()
        columns = [slot for slot in self.rows[0] if slot not in fixed and slot not in self.names]
        columns = [slot for slot in columns if slot in used]

        def row(value: Iterable[str], more: Iterable[str]) -> str:
            return ":".join(filter(None, (",".join(value), ",".join(more))))

        head = f"each {row(self.names, columns)} in"
        rows = [
            row((values[n] for n in self.names), (values[c] for c in columns))
            for values in self.rows
        ]
        text = textwrap.fill(
            " ".join(rows), WIDTH, initial_indent="  ", subsequent_indent="  ",
            break_long_words=False, break_on_hyphens=False,
        )
        return f"{head} {text.strip()}" if len(head) + len(text) < WIDTH else f"{head}\n{text}"


@dataclass
class Family:
    """A case of cases/crossed."""

    name: str
    about: str
    sections: list[str]
    each: list[Rows]
    lines: list[str]
    need: list[str] = field(default_factory=list)
    directives: list[str] = field(default_factory=list)

    def points(self) -> list[str]:
        """The names of its points, as vmxrun has them."""
        names = [""]
        for rows in self.each:
            mine = [",".join(row[name] for name in rows.names) for row in rows.rows]
            names = [f"{old},{new}".lstrip(",") for old in names for new in mine]
        return [f"crossed/{self.name}[{name}]" for name in names]

    def text(self) -> str:
        fixed: Values = {}
        for rows in self.each:
            fixed |= rows.constants() | rows.aliases()
        # A constant may have a slot in it.
        lines = "\n".join(self.lines)
        while set(SLOT.findall(lines)) & set(fixed):
            lines = SLOT.sub(lambda slot: fixed.get(slot[1], slot[0]), lines)
        # No row has a breakpoint; `ctl: go` says where to go.
        lines = re.sub(r"^(regs: dr0 0x0|vmcs: guest_rip {(other_)?value})\n", "", lines, flags=re.M)
        used = set(SLOT.findall(lines))
        used |= {s for rows in self.each for row in rows.rows for v in row.values()
                 for s in SLOT.findall(v)}
        sections = "; ".join(f'"{section}"' for section in dict.fromkeys(self.sections))
        about = [
            textwrap.fill(text, WIDTH, initial_indent="# ", subsequent_indent="# ",
                          break_on_hyphens=False)
            for text in (self.about, f"SDM, {sections}")
        ]
        head = ["# SPDX-License-Identifier: GPL-2.0", *about]
        head += [rows.directive(used) for rows in self.each]
        head += ["guest prot/crossed", "disturbed host", *self.directives]
        if self.need:
            head += [f"need {' '.join(dict.fromkeys(self.need))}"]
        return "\n".join([*head, "", lines, ""])
