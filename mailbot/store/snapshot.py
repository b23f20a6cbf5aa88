"""The tables as one JSON file that a person can read, written beside the former one and put in its place."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zlib import crc32

from mailbot.store.base import StoreError
from mailbot.store.lines import damaged, open_file, sync_folder
from mailbot.store.tables import CODECS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path
    from typing import BinaryIO

    from mailbot.store.lines import Fsync
    from mailbot.store.tables import Rows

FORMAT = 1
_KEYS = {"tickets": "number", "accounts": "id", "letters": "id"}
_TOGETHER = 8
_SEQ = b'"seq": '
_OPENS = b": {\n"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The tables after commit `seq`: their values by key, in the order in which they were first put."""

    seq: int
    tables: Mapping[str, Mapping[str, Any]]


EMPTY = Snapshot(0, {name: {} for name in CODECS})


def write(
    path: Path, seq: int, tables: Mapping[str, Rows], fsync: Fsync, pause: Callable[[], None] | None = None
) -> None:
    """Puts the tables in the place of the former ones, which stay untouched where OSError is raised.

    `pause` is called every few documents.
    """
    beside = path.with_name(f"{path.name}.new")
    try:
        with os.fdopen(open_file(beside, os.O_TRUNC), "wb", buffering=1 << 20) as file:
            _write(file, seq, tables, pause or _go_on)
            file.flush()
            fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent, fsync)


def read(path: Path) -> Snapshot:
    """The tables as they were written, empty without a file. Raises StoreError with file and line."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return EMPTY
    with file:
        return _Reader(path, file).snapshot()


def _go_on() -> None:
    """No pause."""


def _write(file: BinaryIO, seq: int, tables: Mapping[str, Rows], pause: Callable[[], None]) -> None:
    total = 0
    for number, part in enumerate(_parts(seq, tables)):
        total = crc32(part, total)
        file.write(part)
        if number % _TOGETHER == 0:
            pause()
    file.write(b'"sum": "%08x"\n}\n' % total)


def _parts(seq: int, tables: Mapping[str, Rows]) -> Iterator[bytes]:
    yield b'{\n"format": %d,\n"seq": %d,\n' % (FORMAT, seq)
    for name, by in CODECS.items():
        yield b'"%s": {' % name.encode()
        comma = b""
        for key, row in tables[name].items():
            yield b"%s\n%s: %s" % (comma, json.dumps(key).encode(), by.dump(row.value, indent=2))
            comma = b","
        yield b"\n},\n"


class _Reader:
    """Goes on line by line, so that no more than one document is in memory as text.

    It relies on the layout that `write` gives: tables and documents begin at the beginning of a line,
    documents end with a brace that is indented by two.
    """

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self._path = path
        self._file = file
        self._number = 0
        self._sum = 0

    def snapshot(self) -> Snapshot:
        self._expect(b"{\n")
        self._expect(b'"format": %d,\n' % FORMAT)
        seq = self._next()
        if not (seq.startswith(_SEQ) and seq[len(_SEQ) : -2].isdigit()):
            raise self._wrong("seq and a number were expected here")
        tables = {name: self._table(name) for name in CODECS}
        self._check_sum()
        return Snapshot(int(seq[len(_SEQ) : -2]), tables)

    def _next(self) -> bytes:
        line = self._file.readline()
        self._number += 1
        self._sum = crc32(line, self._sum)
        return line

    def _expect(self, line: bytes) -> None:
        if self._next() != line:
            raise self._wrong(
                f"{line.decode().strip()} was expected here; another version may have written this"
            )

    def _wrong(self, what: str, number: int | None = None) -> StoreError:
        return damaged(self._path, number or self._number, what)

    def _table(self, name: str) -> dict[str, Any]:
        self._expect(b'"%s": {\n' % name.encode())
        values: dict[str, Any] = {}
        while (line := self._next()) not in (b"},\n", b"}\n"):
            begun = self._number
            if not (line.startswith(b'"') and line.endswith(_OPENS)):
                raise self._wrong(f"a document of {name} or the end of it was expected here")
            key = str(self._json(line[: -len(_OPENS)], begun))
            values[key] = self._value(name, key, self._document(), begun)
        return values

    def _document(self) -> bytes:
        lines = [b"{\n"]
        while (line := self._next()) not in (b"  }\n", b"  },\n"):
            if not line:
                raise self._wrong("the file ends within a document")
            lines.append(line)
        return b"".join((*lines, b"}"))

    def _value(self, name: str, key: str, document: bytes, begun: int) -> Any:
        try:
            value = CODECS[name].load(document)
            _check_key(name, key, value)
        except StoreError as error:
            self._json(document, begun)
            raise self._wrong(f"{name} {key}: {error}", begun) from None
        return value

    def _json(self, text: bytes, begun: int) -> Any:
        try:
            return json.loads(text)
        except json.JSONDecodeError as error:
            raise self._wrong(f"this is no JSON: {error.msg}", begun + error.lineno - 1) from None
        except UnicodeDecodeError as error:
            raise self._wrong("this is no UTF-8", begun + text.count(b"\n", 0, error.start)) from None

    def _check_sum(self) -> None:
        """A person who means a change takes the last field out; without it nothing is compared."""
        said, line = b'"sum": "%08x"\n' % self._sum, self._next()
        if line != b"}\n":
            if line != said:
                remedy = "if that was meant, take out this line and the comma before it"
                raise self._wrong(f"the file was changed since; {remedy}")
            self._expect(b"}\n")
        if self._next():
            raise self._wrong("the end was expected here")


def _check_key(name: str, key: str, value: object) -> None:
    if name in _KEYS and str(getattr(value, _KEYS[name])) != key:
        raise StoreError(f"{_KEYS[name]} is not the one under which it stands")
    if name == "wakes" and not key.isdecimal():
        raise StoreError("a wake stands under the number of its ticket")
