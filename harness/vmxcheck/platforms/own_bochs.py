# SPDX-License-Identifier: GPL-2.0
"""A Bochs of the user's, of any version: what it is, and how it is started."""

import functools
import re
from dataclasses import dataclass

from vmxcheck import ask

BANNER = re.compile(r"Bochs x86 Emulator +(\d[\w.+-]*)")
MODEL = re.compile(r"^[a-z]\w+$", re.MULTILINE)
# What it says when it gives up: its part, and why.
LAST_WORDS = re.compile(r"exiting with the following message:\n\[[^]]*\] *(.*)")

# The ways to show nothing. It has one of them; the last is for a terminal.
DISPLAYS = ("nogui", "term")

# Which model it is unless the user says: the first of these that it has.
BEST = (
    *("arrow_lake", "sapphire_rapids", "tigerlake", "corei7_icelake_u"),
    *("corei7_skylake_x", "corei7_haswell_4770", "corei5_arrandale_m520"),
)

# Bochs ends at this file, when its processor is there and before that runs.
MISSING = "/vmxcheck/nowhere"


@dataclass(frozen=True)
class OwnBochs:
    """`version` is what it says; `options` make a debugger in it go on."""

    program: str
    version: str
    models: tuple[str, ...]
    options: tuple[str, ...]

    @property
    def number(self) -> str:
        """The version, as quirks have it: 3.0 of 3.0.devel."""
        found = re.match(r"\d+(\.\d+)*", self.version)
        return found[0] if found else ""


def is_own(text: str) -> bool:
    """Whether this is a path, not a version."""
    return "/" in text


@functools.cache
def find(text: str) -> OwnBochs:
    """The Bochs at this path; ValueError says why it is none."""
    program = ask.program(text)
    said = ask.ask(program, "--help", "cpu")
    if not (banner := BANNER.search(said)):
        raise ValueError(f"this is no Bochs: asked for `--help cpu`, {ask.first_line(said)}")
    _, _, list_of_models = said.partition("CPU models")
    models = tuple(MODEL.findall(list_of_models))
    if not models:
        raise ValueError(f"this Bochs, {banner[1]}, has no models of processors")
    usage = ask.ask(program, "--help")
    # The debugger of an older one comes unasked, and waits for a command.
    waits = "-rc " in usage and "-debugger " not in usage
    options = ("-rc", "continue") if waits else ()
    return OwnBochs(str(program), banner[1], models, options)


def best_model(bochs: OwnBochs) -> str:
    """The model that it is unless the user says; ValueError if none is known."""
    for model in BEST:
        if model in bochs.models:
            return model
    raise ValueError("it has none of the models that are known to have VMX; choose a model")


@functools.cache
def refusal(bochs: OwnBochs, bochsrc: str) -> str | None:
    """Why it does not start with this bochsrc, in its own words; None if it does.

    The bochsrc names MISSING where the file of a device is expected.
    """
    said = ask.ask(bochs.program, "-q", "-f", "bochsrc", *bochs.options, files={"bochsrc": bochsrc})
    words = LAST_WORDS.findall(said)
    if not words:
        return ask.first_line(said)
    return None if MISSING in words[-1] else words[-1].strip()
