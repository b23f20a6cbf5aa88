"""A store that reads a data folder as it stands, beside whoever writes it, and changes nothing."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from mailbot.store.base import StoreError
from mailbot.store.disk import Loaded, identity, load
from mailbot.store.memory import ARCHIVE_AFTER, MemoryStore
from mailbot.store.rawmail import RawMail
from mailbot.store.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterable
    from concurrent.futures import Future
    from datetime import datetime, timedelta
    from pathlib import Path

    from mailbot.core.decision import Audit
    from mailbot.store.base import Store
    from mailbot.store.change import Change, Filed, Spot
    from mailbot.store.lines import Fsync

# How often the writer may start a new log while this one reads, before it gives up.
_TRIES = 10


class FileStore(MemoryStore):
    """What reading and writing a data folder have in common."""

    def __init__(
        self,
        folder: Path,
        loaded: Loaded,
        *,
        archive_after: timedelta = ARCHIVE_AFTER,
        fsync: Fsync = os.fsync,
    ) -> None:
        super().__init__(archive_after=archive_after)
        self._folder = folder
        self._state = loaded.state
        self._news = loaded.news
        self._ledgers = loaded.ledgers
        self._shelf = Shelf(folder / "archive", fsync)
        self._mail = RawMail(folder / "mail", fsync)

    def audit(self, ticket: int | None = None) -> Iterable[Audit]:
        """See Store; what is committed while this is read may be missing from it."""
        with self._lock:
            news = tuple(self._news)
        return self._ledgers.audit(news, ticket)

    def raw(self, name: str) -> bytes:
        return self._mail.raw(name)

    def _read(self, spot: Spot) -> Filed:
        return self._shelf.read(spot)


class ReadOnlyStore(FileStore):
    """Shows what was on disk when it was opened; what would change it raises StoreError."""

    def keep(self, raw: bytes) -> str:  # noqa: ARG002 - nothing is kept here
        raise self._refusal()

    def archive(self, now: datetime) -> int:  # noqa: ARG002 - nothing is moved here
        raise self._refusal()

    def _commit(self, moved: Change) -> Future[None]:  # noqa: ARG002 - nothing is saved here
        raise self._refusal()

    def _refusal(self) -> StoreError:
        return StoreError(f"{self._folder}: opened for reading only; let the running mailbot do it")


def open_readonly(folder: Path) -> ReadOnlyStore:
    """Reads the folder without its lock. Raises StoreError where there is none or where it is damaged."""
    if not folder.is_dir():
        raise StoreError(f"{folder}: there is no such data folder; see [bot] data, or start mailbot once")
    for _ in range(_TRIES):
        before = identity(folder)
        try:
            loaded = load(folder, os.fsync)
        except StoreError:
            if identity(folder) == before:
                raise
        else:
            if identity(folder) == before:
                return ReadOnlyStore(folder, loaded)
    raise StoreError(f"{folder}: the files changed faster than they could be read; try again")


if TYPE_CHECKING:
    _kept: type[Store] = ReadOnlyStore
