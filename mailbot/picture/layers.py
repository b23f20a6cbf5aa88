"""Layers: boxes in rows, ordered so that few lines cross and placed so that nothing overlaps."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SPACE = 26.0  # between boxes of a row, in px
GAP = 46.0  # between rows
THREAD = 10.0  # the room of a line that passes through a row
STRAIGHT = 12.0  # how far a line runs straight before it meets a box
SWEEPS = 24
MARGIN = 24.0

Point = tuple[float, float]
Link = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Box:
    """The size of a box, in px."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Laid:
    """Where everything is: the middle of each box's upper edge, the points of each link, the size of it all.

    A link's points come in pairs: between two pairs the line bends, within one it is straight.
    """

    places: Mapping[str, Point]
    routes: Mapping[Link, tuple[Point, ...]]
    width: float
    height: float


@dataclass(slots=True)
class _Rows:
    """The rows with the threads of long links; `chains` are the links with all that they pass, downwards."""

    rows: list[list[str]]
    widths: dict[str, float]
    chains: dict[Link, list[str]] = field(default_factory=dict)

    def neighbours(self, above: bool) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {name: [] for row in self.rows for name in row}
        for chain in self.chains.values():
            for upper, lower in pairwise(chain):
                found[lower if above else upper].append(upper if above else lower)
        return found


def laid_out(boxes: Mapping[str, Box], layers: Mapping[str, int], links: Sequence[Link]) -> Laid:
    """Places the boxes in the rows that `layers` gives them. A link may lead up or down, not within a row."""
    rows = _threaded(boxes, layers, links)
    _untangle(rows)
    xs = _across(rows)
    tops, bottoms = _down(rows, boxes)
    left = min(xs[name] - rows.widths[name] / 2 for row in rows.rows for name in row) - MARGIN
    xs = {name: x - left for name, x in xs.items()}
    routes = {
        link: _route(link, chain, rows, xs, (tops, bottoms), boxes) for link, chain in rows.chains.items()
    }
    row_of = {name: n for n, row in enumerate(rows.rows) for name in row}
    return Laid(
        places={name: (xs[name], tops[row_of[name]]) for name in boxes},
        routes=routes,
        width=max(xs[name] + rows.widths[name] / 2 for name in xs) + MARGIN,
        height=bottoms[-1] + MARGIN,
    )


def _threaded(boxes: Mapping[str, Box], layers: Mapping[str, int], links: Sequence[Link]) -> _Rows:
    used = sorted({layers[name] for name in boxes})
    row_of = {name: used.index(layers[name]) for name in boxes}
    rows: list[list[str]] = [[n for n in boxes if row_of[n] == at] for at in range(len(used))]
    made = _Rows(rows, {name: box.width for name, box in boxes.items()})
    for link in dict.fromkeys(links):
        upper, lower = sorted(link, key=lambda n: row_of[n])
        chain = [upper]
        for at in range(row_of[upper] + 1, row_of[lower]):
            thread = f"{link[0]}\0{link[1]}\0{at}"
            rows[at].append(thread)
            made.widths[thread] = THREAD
            chain.append(thread)
        made.chains[link] = [*chain, lower]
    return made


# --- the order within rows ----------------------------------------------------------------------------


def _untangle(rows: _Rows) -> None:
    """Sweeps down and up: each box goes to the mean place of its neighbours; the best order stays."""
    above, below = rows.neighbours(True), rows.neighbours(False)
    best, fewest = [list(row) for row in rows.rows], _crossings(rows, above)
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        order = range(1, len(rows.rows)) if down else range(len(rows.rows) - 2, -1, -1)
        for at in order:
            other = rows.rows[at - 1 if down else at + 1]
            place = {name: n for n, name in enumerate(other)}
            near = above if down else below
            old = {name: n for n, name in enumerate(rows.rows[at])}
            rows.rows[at].sort(key=lambda n, p=place, o=old, k=near: _mean([p[m] for m in k[n]], o[n]))  # type: ignore[misc]
        if (now := _crossings(rows, above)) < fewest:
            best, fewest = [list(row) for row in rows.rows], now
    rows.rows[:] = best


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _crossings(rows: _Rows, above: Mapping[str, Sequence[str]]) -> int:
    count = 0
    for upper, lower in pairwise(rows.rows):
        place = {name: n for n, name in enumerate(upper)}
        ends = [place[m] for name in lower for m in sorted(above[name], key=place.__getitem__)]
        count += sum(a > b for n, a in enumerate(ends) for b in ends[n + 1 :])
    return count


# --- places -------------------------------------------------------------------------------------------


def _across(rows: _Rows) -> dict[str, float]:
    """The middle of each box: near the mean of its neighbours, and no two overlap."""
    xs: dict[str, float] = {}
    for row in rows.rows:
        xs |= dict(zip(row, _apart(row, [0.0] * len(row), rows.widths), strict=True))
    above, below = rows.neighbours(True), rows.neighbours(False)
    for sweep in range(SWEEPS):
        for row in rows.rows if sweep % 2 == 0 else reversed(rows.rows):
            wanted = [_mean([xs[m] for m in (*above[n], *below[n])], xs[n]) for n in row]
            xs |= dict(zip(row, _apart(row, wanted, rows.widths), strict=True))
    return xs


def _apart(row: Sequence[str], wanted: Sequence[float], widths: Mapping[str, float]) -> list[float]:
    """The nearest places to the wanted ones that keep order and distance (pooled means)."""
    offsets, at = [], 0.0
    for n, name in enumerate(row):
        at += (widths[row[n - 1]] + widths[name]) / 2 + SPACE if n else 0.0
        offsets.append(at)
    pools: list[tuple[float, int]] = []
    for want, offset in zip(wanted, offsets, strict=True):
        total, count = want - offset, 1
        while pools and pools[-1][0] / pools[-1][1] > total / count:
            total, count = total + pools[-1][0], count + pools[-1][1]
            pools.pop()
        pools.append((total, count))
    bases = [total / count for total, count in pools for _ in range(count)]
    return [base + offset for base, offset in zip(bases, offsets, strict=True)]


def _down(rows: _Rows, boxes: Mapping[str, Box]) -> tuple[list[float], list[float]]:
    """The upper and lower edge of each row; more links need a wider gap."""
    tops, bottoms, y = [], [], MARGIN
    for n, row in enumerate(rows.rows):
        passing = sum(1 for chain in rows.chains.values() for name in chain[1:] if name in row)
        y += GAP + min(4.0 * passing, 40.0) if n else 0.0
        tops.append(y)
        y += max((boxes[name].height for name in row if name in boxes), default=0.0)
        bottoms.append(y)
    return tops, bottoms


def _route(
    link: Link,
    chain: Sequence[str],
    rows: _Rows,
    xs: Mapping[str, float],
    edges: tuple[Sequence[float], Sequence[float]],
    boxes: Mapping[str, Box],
) -> tuple[Point, ...]:
    tops, bottoms = edges
    row_of = {name: n for n, row in enumerate(rows.rows) for name in row}
    first, last = chain[0], chain[-1]
    start = _port(first, chain[1], rows, xs, down=True)
    at = row_of[first]
    points: list[Point] = [(start, tops[at] + boxes[first].height), (start, bottoms[at] + STRAIGHT)]
    for thread in chain[1:-1]:
        points += [(xs[thread], tops[row_of[thread]]), (xs[thread], bottoms[row_of[thread]])]
    end, top = _port(last, chain[-2], rows, xs, down=False), tops[row_of[last]]
    points += [(end, top - STRAIGHT), (end, top)]
    return tuple(points) if link[0] == first else tuple(reversed(points))


def _port(name: str, other: str, rows: _Rows, xs: Mapping[str, float], *, down: bool) -> float:
    """Where on its box's edge a line begins: the lines stand side by side, in the order of their ends."""
    ends = []
    for chain in rows.chains.values():
        if down and chain[0] == name:
            ends.append(chain[1])
        elif not down and chain[-1] == name:
            ends.append(chain[-2])
    ends.sort(key=lambda n: xs[n])
    step = min(22.0, (rows.widths[name] - 40) / max(len(ends), 1))
    return xs[name] + (ends.index(other) - (len(ends) - 1) / 2) * step
