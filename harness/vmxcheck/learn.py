# SPDX-License-Identifier: GPL-2.0
"""vmxcheck learn: a course, VM exit by VM exit, of cases."""

import re
import tempfile
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from vmxcheck import Error, lessons, shards, trace
from vmxcheck.image import suite
from vmxcheck.lessons import ANSWER, Lesson, paragraphs
from vmxcheck.paths import CASES, ROOT
from vmxcheck.run import TOO_EARLY, make_folder
from vmxcheck.several import case_of
from vmxcheck.tap import Point, Stream
from vmxcheck.target import Platform
from vmxcheck.topics import cases, listing
from vmxcheck.topics.text import filled, indented

# Of the folder of answers
SOLVED = "solved"


def command(platform: Platform | None, options: Namespace) -> int:
    """0 if all is well; of --check, if the answer is right."""
    if platform is None:
        if options.check or options.solution:
            raise Error("which lesson? ./vmxcheck learn lists them")
        return table(options.answers)
    lesson = lessons.find(options.lesson)
    if options.solution:
        print(lesson.solution, end="")
        return 0
    if options.check:
        return check(platform, options, lesson)
    return show(platform, options, lesson)


def table(folder: Path) -> int:
    """The lessons, and which are solved."""
    done = solved(folder)
    for lesson in lessons.all_lessons():
        print(f"{'*' if lesson.id in done else ' '} {lesson.id}  {lesson.title}")
    print("\n./vmxcheck learn 01 shows a lesson, with an exercise. * is solved.")
    return 0


def solved(folder: Path) -> set[str]:
    path = folder / SOLVED
    return set(path.read_text().split()) if path.exists() else set()


def show(platform: Platform, options: Namespace, lesson: Lesson) -> int:
    """The lesson, what happens now, and the exercise."""
    print(f"{lesson.id}  {lesson.title}\n")
    for line in paragraphs(lesson.text):
        print(line)
    print(f"More: {', '.join(f'./vmxcheck explain {name!r}' for name in lesson.see)}")
    guest = cases.guest_of(lesson.point)
    print(f"\nThe guest, guests/{guest}.asm:\n")
    for line in indented(listing.of(guest, cases.labels(lesson.point))):
        print(line)
    print(f"\nWhat happens, as cases/{case_of(lesson.point)}.case has it:\n", flush=True)
    options.cases = CASES
    status = trace.trace(platform, options, lesson.point)
    print("\nExercise\n")
    for line in paragraphs(lesson.exercise):
        print(line)
    path = answer(options.answers, lesson)
    if not path.exists():
        make_folder(path.parent)
        path.write_text(lesson.to_fill_in)
    print(f"Your answer goes into {shown(path)}. ./vmxcheck learn {lesson.id} --check judges it.")
    return status


def answer(folder: Path, lesson: Lesson) -> Path:
    return folder / f"{lesson.id}-{lesson.name}.case"


def shown(path: Path) -> Path:
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path


def check(platform: Platform, options: Namespace, lesson: Lesson) -> int:
    """Judges the answer by running it."""
    path = answer(options.answers, lesson)
    if not path.exists():
        raise Error(f"{shown(path)} is not there: ./vmxcheck learn {lesson.id} writes it")
    try:
        text = path.read_text()
    except UnicodeDecodeError:
        raise Error(f"{shown(path)}: this is no text") from None
    try:
        lessons.compare(lesson, text)
    except Error as error:
        raise Error(f"{shown(path)}: {error}") from None
    with tempfile.TemporaryDirectory(prefix="vmxcheck-") as name:
        folder = Path(name)
        (folder / "lessons").mkdir()
        (folder / "lessons" / f"{lesson.id}.case").write_text(text)
        point = run(platform, options, folder, f"lessons/{lesson.id}")
    if point.outcome == "passed":
        with (options.answers / SOLVED).open("a") as file:
            file.write(f"{lesson.id}\n")
        print(f"Right: lesson {lesson.id} is solved.")
        return 0
    for line in wrong(lesson, text, point):
        print(line)
    return 1


def run(platform: Platform, options: Namespace, folder: Path, name: str) -> Point:
    """What comes of the only point of a folder of cases."""
    image = suite([name], platform, folder, init=options.init, append=options.append)
    tap = Stream()
    with shards.make_machine(platform, image, options.silence) as machine:
        for stream, line in machine.lines():
            if stream == "tap":
                tap.feed(line)
        ending = tap.bail_out or machine.ending or ("" if tap.complete else TOO_EARLY)
        if ending:
            raise Error(f"gave up: {ending}")
    [point] = tap.points
    return point


def wrong(lesson: Lesson, text: str, point: Point) -> Iterator[str]:
    """What to say of an answer; not what the right one is."""
    if point.outcome == "skipped":
        yield f"Nobody can tell: this processor {point.reason}."
        return
    fields = point.fields
    found = re.search(r":(\d+)$", fields.get("at", ""))
    number = int(found[1]) if found else 0
    lines = text.splitlines()
    line = lines[number - 1] if 0 < number <= len(lines) else ""
    yield f"Not yet. Line {number}: {line}" if line else "Not yet."
    if any(ANSWER.search(one) and lessons.matches(one, line) for one in lesson.blanks):
        if means := fields.get("expected_means"):
            yield from filled(f"What you expect means: {means}.", "  ")
    else:
        yield from filled(fields.get("message", ""), "  ")
        if means := fields.get("got_means"):
            yield from filled(f"What came: {means}.", "  ")
    yield ""
    yield "Hint"
    yield from paragraphs(lesson.hint, "  ")
    yield f"./vmxcheck learn {lesson.id} --solution shows a solution."
