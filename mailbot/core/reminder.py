"""Reminders and deadlines: when a ticket next needs attention, worked out anew each time and never stored as
a fact.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from mailbot.core.account import RESTORE
from mailbot.core.calendar import DAY, add_months
from mailbot.core.decision import Wake
from mailbot.core.letter import Role
from mailbot.core.workflow import clocks_of, holds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mailbot.core.account import Account, Clock
    from mailbot.core.desk import Desk
    from mailbot.core.rules import Move, ReminderRule
    from mailbot.core.ticket import Request, Ticket

MIDNIGHT = time(0)
HOUR = timedelta(hours=1)
LATE = "admin/late"


@dataclass(frozen=True, slots=True)
class Due:
    """Something that is to happen by itself: a reminder to `to`, or a move of the workflow.

    `key` names it among those that the request (or the case, where `workflow` is "case") has had.
    """

    at: datetime
    key: str
    workflow: str
    to: str = ""
    part: str = ""
    move: Move | None = None
    clock: str = ""
    any_hour: bool = False


def next_due(ticket: Ticket, accounts: Mapping[str, Account], desk: Desk) -> Wake | None:
    """When the ticket next needs attention, and for what (DESIGN.md, The story). None for a closed one.

    `accounts` holds those of its requests, by id.
    """
    first = min(dues(ticket, accounts, desk), key=lambda d: (d.at, d.key), default=None)
    return Wake(first.at, in_words(first)) if first else None


_READERS = {
    Role.PERSON: "the midwife",
    Role.REGIONAL_LEAD: "the regional lead",
    Role.ADMIN: "the admins",
    Role.CSP: "Customer Support",
}


def in_words(due: Due) -> str:
    """What will happen, for the queue."""
    if due.move is None:
        return f"reminder to {_READERS[Role(due.to)]}"
    if due.move.on == "after":
        return "closes for want of an answer"
    return "the time to restore the account ends" if due.clock == RESTORE else "the account will be deleted"


def dues(ticket: Ticket, accounts: Mapping[str, Account], desk: Desk) -> list[Due]:
    """Everything that is still to come, or late, in no order."""
    if not ticket.open:
        return []
    found = list(_case_dues(ticket, desk))
    for request in ticket.requests:
        if request.open:
            coming = _request_dues(ticket, request, accounts.get(request.account), desk)
            found += [d for d in coming if d.key not in request.reminded]
    return [_rested(d, ticket) for d in found]


def _rested(due: Due, ticket: Ticket) -> Due:
    """A reminder that was found late outside working hours waits: at the opening only the newest goes."""
    if ticket.rests_until is None or due.move or due.any_hour:
        return due
    return replace(due, at=max(due.at, ticket.rests_until))


def _case_dues(ticket: Ticket, desk: Desk) -> Iterator[Due]:
    for rule in desk.workflows.case.reminders:
        task = next((t for t in ticket.tasks if t.open and t.name in rule.states), None)
        if task is None:
            continue
        made: list[Due] = []
        if rule.clock:
            for clock in ticket.clocks:
                if clock.running and clock.name == rule.clock:
                    made += _by_clock(rule, clock, desk, task.opened, on_account=False, workflow="case")
                    made += _late_warnings([rule], clock, desk, "case")
        else:
            made += _by_state(rule, task.opened, desk, "case", f"{task.name}:")
        yield from (d for d in made if d.key not in ticket.reminded)


def _request_dues(ticket: Ticket, request: Request, account: Account | None, desk: Desk) -> Iterator[Due]:
    rules = desk.workflows[request.workflow]
    made: list[Due] = []
    for rule in rules.reminders:
        wanted = all(holds(condition, request, account) for condition in rule.when)
        if request.state not in rule.states or not wanted or _taken(rule, ticket, request):
            continue
        if rule.clock:
            made += _for_clocks(rule, request, account, desk)
        else:
            made += _by_state(rule, request.since, desk, rules.name, f"{_stamp(request.since)}:", request)
    for clock in clocks_of(request, account):
        watching = [
            r
            for r in rules.reminders
            if r.clock == clock.name and request.state in r.states and Role.ADMIN in r.to
        ]
        if clock.running and watching:
            made += _late_warnings(watching, clock, desk, rules.name)
    yield from (d for d in made if not (request.quiet and d.to != Role.ADMIN))
    yield from _moves(request, account, desk)


def _taken(rule: ReminderRule, ticket: Ticket, request: Request) -> bool:
    if not rule.until_taken:
        return False
    tasks = [t for t in (*ticket.tasks, *request.tasks) if t.name == rule.until_taken and t.open]
    return not any(not t.taken_by for t in tasks)


def _for_clocks(rule: ReminderRule, request: Request, account: Account | None, desk: Desk) -> list[Due]:
    on_account = account.clock(rule.clock) if account else None
    found: list[Due] = []
    for clock in clocks_of(request, account):
        if clock.running and clock.name == rule.clock:
            mine = clock is on_account
            found += _by_clock(rule, clock, desk, request.since, on_account=mine, workflow=request.workflow)
    return found


def _by_clock(
    rule: ReminderRule, clock: Clock, desk: Desk, since: datetime, *, on_account: bool, workflow: str
) -> list[Due]:
    """The rule's instants on one clock. What would have gone before the clock was known, or before the state,
    is not made up for.

    A clock that is only claimed reminds nobody but the admins (PROCEDURES.md, What authorises an account
    action).
    """
    end, floor = desk.calendar.at(clock.deadline, MIDNIGHT), max(clock.learned, since)
    roles = rule.to if on_account else tuple(r for r in rule.to if r == Role.ADMIN)
    return [
        Due(at, f"{rule.name} {key} {role} {clock.starts}", workflow, role, rule.part, clock=clock.name)
        for key, at in _instants(rule, clock, desk).items()
        for role in roles
        if floor <= at < end
    ]


def _instants(rule: ReminderRule, clock: Clock, desk: Desk) -> dict[str, datetime]:
    """When the rule's reminders go on that clock, by what names them."""
    calendar = desk.calendar
    act_by, end = calendar.act_by(clock.deadline), calendar.at(clock.deadline, MIDNIGHT)
    days = {f"+{n}": clock.starts + n * DAY for n in rule.days}
    days |= {f"+{n}m": add_months(clock.starts, n) for n in rule.months}
    days |= {f"-{n}": clock.deadline - n * DAY for n in rule.before_days}
    instants = {key: calendar.reminder(day, act_by) for key, day in days.items()}
    if rule.daily_from:
        day = clock.starts + rule.daily_from * DAY
        while day < clock.deadline:
            if at := calendar.daily(day, act_by):
                instants[f"daily {day}"] = at
            day += DAY
    if rule.at_act_by:
        instants["act by"] = calendar.at_act_by(act_by)
    return {key: at for key, at in instants.items() if at < end}


def _late_warnings(rules: Sequence[ReminderRule], clock: Clock, desk: Desk, workflow: str) -> list[Due]:
    """What makes up the admins' two warnings where a clock became known too late for the ordinary ones.

    Two in working time if two working days remain, else at once in working time, else at once at any hour
    (PROCEDURES.md, Clocks).
    """
    calendar, learned = desk.calendar, clock.learned
    ordinary = {at for rule in rules for at in _instants(rule, clock, desk).values()}
    # counted from the moment it became known: what an earlier state has sent counts as well
    taken = {at for at in ordinary if at >= learned}
    if len(taken) >= 2 or taken == ordinary:
        return []
    end = calendar.at(clock.deadline, MIDNIGHT)
    first = calendar.next_opening(learned)
    key = f"late {clock.name} {clock.starts}"

    def due(at: datetime, n: int, *, any_hour: bool = False) -> Due:
        return Due(at, f"{key} {n}", workflow, Role.ADMIN, LATE, clock=clock.name, any_hour=any_hour)

    if first >= end:
        return [due(learned, 0, any_hour=True)] if learned < end else []
    second = calendar.opening(calendar.next_working_day(calendar.local(first).date()))
    extra = [due(at, n) for n, at in enumerate((first, second), start=1) if at < end and at not in taken]
    return extra[: 2 - len(taken)]


def _by_state(
    rule: ReminderRule,
    since: datetime,
    desk: Desk,
    workflow: str,
    prefix: str,
    request: Request | None = None,
) -> list[Due]:
    calendar = desk.calendar
    base = calendar.local(calendar.next_opening(since)).date()
    instants = {
        f"{n} working days": calendar.opening(calendar.add_working_days(base, n)) for n in rule.working_days
    }
    if rule.at is not None:
        instants["same day"] = _same_day(rule, since, desk)
    if rule.hourly and request is not None:
        at = _next_hour(rule, since, desk, prefix, request)
        instants[f"hourly {at.isoformat()}"] = at
    return [
        Due(at, f"{prefix}{rule.name} {key} {role}", workflow, role, rule.part)
        for key, at in instants.items()
        for role in rule.to
    ]


def _same_day(rule: ReminderRule, since: datetime, desk: Desk) -> datetime:
    """That time on the day it came; what came after the cut-off, or on a closed day, goes at the next
    opening.
    """
    assert rule.at is not None
    calendar, local = desk.calendar, desk.calendar.local(since)
    in_time = rule.cut_off is None or local.time() <= rule.cut_off
    if calendar.is_working_day(local.date()) and in_time:
        return calendar.at(local.date(), rule.at)
    return calendar.opening(calendar.next_working_day(local.date()))


def _next_hour(rule: ReminderRule, since: datetime, desk: Desk, prefix: str, request: Request) -> datetime:
    """The next whole hour after the last one that went, counted from the start, in working hours."""
    mark = f"{prefix}{rule.name} hourly "
    went = [k[len(mark) :].partition(" ")[0] for k in request.reminded if k.startswith(mark)]
    last = max((datetime.fromisoformat(k) for k in went), default=since)
    following = last + HOUR
    return following if desk.calendar.is_open(following) else desk.calendar.next_opening(following)


def _moves(request: Request, account: Account | None, desk: Desk) -> Iterator[Due]:
    """The moves that time brings: a clock that runs out, a silence that lasted."""
    calendar = desk.calendar
    clocks = clocks_of(request, account)
    for move in desk.workflows[request.workflow].moves:
        if request.state not in move.sources or not all(holds(c, request, account) for c in move.when):
            continue
        if move.on == "after":
            base = calendar.local(calendar.next_opening(request.since)).date()
            at = calendar.opening(calendar.add_working_days(base, move.working_days))
            yield Due(at, f"move {move.to} {_stamp(request.since)}", request.workflow, move=move)
        elif move.on == "expired":
            for clock in clocks:
                if clock.running and clock.name == move.clock:
                    at = calendar.at(clock.deadline, MIDNIGHT)
                    key = f"expired {clock.name} {clock.deadline}"
                    yield Due(at, key, request.workflow, move=move, clock=clock.name)


def _stamp(at: datetime) -> str:
    return at.isoformat(timespec="minutes")
