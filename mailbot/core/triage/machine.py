"""Mail that no person wrote: automatic answers and delivery reports, by their kind or by their wording."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mailbot.core.message import Kind

if TYPE_CHECKING:
    from mailbot.core.message import Message
    from mailbot.core.triage.rules import TriageRules

_ANSWERING = re.compile(
    r"\b(?:i am|i'm|im) (?:currently |now |away |out of )?(?:on (?:annual|maternity|sick|study)?\s?leave"
    r"|out of (?:the )?office|away from|on holiday)"
    r"|\b(?:limited|no|intermittent) access to (?:my )?e-?mails?|\bnot (?:be )?(?:checking|monitoring"
    r"|reading) (?:my )?(?:e-?mails?|messages|this)"
    r"|\bi (?:will|shall|'ll) (?:reply|respond|get back to you|answer|deal with)[^.\n]{0,40}(?:when|on my"
    r" return|as soon)"
    r"|\b(?:this|your) (?:mailbox|inbox|account) is not (?:being )?(?:monitored|looked at|checked)"
    r"|\bunmonitored mailbox"
    r"|\bfor (?:urgent|anything urgent)[^.\n]{0,60}(?:contact|call|ring|text|phone)|\bif (?:your (?:query"
    r"|message|email) is|it is|it's) urgent"
    r"|\bthank you for (?:your (?:e-?mail|message)|contacting)|\b(?:this is an )?automated? (?:response"
    r"|reply|message)"
    r"|\byour (?:call|request|enquiry|ticket) has been (?:logged|received)"
    r"|\bdo not reply to this (?:e-?mail|message)"
    r"|\bon my return\b|\bi am out of the office\b",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"\b(?:how do i|how can i|can you|could you|can i|could i|can u"
    r"|please (?:can|could|mark|reset|disable|help)|i need|i'd like|i would like)\b",
    re.IGNORECASE,
)
_MAILER = re.compile(r"^(?:mailer-daemon|postmaster|mail-daemon)@", re.IGNORECASE)
_UNDELIVERED = re.compile(
    r"(?:couldn't|could not|wasn't|was not|cannot|can't|unable to) be delivered"
    r"|delivery (?:has )?failed|address not found|550[ -]5\.|mailbox (?:full|unavailable)|user unknown"
    r"|delivery status notification|undeliverable",
    re.IGNORECASE,
)


def machine(message: Message, rules: TriageRules) -> str:
    """The label of mail that no person wrote; "" for all other mail.

    Mail that nothing but Microsoft's marks calls automatic may be a person's, forwarded by a rule of
    hers (MAIL.md).
    """
    if message.kind is Kind.BOUNCE:
        return "bounce"
    subject = " ".join(message.subject.lower().split())
    if _reports(message, subject, rules):
        return "bounce"
    worded = _automatic(message, subject, rules)
    if message.kind is Kind.AUTO_REPLY:
        asks = _ASKING.search(message.said[:4000]) and not _ANSWERING.search(message.said[:4000])
        return "" if asks or (message.microsoft_only and not worded) else "auto_reply"
    return "auto_reply" if worded else ""


def _reports(message: Message, subject: str, rules: TriageRules) -> bool:
    told = _MAILER.match(message.sender.address) or subject.startswith(rules.bounces)
    return bool(told and _UNDELIVERED.search(f"{message.subject} {message.text[:4000]}"))


def _automatic(message: Message, subject: str, rules: TriageRules) -> bool:
    if message.forwarded is not None:
        return False
    signs = {found.group().lower() for found in _ANSWERING.finditer(message.said[:4000])}
    return subject.startswith(rules.automatic) or len(signs) > (
        1 if "leave" in subject or "out of" in subject else 2
    )
