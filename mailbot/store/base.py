"""What every store promises the bot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable
    from concurrent.futures import Future
    from datetime import datetime

    from mailbot.core.account import Account
    from mailbot.core.decision import Audit, Decision, Seen
    from mailbot.core.letter import Delivery, Letter
    from mailbot.core.place import Place
    from mailbot.core.ticket import Ticket


class StoreError(Exception):
    """The store cannot be read or written: says which file, which line, and what to do."""


class Store(Protocol):
    """Remembers tickets, accounts, letters, seen mail, wakes and audit; values read from it never change.

    Only the bot thread calls `commit`; every other method may be called from any thread.
    """

    def commit(self, decision: Decision) -> Future[None]:
        """Saves all of it or nothing; it can be read at once, and the future resolves once it is on disk.

        Raises StoreError where a value cannot be saved or an earlier commit failed: nothing changes then.
        Where the disk fails later, the future has the StoreError and every further commit is refused, since
        what is read might no longer be what is saved: the program must end, and its next start reads the last
        good state. Times come back with their offset as a fixed one, not with their zone.
        """
        ...

    def ticket(self, number: int) -> Ticket | None: ...
    def tickets(self, *, closed: bool = False) -> Iterable[Ticket]:
        """The open tickets by number; with `closed` every ticket, archived ones included."""
        ...

    def tickets_of_account(self, account: str) -> tuple[Ticket, ...]:
        """The open tickets that are about this account, by number."""
        ...

    def tickets_with_mail(self, message_ids: Iterable[str]) -> tuple[Ticket, ...]:
        """The tickets, open or closed, that hold any of these Message-IDs."""
        ...

    def tickets_with_participant(self, address: str) -> tuple[Ticket, ...]:
        """The open tickets in which this address takes part."""
        ...

    def tickets_claiming(self, address: str) -> tuple[Ticket, ...]:
        """The open tickets of which a request claims to be about this NHSmail address (claims["account"])."""
        ...

    def last_ticket(self) -> int:
        """The highest ticket number given so far, 0 at first."""
        ...

    def account(self, number: str) -> Account | None: ...
    def account_at(self, address: str) -> Account | None:
        """The account of this address, first of all one whose newest address it is."""
        ...

    def accounts(self) -> Iterable[Account]: ...
    def last_account(self) -> int:
        """The highest number at the end of an account's id, 0 at first."""
        ...

    def letter(self, number: str) -> Letter | None: ...
    def letters(self, ticket: int) -> tuple[Letter, ...]:
        """All letters of a ticket, in the order in which they were decided."""
        ...

    def outbox(self, *states: Delivery) -> tuple[Letter, ...]:
        """The letters in these states, the one that may go first leading."""
        ...

    def answers_since(self, since: datetime) -> Iterable[tuple[datetime, str]]:
        """When and to whom automatic answers (Sort.ANSWER) were decided since then (at most a day back)."""
        ...

    def known(self, message_id: str, digest: str) -> Seen | None:
        """The mail with this Message-ID and this digest, if it was seen before; without its place.

        Of several, what was seen last.
        """
        ...

    def known_place(self, place: Place) -> bool: ...
    def cursor(self, mailbox: str, folder: str) -> tuple[int, int] | None:
        """(UIDVALIDITY seen last, highest UID seen under it) in that folder."""
        ...

    def wakes(self, until: datetime) -> tuple[int, ...]:
        """The tickets whose wake is due by then, the earliest first."""
        ...

    def next_wake(self) -> datetime | None: ...
    def note(self, name: str) -> str:
        """A small fact of the desk by name, "" where there is none."""
        ...

    def audit(self, ticket: int | None = None) -> Iterable[Audit]:
        """All entries, or a ticket's, in the order of their commits."""
        ...

    def archive(self, now: datetime) -> int:
        """Moves long closed tickets, from which nothing is awaited, out of the live tables; says how many.

        They stay readable by `ticket`, `letters`, `tickets(closed=True)` and `tickets_with_mail`, and live
        again when they are committed again. Called by the bot thread, daily.
        """
        ...

    def keep(self, raw: bytes) -> str:
        """Keeps a mail's bytes, fsynced, before any commit mentions them; returns their content hash."""
        ...

    def raw(self, name: str) -> bytes:
        """The kept bytes. Raises StoreError where they are gone."""
        ...

    def close(self) -> None: ...
