"""The workflows as people write them, in rules/workflows/*.toml, read into the core's rules."""

from __future__ import annotations

from datetime import time
from functools import partial
from typing import TYPE_CHECKING, Literal, TypeVar

from mailbot.config import examination
from mailbot.config.mistake import Mistake, Mistakes, read_toml
from mailbot.config.model import Fault, Field, Listed, Model, checked, examine, told
from mailbot.core import rules

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CASE, CLOCKS = "case", "clocks"

_Read = TypeVar("_Read")
Role = Literal["person", "regional_lead", "admin", "csp"]


class ClockTable(Model):
    """One clock of clocks.toml: its length in calendar days or months, and the clock that follows it."""

    days: int = Field(default=0, ge=0)
    months: int = Field(default=0, ge=0)
    then: str = ""


class StateTable(Model):
    """[states.NAME]: what the state means for admins, what it `tells` her, and whom it waits for."""

    about: str = Field(min_length=1)
    waits_for: Literal["person", "regional_lead", "admin", "new_organisation", "nobody"]
    ends: bool = False
    tells: str = ""
    asks: Listed[str] = ()


class LetterTable(Model):
    """One of a move's letters."""

    to: Role
    part: str
    when: Listed[str] = ()


class StartTable(Model):
    """The clock that a move starts, and the fact that names its first day, or "today"."""

    clock: str
    on: str


class MoveTable(Model):
    """[[moves]]: what leads from a state to another, and what comes of it."""

    on: Literal["mail", "done", "refused", "set", "expired", "stopped", "elsewhere", "after", "close", "call"]
    sources: Listed[str] = Field(alias="from", min_length=1)
    to: str
    because: str = Field(min_length=1)
    labels: Listed[str] = ()
    who: Listed[Literal["own", "lead"]] = ()
    when: Listed[str] = ()
    task: str = ""
    clock: str = ""
    working_days: int = Field(default=0, ge=0)
    letters: Listed[LetterTable] = ()
    tasks: Listed[str] = ()
    starts: StartTable | None = None
    ends_clock: str = ""

    def rule(self) -> rules.Move:
        return rules.Move(
            on=self.on,
            sources=self.sources,
            to=self.to,
            because=self.because,
            labels=self.labels,
            who=self.who,
            when=self.when,
            task=self.task,
            clock=self.clock,
            working_days=self.working_days,
            letters=tuple(rules.LetterRule(one.to, one.part, one.when) for one in self.letters),
            tasks=self.tasks,
            starts=rules.ClockStart(self.starts.clock, self.starts.on) if self.starts else None,
            ends_clock=self.ends_clock,
        )


class TaskTable(Model):
    """[tasks.NAME]: what an admin must do."""

    title: str = Field(min_length=1)
    needs: Listed[str] = ()
    evidence: str = ""
    due_on: Listed[str] = ()
    due_in: int = Field(default=0, ge=0)


class ReminderTable(Model):
    """[[reminders]]: what goes to whom while a state lasts, and when."""

    name: str
    states: Listed[str] = Field(min_length=1)
    to: Listed[Role] = Field(min_length=1)
    part: str
    clock: str = ""
    days: Listed[int] = ()
    months: Listed[int] = ()
    before_days: Listed[int] = ()
    daily_from: int = Field(default=0, ge=0)
    at_act_by: bool = False
    working_days: Listed[int] = ()
    at: time | None = None
    cut_off: time | None = None
    hourly: bool = False
    until_taken: str = ""
    when: Listed[str] = ()


class WorkflowTable(Model):
    """One file of rules/workflows."""

    title: str = Field(min_length=1)
    admins: str = ""
    labels: Listed[str] = ()
    states: dict[str, StateTable] = Field(default_factory=dict)
    moves: Listed[MoveTable] = ()
    tasks: dict[str, TaskTable] = Field(default_factory=dict)
    reminders: Listed[ReminderTable] = ()

    def rules(self, name: str) -> rules.Workflow:
        return rules.Workflow(
            name=name,
            title=self.title,
            labels=self.labels,
            states={
                n: rules.StateRule(n, s.about, s.waits_for, s.ends, s.tells, s.asks)
                for n, s in self.states.items()
            },
            moves=tuple(move.rule() for move in self.moves),
            tasks={n: rules.TaskRule(n, **t.model_dump()) for n, t in self.tasks.items()},
            reminders=tuple(rules.ReminderRule(**r.model_dump()) for r in self.reminders),
            admins=self.admins,
        )


def load(folder: Path, below: Path | None = None) -> rules.Workflows:
    """The workflows of a folder of rules (its `workflows/`); raises `Mistakes`, all at once, with file and
    line.

    A name that a rule uses and nothing defines, a state that cannot be left or reached, a reminder after the
    deadline: each is a mistake. That the letters exist is for `letters_exist` to say. A file that the folder
    lacks is taken from the one `below`.
    """
    files = _files(folder, below)
    wrong: list[Mistake] = []
    clocks = _read(wrong, lambda: _clocks(files.get(CLOCKS, folder / "workflows" / f"{CLOCKS}.toml"))) or {}
    found: dict[str, rules.Workflow] = {}
    for name, file in sorted(files.items()):
        if name != CLOCKS and (workflow := _read(wrong, partial(_workflow, file, clocks))):
            found[name] = workflow
    folder = folder / "workflows"
    if CASE not in found and not wrong:
        wrong.append(Mistake(folder / f"{CASE}.toml", 0, "is missing", "it holds the tasks of every case"))
    wrong += examination.between(found, folder)
    if wrong:
        raise Mistakes(wrong)
    case = found.pop(CASE)
    return rules.Workflows(found, case, clocks)


def _files(folder: Path, below: Path | None) -> dict[str, Path]:
    folders = (below, folder) if below else (folder,)
    return {file.stem: file for one in folders for file in (one / "workflows").glob("*.toml")}


def _read(wrong: list[Mistake], read: Callable[[], _Read]) -> _Read | None:
    try:
        return read()
    except Mistakes as error:
        wrong += error.mistakes
        return None


def _clocks(file: Path) -> dict[str, rules.ClockRule]:
    values, text = read_toml(file)
    found = {}
    for name, table in values.items():
        read, wrong = examine(ClockTable, table if isinstance(table, dict) else {})
        if read is None:
            raise told([Fault((name, *one.place), one.text, one.remedy) for one in wrong], file, text)
        found[name] = rules.ClockRule(name, read.days, read.months, read.then)
    faults = list(examination.clocks(found))
    if faults:
        raise told(faults, file, text)
    return found


def _workflow(file: Path, clocks: dict[str, rules.ClockRule]) -> rules.Workflow:
    values, text = read_toml(file)
    workflow = checked(WorkflowTable, values, file, text).rules(file.stem)
    examine = examination.case if file.stem == CASE else examination.workflow
    if faults := list(examine(workflow, clocks)):
        raise told(faults, file, text)
    return workflow


def letters_exist(
    workflows: rules.Workflows, parts: frozenset[str], folder: Path, below: Path | None = None
) -> list[Mistake]:
    """A mistake for each letter that a rule asks for and no template makes."""
    wrong: list[Mistake] = []
    files = _files(folder, below)
    for workflow in (workflows.case, *workflows.by_name.values()):
        if faults := list(examination.letters(workflow, parts)):
            file = files[workflow.name]
            wrong += told(faults, file, file.read_text(encoding="utf-8")).mistakes
    return wrong
