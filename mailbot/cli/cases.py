"""`mailbot tickets` and `mailbot act`: the queue on the command line."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any

from mailbot import app
from mailbot.bot import told as in_words
from mailbot.cli import output, remote
from mailbot.core.act import ACTS
from mailbot.core.event import AdminActed
from mailbot.core.fact import ActError
from mailbot.core.reminder import next_due
from mailbot.core.thread import named

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mailbot.config.settings import Settings
    from mailbot.core.desk import Desk
    from mailbot.core.letter import Letter
    from mailbot.core.ticket import Ticket
    from mailbot.store.base import Store

TAKES_TASK = ("done", "refuse", "take", "release")
TAKES_LABELS = ("triage", "open")


def tickets(config: Path, *, json: bool, closed: bool) -> int:
    """Prints the open cases, or all; the exit code."""
    with output.told_plainly() as code:
        chosen = app.settings(config, offline=True)
        desk, store = app.desk(chosen), app.reading(chosen)
        for ticket in store.tickets(closed=closed):
            told = _told(ticket, store, desk)
            if json:
                output.line(told)
            else:
                _show(told)
    return code[0]


def _told(ticket: Ticket, store: Store, desk: Desk) -> dict[str, Any]:
    accounts = {i: a for r in ticket.requests if (i := r.account) and (a := store.account(i))}
    due = next_due(ticket, accounts, desk)
    entries = [e for e in ticket.entries if e.kind == "mail"]
    return {
        "ticket": ticket.number,
        "reference": ticket.reference,
        "subject": ticket.subject,
        "opened": ticket.opened.isoformat(),
        "closed": ticket.closed.isoformat() if ticket.closed else None,
        "closed_because": ticket.closed_because,
        "mailbox": ticket.mailbox,
        "participants": list(ticket.participants),
        "flags": list(ticket.flags),
        "possibly": list(ticket.possibly),
        "account": _plain(asdict(accounts[ticket.account])) if ticket.account in accounts else None,
        "requests": [_plain(asdict(r)) for r in ticket.requests],
        "tasks": [_plain(asdict(t)) for t in ticket.open_tasks()],
        "messages": [_plain(asdict(e)) for e in entries],
        "letters": [_letter(x) for x in store.letters(ticket.number)],
        "history": [_plain(asdict(a)) for a in store.audit(ticket.number)],
        "next": {"at": due.at.isoformat(), "what": due.what} if due else None,
    }


def _letter(letter: Letter) -> dict[str, Any]:
    told = _plain(asdict(letter))
    for key in ("facts", "html"):
        del told[key]
    return dict(told)


def _plain(value: Any) -> Any:
    """Values as JSON knows them; moments and days in RFC 3339."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return value


def _show(told: dict[str, Any]) -> None:
    console = output.console()
    state = "closed" if told["closed"] else "open"
    console.print(f"\n{told['reference']}  {state}  {told['subject']}", style="bold", markup=False)
    for request in told["requests"]:
        console.print(f"  {request['workflow']}: {request['state']}", markup=False, highlight=False)
    for task in told["tasks"]:
        missing = f", missing {', '.join(task['missing'])}" if task["missing"] else ""
        console.print(f"  task {task['name']}, due {task['due']}{missing}", markup=False, highlight=False)
    for letter in told["letters"]:
        console.print(
            f"  letter {letter['template']} to {letter['role']}: {letter['state']}",
            markup=False,
            highlight=False,
        )
    if told["next"]:
        console.print(f"  next: {told['next']['at']}: {told['next']['what']}", markup=False, highlight=False)


def act(words: Sequence[str], config: Path, *, by: str, text: str, person: Sequence[str]) -> int:
    """Carries out one act: through the service where it runs, else on the store itself. The exit code."""
    with output.told_plainly() as code:
        chosen = app.settings(config, offline=True)
        admin = (by or chosen.people.admins[0]).lower()
        if admin not in chosen.people.admins:
            return output.fail(f"{admin} is no admin; the settings name {', '.join(chosen.people.admins)}")
        if wrong := _misused(words):
            output.fail(wrong)
            return 2
        acted = understood(words, admin, text, person)
        done = remote.act(chosen, acted)
        for told in _here(chosen, acted) if done is None else done:
            output.console().print(told, markup=False, highlight=False)
    return code[0]


def _misused(words: Sequence[str]) -> str:
    """What is wrong with the command itself: no verb, or one that there is not ("" where all is well)."""
    rest = words[1:] if words and named(words[0]) else words
    if not rest:
        return "say what to do, such as: mailbot act -c FILE IM-000123 done mark_joiner"
    return "" if rest[0] in ACTS else f"no such act: {rest[0]}; there are {', '.join(ACTS)}"


def _here(chosen: Settings, acted: AdminActed) -> list[str]:
    """The act on the store itself; its letters wait there for the service."""
    store = app.store(chosen)
    try:
        happening = app.bot(chosen, store, app.marks(chosen)).act(acted)
        happening.saved.result()
    finally:
        store.close()
    return in_words(happening)


def understood(words: Sequence[str], by: str, text: str, person: Sequence[str]) -> AdminActed:
    """The act that these words mean; ActError where they mean none."""
    rest = list(words)
    numbers = named(rest[0]) if rest else ()
    if numbers:
        rest.pop(0)
    verb = rest.pop(0)
    pairs = [w for w in rest if "=" in w]
    plain = [w for w in rest if "=" not in w]
    labels = plain if verb in TAKES_LABELS else []
    task = plain[0] if plain and verb in TAKES_TASK else ""
    said = text or (" ".join(plain) if verb in ("reply", "close", "call") else "")
    return AdminActed(
        by=by,
        does=verb,
        ticket=numbers[0] if numbers else 0,
        task=task,
        text=said,
        intents=tuple(labels),
        person=_pairs(person),
        values=_pairs(pairs),
    )


def _pairs(written: Sequence[str]) -> dict[str, str]:
    found = {}
    for pair in written:
        key, equals, value = pair.partition("=")
        if not equals:
            raise ActError(f"{pair!r} must be KEY=VALUE")
        found[key.strip()] = value.strip()
    return found
