# SPDX-License-Identifier: GPL-2.0
"""`./vmxcheck learn`: each lesson shows a case that there is, each solution is right, and an answer
that is wrong or missing is not. One boot runs all solutions, three more a lesson as a user does."""

import re

import pytest
from vmxcheck import Error, lessons, results, topics
from vmxcheck.lessons import ANSWER, BLANK
from vmxcheck.topics import evidence
from vmxcheck.topics.text import WIDTH

LESSONS = lessons.all_lessons()
by_id = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: f"{lesson.id}-{lesson.name}")
# Wrong answers, where that is none of which a bit or two are wrong.
WRONG = {
    **{"r-x": "rwx", "r": "w", "02": "04", "0x2": "0x0", "$hlt+1": "$hlt"},
    **{"0x39": "0x31", "0x4200000000000000": "0x2400000000000000"},
    "ax=0x1234;pc=$cpuid+2;": "ax=0x1235;pc=$cpuid+2;",
}


@pytest.fixture(scope="module")
def known():
    """All names that explain knows."""
    return set(topics.names())


def wrong(answer):
    """Another answer, which must not be right."""
    if ":" in answer and " " in answer:
        return ""
    return WRONG.get(answer) or f"{int(answer, 0) ^ 0x5:#x}"


def wrong_answers(lesson):
    """The solution with one answer that is wrong, or a line that is missing, in turn."""
    solution = "\n".join(lesson.blanks) + "\n"
    for match in ANSWER.finditer(solution):
        text = solution[: match.start()] + wrong(match[1]) + solution[match.end() :]
        yield ANSWER.sub(r"\1", text)


def test_numbers():
    """They are in a row; the last lines of the list say how to begin."""
    assert [lesson.number for lesson in LESSONS] == list(range(1, len(LESSONS) + 1))
    assert len(LESSONS) >= 12


@by_id
def test_lesson(lesson, known):
    """What it names exists, and its texts are no wider than a terminal."""
    assert lesson.point in evidence.values()
    assert lesson.title and not lesson.title.endswith(".")
    assert set(lesson.see) <= known
    assert ANSWER.search("\n".join(lesson.blanks))
    texts = lesson.text, lesson.exercise, lesson.hint
    lines = [line for text in texts for line in lessons.paragraphs(text)]
    assert all(len(line) <= WIDTH for line in lines)
    assert not [line for line in lines if "{" in line.replace("{seg}", "")]
    assert max(map(len, lesson.to_fill_in.splitlines())) < 100


@by_id
def test_exercise(lesson):
    """The solution fits into the exercise; the exercise itself is no answer."""
    lessons.compare(lesson, lesson.solution)
    lessons.compare(lesson, f"# mine\n\n{lesson.solution}")
    with pytest.raises(Error, match=BLANK):
        lessons.compare(lesson, lesson.to_fill_in)
    answers = [match[1] for match in ANSWER.finditer("\n".join(lesson.blanks))]
    assert answers and not any(re.search(r"[*|]", answer) for answer in answers)


@pytest.mark.emulator
def test_solutions(command, tmp_path):
    """All in one boot: what is right passes, what is wrong does not."""
    folder = tmp_path / "cases" / "lessons"
    folder.mkdir(parents=True)
    for lesson in LESSONS:
        (folder / f"{lesson.id}.case").write_text(lesson.solution)
        for number, text in enumerate(wrong_answers(lesson)):
            (folder / f"{lesson.id}-wrong-{number}.case").write_text(text)
    words = "--cases", folder.parent, "--output", tmp_path, "--quirks", "none", "--jobs", "1"
    status, _, err = command.vmxcheck("run", *words)
    assert status == 1, err
    came = {name: point.outcome for name, point in results.read(tmp_path).points.items()}
    right = {name for name in came if "wrong" not in name}
    assert {name: came[name] for name in right} == dict.fromkeys(right, "passed")
    others = came.keys() - right
    assert len(others) >= len(LESSONS)
    assert {name: came[name] for name in others} == dict.fromkeys(others, "failed")


@pytest.mark.emulator
def test_as_a_user_does(command, tmp_path):
    """The lesson, a wrong answer, the right one; then it is marked in the list."""
    words = "--answers", tmp_path / "mine"
    status, out, err = command.vmxcheck("learn", "1", *words)
    assert (status, err) == (0, "")
    for text in ("01  A guest that halts", '"HLT exiting" (proc.hlt_exiting)', "0x1058  $hlt:"):
        assert text in out
    assert "= HLT" in out and "pc $hlt (0x1058): hlt  (64-bit code)" in out
    answer = tmp_path / "mine" / "01-halt.case"
    exercise = answer.read_text()
    assert BLANK in exercise
    status, out, err = command.vmxcheck("learn", "01", "--check", *words)
    assert (status, out) == (2, "")
    assert re.search(rf"01-halt.case: line \d+: there is {BLANK} yet: regs: pc {BLANK}\n", err)

    *head, last = exercise.rpartition(BLANK)
    answer.write_text(f"{head[0]}$hlt{last}")
    status, out, err = command.vmxcheck("learn", "01", "--check", *words)
    assert (status, err) == (1, "")
    assert out.startswith("Not yet. Line ") and "\nHint\n" in out

    answer.write_text(f"{head[0]}$hlt+0x1{last}")
    status, out, err = command.vmxcheck("learn", "01", "--check", *words)
    assert (status, out, err) == (0, "Right: lesson 01 is solved.\n", "")
    assert command.vmxcheck("learn", *words)[1].startswith("* 01  A guest that halts\n  02")


def test_shows_again(here, tmp_path):
    """A list and a solution need no emulator."""
    status, out, _ = here("learn", "--answers", tmp_path)
    assert status == 0 and out.startswith("  01  A guest that halts\n")
    assert here("learn", "halt", "--solution")[1] == lessons.find("1").solution


@pytest.mark.parametrize(
    "words, message",
    [
        (["99"], "there is no lesson '99'"),
        (["x", "--check"], "there is no lesson 'x'"),
        (["--check"], "which lesson?"),
        (["01", "--check"], "01-halt.case is not there: ./vmxcheck learn 01 writes it"),
    ],
)
def test_mistakes(here, tmp_path, words, message):
    status, out, err = here("learn", *words, "--answers", tmp_path / "none")
    assert (status, out) == (2, "")
    assert message in err and len(err.splitlines()) == 1
    assert not (tmp_path / "none").exists()


LESSON = """\
title T
case c
see x
text
  t
exercise
  e
try
  guest g
  [[vmcs: a 1]]
  ctl: go
  wait? .hlt [[0x0]] pc *
hint
  h
"""


@pytest.fixture
def lesson(tmp_path):
    path = tmp_path / "07-name"
    path.write_text(LESSON)
    return lessons.read(path)


@pytest.mark.parametrize(
    "text",
    [
        "guest g\nvmcs: a 1\nctl: go\nwait? .hlt 0x7 pc *\n",
        "guest g\nvmcs: b 1\nvmcs: c 0\nctl: go\nwait? .hlt 12 pc *\n",
    ],
)
def test_fits(lesson, text):
    lessons.compare(lesson, text)


@pytest.mark.parametrize(
    "text, message",
    [
        ("", "at the end: only the ____"),
        ("guest h\n", "line 1: only the ____ is to be replaced; the line was: guest g"),
        ("guest g\nctl: go\n", "line 2: a line that begins with `vmcs:` is expected"),
        ("guest g\nvmcs: a 1\nctl: go\nwait? .hlt * pc *\n", "line 4: only the ____"),
        ("guest g\nvmcs: a 1\nctl: go\nwait? .hlt 0/0 pc *\n", "line 4: only the ____"),
        ("guest g\nvmcs: a 1\nctl: go\nwait? .hlt 0 | x pc *\n", "line 4: only the ____"),
        ("guest g\nvmcs: a 1\nctl: go\nwait? .hlt 0 pc *\nctl: go\n", "line 5: this line was not"),
        ("guest g\nvmcs: ____\nctl: go\nwait? .hlt 0 pc *\n", "line 2: there is ____ yet"),
    ],
)
def test_fits_not(lesson, text, message):
    with pytest.raises(Error) as error:
        lessons.compare(lesson, text)
    assert str(error.value).startswith(message)


@pytest.mark.parametrize(
    "text, message",
    [
        (LESSON.replace("hint", "tip"), "07-name:13: tip is none of title case see text"),
        (LESSON.replace("  h\n", ""), "07-name: a part is missing"),
    ],
)
def test_mistakes_in_a_lesson(tmp_path, text, message):
    path = tmp_path / "07-name"
    path.write_text(text)
    with pytest.raises(Error, match=re.escape(message)):
        lessons.read(path)


def test_no_such_name():
    with pytest.raises(Error, match="no control, VM exit, exception or field is called so"):
        lessons.with_names("with {proc.hlt_exitin} 1")
