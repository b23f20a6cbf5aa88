"""What a text gives evidence of: clues found sentence by sentence, with how they were said."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mailbot.core.triage.clauses import sentences

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mailbot.core.triage.clauses import Sentence
    from mailbot.core.triage.phrases import Match
    from mailbot.core.triage.rules import Clue, TriageRules

REACH = 5
"""Words over which a "not" reaches forward."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One clue in one place.

    `source` is "said", "subject" or "forwarded"; `asks`: its sentence asks for something.

    `doubtful`: said of a future that may not come.
    """

    clue: Clue
    source: str
    weight: float
    phrase: str
    start: int
    end: int
    asks: bool
    doubtful: bool
    sentence: int


@dataclass(frozen=True, slots=True)
class Spoken:
    """A way of speaking in one place: its words, their source, and the number of their sentence."""

    words: str
    source: str
    sentence: int


@dataclass(slots=True)
class Findings:
    """All that was found in a mail: evidence of intents; the ways of speaking; how many sentences were"
    " read."""

    evidence: list[Evidence] = field(default_factory=list)
    speech: dict[str, list[Spoken]] = field(default_factory=dict)
    read: int = 0
    asked: set[int] = field(default_factory=set)

    def spoke(self, group: str, sources: Iterable[str] = ("said", "subject")) -> str:
        """The first words of this way of speaking; "" where there are none."""
        return next((one.words for one in self.speech.get(group, ()) if one.source in sources), "")


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads what: a clue may be tied to a sender or a mailbox."""

    rules: TriageRules
    senders: frozenset[str]
    mailbox: str

    def read(
        self, text: str, source: str, part: float, skip: Sequence[tuple[int, int]], findings: Findings
    ) -> None:
        """Adds what the text gives; its weights count for `part`."""
        for sentence in sentences(text, self.rules.words, skip):
            findings.read += 1
            if source == "said" and sentence.asks:
                findings.asked.add(findings.read)
            matches = self.rules.book.find(sentence)
            if matches:
                self._sentence(text, source, part, sentence, matches, findings)

    def _sentence(
        self,
        text: str,
        source: str,
        part: float,
        sentence: Sentence,
        matches: Mapping[int, Match],
        findings: Findings,
    ) -> None:
        spoken = self._spoken(matches)
        mood = _mood(sentence, spoken, source)
        if source == "said" and mood.asks:
            findings.asked.add(findings.read)
        for number, match in matches.items():
            for clue in self.rules.clues.get(number, ()):
                if self._counts(clue, match, matches, sentence.clauses) and not mood.denies(match, clue):
                    start, end = sentence.starts[match.first], sentence.ends[match.last]
                    findings.evidence.append(
                        Evidence(
                            clue, source, clue.weight * part, text[start:end], start, end,
                            clue.asks or mood.asks, mood.doubtful, findings.read,
                        )
                    )  # fmt: skip
        for group, shown in spoken.items():
            for match in shown:
                if group in _UNKEPT or (mood.negated(match) and group not in _RAW):
                    continue
                words = text[sentence.starts[match.first] : sentence.ends[match.last]]
                findings.speech.setdefault(group, []).append(Spoken(words, source, findings.read))

    def _spoken(self, matches: Mapping[int, Match]) -> dict[str, list[Match]]:
        """The ways of speaking that the sentence shows."""
        found: dict[str, list[Match]] = {}
        for number in matches.keys() & self.rules.speech.keys():
            for group in self.rules.speech[number]:
                found.setdefault(group, []).append(matches[number])
        return found

    def _counts(self, clue: Clue, match: Match, matches: Mapping[int, Match], clauses: Sequence[int]) -> bool:
        if clue.sender and clue.sender not in self.senders:
            return False
        if clue.mailbox and clue.mailbox != self.mailbox:
            return False
        first, last = clauses[match.first], clauses[match.last]
        return not any(
            clauses[matches[number].first] <= last and first <= clauses[matches[number].last]
            for number in clue.unless & matches.keys()
        )


def _mood(sentence: Sentence, spoken: Mapping[str, list[Match]], source: str) -> Mood:
    spared = {at for m in spoken.get("no_negation", ()) for at in m.taken}
    negations = tuple(
        m.last for m in spoken.get("negation", ()) if m.last not in spared and not _of_figure(sentence, m)
    )
    return Mood(
        clauses=sentence.clauses,
        negations=negations,
        past=tuple(m.last for m in spoken.get("past", ()) if not _asked_of_you(sentence, m)),
        doubtful="doubt" in spoken and "courtesy" not in spoken and source == "said",
        asks=sentence.asks or sentence.please or "request" in spoken,
    )


_UNKEPT = frozenset(("negation", "no_negation", "doubt", "courtesy", "request", "past"))
_RAW = frozenset(("clinical", "software"))


def _of_figure(sentence: Sentence, match: Match) -> bool:
    """Whether a "not" denies only a day or a number: "it should be the 30th, not the 29th"."""
    after = sentence.tokens[match.last + 1 : match.last + 2]
    return bool(after) and (after[0][0].isdigit() or after[0] == "#mobile")


def _asked_of_you(sentence: Sentence, match: Match) -> bool:
    """Whether "you …" follows a "could", and so tells nothing as done."""
    first = match.first
    return sentence.tokens[first] in ("you", "u") and first > 0 and sentence.tokens[first - 1] in _MODALS


_MODALS = frozenset((
    "can", "could", "would", "will", "cud", "wud", "if", "may", "can't", "couldn't", "do", "did",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mood:
    """How a sentence speaks: what it negates, what it tells as done before, whether it asks or only"
    " supposes."""

    clauses: Sequence[int]
    negations: Sequence[int]
    past: Sequence[int]
    doubtful: bool
    asks: bool

    def denies(self, match: Match, clue: Clue) -> bool:
        if "negated" not in clue.despite and self.negated(match):
            return True
        return "past" not in clue.despite and self._past(match)

    def negated(self, match: Match) -> bool:
        """Whether a "not" that is no part of the phrase stands in it, or shortly before it in the same"
        " clause."""
        first, last = match.first, match.last
        return any(
            first - REACH <= at <= last
            and at not in match.taken
            and (first < at or self.clauses[at] == self.clauses[first])
            for at in self.negations
        )

    def _past(self, match: Match) -> bool:
        first = match.first
        return any(
            at not in match.taken and at <= match.last and self.clauses[at] == self.clauses[first]
            for at in self.past
        )
