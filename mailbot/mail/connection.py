"""A connection to an IMAP server: log-in, folders, answers. What goes wrong is raised as it comes."""

from __future__ import annotations

import contextlib
import logging
import socket
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from imapclient import DELETED, IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from mailbot.mail.batch import windows
from mailbot.mail.tls import Tls, context, guard

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence

    from mailbot.mail.trouble import Step

# IMAPClient logs what goes over the wire when the log is at DEBUG: mail text would be in it.
logging.getLogger("imapclient").setLevel(logging.WARNING)

FAULTS = (IMAPClientError, OSError, ValueError)
"""What the methods here may raise: an answer of NO or BAD, a lost connection, an unreadable answer."""

_CONNECT_SECONDS = 20.0
_GOODBYE_SECONDS = 2.0
_SEARCH_WIDTH = 100_000
_RENEW = 25 * 60.0  # seconds; a server may end IDLE after 29 minutes (RFC 2177)
_TICK = 0.1  # seconds within which IDLE sees that it shall stop


@dataclass(frozen=True, slots=True)
class Login:
    """How to reach a mailbox. `cafile`: the only certificates to trust (PEM); None: the system's.
    `timeout` in seconds.

    Raises ValueError for `tls` "none" to another machine.
    """

    host: str
    port: int
    tls: Tls
    username: str
    password: Callable[[], str]
    cafile: str | None = None
    timeout: float = 60.0

    def __post_init__(self) -> None:
        guard(self.host, self.tls)


class Connection:
    """One connection, for one thread; `step` says what it is doing. Methods raise what FAULTS names."""

    def __init__(self, login: Login, *, readonly: bool) -> None:
        self.step: Step = "connect"
        self.can: frozenset[bytes] = frozenset()
        self._login = login
        self._readonly = readonly
        self._client: Any = None
        self._opened: tuple[str, int] | None = None

    def open(self) -> None:
        """Connect, encrypt, log in; `can` is read after that, since some servers tell of MOVE only then."""
        login = self._login
        self._client = IMAPClient(
            login.host,
            login.port,
            ssl=login.tls == "implicit",
            ssl_context=context(login.cafile) if login.tls == "implicit" else None,
            timeout=SocketTimeout(min(_CONNECT_SECONDS, login.timeout), login.timeout),
        )
        self._client.normalise_times = False
        # a command goes out in pieces: without this each waits for the server's delayed acknowledgement
        self._client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if login.tls == "starttls":
            self.step = "tls"
            self._client.starttls(context(login.cafile))
        self.step = "login"
        self._log_in()
        self.can = frozenset(self._client.capabilities())

    def _log_in(self) -> None:
        password = self._login.password()
        if b"AUTH=PLAIN" in self._client.capabilities():
            self._client.plain_login(self._login.username, password)
            return
        username = self._login.username.replace("\\", "\\\\").replace('"', '\\"')
        self._client.login(f'"{username}"', password)

    def select(self, folder: str) -> int:
        """Open the folder anew, to see what is in it now; the answer is its UIDVALIDITY."""
        before, self.step = self.step, "select"
        self._opened = None
        answer = self._client.select_folder(folder, readonly=self._readonly)
        if b"UIDVALIDITY" not in answer:
            raise ValueError("the server gave no UIDVALIDITY")
        self._opened = folder, int(answer[b"UIDVALIDITY"])
        self._next, self._exists = int(answer.get(b"UIDNEXT", 0)), int(answer.get(b"EXISTS", 0))
        self.step = before
        return self._opened[1]

    def current(self, folder: str) -> int:
        """UIDVALIDITY of the folder, opened unless it is open."""
        if self._opened is not None and self._opened[0] == folder:
            return self._opened[1]
        return self.select(folder)

    def above(self, uid: int) -> list[int]:
        """The UIDs above that one in the folder that was just opened, ascending."""
        found: set[int] = set()
        for window in windows(uid + 1, self._next, self._exists, _SEARCH_WIDTH):
            found.update(self._client.search(["UID", window]))
        # `n:*` always names the last mail, also when it is below n (RFC 9051, 9, seq-range)
        return sorted(each for each in found if each > uid)

    def among(self, uids: Sequence[int]) -> set[int]:
        """Those of the UIDs that are in the open folder."""
        return set(self._client.search(["UID", ",".join(map(str, uids))]))

    def ask(self, uids: Sequence[int], items: list[str]) -> dict[int, dict[bytes, Any]]:
        """The items of mails of the open folder, without those for which the server says nothing."""
        answer: dict[int, dict[bytes, Any]] = self._client.fetch(list(uids), items)
        return answer

    def move(self, uid: int, to: str) -> None:
        """Move, or copy and mark; a plain EXPUNGE would also take what other people have marked."""
        if b"MOVE" in self.can:
            self._client.move([uid], to)
            return
        self._client.copy([uid], to)
        self._client.add_flags([uid], [DELETED], silent=True)
        if b"UIDPLUS" in self.can:
            self._client.uid_expunge([uid])

    def make(self, folder: str) -> bool:
        """Create a folder; False where it was there."""
        if self._client.folder_exists(folder):
            return False
        self._client.create_folder(folder)
        return True

    def idle(self, seconds: float, stop: threading.Event) -> bool:
        """Wait in the open folder; True as soon as a mail came."""
        until = time.monotonic() + seconds
        while not stop.is_set() and (left := until - time.monotonic()) > 0:
            if self._idle_once(min(left, _RENEW), stop):
                return True
        return False

    def _idle_once(self, seconds: float, stop: threading.Event) -> bool:
        self._client.idle()
        until = time.monotonic() + seconds
        came = False
        while not came and not stop.is_set() and (left := until - time.monotonic()) > 0:
            asked, tick = time.monotonic(), min(left, _TICK)
            answers = self._client.idle_check(tick)
            came = _brings(answers)
            if not answers and time.monotonic() - asked < tick / 2:
                break  # the socket woke us without a word: DONE will tell whether it is still there
        _, late = self._client.idle_done()
        return came or _brings(late)

    def noop(self) -> None:
        self._client.noop()

    def close(self) -> None:
        """Log out, without waiting long for it; never raises."""
        with contextlib.suppress(*FAULTS, AttributeError):
            self._client.socket().settimeout(_GOODBYE_SECONDS)
            self._client.logout()
        self.cut()

    def cut(self) -> None:
        """Break the connection, from any thread: what waits for the server fails at once. Never raises."""
        with contextlib.suppress(*FAULTS, AttributeError):
            self._client.socket().shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(*FAULTS, AttributeError):
            self._client.shutdown()


def _brings(answers: list[tuple[Any, ...]]) -> bool:
    """Whether an answer during IDLE says that mail came; a BYE is raised as a lost connection."""
    for answer in answers:
        if answer and answer[0] == b"BYE":
            raise IMAPClientAbortError(b" ".join(map(_bytes, answer[1:])).decode("ascii", "replace"))
    return any(len(answer) > 1 and answer[1] == b"EXISTS" for answer in answers)


def _bytes(token: object) -> bytes:
    return token if isinstance(token, bytes) else str(token).encode()
