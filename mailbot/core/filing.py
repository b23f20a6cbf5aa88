"""Filing: puts a mail on its case, or on a new one, before anything is made of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mailbot.core import thread
from mailbot.core.message import Kind
from mailbot.core.ticket import Entry, Ticket

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mailbot.core.draft import Draft
    from mailbot.core.event import MailCame
    from mailbot.core.thread import Belonging

MACHINE = ("auto_reply", "bounce", "spam")


def machine(event: MailCame) -> bool:
    """Whether nobody asks for anything: such mail is filed and changes nothing else."""
    return event.triage.intents[:1] in tuple((label,) for label in MACHINE)


def file(event: MailCame, draft: Draft, belongs: Belonging, facts: Mapping[str, str]) -> int:
    """Puts the mail on its case, which a person's mail reopens; the number of that case."""
    ticket = belongs.ticket or _new_ticket(event, belongs)
    moves_it = not machine(event) and event.triage.intents != ("acknowledge",)
    if not ticket.open and moves_it:
        ticket = replace(ticket, closed=None, closed_because="")
        draft.audit(ticket.number, "reopened", belongs.because)
    ids = (*ticket.mail_ids, event.message.message_id)
    draft.put(
        replace(
            ticket,
            entries=(*ticket.entries, _entry(event, facts)),
            mail_ids=tuple(dict.fromkeys(ids)),
            participants=_participants(event, draft, belongs, ticket),
            flags=_flags(event, ticket),
        )
    )
    draft.audit(ticket.number, "mail filed", belongs.because)
    return ticket.number


def _new_ticket(event: MailCame, belongs: Belonging) -> Ticket:
    return Ticket(
        number=event.number,
        subject=event.message.subject,
        opened=event.arrived,
        mailbox=event.mailbox,
        possibly=belongs.possibly,
    )


def _entry(event: MailCame, facts: Mapping[str, str]) -> Entry:
    message = event.message
    return Entry(
        at=event.arrived,
        kind="mail",
        who=message.sender.address,
        text=message.said,
        message_id=message.message_id,
        raw=event.raw,
        subject=message.subject,
        intents=event.triage.intents,
        trust=event.trust,
        because=_reasons(event),
        mailbox=event.mailbox,
        file=event.file,
        facts=facts,
    )


def _reasons(event: MailCame) -> tuple[str, ...]:
    phrases = tuple(f"{r.intent}: “{r.phrase}” ({r.weight:g})" for r in event.triage.because)
    human = (event.triage.human_because,) if event.triage.human_because else ()
    silence = (f"not answered: {event.silence}",) if event.silence else ()
    return (*human, *phrases, *silence)


def _participants(event: MailCame, draft: Draft, belongs: Belonging, ticket: Ticket) -> tuple[str, ...]:
    """A machine, and a sender whose address may be forged, takes no part in a case that others opened."""
    sender = event.message.sender.address
    answers_us = ticket.number in event.answers
    believed = answers_us or thread.belongs_to(event, ticket, draft.desk)
    if machine(event) or not sender or (belongs.ticket is not None and not believed):
        return ticket.participants
    return tuple(dict.fromkeys((*ticket.participants, sender)))


def _flags(event: MailCame, ticket: Ticket) -> tuple[str, ...]:
    found = list(ticket.flags)
    found += ["patient_details"] if event.triage.patient_details else []
    found += ["password_shown"] if event.triage.password_shown else []
    found += ["unreadable_parts"] if event.message.kind is Kind.UNREADABLE else []
    return tuple(dict.fromkeys(found))
