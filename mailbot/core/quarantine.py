"""Quarantine: a mail on which the bot itself failed is set aside for a person, never lost and never in the
way.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mailbot.core.decision import Decision, Seen
from mailbot.core.draft import Draft
from mailbot.core.ticket import Entry, Ticket

if TYPE_CHECKING:
    from datetime import datetime

    from mailbot.core.desk import Desk
    from mailbot.core.place import Place

FLAG = "quarantine"


def set_aside(
    number: int, mailbox: str, raw: str, place: Place | None, why: str, desk: Desk, now: datetime
) -> Decision:
    """A case that holds the raw mail alone, with a task. `why` holds nothing of the mail's text."""
    draft = Draft(desk, now)
    entry = Entry(now, "mail", "", "This mail could not be read.", raw=raw, because=(why,), mailbox=mailbox)
    ticket = Ticket(number, "A mail that could not be read", now, mailbox, flags=(FLAG,))
    draft.put(replace(ticket, entries=(entry,)))
    draft.case_task(number, "triage", (why,))
    return draft.decision(Seen(f"<{raw}@quarantine.invalid>", raw, number, place, why))
