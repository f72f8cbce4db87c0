# SPDX-License-Identifier: GPL-2.0
"""The library for programs: its unit tests, and what is installed of it."""

import errno
import os
import re
import subprocess

import pytest
from page import PAGE, page_example
from programs import run
from vmxcheck.image import BUILD, ROOT

TESTS = ROOT / "harness/tests/libvmx"
PROGRAMS = sorted(path.stem for path in TESTS.glob("test_*.c"))
HEADERS = ROOT / "harness/libvmx/libvmx.h", ROOT / "include/vmxfs_abi.h"
STRICT = "-Wall", "-Wextra", "-Werror", "-pedantic"
USER = TESTS / "user.c"
ERRNOS = {*errno.errorcode.values(), "ENOTSUP"}
# What valgrind's processor can't show: see test_forms.c.
ALONE = {"test_forms": ["alone"]}


@pytest.mark.parametrize("program", PROGRAMS)
def test_unit(program):
    assert "[  PASSED  ]" in run(BUILD / "unit/libvmx" / program)


@pytest.mark.parametrize("program", PROGRAMS)
def test_valgrind(program):
    options = "--error-exitcode=9", "--leak-check=full", "--errors-for-leak-kinds=all"
    test = BUILD / "valgrind" / program, *ALONE.get(program, ())
    assert "[  PASSED  ]" in run("valgrind", "-q", *options, *test)


# What is installed


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A PREFIX with the library."""
    prefix = tmp_path_factory.mktemp("prefix")
    run("make", "-C", ROOT, "install", f"PREFIX={prefix}")
    return prefix


def flags(prefix, *options):
    folder = prefix / "lib/pkgconfig"
    environ = os.environ | {"PKG_CONFIG_PATH": str(folder)}
    return run("pkg-config", *options, "libvmx", env=environ).split()


def shared(prefix):
    return flags(prefix, "--libs")


def static(prefix):
    """As the shared one, but the library itself is in the program."""
    words = flags(prefix, "--static", "--libs")
    return [
        "-Wl,-Bstatic -lvmx -Wl,-Bdynamic" if word == "-lvmx" else word
        for word in words
    ]


def compile_with(installed, output, libraries, *command):
    words = " ".join(libraries(installed)).split()
    run(*command, *flags(installed, "--cflags"), "-o", output, *words)
    return subprocess.run(
        [output],
        capture_output=True,
        text=True,
        env=os.environ | {"LD_LIBRARY_PATH": str(installed / "lib")},
    )


@pytest.mark.parametrize("libraries", [shared, static])
@pytest.mark.parametrize(
    "compiler",
    [("gcc", "-std=c99"), ("gcc", "-std=c17"), ("g++", "-std=c++17", "-x", "c++")],
    ids=" ".join,
)
def test_program(installed, tmp_path, compiler, libraries):
    output = tmp_path / "user"
    source = [USER, "-x", "none"] if "-x" in compiler else [USER]
    done = compile_with(installed, output, libraries, *compiler, *STRICT, *source)
    assert done.stdout == "version 3\n" or (
        done.returncode == 1
        and re.fullmatch("vmx_capability: (No such file|Permission).*\n", done.stdout)
    ), (done.stdout + done.stderr)
    needed = run("readelf", "-d", output)
    assert ("libvmx.so.0" in needed) == (libraries is shared)


def test_installed_files(installed, tmp_path):
    files = {
        str(path.relative_to(installed))
        for path in installed.rglob("*")
        if not path.is_dir()
    }
    assert files == {
        *("include/libvmx.h", "include/vmxfs_abi.h", "include/vmxcheck.h"),
        *("include/nvmm.h", "lib/libnvmm.a", "lib/libnvmm.so", "lib/libnvmm.so.0"),
        *("lib/pkgconfig/libnvmm.pc", "share/man/man3/libnvmm.3"),
        *("lib/libvmx.a", "lib/libvmx.so", "lib/libvmx.so.0"),
        *("lib/pkgconfig/libvmx.pc", "share/man/man3/libvmx.3"),
        *("lib/libvmxcheck.a", "lib/libvmxcheck.so", "lib/libvmxcheck.so.0"),
        *("lib/pkgconfig/libvmxcheck.pc", "share/man/man3/libvmxcheck.3"),
        *(f"share/man/man3/{name}.3" for name in functions()),
        "share/man/man4/vmxfs.4",
    }
    run("make", "-C", ROOT, "uninstall", f"PREFIX={installed}")
    assert not [path for path in installed.rglob("*") if not path.is_dir()]
    run("make", "-C", ROOT, "install", f"PREFIX={installed}")
    # A package's: it will be elsewhere than it is put.
    run(
        *("make", "-C", ROOT, "install", "PREFIX=/usr"),
        *("LIBDIR=/usr/lib/x86_64-linux-gnu", f"DESTDIR={tmp_path}"),
    )
    text = (tmp_path / "usr/lib/x86_64-linux-gnu/pkgconfig/libvmx.pc").read_text()
    assert "prefix=/usr\n" in text and "libdir=/usr/lib/x86_64-linux-gnu\n" in text
    assert (tmp_path / "usr/include/libvmx.h").exists()
    assert str(tmp_path) not in text


def functions():
    """What libvmx.h declares."""
    return set(re.findall(r"^[a-z].*?(\w+)\(", HEADERS[0].read_text(), re.MULTILINE))


@pytest.mark.parametrize("file", ["libvmx.a", "libvmx.so.0"])
def test_exported(file):
    dynamic = ["-D"] if ".so" in file else []
    lines = run("nm", "-g", "--defined-only", *dynamic, BUILD / "libvmx" / file)
    symbols = {line.split()[-1] for line in lines.splitlines() if " T " in line}
    everything = re.findall(r"^[0-9a-f]+ \S (\S+)$", lines, re.MULTILINE)
    assert set(everything) == symbols == functions()
    assert len(symbols) > 15


# The manual page


def rendered(width=1000):
    environ = os.environ | {"MANWIDTH": str(width), "LC_ALL": "C.UTF-8"}
    return run("man", "--warnings", "-l", PAGE, env=environ)


def test_page_renders():
    environ = os.environ | {"MANWIDTH": "80", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        ["man", "--warnings", "-l", PAGE], capture_output=True, text=True, env=environ
    )
    assert done.returncode == 0 and done.stderr == ""


def test_page_names_all():
    page = rendered()
    text = "".join(path.read_text() for path in HEADERS)
    names = functions()
    names |= set(re.findall(r"^(?:struct|enum) vmx_\w+(?= \{)", text, re.MULTILINE))
    names |= set(re.findall(r"\bVMX_(?:VCPU_[A-Z]\w+|PROT_\w+|X64_STATE_\w+)", text))
    names -= {"VMX_VCPU_CONF_", "VMX_VCPU_EXIT_", "VMX_PROT_", "VMX_X64_STATE_"}
    assert len(names) > 70
    missing = [name for name in sorted(names) if not re.search(rf"{name}\b", page)]
    assert missing == []


def test_page_names_each_errno():
    text = HEADERS[0].read_text() + "".join(
        path.read_text() for path in (ROOT / "harness/libvmx").glob("*.c")
    )
    page = rendered().partition("ERRORS")[2].partition("NOTES")[0]
    named = set(re.findall(r"^ +(E[A-Z]+)\b", page, re.MULTILINE))
    used = {word for word in re.findall(r"\w+", text) if word in ERRNOS}
    assert len(used) >= 10
    assert used <= named <= ERRNOS


def test_example_compiles(installed, tmp_path):
    source = tmp_path / "example.c"
    source.write_text(page_example())
    done = compile_with(
        *(installed, tmp_path / "example", shared),
        *("gcc", *STRICT, source),
    )
    assert done.returncode == 1 or done.stdout == "Hi!\n"
