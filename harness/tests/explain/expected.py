# SPDX-License-Identifier: GPL-2.0
"""What must be said of each dump of dumps/, by the SDM: which checks are violated, and no other.

A dump is a file that people have posted, with the names of machines and people replaced. The
reasons are in the comments; where nobody knows why the VM entry failed, or the dump does not
show it, nothing may be named.
"""

from dataclasses import dataclass

EXIT = "Not of a failed VM entry"
STATE = "VM entry failed: guest state is not valid."
ERROR = "VM entry failed: VMLAUNCH or VMRESUME ended in an error."
FAILED = "VM entry failed.\n"
UNKNOWN = "The text does not say how the VM entry ended."


@dataclass(frozen=True)
class Expected:
    """`violated`: the ids. `one_of`: what the exit qualification leaves, none of it decided.

    `status` is the exit status, `says` are words that must be there.
    """

    end: str
    violated: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    status: int = 0


PDPTES = "pdpte-1", "pdpte-2", "pdpte-3", "pdpte-4"

EXPECTED = {
    # Blocking by STI with RFLAGS.IF 0
    "kvm-sti-smm": Expected(STATE, ("state-11",), says=("(line 24)", "(line 9)")),
    "kvm-sti-fields": Expected(FAILED, ("state-11",)),
    # DS and ES are usable and not accessed.
    "kvm-ds-not-accessed": Expected(STATE, ("segment-21",), says=("type 2",)),
    # An external interrupt is injected with RFLAGS.IF 0.
    "kvm-interrupt-if-0": Expected(STATE, ("rip-8",), says=("vector 209",)),
    # Bits 63:32 of DR7; that "load debug controls" is 1 is not shown.
    "xen-dr7": Expected(STATE, ("guest-11",), says=("(assumed: it is not in the text)",)),
    # LDTR is usable, of type 15, and S is 1.
    "qemu-ldtr": Expected(STATE, ("segment-47", "segment-48"), says=("provisional",)),
    "kvm-user-pg-without-pe": Expected(STATE, ("guest-3",), says=("provisional",)),
    "bits-lme-without-lma": Expected(STATE, ("guest-18",)),
    "bits-ia32e-without-pg": Expected(STATE, ("guest-7",)),
    # Only the exit qualification is there.
    "kvm-nmi-in-sti-shadow": Expected(STATE, one_of=("state-16",)),
    "xen-pdptes": Expected(STATE, one_of=PDPTES),
    # Guests that ran
    "kvm-triple-fault": Expected(EXIT, says=("Triple fault",)),
    "xen-hlt": Expected(EXIT, says=("HLT",)),
    "kvm-ve-exit": Expected(
        EXIT, says=("Virtualization Exception", "vector 20, hardware exception")
    ),
    "kvm-ept-violation": Expected(
        EXIT, says=("EPT violation", "data read", "vector 236, external interrupt")
    ),
    # All checks of the SDM pass: the processor asked for more, or the halves are of two runs.
    "kvm-cet-ssp": Expected(STATE, says=("asks for more than the SDM",)),
    "kvm-annotated": Expected(STATE, says=("asks for more than the SDM",)),
    # What is violated is not in the text.
    "qemu-pae-root": Expected(STATE, says=("provisional",)),
    "qemu-reset": Expected(STATE, says=("provisional",)),
    "qemu-exit-controls": Expected(ERROR, says=("error 7", "EXIT_CONTROLS")),
    "qemu-error-7-reset": Expected(ERROR, says=("error 7",)),
    "qemu-error-7-nested": Expected(ERROR, says=("error 7",)),
    "noirvisor-error-7": Expected(ERROR, says=("error 7",)),
    # 94006172H is right for the TRUE MSRs, whatever a tool said of the others.
    "words-controls": Expected(ERROR, says=("error 7", "12 pass")),
    "words-error-8": Expected(ERROR, says=("error 8",)),
    "kvm-hardware-error-0": Expected(FAILED, says=("no error was recorded",)),
    "kvm-virtual-8086-partial": Expected(UNKNOWN),
    "kvm-partial": Expected(UNKNOWN),
    "xen-partial": Expected(STATE),
    "xhyve-exit-33": Expected(STATE),
    "haxm-host-state": Expected(STATE),
    "haxm-controls": Expected(STATE, says=("ENTRY_CONTROLS is given with different values",)),
    "words-sti": Expected(STATE, says=("There is no value of the VMCS in the text",)),
    "words-high-half": Expected(STATE, says=("exit reason 0x21",)),
    "windows-bug-check": Expected(STATE, says=("exit reason 0x21",)),
    "words-rip": Expected(STATE),
    # No dumps
    "capabilities-virtualbox": Expected("", status=1, says=("--caps",)),
    "capabilities-vmxcap-diff": Expected("", status=1),
}
