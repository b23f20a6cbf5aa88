"""The trace of a run: what changed between two values of a case, as the lines that `simulate` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailbot.core.event import MailCame
from mailbot.core.workflow import clocks_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from mailbot.bot import Happening
    from mailbot.core.account import Account, Clock
    from mailbot.core.desk import Desk
    from mailbot.core.letter import Letter
    from mailbot.core.ticket import Task, Ticket

Line = dict[str, Any]


def lines(happening: Happening, desk: Desk, at: datetime) -> Iterator[Line]:
    """What this happening changed, in the order mail, states, tasks, clocks, closings."""
    if isinstance(happening.event, MailCame):
        yield _line(desk, at, "received", **_received(happening))
    after = dict(happening.accounts_before) | {a.id: a for a in happening.decision.accounts}
    tickets = dict(happening.before) | {t.number: t for t in happening.decision.tickets}
    for number, ticket in sorted(tickets.items()):
        before = happening.before.get(number)
        for line in _of_ticket(before, ticket, happening.accounts_before, after, desk):
            yield _line(desk, at, **line)


def _line(desk: Desk, at: datetime, kind: str, **rest: Any) -> Line:
    return {"at": desk.calendar.local(at).isoformat(timespec="seconds"), "kind": kind, **rest}


def _received(happening: Happening) -> Line:
    event = happening.event
    assert isinstance(event, MailCame)
    seen = happening.decision.seen
    return {
        "mailbox": event.mailbox,
        "file": event.file,
        "ticket": seen.ticket if seen else 0,
        "intents": list(event.triage.intents),
        "act": event.triage.act,
        "trust": event.trust.value,
    }


def repeated(happening: Happening, desk: Desk, at: datetime, mailbox: str, file: str) -> Line | None:
    """The line of a mail that made nothing new: its old ticket."""
    seen = happening.decision.seen
    if happening.event is not None or seen is None:
        return None
    told: Line = {"mailbox": mailbox, "file": file, "ticket": seen.ticket, "intents": [], "act": "auto"}
    return _line(desk, at, "received", **told, trust="none", because=seen.because)


def _of_ticket(
    before: Ticket | None,
    after: Ticket,
    accounts_before: Mapping[str, Account],
    accounts: Mapping[str, Account],
    desk: Desk,
) -> Iterator[Line]:
    yield from _states(before, after)
    yield from _tasks(before, after, desk)
    known = _clocks(before, accounts_before) if before else {}
    for key, clock in _clocks(after, accounts).items():
        if _told(known.get(key)) != _told(clock):
            yield {"kind": "clock", "ticket": after.number, **_clock(clock, desk)}
    if after.closed and not (before and before.closed):
        yield {"kind": "closed", "ticket": after.number, "because": after.closed_because}


def _states(before: Ticket | None, after: Ticket) -> Iterator[Line]:
    for n, request in enumerate(after.requests):
        had = len(before.requests[n].steps) if before and n < len(before.requests) else 0
        for step in request.steps[had:]:
            yield {
                "kind": "state",
                "ticket": after.number,
                "workflow": request.workflow,
                "from": step.before,
                "to": step.state,
                "because": step.because,
            }


def _tasks(before: Ticket | None, after: Ticket, desk: Desk) -> Iterator[Line]:
    had = _all_tasks(before) if before else {}
    for key, task in _all_tasks(after).items():
        old = had.get(key)
        if old is None or (old.open, old.due, old.missing) != (task.open, task.due, task.missing):
            yield {
                "kind": "task",
                "ticket": after.number,
                "task": task.name,
                "open": task.open,
                "due": desk.calendar.local(task.due).isoformat(timespec="seconds"),
                "missing": list(task.missing),
            }


def _all_tasks(ticket: Ticket) -> dict[tuple[int, str, datetime], Task]:
    found = {(-1, t.name, t.opened): t for t in ticket.tasks}
    for n, request in enumerate(ticket.requests):
        found |= {(n, t.name, t.opened): t for t in request.tasks}
    return found


def _clocks(ticket: Ticket, accounts: Mapping[str, Account]) -> dict[str, Clock]:
    found = {c.name: c for c in ticket.clocks if c.running}
    for request in ticket.requests:
        if request.open:
            found |= {c.name: c for c in clocks_of(request, accounts.get(request.account)) if c.running}
    return found


def _told(clock: Clock | None) -> tuple[object, ...]:
    """What of a clock is worth a line when it changes."""
    return (clock.starts, clock.deadline, clock.assumed) if clock else ()


def _clock(clock: Clock, desk: Desk) -> Line:
    act_by = desk.calendar.local(desk.calendar.act_by(clock.deadline))
    return {
        "clock": clock.name,
        "starts": clock.starts.isoformat(),
        "deadline": clock.deadline.isoformat(),
        "act_by": act_by.isoformat(timespec="seconds"),
        "assumed": clock.assumed,
    }


def sent(letter: Letter, headers: Mapping[str, str], writer: str, desk: Desk, at: datetime) -> Line:
    """A letter that left."""
    told: Line = {
        "ticket": letter.ticket,
        "template": letter.template,
        "role": letter.role.value,
        "to": [letter.to],
        "from": writer,
        "subject": letter.subject,
        "text": letter.text,
        "headers": dict(headers),
    }
    return _line(desk, at, "sent", **told)
