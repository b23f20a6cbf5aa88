"""The kinds of thing that happen: a mail or a time came, an admin acted, a letter was tried, clocks came."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from mailbot.core.message import Message, Trust
    from mailbot.core.outcome import Outcome
    from mailbot.core.place import Place
    from mailbot.core.takeover import Running
    from mailbot.core.triage import Triage


@dataclass(frozen=True, slots=True)
class Lately:
    """How many automatic answers were decided lately: to the address in a day, to its domain and in all in an
    hour. `told` names the caps of which the admins were told, and the day.
    """

    address_day: int = 0
    domain_hour: int = 0
    all_hour: int = 0
    told: str = ""


@dataclass(frozen=True, slots=True)
class MailCame:
    """A mail was read. `arrived` is the server's time (aware), `raw` the name under which its bytes are kept.

    `silence` says why nobody may be answered ("" where it may), `answers` are the tickets of our own letters
    that it provably
    answers (by our mark), `lately` is what the store knows of earlier answers,
    `number` and `account_number` are the next free ones.
    """

    message: Message
    mailbox: str
    arrived: datetime
    triage: Triage
    trust: Trust
    silence: str
    raw: str
    answers: tuple[int, ...] = ()
    place: Place | None = None
    file: str = ""
    lately: Lately = field(default_factory=Lately)
    number: int = 1
    account_number: int = 1


@dataclass(frozen=True, slots=True)
class TimeCame:
    """The moment came at which a ticket needs attention; `ticket` 0 stands for the desk's own dates, as the
    digest.
    """

    ticket: int = 0


@dataclass(frozen=True, slots=True)
class AdminActed:
    """An admin did something. `does` is one of the verbs of DESIGN.md's scenarios.

    `number` and `account_number` are the next free ones.
    """

    by: str
    does: str
    ticket: int = 0
    task: str = ""
    text: str = ""
    intents: tuple[str, ...] = ()
    person: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    number: int = 1
    account_number: int = 1


@dataclass(frozen=True, slots=True)
class DeliveryStarted:
    """A letter is about to be handed over: from here on its fate may be unknown."""

    letter: str


@dataclass(frozen=True, slots=True)
class Delivered:
    """The mail server answered, or did not."""

    letter: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class ClocksTakenOver:
    """At go-live an admin hands over clocks that ran before the bot did.

    `number` and `account_number` are the next free ones.
    """

    by: str
    clocks: tuple[Running, ...]
    number: int = 1
    account_number: int = 1


Event = MailCame | TimeCame | AdminActed | DeliveryStarted | Delivered | ClocksTakenOver
