# SPDX-License-Identifier: GPL-2.0
"""Bochs, an emulator: a processor with VT-x where there is none."""

import copy
import dataclasses
import json
import re
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vmxcheck import Error, bootdisk
from vmxcheck.image import BUILD, cache
from vmxcheck.target import PRINTER, Boot, OneKind
from vmxcheck.nearest import there_are
from vmxcheck.options import spelled
from vmxcheck.platforms import own_bochs

# The time-stamp counter counts emulated instructions, IPS of them a second; the
# kernel has to be told, because the processor models claim gigahertz.
IPS = 50_000_000

# What of the kernel's start takes millions of instructions, and is for BPF and
# signatures. The first kfunc that is registered has all of BTF checked.
NOT_NEEDED = (
    *("blake2s_mod_init", "load_system_certificate_list", "cubictcp_register"),
    *("kfunc_init", "bpf_rstat_kfunc_init", "bpf_key_sig_kfuncs_init"),
    *("bpf_prog_test_run_init", "bpf_tcp_ca_kfunc_init"),
)

# For a target in any virtual machine
VIRTUAL = (
    "console=ttyS0,115200 quiet mitigations=off nokaslr no5lvl tsc=reliable "
    "random.trust_cpu=1 cryptomgr.notests clearcpuid=fsrm oops=panic panic=0 "
    # Nobody here is to be kept apart, or accounted to.
    "init_on_alloc=0 hardened_usercopy=off randomize_kstack_offset=off "
    "cgroup_disable=memory psi=0 audit=0 lsm=lockdown nowatchdog rodata=off "
    "dis_ucode_ldr initcall_blacklist=" + ",".join(NOT_NEEDED)
)
COMMAND_LINE = f"{VIRTUAL} tsc_early_khz={IPS // 1000}"
# What one processor need not measure; and several don't wake each other from MWAIT.
ONE_PROCESSOR = f" noapictimer lpj={IPS // 250}"
SEVERAL_PROCESSORS = " idle=halt"

VGAROM = "/usr/share/vgabios/vgabios.bin"
BOCHSRC = """\
megs: {memory}
cpu: model={model}, count={processors}, ips={ips}
cpu: reset_on_triple_fault=0, ignore_bad_msrs=1{features}
romimage: file=/usr/share/bochs/BIOS-bochs-latest, options=fastboot
vgaromimage: file={vgarom}
display_library: {display}
ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14
ata0-master: type=disk, path={disk}, mode=flat
boot: disk
clock: sync=none, time0=1700000000, rtc_sync=0
com1: enabled=1, mode={console_mode}, dev={console}
com2: enabled=1, mode=file, dev={tap}
parport1: enabled=1, file={directory}/{printer}
log: {directory}/{log}
panic: action=fatal
error: action=ignore{errors}
info: action=ignore
debug: action=ignore
"""

LOG = "bochs.log"

# When vmxrun saw that a VM entry had failed; the time-stamp counter is what the log counts, too.
TSC = re.compile(r"  tsc: (\d+)")
ENTRY_FAILURE = re.compile(r"^(\d+)e\[CPU0 *\] ((?:VMFAIL|VMENTER)\b.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Version:
    """How a version of Bochs is started."""

    program: str
    model: str  # the default
    display: str
    options: tuple[str, ...] = ()


# What a model of Bochs 3.0 may be given beside what it has: all that a VMX control, a bit of
# CR4 or a VM exit depends on. The processor need not exist. (Bochs knows more names, but lists
# them nowhere.) Not msr_imm, of which CPUID does not tell; and not la57, for Bochs ends at a VM
# entry that changes CR4.LA57. There are variants for both, in harness/variants.
FEATURES = (
    *("cet", "fsgsbase", "invpcid", "lass", "msrlist", "pcid", "pks"),
    *("pku", "rdrand", "rdseed", "rdtscp", "smap", "smep", "smx", "uintr", "umip"),
    *("waitpkg", "wrmsrns", "xsaves"),
)
# What gives the default model all that Bochs can.
NEWEST = "msrlist,smx,wrmsrns"

# Models that no target starts on, since Linux is of 64 bits, and those on which vmxfs finds
# no VMX, or no EPT: they are in no list.
NO_64_BITS = (
    *("i386", "i486dx4", "pentium", "pentium_mmx", "amd_k6_2_chomper", "athlon_xp"),
    *("p2_klamath", "p3_katmai", "p4_willamette", "core_duo_t2400_yonah", "atom_n270"),
)
NO_EPT = (
    *("p4_prescott_celeron_336", "athlon64_clawhammer", "athlon64_venice"),
    *("turion64_tyler", "phenom_8650_toliman", "core2_penryn_t9600", "zambezi"),
    *("trinity_apu", "ryzen"),
)
MOST_MEMORY = 2048

VERSIONS = {
    "3.0": Version(str(cache() / "bochs-3.0/bochs"), "arrow_lake", "nogui"),
    # Debian's build has the debugger, which waits for a `c`, and no nogui.
    "2.7": Version("/usr/bin/bochs", "corei7_skylake_x", "term", ("-rc", "continue")),
}


class Bochs(OneKind):
    """Bochs of this version, by default the newest there is, as this model.

    `bochs` may be the path of any other, too. `features` are more than the model has, with
    commas between. `processors` is how many of them there are, `memory` of how many megabytes.
    """

    # It panics at a VMCALL in root operation ("not implemented yet").
    stress_options: tuple[str, ...] = ("--avoid", "vmcall")
    # It panics at a VM entry to 64-bit mode with CR0.PE or CR0.PG 0, which must fail.
    isolation_options = ("--avoid", "long:guest_cr0")
    # What a case can break is an emulator.
    reach = "reset"
    parallel = True
    # Bytes for the serial port cost a tenth of a point.
    vmxrun_options: Sequence[str] = ("--printer",)
    stop = signal.SIGKILL
    ips = IPS

    def __init__(
        self,
        bochs: str | None = None,
        model: str | None = None,
        features: str | None = None,
        processors: int | None = None,
        memory: int | None = None,
    ) -> None:
        self.own: own_bochs.OwnBochs | None = None
        if bochs and own_bochs.is_own(bochs):
            number, name = self._take_own(bochs, model)
        else:
            number, name = self._take_version(bochs)
        self.model = model or self.version.model
        self.features = features
        self.any_processors = processors is None
        self.memory = memory or 256
        self.quirks = self.profile = f"bochs@{number}"
        self.kinds: Sequence[str] = (self.model,)
        self.title = f"{name}, {self.model}"
        if features:
            self.title += f" with {features.replace(',', ', ')}"
        self._take_processors(processors or 1)
        self._check_model()
        if self.memory > MOST_MEMORY:
            raise Error(f"{spelled('memory', self.memory)}: Bochs takes {MOST_MEMORY} at most")
        if self.own:
            self._try_own(self.own)
        elif features:
            self._check_features(features, number)

    def _take_version(self, bochs: str | None) -> tuple[str, str]:
        """Takes one of VERSIONS; returns its number and what it is called."""
        newest = next((name for name in VERSIONS if installed(name)), "3.0")
        version = bochs or newest
        if not installed(version):
            name = spelled("bochs", version)
            raise Error(f"{name} is not here; ci/bochs {version} gets it")
        self.version = VERSIONS[version]
        return version, f"Bochs {version}"

    def _check_model(self) -> None:
        models = self.models()
        good = [model for model in models if model not in (*NO_64_BITS, *NO_EPT)]
        name = spelled("model", self.model)
        if self.model not in models:
            raise Error(f"{name}: {there_are(self.model, good)}")
        if self.model in NO_64_BITS:
            raise Error(f"{name}: it has no 64-bit mode; {there_are('', good)}")

    def _check_features(self, features: str, version: str) -> None:
        name = spelled("features", features)
        if version == "2.7":
            raise Error(f"{name} has no use with {spelled('bochs', version)}")
        for feature in features.split(","):
            if feature not in FEATURES:
                raise Error(f"{name}: {there_are(feature, FEATURES)}")

    def _take_own(self, bochs: str, model: str | None) -> tuple[str, str]:
        """Takes the one at this path; returns its number and what it is called."""
        try:
            self.own = own = own_bochs.find(bochs)
            default = model or own_bochs.best_model(own)
        except ValueError as error:
            raise Error(f"{spelled('bochs', bochs)}: {error}") from None
        self.version = Version(own.program, default, own_bochs.DISPLAYS[0], own.options)
        return own.number, f"own Bochs {own.version}"

    def _try_own(self, own: own_bochs.OwnBochs) -> None:
        """Sees how this Bochs shows nothing, and whether it takes all that it is given."""
        try:
            for display in own_bochs.DISPLAYS:
                self.version = dataclasses.replace(self.version, display=display)
                rc = self._bochsrc(Path("."), "disk", "file", "console", "tap", own_bochs.MISSING)
                refusal = own_bochs.refusal(own, rc)
                if not (refusal and "display library" in refusal):
                    break
        except ValueError as error:
            raise Error(f"{spelled('bochs', own.program)}: {error}") from None
        if refusal:
            cause = ("bochs", own.program)
            if self.features and "feature" in refusal:
                cause = ("features", self.features)
            raise Error(f"{spelled(*cause)}: this Bochs does not start: {refusal}")

    @staticmethod
    def missing() -> str | None:
        """What keeps it from running on this machine: nothing, since make gets it."""
        return None

    def with_processors(self, count: int) -> "Bochs | None":
        if not self.any_processors:
            return None
        # With all that makes it another Bochs: a variant, a mutant
        larger = copy.copy(self)
        larger._take_processors(count)
        return larger

    def _take_processors(self, count: int) -> None:
        self.processors = count
        if count > 1:
            self.title += f", {count} processors"

    @property
    def command_line(self) -> str:
        several = self.processors > 1
        return COMMAND_LINE + (SEVERAL_PROCESSORS if several else ONE_PROCESSOR)

    def models(self) -> list[str]:
        """The names of the processors that it can be."""
        if self.own:
            return list(self.own.models)
        command = [self.version.program, "--help", "cpu"]
        said = subprocess.run(command, capture_output=True, text=True).stderr
        return re.findall(r"^[a-z]\w+$", said, re.MULTILINE)

    def command(
        self, directory: Path, boot: Boot | None, console: Path | str, tap: Path | str
    ) -> list[Path | str]:
        assert boot, "it boots, since it has a command line"
        disk = directory / "disk"
        self.write_disk(directory, disk, boot)
        (directory / "continue").write_text("c\n")
        mode = "term" if console == "/dev/tty" else "file"
        errors = ", cpu0=report" if boot.logs else ""
        text = self._bochsrc(directory, disk, mode, console, tap, errors=errors)
        (directory / "bochsrc").write_text(text)
        bochs = [self.version.program, "-q", "-f", "bochsrc", *self.version.options]
        return ["env", f"LD_PRELOAD={BUILD / 'seed.so'}", *bochs]

    def write_disk(self, _directory: Path, disk: Path, boot: Boot) -> None:
        """Writes the disk that Bochs boots."""
        bootdisk.write(disk, boot)

    def _bochsrc(
        self,
        directory: Path,
        disk: Path | str,
        console_mode: str,
        console: Path | str,
        tap: Path | str,
        vgarom: str = VGAROM,
        errors: str = "",
    ) -> str:
        return BOCHSRC.format(
            model=self.model,
            memory=self.memory,
            processors=self.processors,
            features=f', add_features="{self.features}"' if self.features else "",
            ips=self.ips,
            vgarom=vgarom,
            display=self.version.display,
            errors=errors,
            directory=directory,
            disk=disk,
            console=console,
            console_mode=console_mode,
            tap=tap,
            printer=PRINTER,
            log=LOG,
        )

    def ticks(self, directory: Path) -> int | None:
        """How many instructions the processor executed until its end."""
        said = log_of(directory)
        return max(map(int, re.findall(r"^(\d+)p", said, re.MULTILINE)), default=None)

    def judged(self, directory: Path, line: str) -> Sequence[str]:
        """With what Bochs itself says of the VM entry that failed, in its own words."""
        if not (tsc := TSC.fullmatch(line)):
            return [line]
        said = ENTRY_FAILURE.findall(log_of(directory))
        before = [text for ticks, text in said if int(ticks) <= int(tsc[1])]
        return [line, *([f"  bochs: {json.dumps(before[-1])}"] if before else [])]

    def ending(self, directory: Path, status: int) -> str | None:
        panics = re.findall(r">>PANIC<< (.*)", log_of(directory))
        # What it does after that is of no interest: 2.7 has died of its own exit.
        if panics and panics[-1].endswith(("soft power off", "shutdown requested")):
            return None
        if status < 0:
            return f"the emulator was killed by {signal.Signals(-status).name}"
        if not panics:
            return f"the emulator ended with status {status}"
        return f"the emulator gave up: {panics[-1]}"


def log_of(directory: Path) -> str:
    log = directory / LOG
    return log.read_text(errors="replace") if log.exists() else ""


def installed(version: str) -> bool:
    """Whether this version of Bochs is there."""
    return Path(VERSIONS[version].program).exists()
