"""What leaves the live tables: tickets closed long enough ago that wait for nothing, with their letters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailbot.store.change import Archived, Filed, Spot

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from mailbot.core.letter import Letter
    from mailbot.store.state import State


@dataclass(frozen=True, slots=True)
class Leaver:
    """What is to leave, and the month (as 2026-11) of its closing."""

    month: str
    filed: Filed

    def at(self, spot: Spot) -> Archived:
        """The entry by which it is found again where it went."""
        ticket = self.filed.ticket
        names = tuple(letter.id for letter in self.filed.letters)
        return Archived(self.filed.number, spot, ticket.mail_ids if ticket else (), names)


def leaving(state: State, before: datetime) -> list[Leaver]:
    """The tickets closed before that instant, by number, then the desk's own letters decided before it."""
    return [*_tickets(state, before), *_of_desk(state, before)]


def _tickets(state: State, before: datetime) -> Iterator[Leaver]:
    """A ticket stays while a letter of it may still go or while it is to wake."""
    for ticket in sorted(state.tickets.values(), key=lambda found: found.number):
        if ticket.closed is None or ticket.closed >= before or state.wakes.get(str(ticket.number)):
            continue
        letters = state.letters_of(ticket.number)
        if not any(letter.open for letter in letters):
            yield Leaver(f"{ticket.closed:%Y-%m}", Filed(ticket, letters))


def _of_desk(state: State, before: datetime) -> Iterator[Leaver]:
    months: dict[str, list[Letter]] = {}
    for letter in state.letters_of(0):
        if letter.decided < before and not letter.open:
            months.setdefault(f"{letter.decided:%Y-%m}", []).append(letter)
    for month, letters in months.items():
        yield Leaver(month, Filed(None, tuple(letters)))
