"""Reads `rules/triage/*.toml` into checked rules of triage; every mistake names its file and line."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeVar

from mailbot.config import learned
from mailbot.config.mistake import Mistake, Mistakes, line_of, read_toml
from mailbot.config.model import Field, Listed, Model, checked
from mailbot.core.triage.phrases import PhraseError, book, literals
from mailbot.core.triage.rules import Clue, TriageRules, Weighing, Yield
from mailbot.core.triage.words import Words, build

if TYPE_CHECKING:
    from pathlib import Path

Label = Literal[
    "new_account", "joiner", "leaver_confirmed", "joiner_request", "leaver", "transfer_out", "disable",
    "reenable", "password_reset", "unlock", "mobile_update", "directory_visibility", "duplicate_account",
    "chase",     "acknowledge", "security_incident", "other", "auto_reply", "bounce", "spam",
]  # fmt: skip
SPECIAL = ("words.toml", "speech.toml", "weighing.toml")
SPEECH = frozenset((
    "negation", "no_negation", "doubt", "courtesy", "past", "request", "another", "pretender",
    "pressure", "clinical", "software", "withdrawal", "password_shown", "cover", "fresh",
    "staff", "third", "second_thoughts", "hearsay",
))  # fmt: skip


class _Words(Model):
    fillers: Listed[str] = ()
    misspelt: Listed[str] = ()
    ordinary: Listed[str] = ()
    families: dict[str, Listed[str]]


class _Rule(Model):
    name: str = ""
    intent: Label | None = None
    weight: float = Field(gt=0, le=12)
    phrases: Listed[str] = Field(min_length=1)
    unless: Listed[str] = ()
    sender: Literal["", "lead", "inside", "outside", "member", "trust"] = ""
    mailbox: str = ""
    asks: bool = False
    despite: Listed[Literal["negated", "past"]] = ()


class _Topic(Model):
    intent: Label
    rule: Listed[_Rule] = Field(min_length=1)


class _Yield(Model):
    intent: Label
    to: Listed[Label] = Field(min_length=1)
    asked: bool = False
    apart: bool = False
    lead: float = 99


class _Weighing(Model):
    enough: float
    hint: float
    sure: float
    subject: float = Field(ge=0, le=1)
    forwarded: float = Field(ge=0, le=1)
    rank: Listed[Listed[Label]]
    contradict: Listed[Listed[Label]]
    one_of: Listed[Label]
    never_both: Listed[Listed[Label]]
    yields: Listed[_Yield]
    automatic: Listed[str]
    bounces: Listed[str]
    footers: Listed[str]
    signoffs: Listed[str]


_Model = TypeVar("_Model", bound=Model)


@dataclass(slots=True)
class _Text:
    """A file of rules as text, to find the line of what is wrong in it."""

    file: Path
    text: str

    def mistake(self, place: tuple[str | int, ...], text: str, remedy: str = "") -> Mistake:
        return Mistake(self.file, line_of(self.text, place), text, remedy)


def load(folder: Path) -> TriageRules:
    """The rules of a folder; `Mistakes` with all that is wrong in it."""
    mistakes: list[Mistake] = []
    _, words_as_written = _read(folder / "words.toml", _Words)
    speech_file, speech = _read_speech(folder / "speech.toml")
    _, weighing = _read(folder / "weighing.toml", _Weighing)
    topics: list[tuple[_Text, _Topic]] = []
    for file in sorted(folder.glob("*.toml")):
        if file.name not in SPECIAL:
            try:
                topics.append(_read(file, _Topic))
            except Mistakes as several:
                mistakes.extend(several.mistakes)
    texts = [*_speech_phrases(speech_file, speech), *(p for topic in topics for p in _topic_phrases(*topic))]
    words = build(
        words_as_written.families,
        {literal for _, _, text in texts for literal in literals(text)},
        words_as_written.fillers,
        words_as_written.misspelt,
        words_as_written.ordinary,
    )
    mistakes += _phrase_mistakes(texts, words)
    mistakes += [m for file, topic in topics for m in _dead(file, topic)]
    mistakes += _contradictions(topics, weighing.enough)
    if mistakes:
        raise Mistakes(mistakes)
    rules = _rules(words, speech, [topic for _, topic in topics], weighing, [text for _, _, text in texts])
    return replace(rules, learned=learned.load(folder))


def _read(file: Path, model: type[_Model]) -> tuple[_Text, _Model]:
    values, text = read_toml(file)
    return _Text(file, text), checked(model, values, file, text)


class _Speech(Model):
    speech: dict[str, Listed[str]]


def _read_speech(file: Path) -> tuple[_Text, dict[str, tuple[str, ...]]]:
    text, model = _read(file, _Speech)
    wrong = [
        text.mistake(
            ("speech", group), f"{group} is no way of speaking", f"known: {', '.join(sorted(SPEECH))}"
        )
        for group in model.speech
        if group not in SPEECH
    ]
    if wrong:
        raise Mistakes(wrong)
    return text, model.speech


_Placed = tuple[_Text, tuple[str | int, ...], str]


def _speech_phrases(file: _Text, speech: dict[str, tuple[str, ...]]) -> list[_Placed]:
    return [
        (file, ("speech", group, number), text)
        for group, phrases in speech.items()
        for number, text in enumerate(phrases)
    ]


def _topic_phrases(file: _Text, topic: _Topic) -> list[_Placed]:
    return [
        (file, ("rule", at, key, number), text)
        for at, rule in enumerate(topic.rule)
        for key, phrases in (("phrases", rule.phrases), ("unless", rule.unless))
        for number, text in enumerate(phrases)
    ]


def _phrase_mistakes(texts: list[_Placed], words: Words) -> list[Mistake]:
    found = []
    for file, place, text in texts:
        try:
            book([text], words)
        except PhraseError as error:
            found.append(file.mistake(place, str(error)))
    return found


def _dead(file: _Text, topic: _Topic) -> list[Mistake]:
    """Phrases that can never fire, since what takes them away is in them."""
    return [
        file.mistake(
            ("rule", at, "phrases", number), f"{text!r} can never fire", "its rule's `unless` names it too"
        )
        for at, rule in enumerate(topic.rule)
        for number, text in enumerate(rule.phrases)
        if text in rule.unless
    ]


def _contradictions(topics: list[tuple[_Text, _Topic]], enough: float) -> list[Mistake]:
    """Phrases that each of two intents takes for enough in the same circumstances; a hint may be shared."""
    first: dict[tuple[str, str, str], tuple[str, _Text]] = {}
    found = []
    for file, topic in topics:
        for at, rule in enumerate(topic.rule):
            intent = rule.intent or topic.intent
            for number, text in enumerate(rule.phrases if rule.weight >= enough else ()):
                claimed, where = first.setdefault((text, rule.sender, rule.mailbox), (intent, file))
                if claimed != intent:
                    found.append(
                        file.mistake(
                            ("rule", at, "phrases", number),
                            f"{text!r} speaks for {intent} here and for {claimed} in {where.file.name}",
                            "leave it to one of them",
                        )
                    )
    return found


def _rules(
    words: Words,
    speech: dict[str, tuple[str, ...]],
    topics: list[_Topic],
    weighing: _Weighing,
    texts: list[str],
) -> TriageRules:
    found, numbers = book(texts, words)
    clues: dict[int, list[Clue]] = defaultdict(list)
    for topic in topics:
        for at, rule in enumerate(topic.rule):
            clue = _clue(topic, at, rule, numbers)
            for text in rule.phrases:
                clues[numbers[text]].append(clue)
    return TriageRules(
        words=words,
        book=found,
        clues={number: tuple(several) for number, several in clues.items()},
        speech=_spoken(speech, numbers),
        weighing=_weighing(weighing),
        footers=weighing.footers,
        signoffs=weighing.signoffs,
        automatic=weighing.automatic,
        bounces=weighing.bounces,
    )


def _spoken(speech: dict[str, tuple[str, ...]], numbers: dict[str, int]) -> dict[int, tuple[str, ...]]:
    found: dict[int, list[str]] = defaultdict(list)
    for group, phrases in speech.items():
        for text in dict.fromkeys(phrases):
            found[numbers[text]].append(group)
    return {number: tuple(groups) for number, groups in found.items()}


def _clue(topic: _Topic, at: int, rule: _Rule, numbers: dict[str, int]) -> Clue:
    intent = rule.intent or topic.intent
    return Clue(
        intent=intent,
        rule=f"{topic.intent}:{rule.name or at}",
        weight=rule.weight,
        unless=frozenset(numbers[text] for text in rule.unless),
        sender=rule.sender,
        mailbox=rule.mailbox,
        asks=rule.asks,
        despite=frozenset(rule.despite),
    )


def _weighing(written: _Weighing) -> Weighing:
    rank: dict[str, int] = {label: at for at, labels in enumerate(written.rank) for label in labels}
    return Weighing(
        enough=written.enough,
        hint=written.hint,
        sure=written.sure,
        subject=written.subject,
        forwarded=written.forwarded,
        rank=rank,
        yields=tuple(Yield(y.intent, frozenset(y.to), y.asked, y.apart, y.lead) for y in written.yields),
        contradict=tuple(frozenset(pair) for pair in written.contradict),
        one_of=frozenset(written.one_of),
        never_both=tuple(frozenset(pair) for pair in written.never_both),
    )
