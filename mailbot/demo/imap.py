"""An IMAP server that keeps its mailboxes in memory."""

from __future__ import annotations

import asyncio
from argparse import Namespace
from typing import TYPE_CHECKING, cast

from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import Config, Login
from pymap.backend.dict.filter import FilterSet
from pymap.backend.dict.mailbox import MailboxData, MailboxSet
from pymap.concurrent import Subsystem
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.user import UserMetadata
from pysasl.hashing import Cleartext

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from proxyprotocol.sock import SocketInfo
    from pymap.concurrent import Event
    from pymap.selected import SelectedMailbox


class _Inbox(MailboxData):
    """An inbox that never lets an idling client miss a mail.

    pymap's own waits for the next change even where one came between two waits.
    """

    async def update_selected(
        self, selected: SelectedMailbox, *, wait_on: Event | None = None
    ) -> SelectedMailbox:
        behind = selected.mod_sequence is not None and selected.mod_sequence < self._mod_sequences.highest
        return await super().update_selected(selected, wait_on=None if behind else wait_on)


class _Folders(MailboxSet):
    """One user's folders."""

    def __init__(self) -> None:
        super().__init__()
        self._inbox = _Inbox(self._content_cache, self._thread_cache)


class _Settings(Config):
    """pymap's settings for loopback: no TLS, no look-ups of names, nothing worth a slow hash."""

    def __init__(self) -> None:
        everything_off = Namespace(passlib_cfg=None, proxy_protocol=None)
        super().__init__(
            everything_off,
            host=None,
            port=0,
            demo_data=False,
            demo_user="",
            demo_password="",
            tls_enabled=False,
            reject_dnsbl=False,
            invalid_user_sleep=0.0,
            hash_context=Cleartext(),
            cpu_subsystem=Subsystem.for_asyncio(),
        )

    @property
    def greeting(self) -> bytes:
        return b"The demo's mailboxes are ready"


class _Whole:
    """A writer that sends each response in one piece: a client that polls may give up at half a line."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._waits: list[bytes] = []

    def write(self, data: bytes) -> None:
        self._waits.append(bytes(data))

    async def drain(self) -> None:
        self._writer.write(b"".join(self._waits))
        self._waits.clear()
        await self._writer.drain()

    def close(self) -> None:
        self._writer.close()


class _Server(IMAPServer):
    async def __call__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, sock_info: SocketInfo
    ) -> None:
        await super().__call__(reader, cast("asyncio.StreamWriter", _Whole(writer)), sock_info)


class Mailboxes:
    """The mailboxes of some users, by name; to be made and used inside the event loop that serves them."""

    def __init__(self, passwords: Mapping[str, str]) -> None:
        settings = _Settings()
        settings.apply_context()
        self._login = Login(settings)
        self._folders = {name: _Folders() for name in passwords}
        for name, password in passwords.items():
            self._login.users_dict[name] = UserMetadata(settings, name, password=password)
            settings.set_cache[name] = (self._folders[name], FilterSet())
        self._server = _Server(self._login, settings)
        self._reader = ProxyProtocolReader(settings.proxy_protocol)

    async def listen(self, host: str) -> asyncio.Server:
        """Serves clients on a free port until the server is closed; OSError where it may not listen."""
        return await asyncio.start_server(self._reader.get_callback(self._server), host, 0)

    async def append(self, name: str, raw: bytes, arrived: datetime) -> None:
        """Puts a mail into the user's INBOX; `arrived` is aware. KeyError: no such user."""
        inbox = await self._folders[name].get_mailbox("INBOX")
        await inbox.append(AppendMessage(raw, arrived), recent=True)
