# SPDX-License-Identifier: GPL-2.0
"""NVMM's interface: its unit tests, what is installed of it, its manual page."""

import errno
import os
import re
import subprocess

import pytest
from programs import run
from vmxcheck.image import BUILD, ROOT

HEADER = ROOT / "harness/libnvmm/nvmm.h"
PAGE = ROOT / "harness/libnvmm/libnvmm.3"
USER = ROOT / "harness/tests/libnvmm/user.c"
ERRNOS = {*errno.errorcode.values(), "ENOTSUP"}


def test_unit():
    assert "[  PASSED  ]" in run(BUILD / "unit/libnvmm/test_nvmm")


def test_valgrind():
    options = "--error-exitcode=9", "--leak-check=full", "--errors-for-leak-kinds=all"
    test = BUILD / "valgrind/libnvmm/test_nvmm"
    assert "[  PASSED  ]" in run("valgrind", "-q", *options, test)


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A PREFIX with the library."""
    prefix = tmp_path_factory.mktemp("prefix")
    run("make", "-C", ROOT, "install", f"PREFIX={prefix}")
    return prefix


@pytest.mark.parametrize("linked", [[], ["--static"]], ids=["shared", "static"])
@pytest.mark.parametrize(
    "compiler",
    [("gcc", "-std=gnu11"), ("gcc", "-std=gnu17"), ("g++", "-std=c++17", "-x", "c++")],
    ids=" ".join,
)
def test_program(installed, tmp_path, compiler, linked):
    environ = os.environ | {
        "PKG_CONFIG_PATH": str(installed / "lib/pkgconfig"),
        "LD_LIBRARY_PATH": str(installed / "lib"),
    }
    words = run("pkg-config", *linked, "--cflags", "--libs", "libnvmm", env=environ)
    if linked:
        words = re.sub("-l(nvmm|vmx)", r"-Wl,-Bstatic -l\1 -Wl,-Bdynamic", words)
    source = [USER, "-x", "none"] if "-x" in compiler else [USER]
    output = tmp_path / "user"
    run(*compiler, "-Wall", "-Wextra", "-Werror", *source, "-o", output, *words.split(), env=environ)
    done = subprocess.run([output], capture_output=True, text=True, env=environ)
    assert done.stdout == "version 2\n" and done.returncode == 0, done.stderr
    needed = run("readelf", "-d", output)
    assert ("libnvmm.so.0" in needed) == (not linked)


def functions():
    """What nvmm.h declares."""
    return set(re.findall(r"^int (nvmm_\w+)\(", HEADER.read_text(), re.MULTILINE))


@pytest.mark.parametrize("file", ["libnvmm.a", "libnvmm.so.0"])
def test_exported(file):
    dynamic = ["-D"] if ".so" in file else []
    lines = run("nm", "-g", "--defined-only", *dynamic, BUILD / "libnvmm" / file)
    everything = re.findall(r"^[0-9a-f]+ \S (\S+)$", lines, re.MULTILINE)
    assert set(everything) == functions()
    assert len(everything) == 24


def rendered(width):
    environ = os.environ | {"MANWIDTH": str(width), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        ["man", "--warnings", "-l", PAGE], capture_output=True, text=True, env=environ
    )
    assert done.returncode == 0 and done.stderr == ""
    return done.stdout


def test_page_renders():
    assert rendered(80)


def test_page_names_all():
    page = rendered(1000)
    text = HEADER.read_text()
    names = functions()
    names |= set(re.findall(r"^struct (nvmm_\w+)(?= \{)", text, re.MULTILINE))
    names |= set(re.findall(r"\bNVMM_(?:VCPU_[A-Z]\w+|PROT_\w+|X64_STATE_\w+|C[AT]\w+)", text))
    # Where settings begin is for those who know it.
    names = {name for name in names if not re.search("_BEGIN$|_CONF_MD$|_$", name)}
    assert len(names) > 70
    assert [name for name in sorted(names) if not re.search(rf"{name}\b", page)] == []


def test_page_names_each_errno():
    sources = (ROOT / "harness/libnvmm").glob("*.[ch]")
    text = "".join(path.read_text() for path in sources)
    page = rendered(1000).partition("ERRORS")[2].partition("NOTES")[0]
    own = set(re.findall(r"^ +(E[A-Z]+)\b", page, re.MULTILINE))
    other = set(re.findall(r"^\.B (E[A-Z]+)$", (ROOT / "harness/libvmx/libvmx.3").read_text(), re.M))
    used = {word for word in re.findall(r"\w+", text) if word in ERRNOS}
    assert len(used) >= 6
    assert used <= own | other
