"""What triage finds: intents with the words that speak for them, the person meant, and whether a bot may"
" act."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from mailbot.core.message import Trust

AUTO, HUMAN = "auto", "human"


@dataclass(frozen=True, slots=True)
class Reason:
    """A phrase that speaks for an intent.

    `start` and `end` are its place in the text that was read: `said`, the subject or the forwarded text.
    """

    intent: str
    phrase: str
    start: int
    end: int
    weight: float


@dataclass(frozen=True, slots=True)
class Person:
    """Whose account it is about, as far as the message tells; "" where it does not."""

    name: str = ""
    email: str = ""
    mobile: str = ""
    nmc_pin: str = ""


@dataclass(frozen=True, slots=True)
class Triage:
    """What one mail asks for: the intents are labels of PROCEDURES.md, the main one first.

    `dates` has leaver_date, last_day, absence_from and return_on, `orgs` has from and to: only what is
    stated.
    `human_because` says in words why a person must look first ("" where none must).
    `withdrawal`: takes back a request that may be under way. `password_shown`: a password stands in the mail.
    `opinion` is what the words as a whole speak for, as probabilities, the likeliest first.
    """

    intents: tuple[str, ...]
    scores: Mapping[str, float]
    act: str
    human_because: str
    person: Person = Person()
    dates: Mapping[str, date] = field(default_factory=dict)
    orgs: Mapping[str, str] = field(default_factory=dict)
    because: tuple[Reason, ...] = ()
    withdrawal: bool = False
    patient_details: bool = False
    password_shown: bool = False
    opinion: Mapping[str, float] = field(default_factory=dict)

    @property
    def runner_up(self) -> str:
        """The intent with the highest score among those that were not taken; "" where none scored."""
        others = {intent: score for intent, score in self.scores.items() if intent not in self.intents}
        return max(others, key=lambda intent: others[intent], default="")

    @property
    def margin(self) -> float:
        """How far the weakest intent that was taken stands above the runner-up."""
        taken = [self.scores.get(intent, 0.0) for intent in self.intents]
        return min(taken, default=0.0) - self.scores.get(self.runner_up, 0.0)


def as_json(triage: Triage, trust: Trust) -> dict[str, Any]:
    """The fields of `mailbot triage --json`, all but `file`; what is not stated is absent."""
    person = triage.person
    stated = {"name": person.name, "email": person.email, "mobile": person.mobile, "nmc_pin": person.nmc_pin}
    return {
        "intents": list(triage.intents),
        "scores": {intent: round(score, 2) for intent, score in triage.scores.items()},
        "act": triage.act,
        "human_because": triage.human_because,
        "runner_up": triage.runner_up,
        "margin": round(triage.margin, 2),
        "person": {key: value for key, value in stated.items() if value},
        "dates": {key: day.isoformat() for key, day in triage.dates.items()},
        "orgs": dict(triage.orgs),
        "opinion": {intent: round(share, 3) for intent, share in triage.opinion.items()},
        "trust": trust.value,
        "because": [
            {
                "intent": r.intent,
                "phrase": r.phrase,
                "start": r.start,
                "end": r.end,
                "weight": round(r.weight, 2),
            }
            for r in triage.because
        ],
    }
