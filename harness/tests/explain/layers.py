# SPDX-License-Identifier: GPL-2.0
"""What mail programs, log daemons and people put around a dump: a function each.

Each returns the same dump, in which the same must be found.
"""

import re
import textwrap

# Where a line can be broken without another one in between
WIDTH = 72


def quoted(text):
    """An answer to a mail, twice."""
    return "".join(f"> > {line}\n" for line in text.splitlines())


def crlf(text):
    return text.replace("\n", "\r\n")


def wrapped(text):
    """Longer lines are broken at blanks."""
    lines = []
    for line in text.splitlines():
        lines += textwrap.wrap(
            line, WIDTH, break_long_words=False, break_on_hyphens=False
        ) or [""]
    return "\n".join(lines) + "\n"


def quoted_and_wrapped(text):
    return wrapped(quoted(text))


def quoted_printable(text):
    """As RFC 2045 has it: soft breaks are anywhere, in numbers, too."""
    lines = []
    for line in text.splitlines():
        coded = "".join(
            c if c == "\t" or (" " <= c < "\x7f" and c != "=") else "".join(f"={b:02X}" for b in c.encode())
            for c in line
        )
        # Two blanks are a blank and a no-break space, as mail programs have it.
        coded = coded.replace("  ", " =C2=A0")
        while len(coded) > 75:
            end = 75
            while "=" in coded[end - 2 : end]:
                end -= 1
            lines.append(coded[:end] + "=")
            coded = coded[end:]
        lines.append(coded)
    return "\n".join(lines) + "\n"


def no_break_spaces(text):
    return text.replace("  ", " \u00a0")


def syslog(text):
    return "".join(
        f"Jan  2 03:04:05 host kernel: [{n:5}.{n:06}] {line}\n"
        for n, line in enumerate(text.splitlines())
    )


def journal(text):
    return "".join(
        f"2026-01-02T03:04:05.678901+00:00 host kernel: {line}\n"
        for line in text.splitlines()
    )


def threads(text):
    return "".join(f"[  673.850218][ T4711] {line}\n" for line in text.splitlines())


def others_between(text):
    """Each second line is another program's; a line that goes on stays with its beginning."""
    lines = []
    for n, line in enumerate(text.splitlines()):
        lines.append(line)
        if re.search(r"(\d|\)|\*\*\*)$", line):
            lines.append(f"[ {n}.000000] usb 1-{n}: new high-speed device, address=0x{n:016x}")
    return "\n".join(lines) + "\n"


def in_a_letter(text):
    before = "Hello,\n\nmy guest dies with this, on a 4-core machine (0x10 times a day):\n\n"
    return before + text + "\n-- \nregards\n"


LAYERS = (
    *(quoted, crlf, wrapped, quoted_and_wrapped, quoted_printable, no_break_spaces),
    *(syslog, journal, threads, in_a_letter),
)
# Lines that people have broken can't be told from those that others have put between.
OF_WHOLE_LINES = (others_between,)
