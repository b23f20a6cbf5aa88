"""Tickets, accounts, letters and decisions to fill a store with."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from mailbot.core.account import Account, Clock
from mailbot.core.decision import Audit, Decision, Seen, Wake
from mailbot.core.letter import Letter, Role, Sort
from mailbot.core.place import Place
from mailbot.core.ticket import Entry, Request, Step, Task, Ticket

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def after(**passed: float) -> datetime:
    return NOW + timedelta(**passed)


def request(**changed: Any) -> Request:
    values: dict[str, Any] = {
        "workflow": "joiner",
        "labels": ("joiner", "joiner_request"),
        "state": "asked",
        "since": NOW,
        "opened": NOW,
        "claimant": "ann@nhs.net",
        "claims": {"account": "Ann@nhs.net", "leaver_date": "2026-11-01"},
        "tasks": (Task("mark_joiner", NOW, after(days=1), missing=("name",)),),
        "clocks": (
            Clock("leaver", date(2026, 11, 1), date(2026, 12, 1), assumed=True, evidence="said", learned=NOW),
        ),
        "steps": (Step(NOW, None, "asked", "a mail"),),
    }
    return Request(**(values | changed))


def ticket(number: int = 1, **changed: Any) -> Ticket:
    values: dict[str, Any] = {
        "subject": "My account — “Zoë”",
        "opened": NOW,
        "mailbox": "helpdesk",
        "participants": ("ann@nhs.net",),
        "requests": (request(),),
        "entries": (Entry(NOW, "mail", "ann@nhs.net", "Hello\nworld", message_id=f"<{number}@nhs.net>"),),
        "mail_ids": (f"<{number}@nhs.net>",),
    }
    return Ticket(number, **(values | changed))


def letter(ticket: int = 1, running: int = 1, **changed: Any) -> Letter:
    values: dict[str, Any] = {
        "id": f"IM-{ticket:06d}-{running}",
        "ticket": ticket,
        "template": "acknowledge",
        "role": Role.PERSON,
        "to": "ann@nhs.net",
        "to_name": "Ann",
        "sort": Sort.ANSWER,
        "parts": ("acknowledge", "joiner"),
        "facts": {"reference": "IM-000001", "late": True, "missing": ("name", "date"), "open": None},
        "decided": NOW,
        "not_before": NOW,
    }
    return Letter(**(values | changed))


def account(number: int = 1, *addresses: str, **changed: Any) -> Account:
    return Account(f"A-{number:04d}", addresses or (f"ann{number}@nhs.net",), **changed)


def seen(number: int = 1, ticket: int = 0, **changed: Any) -> Seen:
    place = Place("helpdesk", "INBOX", 7, number)
    values: dict[str, Any] = {"message_id": f"<{number}@nhs.net>", "digest": "d", "place": place}
    return Seen(**(values | {"ticket": ticket} | changed))


def audit(ticket: int = 1, what: str = "opened", **changed: Any) -> Audit:
    values: dict[str, Any] = {"at": NOW, "who": "mailbot", "what": what, "ticket": ticket}
    return Audit(**(values | {"because": "a mail"} | changed))


def mail_came(number: int) -> Decision:
    """What a first mail leads to: a ticket, an answer, a wake, the mail seen, an audit entry."""
    return Decision(
        tickets=(ticket(number),),
        letters=(letter(number),),
        seen=seen(number, number),
        audit=(audit(number),),
        wakes={number: Wake(after(days=7), "remind")},
        notes={"last": str(number)},
    )
