"""Concerns: the tickets, accounts and letters that an event may touch, as a store remembers them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from mailbot.core import thread
from mailbot.core.event import AdminActed, ClocksTakenOver, Delivered, DeliveryStarted, MailCame, TimeCame

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from mailbot.core.account import Account
    from mailbot.core.event import Event
    from mailbot.core.letter import Letter
    from mailbot.core.people import People
    from mailbot.core.ticket import Ticket

WEEK = timedelta(days=7)


class Memory(Protocol):
    """What is asked of a store here."""

    def ticket(self, number: int) -> Ticket | None: ...
    def tickets(self) -> Iterable[Ticket]: ...
    def tickets_of_account(self, account: str) -> tuple[Ticket, ...]: ...
    def tickets_with_mail(self, message_ids: Iterable[str]) -> tuple[Ticket, ...]: ...
    def tickets_with_participant(self, address: str) -> tuple[Ticket, ...]: ...
    def tickets_claiming(self, address: str) -> tuple[Ticket, ...]: ...
    def last_ticket(self) -> int: ...
    def account(self, number: str) -> Account | None: ...
    def account_at(self, address: str) -> Account | None: ...
    def letter(self, number: str) -> Letter | None: ...
    def letters(self, ticket: int) -> tuple[Letter, ...]: ...


@dataclass(frozen=True, slots=True)
class Concerns:
    """The event's own ticket stands first; the others share its accounts."""

    tickets: tuple[Ticket, ...]
    accounts: tuple[Account, ...]
    letters: tuple[Letter, ...]


def concerned(event: Event, store: Memory, people: People, now: datetime) -> Concerns:
    """All that `decide` may look at; `now` is aware."""
    tickets, letters = _own(event, store, people, now)
    accounts = tuple({a.id: a for a in _accounts(event, tickets, store, people) if a}.values())
    sharing = _sharing(accounts, store)
    return Concerns(tuple({t.number: t for t in (*tickets, *sharing)}.values()), accounts, letters)


def _own(
    event: Event, store: Memory, people: People, now: datetime
) -> tuple[tuple[Ticket, ...], tuple[Letter, ...]]:
    if isinstance(event, MailCame):
        return _candidates(event, store, people), ()
    if isinstance(event, ClocksTakenOver):
        return (), ()
    if isinstance(event, DeliveryStarted | Delivered):
        letter = store.letter(event.letter)
        assert letter is not None, "a letter is stored before it is sent"
        ticket = store.ticket(letter.ticket)
        return ((ticket,) if ticket else ()), (letter,)
    if isinstance(event, TimeCame) and event.ticket == 0:
        tickets = tuple({t.number: t for t in (*_of_the_week(store, now), *store.tickets())}.values())
        return tickets, tuple(x for t in tickets for x in store.letters(t.number))
    ticket = store.ticket(event.ticket)
    return ((ticket,) if ticket else ()), store.letters(event.ticket)


def _of_the_week(store: Memory, now: datetime) -> Iterator[Ticket]:
    """The tickets of the last week, open or closed, the newest first."""
    for number in range(store.last_ticket(), 0, -1):
        ticket = store.ticket(number)
        if ticket and now - ticket.opened > WEEK:
            return
        if ticket:
            yield ticket


def _candidates(event: MailCame, store: Memory, people: People) -> tuple[Ticket, ...]:
    message = event.message
    numbers = (*event.answers, *thread.named(message.subject))
    found: list[Ticket | None] = [store.ticket(n) for n in numbers]
    found += store.tickets_with_mail(thread.references(message))
    found += store.tickets_with_participant(message.sender.address)
    if address := _address(event, people):
        found += store.tickets_claiming(address)
        account = store.account_at(address)
        found += store.tickets_of_account(account.id) if account else ()
    return tuple({t.number: t for t in found if t}.values())


def _address(event: MailCame, people: People) -> str:
    return thread.concerned(event.message, event.triage, event.trust, people)


def _accounts(
    event: Event, tickets: Iterable[Ticket], store: Memory, people: People
) -> Iterator[Account | None]:
    for request in (r for t in tickets for r in t.requests):
        yield store.account(request.account) if request.account else None
        claimed = request.claims.get("account", "")
        yield store.account_at(claimed) if claimed else None
    if isinstance(event, MailCame) and (address := _address(event, people)):
        yield store.account_at(address)
    if isinstance(event, ClocksTakenOver):
        yield from (store.account_at(clock.account) for clock in event.clocks)
    if isinstance(event, AdminActed):
        named = (event.values.get("account"), event.person.get("account"), event.person.get("email"))
        for address in (a.strip().lower() for a in named if a):
            yield store.account_at(address)


def _sharing(accounts: Iterable[Account], store: Memory) -> Iterator[Ticket]:
    for account in accounts:
        yield from store.tickets_of_account(account.id)
        for address in account.addresses:
            yield from store.tickets_claiming(address)
