"""The mails as they came, each in a file named by the hash of its bytes."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from mailbot.store.base import StoreError
from mailbot.store.lines import create, sync_folder, write_all

if TYPE_CHECKING:
    from mailbot.store.lines import Fsync

_HEX = frozenset("0123456789abcdef")
_PART = ".part"


class RawMail:
    """Any thread may keep and read."""

    def __init__(self, folder: Path, fsync: Fsync) -> None:
        self._folder = folder
        self._fsync = fsync
        # Nobody may rely on a folder that another thread has made and not yet synced.
        self._making = Lock()

    def tidy(self) -> None:
        """Removes what a crash left half written, which no commit mentions; syncs what it left unsynced."""
        for part in self._folder.glob(f"*{_PART}"):
            part.unlink()
        if self._folder.exists():
            sync_folder(self._folder, self._fsync)

    def keep(self, raw: bytes) -> str:
        """Saves the bytes, once however often they come; returns the hash. Raises StoreError."""
        name = hashlib.sha256(raw).hexdigest()
        path = self._path(name)
        try:
            self._save(path, raw)
        except OSError as error:
            raise StoreError(
                f"{path}: the mail could not be kept: {error} (make room or mend the disk)"
            ) from error
        return name

    def raw(self, name: str) -> bytes:
        """Raises StoreError where the file is gone or is not as it was written."""
        if len(name) != 64 or not _HEX.issuperset(name):
            raise StoreError("no mail is kept under such a name")
        path = self._path(name)
        try:
            found = path.read_bytes()
        except OSError as error:
            raise StoreError(
                f"{path}: the mail cannot be read: {error} (restore it from a backup)"
            ) from error
        if hashlib.sha256(found).hexdigest() != name:
            raise StoreError(f"{path}: the mail is not as it was kept (restore it from a backup)")
        return found

    def _save(self, path: Path, raw: bytes) -> None:
        if not path.exists():
            with self._making:
                self._make(path.parent)
            self._write(path, raw)
        # Also where it stood there already: whoever wrote it may not have come this far.
        sync_folder(path.parent, self._fsync)

    def _make(self, folder: Path) -> None:
        if not folder.exists():
            create(folder)
            sync_folder(self._folder, self._fsync)
            sync_folder(self._folder.parent, self._fsync)

    def _write(self, path: Path, raw: bytes) -> None:
        descriptor, part = tempfile.mkstemp(suffix=_PART, dir=self._folder)
        try:
            write_all(descriptor, raw)
            self._fsync(descriptor)
            Path(part).rename(path)
        except BaseException:
            Path(part).unlink(missing_ok=True)
            raise
        finally:
            os.close(descriptor)

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / f"{name}.eml"
