# SPDX-License-Identifier: GPL-2.0
"""As much of this machine's userland as `make run PLATFORM=local` takes, and this
repository with what is built, for a target: path -> Path."""

import os
import py_compile
import re
import subprocess
import sys
from importlib.util import cache_from_source
from pathlib import Path

from vmxcheck.image import BUILD, ROOT, TARGET, kernel, libraries

# The rest are busybox's.
PROGRAMS = (
    *("/bin/dash", "/usr/bin/dpkg-query", "/usr/bin/make", "/usr/bin/python3"),
    *("/usr/bin/flock", "/usr/bin/setpriv", "/usr/bin/unshare"),
)
PACKAGES = Path("/var/lib/dpkg/status")
PYTHON = re.compile(r"/usr/lib/python3[./][^\s']*\.(?:py|so)\b")

# What `make run` and the tests import there
MODULES = "runpy, vmxcheck.make, vmxcheck.early, vmxcheck.run, vmxcheck.platforms, vmxcheck.here"

SOURCES = ("Makefile", "VERSION", "vmxcheck", "ci", "guests", "harness", "include", "kmod")
BUILT = ("guests", "obj", "tables", "vmx.inc", "vmxrun")


def userland(folder):
    """`folder` is for what is made for it."""
    programs = [*PROGRAMS, *python_files()]
    files = {path[1:]: Path(path) for path in programs}
    for program in programs:
        if not program.endswith((".py", ".pyc")):
            files |= libraries(program)
    return files | compiled(folder / "python", files) | {str(PACKAGES)[1:]: packages()}


def compiled(folder, files):
    """What Python would compile at the first start there, as no file is as old as it was here."""
    sources = {Path(path): file for path, file in files.items() if path.endswith(".py")}
    own = ROOT / "harness/vmxcheck"
    sources |= {"vmxcheck" / path.relative_to(ROOT): path for path in own.rglob("*.py")}
    found = {}
    for path, source in sources.items():
        made = Path(cache_from_source(path))
        found[str(made)] = Path(
            py_compile.compile(
                str(source),
                str(folder / made),
                str(Path("/") / path),
                doraise=True,
                invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
            )
        )
    return found


def packages():
    """What dpkg knows of those that the Makefile has a word for: it reads all of it."""
    words = set(re.findall(r"[\w.+-]+", (ROOT / "Makefile").read_text()))
    known = re.findall(
        r"^(Package: (.*)\n(?:.+\n)+)", PACKAGES.read_text(), re.MULTILINE
    )
    return "\n".join(text for text, name in known if name in words)


def python_files():
    """What vmxcheck imports, and the file by which Python finds its own."""
    imports = said(sys.executable, "-v", "-c", f"import {MODULES}")
    return {*PYTHON.findall(imports), os.__file__}


def said(*words):
    done = subprocess.run(
        words,
        cwd=ROOT / "harness",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    )
    return done.stdout


def repository():
    sources = {f"vmxcheck/{name}": ROOT / name for name in SOURCES}
    built = {f"vmxcheck/build/{name}": BUILD / name for name in BUILT}
    module = {f"vmxcheck/build/linux-{release()}/vmxfs.ko": TARGET / "vmxfs.ko"}
    return sources | built | module


def release():
    """What `uname -r` says in the target."""
    headers = (kernel().parent / "build").resolve()
    return headers.name.removeprefix("linux-headers-")
