"""What must hold between the parts of a workflow, and between workflows, before anything runs on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailbot.config.mistake import Mistake
from mailbot.config.model import Fault
from mailbot.core.answer import GO_AHEAD, IT_IS_DONE
from mailbot.core.fact import FACTS
from mailbot.core.hint import HINTS
from mailbot.core.rules import FIRST_LETTER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from mailbot.config.mistake import Place
    from mailbot.core.rules import ClockRule, Move, ReminderRule, Workflow

LABELS = (
    "new_account", "joiner", "leaver_confirmed", "joiner_request", "leaver", "transfer_out", "disable",
    "reenable", "password_reset", "unlock", "mobile_update", "directory_visibility", "duplicate_account",
    "chase", "acknowledge", "security_incident", "other", "auto_reply", "bounce", "spam",
)  # fmt: skip
CASE_TASKS = ("triage", "second_check")
ANSWERS = (GO_AHEAD, IT_IS_DONE, *HINTS)
_NEEDED = {"done": "task", "refused": "task", "expired": "clock", "stopped": "clock", "after": "working_days"}
_TIMES = ("days", "months", "before_days", "daily_from", "at_act_by")
_SINCE = ("working_days", "at", "hourly")


def clocks(found: Mapping[str, ClockRule]) -> Iterator[Fault]:
    """Each clock has one length, and what follows it is a clock."""
    for name, clock in found.items():
        if bool(clock.days) == bool(clock.months):
            yield Fault((name,), "needs a length in days or in months", "write one of the two")
        if clock.then and clock.then not in found:
            yield Fault((name, "then"), f'there is no clock "{clock.then}"')


def workflow(rules: Workflow, known: Mapping[str, ClockRule]) -> Iterator[Fault]:
    """Every name is defined, every state is reached and can be left, every reminder comes before the
    deadline.
    """
    for index, label in enumerate(rules.labels):
        if label not in LABELS:
            yield Fault(("labels", index), f'there is no label "{label}"')
    for index, move in enumerate(rules.moves):
        yield from _move(("moves", index), move, rules, known)
    for name, state in rules.states.items():
        yield from _facts(("states", name, "asks"), state.asks)
    for name, task in rules.tasks.items():
        for key, facts in (("needs", task.needs), ("due_on", task.due_on)):
            yield from _facts(("tasks", name, key), facts)
    for index, reminder in enumerate(rules.reminders):
        yield from _states(("reminders", index, "states"), reminder.states, rules)
        yield from _reminder(("reminders", index), reminder, known)
        for condition in reminder.when:
            yield from _condition(("reminders", index, "when"), condition)
    yield from _ways(rules)


def case(rules: Workflow, known: Mapping[str, ClockRule]) -> Iterator[Fault]:
    """The case's own rules have tasks and reminders only; their states are those tasks."""
    if rules.states or rules.moves or rules.labels:
        yield Fault((), "the case has no states, moves or labels of its own", "move them into a workflow")
    for index, reminder in enumerate(rules.reminders):
        for name in reminder.states:
            if name not in rules.tasks:
                yield Fault(("reminders", index, "states"), f'there is no task "{name}"')
        yield from _reminder(("reminders", index), reminder, known)


def _move(place: Place, move: Move, rules: Workflow, known: Mapping[str, ClockRule]) -> Iterator[Fault]:
    yield from _states((*place, "from"), tuple(s for s in move.sources if s != "new"), rules)
    yield from _states((*place, "to"), (move.to,), rules)
    needed = _NEEDED.get(move.on)
    if needed and not getattr(move, needed):
        yield Fault(place, f'on = "{move.on}" needs {needed}', f"add {needed} = …")
    for key in {"task", "clock", "working_days"} - {needed}:
        if getattr(move, key):
            yield Fault((*place, key), f'does not go with on = "{move.on}"', "drop one of the two")
    yield from _names(place, move, rules, known)
    for condition in move.when:
        yield from _condition((*place, "when"), condition)
    for condition in (c for letter in move.letters for c in letter.when if c != FIRST_LETTER):
        yield from _condition((*place, "letters"), condition)


def _names(place: Place, move: Move, rules: Workflow, known: Mapping[str, ClockRule]) -> Iterator[Fault]:
    for name in (*move.tasks, *((move.task,) if move.task else ())):
        if name not in rules.tasks and name not in CASE_TASKS:
            yield Fault((*place, "tasks"), f'there is no task "{name}"', f"add [tasks.{name}]")
    started = move.starts.name if move.starts else ""
    for key, clock in (("clock", move.clock), ("ends_clock", move.ends_clock), ("starts", started)):
        if clock and clock not in known:
            yield Fault((*place, key), f'there is no clock "{clock}"', f"known: {', '.join(known)}")
    if move.starts and move.starts.starts != "today":
        yield from _facts((*place, "starts"), (move.starts.starts,))
    for label in move.labels:
        if label not in (*LABELS, *ANSWERS):
            yield Fault((*place, "labels"), f'there is no label "{label}"')


def _condition(place: Place, condition: str) -> Iterator[Fault]:
    word, _, rest = condition.partition(" ")
    if word in ("has", "lacks"):
        yield from _facts(place, tuple(rest.split(" or ")))
    elif word == "asks":
        if rest not in LABELS:
            yield Fault(place, f'there is no label "{rest}"')
    elif condition not in ("lead asked", "no clock", "details missing"):
        remedy = 'known: "has FACT", "lacks FACT", "asks LABEL", "lead asked", "no clock", "details missing"'
        yield Fault(place, f'"{condition}" is no condition', remedy)


def _facts(place: Place, facts: tuple[str, ...]) -> Iterator[Fault]:
    for fact in facts:
        if fact not in FACTS:
            yield Fault(place, f'there is no fact "{fact}"', f"known: {', '.join(FACTS)}")


def _states(place: Place, states: tuple[str, ...], rules: Workflow) -> Iterator[Fault]:
    for state in states:
        if state not in rules.states:
            yield Fault(place, f'there is no state "{state}"', f"known: {', '.join(rules.states)}")


def _reminder(place: Place, rule: ReminderRule, known: Mapping[str, ClockRule]) -> Iterator[Fault]:
    by_clock = [key for key in _TIMES if getattr(rule, key)]
    since = [key for key in _SINCE if getattr(rule, key)]
    if rule.clock and rule.clock not in known:
        yield Fault((*place, "clock"), f'there is no clock "{rule.clock}"', f"known: {', '.join(known)}")
        return
    if rule.clock and (since or not by_clock):
        yield Fault(place, "a reminder of a clock needs " + ", ".join(_TIMES), "one or more of them")
    elif not rule.clock and (by_clock or not since):
        yield Fault(place, "a reminder without a clock needs " + ", ".join(_SINCE), "one of them")
    if rule.clock:
        yield from _too_late(place, rule, known[rule.clock])


def _too_late(place: Place, rule: ReminderRule, clock: ClockRule) -> Iterator[Fault]:
    days = clock.days or clock.months * 30
    for key, values in (
        ("days", rule.days),
        ("before_days", rule.before_days),
        ("daily_from", (rule.daily_from,)),
    ):
        for value in values:
            if value >= days:
                yield Fault((*place, key), f"{value} days is not before the deadline of {days} days")
    for value in rule.months:
        if value >= (clock.months or clock.days // 30):
            yield Fault((*place, "months"), f"{value} months is not before the deadline")


def _ways(rules: Workflow) -> Iterator[Fault]:
    """Every state is reached from `new`, and every one that does not end can be left."""
    reached, fresh = {"new"}, {"new"}
    while fresh:
        fresh = {m.to for m in rules.moves if set(m.sources) & reached} - reached
        reached |= fresh
    for name, state in rules.states.items():
        leaves = any(name in m.sources and m.to != name for m in rules.moves)
        if name not in reached:
            yield Fault(("states", name), "no move leads to this state", "add a move, or drop the state")
        if state.ends and leaves:
            yield Fault(("states", name), "ends the request, and yet a move leaves it")
        if not state.ends and not leaves:
            yield Fault(("states", name), "no move leaves this state", "add a move, or ends = true")


def letters(rules: Workflow, parts: frozenset[str]) -> Iterator[Fault]:
    """Each letter that a move or a reminder asks for is a template."""
    for index, move in enumerate(rules.moves):
        for letter in move.letters:
            if letter.part not in parts:
                yield Fault(("moves", index, "letters"), f'there is no letter "{letter.part}"')
    for index, reminder in enumerate(rules.reminders):
        if reminder.part not in parts:
            yield Fault(("reminders", index, "part"), f'there is no letter "{reminder.part}"')


def between(found: Mapping[str, Workflow], folder: Path) -> Iterator[Mistake]:
    """No two workflows begin with the same label."""
    first: dict[str, str] = {}
    for name, rules in found.items():
        for label in rules.labels:
            if first.setdefault(label, name) != name:
                yield Mistake(folder / f"{name}.toml", 0, f'"{label}" begins {first[label]} too')
