"""The worker: the one thread in which things happen, with a queue that is bounded in bytes."""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from mailbot.bot import Bot

T = TypeVar("T")

BOUND = 48 * 1024 * 1024  # bytes of mail that may wait; a larger single one waits alone


class StoppedError(RuntimeError):
    """The worker takes no more work: the service is ending."""


class Worker(threading.Thread):
    """Runs work on the bot, one piece after another, in the order in which it came.

    `after` is called in this thread after each piece that did not fail.
    """

    def __init__(self, bot: Bot, after: Callable[[], None] = lambda: None) -> None:
        super().__init__(name="bot", daemon=True)
        self._bot, self._after = bot, after
        self._waiting: deque[tuple[Callable[[Bot], Any], Future[Any], int]] = deque()
        self._bytes = 0
        self._ending = False
        self._changed = threading.Condition()

    def call(self, work: Callable[[Bot], T], size: int = 0) -> Future[T]:
        """Puts work in the queue, waiting while too much mail waits. Raises StoppedError at the end."""
        future: Future[T] = Future()
        with self._changed:
            self._changed.wait_for(lambda: self._ending or not self._bytes or self._bytes + size <= BOUND)
            if self._ending:
                raise StoppedError
            self._waiting.append((work, future, size))
            self._bytes += size
            self._changed.notify_all()
        return future

    def run(self) -> None:
        while (piece := self._next()) is not None:
            work, future, size = piece
            try:
                result = work(self._bot)
            except BaseException as error:
                future.set_exception(error)
            else:
                future.set_result(result)
                self._after()
            with self._changed:
                self._bytes -= size
                self._changed.notify_all()

    def _next(self) -> tuple[Callable[[Bot], Any], Future[Any], int] | None:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._ending)
            return self._waiting.popleft() if self._waiting else None

    def end(self, seconds: float) -> None:
        """Does what is waiting, takes nothing new, and ends; `seconds` is how long that may take."""
        with self._changed:
            self._ending = True
            self._changed.notify_all()
        self.join(seconds)
