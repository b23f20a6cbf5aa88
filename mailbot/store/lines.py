"""Files of JSON lines with a checksum each, which only ever grow: how they are read, repaired and written."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zlib import crc32

from mailbot.store.base import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Fsync = Callable[[int], None]

_SUM = len(',"sum":"01234567"}')
_FILE, _FOLDER = 0o600, 0o700


@dataclass(frozen=True, slots=True)
class Line:
    """`number` counts from 1; `end` is the offset of the byte after the line."""

    number: int
    body: bytes
    end: int


def seal(body: bytes) -> bytes:
    """The JSON object as a line, with the checksum of its bytes as last field."""
    return b'%s,"sum":"%08x"}\n' % (body[:-1], crc32(body))


def unseal(line: bytes) -> bytes | None:
    """The JSON object as it was sealed; None where a byte of the line (without its end) is not as written."""
    body = line[:-_SUM] + b"}"
    return body if seal(body) == line + b"\n" else None


def read(path: Path, *, torn: bool = True) -> Iterator[Line]:
    """All lines of the file, none where there is no file.

    `torn`: a last line whose end was never written is left out, as a crash leaves it. Anything else that is
    not as written raises StoreError, since what was once saved would be lost in silence.
    """
    end = 0
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        for number, raw in enumerate(file, 1):
            end += len(raw)
            body = unseal(raw[:-1])
            if raw.endswith(b"\n") and body is not None:
                yield Line(number, body, end)
            # A whole line with another byte in the place of its end was saved once, and is damaged now.
            elif raw.endswith(b"\n") or body is not None or not torn:
                raise damaged(path, number, "the line is not as it was written")


def damaged(path: Path, number: int, what: str) -> StoreError:
    """The error for a file that must not be read on."""
    remedy = "nothing was changed; restore the data folder from a backup, or undo what was done to this file"
    return StoreError(f"{path}:{number}: {what} ({remedy})")


def create(path: Path) -> None:
    """Makes the folder, and those above it, where they are not there; for their owner alone."""
    if not path.exists():
        create(path.parent)
        path.mkdir(mode=_FOLDER, exist_ok=True)


def open_file(path: Path, flags: int = 0) -> int:
    """A descriptor to write with; a new file is for its owner alone."""
    return os.open(path, os.O_RDWR | os.O_CREAT | flags, _FILE)


def write_all(descriptor: int, data: bytes) -> None:
    """Goes on after a short write until all is written or the system says why not (OSError)."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def sync_folder(path: Path, fsync: Fsync) -> None:
    """A new or renamed file outlives a power cut only once its folder is written."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fsync(descriptor)
    finally:
        os.close(descriptor)
