"""Mails as people and machines write them, made from a few words."""

from __future__ import annotations

from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from mailbot.core.letter import Letter

HELPDESK = "helpdesk@nhs.net"
LEAD = "Deputy Regional Maternity Lead <england.indmidwives@nhs.net>"
JANE = "Jane Smith <jane.smith@nhs.net>"
JANE_AT_HOME = "Jane Smith <jane.smith@gmail.example>"
ROSE = "Rose Hartley <rose.hartley@nhs.net>"
PASS = "spf=pass smtp.mailfrom={0}; dkim=pass header.d={0}; dmarc=pass header.from={0}"


def mail(
    sender: str,
    subject: str,
    text: str,
    *,
    at: datetime,
    message_id: str,
    to: str = HELPDESK,
    answers: Letter | None = None,
    proven: bool = True,
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """One mail's bytes. `proven`: Exchange, or the outside server, vouches for its sender."""
    message = EmailMessage()
    name, address = parseaddr(sender)
    local, _, domain = address.partition("@")
    message["From"] = Address(name, local, domain)
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = message_id
    if proven and domain == "nhs.net":
        message["X-MS-Exchange-Organization-AuthAs"] = "Internal"
    elif proven:
        message["Authentication-Results"] = PASS.format(domain)
    if answers is not None:
        message["In-Reply-To"] = answers.message_id
        message["References"] = " ".join((*answers.references, answers.message_id))
    for key, value in (headers or {}).items():
        message[key] = value
    message.set_content(text)
    return bytes(message)


def forwarded(text: str, *, by: str, subject: str, sent: str, cover: str = "") -> str:
    """The text of a forward as Outlook writes it: a word of cover, or none, above the first mail."""
    return f"{cover}\n\nFrom: {by}\nSent: {sent}\nTo: {LEAD}\nSubject: {subject}\n\n{text}\n"


def bounce(letter: Letter, status: str = "5.1.1") -> str:
    """A delivery report's own part (RFC 3464) on a letter of ours."""
    return (
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n"
        "MIME-Version: 1.0\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n"
        "Delivery has failed to these recipients.\r\n--b\r\n"
        "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; {letter.to}\r\nAction: failed\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: smtp; 550 {status} user unknown\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
        f"From: {HELPDESK}\r\nTo: {letter.to}\r\nSubject: {letter.subject}\r\n"
        f"Message-ID: {letter.message_id}\r\n\r\nDear colleague,\r\n--b--\r\n"
    )
