"""An NHSmail account that requests are about, and the deletion clocks that run on it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

LEAVER, DISABLED, RESTORE = "leaver", "disabled", "restore"


@dataclass(frozen=True, slots=True)
class Clock:
    """Calendar days that run towards a deletion (PROCEDURES.md, Clocks).

    `starts` is the day on which it began, `assumed` that the day is only the latest possible one, `evidence`
    the words that
    an admin reads, `learned` the moment (aware) at which the bot came to know this start: reminders that
    would have gone before it are not made up for one by one.
    """

    name: str
    starts: date
    deadline: date
    assumed: bool
    evidence: str
    learned: datetime
    ended: datetime | None = None
    ended_because: str = ""

    @property
    def running(self) -> bool:
        return self.ended is None


@dataclass(frozen=True, slots=True)
class Account:
    """One NHSmail account. Its id stays when its address changes hands; the newest address stands first.

    `mobile_changed` is when an admin last changed the registered mobile number.
    """

    id: str
    addresses: tuple[str, ...]
    name: str = ""
    status: str = ""
    clocks: tuple[Clock, ...] = ()
    mobile_changed: datetime | None = None

    def clock(self, name: str) -> Clock | None:
        """The running clock of that name."""
        return running(self.clocks, name)

    def with_clock(self, clock: Clock) -> Account:
        return replace(self, clocks=with_clock(self.clocks, clock))

    def without_clock(self, name: str, at: datetime, because: str) -> Account:
        return replace(self, clocks=ended(self.clocks, name, at, because))


def running(clocks: tuple[Clock, ...], name: str) -> Clock | None:
    """The running clock of that name among these."""
    return next((c for c in clocks if c.name == name and c.running), None)


def with_clock(clocks: tuple[Clock, ...], clock: Clock) -> tuple[Clock, ...]:
    """The clocks with this one in place of the running one of its name."""
    return (*(c for c in clocks if not (c.name == clock.name and c.running)), clock)


def ended(clocks: tuple[Clock, ...], name: str, at: datetime, because: str) -> tuple[Clock, ...]:
    """The clocks with the running one of that name ended."""
    return tuple(
        replace(c, ended=at, ended_because=because) if c.name == name and c.running else c for c in clocks
    )
