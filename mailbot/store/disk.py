"""A data folder: its lock, and how the state is read from its files."""

from __future__ import annotations

import fcntl
import gc
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailbot.store import codec, snapshot
from mailbot.store.base import StoreError
from mailbot.store.ledger import Fresh, Ledgers, fresh
from mailbot.store.lines import create, damaged, open_file, read
from mailbot.store.state import State

if TYPE_CHECKING:
    from pathlib import Path

    from mailbot.store.change import Change
    from mailbot.store.lines import Fsync, Line

TABLES, LOG, OLD = "tables.json", "log.jsonl", "log.old.jsonl"


@dataclass(frozen=True, slots=True)
class Loaded:
    """The state, the commits that only the logs hold, and where the last whole line of the log ends."""

    state: State
    news: list[Fresh]
    end: int
    ledgers: Ledgers


class Lock:
    """Held on the folder for life; another process gets StoreError."""

    def __init__(self, folder: Path) -> None:
        path = folder / "lock"
        try:
            create(folder)
            self._file = open_file(path)
        except OSError as error:
            raise StoreError(f"{path}: the data folder cannot be used: {error} (see who owns it)") from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.pread(self._file, 20, 0).decode("ascii", "replace").strip()
            os.close(self._file)
            raise StoreError(
                f"{path}: process {holder or 'unknown'} uses this data folder already; stop it, or set "
                "another folder in [bot] data"
            ) from None
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, b"%d\n" % os.getpid(), 0)

    def release(self) -> None:
        os.close(self._file)


def load(folder: Path, fsync: Fsync) -> Loaded:
    """Reads all; changes nothing. Raises StoreError with file, line and remedy."""
    collecting = gc.isenabled()
    # All that is made here stays; to look through it for garbage again and again doubles the time.
    gc.disable()
    try:
        return _load(folder, fsync)
    except OSError as error:
        raise StoreError(
            f"{error.filename or folder}: cannot be read: {error.strerror} (see who owns it)"
        ) from error
    finally:
        if collecting:
            gc.enable()


def identity(folder: Path) -> tuple[int, ...]:
    """Changes whenever a snapshot or a new log was made."""
    tables = _stat(folder / TABLES)
    # The number of a dropped file is soon given to a new one, so the tables' time counts too.
    files = (tables, _stat(folder / LOG), _stat(folder / OLD))
    return (tables.st_mtime_ns if tables else 0, *(file.st_ino if file else 0 for file in files))


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _load(folder: Path, fsync: Fsync) -> Loaded:
    state, ledgers = State(), Ledgers(folder, fsync)
    # Before the logs: whatever a ledger has is in a log or a snapshot already.
    for _, seen in ledgers.seen.entries():
        state.seen.add(seen)
    for _, archived in ledgers.archived.entries():
        state.put_filed(archived)
    saved = snapshot.read(folder / TABLES)
    state.restore(saved.seq, saved.tables)
    news: list[Fresh] = []
    _replay(folder / OLD, state, news, torn=False)
    end = _replay(folder / LOG, state, news, torn=True)
    newest = max(ledgers.seen.seq, ledgers.archived.seq)
    if newest > state.seq:
        raise damaged(
            folder / LOG, 1, f"the commits up to {newest} are missing, the last one here is {state.seq}"
        )
    return Loaded(state, news, end, ledgers)


def _replay(path: Path, state: State, news: list[Fresh], *, torn: bool) -> int:
    """Applies the commits that the state has not; returns where the last whole line ends."""
    end = 0
    for line in read(path, torn=torn):
        change = _change(path, line)
        if change.seq == state.seq + 1:
            state.apply(change)
            news.append(fresh(change))
        elif change.seq > state.seq:
            raise damaged(path, line.number, f"commit {state.seq + 1} is missing before commit {change.seq}")
        end = line.end
    return end


def _change(path: Path, line: Line) -> Change:
    try:
        return codec.CHANGE.load(line.body)
    except StoreError as error:
        raise damaged(path, line.number, f"{error}; another version of mailbot may have written it") from None
