"""A decision: what changes, what is written to whom, and why; nothing in it has happened yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from mailbot.core.account import Account
    from mailbot.core.letter import Letter
    from mailbot.core.place import Place
    from mailbot.core.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Seen:
    """A mail that was looked at: known again by its place, or by its Message-ID and digest together.

    `ticket` is where it went, 0 where it made none (`because` says why).
    """

    message_id: str
    digest: str
    ticket: int
    place: Place | None = None
    because: str = ""


@dataclass(frozen=True, slots=True)
class Audit:
    """Who did what, when and why. `who` is an admin's address or `mailbot`; times are aware."""

    at: datetime
    who: str
    what: str
    ticket: int
    because: str


@dataclass(frozen=True, slots=True)
class Wake:
    """When a ticket next needs attention, and for what."""

    at: datetime
    what: str


@dataclass(frozen=True, slots=True)
class Decision:
    """Saved together or not at all. `wakes` is an index only: it is computed anew at every commit.

    `notes` are small facts of the desk by name, as the day of the last digest.
    """

    tickets: tuple[Ticket, ...] = ()
    accounts: tuple[Account, ...] = ()
    letters: tuple[Letter, ...] = ()
    seen: Seen | None = None
    audit: tuple[Audit, ...] = ()
    wakes: Mapping[int, Wake | None] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
