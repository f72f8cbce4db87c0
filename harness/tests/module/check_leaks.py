# SPDX-License-Identifier: GPL-2.0
"""make leaks: each of leaks.py is built into a module, and make isolation's program run.

All the modules are loaded one after the other in one boot, one without a leak first. As
this takes minutes, make check leaves it out.
"""

import os
from argparse import Namespace
from collections import Counter
from itertools import groupby

import modules
import pytest
from leaks import LEAKS, Leak
from vmxcheck import isolation
from vmxcheck.image import ROOT
from vmxcheck.machine import Machine
from vmxcheck.platforms import platform

NONE = Leak("none", "none", "", "", "")
# The modules are built, and all run, before the first is judged: on a busy machine hours.
pytestmark = [pytest.mark.emulator, pytest.mark.timeout(0)]

MARK = "# leak "
END = "# end of "

# harness/target/init-stress, but for each module in turn
LOOP = """\
set -f
while read name arguments; do
	echo "# leak $name" >/dev/ttyS1
	insmod /$name.ko && mount -t vmxfs vmxfs /sys/fs/vmx &&
		with_arguments /isolation -u -m /$name.ko $arguments </args >/dev/ttyS1
	umount /sys/fs/vmx
	rmmod $name
	echo "# end of $name" >/dev/ttyS1
done </leaks
sleep 0.1
poweroff -f
"""


def chosen():
    """All, or those whose kind and name have one of the words in LEAKS."""
    words = os.environ.get("LEAKS", "").split(",")
    return [leak for leak in LEAKS if any(word in name(leak) for word in words)]


def name(leak):
    return f"{leak.kind}-{leak.name}"


def build_all(folder, leaks):
    """The modules with these leaks, and the one with none: name of its file -> path."""
    changes = {name(leak): (leak.file, leak.old, leak.new) for leak in leaks}
    built = modules.build_all(folder, {name(NONE): None} | changes)
    return {module.name: module for module in built.values()}


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """What came of each module: its name -> the lines, and whether it came to its end."""
    folder = tmp_path_factory.mktemp("leaks")
    files = build_all(folder, chosen())
    lines, ended = {}, set()
    leaks = sorted([NONE, *chosen()], key=by_model)
    for model, some in groupby(leaks, by_model):
        target = platform("bochs", model=model or None)
        more_lines, more_ended = run_all(target, folder, files, list(some))
        lines |= more_lines
        ended |= more_ended
    return lines, ended


def by_model(leak):
    return leak.model or ""


def run_all(target, folder, files, leaks):
    """Loads each module in turn, and runs the program."""
    init = (ROOT / "harness/target/init-stress").read_text()
    before, found, _ = init.partition("if load")
    assert found
    init = folder / "init"
    init.write_text(before + LOOP)
    init.chmod(0o755)
    options = Namespace(init=init, arguments=[], append="", seed=None)
    lines, ended = {}, set()
    while leaks:
        image = isolation.make_image(target, options)
        image.files |= files
        image.files["leaks"] = "".join(f"{name(l)} {l.arguments}\n" for l in leaks)
        with Machine(target, image, silence=300) as machine:
            for stream, line in machine.lines():
                if stream == "tap" and line.startswith(MARK):
                    current = lines[line.removeprefix(MARK)] = []
                elif stream == "tap" and line.startswith(END):
                    ended.add(line.removeprefix(END))
                elif stream == "tap" and lines:
                    current.append(line)
        if machine.ending:
            print(machine.ending, *machine.console_tail, sep="\n")
        # One that takes the machine with it does not take those after it.
        leaks = [leak for leak in leaks if name(leak) not in lines]
        assert lines, list(machine.console_tail)
    return lines, ended


def test_there_are_enough():
    assert len(LEAKS) >= 25
    assert len({name(leak) for leak in LEAKS}) == len(LEAKS)
    assert len(Counter(leak.kind for leak in LEAKS)) >= 8


def test_without_a_leak(results):
    lines, ended = results
    assert name(NONE) in ended
    assert not [line for line in lines[name(NONE)] if line.startswith("not ok")]


@pytest.mark.parametrize("leak", chosen(), ids=name)
def test_leak_is_found(results, leak):
    lines, ended = results
    print(*lines[name(leak)], sep="\n")
    assert name(leak) in ended, "it took the machine with it"
    assert [line for line in lines[name(leak)] if line.startswith("not ok")]
