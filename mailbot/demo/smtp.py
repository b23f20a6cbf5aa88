"""An SMTP server that hands every mail, with its envelope, to whoever made it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aiosmtpd.smtp import SMTP

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiosmtpd.smtp import Envelope, Session

    Take = Callable[[str, list[str], bytes], Awaitable[bool]]

LARGEST = 35 * 1024 * 1024  # bytes, as Exchange Online's limit


class _Handler:
    def __init__(self, take: Take) -> None:
        self._take = take

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802 - aiosmtpd's
        assert isinstance(envelope.content, bytes)
        if await self._take(envelope.mail_from or "", envelope.rcpt_tos, envelope.content):
            return "250 2.0.0 Taken"
        return "550 5.1.1 Nobody here has that address: write to a mailbox that the demo watches"


async def listen(host: str, take: Take) -> asyncio.Server:
    """Serves clients on a free port until the server is closed; OSError where it may not listen.

    `take` gets the envelope's sender ("" for a null return path), its recipients and the mail; where it says
    False, the mail is refused for good.
    """
    loop = asyncio.get_running_loop()

    def connection() -> SMTP:
        return SMTP(
            _Handler(take),
            data_size_limit=LARGEST,
            enable_SMTPUTF8=True,
            hostname="localhost",
            ident="mailbot demo",
            loop=loop,
        )

    return await loop.create_server(connection, host, 0)
