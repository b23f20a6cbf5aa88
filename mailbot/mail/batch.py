"""Batches: how many mails are asked for at once, bounded by number and by bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

T = TypeVar("T")


def batches(sizes: Iterable[tuple[T, int]], count: int, size: int) -> Iterator[list[T]]:
    """Mails, given with their bytes, in lists of at most `count` mails and `size` bytes.

    A mail that is bigger goes alone.
    """
    batch: list[T] = []
    total = 0
    for mail, octets in sizes:
        if batch and (len(batch) >= count or total + octets > size):
            yield batch
            batch, total = [], 0
        batch.append(mail)
        total += octets
    if batch:
        yield batch


def chunks(items: Sequence[T], count: int) -> Iterator[Sequence[T]]:
    """The items in runs of at most `count`."""
    for start in range(0, len(items), count):
        yield items[start : start + count]


def windows(first: int, next_uid: int, exists: int, width: int) -> Iterator[str]:
    """Ranges of UIDs to search one by one, so that no answer's line grows without bound."""
    while exists > width and first + width < next_uid:
        yield f"{first}:{first + width - 1}"
        first += width
    yield f"{first}:*"
