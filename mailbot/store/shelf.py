"""The archive's files: one for each month, with a line for every ticket that closed in it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from mailbot.store import codec
from mailbot.store.base import StoreError
from mailbot.store.change import Spot
from mailbot.store.lines import create, damaged, open_file, seal, sync_folder, unseal, write_all

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mailbot.store.archive import Leaver
    from mailbot.store.change import Archived, Filed
    from mailbot.store.lines import Fsync


class Shelf:
    """What a crash leaves here unmentioned by a commit stays unread; the tickets are put here again then."""

    def __init__(self, folder: Path, fsync: Fsync) -> None:
        self._folder = folder
        self._fsync = fsync

    def put(self, leavers: Sequence[Leaver]) -> tuple[Archived, ...]:
        """Saves them, and says where each stands. Raises StoreError; nothing that stood there is touched."""
        months: dict[str, list[Leaver]] = {}
        for leaver in leavers:
            months.setdefault(leaver.month, []).append(leaver)
        return tuple(entry for month, some in months.items() for entry in self._put(month, some))

    def read(self, spot: Spot) -> Filed:
        """Raises StoreError with file and line."""
        path = self._path(spot.month)
        try:
            with path.open("rb") as file:
                file.seek(spot.start)
                body = unseal(file.read(spot.size)[:-1])
        except OSError as error:
            raise StoreError(
                f"{path}: the archive cannot be read: {error} (restore it from a backup)"
            ) from error
        if body is None:
            raise damaged(path, _line_at(path, spot.start), "the line is not as it was written")
        try:
            return codec.FILED.load(body)
        except StoreError as error:
            raise damaged(path, _line_at(path, spot.start), str(error)) from None

    def _put(self, month: str, leavers: Sequence[Leaver]) -> list[Archived]:
        path = self._path(month)
        lines = [seal(codec.FILED.dump(leaver.filed)) for leaver in leavers]
        try:
            create(self._folder)
            start = self._append(path, b"".join(lines))
        except OSError as error:
            raise StoreError(
                f"{path}: the archive cannot be written: {error} (make room, mend the disk)"
            ) from error
        entries = []
        for leaver, line in zip(leavers, lines, strict=True):
            entries.append(leaver.at(Spot(month, start, len(line))))
            start += len(line)
        return entries

    def _append(self, path: Path, data: bytes) -> int:
        """Appends on a line of its own; returns where that begins."""
        file = open_file(path, os.O_APPEND)
        try:
            size = os.fstat(file).st_size
            if size and os.pread(file, 1, size - 1) != b"\n":
                write_all(file, b"\n")
                size += 1
            write_all(file, data)
            self._fsync(file)
        finally:
            os.close(file)
        sync_folder(self._folder, self._fsync)
        sync_folder(self._folder.parent, self._fsync)
        return size

    def _path(self, month: str) -> Path:
        return self._folder / f"{month}.jsonl"


def _line_at(path: Path, start: int) -> int:
    with path.open("rb") as file:
        return file.read(start).count(b"\n") + 1
