"""Wording: a workflow's moves, reminders and states in the words that a person reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailbot.core.rules import Move, ReminderRule, StateRule, Workflow

PEOPLE = {
    "person": "the midwife",
    "regional_lead": "the regional lead",
    "admin": "the admins",
    "new_organisation": "her new organisation",
    "csp": "the Customer Service Portal",
    "nobody": "nobody",
}
_EVIDENCE = {"own": "from her own account", "lead": "from the regional lead"}


def moved_by(move: Move) -> str:
    """What sets the move off, such as "Mail: joiner, from her own account"."""
    if move.on == "mail":
        said = [", ".join(move.labels) or "any", *(_EVIDENCE.get(w, w) for w in move.who)]
        return "Mail: " + ", ".join(said)
    if move.on == "after":
        return f"After {_counted(move.working_days, 'working day')}"
    return {
        "done": f"Task done: {move.task}",
        "refused": f"Task refused: {move.task}",
        "set": "An admin sets a fact",
        "expired": f"The {move.clock} clock runs out",
        "stopped": f"The {move.clock} clock is ended by another case",
        "elsewhere": "The same is asked for, with evidence, in another case",
        "close": "An admin closes the case",
        "call": "She is spoken to on the number on record",
    }.get(move.on, move.on)


def brings(move: Move) -> Iterator[str]:
    """What comes of the move: its conditions first, then letters, tasks and clocks, a line each."""
    if move.when:
        yield f"Only if: {', '.join(move.when)}"
    for rule in move.letters:
        only = f" (if {', '.join(rule.when)})" if rule.when else ""
        yield f"Letter to {PEOPLE.get(rule.to, rule.to)}: {rule.part}{only}"
    for task in move.tasks:
        yield f"Task: {task}"
    if move.ends_clock:
        yield f"Ends the {move.ends_clock} clock"
    if move.starts:
        yield f"Starts the {move.starts.name} clock on {_day(move.starts.starts)}"


def _day(fact: str) -> str:
    return "that day" if fact == "today" else fact


def reminded(rule: ReminderRule) -> str:
    """A reminder in one sentence: to whom, when, with which letter."""
    readers = " and ".join(PEOPLE.get(to, to) for to in rule.to)
    return f"Reminds {readers}: {'; '.join(_times(rule))}. Letter: {rule.part}"


def _times(rule: ReminderRule) -> Iterator[str]:
    clock = f"the {rule.clock} clock" if rule.clock else "it came here"
    if rule.days:
        yield f"{_listed(rule.days)} days after {clock} started"
    if rule.months:
        yield f"{_listed(rule.months)} months after {clock} started"
    if rule.before_days:
        yield f"{_listed(rule.before_days)} days before {clock} runs out"
    if rule.daily_from:
        yield f"daily from day {rule.daily_from} of {clock}"
    if rule.at_act_by:
        yield f"on the last day to act ({rule.clock} clock)"
    if rule.working_days:
        days = "working day" if rule.working_days == (1,) else "working days"
        yield f"{_listed(rule.working_days)} {days} after it came here"
    if rule.at is not None:
        late = f", what comes from {rule.cut_off:%H:%M} on the next working morning" if rule.cut_off else ""
        yield f"at {rule.at:%H:%M} the same day{late}"
    if rule.hourly:
        taken = f" until somebody takes {rule.until_taken}" if rule.until_taken else ""
        yield f"every hour{taken}"


def _listed(numbers: tuple[int, ...]) -> str:
    *most, last = (str(n) for n in numbers)
    return f"{', '.join(most)} and {last}" if most else last


def _counted(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


def waits(state: StateRule) -> str:
    """Whom a state waits for; what an ending is."""
    return "The end" if state.ends else f"Waits for {PEOPLE.get(state.waits_for, state.waits_for)}"


def sentences(workflow: Workflow) -> Iterator[str]:
    """The whole workflow in sentences: the picture for those who hear it."""
    for state in workflow.states.values():
        yield f"{state.name}: {state.about} {waits(state)}."
    for move in workflow.moves:
        told = ". ".join((moved_by(move), move.because, *brings(move)))
        yield f"From {' or '.join(move.sources)} to {move.to}. {told}."
    for rule in workflow.reminders:
        yield f"While {' or '.join(rule.states)}: {reminded(rule)}."
