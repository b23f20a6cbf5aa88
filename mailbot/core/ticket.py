"""A ticket: one conversation with its reference, the requests that run in it and the tasks that they need."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from mailbot.core.account import Clock  # noqa: TC001 - the store reads the types of what it keeps

if TYPE_CHECKING:
    from collections.abc import Mapping


PREFIX = "IM-"


def reference(number: int) -> str:
    """The ticket's reference as people write it: IM-000123."""
    return f"{PREFIX}{number:06d}"


@dataclass(frozen=True, slots=True)
class Task:
    """What an admin must do, with its evidence.

    `missing` names the required facts that nobody has given. `due` is an aware instant. `outcome` is `done`,
    `refused` or
    `dropped` once `ended` is set.
    """

    name: str
    opened: datetime
    due: datetime
    missing: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    taken_by: str = ""
    ended: datetime | None = None
    ended_by: str = ""
    outcome: str = ""
    note: str = ""

    @property
    def open(self) -> bool:
        return self.ended is None


@dataclass(frozen=True, slots=True)
class Step:
    """A state that a request entered, and why. `before` is None at its opening."""

    at: datetime
    before: str | None
    state: str
    because: str


@dataclass(frozen=True, slots=True)
class Request:
    """One workflow running in a ticket.

    `claims` are the facts that somebody stated (dates as ISO text), `confirmed` the names of those that the
    evidence
    PROCEDURES.md asks for has proven. `claimant` is who asked, `own` that she wrote from the account itself,
    `clocks` are the
    assumed ones that an outsider's claim started, `reminded` the keys of the reminders that went or were
    passed over, `not_told` who should have been addressed and was not,
    `quiet` that a withdrawal stopped the reminders to her and to the lead.
    """

    workflow: str
    labels: tuple[str, ...]
    state: str
    since: datetime
    opened: datetime
    claimant: str
    claimant_name: str = ""
    own: bool = False
    account: str = ""
    claims: Mapping[str, str] = field(default_factory=dict)
    confirmed: tuple[str, ...] = ()
    tasks: tuple[Task, ...] = ()
    clocks: tuple[Clock, ...] = ()
    reminded: tuple[str, ...] = ()
    not_told: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    ended: datetime | None = None
    quiet: bool = False

    @property
    def open(self) -> bool:
        return self.ended is None

    def open_task(self, name: str) -> Task | None:
        return next((t for t in self.tasks if t.name == name and t.open), None)

    def claimed_date(self, name: str) -> date | None:
        value = self.claims.get(name, "")
        return date.fromisoformat(value) if value else None

    def moved(self, state: str, at: datetime, because: str) -> Request:
        """The request in another state; staying in the same one leaves `since` alone."""
        if state == self.state:
            return self
        return replace(self, state=state, since=at, steps=(*self.steps, Step(at, self.state, state, because)))

    def with_task(self, task: Task) -> Request:
        """The request with this task in place of the open one of its name."""
        kept = tuple(t for t in self.tasks if not (t.name == task.name and t.open))
        return replace(self, tasks=(*kept, task))


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a case's history: a mail, a letter, an admin's act, a note, and why it changed what it
    changed.

    `kind` is `mail`, `letter`, `act` or `note`; `who` an address; `raw` the name of the kept mail,
    `facts` what the mail states of person, dates and organisations.
    """

    at: datetime
    kind: str
    who: str
    text: str
    message_id: str = ""
    raw: str = ""
    subject: str = ""
    intents: tuple[str, ...] = ()
    trust: str = ""
    because: tuple[str, ...] = ()
    mailbox: str = ""
    file: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ticket:
    """One conversation.

    `participants` are the addresses that take part in it, `mail_ids` the Message-IDs of all mail in it and of
    our letters,
    `possibly` the numbers of cases that it may belong to, `letters` how many letters were decided so far,
    `flags` what an admin must see first (`patient_details`, `high_risk`, …), `clocks` the assumed ones of a
    mail that a person has yet to read, `rests_until` the opening for which late reminders wait.
    """

    number: int
    subject: str
    opened: datetime
    mailbox: str
    participants: tuple[str, ...] = ()
    account: str = ""
    requests: tuple[Request, ...] = ()
    tasks: tuple[Task, ...] = ()
    clocks: tuple[Clock, ...] = ()
    entries: tuple[Entry, ...] = ()
    mail_ids: tuple[str, ...] = ()
    possibly: tuple[int, ...] = ()
    flags: tuple[str, ...] = ()
    letters: int = 0
    acknowledged: tuple[str, ...] = ()
    reminded: tuple[str, ...] = ()
    closed: datetime | None = None
    closed_because: str = ""
    rests_until: datetime | None = None

    @property
    def reference(self) -> str:
        return reference(self.number)

    @property
    def open(self) -> bool:
        return self.closed is None

    def request(self, workflow: str) -> Request | None:
        """The newest request of that workflow, open ones first."""
        found = [r for r in self.requests if r.workflow == workflow]
        return next((r for r in reversed(found) if r.open), found[-1] if found else None)

    def with_request(self, request: Request, instead: Request | None = None) -> Ticket:
        """The ticket with this request added, or put in the place of `instead`."""
        if instead is None:
            return replace(self, requests=(*self.requests, request))
        return replace(self, requests=tuple(request if r == instead else r for r in self.requests))

    def open_tasks(self) -> tuple[Task, ...]:
        """All tasks of the case that wait for an admin."""
        of_requests = tuple(t for r in self.requests for t in r.tasks)
        return tuple(t for t in (*self.tasks, *of_requests) if t.open)

    def with_task(self, task: Task) -> Ticket:
        """The ticket with this task of its own in place of the open one of its name."""
        kept = tuple(t for t in self.tasks if not (t.name == task.name and t.open))
        return replace(self, tasks=(*kept, task))
