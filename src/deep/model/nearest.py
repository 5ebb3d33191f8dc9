"""Did you mean: the known name that is nearest to a mistyped one."""

from __future__ import annotations

from collections.abc import Iterable

_MOST_LISTED = 8
_LONGEST_COMPARED = 100


def nearest(name: str, known: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """The known name most like `name`, or None when none is. Case and separators count for nothing; ties go to the first in order.

    `cutoff` is difflib's ratio, 1 for equal names.
    """
    from difflib import get_close_matches

    by_folded: dict[str, str] = {}
    for candidate in sorted(known):
        by_folded.setdefault(_folded(candidate), candidate)
    matches = get_close_matches(_folded(name[:_LONGEST_COMPARED]), by_folded, n=1, cutoff=cutoff)
    return by_folded[matches[0]] if matches else None


def did_you_mean(name: str, known: Iterable[str], otherwise: str = "there are") -> str | None:
    """A line of help: `did you mean "Todo"?`, else `otherwise` and the names there are, else None when there are none."""
    names = list(dict.fromkeys(known))
    best = nearest(name, names)
    if best is not None:
        return f'did you mean "{best}"?'
    if not names:
        return None
    listed = ", ".join(names[:_MOST_LISTED])
    more = f" and {len(names) - _MOST_LISTED} more" if len(names) > _MOST_LISTED else ""
    return f"{otherwise} {listed}{more}"


def _folded(name: str) -> str:
    return name.casefold().replace("_", "").replace("-", "")
