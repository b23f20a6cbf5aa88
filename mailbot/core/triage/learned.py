"""What was learned from labelled mail: the weights of words, as a second opinion beside the rules."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mailbot.core.message import Message, Trust

LONGEST = 4_000
"""Characters that are read: what comes later seldom says what a mail asks for."""
SHORT = 200
"""Characters of a reply at most, for what it forwards to be read with it."""
HUMAN = "human"
"""The label of the second question that is learned: whether a person must read the mail first."""
_TOKEN = re.compile(r"[^\W\d_][\w']*|\d+|[?!]")
_ADDRESS = re.compile(r"\S+@\S+")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_TOPIC = re.compile(
    r"nhs|\b(?:account|password|pass|log|login|logged|e-?mail|mail|mobile|number|locked|leaver|joiner|directory"
    r"|inbox|phone|sign|access|address)\b",
    re.IGNORECASE,
)
_STRENGTH = {"w:": 8.0, "e:": 10.0, "s:": 4.0, "r:": 0.1, "m:": 1.0}
"""How much each sort of feature counts: words, words beside the topic, words of the subject, scores of
the rules, what is known of the mail."""


@dataclass(frozen=True, slots=True)
class Learned:
    """`weights` by feature and label, `bias` by label; without any, there is no opinion.

    With a lead of `change` the opinion overrules the rules' first intent; below `sure` for the first
    intent, or from `wary` on for "human", a person reads the mail. From a score of `firm` on the rules are
    neither overruled nor doubted.
    """

    weights: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    bias: Mapping[str, float] = field(default_factory=dict)
    change: float = 1.0
    sure: float = 0.0
    wary: float = 1.0
    firm: float = 99.0


def features(
    message: Message, scores: Mapping[str, float], trust: Trust, mailbox: str, said: str, forwarded: str
) -> dict[str, float]:
    """The features of a mail and how strong each is; `scores` are those of the rules."""
    text = f"{said}\n{forwarded[:600]}" if len(said) < SHORT else said
    beside = " . ".join(s for s in _SENTENCE.split(text[:LONGEST]) if _TOPIC.search(s))
    found = _words("w:", text) | _words("e:", beside) | _words("s:", message.subject)
    found |= {f"r:{label}": score * _STRENGTH["r:"] for label, score in scores.items() if score}
    return found | dict.fromkeys(_known(message, trust, mailbox, said), _STRENGTH["m:"])


def _known(message: Message, trust: Trust, mailbox: str, said: str) -> Iterable[str]:
    yield f"m:{trust.value}"
    yield f"m:{message.kind.value}"
    yield f"m:{mailbox}"
    if len(said) < SHORT / 2:
        yield "m:short"
    if message.forwarded:
        yield "m:forward"
    if message.in_reply_to or message.subject.lower().startswith("re:"):
        yield "m:reply"


def tokens(text: str) -> list[str]:
    """Words in lower case; numbers and addresses are one sign each, so that nobody's data is learned."""
    plain = _ADDRESS.sub(" ", text[:LONGEST].lower().replace("’", "'"))
    return ["#" if t.isdigit() else t for t in _TOKEN.findall(plain)]


def _words(prefix: str, text: str) -> dict[str, float]:
    """Single words and pairs, each as 1 + log of its number, the whole of the sort's strength."""
    words = tokens(text)
    counted = Counter(words)
    counted.update(f"{a} {b}" for a, b in pairwise(words))
    strong = {prefix + word: 1 + math.log(n) for word, n in counted.items()}
    length = math.sqrt(sum(v * v for v in strong.values())) or 1.0
    return {word: _STRENGTH[prefix] * value / length for word, value in strong.items()}


def opinion(learned: Learned, found: Mapping[str, float]) -> dict[str, float]:
    """The probability of each label, the likeliest first, and of `HUMAN` by itself; empty without weights."""
    sums = dict(learned.bias)
    for feature, strength in found.items():
        for label, weight in learned.weights.get(feature, {}).items():
            sums[label] = sums.get(label, 0.0) + strength * weight
    if not sums:
        return {}
    human = 1 / (1 + math.exp(-max(-50.0, min(50.0, sums.pop(HUMAN, -50.0)))))
    return {**shares(sums), HUMAN: human}


def shares(sums: Mapping[str, float]) -> dict[str, float]:
    """Sums as probabilities that add up to 1 (softmax), the likeliest first."""
    highest = max(sums.values())
    powers = {label: math.exp(value - highest) for label, value in sums.items()}
    total = sum(powers.values())
    return dict(sorted(((k, v / total) for k, v in powers.items()), key=lambda kv: -kv[1]))
