"""The store without files: what the bot remembers until the program ends."""

from __future__ import annotations

import hashlib
from concurrent.futures import Future
from datetime import datetime, timedelta
from threading import RLock
from typing import TYPE_CHECKING

from mailbot.store import codec
from mailbot.store.archive import Leaver, leaving
from mailbot.store.base import StoreError
from mailbot.store.change import Archived, Change, Filed, Spot, change
from mailbot.store.state import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mailbot.core.account import Account
    from mailbot.core.decision import Audit, Decision, Seen
    from mailbot.core.letter import Delivery, Letter
    from mailbot.core.place import Place
    from mailbot.core.ticket import Ticket
    from mailbot.store.base import Store

ARCHIVE_AFTER = timedelta(days=28)
# How many tickets are archived in one commit, so that no line of the log grows out of hand.
TOGETHER = 500


class MemoryStore:
    """Keeps every promise of the Store but the one to outlive the program.

    Values go through the codec here too: what was committed reads the same as it would after a restart.
    `archive_after` is the time from a ticket's closing to its leaving the live tables.
    """

    def __init__(self, *, archive_after: timedelta = ARCHIVE_AFTER) -> None:
        self._state = State()
        self._lock = RLock()
        # Two commits at once would get the same number; readers do not wait for this one.
        self._writing = RLock()
        self._archive_after = archive_after
        self._audit: list[Audit] = []
        self._filed: list[bytes] = []
        self._raw: dict[str, bytes] = {}

    def commit(self, decision: Decision) -> Future[None]:
        with self._writing:
            return self._commit(change(self._state.seq + 1, decision, self._back(decision)))

    def archive(self, now: datetime) -> int:
        """Moves long closed tickets out of the live tables; says how many."""
        with self._writing:
            chosen = leaving(self._state, now - self._archive_after)
            for start in range(0, len(chosen), TOGETHER):
                archived = self._file(chosen[start : start + TOGETHER])
                self._commit(Change(seq=self._state.seq + 1, archived=archived))
        return sum(1 for leaver in chosen if leaver.filed.ticket)

    def ticket(self, number: int) -> Ticket | None:
        with self._lock:
            found = self._state.tickets.get(str(number))
            spot = self._state.filed.spots.get(number)
        return found or (self._read(spot).ticket if spot else None)

    def tickets(self, *, closed: bool = False) -> Iterable[Ticket]:
        if closed:
            return self._all_tickets()
        with self._lock:
            return tuple(ticket for _, ticket in sorted(self._state.open.items()))

    def tickets_of_account(self, account: str) -> tuple[Ticket, ...]:
        with self._lock:
            return self._open(self._state.by_account.find(account))

    def tickets_with_mail(self, message_ids: Iterable[str]) -> tuple[Ticket, ...]:
        wanted = tuple(message_ids)
        with self._lock:
            numbers = {n for name in wanted for n in self._state.by_mail.find(name)}
            numbers.update(n for name in wanted for n in self._state.filed.with_mail(name))
        found = (self.ticket(number) for number in sorted(numbers))
        return tuple(ticket for ticket in found if ticket)

    def tickets_with_participant(self, address: str) -> tuple[Ticket, ...]:
        with self._lock:
            return self._open(self._state.by_participant.find(address.lower()))

    def tickets_claiming(self, address: str) -> tuple[Ticket, ...]:
        with self._lock:
            return self._open(self._state.by_claim.find(address.lower()))

    def last_ticket(self) -> int:
        return self._state.last_ticket

    def account(self, id: str) -> Account | None:  # noqa: A002 - the field's own word
        with self._lock:
            return self._state.accounts.get(id)

    def account_at(self, address: str) -> Account | None:
        with self._lock:
            return self._state.account_at(address)

    def accounts(self) -> Iterable[Account]:
        with self._lock:
            return tuple(self._state.accounts.values())

    def last_account(self) -> int:
        return self._state.last_account

    def letter(self, id: str) -> Letter | None:  # noqa: A002 - the field's own word
        with self._lock:
            found = self._state.letters.get(id)
            spot = self._state.filed.of_letter(id)
        if found or spot is None:
            return found
        return next((letter for letter in self._read(spot).letters if letter.id == id), None)

    def letters(self, ticket: int) -> tuple[Letter, ...]:
        with self._lock:
            live = self._state.letters_of(ticket)
            spots = self._spots(ticket)
        filed = (letter for spot in spots for letter in self._read(spot).letters)
        return (*filed, *live)

    def outbox(self, *states: Delivery) -> tuple[Letter, ...]:
        with self._lock:
            found = [letter for state in states for letter in self._state.outbox[state].all()]
        return tuple(found if len(states) == 1 else sorted(found, key=lambda x: (x.not_before, x.decided)))

    def answers_since(self, since: datetime) -> Iterable[tuple[datetime, str]]:
        with self._lock:
            return self._state.answers.since(since)

    def known(self, message_id: str, digest: str) -> Seen | None:
        with self._lock:
            return self._state.seen.known(message_id, digest)

    def known_place(self, place: Place) -> bool:
        with self._lock:
            return self._state.seen.known_place(place)

    def cursor(self, mailbox: str, folder: str) -> tuple[int, int] | None:
        with self._lock:
            return self._state.cursor(mailbox, folder)

    def wakes(self, until: datetime) -> tuple[int, ...]:
        with self._lock:
            return self._state.due.until(until)

    def next_wake(self) -> datetime | None:
        with self._lock:
            return self._state.due.first()

    def note(self, name: str) -> str:
        with self._lock:
            found = self._state.notes.get(name)
            return found.value if found else ""

    def audit(self, ticket: int | None = None) -> Iterable[Audit]:
        with self._lock:
            return tuple(entry for entry in self._audit if ticket in (None, entry.ticket))

    def keep(self, raw: bytes) -> str:
        name = hashlib.sha256(raw).hexdigest()
        self._raw[name] = raw
        return name

    def raw(self, name: str) -> bytes:
        try:
            return self._raw[name]
        except KeyError:
            raise StoreError(f"the mail {name} was never kept") from None

    def close(self) -> None:
        """Nothing needs to be closed here."""

    def _commit(self, moved: Change) -> Future[None]:
        line = codec.CHANGE.dump(moved)
        read_back = codec.CHANGE.load(line)
        with self._lock:
            return self._save(read_back, line)

    def _save(self, moved: Change, line: bytes) -> Future[None]:  # noqa: ARG002 - for stores with files
        self._state.apply(moved)
        self._audit.extend(moved.audit)
        done: Future[None] = Future()
        done.set_result(None)
        return done

    def _file(self, chosen: Sequence[Leaver]) -> tuple[Archived, ...]:
        archived = []
        for leaver in chosen:
            spot = Spot(leaver.month, len(self._filed), 0)
            self._filed.append(codec.FILED.dump(leaver.filed))
            archived.append(leaver.at(spot))
        return tuple(archived)

    def _read(self, spot: Spot) -> Filed:
        return codec.FILED.load(self._filed[spot.start])

    def _back(self, decision: Decision) -> tuple[Filed, ...]:
        """The archived tickets that this decision brings back into the live tables."""
        touched = {t.number for t in decision.tickets} | {x.ticket for x in decision.letters if x.ticket}
        state = self._state
        away = [n for n in sorted(touched) if n in state.filed.spots and not state.live(n)]
        return tuple(self._read(state.filed.spots[number]) for number in away)

    def _spots(self, ticket: int) -> tuple[Spot, ...]:
        """Where the letters of a ticket are that is not live, or the desk's own."""
        if ticket == 0:
            return tuple(self._state.filed.of_desk)
        spot = self._state.filed.spots.get(ticket)
        return (spot,) if spot and not self._state.live(ticket) else ()

    def _open(self, numbers: Iterable[int]) -> tuple[Ticket, ...]:
        return tuple(self._state.open[number] for number in sorted(numbers))

    def _all_tickets(self) -> Iterator[Ticket]:
        with self._lock:
            numbers = {int(key) for key in self._state.tickets.names()} | set(self._state.filed.spots)
        for number in sorted(numbers):
            ticket = self.ticket(number)
            if ticket:
                yield ticket


if TYPE_CHECKING:
    _kept: type[Store] = MemoryStore
