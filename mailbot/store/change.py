"""What one commit changes: a decision with its number in the order of commits."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mailbot.core.account import Account
    from mailbot.core.decision import Audit, Decision, Seen, Wake
    from mailbot.core.letter import Letter
    from mailbot.core.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Filed:
    """A closed ticket with its letters, as the archive keeps it; `ticket` is None for the desk's letters."""

    ticket: Ticket | None
    letters: tuple[Letter, ...]

    @property
    def number(self) -> int:
        return self.ticket.number if self.ticket else 0


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a filed ticket stands: `month` as 2026-11, `start` and `size` in bytes."""

    month: str
    start: int
    size: int


@dataclass(frozen=True, slots=True)
class Archived:
    """A ticket that left the live tables, by what it can still be found; 0 stands for the desk's letters."""

    number: int
    spot: Spot
    mail_ids: tuple[str, ...] = ()
    letters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """Commit `seq` (they count from 1, without gaps): what is put into the tables and what leaves them."""

    seq: int
    tickets: tuple[Ticket, ...] = ()
    accounts: tuple[Account, ...] = ()
    letters: tuple[Letter, ...] = ()
    seen: Seen | None = None
    audit: tuple[Audit, ...] = ()
    wakes: Mapping[int, Wake | None] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    archived: tuple[Archived, ...] = ()


def change(seq: int, decision: Decision, back: tuple[Filed, ...] = ()) -> Change:
    """The decision as commit `seq`; `back` are archived tickets that it touches: they live again whole."""
    changed = {ticket.number for ticket in decision.tickets}
    again = tuple(f.ticket for f in back if f.ticket and f.number not in changed)
    return Change(
        seq=seq,
        tickets=(*again, *decision.tickets),
        accounts=decision.accounts,
        letters=(*(letter for filed in back for letter in filed.letters), *decision.letters),
        seen=decision.seen,
        audit=decision.audit,
        wakes=decision.wakes,
        notes=decision.notes,
    )
