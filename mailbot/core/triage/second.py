"""The second opinion: where the words as a whole speak against what single phrases said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailbot.core.triage.intents import outright
from mailbot.core.triage.learned import HUMAN
from mailbot.core.triage.verdict import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mailbot.core.triage.evidence import Evidence
    from mailbot.core.triage.learned import Learned

SLIGHT = 0.1
"""The probability from which an intent asked for outright stays beside a question for a person."""
SHOWN = 3
"""How many of the words that spoke for the opinion are shown."""


def likeliest(opinion: Mapping[str, float]) -> str:
    """The intent that the words as a whole speak for; "" without an opinion."""
    return next((label for label in opinion if label != HUMAN), "")


def thought(
    found: tuple[str, ...],
    opinion: Mapping[str, float],
    scores: Mapping[str, float],
    evidence: Sequence[Evidence],
    learned: Learned,
) -> tuple[str, ...]:
    """The intents after a second thought: the opinion's first where it is surer than `change`.

    What the rules found stays behind it only where it was asked for in so many words; where they are
    `firm`, nothing changes.
    """
    best = likeliest(opinion)
    if scores.get(found[0], 0.0) >= learned.firm:
        return found
    if not best or best == found[0] or opinion[best] - opinion.get(found[0], 0.0) < learned.change:
        return found
    rest = (i for i in found if i not in (best, "other") and outright(i, evidence))
    return (best, *rest) if best != "other" else (best, *(i for i in rest if opinion.get(i, 0.0) > SLIGHT))


def doubt(
    found: tuple[str, ...], opinion: Mapping[str, float], scores: Mapping[str, float], learned: Learned
) -> str:
    """Why a person must look first, although the rules were sure; "" where none must."""
    if not opinion or scores.get(found[0], 0.0) >= learned.firm:
        return ""
    if opinion.get(found[0], 0.0) < learned.sure:
        return f"the words as a whole rather say {likeliest(opinion).replace('_', ' ')}"
    if opinion[HUMAN] >= learned.wary:
        return "mails of this kind are for a person"
    return ""


def because(intent: str, features: Mapping[str, float], learned: Learned, said: str) -> tuple[Reason, ...]:
    """The words that spoke most for that intent, with their first place in what was said."""
    low = said.lower()
    strong = sorted(
        (
            (v * learned.weights.get(f, {}).get(intent, 0.0), f[2:])
            for f, v in features.items()
            if f[1] == ":"
        ),
        reverse=True,
    )
    found: dict[str, Reason] = {}
    for weight, words in strong:
        at = low.find(words)
        if weight > 0 and at >= 0 and words not in found:
            found[words] = Reason(intent, said[at : at + len(words)], at, at + len(words), round(weight, 2))
        if len(found) == SHOWN:
            break
    return tuple(found.values())
