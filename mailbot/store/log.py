"""The log of commits: appended by a thread of its own, where commits that wait together share one fsync."""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import Future
from threading import Condition, Thread
from typing import TYPE_CHECKING

from mailbot.store.base import StoreError
from mailbot.store.lines import open_file, sync_folder, write_all

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mailbot.store.lines import Fsync


class Turn:
    """A place between two commits at which the log starts anew; `then` is told whether it could."""

    def __init__(self, then: Callable[[bool], None]) -> None:
        self.then = then


Saved = tuple[bytes, "Future[None]"]


class Log:
    """Lines come from one thread; futures resolve in the log's.

    When writing fails, the commits that wait fail with StoreError and so does all that comes after: what is
    in memory may be ahead of the disk then, and no later line may stand in the place of the lost one.
    """

    def __init__(self, path: Path, old: Path, size: int, fsync: Fsync) -> None:
        self.error: StoreError | None = None
        self.size = size
        self._path = path
        self._old = old
        self._fsync = fsync
        self._written = size
        self._waiting: deque[Saved | Turn] = deque()
        self._change = Condition()
        self._closing = False
        self._file = self._open(size)
        self._thread = Thread(target=self._run, name="store-log", daemon=True)
        self._thread.start()

    def append(self, line: bytes) -> Future[None]:
        future: Future[None] = Future()
        # What is on its way to the disk cannot be called back by whoever stops waiting for it.
        future.set_running_or_notify_cancel()
        with self._change:
            if self.error or self._closing:
                future.set_exception(self.error or StoreError(f"{self._path}: the log is closed"))
                return future
            self._waiting.append((line, future))
            self.size += len(line)
            self._change.notify()
        return future

    def turn(self, then: Callable[[bool], None]) -> None:
        """After the lines appended so far the log goes on in a new file; the old one stays beside it.

        Where an older one still stands there, the log goes on as it is. `then` is called in the log's thread,
        with False where that failed.
        """
        with self._change:
            self._waiting.append(Turn(then))
            self._change.notify()

    def stop(self, reason: str) -> None:
        """Takes no more commits; those that still wait are not saved either."""
        with self._change:
            self.error = self.error or StoreError(f"{self._path}: {reason}")

    def close(self) -> None:
        """Ends the thread after all that waits is written."""
        with self._change:
            self._closing = True
            self._change.notify()
        self._thread.join()
        os.close(self._file)

    def _run(self) -> None:
        while self._take():
            pass

    def _take(self) -> bool:
        """Waits, and saves what waits up to the next turn. False once closed."""
        with self._change:
            while not self._waiting and not self._closing:
                self._change.wait()
            together: list[Saved] = []
            turn: Turn | None = None
            while self._waiting and turn is None:
                item = self._waiting.popleft()
                if isinstance(item, Turn):
                    turn = item
                else:
                    together.append(item)
        if together:
            self._save(together)
        if turn:
            turn.then(self.error is None and self._begin_anew())
        return bool(together or turn)

    def _save(self, together: list[Saved]) -> None:
        data = b"".join(line for line, _ in together)
        try:
            if self.error:
                raise self.error
            write_all(self._file, data)
            self._fsync(self._file)
        except (OSError, StoreError) as error:
            failure = self._fail(error)
            for _, future in together:
                future.set_exception(failure)
            return
        self._written += len(data)
        for _, future in together:
            future.set_result(None)

    def _begin_anew(self) -> bool:
        try:
            if not self._old.exists():
                self._path.rename(self._old)
                former, self._file = self._file, self._open(0)
                os.close(former)
                with self._change:
                    self.size -= self._written
                self._written = 0
        except OSError as error:
            self._fail(error)
            return False
        return True

    def _open(self, size: int) -> int:
        """Opens the log behind its last good line; what a crash left after it goes."""
        file = open_file(self._path, os.O_APPEND)
        if os.fstat(file).st_size != size:
            os.ftruncate(file, size)
        # A killed process may have written lines that never reached the disk; from here on they count.
        self._fsync(file)
        sync_folder(self._path.parent, self._fsync)
        return file

    def _fail(self, error: Exception) -> StoreError:
        if self.error is None:
            self.error = StoreError(
                f"{self._path}: a commit could not be saved: {error} (make room or mend the disk, then start "
                "again; what was saved before is untouched)"
            )
            self._undo()
        return self.error

    def _undo(self) -> None:
        """Takes back what was written in part; where that fails too, the next start drops it as torn."""
        try:
            os.ftruncate(self._file, self._written)
        except OSError:
            return
