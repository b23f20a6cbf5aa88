"""What tests of the outbox share."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from mailbot.mail.outbox import Outbox, Route

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from mailbot.core.outcome import Outcome
    from mailbot.mail.pace import Pace

OURS, HERS = "helpdesk@nhs.net", "jane@example.org"
LETTER = b"From: helpdesk@nhs.net\r\nSubject: hello\r\n\r\n.\r\n..two dots\r\nend\r\n"


def sent(
    route: Route,
    *recipients: str,
    started: Callable[[], Awaitable[None]] | None = None,
    pace: Pace | None = None,
) -> list[Outcome]:
    """What becomes of a letter to each recipient, one after the other."""

    async def run() -> list[Outcome]:
        outbox = Outbox(route, pace=pace)
        try:
            return [await outbox.send(LETTER, OURS, recipient, started) for recipient in recipients]
        finally:
            await outbox.close()

    return asyncio.run(run())


def sent_at_once(route: Route, number: int, pace: Pace | None = None) -> list[Outcome]:
    """What becomes of so many letters that all want to go at the same time."""

    async def run() -> list[Outcome]:
        outbox = Outbox(route, pace=pace)
        try:
            return await asyncio.gather(*(outbox.send(LETTER, OURS, HERS) for _ in range(number)))
        finally:
            await outbox.close()

    return asyncio.run(run())
