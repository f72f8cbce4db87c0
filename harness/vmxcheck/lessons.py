# SPDX-License-Identifier: GPL-2.0
"""The lessons of `./vmxcheck learn`: the files of cases/lessons, whose README has their form."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vmxcheck import Error
from vmxcheck.capabilities import tables
from vmxcheck.paths import CASES
from vmxcheck.topics.text import filled

FOLDER = CASES / "lessons"
NAME = re.compile(r"(\d\d)-([a-z0-9-]+)")
KEYWORDS = ("title", "case", "see", "text", "exercise", "try", "hint")
# An answer, in the solution; and what stands for it in the exercise.
ANSWER = re.compile(r"\[\[(.+?)\]\]")
BLANK = "____"
# What a value may be: nothing that stands for several values.
VALUE = r"([^\s*|/]+)"


@dataclass
class Lesson:
    """A lesson; `blanks` has its exercise with the answers between [[ and ]]."""

    number: int
    name: str
    title: str = ""
    point: str = ""
    see: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    exercise: list[str] = field(default_factory=list)
    blanks: list[str] = field(default_factory=list)
    hint: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        return f"{self.number:02}"

    @property
    def solution(self) -> str:
        """The case with all answers."""
        return "".join(ANSWER.sub(r"\1", line) + "\n" for line in self.blanks)

    @property
    def to_fill_in(self) -> str:
        """The exercise as somebody finds it."""
        head = [f"Lesson {self.id}: {self.title}", "", *paragraphs(self.exercise)]
        head += ["", f"Put your answer in place of each {BLANK}, then: ./vmxcheck learn {self.id} --check"]
        comments = "".join(f"# {line}".rstrip() + "\n" for line in head)
        return comments + "".join(ANSWER.sub(BLANK, line) + "\n" for line in self.blanks)


def paragraphs(lines: Sequence[str], indent: str = "") -> Iterator[str]:
    """A text in lines that are not too long; one that is indented stays as it is."""
    some: list[str] = []
    for line in [*lines, ""]:
        if line and not line.startswith(" "):
            some.append(with_names(line))
            continue
        if some:
            yield from filled(" ".join(some), indent)
        some = []
        yield f"{indent}{line}".rstrip()


def with_names(text: str) -> str:
    """{NAME} of a control, a VM exit, an exception or a field becomes what the tables say."""
    return re.sub(r"\{([^{}]+)\}", lambda match: called(match[1]), text)


def called(name: str) -> str:
    """How the SDM calls it, and what it is called here."""
    for (group, _), (ident, sdm_name) in tables().CONTROLS.items():
        if name == f"{group}.{ident}":
            return f'"{sdm_name}" ({name})'
    for number, (_, word, sdm_name) in tables().EXITS.items():
        if name == word:
            return f"exit reason {number}, {sdm_name} ({name})"
    for vector, (_, word, _, sdm_name) in tables().EXCEPTIONS.items():
        if name == word:
            return f"{sdm_name} ({name}, vector {vector})"
    for ident, sdm_name in tables().FIELDS.values():
        if name == ident.lower():
            return f"{sdm_name} ({name})"
    raise Error(f"{{{name}}}: no control, VM exit, exception or field is called so")


def read(path: Path) -> Lesson:
    """The lesson in this file."""
    match = NAME.fullmatch(path.name)
    if not match:
        raise Error(f"{path}: a lesson is called NN-NAME")
    lesson = Lesson(int(match[1]), match[2])
    into: list[str] | None = None
    for count, line in enumerate(path.read_text().splitlines(), 1):
        word, _, rest = line.partition(" ")
        if line.startswith("#") or not line:
            if into:
                into.append("")
        elif line.startswith("  ") and into is not None:
            into.append(line[2:])
        elif word not in KEYWORDS:
            raise Error(f"{path.name}:{count}: {word} is none of {' '.join(KEYWORDS)}")
        elif word == "title":
            lesson.title = rest
        elif word == "case":
            lesson.point = rest
        elif word == "see":
            lesson.see = rest.split()
        else:
            into = lesson.blanks if word == "try" else getattr(lesson, word)
    for part in (lesson.text, lesson.exercise, lesson.blanks, lesson.hint):
        while part and not part[-1]:
            part.pop()
        if not part:
            raise Error(f"{path.name}: a part is missing")
    return lesson


def all_lessons(folder: Path = FOLDER) -> list[Lesson]:
    """In their order."""
    return [read(path) for path in sorted(folder.iterdir()) if NAME.fullmatch(path.name)]


def find(word: str) -> Lesson:
    """The lesson of this number or name."""
    every = all_lessons()
    for lesson in every:
        if word in (lesson.id, str(lesson.number), lesson.name, f"{lesson.id}-{lesson.name}"):
            return lesson
    raise Error(f"there is no lesson '{word}': they are 01 to {every[-1].id}; ./vmxcheck learn lists them")


def significant(text: str) -> list[tuple[int, str]]:
    """The lines that are no comment and not empty, with their numbers."""
    lines = enumerate(text.splitlines(), 1)
    return [(n, line.rstrip()) for n, line in lines if line.strip() and not line.startswith("#")]


def compare(lesson: Lesson, text: str) -> None:
    """Error if the text is not the exercise with its blanks filled in."""
    wanted = [line for _, line in significant("\n".join(lesson.blanks))]
    given = significant(text)
    for number, line in given:
        if BLANK in line:
            raise Error(f"line {number}: there is {BLANK} yet: {line}")
    for i, line in enumerate(wanted):
        whole = ANSWER.fullmatch(line)
        if whole:
            kind = whole[1].partition(":")[0] + ":"
            after = wanted[i + 1] if i + 1 < len(wanted) else None
            if not given or not given[0][1].startswith(kind):
                raise _where(given, f"a line that begins with `{kind}` is expected")
            while given and given[0][1].startswith(kind) and not matches(after, given[0][1]):
                given.pop(0)
            continue
        if not given or not matches(line, given[0][1]):
            raise _where(given, f"only the {BLANK} is to be replaced; the line was: {ANSWER.sub(BLANK, line)}")
        given.pop(0)
    if given:
        raise _where(given, "this line was not in the exercise")


def matches(wanted: str | None, line: str) -> bool:
    """Whether it is this line, with values in place of its blanks."""
    if wanted is None or ANSWER.fullmatch(wanted):
        return False
    parts = [re.escape(part) for part in ANSWER.sub("\0", wanted).split("\0")]
    return bool(re.fullmatch(VALUE.join(parts), line))


def _where(given: Sequence[tuple[int, str]], what: str) -> Error:
    return Error(f"line {given[0][0]}: {what}" if given else f"at the end: {what}")
