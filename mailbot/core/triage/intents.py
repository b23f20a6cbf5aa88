"""From evidence to intents: scores, which of two that overlap is meant, and in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mailbot.core.triage.evidence import Evidence
    from mailbot.core.triage.rules import Weighing, Yield

HIGHEST = 30.0
SAID = 6.0
TOLD = frozenset(("leaver_confirmed", "security_incident"))
NEW = frozenset(("to", "new", "now", "instead", "changed"))
OUTRIGHT = 7.0
"""The weight of a phrase that asks in so many words."""


def scores(evidence: Sequence[Evidence]) -> dict[str, float]:
    """The sum of the best weight of each rule, at most 30 an intent; the highest first."""
    best: dict[tuple[str, str], float] = {}
    for one in evidence:
        key = (one.clue.intent, one.clue.rule)
        best[key] = max(best.get(key, 0.0), one.weight)
    sums: dict[str, float] = {}
    for (intent, _), weight in best.items():
        sums[intent] = min(HIGHEST, sums.get(intent, 0.0) + weight)
    return dict(sorted(sums.items(), key=lambda item: -item[1]))


def intents(scored: Mapping[str, float], evidence: Sequence[Evidence], weighing: Weighing) -> tuple[str, ...]:
    """The intents that are meant, the one whose neglect would hurt most first; none where nothing is"
    " clear."""
    taken = {intent: score for intent, score in scored.items() if score >= weighing.enough}
    if not taken and scored and (best := next(iter(scored))) and scored[best] >= weighing.hint:
        taken = {best: scored[best]}
    _only_one(taken, evidence, weighing)
    for rule in weighing.yields:
        if rule.intent in taken and _yields(rule, taken, evidence, weighing):
            del taken[rule.intent]
    ordered = sorted(taken, key=lambda intent: (weighing.rank.get(intent, 99), _place(intent, evidence)))
    return tuple(intent for intent in ordered if intent == ordered[0] or outright(intent, evidence))


def outright(intent: str, evidence: Sequence[Evidence]) -> bool:
    """Whether it is asked for in so many words: a second intent is not guessed from hints."""
    return any(
        e.clue.intent == intent
        and e.source != "subject"
        and e.clue.weight >= SAID
        and (e.asks or e.source == "forwarded" or intent in TOLD)
        for e in evidence
    )


def _only_one(taken: dict[str, float], evidence: Sequence[Evidence], weighing: Weighing) -> None:
    """Keeps the strongest of those that exclude each other, and what is asked for outright in another"
    " sentence."""
    rivals = sorted(weighing.one_of & taken.keys(), key=lambda intent: -taken[intent])
    for intent in rivals[1:]:
        never = frozenset((intent, rivals[0])) in weighing.never_both
        if never or not _apart(intent, rivals[0], evidence, weighing):
            del taken[intent]


def _apart(intent: str, rival: str, evidence: Sequence[Evidence], weighing: Weighing) -> bool:
    told = {e.sentence for e in evidence if e.clue.intent == rival and e.weight >= weighing.enough}
    return any(
        e.clue.intent == intent
        and e.asks
        and e.weight >= OUTRIGHT
        and e.source == "said"
        and e.sentence not in told
        for e in evidence
    )


def _yields(
    rule: Yield, taken: Mapping[str, float], evidence: Sequence[Evidence], weighing: Weighing
) -> bool:
    others = [score for intent, score in taken.items() if intent in rule.to]
    if not others or taken[rule.intent] - max(others) > rule.lead:
        return False
    return not (rule.asked and _asked(rule, evidence, weighing))


def _asked(rule: Yield, evidence: Sequence[Evidence], weighing: Weighing) -> bool:
    """Whether it is asked for outright, in words that are not the other intent's too."""
    others = {e.sentence for e in evidence if e.clue.intent in rule.to and e.weight >= weighing.enough}
    spans = [(e.start, e.end) for e in evidence if e.clue.intent in rule.to and e.source == "said"]
    return any(
        e.clue.intent == rule.intent
        and e.asks
        and e.source == "said"
        and e.weight >= weighing.enough
        and not (rule.apart and e.sentence in others)
        and (_has_number(e) or not any(e.start < end and start < e.end for start, end in spans))
        for e in evidence
    )


def _has_number(one: Evidence) -> bool:
    """Whether a new number is told: nobody tells it only to have it shown or hidden."""
    words = set(one.phrase.lower().split())
    return one.clue.intent == "mobile_update" and bool(words & NEW) and any(c.isdigit() for c in one.phrase)


def _place(intent: str, evidence: Sequence[Evidence]) -> tuple[int, int]:
    return min(
        ((e.source != "said", e.start) for e in evidence if e.clue.intent == intent),
        default=(2, 0),
    )
