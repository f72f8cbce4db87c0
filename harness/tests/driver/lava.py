# SPDX-License-Identifier: GPL-2.0
"""LAVA's dispatcher, as ci/lava has unpacked it: devices of its own types, and jobs on them."""

import json
import os
import subprocess
import sys

import yaml
from vmxcheck.image import ROOT, cache

LAVA = cache() / "lava"
JOB = ROOT / "ci/lava.yml"
ENVIRONMENT = os.environ | {"PYTHONPATH": f"{LAVA}/usr/lib/python3/dist-packages"}
ENVIRONMENT["PATH"] += f":{LAVA}/usr/sbin"

# As the server does when a job comes
VALIDATE = """
import json, sys
from lava_common.schemas import validate
validate(json.load(sys.stdin))
"""

# As the server makes the device of a job, by the templates
RENDER = f"""
import json, sys
from jinja2 import Environment, FileSystemLoader
types = Environment(loader=FileSystemLoader("{LAVA}/usr/share/lava-server/device-types"))
name, values = json.load(sys.stdin)
sys.stdout.write(types.get_template(name + ".jinja2").render(values))
"""

# Folders of the test's instead of those of a dispatcher that is installed: for what it
# downloads, and for the TFTP server
RUN = """
import runpy, sys
from lava_common import constants
tftp, downloads, program, *sys.argv[1:] = sys.argv[1:]
constants.DISPATCHER_DOWNLOAD_DIR = downloads
from lava_dispatcher.utils import filesystem
filesystem.tftpd_dir = lambda: tftp
sys.argv[0] = program
runpy.run_path(program, run_name="__main__")
"""


def job():
    """The job for LAVA, which the test may change."""
    return yaml.safe_load(JOB.read_text())


def python(program, said, *words, path=""):
    """What a program of LAVA's Python prints."""
    done = subprocess.run(
        [sys.executable, "-c", program, *words],
        env=ENVIRONMENT | {"PATH": f"{ENVIRONMENT['PATH']}:{path}"},
        input=said,
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout, done.stderr


def validate(job):
    """Why LAVA's schema refuses a job; "" if it does not."""
    status, _, err = python(VALIDATE, json.dumps(job))
    return err if status else ""


def device(job, **values):
    """The configuration of a device of the job's type, with the job's context."""
    context = job.get("context", {})
    status, out, err = python(RENDER, json.dumps([job["device_type"], context | values]))
    assert status == 0, err
    return yaml.safe_load(out)


def stand_ins(folder):
    """Programs that a dispatcher must have, and that these jobs do not call."""
    folder.mkdir()
    for name in "udevadm", "telnet":
        (folder / name).symlink_to("/bin/true")
    return folder


def run(job, device, folder, *options):
    """lava-run: its status, the results that it would tell the server, and its log."""
    for name, value in (("job", job), ("device", device), ("dispatcher", {})):
        (folder / name).write_text(yaml.safe_dump(value))
    folders = [folder / "tftp", folder / "downloads"]
    for one in folders:
        one.mkdir()
    status, _, err = python(
        RUN,
        "",
        *map(str, folders),
        *(f"{LAVA}/usr/bin/lava-run", "--job-id=1"),
        *(f"--output-dir={folder}/lava", f"--device={folder}/device"),
        *(f"--dispatcher={folder}/dispatcher", *options, str(folder / "job")),
        path=stand_ins(folder / "bin"),
    )
    log = [yaml.safe_load(line) for line in err.splitlines() if line.startswith("{")]
    results = [one["msg"] for one in log if one["lvl"] == "results"]
    return status, results, err


def suite(results):
    """The test cases of our suite, and what came of each."""
    return [(one["case"], one["result"]) for one in results if one["definition"] == "vmxcheck"]
