"""Days, times and names in the words of the NHS content style."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime, time

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def day(value: date) -> str:
    """Wednesday 6 August 2026."""
    return f"{_DAYS[value.weekday()]} {value.day} {_MONTHS[value.month - 1]} {value.year}"


def clock(value: time) -> str:
    """9am, 5:30pm, midday, midnight."""
    if (value.hour, value.minute) in ((0, 0), (12, 0)):
        return "midday" if value.hour else "midnight"
    minutes = f":{value.minute:02d}" if value.minute else ""
    return f"{(value.hour - 1) % 12 + 1}{minutes}{'am' if value.hour < 12 else 'pm'}"


def moment(local: datetime) -> str:
    """Tuesday 7 April at 9am, in the zone that the datetime carries."""
    return f"{_DAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]} at {clock(local.time())}"


def span(days: frozenset[int], opens: time, closes: time) -> str:
    """Monday to Friday, 9am to 5pm."""
    ordered = sorted(days)
    run = len(ordered) > 2 and ordered == list(range(ordered[0], ordered[-1] + 1))
    names = f"{_DAYS[ordered[0]]} to {_DAYS[ordered[-1]]}" if run else " and ".join(_DAYS[d] for d in ordered)
    return f"{names}, {clock(opens)} to {clock(closes)}"


def greeting(name: str) -> str:
    """The first name as it may stand behind "Dear", or "colleague" (DESIGN.md, Letters)."""
    plain = name.strip()
    if not plain or len(plain) > 60 or not all(c.isalpha() or c in " '’-." for c in plain):
        return "colleague"
    first = plain.split()[0]
    return first if len(first.strip(".'’-")) > 1 else "colleague"
