"""A letter: a mail of ours, from the decision to its delivery."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

Fact = str | bool | tuple[str, ...] | None


class Delivery(StrEnum):
    """Where a letter stands (DESIGN.md, Outbox)."""

    HELD = "held"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNCERTAIN = "uncertain"


class Role(StrEnum):
    """For whom a letter is."""

    PERSON = "person"
    REGIONAL_LEAD = "regional_lead"
    ADMIN = "admin"
    CSP = "csp"


class Sort(StrEnum):
    """Why a letter goes: it rules the hours, the caps and the mark of RFC 3834.

    An answer goes at once and is capped; an act's letter goes at once; a reminder waits for working hours; an
    alert goes at any hour.
    """

    ANSWER = "answer"
    ACT = "act"
    REMINDER = "reminder"
    ALERT = "alert"


@dataclass(frozen=True, slots=True)
class Letter:
    """What was decided to be written, to whom and when.

    `id` is made of the ticket and a running number (`IM-000123-2`), so its Message-ID is the same at every
    retry.
    `parts` are the templates whose text makes up the body, `facts` the values that they use; `subject`,
    `text` and `html` are filled in when
    it is written out, before it is stored. `not_before` and the other times are aware.
    """

    id: str
    ticket: int
    template: str
    role: Role
    to: str
    to_name: str
    sort: Sort
    parts: tuple[str, ...]
    facts: Mapping[str, Fact]
    decided: datetime
    not_before: datetime
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    inside: bool = False
    subject: str = ""
    text: str = ""
    html: str = ""
    message_id: str = ""
    state: Delivery = Delivery.QUEUED
    attempts: int = 0
    because: str = ""
    sent: datetime | None = None

    @property
    def automatic(self) -> Literal["auto-replied", "auto-generated"]:
        """The value of Auto-Submitted (RFC 3834): only what the bot starts by itself is `auto-generated`."""
        return "auto-replied" if self.sort in (Sort.ANSWER, Sort.ACT) else "auto-generated"

    @property
    def open(self) -> bool:
        """Whether something may still happen to it."""
        return self.state in (Delivery.HELD, Delivery.QUEUED, Delivery.SENDING, Delivery.UNCERTAIN)
