"""Delivery: what the mail server's answers make of a letter."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mailbot.core.draft import Draft
from mailbot.core.letter import Delivery, Letter, Role
from mailbot.core.outcome import Outcome, Refused, Sent, TryLater, next_try

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from mailbot.core.decision import Decision
    from mailbot.core.desk import Desk
    from mailbot.core.ticket import Ticket


def started(letter: Letter, desk: Desk, now: datetime) -> Decision:
    """The letter is about to be handed over; recorded before its text goes."""
    draft = Draft(desk, now)
    draft.letters[letter.id] = replace(letter, state=Delivery.SENDING, attempts=letter.attempts + 1)
    return draft.decision()


def delivered(
    letter: Letter, outcome: Outcome, tickets: Sequence[Ticket], desk: Desk, now: datetime
) -> Decision:
    """Sent, to be tried again, or an admin's task."""
    draft = Draft(desk, now, tickets)
    changed = _after(letter, outcome, now)
    draft.letters[letter.id] = changed
    draft.audit(letter.ticket, f"letter {letter.id} {changed.state}", changed.because)
    trouble = changed.state in (Delivery.FAILED, Delivery.UNCERTAIN)
    if trouble and letter.ticket in draft.tickets:
        draft.case_task(letter.ticket, "delivery", (f"{letter.id} {changed.state}: {changed.because}",))
    if isinstance(outcome, Refused) and outcome.no_such_address and letter.role is not Role.ADMIN:
        _block(draft, {letter.to})
    return draft.decision()


def came_back(draft: Draft, number: int, recipients: Iterable[str]) -> None:
    """A letter of the case came back for good: an admin's task, and nothing goes there by itself any more."""
    draft.case_task(number, "delivery", ("A letter of ours came back: the address does not take it",))
    ticket = draft.tickets[number]
    written_to = {*ticket.participants, *ticket.acknowledged, *draft.desk.people.regional_lead}
    _block(draft, {a.lower() for a in recipients} & written_to)


def _block(draft: Draft, addresses: set[str]) -> None:
    if addresses:
        draft.notes["unreachable"] = " ".join(sorted(draft.desk.unreachable | addresses))


def _after(letter: Letter, outcome: Outcome, now: datetime) -> Letter:
    if isinstance(outcome, Sent):
        return replace(letter, state=Delivery.SENT, sent=now, because="")
    if isinstance(outcome, Refused):
        return replace(letter, state=Delivery.FAILED, because=outcome.reason)
    if not isinstance(outcome, TryLater):
        return replace(letter, state=Delivery.UNCERTAIN, because=outcome.reason)
    # one that failed before its text went was not counted when it started
    attempts = letter.attempts + (letter.state is not Delivery.SENDING)
    wait = next_try(attempts)
    if wait is None:
        return replace(letter, state=Delivery.FAILED, attempts=attempts, because=outcome.reason)
    again = now + max(wait, outcome.after or wait)
    return replace(letter, state=Delivery.QUEUED, attempts=attempts, not_before=again, because=outcome.reason)
