"""A channel: one SMTP connection, over which a letter goes step by step."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from mailbot.mail.tls import Tls, context, guard

if TYPE_CHECKING:
    from collections.abc import Callable

Stage = Literal["connect", "tls", "login", "sender", "recipient", "data", "reply"]

FAULTS = (SMTPException, OSError)
"""What the methods here may raise: a lost or refused connection, or an answer that breaks the protocol."""

_GOODBYE_SECONDS = 2.0
_CLOSING = 421  # the server answers and hangs up (RFC 5321, 3.8)


@dataclass(frozen=True, slots=True)
class Route:
    """How letters leave. `per_minute` 0: no limit. Without `username` there is no log-in. `timeout` in
    seconds.

    Raises ValueError for `tls` "none" to another machine.
    """

    host: str
    port: int
    tls: Tls
    username: str | None = None
    password: Callable[[], str] | None = None
    per_minute: int = 30
    connections: int = 3
    cafile: str | None = None
    timeout: float = 60.0
    patience: float = 300.0

    def __post_init__(self) -> None:
        guard(self.host, self.tls)


class Reply(Exception):  # noqa: N818 - named in the project's own words
    """The server said something else than "go on"; `code` is its reply code (RFC 5321, 4.2)."""

    def __init__(self, stage: Stage, code: int, text: str) -> None:
        super().__init__(text)
        self.stage = stage
        self.code = code
        self.text = text


class Channel:
    """One connection; `stage` says how far it is. Methods raise Reply, and what FAULTS names."""

    def __init__(self, route: Route) -> None:
        self.stage: Stage = "connect"
        self._route = route
        self._smtp: SMTP | None = None
        self._fit = False

    @property
    def fit(self) -> bool:
        """Whether another letter can go this way: it is connected, and the last command was answered."""
        return self._fit and self._smtp is not None and self._smtp.is_connected

    async def ready(self) -> None:
        """Make it ready for the next letter: as it is where it still works, else connected anew."""
        if self.fit:
            with contextlib.suppress(*FAULTS, Reply):
                await self._command("RSET", 250)
                return
        self.cut()
        await self._connect()

    async def _connect(self) -> None:
        """Connect, encrypt, log in. A server that does not offer the encryption asked for is not used."""
        route = self._route
        trust = None if route.tls == "none" else await asyncio.to_thread(context, route.cafile)
        self.stage = "connect"
        self._smtp = smtp = SMTP(
            hostname=route.host,
            port=route.port,
            use_tls=route.tls == "implicit",
            start_tls=False,
            tls_context=trust,
            local_hostname=_own_name(),
            timeout=route.timeout,
        )
        try:
            await smtp.connect()
            await self._introduce(smtp)
        except SMTPResponseException as error:
            raise Reply(self.stage, error.code, error.message) from error
        self._fit = True

    async def _introduce(self, smtp: SMTP) -> None:
        route = self._route
        if route.tls == "starttls":
            self.stage = "tls"
            await smtp.starttls()
        if route.username is not None and route.password is not None:
            self.stage = "login"
            await smtp.login(route.username, await asyncio.to_thread(route.password))
        if smtp.is_ehlo_or_helo_needed:
            await smtp.ehlo()

    async def envelope(self, sender: str, recipient: str) -> None:
        """Name sender and recipient (plain ASCII addresses)."""
        self.stage = "sender"
        await self._command(f"MAIL FROM:<{sender}>", 250)
        self.stage = "recipient"
        await self._command(f"RCPT TO:<{recipient}>", 250, 251)

    async def text(self, raw: bytes) -> str:
        """Hand over the text; the server's answer. Once `stage` is "reply" the letter may have left."""
        self.stage = "data"
        await self._command("DATA", 354)
        protocol = self._smtp.protocol if self._smtp is not None else None
        if protocol is None:
            raise ConnectionResetError("connection lost")
        self.stage, self._fit = "reply", False
        protocol.write(_wire(raw))
        code, text = await protocol.read_response(timeout=self._route.patience)
        self._fit = code != _CLOSING
        if code // 100 != 2:
            raise Reply(self.stage, code, text)
        return text

    async def _command(self, line: str, *good: int) -> None:
        if self._smtp is None:
            raise ConnectionResetError("not connected")
        self._fit = False
        code, text = await self._smtp.execute_command(line.encode("ascii"))
        self._fit = code != _CLOSING
        if code not in good:
            raise Reply(self.stage, code, text)

    async def close(self) -> None:
        """Say goodbye, without waiting long for the answer; never raises."""
        smtp = self._smtp
        if smtp is not None:
            transport = smtp.transport
            with contextlib.suppress(*FAULTS):
                await smtp.quit(timeout=_GOODBYE_SECONDS)
            _abort(transport)
        self.cut()

    def cut(self) -> None:
        """Close at once; never raises."""
        smtp, self._smtp, self._fit = self._smtp, None, False
        if smtp is not None:
            _abort(smtp.transport)
            smtp.close()


def _abort(transport: asyncio.BaseTransport | None) -> None:
    """Close without TLS's farewell, for which the event loop may not live long enough."""
    if isinstance(transport, asyncio.WriteTransport):
        transport.abort()


def _own_name() -> str:
    """What EHLO says; asking the DNS for a full name could take long, and no server here looks at it."""
    name = socket.gethostname()
    return name if name.isascii() and name and not any(letter.isspace() for letter in name) else "localhost"


def _wire(raw: bytes) -> bytes:
    """The text for DATA (RFC 5321, 4.5.2): lines end in CRLF, a leading dot is doubled, a dot ends it."""
    lines = raw.splitlines()
    return b"".join((b"." if line.startswith(b".") else b"") + line + b"\r\n" for line in lines) + b".\r\n"
