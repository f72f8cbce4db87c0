# SPDX-License-Identifier: GPL-2.0
"""What a user may have meant by a name that there is not."""

import difflib
from collections.abc import Iterable


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The name that is most like this one; None if none is like it."""
    by_lower_case = {each.lower(): each for each in names}
    found = difflib.get_close_matches(name.lower(), by_lower_case, n=1)
    if not found and len(name) > 2:
        found = [each for each in by_lower_case if each.startswith(name.lower())]
    return by_lower_case[found[0]] if found else None


def hint(name: str, names: Iterable[str], start: str = "") -> str:
    """What to add to an error message: "; the nearest is NAME", or nothing."""
    found = nearest(name, names)
    return f"; the nearest is {start}{found}" if found else ""


def there_are(name: str, names: Iterable[str]) -> str:
    """All names, and the nearest."""
    names = list(names)
    return f"there are: {' '.join(names)}{hint(name, names)}"
