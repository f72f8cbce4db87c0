# SPDX-License-Identifier: GPL-2.0
"""Reads the tables: what can come, what blocks it, what VM entry can inject."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent


@dataclass
class Block:
    """A name, and the lines below it: a key, and what follows it."""

    name: str
    lines: list[tuple[str, str]] = field(default_factory=list)

    def each(self, key: str) -> list[str]:
        return [value for name, value in self.lines if name == key]

    def words(self, key: str) -> list[str]:
        return " ".join(self.each(key)).split()

    def one(self, key: str, default: str = "") -> str:
        return (self.each(key) or [default])[0]


@dataclass
class Condition(Block):
    """What can come at an instruction boundary; the smaller the rank, the earlier."""

    rank: int = 0

    @property
    def at(self) -> str:
        return self.one("at", "$here")

    @property
    def is_delivered(self) -> bool:
        return bool(self.each("vector"))

    @property
    def is_trap(self) -> bool:
        return "guest_pending_debug_exceptions" in self.one("set")

    @property
    def is_instruction(self) -> bool:
        return bool(self.each("at"))

    def comes(self, sp: int) -> tuple[str, str, str]:
        """The cause, its qualification, and ESP, which is `sp` before."""
        if self.is_delivered:
            return ".vmcall", "0x0", hex(sp - 12)
        cause, qualification = self.words("comes")
        return cause, qualification, hex(sp)

    def where(self, at: str) -> str:
        """Where RIP is then, if it is `at` before."""
        if self.is_delivered:
            return f"$vectors+{hex(4 * int(self.one('vector'), 16))}"
        return at


@dataclass
class State(Block):
    """What blocks; what is not named comes as without it."""

    def does(self, condition: Condition) -> str:
        for key in ("holds", "sleeps", "loses", "open", "refuses"):
            if condition.name in self.words(key):
                return key
        return ""

    @property
    def ends_by_itself(self) -> bool:
        return self.one("ends") == "next"


def read(path: Path) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    name, lines = "", list[tuple[str, str]]()
    for line in path.read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        if line[0] != " ":
            if name:
                yield name, lines
            name, lines = line, []
        else:
            key, _, value = line.strip().partition(" ")
            lines.append((key, value.strip()))
    yield name, lines


def conditions() -> list[Condition]:
    found: list[Condition] = []
    for name, lines in read(HERE / "conditions"):
        condition = Condition(name, lines)
        last = found[-1].rank if found else 0
        condition.rank = last if condition.each("same") else last + 1
        found.append(condition)
    return found


def states() -> list[State]:
    return [State(name, lines) for name, lines in read(HERE / "states")]


def events() -> list[Block]:
    return [Block(name, lines) for name, lines in read(HERE / "events")]
