"""Sample mail of invented people, dated relative to the moment at which it is loaded."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.parser import BytesHeaderParser
from email.utils import format_datetime
from importlib import resources
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from mailbot.demo import border

if TYPE_CHECKING:
    from email.message import Message

MAILBOXES = {"helpdesk": ("helpdesk",), "regional": ("regional",), "both": ("helpdesk", "regional")}
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1)}
_LONDON = ZoneInfo("Europe/London")
_DATE = re.compile(rb"\[\[(day|weekday|compact)([+-][0-9]{1,3})?\]\]")
_FORMS = {b"day": "{0.day} {0:%B %Y}", b"weekday": "{0:%A} {0.day} {0:%B %Y}", b"compact": "{0:%Y%m%d}"}


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample mail as it lies in its mailboxes; `arrived` (aware) is when the server took it in."""

    name: str
    mailboxes: tuple[str, ...]
    raw: bytes
    arrived: datetime


def load(now: datetime) -> list[Sample]:
    """All samples, the oldest first; `now` (aware) is the moment from which their ages and dates count.

    The files' own header fields: `X-Demo-Mailbox` is helpdesk, regional or both; `X-Demo-Age` as 90m or 3h;
    `X-Demo-Envelope` the envelope's sender where it is not From; with `X-Demo-As-It-Is` the body
    alone is delivered, untouched.
    """
    folder = resources.files(__name__)
    files = [file for file in folder.iterdir() if file.name.endswith(".eml")]
    found = [_sample(file.name.removesuffix(".eml"), file.read_bytes(), now) for file in files]
    return sorted(found, key=lambda sample: (sample.arrived, sample.name))


def _sample(name: str, content: bytes, now: datetime) -> Sample:
    header, _, body = content.partition(b"\n\n")
    told = BytesHeaderParser().parsebytes(header)
    age = told["X-Demo-Age"]
    arrived = (now - int(age[:-1]) * _UNITS[age[-1]]).astimezone(_LONDON).replace(microsecond=0)
    raw = body if told["X-Demo-As-It-Is"] else _mail(header, body, told, arrived, now)
    return Sample(name, MAILBOXES[told["X-Demo-Mailbox"]], raw, arrived)


def _mail(header: bytes, body: bytes, told: Message, arrived: datetime, now: datetime) -> bytes:
    sent = [line for line in header.split(b"\n") if not line.startswith(b"X-Demo-")]
    sent.append(b"Date: " + format_datetime(arrived).encode())
    text = _dated(b"\n".join([*sent, b"", body]), now.astimezone(_LONDON))
    raw = text.replace(b"\n", b"\r\n")
    envelope = told.get("X-Demo-Envelope", border.author(raw))
    return border.taken_in(raw, envelope.strip("<>"), arrived)


def _dated(text: bytes, now: datetime) -> bytes:
    """The text with real dates: `[[day-2]]` is the day before yesterday as 6 August 2026."""

    def date(found: re.Match[bytes]) -> bytes:
        day = now + timedelta(days=int(found[2] or 0))
        return _FORMS[found[1]].format(day).encode()

    return _DATE.sub(date, text)
