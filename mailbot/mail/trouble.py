"""Trouble with a mailbox: which step failed, why, and whether it may pass."""

from __future__ import annotations

import imaplib
import ssl
from typing import Literal

Step = Literal["connect", "tls", "login", "select", "fetch", "idle", "move"]

_BACK_OFF = "suggested backoff time:"
_PASSING = ("[unavailable]", "[inuse]", "[serverbug]", "[limit]", "temporar", "try again")


class InboxError(Exception):
    """A step with a mailbox failed. `transient`: it may pass by itself. The text holds no address."""

    def __init__(self, mailbox: str, step: Step, reason: str, *, transient: bool = True) -> None:
        super().__init__(f"{mailbox}: {step}: {reason}")
        self.mailbox = mailbox
        self.step = step
        self.reason = reason
        self.transient = transient


class Throttled(InboxError):  # noqa: N818 - named in the project's own words
    """The server asks for a pause of `seconds`, as Exchange Online does (MAIL.md)."""

    def __init__(self, mailbox: str, step: Step, seconds: float) -> None:
        super().__init__(mailbox, step, f"the server asks to wait {seconds:g} s")
        self.seconds = seconds


def trouble(mailbox: str, step: Step, error: Exception) -> InboxError:
    """What an error of the connection or of the server's answer means."""
    text = shown(str(error))
    seconds = _pause(text)
    if seconds is not None:
        return Throttled(mailbox, step, seconds)
    if isinstance(error, ssl.SSLCertVerificationError):
        return InboxError(mailbox, "tls", f"certificate: {error.verify_message}", transient=False)
    if isinstance(error, ssl.SSLError):
        return InboxError(mailbox, "tls", text)
    return InboxError(mailbox, step, text or type(error).__name__, transient=_passes(error, text))


def expired(error: InboxError) -> bool:
    """Whether the session ended because its token did: a new connection helps at once (MAIL.md)."""
    return "accesstokenexpired" in error.reason.lower()


def shown(text: str) -> str:
    """A server's words on one line, without addresses, short enough for a log."""
    words = ("(address)" if "@" in word else word for word in text.split())
    return "".join(letter if letter.isprintable() else "?" for letter in " ".join(words))[:300]


def _passes(error: Exception, text: str) -> bool:
    """A lost connection may come back; an answer of NO or BAD mostly stays, unless it says otherwise."""
    if isinstance(error, imaplib.IMAP4.abort | OSError):
        return True
    return any(word in text.lower() for word in _PASSING)


def _pause(text: str) -> float | None:
    """Seconds out of `Request is throttled. Suggested Backoff Time: N milliseconds`."""
    _, found, rest = text.lower().partition(_BACK_OFF)
    number = rest.split()[0].rstrip(".") if rest.split() else ""
    if found and number.isdecimal():
        return int(number[:9]) / 1000
    return None
