"""An inbox: one mailbox over IMAP, looked at without leaving a trace, its mails fetched whole."""

from __future__ import annotations

import imaplib
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from mailbot.core.place import Place
from mailbot.mail.batch import batches, chunks
from mailbot.mail.connection import FAULTS, Connection, Login
from mailbot.mail.raw import Missing, RawMail
from mailbot.mail.trouble import InboxError, Step, Throttled, expired, trouble

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator, Sequence

__all__ = ["Inbox", "InboxError", "Login", "Missing", "Place", "RawMail", "Throttled"]

T = TypeVar("T")

_BATCH_COUNT = 50
_BATCH_BYTES = 8_000_000
_ASKED_AT_ONCE = 200  # UIDs in one command: servers refuse long lines
_SETTLE = 0.25  # seconds of IDLE before the second look
_DROPS = 3  # connections lost over one mail before it is given up as missing
_TEXT = ["BODY.PEEK[]", "INTERNALDATE", "RFC822.SIZE"]


class Inbox:
    """One mailbox and its connection, for one thread.

    `readonly` folders are opened with EXAMINE: flags and places stay exactly as they are. Every method raises
    InboxError naming the step that failed, Throttled where the server asks for a pause; after either,
    `connect` again. A session that ended because its token did is renewed here.
    """

    def __init__(
        self,
        mailbox: str,
        login: Login,
        folders: Sequence[str] = ("INBOX",),
        *,
        readonly: bool = False,
        clock: Callable[[], datetime] = lambda: datetime.now(tz=UTC),
    ) -> None:
        self.mailbox = mailbox
        self.folders = tuple(folders)
        self.readonly = readonly
        self._login = login
        self._clock = clock
        self._connection: Connection | None = None
        self._looked: dict[str, tuple[int, int]] = {}
        self._drops: Counter[Place] = Counter()

    @property
    def connected(self) -> bool:
        """Whether there is a connection, as far as is known."""
        return self._connection is not None

    def connect(self) -> None:
        """Connect, encrypt, log in; a connection that was open is closed first."""
        self.close()
        connection = Connection(self._login, readonly=self.readonly)
        try:
            connection.open()
        except FAULTS as error:
            connection.cut()
            # an error of encoding holds what it could not encode: the password
            if isinstance(error, UnicodeError):
                reason = "name or password: characters that the server cannot take"
                raise InboxError(self.mailbox, "login", reason, transient=False) from None
            raise trouble(self.mailbox, connection.step, error) from error
        self._connection = connection

    def waiting(self, folder: str, known_uidvalidity: int | None, last_uid: int) -> tuple[int, list[int]]:
        """The folder's UIDVALIDITY and the UIDs above `last_uid`, ascending; all where it has changed."""

        def look(connection: Connection) -> tuple[int, int, list[int]]:
            uidvalidity = connection.select(folder)
            last = last_uid if uidvalidity == known_uidvalidity else 0
            return uidvalidity, last, connection.above(last)

        uidvalidity, last, uids = self._do("select", look)
        self._looked[folder] = uidvalidity, max([last, *uids])
        return uidvalidity, uids

    def arrivals(self, folder: str, uids: Sequence[int]) -> dict[int, datetime]:
        """When the mails arrived (UTC), without their text; a mail that is gone is not in the answer."""
        found: dict[int, datetime] = {}
        for some in chunks(uids, _ASKED_AT_ONCE):
            _, items = self._ask(folder, some, ["INTERNALDATE"])
            found.update((uid, self._arrived(item)) for uid, item in items.items())
        return found

    def fetch(self, folder: str, uids: Sequence[int]) -> Iterator[RawMail | Missing]:
        """Each mail of the UIDs, in batches of at most 50 mails and 8 MB; only one batch is held at a time.

        Never silent: a mail for which the server gives no data comes as Missing, also one over which the
        connection was lost again and again.
        """
        for some in chunks(uids, _ASKED_AT_ONCE):
            for batch in batches(self._sizes(folder, some), _BATCH_COUNT, _BATCH_BYTES):
                yield from self._batch(batch)

    def move(self, place: Place, to: str) -> bool:
        """Put a mail into another folder, made where there is none; False where UIDVALIDITY has changed.

        A mail that is gone is no error. Without MOVE and UIDPLUS the mail is copied and marked deleted.
        """
        if self.readonly:
            raise InboxError(self.mailbox, "move", "this mailbox is left as it is", transient=False)

        def shift(connection: Connection) -> bool:
            if connection.current(place.folder) != place.uidvalidity:
                return False
            try:
                connection.move(place.uid, to)
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error as error:
                asked_to_wait = isinstance(trouble(self.mailbox, "move", error), Throttled)
                if asked_to_wait or not connection.make(to):
                    raise
                connection.move(place.uid, to)
            return True

        return self._do("move", shift)

    def make(self, folder: str) -> bool:
        """Create a folder; False where it was there."""
        return self._do("move", lambda connection: connection.make(folder))

    def idle(self, seconds: float, stop: threading.Event) -> bool:
        """Wait on the first folder; True as soon as something came, False after `seconds` or once `stop`
        is set.

        Only an accelerator: connections die silently, so the caller polls all the same (MAIL.md). Without
        IDLE on the server it waits for `stop`.
        """
        if self._connection is not None and b"IDLE" not in self._connection.can:
            stop.wait(seconds)
            return False
        folder = self.folders[0]

        def wait(connection: Connection) -> bool:
            uidvalidity = connection.select(folder)
            known, last = self._looked.get(folder, (uidvalidity, 0))
            # What came since the last look, or while a command ran, is not announced again: look before IDLE,
            # and once more when IDLE has just begun.
            for pause in (min(_SETTLE, seconds), seconds):
                connection.noop()
                if folder in self._looked and (uidvalidity != known or connection.above(last)):
                    return True
                if connection.idle(pause, stop):
                    return True
                if stop.is_set():
                    return False
            return False

        return self._do("idle", wait)

    def noop(self) -> None:
        """Show the server that we are still there, and see whether it is."""
        self._do("connect", Connection.noop)

    def hang_up(self) -> None:
        """Break the connection, from any thread: what waits for the server fails at once (InboxError)."""
        connection = self._connection
        if connection is not None:
            connection.cut()

    def close(self) -> None:
        """Log out and forget the connection; never raises."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _do(self, step: Step, operation: Callable[[Connection], T]) -> T:
        try:
            return self._once(step, operation)
        except InboxError as error:
            if not expired(error):
                raise
        self.connect()
        return self._once(step, operation)

    def _once(self, step: Step, operation: Callable[[Connection], T]) -> T:
        connection = self._connection
        if connection is None:
            raise InboxError(self.mailbox, "connect", "not connected")
        connection.step = step
        try:
            return operation(connection)
        except FAULTS as error:
            if isinstance(error, imaplib.IMAP4.abort) or not isinstance(error, imaplib.IMAP4.error):
                self._connection = None
                connection.cut()
            raise trouble(self.mailbox, connection.step, error) from error

    def _ask(
        self, folder: str, uids: Sequence[int], items: list[str]
    ) -> tuple[int, dict[int, dict[bytes, Any]]]:
        def ask(connection: Connection) -> tuple[int, dict[int, dict[bytes, Any]]]:
            uidvalidity = connection.current(folder)
            known, _ = self._looked.get(folder, (uidvalidity, 0))
            if uidvalidity != known:
                raise InboxError(self.mailbox, "select", "UIDVALIDITY has changed: look again")
            return uidvalidity, connection.ask(uids, items)

        return self._do("fetch", ask)

    def _sizes(self, folder: str, uids: Sequence[int]) -> list[tuple[Place, int]]:
        """Each mail with its bytes; one of unknown size or that made trouble before goes alone."""
        try:
            uidvalidity, items = self._ask(folder, uids, ["RFC822.SIZE"])
        except InboxError as error:
            if self._connection is None or error.transient:
                raise
            uidvalidity, items = self._do("select", lambda c: c.current(folder)), {}
        places = [Place(self.mailbox, folder, uidvalidity, uid) for uid in uids]
        return [
            (place, _BATCH_BYTES if self._drops[place] else _size(items.get(place.uid, {})) or _BATCH_BYTES)
            for place in places
        ]

    def _batch(self, places: list[Place]) -> Iterator[RawMail | Missing]:
        """The mails of one batch, and what is missing of them."""
        folder, uids = places[0].folder, [place.uid for place in places]
        if len(places) == 1 and self._drops[places[0]] >= _DROPS:
            yield Missing(places[0], "the server failed each time that this mail was asked for")
            return
        try:
            _, items = self._ask(folder, uids, _TEXT)
        except Throttled:
            raise
        except InboxError as error:
            yield from self._apart(places, error)
            return
        without = [place for place in places if not items.get(place.uid, {}).get(b"BODY[]")]
        for place in places:
            self._drops.pop(place, None)
            if place not in without:
                yield self._mail(place, items.pop(place.uid))
        if without:
            yield from self._missing(folder, without)

    def _apart(self, places: list[Place], error: InboxError) -> Iterator[RawMail | Missing]:
        """Ask again mail by mail after an answer of NO, to set apart the bad one."""
        if error.step != "fetch":
            raise error
        if self._connection is None or error.transient:
            self._drops.update(places)
            raise error
        if len(places) == 1:
            yield Missing(places[0], error.reason)
            return
        for place in places:
            yield from self._batch([place])

    def _missing(self, folder: str, places: list[Place]) -> Iterator[Missing]:
        there = self._do("fetch", lambda c: (c.current(folder), c.among([place.uid for place in places]))[1])
        for place in places:
            if place.uid in there:
                yield Missing(place, "the server gave no data for this mail")
            else:
                yield Missing(place, "no longer in the folder", gone=True)

    def _mail(self, place: Place, item: dict[bytes, Any]) -> RawMail:
        return RawMail(place, item[b"BODY[]"], self._arrived(item), _size(item))

    def _arrived(self, item: dict[bytes, Any]) -> datetime:
        """The server's time, or ours where it gives none that can be read."""
        arrived = item.get(b"INTERNALDATE")
        return arrived.astimezone(UTC) if isinstance(arrived, datetime) else self._clock()


def _size(item: dict[bytes, Any]) -> int:
    size = item.get(b"RFC822.SIZE")
    return size if isinstance(size, int) else 0
