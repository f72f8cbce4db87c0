# SPDX-License-Identifier: GPL-2.0
"""ci/lava.yml: LAVA takes it for its x86 devices with iPXE, and each point is a test case."""

import re
from collections import Counter

import lava
import pytest
from vmxcheck.image import list_points

# What a machine may say on its serial port
SAID = """\
[    0.1] the kernel
TAP version 13
# processor: Intel(R) N100, 06-be-00, microcode 0x12
1..6
ok 1 - exits/hlt[real]
ok 2 - exits/hlt[prot] # SKIP needs proc.hlt_exiting
not ok 3 - exits/io[out-8,x] # TODO known erratum ADL002: why
  ---
  message: "not ok 9 - exits/io"
  ...
not ok 4 - exits/io
  ---
  registers: |
    ok 5 - no/point
  ...
ok 5 - exits/rdtsc # TODO known: it passed
ok 6 - exits/pause
# failed: exits/io
# done; the power goes off in 60 seconds, or at Enter
ok 7 - too/late
"""
CASES = [
    *(("exits_hlt_real_", "pass"), ("exits_hlt_prot_", "skip")),
    *(("exits_io_out_8_x_", "unknown"), ("exits_io", "fail")),
    *(("exits_rdtsc", "fail"), ("exits_pause", "pass")),
]


def on_qemu(said, folder, monitors=()):
    """The same job on LAVA's QEMU, which is a program that says this."""
    (folder / "said").write_text(said.replace("\n", "\r\n"))
    program = folder / "machine"
    program.write_text(f"#!/bin/sh\ncat {folder}/said\nsleep 1000\n")
    program.chmod(0o755)
    job, device = job_for_qemu(str(program))
    test = job["actions"][2]["test"]
    test["monitors"] = [test["monitors"][0] | other for other in monitors or [{}]]
    return lava.run(job, device, folder)


def job_for_qemu(program, kernel="/dev/null", ramdisk="/dev/null", **context):
    """The job, of which the test is as it is, and a device."""
    job = lava.job()
    _, _, test = job["actions"]
    images = {
        "kernel": {"url": f"file://{kernel}", "image_arg": "-kernel {kernel}"},
        "ramdisk": {"url": f"file://{ramdisk}", "image_arg": "-initrd {ramdisk}"},
    }
    job["device_type"] = "qemu"
    job["context"] = {"arch": "amd64", "no_kvm": 1, **context}
    job["actions"] = [
        {"deploy": {"to": "tmpfs", "images": images}},
        {"boot": {"method": "qemu", "media": "tmpfs"}},
        test,
    ]
    assert lava.validate(job) == ""
    device = lava.device(job)
    device["actions"]["boot"]["methods"]["qemu"]["parameters"]["command"] = program
    return job, device


def test_schema():
    assert lava.validate(lava.job()) == ""


def test_schema_refuses_what_is_wrong():
    job = lava.job()
    job["actions"][2]["test"]["monitors"][0]["fixupdict"]["ok"] = "passed"
    assert "fixupdict" in lava.validate(job)


@pytest.mark.parametrize(
    "device_type, method, first, console",
    [
        ("x86", "ipxe", "kernel ", "${console}"),
        ("upsquare", "grub", "linux ", "console=ttyS"),
    ],
)
def test_real_device(tmp_path, device_type, method, first, console):
    """LAVA's x86 devices can do it; what the boot loader is told is theirs, with our words."""
    job = lava.job()
    job["device_type"] = device_type
    job["actions"][1]["boot"]["method"] = method
    for file in "kernel", "ramdisk":
        job["actions"][0]["deploy"][file]["url"] = "file:///dev/null"
    device = lava.device(job, connection_command="telnet server 7001")
    status, results, log = lava.run(job, device, tmp_path, "--validate")
    assert status == 0, log
    assert {one["case"]: one["result"] for one in results} == {"validate": "pass", "job": "pass"}
    told = device["actions"]["boot"]["methods"][method]["ramdisk"]["commands"]
    assert any("vmxcheck=run" in line for line in told)
    assert any(line.startswith(first) and console in line for line in told)


def test_each_point_is_a_case(tmp_path):
    status, results, log = on_qemu(SAID, tmp_path)
    assert status == 0, log
    assert lava.suite(results) == CASES
    names = [one["extra"]["test_case_id"] for one in results if one["definition"] == "vmxcheck"]
    assert names[:3] == ["exits/hlt[real]", "exits/hlt[prot]", "exits/io[out-8,x]"]


HYBRID = """\
TAP version 13
# core: core
1..1
ok 1 - exits/a
TAP version 13
# core: atom
1..1
not ok 1 - exits/a
# done; the power goes off in 60 seconds, or at Enter
"""


def test_suite_of_each_kind_of_core(tmp_path):
    """As the comment of the job says."""
    said = re.findall(r"# +name: (\S+), start: '(.*)', end: '?([^'\n]*)'?\n", lava.JOB.read_text())
    monitors = [dict(zip(("name", "start", "end"), words)) for words in said]
    assert len(monitors) == 2
    status, results, log = on_qemu(HYBRID, tmp_path, monitors)
    assert status == 0, log
    assert [(one["definition"], one["result"]) for one in results if one["case"] == "exits_a"] == [
        *(("vmxcheck-core", "pass"), ("vmxcheck-atom", "fail")),
    ]


def test_log_is_a_result(here, tmp_path):
    """What is kept of a job is as good as what the machine said."""
    # What comes after the end may come before LAVA has gone, or not.
    _, _, log = on_qemu(SAID.removesuffix("ok 7 - too/late\n"), tmp_path)
    (tmp_path / "log").write_text(log)
    (tmp_path / "log.yaml").write_text("".join(f"- {line}\n" for line in log.splitlines()))
    plain = tmp_path / "said"
    for file in "log", "log.yaml":
        status, out, err = here("compare", plain, tmp_path / file)
        assert (status, err) == (0, ""), out
        assert out.endswith("\nthe same\n")
        assert out.count(": Intel(R) N100, 06-be-00, microcode 0x12 (") == 2


@pytest.mark.parametrize(
    "last, case",
    [
        ("1..0 # SKIP vmxfs does not load: this processor has no VMX", ("vmxfs", "skip")),
        ("1..9\nBail out! vmxfs does not load: why", ("bail_out", "fail")),
    ],
)
def test_what_has_no_points(tmp_path, last, case):
    said = f"TAP version 13\n{last}\n# done; the power goes off in 60 seconds, or at Enter\n"
    status, results, log = on_qemu(said, tmp_path)
    assert status == 0, log
    assert lava.suite(results) == [case]


def test_a_machine_that_is_lost(tmp_path):
    """The end does not come: the job fails, and what came before has come."""
    said = SAID.partition("# done")[0]
    program = tmp_path / "machine"
    program.write_text(f"#!/bin/sh\nprintf '%s' '{said}' | sed 's/$/\\r/'\n")
    program.chmod(0o755)
    status, results, _ = lava.run(*job_for_qemu(str(program)), tmp_path)
    assert status == 1
    assert lava.suite(results) == CASES


# LAVA lists both points of such a pair under one name; the name as it is, is with each.
SHARED = {
    *("ept_memory_type_wb_", "ept_straddle_long_rwx_"),
    *(f"root_host_field_64_{name}_base_" for name in ("fs", "gs", "gdtr", "idtr")),
    *(f"root_host_field_64_sysenter_{name}_" for name in ("esp", "eip")),
}


def test_names_stay_apart():
    """What LAVA makes of the names of points (in lava_dispatcher, actions/test/monitor.py)."""
    names = Counter(re.sub(r"\W+", "_", name.lower()) for name in list_points())
    assert {name for name, count in names.items() if count > 1} == SHARED
    assert max(map(len, names)) <= 100
