# SPDX-License-Identifier: GPL-2.0
"""
The manual page, kmod/vmxfs.4, row by row: each says which cases show it, and it
names what the module has. The other table, vmx3.txt, does it for 9front's page.
"""

import re
from pathlib import Path

import pytest
from vmxcheck.image import ROOT

KMOD = ROOT / "kmod"
CASES = ROOT / "cases"
TESTS = ROOT / "harness/tests"
STRESS = "cycles malformed threads hotplug given mounts alloc-failures afterwards".split()
SECTIONS = [
    *("The file system", "The files of a vCPU", "States", "Commands"),
    *("Lines of wait", "Registers", "Memory map", "VMCS", "Operands"),
    *("Instructions", "Processor", "EPT entries", "Bitmaps", "MSR areas", "Pages"),
    *("CONTAINMENT", "ERRORS", "LIFE OF THE MODULE", "PARAMETERS", "TRACEPOINTS"),
]

# How a case shows a row of these sections, before a word of the row's term.
SHOWN_AS = {"Commands": "ctl: ", "Lines of wait": r"wait\? "}

# Rows that nothing can show, and why.
NOT_SHOWN = {
    ("Lines of wait", "?"): "no processor has such an exit yet",
}


class Row:
    """One .TP of a section: its term, its text, and what shows it."""

    def __init__(self, section, lines):
        self.section = section
        self.term = plain(lines[0])
        self.words = [word for word, bold in fonts(lines[0]) if bold]
        self.lines = lines
        self.shown_by = []
        for line in lines:
            if line.startswith('.\\" shown by:'):
                self.shown_by += line.partition(":")[2].split()

    def __str__(self):
        return f"{self.section}: {self.term}"

    def cases(self):
        return [name for name in self.shown_by if ":" not in name]


def fonts(line):
    """The words of a line of the page, and whether each is bold."""
    macro, _, rest = line.partition(" ")
    if re.fullmatch(r"\.[BIR]{1,2}", macro):
        letters = macro[1:]
        parts = re.findall(r'"([^"]*)"?|(\S+)', rest)
        line = " ".join if len(letters) == 1 else "".join
        line = line(
            rf"\f{letters[number % len(letters)]}{quoted or word}\fR"
            for number, (quoted, word) in enumerate(parts)
        )
    elif line.startswith("."):
        return
    font = "R"
    for piece in re.split(r"(\\f[BIR])", line):
        if piece in (r"\fB", r"\fI", r"\fR"):
            font = piece[-1]
            continue
        for word in re.sub(r"\\\((lq|rq)", "", piece).replace(r"\-", "-").split():
            word = word.strip(",;'[]=")
            if word:
                yield word, font == "B"


def plain(line):
    line = re.sub(r"^\.[BIR]+ |\\f[BIR]|\"", "", line)
    return re.sub(r"\\\((lq|rq)", '"', line).replace("\\", "")


def page():
    return (KMOD / "vmxfs.4").read_text().splitlines()


def sections():
    """The lines of each section, by its title."""
    found = {}
    for line in page():
        if line.startswith((".SS ", ".SH ")):
            found[line[4:].strip('"')] = lines = []
        elif found:
            lines.append(line)
    return found


def rows():
    for section in SECTIONS:
        row = None
        for line in [*sections()[section], ".TP"]:
            if line == ".TP":
                if row:
                    yield Row(section, row)
                row = []
            elif row is not None:
                row.append(line)


ROWS = list(rows())
every_row = pytest.mark.parametrize("row", ROWS, ids=str)


def case_text(name):
    path = CASES / f"{name}.case"
    assert path.exists(), f"there is no case {name}"
    return path.read_text()


def check_exists(name):
    """A case, FILE::TEST, or stress:PHASE."""
    if "::" in name:
        file, _, test = name.partition("::")
        [path] = TESTS.rglob(file)
        assert f"def {test}(" in path.read_text(), name
    elif ":" in name:
        assert name.partition(":")[2] in STRESS, name
    else:
        case_text(name)


def mentions(text, word, before=""):
    after = r"(?!\w)" if word[-1].isalnum() else ""
    return re.search(rf"{before}(?<![\w.]){re.escape(word)}{after}", text) is not None


def test_sections_are_there():
    assert len(ROWS) > 100
    assert {row.section for row in ROWS} == set(SECTIONS)


@every_row
def test_row_is_shown(row):
    reason = NOT_SHOWN.get((row.section, *row.words[:1]))
    if reason:
        assert not row.shown_by, f"it is shown, but: {reason}"
        return
    assert row.shown_by, 'no line .\\" shown by: CASE'
    for name in row.shown_by:
        check_exists(name)


@every_row
def test_cases_are_about_the_row(row):
    if not row.words:
        return
    before = SHOWN_AS.get(row.section, "")
    for name in row.cases():
        text = case_text(name)
        assert any(
            mentions(text, word, before) for word in row.words
        ), f"{name} has none of {row.words}"


def quoted(row):
    """The error texts of a row, as regular expressions."""
    for quote in re.findall(r"\\\(lq(.*?)\\\(rq", row.lines[0]):
        parts = re.split(r"\\fI.*?\\fR", quote)
        yield ".+".join(re.escape(part) for part in parts)


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row.section == "ERRORS"], ids=str
)
def test_errors_come(row):
    """Each text is in a case, or the row names a test for what is not."""
    errors = []
    for name in row.cases():
        errors += re.findall(r"^\w+! (.*)", case_text(name), re.MULTILINE)
    missing = [
        quote
        for quote in quoted(row)
        if not any(re.match(quote, error) for error in errors)
    ]
    assert not missing or len(row.cases()) < len(row.shown_by), missing


def bold_words(section, terms_only=False):
    lines = sections()[section]
    if terms_only:
        lines = [row.lines[0] for row in ROWS if row.section == section]
    return {
        word
        for line in lines
        if not line.startswith('.\\"')
        for word, bold in fonts(line)
        if bold and line[:3] not in (".TP", ".RS", ".RE")
    }


def terms(section):
    """What the rows of a section are about."""
    return bold_words(section, terms_only=True)


def test_commands(tables):
    documented = {row.words[0] for row in ROWS if row.section == "Commands"}
    assert documented == set(tables.COMMANDS)


def test_files(tables):
    assert terms("The file system") == tables.ROOT_FILES
    assert terms("The files of a vCPU") == set(tables.FILES)


def test_operands(tables):
    assert bold_words("Operands") - {"+", "-"} == set(tables.OPERANDS)


def test_instructions(tables):
    answers = {"succeed", "failinvalid", "failvalid", "#UD", "#GP(0)", "#PF", "#SS(0)"}
    others = {"outside", "blocked"}
    assert terms("Instructions") - answers - others == set(tables.INSNS)


def test_reports(tables):
    row = next(row for row in ROWS if row.term.startswith("report "))
    words = {word for line in row.lines[1:] for word, bold in fonts(line) if bold}
    assert words - {"exit"} == set(tables.REPORTS)


def test_mapped_areas(tables):
    """What a line of map may have as its segment."""
    mapped = {f"./{name}" for name, (_, _, can) in tables.AREAS.items() if can}
    assert {word for word in terms("Memory map") if word.startswith("./")} == mapped


def test_areas(tables):
    """Each has a row of its own, with the size of its values."""
    sizes = {}
    for row in ROWS:
        if row.section == "Pages":
            (bits,) = re.findall(r"values of (\d+) bits", row.lines[1])
            sizes |= {word: int(bits) // 8 for word in row.words}
    assert sizes == {name: unit for name, (_, unit, _) in tables.AREAS.items() if unit}
    bits = terms("Bitmaps") | terms("MSR areas")
    assert bits == set(tables.AREAS) - set(sizes)


def example(text):
    """A format of printf(), with values."""
    return re.sub(r"%#?l*[sxu]", "x", text)


def test_errors_are_documented(tables):
    """Each is in the page, with its errno, and nothing else is."""
    documented = {
        (error, quote)
        for row in ROWS
        if row.section == "ERRORS"
        for error in [row.term.split()[0]]
        for quote in quoted(row)
    }
    assert len(documented) > 30
    known = {(error, example(text)) for error, text in tables.VMXFS_ERRORS.values()}
    # What status says of a dead vCPU
    known.remove(("EIO", "x"))
    for error, text in known:
        assert any(
            error == of and re.fullmatch(quote, text) for of, quote in documented
        ), text
    for error, quote in documented:
        assert any(
            error == of and re.fullmatch(quote, text) for of, text in known
        ), quote


def registers_of_page():
    words = bold_words("Registers") - {"base", "limit", "perm", "vmcs"}
    segments = {"cs", "ds", "es", "fs", "gs", "ss", "tr", "ldtr"}
    assert segments < words
    words |= {f"r{number}" for number in range(8, 16)}
    for suffix in ("base", "limit", "perm"):
        words |= {segment + suffix for segment in segments}
    return words


def test_registers(tables):
    assert registers_of_page() == set(tables.REGISTERS)


def vmx3():
    for line in Path(__file__).with_name("vmx3.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            sentence, _, shown_by = line.partition("|")
            yield sentence.strip(), shown_by.split()


@pytest.mark.parametrize("sentence, shown_by", vmx3())
def test_sentence_of_vmx3(sentence, shown_by):
    assert shown_by or sentence.startswith("differs: no ")
    for name in shown_by:
        check_exists(name)
