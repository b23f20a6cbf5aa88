"""What the pages show: tickets and letters, turned into plain words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from mailbot.core import words
from mailbot.core.letter import Delivery
from mailbot.core.ticket import reference

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from mailbot.core.account import Clock
    from mailbot.core.calendar import Calendar
    from mailbot.core.letter import Letter
    from mailbot.core.ticket import Entry, Request, Task, Ticket

    Due = tuple[datetime, str] | None

_TELLING = frozenset({Delivery.FAILED, Delivery.UNCERTAIN, Delivery.HELD})
_NUMBERS = frozenset({"mobile", "old_mobile", "new_mobile"})
_SHOWN_DIGITS = 3  # of a mobile number, at most


@dataclass(frozen=True, slots=True)
class Waiting:
    """A task that waits for an admin."""

    task: str
    whom: str
    due: str
    late: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One case in the queue; `unsent` counts letters by state, with whether the state is a trouble."""

    reference: str
    who: str
    asks: tuple[str, ...]
    states: tuple[str, ...]
    waits: tuple[Waiting, ...]
    deadline: str
    about: str
    unsent: tuple[tuple[str, bool], ...]
    flags: tuple[str, ...]
    closed: str


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task with its evidence."""

    name: str
    state: str
    due: str
    evidence: tuple[str, ...]
    missing: tuple[str, ...]
    note: str
    open: bool


@dataclass(frozen=True, slots=True)
class RequestView:
    """One request of a case; steps are (when, what, why)."""

    title: str
    state: str
    claimant: str
    claims: tuple[tuple[str, str], ...]
    clocks: tuple[str, ...]
    steps: tuple[tuple[str, str, str], ...]
    tasks: tuple[TaskView, ...]


@dataclass(frozen=True, slots=True)
class EntryView:
    """One line of the history."""

    at: str
    what: str
    who: str
    subject: str
    text: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LetterView:
    """A letter as it was, or will be, sent."""

    id: str
    to: str
    subject: str
    text: str
    state: str
    when: str
    because: str
    troubled: bool


@dataclass(frozen=True, slots=True)
class Case:
    """Everything about one case."""

    row: Row
    subject: str
    opened: str
    mailbox: str
    closed: str
    possibly: tuple[str, ...]
    clocks: tuple[str, ...]
    requests: tuple[RequestView, ...]
    tasks: tuple[TaskView, ...]
    entries: tuple[EntryView, ...]
    letters: tuple[LetterView, ...]


def plain(name: str) -> str:
    """A name of the rules as words: `mark_joiner` is mark joiner."""
    return name.replace("_", " ")


@dataclass(frozen=True, slots=True)
class View:
    """Words for one look at the queue: the calendar gives the zone, `now` (aware) says what is late."""

    calendar: Calendar
    now: datetime

    def moment(self, at: datetime) -> str:
        local = self.calendar.local(at)
        return f"{words.day(local.date())}, {words.clock(local.time())}"

    def row(self, ticket: Ticket, letters: Sequence[Letter], due: Due) -> Row:
        return Row(
            reference=ticket.reference,
            who=_who(ticket),
            asks=_asks(ticket),
            states=_states(ticket),
            waits=tuple(self._waiting(task) for task in sorted(ticket.open_tasks(), key=lambda t: t.due)),
            deadline=self.moment(due[0]) if due else "",
            about=plain(due[1]) if due else "",
            unsent=_unsent(letter.state for letter in letters),
            flags=tuple(plain(flag) for flag in ticket.flags),
            closed=ticket.closed_because,
        )

    def case(self, ticket: Ticket, letters: Sequence[Letter], due: Due) -> Case:
        closed = ticket.closed and f"{self.moment(ticket.closed)}: {ticket.closed_because}"
        return Case(
            row=self.row(ticket, letters, due),
            subject=ticket.subject or "(no subject)",
            opened=self.moment(ticket.opened),
            mailbox=ticket.mailbox,
            closed=closed or "",
            possibly=tuple(reference(number) for number in ticket.possibly),
            clocks=tuple(self._clock(clock) for clock in ticket.clocks),
            requests=tuple(self._request(request) for request in ticket.requests),
            tasks=tuple(self._task(task) for task in ticket.tasks),
            entries=tuple(self._entry(entry) for entry in ticket.entries),
            letters=tuple(self._letter(letter) for letter in letters),
        )

    def _waiting(self, task: Task) -> Waiting:
        return Waiting(
            plain(task.name), task.taken_by or "an admin", self.moment(task.due), task.due < self.now
        )

    def _task(self, task: Task) -> TaskView:
        waits = f"taken by {task.taken_by}" if task.taken_by else "waits for an admin"
        ended = f"{task.outcome} by {task.ended_by}"
        return TaskView(
            name=plain(task.name),
            state=waits if task.open else f"{ended}, {self.moment(task.ended)}" if task.ended else ended,
            due=self.moment(task.due),
            evidence=tuple(plain(item) for item in task.evidence),
            missing=tuple(plain(item) for item in task.missing),
            note=task.note,
            open=task.open,
        )

    def _request(self, request: Request) -> RequestView:
        name = request.claimant_name
        return RequestView(
            title=plain(request.workflow),
            state=plain(request.state),
            claimant=f"{name} <{request.claimant}>" if name else request.claimant,
            claims=tuple((plain(k), _claim(k, v, k in request.confirmed)) for k, v in request.claims.items()),
            clocks=tuple(self._clock(clock) for clock in request.clocks),
            steps=tuple((self.moment(s.at), _passage(s.before, s.state), s.because) for s in request.steps),
            tasks=tuple(self._task(task) for task in request.tasks),
        )

    def _clock(self, clock: Clock) -> str:
        start = "at the latest" if clock.assumed else "known"
        act_by = self.moment(self.calendar.act_by(clock.deadline))
        ended = f" Ended: {clock.ended_because}." if clock.ended else ""
        return (
            f"{plain(clock.name)}: from {words.day(clock.starts)} ({start}), deleted on"
            f" {words.day(clock.deadline)}; act by {act_by}.{ended}"
        )

    def _entry(self, entry: Entry) -> EntryView:
        trust = (f"trust: {entry.trust}",) if entry.trust else ()
        intents = (f"asks for: {', '.join(plain(i) for i in entry.intents)}",) if entry.intents else ()
        return EntryView(
            at=self.moment(entry.at),
            what=entry.kind,
            who=entry.who,
            subject=entry.subject,
            text=entry.text.strip(),
            notes=(*intents, *trust, *entry.because),
        )

    def _letter(self, letter: Letter) -> LetterView:
        return LetterView(
            id=letter.id,
            to=f"{letter.to_name} <{letter.to}>" if letter.to_name else letter.to,
            subject=letter.subject,
            text=letter.text.strip(),
            state=str(letter.state),
            when=self.moment(letter.sent or letter.not_before),
            because=letter.because,
            troubled=letter.state in _TELLING,
        )


def _who(ticket: Ticket) -> str:
    asked = next((r for r in ticket.requests if r.claimant_name or r.claimant), None)
    if asked:
        return asked.claimant_name or asked.claimant
    return next(iter(ticket.participants), "nobody known")


def _asks(ticket: Ticket) -> tuple[str, ...]:
    if ticket.requests:
        return tuple(plain(request.workflow) for request in ticket.requests)
    return tuple(plain(intent) for entry in ticket.entries[:1] for intent in entry.intents)


def _states(ticket: Ticket) -> tuple[str, ...]:
    if not ticket.open:
        return ("closed",)
    return tuple(plain(request.state) for request in ticket.requests) or ("not sorted yet",)


def _unsent(states: Iterable[Delivery]) -> tuple[tuple[str, bool], ...]:
    found = list(states)
    return tuple(
        (f"{found.count(s)} {s}", s in _TELLING) for s in Delivery if s in found and s != Delivery.SENT
    )


def _claim(name: str, value: str, confirmed: bool) -> str:
    if name in _NUMBERS or name.endswith("mobile"):
        value = f"number ending {value[-_SHOWN_DIGITS:]}"
    else:
        value = _as_day(value)
    return f"{value} ({'confirmed' if confirmed else 'claimed'})"


def _as_day(value: str) -> str:
    try:
        return words.day(date.fromisoformat(value))
    except ValueError:
        return value


def _passage(before: str | None, state: str) -> str:
    return f"{plain(before)} → {plain(state)}" if before else f"opened: {plain(state)}"
