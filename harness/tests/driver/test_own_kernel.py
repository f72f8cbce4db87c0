# SPDX-License-Identifier: GPL-2.0
"""A kernel of the user's: a build tree or a folder; what is taken of it, what is refused."""

import lzma
import shutil
import subprocess

import pytest
from test_messages import make
from vmxcheck import own_kernel, stage_kernel
from vmxcheck.image import BUILD, cache

# In its modules and headers all is as the packages have it.
PACKAGED = cache() / "linux-6.1"
KVM = {
    "kvm.ko": "arch/x86/kvm",
    "kvm-intel.ko": "arch/x86/kvm",
    "irqbypass.ko": "virt/lib",
}
BZIMAGE = "arch/x86/boot/bzImage"


def link(path, to):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(to)


def write(path, text):
    """Instead of what is there."""
    path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


def lay_headers(folder):
    """Debian's headers, each file by itself where a test may want another."""
    headers = (PACKAGED / "build").resolve()
    opened = ("arch", "arch/x86", "include", "include/generated")
    for inside in ("", *opened):
        for file in (headers / inside).iterdir():
            name = file.relative_to(headers)
            if str(name) not in (*opened, "Makefile"):
                link(folder / name, file)
    # It includes another, beside its folder.
    text = (headers / "Makefile").read_text()
    write(folder / "Makefile", text.replace("$(dir $(lastword $(MAKEFILE_LIST)))", f"{headers}/"))


@pytest.fixture
def tree(tmp_path):
    """What a build tree has, made of Debian's packages."""
    path = tmp_path / "linux"
    lay_headers(path)
    link(path / BZIMAGE, PACKAGED / "vmlinuz")
    for file, inside in KVM.items():
        link(path / inside / file, PACKAGED / "modules" / file)
    lines = [f"{inside}/{file}\n" for file, inside in KVM.items()]
    write(path / "modules.order", "kernel/fs/other.ko\n" + "".join(lines))
    return path


@pytest.fixture
def folder(tmp_path):
    """vmlinuz, modules and build."""
    path = tmp_path / "kernel"
    link(path / "vmlinuz", PACKAGED / "vmlinuz")
    for file in KVM:
        link(path / "modules" / file, PACKAGED / "modules" / file)
    lay_headers(path / "build")
    return path


@pytest.fixture
def kernel(request):
    """The tree, or the folder."""
    return request.getfixturevalue(request.param)


BOTH = pytest.mark.parametrize("kernel", ["tree", "folder"], indirect=True)


@BOTH
def test_what_it_is(kernel):
    found = own_kernel.check_target(str(kernel))
    assert found == own_kernel.check_kvm(str(kernel))
    assert found.release.startswith("6.1.0-") and found.release.endswith("-cloud-amd64")
    assert found.config["KVM_INTEL"] == "m"


ORDER = ["irqbypass.ko", "kvm.ko", "kvm-intel.ko"]


@pytest.mark.parametrize("suffix, pack", [(".xz", ["xz"]), (".gz", ["gzip"]), (".zst", ["zstd", "-q"])])
def test_modules_that_are_compressed(folder, tmp_path, suffix, pack):
    for file in KVM:
        path = folder / "modules" / file
        data = subprocess.run([*pack, "-1", "-c", path.resolve()], capture_output=True).stdout
        write(folder / "modules/a" / f"{file}{suffix}", data)
        path.unlink()
    (tmp_path / "out").mkdir()
    assert own_kernel.take_modules(own_kernel.find(str(folder)), tmp_path / "out") == ORDER
    assert (tmp_path / "out/kvm.ko").read_bytes().startswith(b"\x7fELF")


def test_newer_modules_order(tree, tmp_path):
    """It names what they are made of."""
    write(tree / "modules.order", (tree / "modules.order").read_text().replace(".ko", ".o"))
    assert own_kernel.take_modules(own_kernel.find(str(tree)), tmp_path) == ORDER


@BOTH
def test_staged(kernel, tmp_path):
    """What is the same is not written again; what is new, is; what is gone, goes."""
    out = tmp_path / "out"
    stage_kernel.stage(str(kernel), out)
    assert (out / "modules/order").read_text().split() == ORDER
    assert (out / "build/Makefile").exists()
    files = sorted(out.rglob("*.*")) + [out / "vmlinuz"]
    before = [path.stat().st_mtime_ns for path in files]
    stage_kernel.stage(str(kernel), out)
    assert [path.stat().st_mtime_ns for path in files] == before
    vmlinuz = (out / "vmlinuz").stat().st_mtime_ns
    [module] = kernel.rglob("irqbypass.ko")
    write(module, module.read_bytes().replace(b"description=", b"DESCRIPTION="))
    stage_kernel.stage(str(kernel), out)
    assert b"DESCRIPTION=" in (out / "modules/irqbypass.ko").read_bytes()
    assert (out / "vmlinuz").stat().st_mtime_ns == vmlinuz
    [module] = kernel.rglob("kvm-intel.ko")
    module.unlink()
    stage_kernel.stage(str(kernel), out)
    assert sorted(path.name for path in out.iterdir()) == ["build", "vmlinuz"]


def vmlinuz(size=None, **changes):
    """The first bytes of a bzImage, of which some are different."""
    data = bytearray((PACKAGED / "vmlinuz").read_bytes()[:0x8000])
    for at, byte in changes.items():
        data[int(at.removeprefix("at"), 16)] = byte
    return bytes(data[:size])


NOT_BUILT = "this build tree is not built: no arch/x86/boot/bzImage"
GENERATED = "include/generated/utsrelease.h"
CONFIG = (PACKAGED / "build/.config").read_text()


def without(option):
    return CONFIG.replace(f"\nCONFIG_{option}=", f"\n# CONFIG_{option}=")


# What comes instead of a file, None is nothing, and what is said then
REFUSED = [
    ("tree", BZIMAGE, None, NOT_BUILT),
    ("tree", BZIMAGE, "hello", "bzImage is no bzImage, but something else"),
    ("folder", "vmlinuz", None, "there is no kernel in it: no vmlinuz, bzImage, "),
    ("folder", "vmlinuz", b"\x7fELF", "vmlinuz is no bzImage, but an ELF file, a vmlinux perhaps"),
    ("folder", "vmlinuz", vmlinuz(0x210), "vmlinuz is no bzImage"),
    ("folder", "vmlinuz", vmlinuz(at236=0), "vmlinuz is no kernel for x86-64"),
    ("folder", "vmlinuz", vmlinuz(at207=1), "vmlinuz is no kernel for x86-64"),
    ("folder", "vmlinuz", vmlinuz(at20E=0, at20F=0), "does not say its release"),
    ("folder", "vmlinuz", vmlinuz(at20E=0xFF, at20F=0xFF), "does not say its release"),
    ("folder", "bzImage", "hello", "there are several kernels in it: vmlinuz, bzImage"),
    ("folder", "build/Makefile", None, "there are no headers: no build or headers or lib/modules/6.1"),
    ("folder", f"build/{GENERATED}", None, "the headers are not prepared: no include/generated/uts"),
    ("tree", GENERATED, "hello", "the headers are not prepared"),
    ("tree", GENERATED, '#define UTS_RELEASE "6.2"\n', "the headers are of 6.2, bzImage is of 6.1.0-"),
    ("tree", "Module.symvers", None, "no module can be built with it: no Module.symvers .make modules"),
    ("tree", "scripts", None, "no module can be built with it: no scripts/mod/modpost .make modules_pre"),
    ("tree", ".config", without("DEVTMPFS"), "it lacks CONFIG_DEVTMPFS$"),
    ("tree", ".config", without("X86_IOPL_IOPERM"), "it lacks CONFIG_X86_IOPL_IOPERM$"),
    ("tree", ".config", CONFIG + "CONFIG_MODULE_SIG_FORCE=y\n", "it has CONFIG_MODULE_SIG_FORCE: "),
]
REFUSED_FOR_KVM = [
    ("tree", BZIMAGE, None, NOT_BUILT),
    ("tree", ".config", without("KVM_INTEL"), "it lacks CONFIG_KVM_INTEL$"),
    ("tree", ".config", CONFIG.replace("KVM_INTEL=m", "KVM_INTEL=y"), "CONFIG_KVM_INTEL=y: m is expected"),
    ("tree", "modules.order", None, "its modules are not built: no modules.order .make modules"),
    ("tree", "modules.order", "", "there is no module kvm-intel.ko$"),
    ("tree", "arch/x86/kvm/kvm-intel.ko", None, "there is no module kvm-intel.ko$"),
    ("folder", "modules/kvm.ko", None, "there is no module kvm.ko, which kvm-intel.ko needs$"),
    ("folder", "modules/irqbypass.ko", None, "there is no module irqbypass.ko, which kvm.ko needs$"),
    ("folder", "modules/kvm.ko", "hello", "kvm.ko is no module: "),
    ("folder", "modules/kvm.ko", b"", "kvm.ko is no module: "),
    ("folder", "modules/kvm.ko.xz", "hello", "kvm.ko.xz: "),
    ("folder", "modules/kvm.ko.gz", "hello", "kvm.ko.gz: "),
    ("folder", "modules/kvm.ko.zst", "hello", "kvm.ko.zst: "),
    ("folder", "modules/kvm.ko.xz", lzma.compress(b"x" * 99)[:-20], "kvm.ko.xz: "),
    (
        "folder",
        "modules/kvm.ko",
        (PACKAGED / "modules/kvm.ko").read_bytes().replace(b"vermagic=6.1", b"vermagic=6.2"),
        r"kvm.ko is of 6\.2\.0-.*, vmlinuz is of 6\.1\.0-",
    ),
]


def ids(value):
    return str(value).replace("\n", " ")[:30] if isinstance(value, str) else ""


@pytest.mark.parametrize("kernel, file, text, message", REFUSED, indirect=["kernel"], ids=ids)
def test_refused(kernel, file, text, message):
    change(kernel, file, text)
    with pytest.raises(ValueError, match=message) as error:
        own_kernel.check_target(str(kernel))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "kernel, file, text, message", REFUSED_FOR_KVM, indirect=["kernel"], ids=ids
)
def test_refused_for_kvm(kernel, file, text, message):
    change(kernel, file, text)
    with pytest.raises(ValueError, match=message) as error:
        own_kernel.check_kvm(str(kernel))
    assert "\n" not in str(error.value)


def change(kernel, file, text):
    path = kernel / file
    if ".ko." in file:
        path.with_suffix("").unlink()
    if text is not None:
        write(path, text)
    else:
        path.unlink()


def test_headers_in_a_folder_with_a_blank(folder):
    path = folder.with_name("my kernel")
    folder.rename(path)
    with pytest.raises(ValueError, match="its name has a blank or a colon"):
        own_kernel.check_target(str(path))
    assert own_kernel.check_kvm(str(path)).path == path


def test_refused_before_anything_is_built(folder):
    """Of make's variables; what is right for a target need not have KVM."""
    words = ["PLATFORM=kvm-in-bochs", f"KERNEL={folder}"]
    assert make("-n", "help", *words)[0] == 0
    (folder / "modules/kvm.ko").unlink()
    for given, message in [
        (["KERNEL=/nowhere/linux"], "KERNEL=/nowhere/linux: there is no such folder"),
        (["KERNEL=/etc/passwd"], "KERNEL=/etc/passwd: this is no folder"),
        (["KERNEL=/etc"], "KERNEL=/etc: there is no kernel in it"),
        (["KERNEL=linux"], "KERNEL=linux: there are: 6.1 6.1-amd64"),
        (["KVM_KERNEL=6.12"], "KVM_KERNEL has no use with PLATFORM=bochs"),
        (["PLATFORM=kvm-in-bochs", "KVM_KERNEL=/etc"], "KVM_KERNEL=/etc: there is no kernel"),
        (words, f"KERNEL={folder}: there is no module kvm.ko, which"),
        (["PLATFORM=local", f"KERNEL={folder}"], "KERNEL has no use with PLATFORM=local"),
    ]:
        status, lines = make("run", *given)
        assert status == 2
        assert len(lines) == 1 and message in lines[0], lines


@pytest.fixture
def built():
    """Nothing of these paths stays in build/."""
    paths = []
    yield paths
    for path in paths:
        shutil.rmtree(BUILD / f"linux-{own_kernel.name(str(path))}", ignore_errors=True)


@pytest.mark.emulator
def test_run(tree, built, tmp_path):
    """The module is built for it, once."""
    built.append(tree)
    words = [f"KERNEL={tree}", "CASES=exits/hlt[real]", f"OUTPUT={tmp_path}"]
    status, lines = make("run", *words)
    assert status == 0 and "ok 1 - exits/hlt[real]" in lines, lines
    assert make("all", f"KERNEL={tree}") == (0, [])


def test_disk_of_kvm(tree, built):
    """It has the modules of this kernel, as they have to be loaded; a module that is new comes
    to it."""
    built.append(tree)
    target = BUILD / f"linux-{own_kernel.name(str(tree))}"
    words = ["all", "PLATFORM=kvm-in-bochs", f"KVM_KERNEL={tree}"]
    status, lines = make(*words)
    assert status == 0, lines
    disk = target / "kvm.cpio"
    names = subprocess.run(["cpio", "-t"], stdin=open(disk, "rb"), capture_output=True, text=True)
    assert {"modules/order", *(f"modules/{file}" for file in KVM)} <= {*names.stdout.split()}
    assert not (target / "vmxfs.ko").exists()
    assert make(*words) == (0, [])
    before = disk.stat().st_mtime_ns
    path = tree / "virt/lib/irqbypass.ko"
    write(path, path.read_bytes().replace(b"description=", b"DESCRIPTION="))
    assert make(*words)[0] == 0
    assert disk.stat().st_mtime_ns > before and b"DESCRIPTION=" in disk.read_bytes()
