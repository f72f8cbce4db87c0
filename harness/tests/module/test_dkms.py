# SPDX-License-Identifier: GPL-2.0
"""make dkms writes what dkms builds the module of."""

import os

import pytest
from programs import run
from userland import release
from vmxcheck.image import ROOT, kernel

pytestmark = pytest.mark.slow

VERSION = (ROOT / "VERSION").read_text().strip()


def test_dkms(tmp_path):
    run("make", "-C", ROOT, "dkms")
    headers = (kernel().parent / "build").resolve()
    version = release()
    for name in ("tree", "source"):
        (tmp_path / name).mkdir()
    # Where signing keys are looked for, and made.
    keys = {"mok_signing_key": tmp_path / "key", "mok_certificate": tmp_path / "cert"}
    environment = os.environ | {name: str(path) for name, path in keys.items()}
    where = ["--dkmstree", tmp_path / "tree", "--sourcetree", tmp_path / "source"]
    run("dkms", *where, "add", ROOT / "build/dkms", env=environment)
    kernel_options = ["-k", version, "--kernelsourcedir", headers]
    run("dkms", *where, *kernel_options, "build", f"vmxfs/{VERSION}", env=environment)
    [module] = (tmp_path / "tree").glob(f"vmxfs/{VERSION}/*/*/module/vmxfs.ko")
    assert run("modinfo", "-F", "vermagic", module).split()[0] == version
    assert run("modinfo", "-F", "version", module).strip() == VERSION
