"""Text cut into sentences and clauses of words, less what is nobody's word now: signature, disclaimer,"
" footer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mailbot.core.triage.words import Words

LONGEST = 70
"""Words in a sentence; a longer one is read as several."""

_TOKEN = re.compile(r"\w+(?:['.@+\-/&]+\w+)*")
_BREAK = re.compile(r"[.!?]+(?=[\s\"')\]]|$)|[\n;•|]|\s[-–—*]+\s")
_CLAUSE = re.compile(r"[,:–—…]|\.\.|\s-")
_PLAIN_DOT = re.compile(r"[./&+]")
_ITEM = re.compile(r"\d{1,2}[.)]\s")
_PIN = re.compile(r"\d\d[a-l]\d{4}[a-z]")
# Another thought follows each of these.
_OPENERS = frozenset((
    "but", "because", "cos", "coz", "so", "although", "though", "whereas", "which", "who", "whose",
    "however", "then", "except",
))  # fmt: skip
_AFTER_AND = frozenset((
    "i", "i'm", "im", "i've", "ive", "i'd", "can", "could", "please", "pls", "plz", "would", "will",
    "we", "she", "he", "it", "they", "is", "was", "want", "need", "also",
))  # fmt: skip
_INDEFINITE = frozenset(("a", "an"))
_COURTESY = frozenset(["please", "pls", "plz", "plse", "pleas", "kindly"])


@dataclass(frozen=True, slots=True)
class Sentence:
    """The words of one sentence, with their places in the text and the number of each one's clause.

    `terms` are terms of several words: the joined form, and the numbers of the first and last word.
    `indefinite`:
    the words before which "a" or "an" stands. `asks` tells that it ends with a question mark or is an
    item of a list, `please` that it says please.
    """

    tokens: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    clauses: tuple[int, ...]
    terms: tuple[tuple[str, int, int], ...] = ()
    indefinite: tuple[int, ...] = ()
    asks: bool = False
    please: bool = False


def sentences(text: str, words: Words, skip: Sequence[tuple[int, int]] = ()) -> Iterator[Sentence]:
    """The sentences of the text, whose lines are read together where they are one paragraph.

    `skip` holds stretches that are not read.
    """
    start = 0
    for found in _BREAK.finditer(text):
        if found.group() == "\n" and _runs_on(text, start, found.end()):
            continue
        yield from _sentence(text, start, found.start(), "?" in found.group(), words, skip)
        start = found.end()
    yield from _sentence(text, start, len(text), False, words, skip)


def _runs_on(text: str, start: int, after: int) -> bool:
    """Whether a line that ends here was only wrapped: it is long, and the next begins like the middle of a"
    " sentence."""
    line = max(text.rfind("\n", start, after - 1) + 1, start)
    following = text[after : after + 1]
    if not following or following.isspace() or following in "-*•>":
        return False
    return after - line > 45 or (following.islower() and text[after - 2 : after - 1] not in ",:")


def _sentence(
    text: str, start: int, end: int, asks: bool, words: Words, skip: Sequence[tuple[int, int]]
) -> Iterator[Sentence]:
    found = [t for t in _TOKEN.finditer(text, start, end) if not any(a <= t.start() < b for a, b in skip)]
    if not found:
        return
    row = _Row()
    asks = asks or _ITEM.match(text, found[0].start()) is not None
    clause, before = 0, found[0].start()
    for token in found:
        if token.start() - before > 1 and _CLAUSE.search(text, before, token.start()):
            clause += 1
        before = token.end()
        for word, at, until in _split(token.group().lower(), token.start(), words):
            clause += row.joins(word)
            row.add(word, at, until, clause, words)
            clause += 2 * (word in _OPENERS and len(row.tokens) > 1)
    yield from row.pieces(asks, words)


def _split(token: str, start: int, words: Words) -> list[tuple[str, int, int]]:
    """A token as words: an address, a PIN or a number as what it is, `e-mail` whole, `password/login` in"
    " two."""
    if token.isalpha():
        return [(token, start, start + len(token))]
    if "@" in token:
        return [("#email", start, start + len(token))]
    if token in words.known or token.replace("'", "").isalpha():
        return [(token, start, start + len(token))]
    if _PIN.fullmatch(token):
        return [("#pin", start, start + len(token))]
    if token.isdigit() and token.startswith(("07", "447")) and len(token) > 4:
        return [("#mobile", start, start + len(token))]
    if _PLAIN_DOT.search(token) is None and "-" not in token:
        return [(token, start, start + len(token))]
    return [(m.group(), start + m.start(), start + m.end()) for m in re.finditer(r"[\w']+", token)]


class _Row:
    """The words of a sentence while it is being read."""

    __slots__ = ("clauses", "ends", "indefinite", "please", "starts", "tokens")

    def __init__(self) -> None:
        self.tokens: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.clauses: list[int] = []
        self.indefinite: list[int] = []
        self.please = False

    def joins(self, word: str) -> bool:
        """Whether the next clause begins with this word behind an "and"."""
        return bool(self.tokens) and self.tokens[-1] in ("and", "n") and word in _AFTER_AND

    def add(self, word: str, start: int, end: int, clause: int, words: Words) -> None:
        if word in words.fillers:
            self.please = self.please or word in _COURTESY
            if word in _INDEFINITE:
                self.indefinite.append(len(self.tokens))
            return
        self.tokens.append(words.meant(word))
        self.starts.append(start)
        self.ends.append(end)
        self.clauses.append(clause)

    def pieces(self, asks: bool, words: Words) -> Iterator[Sentence]:
        for at in range(0, len(self.tokens), LONGEST):
            tokens = tuple(self.tokens[at : at + LONGEST])
            yield Sentence(
                tokens,
                tuple(self.starts[at : at + LONGEST]),
                tuple(self.ends[at : at + LONGEST]),
                tuple(self.clauses[at : at + LONGEST]),
                _terms(tokens, words),
                tuple(i - at for i in self.indefinite if at <= i < at + len(tokens)),
                asks,
                self.please,
            )


def _terms(tokens: Sequence[str], words: Words) -> tuple[tuple[str, int, int], ...]:
    terms = words.terms
    found = []
    for at, token in enumerate(tokens):
        if token in terms:
            for rest, whole in terms[token]:
                if tuple(tokens[at + 1 : at + 1 + len(rest)]) == rest:
                    found.append((whole, at, at + len(rest)))
    return tuple(found)
