"""The mailbag: a simulated year's mails as bytes of RFC 5322, with the marks that Exchange writes."""

from __future__ import annotations

import tomllib
from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from mailbot.core import words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from random import Random

    from mailbot.simulate.population import Midwife, Wish

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEK = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LEAD_NAME = "INDMIDWIVES, England (NHS ENGLAND)"

_TEXTS = Path(__file__).with_name("texts.toml")


@dataclass(frozen=True, slots=True)
class Answered:
    """The letter that a mail replies to: its Message-ID and subject."""

    message_id: str
    subject: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """From whom a mail comes and to whom it goes; `inside`: the server proves it to be from NHSmail."""

    name: str
    sender: str
    to: tuple[str, ...]
    inside: bool
    headers: tuple[str, ...] = ()


@cache
def texts() -> dict[str, list[tuple[str, str]]]:
    """Of each kind of mail a few ways to say it: the subject, and the text."""
    read = tomllib.loads(_TEXTS.read_text(encoding="utf-8"))
    return {kind: [(one["subject"], one["text"]) for one in ways] for kind, ways in read.items()}


def text_of(kind: str, wish: Wish, chance: Random) -> tuple[str, str]:
    """Subject and text of one mail of that kind, in one of its ways to say it."""
    subject, text = chance.choice(texts()[kind])
    return subject, text.format_map(_facts(wish.midwife, wish.days, chance))


def _facts(midwife: Midwife, days: Mapping[str, date], chance: Random) -> dict[str, str]:
    told = {name: words.day(day).partition(" ")[2] for name, day in days.items()}
    return told | {
        "name": midwife.name,
        "first": midwife.first,
        "account": midwife.account,
        "org": midwife.organisation,
        # a range that Ofcom keeps for drama: it belongs to nobody
        "mobile": f"07700 900{chance.randrange(1000):03d}",
    }


def mail(
    number: int, envelope: Envelope, subject: str, text: str, at: datetime, answers: Answered | None = None
) -> bytes:
    """The mail's bytes. `number` makes its Message-ID; `at` is an aware instant."""
    domain = envelope.sender.rpartition("@")[2]
    if answers:
        subject = f"RE: {answers.subject}"
    lines = [
        *_marks(envelope, domain),
        *envelope.headers,
        f"From: {_name(envelope.name)} <{envelope.sender}>",
        f"To: {', '.join(envelope.to)}",
        f"Subject: {_encoded(subject)}",
        f"Date: {_date(at)}",
        f"Message-ID: <sim-{number}@{domain}>",
        "MIME-Version: 1.0",
        'Content-Type: text/plain; charset="utf-8"',
        "Content-Transfer-Encoding: 8bit",
    ]
    if answers:
        lines += [f"In-Reply-To: {answers.message_id}", f"References: {answers.message_id}"]
    return "\r\n".join([*lines, "", *text.split("\n"), ""]).encode()


def _marks(envelope: Envelope, domain: str) -> list[str]:
    """What Exchange Online writes on top (MAIL.md, The real mailboxes)."""
    if envelope.inside:
        return ["X-MS-Exchange-Organization-AuthAs: Internal"]
    passed = f"spf=pass smtp.mailfrom={domain}; dkim=pass header.d={domain};dmarc=pass header.from={domain}"
    return [f"Authentication-Results: {passed}", "X-MS-Exchange-Organization-AuthAs: Anonymous"]


def _name(name: str) -> str:
    return f'"{name}"' if name.isascii() else _encoded(name)


def _encoded(text: str) -> str:
    """Plain where it is ASCII, else as RFC 2047 has it."""
    return text if text.isascii() else f"=?utf-8?b?{b64encode(text.encode()).decode()}?="


def _date(at: datetime) -> str:
    return f"{_WEEK[at.weekday()]}, {at.day} {_MONTHS[at.month - 1]} {at:%Y %H:%M:%S %z}"
