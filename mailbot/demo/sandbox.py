"""A sandbox: an IMAP and an SMTP server on this machine's loopback, with the team's two mailboxes."""

from __future__ import annotations

import asyncio
import json
import secrets
import threading
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from mailbot.demo import border, letters, smtp
from mailbot.demo.imap import Mailboxes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HOST = "127.0.0.1"
ADDRESSES = {"helpdesk": "helpdesk@nhs.net", "regional": "england.indmidwives@nhs.net"}
OURS = ADDRESSES["helpdesk"]
PATIENCE = 10.0  # seconds that the servers may take to start, or to take in one mail


def _now() -> datetime:
    return datetime.now(UTC)


class Sandbox:
    """The servers run in a thread of their own between `with` and its end.

    Letters of the bot are kept under `folder`/letters. `clock` gives the aware instant at which mail arrives.
    """

    def __init__(self, folder: Path, clock: Callable[[], datetime] = _now) -> None:
        self._letters = folder / "letters"
        self._clock = clock
        self._sent: list[bytes] = []
        self._passwords = {name: secrets.token_urlsafe(12) for name in ADDRESSES}
        self._ready: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, name="sandbox")
        self._loop: asyncio.AbstractEventLoop
        self._stop: asyncio.Event
        self._mailboxes: Mailboxes
        self.imap_port = 0
        self.smtp_port = 0

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.result(PATIENCE)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    @property
    def environment(self) -> dict[str, str]:
        """The variables that the settings of `settings_toml` name, with the passwords of this run."""
        return {_variable(name): password for name, password in self._passwords.items()}

    def deliver(self, mailbox: str, raw: bytes, arrived: datetime | None = None) -> None:
        """Puts a mail as it is into the INBOX of `helpdesk` or `regional`; idling clients hear of it at once.

        `arrived` is aware, now where None. KeyError: no such mailbox.
        """
        append = self._mailboxes.append(mailbox, raw, arrived or self._clock())
        asyncio.run_coroutine_threadsafe(append, self._loop).result(PATIENCE)

    def sent(self) -> list[bytes]:
        """All letters of the bot, in the order in which they left."""
        return list(self._sent)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except OSError as error:
            self._ready.set_exception(error)

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._mailboxes = Mailboxes(self._passwords)
        imap, post = await self._mailboxes.listen(HOST), await smtp.listen(HOST, self._take)
        self.imap_port, self.smtp_port = _port(imap), _port(post)
        self._ready.set_result(None)
        await self._stop.wait()
        imap.close()
        post.close()

    async def _take(self, envelope: str, recipients: list[str], raw: bytes) -> bool:
        """Keeps a letter of the bot; puts any mail into those mailboxes here that it is for."""
        wanted = {address.lower() for address in recipients}
        found = [name for name, address in ADDRESSES.items() if address in wanted]
        ours = border.author(raw) == OURS
        if ours:
            self._sent.append(raw)
            letters.keep(self._letters, len(self._sent), raw)
        at = self._clock()
        for name in found:
            await self._mailboxes.append(name, border.taken_in(raw, envelope, at), at)
        return ours or bool(found)


def _port(server: asyncio.Server) -> int:
    return int(server.sockets[0].getsockname()[1])


def _variable(name: str) -> str:
    return f"DEMO_{name.upper()}_PASSWORD"


def _mailbox(sandbox: Sandbox, name: str, afterwards: str) -> str:
    return f"""
[[mailbox]]
name = "{name}"
address = "{ADDRESSES[name]}"
afterwards = "{afterwards}"
exchange = true
[mailbox.imap]
host = "{HOST}"
port = {sandbox.imap_port}
tls = "none"
username = "{name}"
password_env = "{_variable(name)}"
"""


def settings_toml(sandbox: Sandbox, folder: Path, web_port: int = 8025) -> str:
    """Settings for `mailbot run` on this sandbox; the bot's own files go under `folder`/var."""
    return (
        f"[bot]\ndata = {json.dumps(str(folder / 'var'))}\n"
        + _mailbox(sandbox, "helpdesk", "move")
        + f'[mailbox.smtp]\nhost = "{HOST}"\nport = {sandbox.smtp_port}\ntls = "none"\nper_minute = 0\n'
        + _mailbox(sandbox, "regional", "leave")
        + f'\n[web]\nlisten = "{HOST}:{web_port}"\n'
    )
