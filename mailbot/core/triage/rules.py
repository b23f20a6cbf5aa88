"""The rules of triage as checked values: clues to intents, ways of speaking, and how clues are weighed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mailbot.core.triage.learned import Learned

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mailbot.core.triage.phrases import Book
    from mailbot.core.triage.words import Words


@dataclass(frozen=True, slots=True)
class Clue:
    """What it means that a phrase was found: it speaks for an intent with a weight.

    `rule` names the rule, which counts once however many of its phrases are found. `unless` are phrases
    that take the
    clue away from the same clause. `sender` is "", "lead", "inside", "outside", or what the directory's
    name says in brackets: "member" (of the
    independent midwives' group) or "trust"; `mailbox` is "" or a mailbox's name.
    `asks`: the phrase is a request in itself. `despite` are the ways of speaking (negated, past) that
    do not matter.
    """

    intent: str
    rule: str
    weight: float
    unless: frozenset[int] = frozenset()
    sender: str = ""
    mailbox: str = ""
    asks: bool = False
    despite: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Yield:
    """`intent` is no request of its own beside one of `to`, unless it is `asked` for in so many words.

    `apart`: only asking in a sentence of its own counts. It stays where its score is more than `lead`
    above the other's.
    """

    intent: str
    to: frozenset[str]
    asked: bool
    apart: bool
    lead: float


@dataclass(frozen=True, slots=True)
class Weighing:
    """How clues become intents.

    An intent is taken from `enough` on, or from `hint` on where nothing else is; a bot may act alone
    from `sure` on. `subject` and `forwarded` are the
    parts of a weight that count there. `rank`: the lower, the more its neglect would hurt. `contradict`:
    pairs that no one can want together. `one_of`: only one of
    these is meant, unless another is asked for outright in a sentence of its own; `never_both`: not
    even then. `life`: intents that a conditional future makes a person's business.
    """

    enough: float
    hint: float
    sure: float
    subject: float
    forwarded: float
    rank: Mapping[str, int]
    yields: tuple[Yield, ...]
    contradict: tuple[frozenset[str], ...]
    one_of: frozenset[str]
    never_both: tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class TriageRules:
    """All that `rules/triage` says. `speech` leads from a phrase to the ways of speaking that it shows.

    `footers` are beginnings of paragraphs that nobody wrote for this mail, `signoffs` lines that end a
    letter,
    `automatic` and `bounces` beginnings of the subjects of automatic mail: all in lower case; `learned`
    is the second opinion.
    """

    words: Words
    book: Book
    clues: Mapping[int, tuple[Clue, ...]]
    speech: Mapping[int, tuple[str, ...]]
    weighing: Weighing
    footers: tuple[str, ...]
    signoffs: tuple[str, ...]
    automatic: tuple[str, ...]
    bounces: tuple[str, ...]
    learned: Learned = field(default_factory=Learned)
