"""`mailbot corrections` and `mailbot replay`: what people corrected, and what new rules would change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailbot import app
from mailbot.cli import output
from mailbot.core import safety

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mailbot.core.desk import Desk
    from mailbot.core.message import Address, Message
    from mailbot.core.ticket import Entry, Ticket
    from mailbot.core.triage import Triage
    from mailbot.store.base import Store


def corrections(config: Path) -> int:
    """Prints each mail that an admin triaged anew, with the admin's labels; the exit code."""
    with output.told_plainly() as code:
        chosen = app.settings(config, offline=True)
        desk, store = app.desk(chosen), app.reading(chosen)
        for ticket in store.tickets(closed=True):
            for n, (mail, act) in enumerate(_corrected(ticket), start=1):
                output.line(_row(f"{ticket.reference}-{n}", mail, act, store, desk))
    return code[0]


def _corrected(ticket: Ticket) -> Iterator[tuple[Entry, Entry]]:
    """Each act that says what a case asks for, with the mail that it speaks of: the newest before it."""
    mail: Entry | None = None
    for entry in ticket.entries:
        if entry.kind == "mail":
            mail = entry
        elif entry.kind == "act" and entry.intents and mail is not None:
            yield mail, entry


def _row(name: str, mail: Entry, act: Entry, store: Store, desk: Desk) -> dict[str, Any]:
    message, found = _understood(mail, store, desk)
    person = found.person
    stated = {"name": person.name, "email": person.email, "mobile": person.mobile, "nmc_pin": person.nmc_pin}
    return {
        "id": name,
        "mailbox": mail.mailbox,
        "from": _written(message.sender),
        "to": [_written(a) for a in message.to],
        "cc": [_written(a) for a in message.cc],
        "date": message.date.isoformat() if message.date else mail.at.isoformat(),
        "subject": message.subject,
        "body": message.text,
        "headers": {"In-Reply-To": message.in_reply_to} if message.in_reply_to else {},
        "sender_role": "regional_lead" if mail.trust == "lead" else "other",
        "intents": list(act.intents),
        "person": {key: value for key, value in stated.items() if value},
        "dates": {key: value.isoformat() for key, value in found.dates.items()},
        "orgs": dict(found.orgs),
        "act": "human",
        "why": f"An admin read it; the rules had said {', '.join(mail.intents)}.",
    }


def _written(address: Address) -> str:
    return f"{address.name} <{address.address}>" if address.name else address.address


def _understood(mail: Entry, store: Store, desk: Desk) -> tuple[Message, Triage]:
    from mailbot.core.triage import triage
    from mailbot.mail.parse import parse

    message = parse(store.raw(mail.raw))
    watched = desk.mailboxes.get(mail.mailbox)
    exchange = watched is not None and watched.exchange
    trust = safety.trust(message, desk.people, exchange=exchange)
    found = triage(
        message, desk.triage, trust=trust, mailbox=mail.mailbox, people=desk.people, exchange=exchange
    )
    return message, found


def replay(config: Path, rules: Path, *, json: bool) -> int:
    """Runs new rules over the kept mail and prints what would change. Sends nothing; the exit code."""
    with output.told_plainly() as code:
        chosen = app.settings(config, offline=True)
        now, new, store = app.desk(chosen), app.desk(chosen, rules), app.reading(chosen)
        tickets = list(store.tickets(closed=True))
        looked = changed = 0
        for ticket in output.progress(tickets, len(tickets), "Replaying"):
            for entry in ticket.entries:
                if entry.kind != "mail" or not entry.raw:
                    continue
                looked += 1
                told = _change(ticket, entry, store, now, new)
                changed += told is not None
                if told is not None:
                    _print(told, json=json)
        if not json:
            output.console().print(f"{looked} mails looked at, {changed} would be understood otherwise")
    return code[0]


def _change(ticket: Ticket, entry: Entry, store: Store, now: Desk, new: Desk) -> dict[str, Any] | None:
    (_, before), (_, after) = _understood(entry, store, now), _understood(entry, store, new)
    if (before.intents, before.act) == (after.intents, after.act):
        return None
    return {
        "ticket": ticket.number,
        "reference": ticket.reference,
        "message_id": entry.message_id,
        "before": {"intents": list(before.intents), "act": before.act},
        "after": {"intents": list(after.intents), "act": after.act},
        "because": [f"{r.intent}: {r.phrase} ({r.weight:g})" for r in after.because],
    }


def _print(told: dict[str, Any], *, json: bool) -> None:
    if json:
        output.line(told)
        return
    sides = (f"{', '.join(told[s]['intents'])} ({told[s]['act']})" for s in ("before", "after"))
    output.console().print(f"{told['reference']}: " + " → ".join(sides), markup=False, highlight=False)
