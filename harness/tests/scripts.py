# SPDX-License-Identifier: GPL-2.0
"""A target that runs a script of a test instead of vmxrun."""

from vmxcheck.image import ROOT, Image, arguments, kernel, parameters
from vmxcheck.machine import Machine

RUN = 'with_arguments /vmxrun "$@" </args >$tap'
KVM = "irqbypass.ko", "kvm.ko", "kvm-intel.ko"
LOAD_KVM = "".join(f"insmod /{file}\n" for file in KVM)


def kvm_files():
    """What LOAD_KVM loads."""
    return {file: kernel().parent / "modules" / file for file in KVM}


def boot(target, script, files, tracing=False):
    """Boots with this script instead of vmxrun; returns the lines of TAP, and those of
    the console. `tracing`: there are tracepoints."""
    init = (ROOT / "harness/target/init").read_text()
    assert RUN in init
    files = files | {"args": "", "parameters": arguments(*parameters(target.reach))}
    files["init"] = init.replace(RUN, script)
    with Machine(target, Image(files, tracing=tracing)) as machine:
        lines = list(machine.lines())
    console = [line for stream, line in lines if stream == "console"]
    assert machine.ending is None, "\n".join([machine.ending, *console])
    return [line for stream, line in lines if stream == "tap"], console
