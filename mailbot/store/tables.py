"""The live state as TinyDB tables that change one document at a time and hold values that never change."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from tinydb import TinyDB
from tinydb.storages import Storage
from tinydb.table import Table

from mailbot.store import codec

if TYPE_CHECKING:
    from mailbot.store.codec import Codec

T = TypeVar("T")

CODECS: Mapping[str, Codec[Any]] = {
    "tickets": codec.TICKET,
    "accounts": codec.ACCOUNT,
    "letters": codec.LETTER,
    "wakes": codec.WAKE,
    "notes": codec.NOTE,
    "cursors": codec.CURSOR,
}


class Row(Mapping[str, Any], Generic[T]):
    """A document of a table that is written out only when somebody looks into it."""

    __slots__ = ("_codec", "value")

    def __init__(self, value: T, by: Codec[T]) -> None:
        self.value = value
        self._codec = by

    def __getitem__(self, name: str) -> Any:
        return self._codec.document(self.value)[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._codec.document(self.value))

    def __len__(self) -> int:
        return len(self._codec.document(self.value))


Rows = dict[str, Row[Any]]


class Memory(Storage):
    """Holds the tables; what makes them last is the log and the snapshot, not TinyDB's own writing."""

    def __init__(self) -> None:
        self.rows: dict[str, Rows] = {name: {} for name in CODECS}

    def read(self) -> dict[str, dict[str, Any]]:
        return cast("dict[str, dict[str, Any]]", self.rows)

    def write(self, data: dict[str, dict[str, Any]]) -> None:
        self.rows = cast("dict[str, Rows]", data)


class LiveTable(Table):
    """Changes the one document in place, where TinyDB copies the whole table twice."""

    document_id_class = cast("type[int]", str)

    def _update_table(self, updater: Callable[[dict[int, Mapping[str, Any]]], None]) -> None:
        updater(cast("dict[int, Mapping[str, Any]]", self._read_table()))
        self.clear_cache()


class Values(Generic[T]):
    """One table, read and changed by key with whole values."""

    def __init__(self, table: Table, by: Codec[T]) -> None:
        self._table = table
        self._codec = by

    @property
    def _rows(self) -> dict[str, Row[T]]:
        return cast("dict[str, Row[T]]", self._table._read_table())

    def get(self, key: str) -> T | None:
        row = self._rows.get(key)
        return row.value if row is not None else None

    def put(self, key: str, value: T) -> None:
        def place(rows: dict[int, Mapping[str, Any]]) -> None:
            cast("Rows", rows)[key] = Row(value, self._codec)

        self._table._update_table(place)

    def drop(self, key: str) -> None:
        def remove(rows: dict[int, Mapping[str, Any]]) -> None:
            cast("Rows", rows).pop(key, None)

        self._table._update_table(remove)

    def names(self) -> list[str]:
        return list(self._rows)

    def values(self) -> list[T]:
        return [row.value for row in self._rows.values()]


class Tables:
    """All live tables by name."""

    def __init__(self) -> None:
        self.db = TinyDB(storage=Memory)
        self.db.table_class = LiveTable

    def of(self, name: str) -> Values[Any]:
        return Values(self.db.table(name), CODECS[name])

    def copy(self) -> dict[str, Rows]:
        """The rows as they stand: later changes do not reach the copy."""
        return {name: dict(rows) for name, rows in cast("Memory", self.db.storage).rows.items()}
