"""The takeover: clocks that ran before the bot did become cases, in one decision and without a letter."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mailbot.core import words
from mailbot.core import workflow as engine
from mailbot.core.account import DISABLED, LEAVER, Account, running
from mailbot.core.decision import Audit, Decision
from mailbot.core.ticket import Entry, Request, Ticket
from mailbot.core.workflow import ADMIN, Trigger, clocks_of, entered, opened

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from mailbot.core.desk import Desk
    from mailbot.core.event import ClocksTakenOver
    from mailbot.core.rules import Move

# What a mail would have asked for that started the clock, and the fact that says when it started.
_ASKED = {LEAVER: ("leaver_confirmed", "leaver_date"), DISABLED: ("disable", "absence_from")}
CLOCKS = tuple(_ASKED)


@dataclass(frozen=True, slots=True)
class Running:
    """A clock that runs already; `account` is in lower case, `starts` the first of its days."""

    account: str
    name: str
    clock: str
    starts: date
    old_organisation: str = ""
    note: str = ""


class NoWayError(ValueError):
    """The rules have no way that leads to such a clock: they were changed."""


def fault(row: Running, known: Account | None, desk: Desk, today: date) -> str:
    """Why this clock cannot be taken over, "" where it can; `known` is the account as the store has it."""
    if not desk.people.inside(row.account):
        return f"{row.account} is no {desk.names.product} address"
    if row.clock not in desk.workflows.clocks or row.clock not in CLOCKS:
        return f"there is no clock {row.clock!r} to import; write {' or '.join(CLOCKS)}"
    if row.starts > today:
        return f"{words.day(row.starts)} is still to come: a clock that has not started cannot be imported"
    deadline = desk.workflows.clocks[row.clock].deadline(row.starts)
    if deadline <= today:
        return f"its deadline was {words.day(deadline)}: the account is deleted, open a case by hand"
    if known and (found := known.clock(row.clock)):
        return f"its {row.clock} clock runs already, since {words.day(found.starts)}"
    return ""


def take_over(event: ClocksTakenOver, accounts: Sequence[Account], desk: Desk, now: datetime) -> Decision:
    """What the event brings; `accounts` are those of its clocks that the store knows. Raises NoWayError."""
    known = {address: account for account in accounts for address in account.addresses}
    here = {c.account: known[c.account] for c in event.clocks if c.account in known}
    return takeover(
        event.clocks, here, desk, now, event.by, number=event.number, account_number=event.account_number
    )


def takeover(
    rows: Iterable[Running],
    accounts: Mapping[str, Account],
    desk: Desk,
    now: datetime,
    by: str,
    *,
    number: int,
    account_number: int,
) -> Decision:
    """A case for each clock, in the state to which the rules lead; its reminders count from now.

    `accounts` are those that the store knows, by address; `number` and `account_number` the next free ones.
    Raises NoWayError.
    """
    tickets: list[Ticket] = []
    known = dict(accounts)
    for n, row in enumerate(rows):
        account = known.get(row.account)
        if account is None:
            account = Account(f"A-{account_number:06d}", (row.account,), row.name)
            account_number += 1
        request, account = _begun(row, account, desk, now, by)
        known[row.account] = account
        tickets.append(_case(number + n, row, request, now, by))
    changed = {a.id: a for address, a in known.items() if accounts.get(address) != a}
    audit = tuple(Audit(now, by, "case imported", t.number, "its clock ran already") for t in tickets)
    return Decision(tickets=tuple(tickets), accounts=tuple(changed.values()), audit=audit)


def _begun(row: Running, account: Account, desk: Desk, now: datetime, by: str) -> tuple[Request, Account]:
    """The request, moved as the rules say until its clock runs. The letters of those moves are not written:
    they would tell people old news.
    """
    label, fact = _ASKED[row.clock]
    workflow = desk.workflows.for_label(label)
    if workflow is None:
        raise NoWayError(f"no workflow begins with {label}")
    trigger = Trigger("mail", now, row.starts, (label,), ADMIN)
    facts = {"account": row.account, "name": row.name, "old_organisation": row.old_organisation}
    facts = {k: v for k, v in facts.items() if v} | {fact: row.starts.isoformat()}
    request = replace(
        opened(workflow.name, trigger, row.account, row.name, own=False),
        labels=(label,), claims=facts, confirmed=tuple(facts), account=account.id,
    )  # fmt: skip
    request, account = _moved(request, account, trigger, desk)
    for move in workflow.moves:
        if running(clocks_of(request, account), row.clock):
            break
        if _starts(move, request, row.clock):
            request = engine.finished(request, move.task, by, now, "done", "done before the bot came")
            done = Trigger("done", now, row.starts, who=ADMIN, task=move.task)
            request, account = _moved(request, account, done, desk)
    if not running(account.clocks, row.clock):
        raise NoWayError(f"{workflow.name} has no way that starts the {row.clock} clock")
    return entered(request), account


def _starts(move: Move, request: Request, clock: str) -> bool:
    return (
        move.on == "done"
        and move.starts is not None
        and move.starts.name == clock
        and request.state in move.sources
        and request.open_task(move.task) is not None
    )


def _moved(request: Request, account: Account, trigger: Trigger, desk: Desk) -> tuple[Request, Account]:
    moved = engine.advance(request, account, trigger, desk)
    if moved is None or moved.account is None:
        raise NoWayError(f"{request.workflow} does not go on from {request.state} here")
    return moved.request, moved.account


def _case(number: int, row: Running, request: Request, now: datetime, by: str) -> Ticket:
    said = f"imported: the {row.clock} clock, started on {words.day(row.starts)}"
    return Ticket(
        number=number,
        subject=f"imported: {row.clock} clock",
        opened=now,
        mailbox="",
        participants=(row.account,),
        account=request.account,
        requests=(request,),
        entries=(Entry(now, "act", by, f"{said}. {row.note}" if row.note else said),),
    )
