"""The engine: what a request does when something happens to it, as its workflow's rules say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mailbot.core.account import LEAVER, Account, Clock, ended, running, with_clock
from mailbot.core.ticket import Request, Step, Task

if TYPE_CHECKING:
    from datetime import date, datetime

    from mailbot.core.desk import Desk
    from mailbot.core.rules import ClockStart, LetterRule, Move, TaskRule

OWN, LEAD, ADMIN, OTHER = "own", "lead", "admin", "other"
PROVEN = (OWN, LEAD, ADMIN)
SPOKEN = "Spoken to on the registered mobile number"


@dataclass(frozen=True, slots=True)
class Trigger:
    """What happened to a request. `on` and the rest are those of `rules.Move`; `who` is the level of
    evidence.

    `today` is the day that a clock starting "today" starts: the deadline that passed, or the local day.
    """

    on: str
    at: datetime
    today: date
    labels: tuple[str, ...] = ()
    who: str = OTHER
    task: str = ""
    clock: str = ""


@dataclass(frozen=True, slots=True)
class Advance:
    """What a move made of a request: its new self, its account's, the clocks that ended and the letters to
    write.
    """

    request: Request
    account: Account | None
    letters: tuple[LetterRule, ...] = ()
    stopped: tuple[str, ...] = ()
    because: str = ""


def advance(request: Request, account: Account | None, trigger: Trigger, desk: Desk) -> Advance | None:
    """The first of the workflow's moves that fits, carried out; None where none does (PROCEDURES.md,
    Workflows).

    An admin vouches for whoever the move asks for.
    """
    move = _fitting(request, account, trigger, desk)
    return _carried_out(move, request, account, trigger, desk) if move else None


def _fitting(request: Request, account: Account | None, trigger: Trigger, desk: Desk) -> Move | None:
    for move in desk.workflows[request.workflow].moves:
        if (
            move.on == trigger.on
            and request.state in move.sources
            and (not move.labels or set(move.labels) & set(trigger.labels))
            and (not move.who or trigger.who in (*move.who, ADMIN))
            and move.task == trigger.task
            and move.clock == trigger.clock
            and all(holds(condition, request, account) for condition in move.when)
        ):
            return move
    return None


def holds(condition: str, request: Request, account: Account | None) -> bool:
    """Whether a condition of a rule holds; the words are those that `config.workflows` admits."""
    word, _, rest = condition.partition(" ")
    if word == "has":
        return any(request.claims.get(fact) for fact in rest.split(" or "))
    if word == "lacks":
        return not request.claims.get(rest)
    if word == "asks":
        return rest in request.labels
    if condition == "lead asked":
        return "joiner_request" in request.labels
    if condition == "no clock":
        return not any(c.running for c in clocks_of(request, account))
    if condition == "details missing":
        assumed = any(c.running and c.name == LEAVER and c.assumed for c in clocks_of(request, account))
        unsaid = assumed and not request.claims.get("leaver_date")
        return unsaid or any(t.open and t.missing for t in request.tasks)
    raise ValueError(f"no such condition: {condition}")


def _because(move: Move, trigger: Trigger) -> str:
    """Why it moved. A rule's words tell what a mail proves, which is no mail's where an admin says it."""
    return (
        "An admin said so, without a mail" if trigger.on == "mail" and trigger.who == ADMIN else move.because
    )


def _carried_out(
    move: Move, request: Request, account: Account | None, trigger: Trigger, desk: Desk
) -> Advance:
    stopped: tuple[str, ...] = ()
    if move.ends_clock:
        if running(clocks_of(request, account), move.ends_clock):
            stopped = (move.ends_clock,)
        request, account = end_clock(request, account, move.ends_clock, trigger.at, move.because)
    if move.starts:
        request, account = start_clock(request, account, move.starts, trigger, desk)
    request = _moved(request, move, trigger, desk)
    for name in move.tasks:
        if not request.open_task(name):
            rule = desk.workflows[request.workflow].tasks[name]
            request = request.with_task(_task(rule, request, account, trigger, desk))
    return Advance(
        with_missing(request, account, desk), account, move.letters, stopped, _because(move, trigger)
    )


def _moved(request: Request, move: Move, trigger: Trigger, desk: Desk) -> Request:
    """The request in the move's state. What the old state left undone is dropped: its time has gone."""
    before = request.state
    request = request.moved(move.to, trigger.at, _because(move, trigger))
    if request.state == before:
        return request
    tasks = tuple(
        replace(t, ended=trigger.at, ended_by="mailbot", outcome="dropped")
        if t.open and t.name not in move.tasks
        else t
        for t in request.tasks
    )
    ends = desk.workflows[request.workflow].states[move.to].ends
    return replace(request, tasks=tasks, ended=trigger.at if ends else None)


def opened(workflow: str, trigger: Trigger, claimant: str, name: str, *, own: bool) -> Request:
    """A request that has only just come to be: the workflow's first move takes it out of the state `new`."""
    return Request(
        workflow=workflow,
        labels=(),
        state="new",
        since=trigger.at,
        opened=trigger.at,
        claimant=claimant,
        claimant_name=name,
        own=own,
    )


def entered(request: Request) -> Request:
    """The request with its first step told as an opening: `before` is None there."""
    if request.steps and request.steps[0].before == "new":
        first = request.steps[0]
        return replace(request, steps=(Step(first.at, None, first.state, first.because), *request.steps[1:]))
    return request


def clocks_of(request: Request, account: Account | None) -> tuple[Clock, ...]:
    """The clocks that rule the request: its account's, and the assumed ones that it holds itself."""
    return (*(account.clocks if account else ()), *request.clocks)


def start_clock(
    request: Request, account: Account | None, start: ClockStart, trigger: Trigger, desk: Desk
) -> tuple[Request, Account | None]:
    """Starts the clock on the account where the evidence allows, or else, assumed, on the request.

    A start that nobody stated is assumed to be today, unless one is known already (PROCEDURES.md, Clocks).
    """
    stated = trigger.today if start.starts == "today" else request.claimed_date(start.starts)
    earlier = running(clocks_of(request, account), start.name)
    if stated is None and earlier:
        stated, assumed = earlier.starts, earlier.assumed
    else:
        assumed = stated is None or trigger.who == OTHER
    day = stated or trigger.today
    if account and account.clock(start.name) and trigger.who == OTHER:
        return request, account  # what stands on an account's own word is not moved by anybody else's
    proven = account is not None and trigger.who in PROVEN
    same = earlier is not None and earlier.starts == day and earlier.running
    clock = Clock(
        name=start.name,
        starts=day,
        deadline=desk.workflows.clocks[start.name].deadline(day),
        assumed=assumed,
        evidence=_EVIDENCE[trigger.who],
        learned=earlier.learned if earlier and same else trigger.at,
    )
    if not proven:
        return replace(request, clocks=with_clock(request.clocks, clock)), account
    assert account is not None
    request = replace(request, clocks=ended(request.clocks, start.name, trigger.at, "moved to the account"))
    return request, account.with_clock(clock)


_EVIDENCE = {
    OWN: "written from the account itself",
    LEAD: "the regional lead's request",
    ADMIN: "an admin's act",
    OTHER: "claimed by somebody who did not write from the account",
}


def end_clock(
    request: Request, account: Account | None, name: str, at: datetime, because: str
) -> tuple[Request, Account | None]:
    """Ends the running clock of that name, on the request and on the account."""
    request = replace(request, clocks=ended(request.clocks, name, at, because))
    return request, account.without_clock(name, at, because) if account else None


def _task(rule: TaskRule, request: Request, account: Account | None, trigger: Trigger, desk: Desk) -> Task:
    due = _due(rule, request, trigger.at, desk)
    return Task(rule.name, trigger.at, due, (), evidence(rule, request, account, trigger))


def _due(rule: TaskRule, request: Request, opened: datetime, desk: Desk) -> datetime:
    """On the day that the first stated fact of `due_on` names, if to come; else counted from opening."""
    stated = next((d for f in rule.due_on if (d := request.claimed_date(f))), None)
    if stated is not None and stated > desk.today(opened):
        return desk.closing_of(stated)
    return due_in(rule.due_in, opened, desk)


def due_in(working_days: int, at: datetime, desk: Desk) -> datetime:
    """The closing of the working day that is so many after the one on which the team next works."""
    first = desk.calendar.local(desk.calendar.next_opening(at)).date()
    return desk.calendar.closing(desk.calendar.add_working_days(first, working_days))


def evidence(rule: TaskRule, request: Request, account: Account | None, trigger: Trigger) -> tuple[str, ...]:
    """What is proven, in the words that the admin reads beside the task."""
    lines = [f"Needed: {rule.evidence}"] if rule.evidence else []
    lines.append(f"So far: {_EVIDENCE[trigger.who]}")
    lines += [f"Done by {t.ended_by}: {t.name}" for t in request.tasks if t.outcome == "done"]
    lines += [line for t in request.tasks for line in t.evidence if line.startswith(SPOKEN)]
    if not account and request.claims.get("account"):
        lines.append("The account is only claimed: check it before you act")
    return tuple(lines)


def with_missing(request: Request, account: Account | None, desk: Desk) -> Request:
    """The request with every open task's missing facts and due time worked out anew."""
    rules = desk.workflows[request.workflow].tasks
    tasks = tuple(
        replace(
            t,
            missing=missing(rules[t.name], request, account),
            due=_due(rules[t.name], request, t.opened, desk),
        )
        if t.open and t.name in rules
        else t
        for t in request.tasks
    )
    return request if tasks == request.tasks else replace(request, tasks=tasks)


def missing(rule: TaskRule, request: Request, account: Account | None) -> tuple[str, ...]:
    """The required facts that nobody gave; a leaver date that is only assumed counts as given."""
    return tuple(f for f in rule.needs if not _known(f, request, account))


def asked(request: Request, account: Account | None, desk: Desk) -> tuple[str, ...]:
    """The facts that the request's state asks for, and those that its open tasks lack."""
    rules = desk.workflows[request.workflow]
    tasks = [rules.tasks[t.name] for t in request.tasks if t.open and t.name in rules.tasks]
    lacking = [fact for rule in tasks for fact in missing(rule, request, account)]
    state = rules.states.get(request.state)
    return tuple(dict.fromkeys((*(state.asks if state else ()), *lacking)))


def _known(fact: str, request: Request, account: Account | None) -> bool:
    if request.claims.get(fact):
        return True
    if fact == "leaver_date":
        return running(clocks_of(request, account), "leaver") is not None
    if fact == "last_day":
        return bool(request.claims.get("leaver_date"))
    return fact == "account" and account is not None


def finished(request: Request, task: str, by: str, at: datetime, outcome: str, note: str) -> Request:
    """The request with that open task ended by an admin."""
    found = request.open_task(task)
    assert found is not None
    return request.with_task(replace(found, ended=at, ended_by=by, outcome=outcome, note=note))
