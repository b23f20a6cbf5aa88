"""What is kept for good beside the tables: seen mail, the index of the archive, the audit by month."""

from __future__ import annotations

import heapq
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailbot.store import codec
from mailbot.store.base import StoreError
from mailbot.store.lines import create, damaged, open_file, read, seal, sync_folder, write_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path
    from typing import Any

    from mailbot.core.decision import Audit, Seen
    from mailbot.store.change import Archived, Change
    from mailbot.store.codec import Codec
    from mailbot.store.lines import Fsync

_SEQ = b'{"seq":'


@dataclass(frozen=True, slots=True)
class Fresh:
    """What a commit added for good and only the log holds so far."""

    seq: int
    seen: Seen | None
    audit: tuple[Audit, ...]
    archived: tuple[Archived, ...]


def fresh(change: Change) -> Fresh:
    """The part of the change that goes to the ledgers."""
    return Fresh(change.seq, change.seen, change.audit, change.archived)


class Ledger:
    """One file that only grows: a line an entry, with the number of the commit that it comes from.

    An entry is written once however often it is offered, as long as commits are offered in their order.
    """

    def __init__(self, path: Path, by: Codec[Any], fsync: Fsync) -> None:
        self._path = path
        self._codec = by
        self._fsync = fsync
        self._known = self._synced = False
        self.seq = 0
        self._of_seq = 0
        self._end = 0

    def entries(self) -> Iterator[tuple[int, Any]]:
        """Each entry with its commit's number. Raises StoreError with file and line."""
        for seq, number, body in self._lines():
            try:
                yield seq, self._codec.load(b"{" + body)
            except StoreError as error:
                raise damaged(self._path, number, str(error)) from None

    def with_bytes(self, part: bytes) -> Iterator[tuple[int, Any]]:
        """The entries whose line holds these bytes: looking is cheaper than reading them all."""
        for seq, _, body in self._lines():
            if part in body:
                yield seq, self._codec.load(b"{" + body)

    def find_end(self) -> None:
        """Learns where the last whole line ends and from which commit it comes; `entries` learns it too."""
        for _ in self._lines():
            continue

    def append(self, entries: Sequence[tuple[int, Any]]) -> None:
        """Saves those that it has not. Raises OSError where the disk fails; it may be tried again then."""
        if not self._known:
            self.find_end()
        new = self._missing(entries)
        if not new and (self._synced or not self._path.exists()):
            return
        # Also where all of it is there: a killed process may have left it before it reached the disk.
        self._write(b"".join(seal(_SEQ + b"%d,%s" % (seq, self._codec.dump(v)[1:])) for seq, v in new))
        for seq, _ in new:
            self._count(seq)

    def _lines(self) -> Iterator[tuple[int, int, bytes]]:
        self.seq = self._of_seq = self._end = 0
        for line in read(self._path):
            seq, rest = _split(line.body)
            self._count(seq)
            self._end = line.end
            yield seq, line.number, rest
        self._known = True

    def _missing(self, entries: Sequence[tuple[int, Any]]) -> list[tuple[int, Any]]:
        """A crash may have left some of a commit's entries: as many are passed over as are there."""
        here = [entry for entry in entries if entry[0] == self.seq][self._of_seq :]
        return here + [entry for entry in entries if entry[0] > self.seq]

    def _count(self, seq: int) -> None:
        self._of_seq = self._of_seq + 1 if seq == self.seq else 1
        self.seq = seq

    def _write(self, data: bytes) -> None:
        create(self._path.parent)
        file = open_file(self._path)
        try:
            if os.fstat(file).st_size < self._end:
                raise damaged(self._path, 1, "the file is shorter than it was")
            os.ftruncate(file, self._end)
            os.lseek(file, self._end, os.SEEK_SET)
            write_all(file, data)
            self._fsync(file)
        finally:
            os.close(file)
        sync_folder(self._path.parent, self._fsync)
        self._end += len(data)
        self._synced = True


class Ledgers:
    """All of a data folder's."""

    def __init__(self, folder: Path, fsync: Fsync) -> None:
        self._folder = folder
        self._fsync = fsync
        self.seen = Ledger(folder / "seen.jsonl", codec.SEEN, fsync)
        self.archived = Ledger(folder / "archived.jsonl", codec.ARCHIVED, fsync)
        self._audit: dict[str, Ledger] = {}

    def append(self, news: Sequence[Fresh]) -> None:
        """Saves what these commits added. Raises OSError; it may be repeated.

        What one commit recorded stays together, in the month of its first entry.
        """
        self.seen.append([(new.seq, new.seen) for new in news if new.seen])
        self.archived.append([(new.seq, archived) for new in news for archived in new.archived])
        months: dict[str, list[tuple[int, Audit]]] = {}
        for new in news:
            if new.audit:
                month = months.setdefault(f"{new.audit[0].at:%Y-%m}", [])
                month.extend((new.seq, entry) for entry in new.audit)
        for name, entries in months.items():
            self._of_month(name).append(entries)

    def audit(self, news: Sequence[Fresh], ticket: int | None) -> Iterator[Audit]:
        """The entries in the order of their commits; `news` are those commits that the files may lack."""
        first = news[0].seq if news else None
        for seq, entry in heapq.merge(*self._audit_files(ticket), key=lambda found: found[0]):
            if (first is None or seq < first) and ticket in (None, entry.ticket):
                yield entry
        yield from (entry for new in news for entry in new.audit if ticket in (None, entry.ticket))

    def _audit_files(self, ticket: int | None) -> Iterable[Iterator[tuple[int, Audit]]]:
        files = [Ledger(p, codec.AUDIT, self._fsync) for p in sorted(self._folder.glob("audit/*.jsonl"))]
        if ticket is None:
            return [file.entries() for file in files]
        return [file.with_bytes(b'"ticket":%d,' % ticket) for file in files]

    def _of_month(self, month: str) -> Ledger:
        if month not in self._audit:
            path = self._folder / "audit" / f"{month}.jsonl"
            self._audit[month] = Ledger(path, codec.AUDIT, self._fsync)
        return self._audit[month]


def _split(body: bytes) -> tuple[int, bytes]:
    """The commit's number and the rest of the object, without its opening brace."""
    seq, _, rest = body.removeprefix(_SEQ).partition(b",")
    return int(seq), rest
