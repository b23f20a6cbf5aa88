"""Delivery reports: who was not reached, whether for good, and which of our letters it was."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flufl.bounce import all_failures

from mailbot.core.message import Bounce
from mailbot.mail.parse import forward
from mailbot.mail.parse.header import ADDRESS, Headers, ids
from mailbot.mail.parse.part import BROKEN

if TYPE_CHECKING:
    from collections.abc import Callable
    from email.message import Message as Mime

    from mailbot.mail.parse.part import Content

logging.getLogger("flufl.bounce").disabled = True  # it would log words of the mail
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_CODE = re.compile(r"\b([45])\d\d[ -]")
_DELAY = re.compile(
    r"\bdelayed\b|delivery delay|\(delay\)|not yet been delivered|still being retried|has been postponed"
    r"|warning message only"
    r"|delivery attempts will continue|will continue (?:trying|to (?:try|attempt))|temporarily deferred"
    r"|message will be retried",
    re.IGNORECASE,
)
_FAILURE = re.compile(
    r"reject|undeliver|not (?:be )?deliver|fail|unknown|no such|does not exist|bounce|refused", re.IGNORECASE
)
_BRACKETED = re.compile(r"<([^<>\s@]{1,100}@[^<>\s@]{1,100})>")
_OUR_ID = re.compile(r"<[^<>\s@]{1,200}@[^<>\s@]{1,200}>")
_ROLE = re.compile(
    r"^(?:mailer[-_.]?daemon|post-?master|mail[-_.]?(?:delivery|system|server|admin)|maildelivery"
    r"|microsoftexchange[0-9a-f]*|"
    r"mdaemon|mailsystem|mmdf|uucp|mailadmin|smtp|bounces?|mail-?deliver.*|delivery|.*mailer-daemon.*"
    r"|.*postmaster.*)(?:\+.*)?@?$",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"undeliver|not deliver|non[- ]?deliver|delivery (?:status|fail|has failed|report|problem|error"
    r"|notification|unsuccessful)"
    r"|returned (?:mail|to sender|e-?mail)|mail (?:delivery|system error|returned|error|failure)"
    r"|failure notice|failed (?:mail|delivery)"
    r"|could not (?:be )?(?:send|sent|deliver)|unable to deliver|message (?:status|not|undeliver|delivery)"
    r"|user unknown|unzustellbar"
    r"|nicht zugestellt|non recapitable|non remis|no se puede entregar|не доставлено|недоставлен"
    r"|delivery to the following|warning: message"
    r"|unknown (?:user|recipient|address)|address(?:ee)? unknown|rejected|returned",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Report:
    """`bounce` is None for a report that is no failure: a delay, a receipt, a feedback report."""

    bounce: Bounce | None
    is_report: bool


def looks_so(headers: Headers, sender: str, content: Content) -> bool:
    """Whether it may be a delivery report at all: the detectors would find addresses in anybody's words.

    Somebody who passes on or answers a report is a person.
    """
    if (
        content.reports
        or "x-failed-recipients" in headers
        or "report" in headers.raw("content-type").lower()
        or headers.raw("return-path").replace(" ", "") == "<>"
        or _ROLE.match(sender.partition("@")[0])
    ):
        return True
    subject = headers.text("subject")
    answers = forward.is_answer(subject) and "in-reply-to" in headers
    return bool(_SUBJECT.search(subject)) and not answers and not forward.is_subject(subject)


def read(mime: Mime, headers: Headers, sender: str, content: Content, ours: Callable[[str], bool]) -> Report:
    """Reads RFC 3464 fields where there are any, else what the known mail servers write."""
    if not looks_so(headers, sender, content):
        return Report(None, is_report=False)
    rows = [Headers(part) for part in content.reports]
    about = _about(headers, content, rows, ours)
    if any("disposition" in row or "feedback-type" in row for row in rows):
        # A receipt, or a complaint; but some servers reject in the form of a receipt, and say so here.
        rejected = "rejected" in headers.raw("auto-submitted").lower()
        named = tuple(filter(None, map(_recipient, rows))) if rejected else ()
        return Report(Bounce(named, "", permanent=True, about=about) if named else None, is_report=True)
    told = [row for row in rows if "action" in row or "status" in row or "final-recipient" in row]
    if told:
        return Report(_from_rows(told, headers, about), is_report=True)
    return _from_words(mime, headers, sender, content, about)


def _from_rows(rows: list[Headers], headers: Headers, about: tuple[str, ...]) -> Bounce | None:
    """Failures if there are any, else delays, which are never permanent (RFC 3464, 2.3.3).

    What was delivered, relayed or expanded is no bounce.
    """
    failed = [row for row in rows if _action(row) == "failed"]
    told = failed or [row for row in rows if _action(row) == "delayed"]
    if not told:
        return None
    recipients = tuple(dict.fromkeys(filter(None, map(_recipient, told))))
    if not recipients:
        recipients = tuple(
            found.address for found in headers.addresses("x-failed-recipients") if found.address
        )
    statuses = [found[1] for row in told if (found := _STATUS.search(row.raw("status")))]
    status = max(statuses, default="")
    return Bounce(recipients, status, bool(failed) and not status.startswith("4"), about)


def _action(row: Headers) -> str:
    """The action; where it is none of the five, what the status says."""
    action = row.raw("action").partition(";")[0].partition(" ")[0].strip().lower()
    if action in ("failed", "delayed", "delivered", "relayed", "expanded"):
        return action
    return {"5": "failed", "4": "delayed"}.get(row.raw("status").strip()[:1], "delivered")


def _recipient(row: Headers) -> str:
    """The address that we wrote to (Original-Recipient), where it is told, and no alias behind it."""
    for name in ("original-recipient", "final-recipient"):
        value = row.text(name)
        found = ADDRESS.search(value.partition(";")[2] or value)
        if found:
            return found[0].strip("<>").lower()
    return ""


def _from_words(
    mime: Mime, headers: Headers, sender: str, content: Content, about: tuple[str, ...]
) -> Report:
    temporary, permanent = _detected(mime, sender)
    named = tuple(
        dict.fromkeys(one.address for one in headers.addresses("x-failed-recipients") if "@" in one.address)
    )
    text = str(content.text)[:20_000]
    status = found[1] if (found := _STATUS.search(text)) else ""
    system = "report" in headers.raw("content-type").lower() or bool(_ROLE.match(sender.partition("@")[0]))
    delayed = bool(_DELAY.search(f"{headers.text('subject')}\n{text[:3000]}"))
    recipients = (
        permanent or named or (() if delayed else temporary) or (_named(text, sender) if system else ())
    )
    if delayed and not permanent:
        return Report(Bounce(temporary or named, status, permanent=False, about=about), is_report=True)
    if not recipients:
        return Report(None, is_report=system or bool(temporary))
    lasting = not status.startswith("4") and not (
        not status and (code := _CODE.search(text)) and code[1] == "4"
    )
    return Report(Bounce(recipients, status, lasting and bool(permanent or named), about), is_report=True)


def _named(text: str, sender: str) -> tuple[str, ...]:
    """The addresses in brackets beside words of failure, for mail systems that no detector knows."""
    found: dict[str, None] = {}
    for line in text[:3000].split("\n"):
        if _FAILURE.search(line[:500]):
            found.update(dict.fromkeys(one.lower() for one in _BRACKETED.findall(line[:500])))
    return tuple(one for one in found if one != sender)


def _detected(mime: Mime, sender: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Temporary and permanent failures as flufl.bounce finds them."""
    try:
        temporary, permanent = all_failures(_in_ascii(mime, sender))
    except BROKEN:
        return (), ()
    return _sorted(temporary), _sorted(permanent)


def _in_ascii(mime: Mime, sender: str) -> Mime:
    """The mail with headers that every detector can bear: one that fails stops all others."""
    for name, value in list(mime.raw_items()):
        if not str(value).isascii():
            mime.replace_header(name, str(value).encode("ascii", "replace").decode("ascii"))
    del mime["From"]
    mime["From"] = sender if sender.isascii() else "unknown"
    return mime


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
    for mail, _ in content.mails:
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
