"""Timing: what happens by itself when a ticket's moment has come."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mailbot.core import facts
from mailbot.core.correspondence import Planned
from mailbot.core.draft import Draft
from mailbot.core.letter import Fact, Role, Sort
from mailbot.core.reminder import Due, dues
from mailbot.core.rules import LetterRule
from mailbot.core.workflow import Trigger

LONGEST_CHAIN = 9
"""Moves that one wake may bring: a deadline, the window after it, the same for what shares the account."""

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from mailbot.core.account import Account
    from mailbot.core.decision import Decision
    from mailbot.core.desk import Desk
    from mailbot.core.ticket import Request, Ticket


def wake(
    number: int, tickets: Sequence[Ticket], accounts: Sequence[Account], desk: Desk, now: datetime
) -> Decision:
    """Sends what is due and records that it went, in one decision. Of several that are late, only the newest
    goes.
    """
    draft = Draft(desk, now, tickets, accounts)
    for _ in range(LONGEST_CHAIN):
        moves = sorted((d for d in _late(draft, number) if d.move), key=lambda d: d.at)
        if not moves:
            break
        _move(draft, number, moves[0], Sort.REMINDER)
    late = [d for d in _late(draft, number) if not d.move]
    if not desk.calendar.is_open(now) and not all(d.any_hour for d in late):
        draft.put(replace(draft.tickets[number], rests_until=desk.calendar.next_opening(now)))
        late = [d for d in late if d.any_hour]
    _remind(draft, number, late)
    newest = {(p.ticket, p.workflow, p.role, p.to): p for p in draft.planned}
    draft.planned = list(newest.values())
    return draft.decision()


def run_out(draft: Draft, number: int, sort: Sort) -> None:
    """Lets run out at once what was told of after its deadline; who is told of that gets no other letter."""
    before = len(draft.planned)
    for _ in range(LONGEST_CHAIN):
        over = [d for d in _late(draft, number) if d.move and d.move.on == "expired"]
        if not over:
            break
        _move(draft, number, min(over, key=lambda d: d.at), sort)
    said = {(p.ticket, p.workflow, p.to) for p in draft.planned[before:]}
    kept = [p for p in draft.planned[:before] if (p.ticket, p.workflow, p.to) not in said]
    draft.planned = [*kept, *draft.planned[before:]]


def _late(draft: Draft, number: int) -> list[Due]:
    return [d for d in dues(draft.tickets[number], draft.accounts, draft.desk) if d.at <= draft.now]


def _move(draft: Draft, number: int, due: Due, sort: Sort) -> None:
    """A clock of the account that runs out does so for every open case of the account."""
    move = due.move
    request = next((r for r in draft.tickets[number].requests if r.open and r.workflow == due.workflow), None)
    if move is None or request is None:
        return
    local = draft.desk.calendar.local(due.at).date()
    trigger = Trigger(
        move.on, draft.now, local, clock=move.clock, who="admin" if request.account else "other"
    )
    if move.on != "expired":
        draft.fire(number, request, trigger, sort)
        draft.close_if_done(number)
        return
    for ticket, each in _sharing(draft, number, request):
        draft.fire(ticket, each, trigger, sort)
        draft.close_if_done(ticket)
    _end(draft, number, request, due)


def _sharing(draft: Draft, number: int, request: Request) -> list[tuple[int, Request]]:
    if not request.account:
        return [(number, request)]
    return [
        (ticket.number, each)
        for ticket in draft.tickets.values()
        for each in ticket.requests
        if each.open and each.account == request.account
    ]


def _end(draft: Draft, number: int, request: Request, due: Due) -> None:
    account = draft.accounts.get(request.account)
    because = "the deadline passed"
    if account:
        draft.accounts[account.id] = account.without_clock(due.clock, draft.now, because)
    ticket = draft.tickets[number]
    requests = tuple(
        replace(r, clocks=tuple(
            replace(c, ended=draft.now, ended_because=because) if c.name == due.clock and c.running else c
            for c in r.clocks
        ))
        for r in ticket.requests
    )  # fmt: skip
    draft.put(replace(ticket, requests=requests))


def _remind(draft: Draft, number: int, late: list[Due]) -> None:
    """The newest of each kind of reader's late reminders goes; all of them are recorded, so that none comes
    again.
    """
    newest: dict[tuple[str, str], Due] = {}
    for due in sorted(late, key=lambda d: d.at):
        newest[due.workflow, due.to] = due
    for due in newest.values():
        _plan(draft, number, due)
    ticket = draft.tickets[number]
    requests = tuple(
        replace(r, reminded=(*r.reminded, *(_key(d, draft.now) for d in late if d.workflow == r.workflow)))
        if r.open
        else r
        for r in ticket.requests
    )
    of_case = tuple(d.key for d in late if d.workflow == "case")
    draft.put(replace(ticket, requests=requests, reminded=(*ticket.reminded, *of_case)))


def _key(due: Due, now: datetime) -> str:
    """What is hourly goes on from when it went, so that an outage is not made up for hour by hour."""
    head, hourly, rest = due.key.rpartition("hourly ")
    return f"{head}{hourly}{now.isoformat()} {rest.partition(' ')[2]}" if hourly else due.key


def _plan(draft: Draft, number: int, due: Due) -> None:
    sort = Sort.ALERT if due.any_hour else Sort.REMINDER
    ticket = draft.tickets[number]
    draft.audit(number, f"reminder {due.workflow} {due.key}", "its time has come")
    request = ticket.request(due.workflow) if due.workflow != "case" else None
    rule = LetterRule(due.to, due.part)
    if request is not None:
        draft.plan(number, request, rule, sort)
        return
    for to in draft.desk.people.admins:
        draft.write(Planned(number, Role.ADMIN, to, due.part, sort, "", _case_facts(draft, ticket)))


def _case_facts(draft: Draft, ticket: Ticket) -> dict[str, Fact]:
    rules = draft.desk.workflows.case.tasks
    titles = tuple(rules[t.name].title for t in ticket.tasks if t.open and t.name in rules)
    found: dict[str, Fact] = {"title": titles[0] if titles else "", "tasks": titles}
    return found | facts.of_clocks(ticket.clocks, draft.desk, draft.now)
