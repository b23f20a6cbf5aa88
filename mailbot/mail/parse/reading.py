"""Any bytes to a Message: headers, parts, reply, forward, report, kind."""

from __future__ import annotations

import hashlib
from codecs import BOM_UTF8
from email import message_from_bytes
from typing import TYPE_CHECKING

from mailbot.core.message import NOBODY, Forwarded, Kind, Message, Proof
from mailbot.mail.parse import automatic, bounce, forward, header, lines, part, reply
from mailbot.mail.parse.automatic import Judged
from mailbot.mail.parse.header import Headers

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from email.message import Message as Mime

    from mailbot.core.message import Address
    from mailbot.mail.parse.bounce import Report
    from mailbot.mail.parse.part import Content

# What Exchange's IMAP gives in place of an item that it cannot convert (MAIL.md).
_EXCHANGE_FAILED = "retrieval using the imap4 protocol failed for the following message"
_BEFORE_HEADERS = (b"\r", b"\n", BOM_UTF8[:1])
_MANY_BOUNDARIES = 60
_MANY_QUESTIONS = 20_000_000
_UNREADABLE = "nothing in it can be read"


def never(_token: str) -> bool:
    """For readers that have no key: no id is known to be ours."""
    return False


def parse(raw: bytes, *, ours: Callable[[str], bool] = never) -> Message:
    """Reads a mail; any bytes give a Message, in time linear in their number, and nothing is raised.

    `ours` tells whether a Message-ID or token was made by us.
    """
    mime, guess = _opened(raw)
    headers, content = Headers(mime), part.read(mime)
    content.guess(guess)
    sender, subject, date = _sender(headers, content), headers.text("subject"), _date(headers, content)
    message_id = _own_id(headers, content)
    text = lines.joined([*content.text.lines, "", *content.below.lines])
    report = bounce.read(mime, headers, sender.address, content, ours)
    judged = _judged(raw, text, headers, sender, content, report, ours=_is_ours(headers, message_id, ours))
    inline = forward.find(content.text, subject, answers="in-reply-to" in headers) if content.text else None
    digest = _digest(sender, headers, subject, content)
    return Message(
        message_id=message_id or f"<sha-{digest[:40]}@mailbot.invalid>",
        digest=digest,
        sender=sender,
        on_behalf=_first(headers.addresses("sender")),
        reply_to=headers.addresses("reply-to"),
        to=_reached(headers, "to"),
        cc=_reached(headers, "cc"),
        subject=subject,
        date=date,
        in_reply_to=next(iter(header.ids(headers.raw("in-reply-to"))), ""),
        references=header.ids(headers.raw("references")),
        text=text,
        reply=reply.read(content.text, sender.name, inline.start if inline else None),
        forwarded=inline.forwarded if inline else _attached(content),
        kind=judged.kind,
        bounce=report.bounce,
        silence=judged.silence,
        attachments=tuple(content.attachments),
        guessed=tuple(content.guessed),
        proof=_proof(headers),
        ours=_ours(headers, message_id, ours),
        microsoft_only=judged.microsoft_only,
    )


def _is_ours(headers: Headers, message_id: str, ours: Callable[[str], bool]) -> bool:
    """Whether it is a letter of ours that came back; References prove only that it answers one."""
    return ours(message_id) or any(ours(token) for token in headers.every("x-mailbot"))


def _judged(
    raw: bytes, text: str, headers: Headers, sender: Address, content: Content, report: Report, *, ours: bool
) -> Judged:
    judged = automatic.judge(headers, sender.address, content, report, ours=ours)
    subject = headers.text("subject")
    if not _is_unreadable(raw, text, subject, headers, content):
        return judged
    silence = judged.silence or _silence_of(subject, text, sender)
    return Judged(Kind.UNREADABLE, silence, microsoft_only=False)


def _opened(raw: bytes) -> tuple[Mime, str]:
    """The MIME tree; where the library gives up, the headers alone with the rest as one attachment."""
    try:
        if _is_hostile(raw):
            raise ValueError
        if raw[:1] not in _BEFORE_HEADERS:
            return message_from_bytes(raw), ""
        return message_from_bytes(raw.removeprefix(BOM_UTF8).lstrip(b"\r\n")), "what stood before the headers"
    except part.BROKEN:
        head, _, rest = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
        mime = message_from_bytes(head)
        del mime["Content-Type"], mime["Content-Transfer-Encoding"]
        mime["Content-Type"] = "application/octet-stream"
        mime.set_payload(rest.decode("ascii", "surrogateescape"))
        return mime, "the mail's parts could not be told apart"


def _is_hostile(raw: bytes) -> bool:
    """Whether parts may be nested so deeply that the library, asking each boundary at each line, is slow."""
    boundaries = raw.count(b"boundary") + raw.count(b"Boundary") + raw.count(b"BOUNDARY")
    return boundaries > _MANY_BOUNDARIES and boundaries * raw.count(b"\n") > _MANY_QUESTIONS


def _sender(headers: Headers, content: Content) -> Address:
    """From; where it is missing or no address, what else names the sender."""
    sender = _first(headers.addresses("from"))
    if sender.address:
        return sender
    for name in ("sender", "x-sender", "return-path", "x-envelope-from"):
        found = _first(headers.addresses(name))
        if "@" in found.address:
            content.guess(f"From is missing or no address: read from {name.title()}")
            return found
    content.guess("From is missing or no address")
    return sender


def _first(addresses: tuple[Address, ...]) -> Address:
    return next((one for one in addresses if one.address), addresses[0] if addresses else NOBODY)


def _reached(headers: Headers, name: str) -> tuple[Address, ...]:
    """Who can be reached: "undisclosed recipients" and such have no address."""
    return tuple(one for one in headers.addresses(name) if "@" in one.address)


def _date(headers: Headers, content: Content) -> datetime | None:
    date = header.date(headers.raw("date"))
    if date is None:
        content.guess("Date is missing or unreadable")
    return date


def _own_id(headers: Headers, content: Content) -> str:
    found = header.ids(headers.raw("message-id"))
    if not found:
        content.guess("Message-ID is missing: one was made")
    return found[0] if found else ""


def _is_unreadable(raw: bytes, text: str, subject: str, headers: Headers, content: Content) -> bool:
    if _is_notice(subject, text):
        content.guess("the server could not give this mail: it sent a notice in its place")
        return True
    if not any(
        name in headers
        for name in ("from", "subject", "date", "to", "received", "message-id", "content-type")
    ):
        content.guess("no header of a mail was found")
        return not _is_words(raw, text)
    return content.sealed and not text


def _is_words(raw: bytes, text: str) -> bool:
    """Whether a body without headers is text at all."""
    shown = text[:2000]
    strange = sum(not (letter.isprintable() or letter in "\n\t") or letter == "\ufffd" for letter in shown)
    return bool(shown.strip()) and b"\x00" not in raw[:2000] and strange * 10 < len(shown)


def _is_notice(subject: str, text: str) -> bool:
    return _EXCHANGE_FAILED in f"{subject}\n{text[:400]}".lower()


def _silence_of(subject: str, text: str, sender: Address) -> str:
    if _is_notice(subject, text):
        return "a notice of the server"
    return "" if sender.address else _UNREADABLE


def _attached(content: Content) -> Forwarded | None:
    """The first mail that is attached, as a forward; a report's returned mail is none."""
    if not content.mails or content.reports:
        return None
    mime, inside = content.mails[0]
    headers = Headers(mime)
    return Forwarded(
        _first(headers.addresses("from")),
        headers.text("subject"),
        header.date(headers.raw("date")),
        str(inside.text),
    )


def _digest(sender: Address, headers: Headers, subject: str, content: Content) -> str:
    """The same in every mailbox that the mail reaches: transport headers differ, these do not."""
    date = header.date(headers.raw("date"))
    told = "\n".join((sender.address, date.isoformat() if date else headers.raw("date"), subject))
    return hashlib.sha256(told.encode("utf-8", "replace") + b"\n" + content.digest.digest()).hexdigest()


def _proof(headers: Headers) -> Proof:
    return Proof(
        auth_as=tuple(headers.every("x-ms-exchange-organization-authas")),
        results=headers.raw("authentication-results"),
        senders=len(headers.addresses("from")) or 1,
    )


def _ours(headers: Headers, message_id: str, ours: Callable[[str], bool]) -> tuple[str, ...]:
    carried = (
        *header.ids(headers.raw("references")),
        *header.ids(headers.raw("in-reply-to")),
        *headers.every("x-mailbot"),
        message_id,
    )
    return tuple(dict.fromkeys(token for token in carried if token and ours(token)))
