"""A mistake in what people write: which file and line, what is wrong, and what to do about it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

Place: TypeAlias = tuple[str | int, ...]

_HEADER = re.compile(r"[ \t]*(\[\[?)([^\[\]]+)\]\]?[ \t]*(?:#.*)?$")
_KEY = re.compile(
    r"[ \t]*((?:\"[^\"]*\"|'[^']*'|[\w-]+)(?:[ \t]*\.[ \t]*(?:\"[^\"]*\"|'[^']*'|[\w-]+))*)[ \t]*="
)
_PART = re.compile(r"\"([^\"]*)\"|'([^']*)'|([\w-]+)")
_SYNTAX_LINE = re.compile(r"\(at line (\d+)")


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake; `line` counts from 1, 0 where no line can be named."""

    file: Path
    line: int
    text: str
    remedy: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else str(self.file)
        return f"{place}: {self.text}" + (f" ({self.remedy})" if self.remedy else "")


class Mistakes(Exception):  # noqa: N818 - several mistakes are no single error
    """Everything that is wrong with what was read, so that all of it can be put right at once."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


def read_toml(file: Path) -> tuple[dict[str, Any], str]:
    """The file's values and its text; `Mistakes` where it is missing, not UTF-8 or not TOML."""
    try:
        text = file.read_bytes().decode("utf-8")
    except OSError as error:
        raise Mistakes([Mistake(file, 0, f"cannot be read: {error.strerror or error}")]) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise Mistakes([Mistake(file, line, "is not UTF-8", "save it as UTF-8")]) from error
    try:
        return tomllib.loads(text), text
    except tomllib.TOMLDecodeError as error:
        found = _SYNTAX_LINE.search(str(error))
        line = int(found.group(1)) if found else text.count("\n") + 1
        raise Mistakes([Mistake(file, line, f"is not TOML: {error}")]) from error


def line_of(text: str, place: Sequence[str | int]) -> int:
    """The line (from 1) in which a key, table or list item stands, or the nearest one above it; 0 for none.

    `place` is the way to it as pydantic tells it: `("mailbox", 1, "imap", "port")`.
    """
    wanted, best, length = tuple(place), 0, 0
    for number, found in _places(text):
        shared = _shared(found, wanted)
        if shared == len(found) and shared > length:
            best, length = number, shared
    return best


def _shared(found: Place, wanted: Place) -> int:
    same = 0
    for ours, theirs in zip(found, wanted, strict=False):
        if ours != theirs:
            break
        same += 1
    return same


def _places(text: str) -> Iterator[tuple[int, Place]]:
    """Each line that opens a table, a key or an item of a list written over several lines."""
    table: Place = ()
    counts: dict[Place, int] = {}
    within: list[str] = []
    key: Place = ()
    item = 0
    for number, line in enumerate(text.splitlines(), start=1):
        if within:
            if within[-1] == "[" and line.strip(" \t,]") and not line.lstrip().startswith("#"):
                yield number, (*key, item)
                item += 1
            _follow(line, within)
        elif header := _HEADER.match(line):
            table = _table(header.group(1) == "[[", _parts(header.group(2)), counts)
            yield number, table
        elif named := _KEY.match(line):
            key, item = (*table, *_parts(named.group(1))), 0
            yield number, key
            _follow(line[named.end() :], within)


def _table(repeated: bool, parts: tuple[str, ...], counts: dict[Place, int]) -> Place:
    place: Place = ()
    for part in parts[:-1]:
        place = (*place, part)
        if place in counts:
            place = (*place, counts[place])
    place = (*place, parts[-1])
    if repeated:
        counts[place] = counts.get(place, -1) + 1
        place = (*place, counts[place])
    return place


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(a or b or c for a, b, c in _PART.findall(dotted))


def _follow(line: str, within: list[str]) -> None:
    """Keeps `within` as the brackets and long quotes that are open at the end of the line."""
    at = 0
    while at < len(line):
        long_quote = line[at : at + 3]
        if within and within[-1] in ('"""', "'''"):
            if long_quote == within[-1]:
                within.pop()
                at += 2
        elif long_quote in ('"""', "'''"):
            within.append(long_quote)
            at += 2
        elif line[at] in "\"'":
            at = _after_string(line, at)
        elif line[at] == "#":
            return
        elif line[at] in "[{":
            within.append(line[at])
        elif line[at] in "]}" and within:
            within.pop()
        at += 1


def _after_string(line: str, at: int) -> int:
    """Where the short string that opens at `at` ends."""
    quote, at = line[at], at + 1
    while at < len(line) and line[at] != quote:
        at += 2 if line[at] == "\\" and quote == '"' else 1
    return at
