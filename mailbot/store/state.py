"""What a store holds in memory: the live tables and the indexes over them, moved on change by change."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

from mailbot.core.letter import Delivery, Letter, Sort
from mailbot.store.codec import Cursor, Note
from mailbot.store.filed import FiledIndex
from mailbot.store.index import Finder, Timeline
from mailbot.store.seen import SeenMail
from mailbot.store.tables import Tables, Values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mailbot.core.account import Account
    from mailbot.core.decision import Wake
    from mailbot.core.place import Place
    from mailbot.core.ticket import Ticket
    from mailbot.store.change import Archived, Change

# Caps look a day back (MAIL.md); the second day is for a `since` that was taken a little earlier.
ANSWERS_KEPT = timedelta(days=2)


class State:
    """Not locked: whoever owns it sees to it that nobody reads while a change is applied."""

    def __init__(self) -> None:
        self.seq = 0
        self.tables = Tables()
        self.tickets: Values[Ticket] = self.tables.of("tickets")
        self.accounts: Values[Account] = self.tables.of("accounts")
        self.letters: Values[Letter] = self.tables.of("letters")
        self.wakes: Values[Wake] = self.tables.of("wakes")
        self.notes: Values[Note] = self.tables.of("notes")
        self.cursors: Values[Cursor] = self.tables.of("cursors")
        self.seen = SeenMail()
        self.filed = FiledIndex()
        self.last_ticket = 0
        self.last_account = 0
        self.open: dict[int, Ticket] = {}
        self.by_mail: Finder[str, int] = Finder()
        self.by_participant: Finder[str, int] = Finder()
        self.by_account: Finder[str, int] = Finder()
        self.by_claim: Finder[str, int] = Finder()
        self.by_address: Finder[str, str] = Finder()
        self.due: Timeline[int] = Timeline()
        self.answers: Timeline[str] = Timeline()
        self.outbox: dict[Delivery, Timeline[Letter]] = {state: Timeline() for state in Delivery}
        self.of_ticket: dict[int, dict[str, int]] = {}
        self._order = count(1)

    def apply(self, change: Change) -> None:
        for account in change.accounts:
            self.put_account(account)
        for ticket in change.tickets:
            self.put_ticket(ticket)
        for letter in change.letters:
            self.put_letter(letter)
        for number, wake in change.wakes.items():
            self.put_wake(number, wake)
        for name, value in change.notes.items():
            self.notes.put(name, Note(value))
        if change.seen:
            self.seen.add(change.seen)
            if change.seen.place:
                self._advance(change.seen.place)
        for archived in change.archived:
            self._leave(archived)
        self.seq = change.seq

    def restore(self, seq: int, tables: Mapping[str, Mapping[str, Any]]) -> None:
        """Puts into an empty state what a snapshot holds."""
        for account in tables["accounts"].values():
            self.put_account(account)
        for ticket in tables["tickets"].values():
            self.put_ticket(ticket)
        for letter in tables["letters"].values():
            self.put_letter(letter)
        for number, wake in tables["wakes"].items():
            self.put_wake(int(number), wake)
        for name, note in tables["notes"].items():
            self.notes.put(name, note)
        for key, cursor in tables["cursors"].items():
            self.cursors.put(key, cursor)
        self.seq = seq

    def put_filed(self, archived: Archived) -> None:
        self.filed.add(archived)
        self.last_ticket = max(self.last_ticket, archived.number)

    def put_ticket(self, ticket: Ticket) -> None:
        number = ticket.number
        self._find(number, self.tickets.get(str(number)), ticket)
        self.tickets.put(str(number), ticket)
        self.last_ticket = max(self.last_ticket, number)
        if ticket.open:
            self.open[number] = ticket
        else:
            self.open.pop(number, None)

    def put_account(self, account: Account) -> None:
        before = self.accounts.get(account.id)
        self.by_address.move(
            account.id, _lower(before.addresses if before else ()), _lower(account.addresses)
        )
        self.accounts.put(account.id, account)
        self.last_account = max(self.last_account, account_number(account.id))

    def put_letter(self, letter: Letter) -> None:
        before = self.letters.get(letter.id)
        numbers = self.of_ticket.setdefault(letter.ticket, {})
        number = numbers.get(letter.id) or next(self._order)
        numbers[letter.id] = number
        if before:
            self.outbox[before.state].drop(number)
        self.outbox[letter.state].put(number, letter.not_before, letter, then=letter.decided)
        if letter.sort == Sort.ANSWER:
            self.answers.put(number, letter.decided, letter.to)
            self.answers.forget(ANSWERS_KEPT)
        self.letters.put(letter.id, letter)

    def put_wake(self, number: int, wake: Wake | None) -> None:
        if wake is None:
            self.due.drop(number)
            self.wakes.drop(str(number))
        else:
            self.due.put(number, wake.at, number)
            self.wakes.put(str(number), wake)

    def account_at(self, address: str) -> Account | None:
        """Whose newest address it is; where two say so, whoever was recorded last."""
        word = address.lower()
        found = [self.accounts.get(name) for name in self.by_address.find(word)]
        holders = [a for a in found if a]
        return max(
            holders, key=lambda a: (a.addresses[0].lower() == word, account_number(a.id), a.id), default=None
        )

    def live(self, number: int) -> bool:
        return self.tickets.get(str(number)) is not None

    def cursor(self, mailbox: str, folder: str) -> tuple[int, int] | None:
        found = self.cursors.get(cursor_key(mailbox, folder))
        return (found.uidvalidity, found.uid) if found else None

    def letters_of(self, ticket: int) -> tuple[Letter, ...]:
        found = (self.letters.get(name) for name in self.of_ticket.get(ticket, ()))
        return tuple(letter for letter in found if letter)

    def _find(self, number: int, before: Ticket | None, after: Ticket | None) -> None:
        """Only open tickets are found by people and accounts; mail finds closed ones too."""
        self.by_mail.move(number, before.mail_ids if before else (), after.mail_ids if after else ())
        old = before if before and before.open else None
        new = after if after and after.open else None
        self.by_participant.move(number, _participants(old), _participants(new))
        self.by_account.move(number, _accounts(old), _accounts(new))
        self.by_claim.move(number, _claims(old), _claims(new))

    def _advance(self, place: Place) -> None:
        key = cursor_key(place.mailbox, place.folder)
        before = self.cursors.get(key)
        same = before is not None and before.uidvalidity == place.uidvalidity
        uid = max(before.uid, place.uid) if before and same else place.uid
        self.cursors.put(key, Cursor(place.mailbox, place.folder, place.uidvalidity, uid))

    def _leave(self, archived: Archived) -> None:
        self.put_filed(archived)
        ticket = self.tickets.get(str(archived.number))
        if ticket:
            self._find(ticket.number, ticket, None)
            self.tickets.drop(str(ticket.number))
            self.open.pop(ticket.number, None)
        for name in archived.letters:
            self._drop_letter(archived.number, name)

    def _drop_letter(self, ticket: int, name: str) -> None:
        letter = self.letters.get(name)
        if letter is None:
            return
        number = self.of_ticket[ticket].pop(name)
        if not self.of_ticket[ticket]:
            del self.of_ticket[ticket]
        self.outbox[letter.state].drop(number)
        self.answers.drop(number)
        self.letters.drop(name)


def cursor_key(mailbox: str, folder: str) -> str:
    """The length stands first, so that no two names can run together."""
    return f"{len(mailbox)}/{mailbox}/{folder}"


def account_number(name: str) -> int:
    """The running number at the end of an account's id, 0 where there is none."""
    digits = name[len(name.rstrip("0123456789")) :]
    return int(digits) if digits else 0


def _lower(addresses: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(address.lower() for address in addresses)


def _participants(ticket: Ticket | None) -> tuple[str, ...]:
    return _lower(ticket.participants) if ticket else ()


def _accounts(ticket: Ticket | None) -> tuple[str, ...]:
    if ticket is None:
        return ()
    return tuple(name for name in (ticket.account, *(r.account for r in ticket.requests)) if name)


def _claims(ticket: Ticket | None) -> tuple[str, ...]:
    claimed = (r.claims.get("account", "") for r in ticket.requests) if ticket else ()
    return tuple(address.lower() for address in claimed if address)
