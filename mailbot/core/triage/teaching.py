"""Teaching: weights of words from labelled mail, the same for the same mails every time."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailbot.core.triage.learned import HUMAN, Learned, shares

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

ROUNDS = 20
STEP = 0.01
DECAY = 0.01
TINY = 1e-3
RARE = 2
"""Mails in which a feature must stand to count at all."""
SLIGHT = 0.04
"""Weights nearer to nothing than this are dropped."""


_Mail = tuple[list[tuple[str, float]], str, bool]


@dataclass(frozen=True, slots=True)
class Lesson:
    """One labelled mail: its features, the intent that stands first, and whether a person must read it."""

    features: Mapping[str, float]
    intent: str
    human: bool


def teach(lessons: Sequence[Lesson], told: Callable[[int], None] = lambda _round: None) -> Learned:
    """Logistic regression over the intents, and a second one over "human"; the order of mails is fixed.

    `told` hears the number of each round that is done.
    """
    kept = Counter(f for lesson in lessons for f in lesson.features)
    mails = [
        ([(f, v) for f, v in one.features.items() if kept[f] >= RARE], one.intent, one.human)
        for one in lessons
    ]
    labels = sorted({intent for _, intent, _ in mails})
    slope = _Slope([*labels, HUMAN])
    for number in range(ROUNDS):
        for features, intent, human in _order(mails, number):
            sums = slope.sums(features)
            wanting = 1 / (1 + math.exp(-max(-50.0, min(50.0, sums.pop(HUMAN)))))
            errors = {label: share - (label == intent) for label, share in shares(sums).items()}
            slope.step(features, {**errors, HUMAN: wanting - human}, STEP / (1 + number / 10))
        told(number + 1)
    return slope.learned()


def _order(mails: Sequence[_Mail], number: int) -> Iterator[_Mail]:
    """Another order each round, without chance: every k-th mail, k from the round."""
    stride = 2 * number + 1
    while math.gcd(stride, len(mails)) > 1:
        stride += 1
    return (mails[i * stride % len(mails)] for i in range(len(mails)))


class _Slope:
    """The weights as they move downhill, each mail by as much as it is wrong."""

    def __init__(self, labels: Sequence[str]) -> None:
        self._labels = labels
        self._weights: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))

    def sums(self, features: Sequence[tuple[str, float]]) -> dict[str, float]:
        sums = dict.fromkeys(self._labels, 0.0)
        for feature, strength in (*features, ("", 1.0)):
            for label, weight in self._weights[feature].items():
                sums[label] += strength * weight
        return sums

    def step(self, features: Sequence[tuple[str, float]], errors: Mapping[str, float], step: float) -> None:
        wrong = [(label, error) for label, error in errors.items() if abs(error) > TINY]
        for feature, strength in (*features, ("", 1.0)):
            weights = self._weights[feature]
            for label, error in wrong:
                weights[label] -= step * (error * strength + DECAY * weights[label])

    def learned(self) -> Learned:
        found = {
            feature: {label: round(w, 2) for label, w in weights.items() if abs(w) >= SLIGHT}
            for feature, weights in sorted(self._weights.items())
            if feature
        }
        bias = {label: round(w, 3) for label, w in self._weights[""].items()}
        return Learned({f: w for f, w in found.items() if w}, bias)
