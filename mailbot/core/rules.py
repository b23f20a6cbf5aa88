"""The workflows as rules/ states them: states, what moves them, tasks, reminders. Values only."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import TYPE_CHECKING

from mailbot.core.calendar import add_months

if TYPE_CHECKING:
    from collections.abc import Mapping

NEW = "new"
ANY = "any"
FIRST_LETTER = "first letter"
"""A letter's condition: its reader has had none in the case yet."""


@dataclass(frozen=True, slots=True)
class ClockRule:
    """How long a clock runs (calendar days or months) and which clock starts when it runs out."""

    name: str
    days: int = 0
    months: int = 0
    then: str = ""

    def deadline(self, starts: date) -> date:
        """The day of the deletion (PROCEDURES.md, Clocks; month ends as in `add_months`)."""
        return add_months(starts, self.months) if self.months else starts + timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class StateRule:
    """A state: what it means in words, whom it waits for, whether it ends the request.

    `about` is for admins, `tells` for the one who asked, `asks` the facts that a reply may give in few words.
    """

    name: str
    about: str
    waits_for: str
    ends: bool = False
    tells: str = ""
    asks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LetterRule:
    """A letter that a move writes: to which role, with which part; only where all of `when` hold."""

    to: str
    part: str
    when: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClockStart:
    """A clock that a move starts on the day that `starts` names: a fact, or `today`. A fact nobody stated is
    assumed to be today.
    """

    name: str
    starts: str


@dataclass(frozen=True, slots=True)
class Move:
    """What leads from a state to another, and what comes of it.

    `on` is `mail`, `done`, `refused`, `set`, `expired`, `stopped` (another case ended the clock), `elsewhere`
    (the same was asked with evidence in another case), `close` (an admin closes the case), `call` (she was
    spoken to on the number on record) or `after`.
    `labels` (mail), `task` (done, refused), `clock` (expired, stopped) and `working_days` (after, since the
    state was entered) narrow it; `who` is the level of evidence, `when` the conditions.
    """

    on: str
    sources: tuple[str, ...]
    to: str
    because: str
    labels: tuple[str, ...] = ()
    who: tuple[str, ...] = ()
    when: tuple[str, ...] = ()
    task: str = ""
    clock: str = ""
    working_days: int = 0
    letters: tuple[LetterRule, ...] = ()
    tasks: tuple[str, ...] = ()
    starts: ClockStart | None = None
    ends_clock: str = ""


@dataclass(frozen=True, slots=True)
class TaskRule:
    """What an admin must do: its title, the facts it needs, the evidence that allows it, when it is due.

    It is due on the day of the first stated fact of `due_on`, or else `due_in` working days after today,
    moved to the next working day.
    """

    name: str
    title: str
    needs: tuple[str, ...] = ()
    evidence: str = ""
    due_on: tuple[str, ...] = ()
    due_in: int = 0


@dataclass(frozen=True, slots=True)
class ReminderRule:
    """A reminder or escalation in some states: from a clock's start or deadline, or from the entry into the
    state.

    Exactly one of the times is given: `days`, `months` (after the clock's start), `before_days` (before its
    deadline), `daily_from`, `at_act_by`,
    `working_days` (after the state was entered), `at` (that time of the day the state was entered; from
    `cut_off` on the next working day's opening) or `hourly`.
    """

    name: str
    states: tuple[str, ...]
    to: tuple[str, ...]
    part: str
    clock: str = ""
    days: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    before_days: tuple[int, ...] = ()
    daily_from: int = 0
    at_act_by: bool = False
    working_days: tuple[int, ...] = ()
    at: time | None = None
    cut_off: time | None = None
    hourly: bool = False
    until_taken: str = ""
    when: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Workflow:
    """One of the twelve procedures. `title` is for the one who asked, `admins` says it to others."""

    name: str
    title: str
    labels: tuple[str, ...]
    states: Mapping[str, StateRule]
    moves: tuple[Move, ...]
    tasks: Mapping[str, TaskRule]
    reminders: tuple[ReminderRule, ...] = ()
    admins: str = ""

    @property
    def matter(self) -> str:
        """What it is about, for whoever is not the one who asked."""
        return self.admins or self.title


@dataclass(frozen=True, slots=True)
class Workflows:
    """All workflows by name, the lengths of the clocks, and what holds for every case whatever runs in it.

    In `case` the states are the names of the case's own tasks, as `triage`.
    """

    by_name: Mapping[str, Workflow] = field(default_factory=dict)
    case: Workflow = field(default_factory=lambda: Workflow("case", "the case", (), {}, (), {}))
    clocks: Mapping[str, ClockRule] = field(default_factory=dict)

    def for_label(self, label: str) -> Workflow | None:
        return next((w for w in self.by_name.values() if label in w.labels), None)

    def __getitem__(self, name: str) -> Workflow:
        return self.by_name[name]
