"""What tests of the inbox share."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mailbot.mail.inbox import Inbox, Login, Missing, RawMail

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAIL = b"From: a@example.org\r\nSubject: hello\r\n\r\nGood day\r\n"


@contextmanager
def opened(login: Login, *, readonly: bool = False, folders: Sequence[str] = ("INBOX",)) -> Iterator[Inbox]:
    inbox = Inbox("helpdesk", login, folders, readonly=readonly)
    inbox.connect()
    try:
        yield inbox
    finally:
        inbox.close()


def fetched(inbox: Inbox) -> list[RawMail | Missing]:
    _, uids = inbox.waiting("INBOX", None, 0)
    return list(inbox.fetch("INBOX", uids))


def waits(inbox: Inbox, *, seconds: float = 5, stop: threading.Event | None = None) -> tuple[bool, float]:
    start = time.monotonic()
    came = inbox.idle(seconds, stop or threading.Event())
    return came, time.monotonic() - start
