"""The tally of a simulated year: what came, what left, what was done in time, month by month."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mailbot.core.account import RESTORE, Clock, running
from mailbot.core.event import AdminActed, MailCame
from mailbot.core.letter import Letter, Role, Sort
from mailbot.core.message import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from mailbot.bot import Happening
    from mailbot.core.desk import Desk
    from mailbot.core.rules import Move
    from mailbot.core.ticket import Request, Task, Ticket

NEUTRAL = ("receipt",)  # letters that say only that a mail came


@dataclass(slots=True)
class Month:
    """The figures of one month.

    `clocks_left` are cases closed while a clock of their account still ran, `waited` the minutes until each
    mail had its first answer in substance.
    """

    mails: int = 0
    cases: int = 0
    for_a_person: int = 0
    answers: int = 0
    reminders: int = 0
    to_admins: int = 0
    digests: int = 0
    acts: int = 0
    done_in_time: int = 0
    done_late: int = 0
    deadlines_met: int = 0
    deadlines_missed: int = 0
    clocks_left: int = 0
    waited: list[float] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        """The figures as JSON knows them; of the waits the share within a minute, the middle and the 95%."""
        figures: dict[str, Any] = {name: getattr(self, name) for name in FIGURES}
        waits = sorted(self.waited)
        figures["answered_at_once"] = round(sum(w <= 1 for w in waits) / len(waits), 3) if waits else None
        figures["first_answer_median_minutes"] = _quantile(waits, 0.5)
        figures["first_answer_p95_minutes"] = _quantile(waits, 0.95)
        return figures

    def add(self, other: Month) -> None:
        for name in FIGURES:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.waited += other.waited


FIGURES = (
    "mails", "cases", "for_a_person", "answers", "reminders", "to_admins", "digests", "acts", "done_in_time",
    "done_late", "deadlines_met", "deadlines_missed", "clocks_left",
)  # fmt: skip


def _quantile(waits: list[float], share: float) -> int | None:
    return round(waits[min(int(len(waits) * share), len(waits) - 1)]) if waits else None


class Tally:
    """Counts what happens. `missed` tells each missed deadline, `refused` why acts could not be done."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.months: dict[str, Month] = {}
        self.missed: list[str] = []
        self.refused: Counter[str] = Counter()
        self._waiting: dict[tuple[int, str], datetime] = {}

    def month(self, at: datetime) -> Month:
        return self.months.setdefault(f"{self.desk.calendar.local(at):%Y-%m}", Month())

    def year(self) -> Month:
        """All months together."""
        whole = Month()
        for month in self.months.values():
            whole.add(month)
        return whole

    # --- letters ------------------------------------------------------------------------------------

    def left(self, letter: Letter, at: datetime) -> None:
        """A letter left."""
        month = self.month(at)
        if letter.ticket == 0:
            month.digests += 1
        elif letter.role is Role.ADMIN:
            month.to_admins += 1
        elif letter.sort is Sort.REMINDER:
            month.reminders += 1
        else:
            month.answers += 1
        if letter.parts != NEUTRAL and letter.role is not Role.ADMIN:
            came = self._waiting.pop((letter.ticket, letter.to), None)
            if came is not None:
                self.month(came).waited.append((at - came).total_seconds() / 60)

    # --- happenings ---------------------------------------------------------------------------------

    def happened(self, happening: Happening, at: datetime) -> None:
        """A mail came, an admin acted or a moment came."""
        month = self.month(at)
        if isinstance(happening.event, MailCame):
            self._came(happening, happening.event, at)
        elif isinstance(happening.event, AdminActed):
            month.acts += 1
        for ticket in happening.decision.tickets:
            before = happening.before.get(ticket.number)
            month.cases += before is None
            for task in _ended(before, ticket):
                if task.outcome in ("done", "refused"):
                    month.done_in_time += task.ended is not None and task.ended <= task.due
                    month.done_late += task.ended is not None and task.ended > task.due
            self._expired(before, ticket, month, at)
            if ticket.closed and before and not before.closed:
                self._left(before, happening, month, at)
        month.deadlines_met += sum(1 for _ in _stopped(happening))

    def _came(self, happening: Happening, event: MailCame, at: datetime) -> None:
        month, seen = self.month(at), happening.decision.seen
        month.mails += 1
        month.for_a_person += event.triage.act == "human"
        answerable = event.message.kind is Kind.PERSON and not event.silence
        if seen and answerable and "acknowledge" not in event.triage.intents:
            self._waiting.setdefault((seen.ticket, event.message.sender.address), at)

    def _expired(self, before: Ticket | None, after: Ticket, month: Month, at: datetime) -> None:
        """A clock that ran out on a request that does not end so is a deadline missed."""
        for n, request in enumerate(after.requests):
            had = len(before.requests[n].steps) if before and n < len(before.requests) else 0
            for step in request.steps[had:]:
                move = self._move(request, step.state, step.because)
                ends = self.desk.workflows[request.workflow].states[step.state].ends
                if move and move.on == "expired" and not ends:
                    month.deadlines_missed += 1
                    told = f"{self.desk.calendar.local(at):%Y-%m-%d}"
                    self.missed.append(
                        f"{told} {after.reference} {request.workflow}: {step.before} → {step.state}"
                    )

    def _left(self, before: Ticket, happening: Happening, month: Month, at: datetime) -> None:
        """A case that lived by its account's clock is closed, and nobody else watches the clock."""
        after = {a.id: a for a in happening.decision.accounts}
        others = {**happening.before, **{t.number: t for t in happening.decision.tickets}}
        watched = {r.account for t in others.values() if t.open for r in t.requests if r.open}
        for request in before.requests:
            account = after.get(request.account) or happening.accounts_before.get(request.account)
            lives_by = {m.clock for m in self.desk.workflows[request.workflow].moves} - {"", RESTORE}
            left = account and any(c.running and c.name in lives_by for c in account.clocks)
            if request.open and left and request.account not in watched:
                month.clocks_left += 1
                told = f"{request.workflow}: closed, its clock runs on"
                self.missed.append(f"{self._day(at)} {before.reference} {told}")

    def _day(self, at: datetime) -> str:
        return f"{self.desk.calendar.local(at):%Y-%m-%d}"

    def _move(self, request: Request, to: str, because: str) -> Move | None:
        moves = self.desk.workflows[request.workflow].moves
        return next((m for m in moves if m.to == to and m.because == because), None)


def _ended(before: Ticket | None, after: Ticket) -> Iterator[Task]:
    """The tasks that were finished just now."""
    had = {(t.name, t.opened) for t in _tasks(before) if not t.open} if before else set()
    for task in _tasks(after):
        if not task.open and (task.name, task.opened) not in had:
            yield task


def _tasks(ticket: Ticket | None) -> Iterator[Task]:
    if ticket:
        yield from ticket.tasks
        for request in ticket.requests:
            yield from request.tasks


def _stopped(happening: Happening) -> Iterator[Clock]:
    """The clocks of accounts that were stopped before their deadline."""
    after: Mapping[str, Any] = {a.id: a for a in happening.decision.accounts}
    for number, account in happening.accounts_before.items():
        for clock in account.clocks:
            now = after.get(number, account).clocks
            if not clock.running or clock.name == RESTORE or running(now, clock.name):
                continue
            ended = next(
                (c for c in now if c.name == clock.name and c.starts == clock.starts and c.ended), None
            )
            if ended and ended.ended and ended.ended.date() < ended.deadline:
                yield ended
