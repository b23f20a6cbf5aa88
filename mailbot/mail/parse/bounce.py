"""Delivery reports: who was not reached, whether for good, and which of our letters it was."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flufl.bounce import all_failures

from mailbot.core.message import Bounce
from mailbot.mail.parse.header import ADDRESS, Headers, ids
from mailbot.mail.parse.part import BROKEN

if TYPE_CHECKING:
    from collections.abc import Callable
    from email.message import Message as Mime

    from mailbot.mail.parse.part import Content

_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_CODE = re.compile(r"\b([45])\d\d[ -]")
_OUR_ID = re.compile(r"<[^<>\s@]{1,200}@[^<>\s@]{1,200}>")
_ROLE = re.compile(
    r"^(?:mailer[-_.]?daemon|post-?master|mail[-_.]?(?:delivery|system|server|admin)|maildelivery|microsoftexchange[0-9a-f]*|"
    r"mdaemon|mailsystem|mmdf|uucp|mailadmin|smtp|bounces?|mail-?deliver.*|delivery|.*mailer-daemon.*|.*postmaster.*)(?:\+.*)?@?$",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"undeliver|not deliver|non[- ]?deliver|delivery (?:status|fail|has failed|report|problem|error|notification|unsuccessful)"
    r"|returned (?:mail|to sender|e-?mail)|mail (?:delivery|system error|returned|error|failure)|failure notice|failed (?:mail|delivery)"
    r"|could not (?:be )?(?:send|sent|deliver)|unable to deliver|message (?:status|not|undeliver|delivery)|user unknown|unzustellbar"
    r"|nicht zugestellt|non recapitable|non remis|no se puede entregar|не доставлено|недоставлен|delivery to the following|warning: message"
    r"|unknown (?:user|recipient|address)|address(?:ee)? unknown|rejected|returned",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Report:
    """`bounce` is None for a report that is no failure: a delay, a receipt, a feedback report."""

    bounce: Bounce | None
    is_report: bool


def looks_so(headers: Headers, sender: str, content: Content) -> bool:
    """Whether it may be a delivery report at all: the detectors would find addresses in anybody's words."""
    local = sender.partition("@")[0]
    return (
        bool(content.reports)
        or "x-failed-recipients" in headers
        or "report" in headers.raw("content-type").lower()
        or headers.raw("return-path").replace(" ", "") == "<>"
        or bool(_ROLE.match(local))
        or bool(_SUBJECT.search(headers.text("subject")))
    )


def read(mime: Mime, headers: Headers, sender: str, content: Content, ours: Callable[[str], bool]) -> Report:
    """Reads RFC 3464 fields where there are any, else what the known mail servers write."""
    if not looks_so(headers, sender, content):
        return Report(None, is_report=False)
    rows = [Headers(part) for part in content.reports]
    if any("disposition" in row or "feedback-type" in row for row in rows):
        return Report(None, is_report=True)
    about = _about(headers, content, rows, ours)
    told = [row for row in rows if "action" in row or "status" in row or "final-recipient" in row]
    if told:
        return Report(_from_rows(told, headers, about), is_report=True)
    return _from_words(mime, headers, sender, content, about)


def _from_rows(rows: list[Headers], headers: Headers, about: tuple[str, ...]) -> Bounce | None:
    """Only `Action: failed` is a failure (RFC 3464, 2.3.3): delayed, delivered, relayed and expanded are none."""
    failed = [row for row in rows if _action(row) == "failed"]
    if not failed:
        return None
    recipients = tuple(dict.fromkeys(filter(None, map(_recipient, failed))))
    if not recipients:
        recipients = tuple(
            found.address for found in headers.addresses("x-failed-recipients") if found.address
        )
    statuses = [found[1] for row in failed if (found := _STATUS.search(row.raw("status")))]
    status = max(statuses, default="")
    return Bounce(recipients, status, not status.startswith("4"), about)


def _action(row: Headers) -> str:
    action = row.raw("action").partition(";")[0].partition(" ")[0].strip().lower()
    if action:
        return action if action != "failure" else "failed"
    return "failed" if row.raw("status").strip().startswith("5") else "unknown"


def _recipient(row: Headers) -> str:
    """The address that we wrote to (Original-Recipient), where it is told; an alias behind it says nothing to us."""
    for name in ("original-recipient", "final-recipient"):
        value = row.text(name)
        found = ADDRESS.search(value.partition(";")[2] or value)
        if found:
            return found[0].strip("<>").lower()
    return ""


def _from_words(
    mime: Mime, headers: Headers, sender: str, content: Content, about: tuple[str, ...]
) -> Report:
    temporary, permanent = _detected(mime)
    failed = headers.addresses("x-failed-recipients")
    named = tuple(dict.fromkeys(address.address for address in failed if address.address))
    recipients = permanent or named
    text = str(content.text)[:20_000]
    status = found[1] if (found := _STATUS.search(text)) else ""
    if not recipients:
        return Report(None, is_report=bool(temporary) or bool(_ROLE.match(sender.partition("@")[0])))
    lasting = not status.startswith("4") and not (
        not status and (code := _CODE.search(text)) and code[1] == "4"
    )
    return Report(Bounce(recipients, status, lasting, about), is_report=True)


def _detected(mime: Mime) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Temporary and permanent failures as flufl.bounce finds them."""
    try:
        temporary, permanent = all_failures(mime)
    except BROKEN:
        return (), ()
    return _sorted(temporary), _sorted(permanent)


def _sorted(found: frozenset[bytes] | set[bytes]) -> tuple[str, ...]:
    names = (one.decode("utf-8", "replace") if isinstance(one, bytes) else str(one) for one in found)
    return tuple(sorted({name.strip().strip("<>").lower() for name in names if "@" in name}))


def _about(
    headers: Headers, content: Content, rows: list[Headers], ours: Callable[[str], bool]
) -> tuple[str, ...]:
    """The ids of the mail that it reports on: as its fields, its returned headers or its text tell them."""
    found: list[str] = []
    for row in rows:
        found += ids(row.raw("original-message-id"))
    for mail in content.mails:
        inner = Headers(mail)
        found += ids(inner.raw("message-id"))
        found += [token for token in (*ids(inner.raw("references")), *_tokens(inner)) if ours(token)]
    for text in content.returned:
        for line in text.replace("\r", "").replace("\n ", " ").replace("\n\t", " ").split("\n"):
            name, _, value = line.partition(":")
            if name.strip().lower() == "message-id":
                found += ids(value)
            elif name.strip().lower() in ("references", "x-mailbot"):
                found += [token for token in (*ids(value), value.strip()) if ours(token)]
    answered = (*ids(headers.raw("references")), *ids(headers.raw("in-reply-to")))
    found += [token for token in (*answered, *_OUR_ID.findall(str(content.text)[:50_000])) if ours(token)]
    return tuple(dict.fromkeys(found))


def _tokens(headers: Headers) -> list[str]:
    return [value for value in headers.every("x-mailbot") if value]
