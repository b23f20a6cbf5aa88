"""The gallery: every letter written out with sample facts, and where each is used, for a team to read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from mailbot.config.facts import clean
from mailbot.config.samples import sample_facts
from mailbot.core.letter import Letter, Role, Sort

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mailbot.config.letters import Letters
    from mailbot.core.letter import Fact
    from mailbot.core.rules import Move, Workflow, Workflows

SAMPLED = datetime(2026, 4, 2, 8, tzinfo=UTC)  # any moment: no letter shows it

# Letters that no workflow names: the bot itself writes them. Their reader, and when.
_OF_THE_BOT: Mapping[str, tuple[Role, str]] = MappingProxyType(
    {
        "receipt": (Role.PERSON, "at once, to a mail that a person must read first"),
        "withdrawal": (Role.PERSON, "when an admin confirms that a request is taken back"),
        "patient_details": (Role.PERSON, "beside another answer, where the mail names a patient"),
        "chase": (Role.PERSON, "at once, to somebody who asks for news of an open case"),
        "reply": (Role.PERSON, "when an admin answers in words of their own"),
        "not_ours": (Role.PERSON, "when an admin closes a case as “not ours”"),
        "digest": (Role.ADMIN, "at the opening of every working day"),
        "admin/late": (Role.ADMIN, "when a clock became known too late for the ordinary warnings"),
    }
)
_ROLES = {role.value: role for role in Role}


@dataclass(frozen=True, slots=True)
class Use:
    """One occasion on which a letter goes; `workflow` is "" for what the bot writes whatever runs.

    `reminder`: the bot starts it by itself, so it leaves in working hours only.
    """

    workflow: str
    to: Role
    when: str
    reminder: bool = False


@dataclass(frozen=True, slots=True)
class Sample:
    """A letter written out once: to an address inside NHSmail or outside, in answer to a mail that came in
    working hours or not.
    """

    part: str
    inside: bool
    out_of_hours: bool
    letter: Letter

    @property
    def name(self) -> str:
        """What its files are called, without their endings, such as joiner-advice-inside-closed."""
        place = "inside" if self.inside else "outside"
        hours = "closed" if self.out_of_hours else "open"
        return f"{self.part.replace('/', '-')}-{place}-{hours}"


def uses(workflows: Workflows, parts: Iterable[str]) -> dict[str, tuple[Use, ...]]:
    """Where each letter is used; one that nothing uses has none."""
    found: dict[str, list[Use]] = {part: [] for part in sorted(parts)}
    for part, (to, when) in _OF_THE_BOT.items():
        if part in found:
            found[part].append(Use("", to, when))
    for workflow in (*workflows.by_name.values(), workflows.case):
        for part, use in _in_workflow(workflow):
            found.setdefault(part, []).append(use)
    return {part: tuple(dict.fromkeys(used)) for part, used in found.items()}


def _in_workflow(workflow: Workflow) -> Iterator[tuple[str, Use]]:
    for move in workflow.moves:
        for rule in move.letters:
            yield rule.part, Use(workflow.name, _ROLES[rule.to], _moved(move))
    for reminder in workflow.reminders:
        states = ", ".join(reminder.states)
        when = f"reminder “{reminder.name}” while {states}"
        for to in reminder.to:
            yield reminder.part, Use(workflow.name, _ROLES[to], when, reminder=True)


def _moved(move: Move) -> str:
    return f"{', '.join(move.sources)} → {move.to}: {move.because}"


def samples(
    letters: Letters, used: Mapping[str, tuple[Use, ...]], known: Mapping[str, Fact] = MappingProxyType({})
) -> Iterator[Sample]:
    """Every letter, inside and outside NHSmail, in and out of hours, as far as it can go there.

    Letters to the lead and to admins stay inside; what is only ever a reminder goes in working hours. `known`
    are facts that the settings name, in the place of the samples.
    """
    for part in sorted(letters.parts):
        occasions = used.get(part, ())
        role = occasions[0].to if occasions else Role.PERSON
        to_people = role is Role.PERSON
        reminds = bool(occasions) and all(use.reminder for use in occasions)
        for inside in (True, False) if to_people else (True,):
            for closed in (False, True) if to_people and not reminds else (False,):
                yield Sample(
                    part, inside, closed, _written(letters, part, role, known, inside, closed, reminds)
                )


def _written(
    letters: Letters,
    part: str,
    role: Role,
    known: Mapping[str, Fact],
    inside: bool,
    closed: bool,
    reminds: bool,
) -> Letter:
    facts = sample_facts(inside) | dict(known)
    facts |= {"out_of_hours": closed, "first": role is Role.PERSON and not reminds}
    return letters.write(
        Letter(
            id="IM-000123-1",
            ticket=123,
            template=part,
            role=role,
            to="sample@nhs.net" if inside else "sample@post.example",
            to_name="",
            sort=Sort.REMINDER if reminds else Sort.ANSWER,
            parts=(part,),
            facts=facts,
            decided=SAMPLED,
            not_before=SAMPLED,
            inside=inside,
        )
    )


def title(part: str) -> str:
    """A letter's name as a heading: "joiner/advice" is "advice" in its workflow's chapter."""
    return clean(part.rpartition("/")[2].replace("_", " "))
