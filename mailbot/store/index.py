"""Indexes: who is found by what, and what comes first, kept up to date at the cost of one value."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Hashable, Iterable
from hashlib import blake2b
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from datetime import datetime, timedelta

K = TypeVar("K", bound=Hashable)
V = TypeVar("V", bound=Hashable)


def digest(*words: str) -> bytes:
    """Twelve bytes that stand for the words: a third of the memory of a Message-ID."""
    return blake2b("\0".join(words).encode("utf-8", "surrogatepass"), digest_size=12).digest()


class Finder(Generic[K, V]):
    """From a word to the values that hold it."""

    def __init__(self) -> None:
        self._found: dict[K, set[V]] = {}

    def move(self, value: V, before: Iterable[K], after: Iterable[K]) -> None:
        """The value held the words `before` and holds `after` now."""
        old, new = set(before), set(after)
        for word in old - new:
            self._found[word].discard(value)
            if not self._found[word]:
                del self._found[word]
        for word in new - old:
            self._found.setdefault(word, set()).add(value)

    def find(self, word: K) -> frozenset[V]:
        return frozenset(self._found.get(word, ()))


class Timeline(Generic[V]):
    """Values in the order of an instant each, then of a number.

    Seconds are compared, since comparing aware datetimes asks both for their offset each time.
    """

    def __init__(self) -> None:
        self._order: list[tuple[float, float, int]] = []
        self._values: dict[int, tuple[datetime, float, V]] = {}

    def put(self, number: int, at: datetime, value: V, then: datetime | None = None) -> None:
        """Puts the value at its instant, instead of what had this number; `then` breaks ties."""
        self.drop(number)
        tie = (then or at).timestamp()
        insort(self._order, (at.timestamp(), tie, number))
        self._values[number] = (at, tie, value)

    def drop(self, number: int) -> None:
        known = self._values.pop(number, None)
        if known:
            del self._order[bisect_left(self._order, (known[0].timestamp(), known[1], number))]

    def all(self) -> tuple[V, ...]:
        return tuple(self._values[number][2] for _, _, number in self._order)

    def until(self, at: datetime) -> tuple[V, ...]:
        """The values up to and including that instant."""
        end = bisect_right(self._order, at.timestamp(), key=_seconds)
        return tuple(self._values[number][2] for _, _, number in self._order[:end])

    def since(self, at: datetime) -> tuple[tuple[datetime, V], ...]:
        """The values from that instant on, with their instants."""
        start = bisect_left(self._order, at.timestamp(), key=_seconds)
        found = (self._values[number] for _, _, number in self._order[start:])
        return tuple((when, value) for when, _, value in found)

    def first(self) -> datetime | None:
        return self._values[self._order[0][2]][0] if self._order else None

    def forget(self, kept: timedelta) -> None:
        """Drops what is older than the newest by more than `kept`."""
        while self._order and self._order[0][0] < self._order[-1][0] - kept.total_seconds():
            self.drop(self._order[0][2])


def _seconds(entry: tuple[float, float, int]) -> float:
    return entry[0]
