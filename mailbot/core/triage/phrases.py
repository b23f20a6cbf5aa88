"""Phrases: what a rule looks for in a sentence, and where it is found.

A phrase is words in order. `.` lets up to two words stand between, `..` up to five, `...` up to ten, `&`
parts a phrase into
parts that may stand in any order. `<forget>` is a family of words, `lost|mislaid` one of several.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailbot.core.triage.words import joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mailbot.core.triage.clauses import Sentence
    from mailbot.core.triage.words import Words

INDEFINITE = "#a"
"""Stands in a phrase for "a" or "an" before the next word."""
GAPS = {".": 2, "..": 5, "...": 10}
ARTICLES = frozenset(("a", "an", "the"))
NEAR = 2
"""Words this near together must be of one clause."""
WIDEST = 24


class PhraseError(ValueError):
    """This phrase cannot be understood; the text says why."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """`parts` may stand in any order; each is (words that may stand before it, the element) in order."""

    text: str
    parts: tuple[tuple[tuple[int, int], ...], ...]
    needs: frozenset[int]


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
    """All phrases of the rules, found together in one look at a sentence."""

    phrases: tuple[Phrase, ...]
    elements: Mapping[str, tuple[int, ...]]
    anchored: Mapping[int, tuple[int, ...]]

    def find(self, sentence: Sentence) -> dict[int, Match]:
        """The phrases (by number) that stand in this sentence, with their first place."""
        where = self._places(sentence)
        present = where.keys()
        found: dict[int, Match] = {}
        for element in where:
            for number in self.anchored.get(element, ()):
                phrase = self.phrases[number]
                if phrase.needs <= present and (match := _match(phrase, where, sentence.clauses)):
                    found[number] = match
        return found

    def _places(self, sentence: Sentence) -> dict[int, list[_Span]]:
        """Where each element stands, in steps of two a word; "a" before a word stands half-way before it."""
        where: dict[int, list[_Span]] = {}
        elements = self.elements
        for at, token in enumerate(sentence.tokens):
            if found := elements.get(token):
                for element in found:
                    where.setdefault(element, []).append((2 * at, 2 * at))
        for term, first, last in sentence.terms:
            for element in elements.get(term, ()):
                where.setdefault(element, []).append((2 * first, 2 * last))
        if (a := elements.get(INDEFINITE)) and sentence.indefinite:
            for element in a:
                where[element] = [(2 * at - 1, 2 * at - 1) for at in sentence.indefinite]
        return where


_Span = tuple[int, int]


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
    """The first places, one an element, that keep the order and the gaps, and cross one comma each at"
    " most."""
    for start in where[part[0][1]]:
        places = [start]
        for gap, element in part[1:]:
            end = places[-1][1]
            after = next((p for p in where[element] if end < p[0] <= end + 2 + 2 * gap), None)
            if after is None or clauses[(after[0] + 1) // 2] - clauses[end // 2] > (gap > NEAR):
                break
            places.append(after)
        else:
            return places
    return None


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
    elements: dict[str, list[int]] = defaultdict(list)
    for tokens, element in choices.items():
        for token in tokens:
            elements[token].append(element)
    return (
        Book(tuple(phrases), {token: tuple(found) for token, found in elements.items()}, _anchors(phrases)),
        numbers,
    )


def _anchors(phrases: Sequence[Phrase]) -> dict[int, tuple[int, ...]]:
    """Each phrase stands under the element that the fewest phrases share, so that it is looked at rarely."""
    uses: dict[int, int] = defaultdict(int)
    for phrase in phrases:
        for element in phrase.needs:
            uses[element] += 1
    found: dict[int, list[int]] = defaultdict(list)
    for number, phrase in enumerate(phrases):
        found[min(phrase.needs, key=lambda element: (uses[element], element))].append(number)
    return {element: tuple(numbers) for element, numbers in found.items()}


def _phrase(text: str, words: Words, choices: dict[frozenset[str], int]) -> Phrase:
    parts = tuple(_elements(part, text, words, choices) for part in text.lower().split("&"))
    return Phrase(text, parts, frozenset(element for part in parts for _, element in part))


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
