# SPDX-License-Identifier: GPL-2.0
"""The suite finds mistakes: each of faults.py is built into a module and run.

All the modules are loaded one after the other in one boot, and a module without a
mistake first, with which all of the cases pass.
"""

from collections import Counter

import modules
import pytest
from faults import FAULTS
from vmxcheck.image import CASES, ROOT, list_points, suite
from vmxcheck.machine import Machine
from vmxcheck.platforms import bochs
from vmxcheck.tap import Stream

pytestmark = pytest.mark.emulator

NO_FAULT = "none"
MARK = "# module "

# harness/target/init, but for each module in turn; a wait that a fault makes futile is
# short.
LOOP = """\
set -f
for name in $(cat /modules); do
	echo "# module $name" >/dev/ttyS1
	insmod /$name.ko unsafe=1 && mount -t vmxfs vmxfs /sys/fs/vmx &&
		/vmxrun -R reset -T 200 -Q QUIRKS -f /$name.points >/dev/ttyS1
	umount /sys/fs/vmx
	rmmod $name
done
sleep 0.1
poweroff -f
"""


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """What came of each module: its name -> point -> outcome."""
    folder = tmp_path_factory.mktemp("faults")
    platform = bochs.Bochs()
    changes = {fault.name: (fault.file, fault.old, fault.new) for fault in FAULTS}
    built = modules.build_all(folder, {NO_FAULT: None} | changes)
    points = {fault.name: list_points(CASES, fault.cases.split()) for fault in FAULTS}
    points[NO_FAULT] = sorted({name for names in points.values() for name in names})

    before, found, _ = (ROOT / "harness/target/init").read_text().partition("if load")
    assert found
    image = suite(points[NO_FAULT], platform)
    image.files["init"] = before + LOOP.replace(
        "QUIRKS", f"/cases/quirks/{platform.quirks}"
    )
    image.files["modules"] = "\n".join(points) + "\n"
    for module in built.values():
        image.files[module.name] = module
    for name, names in points.items():
        image.files[f"{name}.points"] = "\n".join(names) + "\n"

    streams = {}
    with Machine(platform, image) as machine:
        for stream, line in machine.lines():
            if stream == "tap" and line.startswith(MARK):
                tap = streams[line.removeprefix(MARK)] = Stream()
            elif stream == "tap":
                tap.feed(line)
        assert machine.ending is None, list(machine.console_tail)
    return {
        name: {point.name: point.outcome for point in stream.points}
        for name, stream in streams.items()
        if stream.complete
    }


def test_there_are_enough():
    areas = Counter(fault.area for fault in FAULTS)
    assert len(FAULTS) >= 25
    assert sorted(areas) == list(range(1, 10))
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)


def test_without_a_fault(results):
    assert set(results[NO_FAULT].values()) <= {"passed", "skipped", "todo"}


@pytest.mark.parametrize(
    "fault", FAULTS, ids=lambda fault: f"{fault.area}-{fault.name}"
)
def test_fault_is_found(results, fault):
    found = [p for p, outcome in results[fault.name].items() if outcome == "failed"]
    print(f"{fault.name}: {len(found)} of {len(results[fault.name])} points fail")
    print(*found[:20], sep="\n")
    assert found
