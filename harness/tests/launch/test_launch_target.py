# SPDX-License-Identifier: GPL-2.0
"""vmxlaunch in the target: Debian's kernel boots in it, works, reboots and powers off."""

import subprocess
from pathlib import Path

import pytest
from scripts import boot
from unpacked import unpacked
from vmxcheck.bootdisk import unpack
from vmxcheck.image import BUILD, ROOT, kernel, libraries
from vmxcheck.platforms import platform

pytestmark = pytest.mark.emulator

PROGRAM = BUILD / "vmxlaunch"
VIRTIO = kernel().parent / "virtio"
FSCK = Path("/usr/sbin/e2fsck"), Path("/usr/sbin/mke2fs")
WORDS = (
    "console=ttyS0 quiet mitigations=off nokaslr random.trust_cpu=1 cryptomgr.notests "
    "init_on_alloc=0 audit=0 clearcpuid=fsrm"
)
# Each guest: name, options, kernel, more of its command line
GUESTS = {
    "64": (
        "--rng --disk /disk --disk /disk2,ro --net tap=tap0 --console /console "
        "--user nobody --root /empty --monitor /monitor",
        "unpacked",
        "work=disk,read_only,net,rng,console,pipe",
    ),
    "32": ("--entry 32 --smp 2 --rng", "vmlinuz", "work=processors,rng pci=nomsi"),
    "pvh": ("--no-reboot", "vmlinux", "work=processors"),
}
SCRIPT = r"""
insmod /virtio/tun.ko && mkdir -p /dev/net /empty /etc
[ -e /dev/net/tun ] || mknod /dev/net/tun c 10 200
echo nobody:x:65534:65534::/:/bin/sh >/etc/passwd
tunctl -t tap0 >/dev/null && ip addr add 10.0.0.1/24 dev tap0 && ip link set tap0 up
truncate -s 8M /disk && truncate -s 1M /disk2 && mkfifo /console
"""
RUN = """
echo 'guest {name}'
/vmxlaunch -m 96 -i /guest {options} -a "{words}" /{kernel} </dev/null 2>&1
echo "status $?"
"""
LEFT = """
echo "left: $(find /sys/fs/vmx -maxdepth 1 -name '[0-9]*' | wc -l) vCPUs"
"""


def guest_disk(folder):
    """The guest's RAM disk"""
    files = {"init": ROOT / "harness/tests/launch/workload", "virtio": VIRTIO}
    files["bin/busybox"] = Path("/bin/busybox")
    for program in FSCK:
        files |= {str(program)[1:]: program} | libraries(program)
    path = folder / "guest"
    pairs = [f"{to}={source}" for to, source in files.items()]
    subprocess.run([ROOT / "harness/target/initrd", path, *pairs], check=True)
    return path


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """guest -> the lines that it and vmxlaunch said"""
    folder = tmp_path_factory.mktemp("launch")
    # The one that boots twice
    unpacked(kernel(), folder / "unpacked")
    vmlinux = folder / "vmlinux"
    vmlinux.write_bytes(unpack(kernel(), kernel().read_bytes()))
    files = {"vmxlaunch": PROGRAM, "guest": guest_disk(folder), "virtio/tun.ko": VIRTIO / "tun.ko"}
    files |= {"vmlinuz": kernel(), "vmlinux": vmlinux, "unpacked": folder / "unpacked"}
    files |= libraries(PROGRAM)
    runs = [
        RUN.format(name=name, options=options, kernel=file, words=f"{WORDS} {more}")
        for name, (options, file, more) in GUESTS.items()
    ]
    script = f"{SCRIPT}{{ {''.join(runs)}{LEFT} }} >$tap\n"
    tap, _ = boot(platform("bochs", memory=512), script, files)
    return tap


def of(said, name):
    start = said.index(f"guest {name}")
    end = next(i for i in range(start, len(said)) if said[i].startswith("status "))
    lines = [line.partition("workload: ")[2] for line in said[start:end] if "workload: " in line]
    return lines, said[end], "\n".join(said[start:end])


def test_64(said):
    """It reboots once, after it has made the disk's file system; then that is still there."""
    lines, status, text = of(said, "64")
    assert lines == [
        *("begins", "disk is made"),
        *("begins", "disk was written", "disk is clean"),
        *("read-only", "net", "rng", "console", "pipe"),
    ], text
    assert status == "status 0"


def test_32(said):
    """By the 32-bit entry, with two processors, and with lines instead of messages"""
    lines, status, text = of(said, "32")
    assert lines == ["begins", "2 processors, 0 messages", "rng"], text
    assert status == "status 0"


def test_pvh(said):
    lines, status, text = of(said, "pvh")
    assert lines == ["begins", "1 processors, 0 messages"], text
    assert status == "status 0"


def test_nothing_left(said):
    """Of the vCPUs"""
    assert said[-1] == "left: 0 vCPUs", "\n".join(said[-5:])
