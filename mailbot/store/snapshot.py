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
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from typing import BinaryIO

    from mailbot.store.lines import Fsync
    from mailbot.store.tables import Rows

FORMAT = 1
_KEYS = {"tickets": "number", "accounts": "id", "letters": "id"}
_SUM = b'"sum": '


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The tables after commit `seq`: their values by key, in the order in which they were first put."""

    seq: int
    tables: Mapping[str, Mapping[str, Any]]


EMPTY = Snapshot(0, {name: {} for name in CODECS})


def write(path: Path, seq: int, tables: Mapping[str, Rows], fsync: Fsync) -> None:
    """Puts the tables in the place of the former ones, which stay untouched where OSError is raised."""
    beside = path.with_name(f"{path.name}.new")
    try:
        with os.fdopen(open_file(beside, os.O_TRUNC), "wb", buffering=1 << 20) as file:
            _write(file, seq, tables)
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
        text = path.read_bytes()
    except FileNotFoundError:
        return EMPTY
    found = _parse(path, text)
    if found.get("format") != FORMAT:
        raise damaged(
            path, 2, f"format {FORMAT} was expected; another version of mailbot may have written it"
        )
    seq = found.get("seq")
    if not isinstance(seq, int):
        raise damaged(path, 3, "seq is no number")
    unknown = sorted(found.keys() - CODECS.keys() - {"format", "seq", "sum"})
    if unknown:
        raise damaged(path, _line_of(text, unknown[0], None), f"{unknown[0]} is no table")
    tables = {name: _table(path, text, name, found.get(name)) for name in CODECS}
    _check_sum(path, text)
    return Snapshot(seq, tables)


def _write(file: BinaryIO, seq: int, tables: Mapping[str, Rows]) -> None:
    total = 0
    for part in _parts(seq, tables):
        total = crc32(part, total)
        file.write(part)
    file.write(_SUM + b'"%08x"\n}\n' % total)


def _parts(seq: int, tables: Mapping[str, Rows]) -> Iterator[bytes]:
    yield b'{\n"format": %d,\n"seq": %d,\n' % (FORMAT, seq)
    for name, by in CODECS.items():
        yield b'"%s": {' % name.encode()
        comma = b""
        for key, row in tables[name].items():
            yield b"%s\n%s: %s" % (comma, json.dumps(key).encode(), by.dump(row.value, indent=2))
            comma = b","
        yield b"\n},\n"


def _parse(path: Path, text: bytes) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise damaged(path, error.lineno, f"this is no JSON: {error.msg}") from None
    except UnicodeDecodeError as error:
        raise damaged(path, text.count(b"\n", 0, error.start) + 1, "this is no UTF-8") from None
    if not isinstance(found, dict):
        raise damaged(path, 1, "this is no JSON object")
    return found


def _table(path: Path, text: bytes, name: str, documents: object) -> dict[str, Any]:
    if not isinstance(documents, dict):
        raise damaged(path, _line_of(text, name, None), f"the table {name} is missing")
    values = {}
    for key in list(documents):
        try:
            # Taken out, so that documents and values do not both fill the memory.
            values[key] = _value(name, key, documents.pop(key))
        except StoreError as error:
            raise damaged(path, _line_of(text, name, key), f"{name} {key}: {error}") from None
    return values


def _value(name: str, key: str, document: object) -> Any:
    value = CODECS[name].value(document)
    if name in _KEYS and str(getattr(value, _KEYS[name])) != key:
        raise StoreError(f"{_KEYS[name]} is not the one under which it stands")
    if name == "wakes" and not key.isdecimal():
        raise StoreError("a wake stands under the number of its ticket")
    return value


def _line_of(text: bytes, name: str, key: str | None) -> int:
    """The line at which a document begins: tables and documents stand at the beginning of their lines."""
    table = text.find(b'\n"%s": {' % name.encode())
    place = table if key is None else text.find(b"\n%s: " % json.dumps(key).encode(), max(table, 0))
    return text.count(b"\n", 0, place + 1) + 1 if place >= 0 else 1


def _check_sum(path: Path, text: bytes) -> None:
    """A person who means a change takes the last field out; without it nothing is compared."""
    place = text.rfind(b"\n" + _SUM)
    if place < 0:
        return
    said = text[place + 1 + len(_SUM) :].split(b"\n", 1)[0]
    if said != b'"%08x"' % crc32(text[: place + 1]):
        line = text.count(b"\n", 0, place + 1) + 1
        raise damaged(
            path,
            line,
            "the file was changed since; if that was meant, take out this line and the comma before it",
        )
