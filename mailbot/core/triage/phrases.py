"""Phrases: what a rule looks for in a sentence, and where it is found.

A phrase is words in order. `.` lets up to two words stand between, `..` up to five, `...` up to ten, `&`
parts a phrase into
parts that may stand in any order. `<forget>` is a family of words, `lost|mislaid` one of several.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mailbot.core.triage.words import joined

if TYPE_CHECKING:
    from collections.abc import Iterable, KeysView, Mapping, Sequence

    from mailbot.core.triage.clauses import Sentence
    from mailbot.core.triage.words import Words

INDEFINITE = "#a"
"""Stands in a phrase for "a" or "an" before the next word."""
GAPS = {".": 2, "..": 5, "...": 10}
ARTICLES = frozenset(("a", "an", "the"))
NEAR = 2
"""Words this near together must be of one clause."""
WIDEST = 24


COMMON = frozenset((
    "#a", "#email", "independent",
    "i", "my", "me", "it", "is", "to", "in", "on", "of", "for", "and", "you", "your", "that", "this",
    "be", "have", "has", "do", "can", "could", "will", "would", "with", "at", "was", "as", "from", "up",
    "or", "not", "if", "get", "need", "want", "so", "but", "now", "new", "account", "email", "password",
    "number", "mobile", "leaver", "out", "they", "i'm", "am", "been", "are", "we", "she", "her", "when",
    "what", "how", "all", "one", "back", "use", "just", "any", "no", "about",
))  # fmt: skip
"""Words that most mails have."""


class PhraseError(ValueError):
    """This phrase cannot be understood; the text says why."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """`parts` may stand in any order; each is (words that may stand before it, the element) in order.

    `needs` are its elements, the rarest first."""

    text: str
    parts: tuple[tuple[tuple[int, int], ...], ...]
    needs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """Where a phrase was found: the numbers of the words that it took."""

    taken: tuple[int, ...]

    @property
    def first(self) -> int:
        return min(self.taken)

    @property
    def last(self) -> int:
        return max(self.taken)


@dataclass(frozen=True, slots=True)
class Book:
    """All phrases of the rules, found together in one look at a sentence.

    `choices` are the tokens of each element; `anchored` leads from a token to the phrases whose rarest
    part it may be: only those are looked at.
    """

    phrases: tuple[Phrase, ...]
    choices: tuple[frozenset[str], ...]
    anchored: Mapping[str, tuple[int, ...]]

    def find(self, sentence: Sentence) -> dict[int, Match]:
        """The phrases (by number) that stand in this sentence, with their first place."""
        places = self._places(sentence)
        present = places.keys()
        where: dict[int, list[_Span]] = {}
        found: dict[int, Match] = {}
        for token in places:
            for number in self.anchored.get(token, ()):
                phrase = self.phrases[number]
                if number not in found and self._present(phrase, present, places, where):
                    match = _match(phrase, where, sentence.clauses)
                    if match:
                        found[number] = match
        return found

    def _present(
        self, phrase: Phrase, present: KeysView[str], places: _Places, where: dict[int, list[_Span]]
    ) -> bool:
        """Whether all of the phrase's elements stand in the sentence; keeps their places in `where`."""
        for element in phrase.needs:
            spans = where.get(element)
            if spans is None:
                choice = self.choices[element]
                spans = [] if choice.isdisjoint(present) else _spans(choice, places)
                where[element] = spans
            if not spans:
                return False
        return True

    def _places(self, sentence: Sentence) -> _Places:
        """Where each token stands, in steps of two a word; "a" before a word stands half-way before it."""
        places: _Places = {}
        for at, token in enumerate(sentence.tokens):
            places.setdefault(token, []).append((2 * at, 2 * at))
        for term, first, last in sentence.terms:
            places.setdefault(term, []).append((2 * first, 2 * last))
        if sentence.indefinite:
            places[INDEFINITE] = [(2 * at - 1, 2 * at - 1) for at in sentence.indefinite]
        return places


def _spans(choice: frozenset[str], places: _Places) -> list[_Span]:
    return sorted(span for token in choice & places.keys() for span in places[token])


_Span = tuple[int, int]
_Places = dict[str, list[_Span]]


def _match(phrase: Phrase, where: Mapping[int, list[_Span]], clauses: Sequence[int]) -> Match | None:
    taken: list[int] = []
    for part in phrase.parts:
        places = _part(part, where, clauses)
        if places is None:
            return None
        for first, last in places:
            taken.extend(range((first + 1) // 2, last // 2 + 1))
    if not taken or max(taken) - min(taken) > WIDEST:
        return None
    return Match(tuple(taken))


def _part(
    part: tuple[tuple[int, int], ...], where: Mapping[int, list[_Span]], clauses: Sequence[int]
) -> list[_Span] | None:
    """The first places, one an element, that keep order and gaps; a step crosses one comma at most."""
    reached = [where[part[0][1]]]
    for gap, element in part[1:]:
        before = reached[-1]
        after = [p for p in where[element] if any(_follows(p, last, gap, clauses) for last in before)]
        if not after:
            return None
        reached.append(after)
    places = [reached[-1][0]]
    for at in range(len(part) - 1, 0, -1):
        gap = part[at][0]
        places.append(next(p for p in reached[at - 1] if _follows(places[-1], p, gap, clauses)))
    return places


def _follows(place: _Span, last: _Span, gap: int, clauses: Sequence[int]) -> bool:
    end = last[1]
    if not end < place[0] <= end + 2 + 2 * gap:
        return False
    return clauses[(place[0] + 1) // 2] - clauses[end // 2] <= (gap > NEAR)


def literals(text: str) -> set[str]:
    """The single words that a phrase names outside families."""
    return {
        choice
        for item in text.lower().split()
        if item not in GAPS and item != "&"
        for choice in item.split("|")
        if not choice.startswith(("<", "#"))
    }


def book(texts: Iterable[str], words: Words) -> tuple[Book, dict[str, int]]:
    """A book of these phrases, and each phrase's number; `PhraseError` where one cannot be understood."""
    numbers: dict[str, int] = {}
    choices: dict[frozenset[str], int] = {}
    phrases: list[Phrase] = []
    for text in texts:
        if text not in numbers:
            numbers[text] = len(phrases)
            phrases.append(_phrase(text, words, choices))
    found = tuple(choices)
    ordered = tuple(_rarest_first(phrase, found) for phrase in phrases)
    return Book(ordered, found, _anchors(ordered, found)), numbers


def _rarest_first(phrase: Phrase, choices: Sequence[frozenset[str]]) -> Phrase:
    def commonness(element: int) -> tuple[int, int, int]:
        choice = choices[element]
        return len(choice & COMMON), len(choice), element

    return replace(phrase, needs=tuple(sorted(phrase.needs, key=commonness)))


def _anchors(phrases: Sequence[Phrase], choices: Sequence[frozenset[str]]) -> dict[str, tuple[int, ...]]:
    """Each phrase stands under the tokens of the element that is the rarest in mails."""
    found: dict[str, list[int]] = defaultdict(list)
    for number, phrase in enumerate(phrases):
        for token in choices[phrase.needs[0]]:
            found[token].append(number)
    return {token: tuple(numbers) for token, numbers in found.items()}


def _phrase(text: str, words: Words, choices: dict[frozenset[str], int]) -> Phrase:
    parts = tuple(_elements(part, text, words, choices) for part in text.lower().split("&"))
    return Phrase(text, parts, tuple({element for part in parts for _, element in part}))


def _elements(
    part: str, text: str, words: Words, choices: dict[frozenset[str], int]
) -> tuple[tuple[int, int], ...]:
    found: list[tuple[int, int]] = []
    gap = 0
    for item in part.split():
        if item in GAPS:
            gap = GAPS[item]
            continue
        if item in ARTICLES:
            continue
        found.append((gap, choices.setdefault(_choice(item, text, words), len(choices))))
        gap = 0
    if not found or gap:
        raise PhraseError(f"{text!r} has a part with no word, or ends with a gap")
    return tuple(found)


def _choice(item: str, text: str, words: Words) -> frozenset[str]:
    tokens: set[str] = set()
    for choice in item.split("|"):
        if choice.startswith("<"):
            family = words.families.get(choice.strip("<>"))
            if family is None:
                raise PhraseError(f"{text!r} names the family {choice}, which no [words] has")
            tokens.update(family)
        else:
            tokens.add(joined(choice))
    tokens -= words.fillers
    if not tokens:
        raise PhraseError(f"{text!r} can never be found: {item!r} is a word that is passed over")
    return frozenset(tokens)
