"""Threads: which case a mail belongs to, and why."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mailbot.core.message import Kind, Message, Trust
from mailbot.core.ticket import PREFIX, Ticket
from mailbot.core.workflow import LEAD, OTHER, OWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailbot.core.account import Account
    from mailbot.core.desk import Desk
    from mailbot.core.event import MailCame
    from mailbot.core.people import People
    from mailbot.core.ticket import Request
    from mailbot.core.triage import Triage

REOPENS = timedelta(days=14)
_REFERENCE = re.compile(re.escape(PREFIX) + r"(\d{6,9})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Belonging:
    """The case that a mail joins, None for a new one; `possibly` are cases that a person should compare.

    `in_thread`: it answers or names the case, and was not only put there by what it says.
    """

    ticket: Ticket | None
    because: str
    possibly: tuple[int, ...] = ()
    in_thread: bool = False


def references(message: Message) -> tuple[str, ...]:
    """The Message-IDs that the mail answers or reports on."""
    about = message.bounce.about if message.bounce else ()
    return tuple(dict.fromkeys(i for i in (message.in_reply_to, *message.references, *about) if i))


def named(subject: str) -> tuple[int, ...]:
    """The ticket numbers whose references stand in a subject."""
    return tuple(int(n) for n in _REFERENCE.findall(subject))


def concerned(message: Message, triage: Triage, trust: Trust, people: People) -> str:
    """The NHSmail address that the mail is about: the stated one, else the sender's own if it is inside."""
    if people.inside(triage.person.email):
        return triage.person.email.lower()
    sender = message.sender.address
    if trust is not Trust.LEAD and people.inside(sender):
        return sender
    return ""


def level(message: Message, trust: Trust, address: str) -> str:
    """The level of evidence of what the mail says of that account (PROCEDURES.md, What authorises …)."""
    if trust is Trust.LEAD:
        return LEAD
    if trust is Trust.INTERNAL and address and message.sender.address == address:
        return OWN
    return OTHER


def belonging(
    event: MailCame, tickets: Sequence[Ticket], account: Account | None, desk: Desk, now: datetime
) -> Belonging:
    """Where the mail goes; `account` is the one that it is about.

    Never by a reference in the subject alone: the sender must belong to the case (MAIL.md, Automatic mail).
    """
    by_thread = _by_thread(event, tickets, desk)
    found = by_thread or _by_case(event, tickets, account, desk)
    likely = tuple(t.number for t in tickets if _resembles(event, t))
    if found is None:
        return Belonging(None, "nothing that it answers was found", likely)
    ticket, because = found
    if ticket.closed is not None and now - ticket.closed >= REOPENS:
        return Belonging(None, "the case that it answers was closed 14 days ago or more", (ticket.number,))
    others = tuple(n for n in likely if n != ticket.number)
    return Belonging(ticket, because, others, in_thread=by_thread is not None)


def _by_thread(event: MailCame, tickets: Sequence[Ticket], desk: Desk) -> tuple[Ticket, str] | None:
    newest = sorted(tickets, key=lambda t: (t.open, t.number), reverse=True)
    for ticket in newest:
        if ticket.number in event.answers:
            return ticket, "it answers a letter of ours"
    ids = set(references(event.message))
    numbers = set(named(event.message.subject))
    for ticket in newest:
        member = belongs_to(event, ticket, desk)
        if ids & set(ticket.mail_ids) and (member or event.message.kind is Kind.BOUNCE):
            return ticket, "it answers a mail of the case, and the sender takes part in it"
        if ticket.number in numbers and member:
            return ticket, "it names the case, and the sender takes part in it"
    return None


def belongs_to(event: MailCame, ticket: Ticket, desk: Desk) -> bool:
    """Whether the sender takes part in the case, as far as the receiving server lets that be believed."""
    if not _believable(event, desk):
        return False
    return event.trust is Trust.LEAD or event.message.sender.address in ticket.participants


def _believable(event: MailCame, desk: Desk) -> bool:
    if event.trust is Trust.FAILED:
        return False
    watched = desk.mailboxes.get(event.mailbox)
    checked = watched is not None and watched.exchange
    inside = desk.people.inside(event.message.sender.address)
    return not (checked and inside and event.trust not in (Trust.LEAD, Trust.INTERNAL))


def _by_case(
    event: MailCame, tickets: Sequence[Ticket], account: Account | None, desk: Desk
) -> tuple[Ticket, str] | None:
    """Without a thread: an open request of the same workflow; the sender is the account or the lead."""
    address = concerned(event.message, event.triage, event.trust, desk.people)
    evidence = level(event.message, event.trust, address)
    workflows = {w.name for i in event.triage.intents if (w := desk.workflows.for_label(i))}
    still_open = sorted((t for t in tickets if t.open), key=lambda t: t.number, reverse=True)
    if evidence in (OWN, LEAD) and address:
        for ticket in still_open:
            for request in ticket.requests:
                same = request.workflow in workflows and request.open
                if same and _about(request.account, request.claims.get("account", ""), account, address):
                    return ticket, "the account has an open request of the same kind there"
    return _by_talk(event, still_open, account, desk)


def _by_talk(
    event: MailCame, still_open: Sequence[Ticket], account: Account | None, desk: Desk
) -> tuple[Ticket, str] | None:
    """A chase, a thank-you or a withdrawal means the sender's open case; the lead has to name the account."""
    talk = set(event.triage.intents) & {"chase", "acknowledge"}
    if not (talk or event.triage.withdrawal) or not _believable(event, desk):
        return None
    if event.trust is Trust.LEAD:
        address = event.triage.person.email
        mine = [t for t in still_open if any(_joins(r, account, address) for r in t.requests)]
    else:
        mine = [t for t in still_open if event.message.sender.address in t.participants]
    if not mine or (not talk and len(mine) > 1):
        return None
    return mine[0], "it asks after the sender's open case"


def _joins(request: Request, account: Account | None, address: str) -> bool:
    named = bool(address) and _about(request.account, request.claims.get("account", ""), account, address)
    return request.workflow == "joiner" and request.open and named


def _about(request_account: str, claimed: str, account: Account | None, address: str) -> bool:
    return claimed == address or bool(account and request_account == account.id)


def _resembles(event: MailCame, ticket: Ticket) -> bool:
    named_here = ticket.number in named(event.message.subject)
    return named_here or (ticket.open and event.message.sender.address in ticket.participants)
