"""The bot: receives mail, lets things happen, hands letters over. This is the story."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from mailbot.core import caps, quarantine, safety, thread
from mailbot.core.concern import concerned
from mailbot.core.decide import decide
from mailbot.core.decision import Decision, Seen
from mailbot.core.digest import next_digest
from mailbot.core.event import AdminActed, Event, Lately, MailCame, TimeCame
from mailbot.core.letter import Delivery, Letter, Sort
from mailbot.core.reminder import next_due
from mailbot.core.triage import triage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Future

    from mailbot.core.account import Account
    from mailbot.core.desk import Desk
    from mailbot.core.message import Message
    from mailbot.core.place import Place
    from mailbot.core.ticket import Ticket
    from mailbot.mail.token import Marks
    from mailbot.store.base import Store

UNREACHABLE = "unreachable"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A mail as a mailbox gave it; `arrived` is the server's time (aware)."""

    mailbox: str
    raw: bytes
    arrived: datetime
    place: Place | None = None
    file: str = ""


@dataclass(frozen=True, slots=True)
class Happening:
    """What happened and what was decided; `saved` resolves once it is on disk. `before` is how its tickets
    were.
    """

    event: Event | None
    decision: Decision
    before: Mapping[int, Ticket]
    accounts_before: Mapping[str, Account]
    saved: Future[None]


def told(happening: Happening) -> list[str]:
    """What an act changed, in lines that an admin reads."""
    lines = [
        f"{t.reference}: {'closed, ' if t.closed else ''}"
        + (", ".join(f"{r.workflow} {r.state}" for r in t.requests) or "no request")
        for t in happening.decision.tickets
    ]
    lines += [f"letter {x.template} to {x.role}: {x.state}" for x in happening.decision.letters]
    return lines


class Writer(Protocol):
    """Fills in a letter's subject, text and HTML."""

    def write(self, letter: Letter) -> Letter: ...


class Bot:
    """One desk at work. Only one thread may call `receive`, `happen`, `tick` and `recover`."""

    def __init__(
        self,
        desk: Desk,
        store: Store,
        letters: Writer,
        parse: Callable[[bytes], Message],
        marks: Marks,
        clock: Callable[[], datetime],
    ) -> None:
        self.desk, self.store, self.marks, self.clock = desk, store, marks, clock
        self._letters, self._parse = letters, parse
        self._learn(store.note(UNREACHABLE))

    # --- mail -----------------------------------------------------------------------------------

    def receive(self, arrival: Arrival) -> Happening | None:
        """Takes one mail in: kept first, then understood, then decided. None where its place is known
        already.

        Whatever goes wrong with one mail sets that mail aside, and no other (MAIL.md: one unreadable mail).
        """
        if arrival.place and self.store.known_place(arrival.place):
            return None
        raw = self.store.keep(arrival.raw)
        try:
            return self._take_in(arrival, raw)
        except Exception as error:
            why = f"the bot failed on it: {type(error).__name__} at {_where(error)}"
            number = self.store.last_ticket() + 1
            aside = quarantine.set_aside(
                number, arrival.mailbox, raw, arrival.place, why, self.desk, self.clock()
            )
            return self.commit(aside)

    def _take_in(self, arrival: Arrival, raw: str) -> Happening:
        message = self._parse(arrival.raw)
        known = self.store.known(message.message_id, message.digest)
        ignored = known.because or "seen before" if known else self._ignored(arrival, message)
        if ignored:
            ticket = known.ticket if known else 0
            seen = Seen(message.message_id, message.digest, ticket, arrival.place, ignored)
            return self.commit(Decision(seen=seen))
        return self.happen(self._understood(arrival, message, raw))

    def _ignored(self, arrival: Arrival, message: Message) -> str:
        """Why a mail is only recorded as seen: it is our own letter, or from before the bot's time."""
        if message.sender.address == self.desk.people.ours and self.marks.ours(message.message_id):
            return "our own letter"
        since = self.desk.mailboxes[arrival.mailbox].not_before
        if since and self.desk.today(arrival.arrived) < since:
            return "older than not_before"
        return ""

    def _understood(self, arrival: Arrival, message: Message, raw: str) -> MailCame:
        people, watched = self.desk.people, self.desk.mailboxes[arrival.mailbox]
        trust = safety.trust(message, people, exchange=watched.exchange)
        marked = {letter.rpartition("-")[0] for v in message.ours if (letter := self.marks.letter_of(v))}
        return MailCame(
            message=message,
            mailbox=arrival.mailbox,
            arrived=arrival.arrived,
            triage=triage(
                message,
                self.desk.triage,
                trust=trust,
                mailbox=arrival.mailbox,
                people=people,
                exchange=watched.exchange,
            ),
            trust=trust,
            silence=safety.may_answer(message, trust, people, exchange=watched.exchange),
            raw=raw,
            answers=tuple(n for reference in marked for n in thread.named(reference)),
            place=arrival.place,
            file=arrival.file,
            lately=self._lately(message.sender.address),
            number=self.store.last_ticket() + 1,
            account_number=self.store.last_account() + 1,
        )

    def _lately(self, address: str) -> Lately:
        now, domain = self.clock(), address.rpartition("@")[2]
        day = list(self.store.answers_since(now - DAY))
        hour = [to for at, to in day if at > now - HOUR]
        return Lately(
            address_day=sum(to == address for _, to in day),
            domain_hour=sum(to.endswith("@" + domain) for to in hour),
            all_hour=len(hour),
            told=self.store.note(caps.NOTE) or "",
        )

    # --- whatever happens -------------------------------------------------------------------------

    def happen(self, event: Event) -> Happening:
        """The one door: decides and commits. Raises ActError for an admin's act that cannot be done."""
        now = self.clock()
        concerns = concerned(event, self.store, self.desk.people, now)
        tickets, accounts = concerns.tickets, concerns.accounts
        decision = decide(event, tickets, accounts, concerns.letters, self.desk, now)
        before = {t.number: t for t in tickets}
        return self.commit(decision, event, before, {a.id: a for a in accounts})

    def act(self, acted: AdminActed) -> Happening:
        """An admin's act, with the numbers that only the store knows."""
        number, account = self.store.last_ticket() + 1, self.store.last_account() + 1
        return self.happen(replace(acted, number=number, account_number=account))

    def commit(
        self,
        decision: Decision,
        event: Event | None = None,
        before: Mapping[int, Ticket] = MappingProxyType({}),
        accounts: Mapping[str, Account] = MappingProxyType({}),
    ) -> Happening:
        """Writes the letters out, works the wakes out and saves all of it: the store's one caller."""
        decision = self._indexed(self._written(decision))
        saved = self.store.commit(decision)
        self._learn(decision.notes.get(UNREACHABLE))
        return Happening(event, decision, before, accounts, saved)

    def _learn(self, unreachable: str | None) -> None:
        """The desk knows the addresses from which letters came back for good, as the store remembers them."""
        if unreachable is not None:
            self.desk = replace(self.desk, unreachable=frozenset(unreachable.split()))

    def _written(self, decision: Decision) -> Decision:
        """New letters get their words and their Message-ID, which their case then knows as its own."""
        domain = self.desk.people.ours.rpartition("@")[2]
        letters = tuple(
            letter
            if letter.message_id
            else replace(self._letters.write(letter), message_id=self.marks.message_id(letter.id, domain))
            for letter in decision.letters
        )
        ids: dict[int, list[str]] = {}
        for letter in letters:
            ids.setdefault(letter.ticket, []).append(letter.message_id)
        tickets = tuple(
            replace(t, mail_ids=tuple(dict.fromkeys((*t.mail_ids, *ids.get(t.number, ())))))
            for t in decision.tickets
        )
        return replace(decision, letters=letters, tickets=tickets)

    def _indexed(self, decision: Decision) -> Decision:
        """The wakes of every ticket that changed, or whose account did, worked out anew."""
        changed = {t.number: t for t in decision.tickets}
        accounts = {a.id: a for a in decision.accounts}
        for account in accounts:
            for ticket in self.store.tickets_of_account(account):
                changed.setdefault(ticket.number, ticket)
        wakes = {}
        for number, ticket in changed.items():
            wanted = {r.account for r in ticket.requests if r.account}
            known = {i: a for i in wanted if (a := accounts.get(i) or self.store.account(i))}
            wakes[number] = next_due(ticket, known, self.desk)
        return replace(decision, wakes=wakes)

    # --- time -------------------------------------------------------------------------------------

    def tick(self) -> list[Happening]:
        """Everything whose moment has come: wakes of tickets, and the digest at 9am."""
        now = self.clock()
        happened = [self.happen(TimeCame(number)) for number in self.store.wakes(now)]
        if next_digest(self.desk, now, self.store.note("digest")) <= now:
            happened.append(self.happen(TimeCame()))
        return happened

    def next_moment(self) -> datetime:
        """When something will be due if nothing else happens before."""
        now = self.clock()
        moments = [self.store.next_wake(), next_digest(self.desk, now, self.store.note("digest"))]
        moments += [x.not_before for x in self.store.outbox(Delivery.QUEUED) if x.not_before > now]
        return min(m for m in moments if m is not None)

    # --- letters ----------------------------------------------------------------------------------

    def ready(self) -> list[Letter]:
        """The letters that may go now. Hours are checked again here: a reminder may be late (PROCEDURES.md,
        Clocks).
        """
        now = self.clock()
        works = self.desk.calendar.is_open(now)
        return [
            letter
            for letter in self.store.outbox(Delivery.QUEUED)
            if letter.not_before <= now and (works or letter.sort is not Sort.REMINDER)
        ]

    def recover(self) -> list[Letter]:
        """Letters that a crash left between `sending` and `sent` go again with the same Message-ID."""
        left = self.store.outbox(Delivery.SENDING)
        again = tuple(
            replace(
                x, state=Delivery.QUEUED, because="a crash left its fate unknown: sent again, same Message-ID"
            )
            for x in left
        )
        if again:
            self.commit(Decision(letters=again)).saved.result()
        return list(again)

    def reckon(self) -> None:
        """Works out every ticket's wake anew, as the calendar and the rules may have changed since."""
        tickets = tuple(self.store.tickets())
        self.commit(Decision(tickets=tickets)).saved.result()


def _where(error: BaseException) -> str:
    """The innermost place of ours in the error's trace: module and line, nothing of the mail."""
    trace, place = error.__traceback__, "?"
    while trace is not None:
        name = str(trace.tb_frame.f_globals.get("__name__", ""))
        place = f"{name}:{trace.tb_lineno}" if name.startswith("mailbot") else place
        trace = trace.tb_next
    return place
