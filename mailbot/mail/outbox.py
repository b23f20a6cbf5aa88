"""The outbox: hands letters to the mail server, at its pace, and says what became of each."""

from __future__ import annotations

import asyncio
import ssl
from datetime import timedelta
from typing import TYPE_CHECKING

from mailbot.core.outcome import Outcome, Refused, Sent, TryLater, Unknown
from mailbot.mail.channel import FAULTS, Channel, Reply, Route
from mailbot.mail.pace import Pace
from mailbot.mail.trouble import shown

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

__all__ = ["Outbox", "Route"]

_IDLE_SECONDS = 20.0
_THROTTLE = timedelta(minutes=1)
_NO_LOG_IN = frozenset({530, 534, 535, 538})  # RFC 4954: our log-in is at fault, not the letter
_LETTERS = frozenset({"sender", "recipient", "data", "reply"})
_COUNTED = frozenset({"recipient", "data", "reply"})
_WORDS: dict[str, str] = {
    "connect": "connecting",
    "tls": "encryption",
    "login": "log-in",
    "sender": "MAIL FROM",
    "recipient": "RCPT TO",
    "data": "DATA",
    "reply": "after the text",
}


class Outbox:
    """Sends over at most `route.connections` connections, which are kept for a while for the next letter.

    Belongs to one event loop. Nothing of a letter or an address stands in any outcome's words.
    """

    def __init__(
        self, route: Route, *, pace: Pace | None = None, idle_seconds: float = _IDLE_SECONDS
    ) -> None:
        self._route = route
        self._pace = pace or Pace(route.per_minute)
        self._idle_seconds = idle_seconds
        self._slots = asyncio.Semaphore(route.connections)
        self._idle: dict[Channel, asyncio.TimerHandle] = {}
        self._closed = False
        self._partings: set[asyncio.Task[None]] = set()

    async def send(
        self,
        raw: bytes,
        sender: str,
        recipient: str,
        started: Callable[[], Awaitable[None]] | None = None,
    ) -> Outcome:
        """Send one letter to one recipient, waiting for pace and connection first.

        `started` is awaited once the server has taken sender and recipient and before DATA: from then on,
        a crash leaves the letter's fate unknown. What it raises is passed on, and nothing is sent.
        """
        if not (_plain(sender) and _plain(recipient)):
            return Refused("the address has characters that this way of sending cannot carry", 553)
        async with self._slots:
            await self._pace.leave()
            channel = self._take()
            try:
                await channel.ready()
                await channel.envelope(sender, recipient)
                if started is not None:
                    await started()
                return Sent(shown(await channel.text(raw)))
            except Reply as reply:
                return _answered(reply)
            except FAULTS as error:
                return _lost(channel, error)
            finally:
                self._put(channel)

    def _take(self) -> Channel:
        if not self._idle:
            return Channel(self._route)
        channel, timer = self._idle.popitem()
        timer.cancel()
        return channel

    def _put(self, channel: Channel) -> None:
        """Keep the connection where it is fit for another letter, and count the one that it carried."""
        if channel.stage in _COUNTED:
            self._pace.used()
        else:
            self._pace.unused()
        if channel.fit and not self._closed:
            later = asyncio.get_running_loop().call_later(self._idle_seconds, self._part, channel)
            self._idle[channel] = later
        else:
            channel.cut()

    def _part(self, channel: Channel) -> None:
        if self._idle.pop(channel, None) is not None:
            parting = asyncio.ensure_future(channel.close())
            self._partings.add(parting)
            parting.add_done_callback(self._partings.discard)

    async def close(self) -> None:
        """Say goodbye on the connections that wait for letters; those that send close after theirs."""
        self._closed = True
        while self._idle:
            channel, timer = self._idle.popitem()
            timer.cancel()
            await channel.close()
        await asyncio.gather(*self._partings)


def _plain(address: str) -> bool:
    """Whether the address can stand in a command as it is (RFC 5321, 4.1.2, without SMTPUTF8)."""
    return address.isascii() and address.isprintable() and not set(address) & set(" <>") and bool(address)


def _answered(reply: Reply) -> Outcome:
    reason = f"{_WORDS[reply.stage]}: {reply.code} {shown(reply.text)}".rstrip()
    if reply.code // 100 == 5 and reply.stage in _LETTERS and reply.code not in _NO_LOG_IN:
        return Refused(reason, reply.code)
    if reply.stage == "reply" and reply.code // 100 not in (4, 5):
        return Unknown(reason)
    busy = reply.code == 432 or "4.3.2" in reply.text.split()
    return TryLater(reason, _THROTTLE if busy else None)


def _lost(channel: Channel, error: Exception) -> Outcome:
    reason = f"{_WORDS[channel.stage]}: {_reason(error)}"
    return Unknown(reason) if channel.stage == "reply" else TryLater(reason)


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"certificate: {error.verify_message}"
    return shown(str(error)) or type(error).__name__
