"""The parts of a mail: its text, what is attached, and the mails and reports inside it."""

from __future__ import annotations

import binascii
import hashlib
import re
from dataclasses import dataclass, field
from email import message_from_bytes
from typing import TYPE_CHECKING

from mailbot.core.message import Attachment
from mailbot.mail.parse import lines, markup, tnef
from mailbot.mail.parse.charset import decode
from mailbot.mail.parse.header import Headers, parameter, words
from mailbot.mail.parse.lines import Text

if TYPE_CHECKING:
    from email.message import Message as Mime

# What the email package raises on parts that break its expectations; the part is then kept by name.
BROKEN = (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError, binascii.Error)
_DEEPEST = 30
_SEALED = ("application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted")
_REPORTS = (
    "message/delivery-status",
    "message/global-delivery-status",
    "message/disposition-notification",
    "message/feedback-report",
)
_TEXTS = ("text/plain", "text/html", "text/enriched")
_BEGIN = re.compile(r"begin [0-7]{3,4} (\S[^\n]{0,200})")
_NO_HTML = re.compile(r"(?:html|rich|view)[^.]{0,60}(?:e-?mail|message|client|mail|viewer)", re.IGNORECASE)


@dataclass(slots=True)
class Content:
    """What the walk over the parts gathers."""

    text: Text = field(default_factory=Text)
    attachments: list[Attachment] = field(default_factory=list)
    mails: list[tuple[Mime, Content]] = field(default_factory=list)
    below: Text = field(default_factory=Text)
    size: int = 0
    reports: list[Mime] = field(default_factory=list)
    returned: list[str] = field(default_factory=list)
    method: str = ""
    event: Text = field(default_factory=Text)
    sealed: bool = False
    guessed: list[str] = field(default_factory=list)
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)

    def attach(self, name: str, kind: str, data: bytes) -> None:
        self.digest.update(data)
        self.size += len(data)
        self.attachments.append(Attachment(name, kind, len(data)))

    def guess(self, what: str) -> None:
        if what and what not in self.guessed:
            self.guessed.append(what)


def read(mime: Mime) -> Content:
    """Walks all parts; never raises: a part that cannot be read is named in `guessed`."""
    content = Content()
    _walk(mime, content, 0, wanted=True)
    if not content.text and content.event:
        content.text = content.event
    return content


def _walk(mime: Mime, content: Content, depth: int, *, wanted: bool) -> None:
    """Reads one part and those inside it; `wanted` is false where a sibling already gave the text."""
    kind = "unknown"
    try:
        kind = mime.get_content_type()
        if depth > _DEEPEST:
            content.attachments.append(Attachment("", kind, 0))
            content.guess("parts nested too deeply were not opened")
        elif kind.startswith("message/"):
            _message(mime, kind, content, depth)
        elif mime.is_multipart():
            _multipart(mime, kind, content, depth, wanted=wanted)
        else:
            _leaf(mime, kind, content, wanted=wanted)
        content.size += sum(len(name) + len(str(value)) + 4 for name, value in mime.raw_items())
    except BROKEN as error:
        content.attachments.append(Attachment("", kind, 0))
        content.guess(f"a part of type {kind} could not be read ({type(error).__name__})")


def _multipart(mime: Mime, kind: str, content: Content, depth: int, *, wanted: bool) -> None:
    children = [child for child in mime.get_payload() if not isinstance(child, str)]
    if kind == "multipart/alternative":
        _alternative(children, content, depth, wanted=wanted)
        return
    for child in children:
        _walk(child, content, depth + 1, wanted=wanted)
    if mime.defects:
        content.guess("parts: their boundaries are damaged")


def _alternative(children: list[Mime], content: Content, depth: int, *, wanted: bool) -> None:
    """The plain text if it says something, else the first other form that does."""
    before = content.text
    content.text = Text()
    plain_first = sorted(children, key=lambda child: child.get_content_type() != "text/plain")
    for child in plain_first:
        said = _says_something(content.text, alone=len(children) == 1)
        if content.text and not said:
            content.text, kept = Text(), content.text
            _walk(child, content, depth + 1, wanted=wanted)
            content.text = content.text or kept
        else:
            _walk(child, content, depth + 1, wanted=wanted and not content.text)
    if content.text:
        before.add(content.text)
    content.text = before


def _says_something(text: Text, *, alone: bool) -> bool:
    """False for "Your mail client cannot show HTML" in place of the text."""
    said = str(text)
    return bool(said) and (alone or len(said) > 250 or not _NO_HTML.search(said))


def _message(mime: Mime, kind: str, content: Content, depth: int) -> None:
    payload = mime.get_payload()
    inner = [part for part in payload if not isinstance(part, str)] if isinstance(payload, list) else []
    if kind in _REPORTS:
        content.reports += inner
        for block in inner:  # prose that stands where only fields should
            prose = block.get_payload()
            if isinstance(prose, str) and prose.strip():
                content.text.add(lines.from_plain(prose))
        return
    headers, place = Headers(mime), len(content.attachments)
    coding = headers.raw("content-transfer-encoding").lower()
    if inner and coding in ("base64", "quoted-printable"):
        inner = [_decoded_mail(inner[0], coding)]
    subject, size = "", 0
    for mail in inner:
        inside = Content()
        _walk(mail, inside, depth + 1, wanted=True)
        subject, size = subject or Headers(mail).text("subject"), size + inside.size
        _take_in(mail, inside, content)
    name = _name(headers) or (f"{subject}.eml" if subject else "")
    content.attachments.insert(place, Attachment(name, kind, size))


def _take_in(mail: Mime, inside: Content, content: Content) -> None:
    """What an attached mail holds is the outer mail's too: its text below, its files among the files."""
    content.mails.append((mail, inside))
    content.attachments += inside.attachments
    content.below.add(inside.text or inside.event)
    content.below.add(inside.below)
    content.digest.update(inside.digest.digest())
    content.size += inside.size
    for guess in inside.guessed:
        content.guess(guess)


def _decoded_mail(mail: Mime, coding: str) -> Mime:
    """A mail that was wrongly encoded as a whole (RFC 2046, 5.2.1 forbids it, and Exchange's peers do it)."""
    body = mail.get_payload()
    if not isinstance(body, str) or any(True for _ in mail.raw_items()):
        return mail
    raw = body.encode("utf-8", "surrogateescape")
    data = binascii.a2b_qp(raw) if coding == "quoted-printable" else binascii.a2b_base64(raw)
    return message_from_bytes(data)


def _leaf(mime: Mime, kind: str, content: Content, *, wanted: bool) -> None:
    headers = Headers(mime)
    data = payload(mime)
    if mime.defects and any("base64" in type(defect).__name__.lower() for defect in mime.defects):
        content.guess(f"a part of type {kind}: its base64 is damaged")
    name = _name(headers)
    disposition = headers.raw("content-disposition").partition(";")[0].strip().lower()
    if kind == "text/rfc822-headers":
        content.returned.append(decode(data)[0])
    elif kind == "application/ms-tnef" or name.lower() == "winmail.dat":
        _outlook(name, data, content, wanted=wanted)
    elif kind == "text/calendar" and disposition != "attachment":
        _calendar(headers, name, data, content)
    elif kind.startswith("multipart/") or (kind in _TEXTS and disposition != "attachment" and not name):
        # A multipart without parts is what is left of a damaged one: text, if anything.
        content.digest.update(b"".join(data.split()))
        content.size += len(data)
        if wanted:
            content.text.add(_text(kind, headers, data, content))
    elif not data and name:
        content.guess(f"an empty file: {name}")
    else:
        if kind in _TEXTS and disposition != "attachment" and wanted and not content.text:
            # A name on the only text there is: a reader sees it in the mail, so it is read as such too.
            content.text.add(_text(kind, headers, data, content))
        content.attach(name, kind, data)
        if kind in _SEALED and "signed-receipt" not in headers.raw("content-type"):
            content.sealed = True
            content.guess(f"sealed mail ({kind}): kept, not opened")


def payload(mime: Mime) -> bytes:
    """The decoded bytes; where the encoding is unknown or lies, the bytes as they stand."""
    found = mime.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _name(headers: Headers) -> str:
    name = parameter(headers.raw("content-disposition"), "filename")
    name = name or parameter(headers.raw("content-type"), "name")
    return lines.tidy(words(name)).replace("\n", " ").rpartition("\\")[2].rpartition("/")[2].strip()


def _text(kind: str, headers: Headers, data: bytes, content: Content) -> Text:
    declared = headers.raw("content-type")
    charset = parameter(declared, "charset") if ";" in declared else ""
    said, guess = decode(data, charset)
    content.guess(guess)
    if kind == "text/html":
        return markup.text(said)
    if "format" in declared.lower() and parameter(declared, "format").lower() == "flowed":
        said = lines.unflowed(said, delsp=parameter(declared, "delsp").lower() == "yes")
    elif "\nbegin " in said or said.startswith("begin "):
        said = _without_uuencoded(said, content)
    return lines.from_plain(said)


def _without_uuencoded(said: str, content: Content) -> str:
    """Takes files that stand in the text as uuencode out of it."""
    out: list[str] = []
    name, held, decoded = "", list[str](), list[bytes]()
    for line in said.split("\n"):
        bare = line.rstrip("\r")
        if not name:
            begun = _BEGIN.fullmatch(bare) if bare.startswith("begin ") else None
            if begun:
                name, held, decoded = begun[1].strip(), [line], []
            else:
                out.append(line)
            continue
        held.append(line)
        if bare in ("end", "`end"):
            content.attach(name, "application/octet-stream", b"".join(decoded))
            content.guess(f"a uuencoded file in the text: {name}")
            name = ""
        elif bare and (piece := _uu(bare)) is not None:
            decoded.append(piece)
        elif bare:
            out += held
            name = ""
    return "\n".join(out + held if name else out)


def _uu(line: str) -> bytes | None:
    try:
        return binascii.a2b_uu(line.encode("ascii"))
    except (binascii.Error, UnicodeEncodeError):
        return None


def _calendar(headers: Headers, name: str, data: bytes, content: Content) -> None:
    said, guess = decode(data, parameter(headers.raw("content-type"), "charset"))
    content.guess(guess)
    rows = said.replace("\r\n", "\n").replace("\n ", "").replace("\n\t", "").split("\n")
    values = {
        key.partition(";")[0].upper(): value
        for key, _, value in (row.partition(":") for row in rows)
        if value
    }
    content.method = (
        parameter(headers.raw("content-type"), "method").upper() or values.get("METHOD", "").upper()
    )
    told = [values[key] for key in ("SUMMARY", "DTSTART", "LOCATION", "DESCRIPTION") if values.get(key)]
    content.event = lines.from_plain(
        "\n".join(told).replace("\\n", "\n").replace("\\,", ",").replace("\\;", ";")
    )
    content.digest.update(data)
    content.attachments.append(Attachment(name or "invite.ics", "text/calendar", len(data)))


def _outlook(name: str, data: bytes, content: Content, *, wanted: bool) -> None:
    """Opens winmail.dat; where that fails it stays an attachment like any other."""
    opened = tnef.read(data)
    if opened is None:
        content.attach(name or "winmail.dat", "application/ms-tnef", data)
        content.guess("winmail.dat could not be opened")
        return
    content.guess("winmail.dat was opened")
    content.digest.update(data)
    for inner, body in opened.files:
        content.attachments.append(Attachment(inner, "application/octet-stream", len(body)))
    if wanted and not content.text:
        content.text.add(markup.text(opened.html) if opened.html else lines.from_plain(opened.text))
