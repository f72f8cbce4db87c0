# SPDX-License-Identifier: GPL-2.0
"""explain: values of one VMCS are not those of another one, or of the other part."""

import re
from itertools import zip_longest

import pytest
from explain.expected import EXPECTED
from explain.said import dump, explain, parts

# Of guests that ran: no check is violated. In real mode, and two of 64 bits
VALID = "kvm-triple-fault", "kvm-ept-violation", "kvm-ve-exit"
PAIRS = [(a, b) for a in VALID for b in VALID if a != b]


def rows(name):
    """From the first register on"""
    lines = dump(name).splitlines()
    first = next(n for n, line in enumerate(lines) if "CR0: actual" in line)
    return lines[first:]


def violated(lines):
    status, said, error = explain("\n".join(lines) + "\n")
    assert status == 0, error
    return parts(said)[0]


@pytest.mark.parametrize("a, b", PAIRS)
@pytest.mark.parametrize("lost", range(2, 8))
def test_lines_of_two_vcpus(a, b, lost):
    """They come by turns, and each @lost-th line of one or the other is lost."""
    mixed = [line for pair in zip_longest(rows(a), rows(b)) for line in pair if line]
    assert violated(line for n, line in enumerate(mixed) if n % lost) == ()
    assert violated(line for n, line in enumerate(mixed) if (n // 2) % lost != n % 2) == ()


@pytest.mark.parametrize("a, b", PAIRS)
@pytest.mark.parametrize("lost", range(2, 8))
def test_no_line_between_two_dumps(a, b, lost):
    both = rows(a) + rows(b)
    assert violated(line for n, line in enumerate(both) if n % lost) == ()


@pytest.mark.parametrize("entry", ["Host State", "Host State|^.*CS=", "Control State"])
@pytest.mark.parametrize("name", (*VALID, "kvm-sti-smm"))
def test_beginning_of_a_part_is_lost(name, entry):
    """The host's RIP and EFER are not the guest's, whose own lines are lost, too."""
    lines = ["*** Guest State ***"]
    lines += [line for line in rows(name) if not re.search(entry, line)]
    lines = [line for line in lines if not re.search(r"RSP = .*RIP = |EFER", line)]
    assert "rip-1" not in violated(lines) and "guest-17" not in violated(lines)


def test_more_than_one_vmcs_is_said():
    said = explain("\n".join(rows(VALID[0]) + rows(VALID[1])) + "\n")[1]
    assert "These lines are of more than one VMCS" in said
    assert "These lines are of more than one VMCS" not in explain(dump("kvm-sti-smm"))[1]


@pytest.mark.parametrize("name", [name for name in EXPECTED if not EXPECTED[name].status])
def test_one_vmcs_is_not_two(name):
    """HAXM's is of two vCPUs."""
    said = explain(dump(name))[1]
    assert "These lines are of more than one VMCS" not in said
    different = re.findall("([A-Z_]+) is given with different values", said)
    assert different == (["ENTRY_CONTROLS"] if name == "haxm-controls" else [])
