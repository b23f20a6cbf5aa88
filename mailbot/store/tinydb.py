"""The embedded store: all in memory, every commit on disk (DESIGN.md, The embedded store)."""

from __future__ import annotations

import os
from threading import Event, Thread
from time import sleep
from typing import TYPE_CHECKING

from mailbot.store import snapshot
from mailbot.store.base import StoreError
from mailbot.store.disk import LOG, OLD, TABLES, Lock, load
from mailbot.store.files import FileStore, ReadOnlyStore, open_readonly
from mailbot.store.ledger import Fresh, fresh
from mailbot.store.lines import seal, sync_folder
from mailbot.store.log import Log
from mailbot.store.memory import ARCHIVE_AFTER

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Future
    from datetime import timedelta
    from pathlib import Path

    from mailbot.store.archive import Leaver
    from mailbot.store.base import Store
    from mailbot.store.change import Archived, Change
    from mailbot.store.lines import Fsync
    from mailbot.store.tables import Rows

SNAPSHOT_BYTES = 16 * 1024 * 1024


class TinyStore(FileStore):
    """Owns the data folder until it is closed; a second one gets StoreError.

    The log starts anew once it is longer than `snapshot_bytes`; `archive_after` is the time from a ticket's
    closing to its leaving the live tables; `fsync` is there for tests. `trouble` says why the last snapshot
    failed, "" where it did not: nothing is lost then, the log grows on and the next one is tried once it has
    doubled.
    """

    def __init__(
        self,
        folder: Path,
        *,
        snapshot_bytes: int = SNAPSHOT_BYTES,
        archive_after: timedelta = ARCHIVE_AFTER,
        fsync: Fsync = os.fsync,
    ) -> None:
        self._guard = Lock(folder)
        try:
            loaded = load(folder, fsync)
            super().__init__(folder, loaded, archive_after=archive_after, fsync=fsync)
            self._start(loaded.end, snapshot_bytes, fsync)
        except OSError as error:
            self._guard.release()
            raise StoreError(
                f"{folder}: cannot be written: {error} (make room, or see who owns it)"
            ) from error
        except BaseException:
            self._guard.release()
            raise

    trouble: str
    _closed: bool
    _log: Log

    @staticmethod
    def open_readonly(folder: Path) -> ReadOnlyStore:
        """The folder as it stands, without its lock; it can be read beside a running service."""
        return open_readonly(folder)

    def keep(self, raw: bytes) -> str:
        return self._mail.keep(raw)

    def settle(self) -> None:
        """Waits until no snapshot is being written."""
        self._idle.wait()

    def close(self) -> None:
        """Saves what waits and the tables, lets the folder go. Raises StoreError; nothing is lost then."""
        with self._writing:
            if self._closed:
                return
            self._closed = True
        self._log.close()
        self.settle()
        try:
            if self._log.error is None:
                self._last_snapshot()
        except OSError as error:
            raise StoreError(
                f"{self._folder}: the tables could not be written: {error} (the log has it all)"
            ) from error
        finally:
            self._guard.release()

    def _start(self, end: int, snapshot_bytes: int, fsync: Fsync) -> None:
        self.trouble = ""
        self._fsync = fsync
        self._limit = self._next = snapshot_bytes
        self._idle = Event()
        self._idle.set()
        self._closed = False
        self._mail.tidy()
        if (self._folder / OLD).exists():
            # A crash came before the snapshot that was to take its place.
            self._write(self._state.seq, self._state.tables.copy(), self._news)
        self._log = Log(self._folder / LOG, self._folder / OLD, end, fsync)

    def _commit(self, moved: Change) -> Future[None]:
        if self._closed:
            raise StoreError(f"{self._folder}: the store is closed")
        if self._log.error:
            raise self._log.error
        return super()._commit(moved)

    def _save(self, moved: Change, line: bytes) -> Future[None]:
        try:
            self._state.apply(moved)
        except BaseException as error:
            # Half of it may be in memory now, and must never come to the disk.
            self._log.stop(f"commit {moved.seq} could not be applied: {type(error).__name__} (start again)")
            raise
        self._news.append(fresh(moved))
        done = self._log.append(seal(line))
        if self._log.size > self._next and self._idle.is_set():
            self._begin_snapshot()
        return done

    def _file(self, chosen: Sequence[Leaver]) -> tuple[Archived, ...]:
        return self._shelf.put(chosen)

    def _begin_snapshot(self) -> None:
        """Takes the state as it is now; it is written while commits go on in a new log."""
        self._idle.clear()
        seq, tables, news = self._state.seq, self._state.tables.copy(), tuple(self._news)

        def start(begun: bool) -> None:
            if not begun:
                self._idle.set()
                return
            work = (seq, tables, news)
            Thread(target=self._snapshot, args=work, name="store-snapshot", daemon=True).start()

        self._log.turn(start)

    def _snapshot(self, seq: int, tables: Mapping[str, Rows], news: Sequence[Fresh]) -> None:
        try:
            self._write(seq, tables, news, _let_others_work)
        except (OSError, StoreError) as error:
            self.trouble = f"{self._folder}: the tables could not be written: {error}"
            self._next = self._limit + 2 * self._log.size
        else:
            self.trouble = ""
            self._next = self._limit
        finally:
            self._idle.set()

    def _write(
        self,
        seq: int,
        tables: Mapping[str, Rows],
        news: Sequence[Fresh],
        pause: Callable[[], None] | None = None,
    ) -> None:
        """Brings what the logs hold up to that commit into its files; only then the old log may go."""
        self._ledgers.append(news)
        snapshot.write(self._folder / TABLES, seq, tables, self._fsync, pause)
        with self._lock:
            del self._news[: len(news)]
        (self._folder / OLD).unlink(missing_ok=True)
        sync_folder(self._folder, self._fsync)

    def _last_snapshot(self) -> None:
        if self._log.size or (self._folder / OLD).exists():
            self._write(self._state.seq, self._state.tables.copy(), tuple(self._news))
            os.truncate(self._folder / LOG, 0)


def _let_others_work() -> None:
    """Python switches threads by itself only after 5 ms, which every commit would wait for several times."""
    sleep(0.0005)


if TYPE_CHECKING:
    _kept: type[Store] = TinyStore
