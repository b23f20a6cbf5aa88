"""Writes a letter out as a mail: the same bytes for the same letter, whatever stands in its values."""

from __future__ import annotations

import binascii
import hashlib
from dataclasses import dataclass
from email.utils import format_datetime
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from mailbot.mail.header import identifiers, mailbox, one_line, unstructured

if TYPE_CHECKING:
    from datetime import datetime

_LONDON = ZoneInfo("Europe/London")
_SUPPRESS = "DR, RN, NRN, OOF, AutoReply"  # `All` would also suppress bounces (MAIL.md)
_KEPT_CONTROLS = frozenset("\t\n")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A letter to be written out; `date` is aware, ids stand in their angle brackets, `token` is our mark."""

    message_id: str
    from_name: str
    from_address: str
    to_name: str
    to_address: str
    subject: str
    text: str
    html: str
    date: datetime
    auto: Literal["auto-replied", "auto-generated"]
    token: str
    in_reply_to: str = ""
    references: tuple[str, ...] = ()


def compose(outgoing: Outgoing) -> bytes:
    """The mail with CRLF line ends (RFC 5322, 2045, 2047), text and HTML as alternatives."""
    boundary = _boundary(outgoing.message_id)
    lines = [*headers(outgoing), "MIME-Version: 1.0"]
    lines.append(f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"')
    head = "\r\n".join(lines).encode("ascii")
    parts = [_part("plain", outgoing.text), _part("html", outgoing.html)]
    mark = f"--{boundary}".encode("ascii")
    body = b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts)
    return head + b"\r\n\r\n" + body + mark + b"--\r\n"


def headers(outgoing: Outgoing) -> list[str]:
    """The header fields, folded. Our own id ends References, since consumer servers replace Message-IDs."""
    thread = (*outgoing.references, outgoing.message_id)
    fields = [
        f"Date: {format_datetime(outgoing.date.astimezone(_LONDON))}",
        mailbox("From", outgoing.from_name, outgoing.from_address),
        mailbox("To", outgoing.to_name, outgoing.to_address),
        unstructured("Subject", outgoing.subject),
        identifiers("Message-ID", (outgoing.message_id,)),
        identifiers("In-Reply-To", (outgoing.in_reply_to,)),
        identifiers("References", thread),
        f"Auto-Submitted: {one_line(outgoing.auto)}",
        f"X-Auto-Response-Suppress: {_SUPPRESS}",
        unstructured("X-Mailbot", outgoing.token),
    ]
    return [field for field in fields if field]


def _boundary(message_id: str) -> str:
    """`=_` cannot occur in quoted-printable text (RFC 2045, 6.7), so no part can hold it."""
    return "=_" + hashlib.sha256(message_id.encode("utf-8", "replace")).hexdigest()[:32]


def _part(subtype: str, text: str) -> bytes:
    head = (
        f"Content-Type: text/{subtype}; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n"
        "Content-Disposition: inline\r\n\r\n"
    )
    return head.encode("ascii") + _quoted_printable(text)


def _quoted_printable(text: str) -> bytes:
    """Lines of at most 76 characters (RFC 2045, 6.7), without the control characters that no letter needs."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(letter for letter in plain if letter >= " " or letter in _KEPT_CONTROLS)
    encoded = binascii.b2a_qp(kept.encode("utf-8", "replace"), istext=True)
    return encoded.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
