"""The calendar as people write it: England's bank holidays, and what rules/calendar.toml changes in them."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from holidays import country_holidays

from mailbot.config.mistake import read_toml
from mailbot.config.model import Fault, Listed, Model, checked, told
from mailbot.core.calendar import Calendar

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mailbot.config.settings import Hours

FILE = "calendar.toml"
YEARS = range(2019, 2041)


class Changes(Model):
    """rules/calendar.toml: days closed besides, days open all the same, and how far gov.uk has announced."""

    known_until: date | None = None
    add: Listed[date] = ()
    remove: Listed[date] = ()


def load(folder: Path, hours: Hours) -> Calendar:
    """The calendar of a folder of rules; `Mistakes` where its calendar.toml is missing or wrong."""
    file = folder / FILE
    raw, text = read_toml(file)
    changes = checked(Changes, raw, file, text)
    if faults := list(_faults(changes)):
        raise told(faults, file, text)
    return Calendar(
        timezone=hours.timezone,
        days=hours.days,
        opens=hours.open,
        closes=hours.close,
        closed=(bank_holidays() | set(changes.add)) - set(changes.remove),
        known_until=changes.known_until,
    )


@cache
def bank_holidays() -> frozenset[date]:
    """England's bank holidays of `YEARS`, with their substitute days."""
    return frozenset(country_holidays("GB", subdiv="ENG", years=YEARS))


def _faults(changes: Changes) -> Iterator[Fault]:
    for index, day in enumerate(changes.remove):
        if day in changes.add:
            yield Fault(("remove", index), f"{day} stands under add too", "keep one of the two")
        elif day.year in YEARS and day not in bank_holidays():
            yield Fault(
                ("remove", index), f"{day} is no bank holiday in England", "correct the date or drop it"
            )
