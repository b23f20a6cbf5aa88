"""A watcher: one mailbox, looked at in its own thread, whose trouble never touches another."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TypeVar

from mailbot.bot import Arrival, Bot, Happening
from mailbot.core import quarantine
from mailbot.core.place import Place
from mailbot.mail.inbox import Inbox, InboxError, Missing, RawMail, Throttled
from mailbot.service.log import log
from mailbot.service.worker import StoppedError, Worker
from mailbot.store.base import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from datetime import datetime

    from mailbot.config.settings import Mailbox

T = TypeVar("T")

POLL = 60.0  # seconds between looks; IDLE only makes it sooner (MAIL.md)
LOOKS_BACK = 50
_WAITS = (1.0, 5.0, 15.0, 60.0, 300.0)  # seconds before the next try after trouble


class FirstLookError(Exception):
    """A folder is seen for the first time and holds much old mail; `not_before` must say what is old."""


class Watcher(threading.Thread):
    """Fetches what is new, hands it to the worker, and puts it away once it is saved.

    `looked` is when every folder was last looked at with success, None before the first time; `trouble` what
    is in the way.
    """

    def __init__(
        self,
        mailbox: Mailbox,
        inbox: Inbox,
        worker: Worker,
        clock: Callable[[], datetime],
        stop: threading.Event,
        told: Callable[[str, Happening], None] = lambda _name, _happening: None,
        fatal: Callable[[StoreError], None] = lambda _error: None,
    ) -> None:
        super().__init__(name=f"mailbox {mailbox.name}", daemon=True)
        self.mailbox, self.inbox = mailbox, inbox
        self.looked: datetime | None = None
        self.trouble = ""
        self._worker, self._clock, self._ending, self._told = worker, clock, stop, told
        self._fatal = fatal

    def run(self) -> None:
        tries = 0
        while not self._ending.is_set():
            try:
                self._watch_once()
                tries = 0
            except StoppedError:
                return
            except StoreError as error:
                self._fatal(error)
                return
            except (InboxError, FirstLookError) as error:
                if self._ending.is_set():
                    break
                wait = error.seconds if isinstance(error, Throttled) else _WAITS[min(tries, len(_WAITS) - 1)]
                tries += 1
                self.trouble = str(error)
                log().warning("mailbox trouble", mailbox=self.mailbox.name, why=str(error), again_in=wait)
                self.inbox.close()
                self._ending.wait(wait)
        self.inbox.close()

    def _watch_once(self) -> None:
        if not self.inbox.connected:
            self.inbox.connect()
        self.look()
        self.inbox.idle(POLL, self._ending)

    def look(self) -> int:
        """Takes in all that waits; how many mails.

        Raises InboxError, FirstLookError, StoppedError.
        """
        if not self.inbox.connected:
            self.inbox.connect()
        taken = sum(self._folder(folder) for folder in self.mailbox.folders)
        self.looked, self.trouble = self._clock(), ""
        return taken

    def _folder(self, folder: str) -> int:
        cursor = self._ask(lambda bot: bot.store.cursor(self.mailbox.name, folder))
        moves = self.mailbox.afterwards == "move"
        # a folder whose mail is moved away holds what is new, and what a crash kept from being moved
        since = cursor if cursor and not moves else (None, 0)
        uidvalidity, uids = self.inbox.waiting(folder, *since)
        if cursor is None and len(uids) > LOOKS_BACK and self.mailbox.not_before is None:
            raise FirstLookError(
                f"{self.mailbox.name}: {folder} holds {len(uids)} mails and has never been looked at; "
                "say in not_before from which day on mail is to be answered"
            )
        known = self._known(folder, uidvalidity, uids)
        if moves:
            for place in known:
                self.inbox.move(place, self.mailbox.move_to)
        new = [uid for uid in uids if uid not in {place.uid for place in known}]
        return self._take_in(folder, new)

    def _known(self, folder: str, uidvalidity: int, uids: list[int]) -> list[Place]:
        places = [Place(self.mailbox.name, folder, uidvalidity, uid) for uid in uids]
        return self._ask(lambda bot: [p for p in places if bot.store.known_place(p)])

    def _take_in(self, folder: str, uids: list[int]) -> int:
        """Hands mail after mail to the worker; moves those that are saved while the next ones come."""
        waiting: list[tuple[Place, Future[Happening | None]]] = []
        taken = 0
        for mail in self.inbox.fetch(folder, uids):
            if self._ending.is_set():
                break
            future = self._handed(mail)
            if future is not None:
                waiting.append((mail.place, future))
                taken += 1
            if len(waiting) >= LOOKS_BACK:
                self._put_away(waiting)
        self._put_away(waiting)
        return taken

    def _handed(self, mail: RawMail | Missing) -> Future[Happening | None] | None:
        name = self.mailbox.name
        if isinstance(mail, RawMail):
            arrival = Arrival(name, mail.raw, mail.arrived, mail.place)
            return self._worker.call(lambda bot: bot.receive(arrival), len(mail.raw))
        if mail.gone:
            return None
        log().error("mail without data", mailbox=name, uid=mail.place.uid, why=mail.reason)
        return self._worker.call(lambda bot: _set_aside(bot, name, mail))

    def _put_away(self, waiting: list[tuple[Place, Future[Happening | None]]]) -> None:
        """Waits until each is on disk, then moves it. Nothing is moved before that."""
        for place, future in waiting:
            happening = future.result()
            if happening is None:
                continue
            happening.saved.result()
            self._told(self.mailbox.name, happening)
            if self.mailbox.afterwards == "move":
                self.inbox.move(place, self.mailbox.move_to)
        waiting.clear()

    def _ask(self, question: Callable[[Bot], T]) -> T:
        return self._worker.call(question).result()


def _set_aside(bot: Bot, mailbox: str, missing: Missing) -> Happening:
    number = bot.store.last_ticket() + 1
    raw = bot.store.keep(f"{missing.place}".encode())
    return bot.commit(
        quarantine.set_aside(number, mailbox, raw, missing.place, missing.reason, bot.desk, bot.clock())
    )
