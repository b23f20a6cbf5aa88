"""The desk at which decisions are made: calendar, rules, people, modes and limits, as one immutable value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from mailbot.core.calendar import Calendar
    from mailbot.core.people import People
    from mailbot.core.rules import Workflows
    from mailbot.core.triage import TriageRules

LIVE, REVIEW, SHADOW = "live", "review", "shadow"


@dataclass(frozen=True, slots=True)
class Watched:
    """One mailbox as far as decisions go: whether Exchange's marks can be trusted there, and from when mail
    is answered.
    """

    name: str
    address: str
    exchange: bool = False
    not_before: date | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps on answers to incoming mail; 0 means no cap (MAIL.md, Caps)."""

    per_address_per_day: int = 10
    per_domain_per_hour: int = 60
    in_all_per_hour: int = 300


@dataclass(frozen=True, slots=True)
class Names:
    """What the letters call things."""

    product: str = "NHSmail"
    team: str = "Independent Midwives administration team"


@dataclass(frozen=True, slots=True)
class Desk:
    """All that a decision may look at beside the event, its tickets, its account and the moment.

    `unreachable` are the addresses from which a letter of ours came back for good.
    """

    people: People
    calendar: Calendar
    workflows: Workflows
    triage: TriageRules
    mailboxes: Mapping[str, Watched] = field(default_factory=dict)
    mode: str = LIVE
    limits: Limits = field(default_factory=Limits)
    names: Names = field(default_factory=Names)
    link: str = ""
    unreachable: frozenset[str] = frozenset()

    def today(self, now: datetime) -> date:
        """The day that it is for the team."""
        return self.calendar.local(now).date()

    def closing_of(self, day: date) -> datetime:
        """When a task due that day or the next working day is due."""
        return self.calendar.closing(self.calendar.same_or_next_working_day(day))
