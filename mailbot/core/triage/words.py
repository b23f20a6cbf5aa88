"""The words that the rules know: families of words, terms of several words, and what a misspelt word"
" meant."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rapidfuzz.distance import OSA

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

SHORTEST_TYPO = 5
LONG_WORD = 9
_MEMORY = 20_000


@dataclass(frozen=True, slots=True)
class Words:
    """`families` by name; `known` all words of the rules; `fillers` are passed over between other words.

    `terms` leads from the first word of a term to the rest of it and its joined form; `near` leads from a
    word less a letter to the often misspelt words that it may have been.
    """

    families: Mapping[str, tuple[str, ...]]
    known: frozenset[str]
    ordinary: frozenset[str]
    fillers: frozenset[str]
    terms: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]
    near: Mapping[str, tuple[str, ...]]
    _meant: dict[str, str] = field(default_factory=dict, compare=False, repr=False)

    def meant(self, word: str) -> str:
        """The known word that this one is, or was meant to be; the word itself where it is none."""
        if word in self.known:
            return word
        found = self._meant.get(word)
        if found is None:
            found = self._guess(word)
            if len(self._meant) < _MEMORY:
                self._meant[word] = found
        return found

    def _guess(self, word: str) -> str:
        if word.endswith("'s") and word[:-2] in self.known:
            return word[:-2]
        bare = word.replace("'", "")
        if len(bare) < SHORTEST_TYPO or len(bare) > 20 or word in self.ordinary or not bare.isalpha():
            return word
        best, least = word, 3
        for shorter in _shortened(bare):
            for known in self.near.get(shorter, ()):
                allowed = 2 if min(len(bare), len(known)) >= LONG_WORD else 1
                distance = OSA.distance(bare, known, score_cutoff=allowed)
                if distance <= allowed and (distance, known) < (least, best):
                    best, least = known, distance
        return best


def build(
    families: Mapping[str, Iterable[str]],
    literals: Iterable[str],
    fillers: Iterable[str],
    misspelt: Iterable[str],
    ordinary: Iterable[str],
) -> Words:
    """Words from families and the single words of the rules.

    `fillers` are passed over, `misspelt` are often meant, `ordinary` look like those and are none.
    """
    passed = frozenset(fillers)
    bare = {name: tuple(_bare(word, passed) for word in members) for name, members in families.items()}
    raw = {word for members in bare.values() for word in members} | set(literals)
    known = {joined(word) for word in raw} | {word for term in raw for word in term.split()}
    return Words(
        families={name: tuple(joined(word) for word in members) for name, members in bare.items()},
        known=frozenset(known),
        ordinary=frozenset(ordinary),
        fillers=passed,
        terms=_terms(raw),
        near=_near(misspelt),
    )


def _bare(term: str, fillers: frozenset[str]) -> str:
    """A term less the words that are passed over when a sentence is read."""
    kept = [word for word in term.lower().split() if word not in fillers]
    return " ".join(kept) or term.lower()


def joined(term: str) -> str:
    """A term of several words as the one token that stands for it."""
    return "_".join(term.split())


def _terms(raw: Iterable[str]) -> dict[str, tuple[tuple[tuple[str, ...], str], ...]]:
    found: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
    for term in raw:
        first, *rest = term.split()
        if rest:
            found[first].append((tuple(rest), joined(term)))
    return {first: tuple(sorted(rests, key=lambda r: -len(r[0]))) for first, rests in found.items()}


def _near(known: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = defaultdict(set)
    for word in known:
        if len(word) >= SHORTEST_TYPO and word.isalpha():
            for shorter in _shortened(word):
                found[shorter].add(word)
    return {shorter: tuple(sorted(words)) for shorter, words in found.items()}


def _shortened(word: str) -> Iterator[str]:
    """The word and all that is left of it less one letter (two letters where it is long)."""
    yield word
    for at in range(len(word)):
        less = word[:at] + word[at + 1 :]
        yield less
        if len(word) >= LONG_WORD:
            for then in range(at, len(less)):
                yield less[:then] + less[then + 1 :]
