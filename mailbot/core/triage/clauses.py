"""Text cut into sentences and clauses of words, less what is nobody's word now: signature, disclaimer, footer."""

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
_CLAUSE = re.compile(r"[,:()–—…]|\.\.|\s-")
_PLAIN_DOT = re.compile(r"[./&+]")
_PIN = re.compile(r"\d\d[a-l]\d{4}[a-z]")
_OPENERS = frozenset(
    "but because cos coz so although though whereas which who whose however then except".split()
)
_AFTER_AND = frozenset(
    "i i'm im i've ive i'd can could please pls plz would will we she he it they is was want need also".split()
)
_COURTESY = frozenset("please pls plz plse pleas kindly".split())


@dataclass(frozen=True, slots=True)
class Sentence:
    """The words of one sentence, with their places in the text and the number of each one's clause.

    `asks` tells that it ends with a question mark, `please` that it says please.
    """

    tokens: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    clauses: tuple[int, ...]
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
    """Whether a line that ends here was only wrapped: it is long, and the next begins like the middle of a sentence."""
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
    tokens: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    clauses: list[int] = []
    clause, before, please = 0, found[0].start(), False
    for token in found:
        if token.start() - before > 1 and _CLAUSE.search(text, before, token.start()):
            clause += 1
        before = token.end()
        for word, at, until in _split(token.group().lower(), token.start(), words):
            if word in _COURTESY:
                please = True
            if word in _OPENERS or (word in _AFTER_AND and tokens and tokens[-1] in ("and", "&", "n")):
                clause += 1
            if word not in words.fillers:
                tokens.append(words.meant(word))
                starts.append(at)
                ends.append(until)
                clauses.append(clause)
    joined = _joined(tokens, starts, ends, clauses, words)
    yield from _pieces(joined, asks, please)


def _split(token: str, start: int, words: Words) -> list[tuple[str, int, int]]:
    """A token as words: an address, a PIN or a number as what it is, `e-mail` whole, `password/login` in two."""
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


_Columns = tuple[list[str], list[int], list[int], list[int]]


def _joined(
    tokens: list[str], starts: list[int], ends: list[int], clauses: list[int], words: Words
) -> _Columns:
    """The same words with the terms of several words made one."""
    terms = words.terms
    if not any(token in terms for token in tokens):
        return tokens, starts, ends, clauses
    out: _Columns = ([], [], [], [])
    at = 0
    while at < len(tokens):
        token, length = tokens[at], 1
        for rest, whole in terms.get(token, ()):
            if tuple(tokens[at + 1 : at + 1 + len(rest)]) == rest:
                token, length = whole, 1 + len(rest)
                break
        out[0].append(token)
        out[1].append(starts[at])
        out[2].append(ends[at + length - 1])
        out[3].append(clauses[at])
        at += length
    return out


def _pieces(columns: _Columns, asks: bool, please: bool) -> Iterator[Sentence]:
    tokens, starts, ends, clauses = columns
    for at in range(0, len(tokens), LONGEST):
        until = at + LONGEST
        yield Sentence(
            tuple(tokens[at:until]),
            tuple(starts[at:until]),
            tuple(ends[at:until]),
            tuple(clauses[at:until]),
            asks,
            please,
        )
