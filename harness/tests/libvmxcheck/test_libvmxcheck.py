# SPDX-License-Identifier: GPL-2.0
"""libvmxcheck: its unit tests, its table beside that of the cases, what is installed."""

import ctypes
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from faults_of_checks import CHANGED, DROPPED, DROPPED_RULES
from programs import run
from vmxcheck.image import BUILD, ROOT, kernel

SOURCES = ROOT / "harness/libvmxcheck"
TESTS = ROOT / "harness/tests/libvmxcheck"
PROGRAMS = sorted(path.stem for path in TESTS.glob("test_*.c"))
HEADER = SOURCES / "vmxcheck.h"
PAGE = SOURCES / "libvmxcheck.3"
STRICT = "-Wall", "-Wextra", "-Werror", "-pedantic"
# What a compiler may call of itself
OF_THE_COMPILER = {"memcpy", "memset", "memmove"}
# Rows of the coverage that say in which order things are done: no checks.
ORDER = {"controls-79", "msr-9", "msr-10"}
# A row that stands for what comes with a feature, which is in other checks here.
ADDITIONS = {"state-32"}


@pytest.mark.parametrize("program", PROGRAMS)
def test_unit(program):
    assert "[  PASSED  ]" in run(BUILD / "unit/libvmxcheck" / program)


# The table


class Check(ctypes.Structure):
    _fields_ = (
        ("id", ctypes.c_char_p),
        ("stage", ctypes.c_int),
        ("section", ctypes.c_char_p),
        ("text", ctypes.c_char_p),
        ("optional", ctypes.c_bool),
        ("result", ctypes.c_uint),
    )


def read_table(library):
    """The ids and the sections of the checks, in their order."""
    function = ctypes.CDLL(str(library)).vmxcheck_checks
    function.restype = ctypes.POINTER(Check)
    count = ctypes.c_size_t()
    checks = function(ctypes.byref(count))
    return [
        (checks[i].id.decode(), checks[i].section.decode()) for i in range(count.value)
    ]


def read_coverage():
    section, rows = "", []
    for line in (ROOT / "cases/coverage/4-checks").read_text().splitlines():
        if line.startswith("section "):
            section = line.removeprefix("section ")
        elif re.match(r"[a-z]+-\d+ \|", line):
            rows.append((line.partition(" |")[0], section))
    return [row for row in rows if row[0] not in ORDER | ADDITIONS]


def test_table_is_that_of_the_coverage():
    assert read_table(BUILD / "libvmxcheck/libvmxcheck.so.0") == read_coverage()


# The rules of instructions: which row of the coverage each belongs to


class Rule(ctypes.Structure):
    _fields_ = (
        ("id", ctypes.c_char_p),
        ("opcodes", ctypes.c_uint32),
        ("section", ctypes.c_char_p),
        ("text", ctypes.c_char_p),
    )


RULE = re.compile(r'^RULE\((\w+), (\d+), "([\w-]+)", (\w+)(?:\((\d+)\))?,', re.MULTILINE)
# Sections of which each row is about what comes of an instruction.
INSTRUCTIONS = re.compile(r"Basic VM-Entry Checks|(VM|INV)[A-Z]+[-/].*")
# What is said of non-root operation, and of what is left behind
NOT_RULES = re.compile(
    r".*-(guest|failed|fail-state)|(?!entry)\w+-mode|launch-mode|vmread-shadow"
    r"|vmfunc-(disabled|none|above|switching)"
)
# A section of the rules that cases have another one for
OTHER_SECTIONS = {"root-mode", "root-ss", "launch-succeed"}


def read_rules(library):
    """The ids and the sections of the rules, in their order."""
    function = ctypes.CDLL(str(library)).vmxcheck_rules
    function.restype = ctypes.POINTER(Rule)
    count = ctypes.c_size_t()
    rules = function(ctypes.byref(count))
    return [
        (rules[i].id.decode(), rules[i].section.decode()) for i in range(count.value)
    ]


def read_results():
    """The section of each row of what comes of instructions."""
    section, rows = "", {}
    for line in (ROOT / "cases/coverage/3-results").read_text().splitlines():
        if line.startswith("section "):
            section = line.removeprefix("section ")
        elif section and " | " in line:
            rows[line.partition(" |")[0]] = section
    return rows


def test_rules_are_those_of_the_coverage(tables):
    text = (SOURCES / "instructions.h").read_text()
    rows, covered = read_results(), set()
    rules = read_rules(BUILD / "libvmxcheck/libvmxcheck.so.0")
    errors = {7, 8}
    for (name, section), row in zip(rules, RULE.findall(text), strict=True):
        group, number, cover, result, error = row
        assert f"{group}-{number}" == name
        assert cover in rows, name
        if cover not in OTHER_SECTIONS and not cover.startswith("error-"):
            assert rows[cover] == section, name
        covered.add(cover)
        if error:
            errors.add(int(error))
    assert errors == set(tables.ERRORS)
    missing = [
        row
        for row, section in rows.items()
        if INSTRUCTIONS.fullmatch(section)
        and row not in covered
        and not NOT_RULES.fullmatch(row)
    ]
    assert missing == []


def test_conditional_fields(tables):
    """They are in order, and none is forgotten that a case has as missing."""
    text = (SOURCES / "existence.h").read_text()
    names = re.findall(r"^EXISTS_WITH\((\w+),", text, re.MULTILINE)
    assert names == [name for name, _ in tables.FIELDS.values() if name in set(names)]
    case = (ROOT / "cases/insn/field-missing.case").read_text()
    missing = set(re.findall(r"\b([a-z]\w+):\w+\.\w+", case))
    assert missing
    assert {name.upper() for name in missing} <= set(names)


# Mistakes


def drop(check):
    """The check always holds."""
    text = (SOURCES / "checks.h").read_text()
    [row] = re.findall(
        rf"^(?:OPTIONAL_)?CHECK\({check}, (.*?),\s+\"", text, re.MULTILINE | re.DOTALL
    )
    section, _, condition = row.partition(",")
    return "checks.h", f"{check}, {row}", f"{check}, {section}, YES"


def drop_rule(rule):
    """The rule never comes."""
    text = (SOURCES / "instructions.h").read_text()
    [row] = re.findall(
        rf'^RULE\({rule}, (.*?),\s+"[^"]', text, re.MULTILINE | re.DOTALL
    )
    kept = re.match(r'"[\w-]+", \w+(\(\d+\))?', row)[0]
    return "instructions.h", f"{rule}, {row}", f"{rule}, {kept}, NO"


FAULTS = {check.replace(", ", "-"): drop(check) for check in DROPPED} | {
    rule.replace(", ", "-"): drop_rule(rule) for rule in DROPPED_RULES
} | {
    f"{file}-{number}": (file, old, new)
    for number, (file, old, new) in enumerate(CHANGED)
}


def test_there_are_enough():
    assert len(FAULTS) >= 80


FLAGS = "-w", "-fPIC", f"-I{ROOT / 'include'}"
# What is built once is to run fast; the rest is built fast.
ONCE, OFTEN = "-O1", "-O0"


@pytest.fixture(scope="module")
def programs(tmp_path_factory):
    """The unit tests, which take the library that LD_LIBRARY_PATH has."""
    folder = tmp_path_factory.mktemp("programs")
    right = BUILD / "libvmxcheck/libvmxcheck.so"
    for name in PROGRAMS:
        sources = TESTS / f"{name}.c", TESTS / "state.c"
        command = "gcc", ONCE, *FLAGS, f"-I{SOURCES}", "-o", folder / name, *sources
        run(*command, right, "-lcmocka")
    return [folder / name for name in PROGRAMS]


@pytest.fixture(scope="module")
def objects(tmp_path_factory):
    """Each source -> its object, and the names of the files that it is made of."""
    folder = tmp_path_factory.mktemp("objects")
    found = {}
    for source in sorted(SOURCES.glob("*.c")):
        built = folder / f"{source.stem}.o"
        run("gcc", ONCE, *FLAGS, f"-I{SOURCES}", "-MMD", "-c", "-o", built, source)
        files = built.with_suffix(".d").read_text().replace("\\\n", " ").split()
        found[source.name] = built, {Path(file).name for file in files}
    return found


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_fault_is_found(fault, programs, objects, tmp_path):
    file, old, new = FAULTS[fault]
    folder = shutil.copytree(SOURCES, tmp_path / "libvmxcheck")
    text = (folder / file).read_text()
    assert text.count(old) == 1
    (folder / file).write_text(text.replace(old, new))
    library = tmp_path / "libvmxcheck.so.0"
    parts = [
        folder / source if file in files else built
        for source, (built, files) in objects.items()
    ]
    assert any(part.suffix == ".c" for part in parts)
    run("gcc", OFTEN, *FLAGS, f"-I{folder}", "-shared", "-o", library, *parts)
    if read_table(library) != read_coverage():
        return
    environ = os.environ | {"LD_LIBRARY_PATH": str(tmp_path)}
    # Those of instructions find what is wrong with instructions.
    likely = [("instructions" in path.name) == ("instructions" in file) for path in programs]
    for _, program in sorted(zip(likely, programs), reverse=True):
        if subprocess.run([program], capture_output=True, env=environ).returncode:
            return
    pytest.fail(f"nothing finds {old!r} -> {new!r}")


# What is installed


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A PREFIX with the library."""
    prefix = tmp_path_factory.mktemp("prefix")
    run("make", "-C", ROOT, "install", f"PREFIX={prefix}")
    return prefix


def compile_and_run(prefix, output, *command, static=False):
    environ = os.environ | {"PKG_CONFIG_PATH": str(prefix / "lib/pkgconfig")}
    flags = run("pkg-config", "--cflags", "--libs", "libvmxcheck", env=environ).split()
    if static:
        flags = [prefix / "lib/libvmxcheck.a" if f == "-lvmxcheck" else f for f in flags]
    run(*command, "-x", "none", "-o", output, *flags)
    return run(output, env=os.environ | {"LD_LIBRARY_PATH": str(prefix / "lib")})


@pytest.mark.parametrize("static", [False, True], ids=["shared", "static"])
@pytest.mark.parametrize(
    "compiler",
    [("gcc", "-std=c99"), ("gcc", "-std=c17"), ("g++", "-std=c++17", "-x", "c++")],
    ids=" ".join,
)
def test_program(installed, tmp_path, compiler, static):
    command = *compiler, *STRICT, TESTS / "user.c"
    said = compile_and_run(installed, tmp_path / "user", *command, static=static)
    assert said == (
        "vmptrst-1: It is executed outside VMX operation: 0x40\n1 1 0x700000007\n"
    )


def functions():
    """What vmxcheck.h declares, and does not define."""
    text = HEADER.read_text()
    return set(re.findall(r"^(?!static)[a-z].*?\b(vmxcheck_\w+)\(", text, re.MULTILINE))


@pytest.mark.parametrize("file", ["libvmxcheck.a", "libvmxcheck.so.0"])
def test_exported(file):
    dynamic = ["-D"] if ".so" in file else []
    lines = run("nm", "-g", "--defined-only", *dynamic, BUILD / "libvmxcheck" / file)
    symbols = set(re.findall(r"^[0-9a-f]+ \S (\S+)$", lines, re.MULTILINE))
    assert symbols == functions() != set()


def test_needs_nothing():
    undefined = run("nm", "-u", BUILD / "libvmxcheck/libvmxcheck.o").split()
    assert set(undefined) <= OF_THE_COMPILER | {"U", "_GLOBAL_OFFSET_TABLE_"}


@pytest.mark.slow
def test_kernel(tmp_path):
    """As in a kernel module, with the kernel's warnings."""
    names = [path.name for path in SOURCES.glob("*.[ch]")]
    for name in names:
        shutil.copy(SOURCES / name, tmp_path)
    shutil.copy(TESTS / "kernel.c", tmp_path)
    objects = [name.replace(".c", ".o") for name in names if name.endswith(".c")]
    (tmp_path / "Kbuild").write_text(
        f"obj-m := user.o\nuser-y := kernel.o {' '.join(objects)}\n"
        f"ccflags-y := -I{ROOT / 'include'}\n"
    )
    make = "make", "-s", "-C", kernel().parent / "build", f"M={tmp_path}"
    run(*make, "W=1", "KCFLAGS=-Werror", "CONFIG_DEBUG_INFO_BTF_MODULES=", "modules")


# The manual page


def test_page():
    environ = os.environ | {"MANWIDTH": "1000", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        ["man", "--warnings", "-l", PAGE], capture_output=True, text=True, env=environ
    )
    assert done.returncode == 0 and done.stderr == ""
    names = functions() | set(
        re.findall(r"^(?:struct|enum) \w+(?= \{)", HEADER.read_text(), re.MULTILINE)
    )
    missing = [name for name in sorted(names) if name not in done.stdout]
    assert missing == []


def test_example(installed, tmp_path):
    text = PAGE.read_text().partition(".EX\n")[2].partition("\n.EE")[0]
    source = tmp_path / "example.c"
    source.write_text(text.replace("\\\\", "\\") + "\n")
    said = compile_and_run(installed, tmp_path / "example", "gcc", *STRICT, source)
    assert "Bit 1 of RFLAGS is 1\n" in said
