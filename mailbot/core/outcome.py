"""Outcomes: what the mail server made of a letter, and when to try again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

_FIRST = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60))
_HOURLY_UNTIL = timedelta(hours=12)
_ADDRESS = re.compile(r"\b5\.1\.[0-9]{1,3}\b")
_GIVE_UP = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Sent:
    """The server took the letter; `reply` is its answer to DATA, with addresses hidden."""

    reply: str


@dataclass(frozen=True, slots=True)
class TryLater:
    """The letter did not leave and may be tried again, not before `after` where the server says how long."""

    reason: str
    after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """The server will not take this letter, now or later (a 5xx reply, RFC 5321, 4.2.1)."""

    reason: str
    code: int

    @property
    def no_such_address(self) -> bool:
        """Whether the server says that the address itself is wrong (RFC 3463, 3.2: X.1.XXX)."""
        return _ADDRESS.search(self.reason) is not None


@dataclass(frozen=True, slots=True)
class Unknown:
    """The connection went after the text was handed over and before the answer: it may have left or not."""

    reason: str


Outcome = Sent | TryLater | Refused | Unknown


def next_try(attempts: int) -> timedelta | None:
    """How long to wait after that many attempts (1 or more); None once two days are spent.

    1, 5, 15, 30 and 60 minutes, then every hour for half a day, then every two hours (RFC 5321, 4.5.4.1 asks
    for a wait that grows).
    """
    spent = wait = timedelta()
    for attempt in range(attempts):
        wait = _wait(attempt, spent)
        spent += wait
        if spent > _GIVE_UP:
            return None
    return wait


def _wait(attempt: int, spent: timedelta) -> timedelta:
    if attempt < len(_FIRST):
        return _FIRST[attempt]
    return timedelta(hours=1 if spent < _HOURLY_UNTIL else 2)
