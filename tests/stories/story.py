"""A story: what people write, what admins do and how time goes by, told in a few verbs."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from itertools import count
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from mailbot import app
from mailbot.bot import Arrival, Bot, Happening
from mailbot.core.event import AdminActed
from mailbot.mail.token import Marks
from mailbot.simulate.life import KEY, Life, Turned
from mailbot.store.memory import MemoryStore
from tests.stories.mails import mail

if TYPE_CHECKING:
    from datetime import date

    from mailbot.config.letters import Letters
    from mailbot.core.account import Account, Clock
    from mailbot.core.desk import Desk
    from mailbot.core.letter import Letter
    from mailbot.core.ticket import Request, Task, Ticket

LONDON = ZoneInfo("Europe/London")
ADMIN, SECOND_ADMIN = "admin.one@nhs.net", "admin.two@nhs.net"
LEAD_ADDRESS = "england.indmidwives@nhs.net"


@cache
def shipped() -> tuple[Desk, Letters]:
    """The desk and the letters that mailbot ships, with one watched pair of mailboxes and one admin."""
    return app.desk(app.settings(None, offline=True)), app.letters()


def plain(letter: Letter) -> str:
    """The letter's text on one line."""
    return " ".join(letter.text.split())


def at(moment: str) -> datetime:
    """A moment as London's clocks show it: `at("2026-03-02 09:00")`."""
    return datetime.fromisoformat(moment).replace(tzinfo=LONDON)


class Story:
    """The real bot on a store in memory and a clock that is turned. Days and times are London's."""

    def __init__(self, starts: str, *, exchange: bool = True, **desk: Any) -> None:
        shelf, letters = shipped()
        boxes = {n: replace(m, exchange=exchange) for n, m in shelf.mailboxes.items()}
        marks = Marks(KEY)
        turned = Turned(at(starts))
        wanted = replace(shelf, mailboxes=boxes, **desk)
        store = MemoryStore(archive_after=timedelta(days=36_500))
        self.bot = Bot(wanted, store, letters, app.parser(marks), marks, turned)
        self.life = Life(self.bot, turned)
        self.left: list[Letter] = []
        self.happened: list[Happening] = []
        self._ids = count(1)
        self._before: list[bytes] = []

    # --- verbs ----------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        return self.life.clock().astimezone(LONDON)

    def receives(
        self, sender: str, subject: str, text: str, *, mailbox: str = "helpdesk", **more: Any
    ) -> int:
        """A mail comes; the number of the case that it went to."""
        raw = mail(
            sender, subject, text, at=self.now, message_id=f"<m{next(self._ids)}@mail.example>", **more
        )
        return self.receives_raw(raw, mailbox)

    def receives_raw(self, raw: bytes, mailbox: str = "helpdesk", arrived: str = "") -> int:
        self._before.append(raw)
        happening = self.bot.receive(Arrival(mailbox, raw, at(arrived) if arrived else self.now))
        assert happening is not None
        assert happening.decision.seen is not None
        self.happened.append(happening)
        self._post()
        return happening.decision.seen.ticket

    @property
    def has_received(self) -> bool:
        return bool(self._before)

    def receives_again(self, mailbox: str = "helpdesk") -> int:
        """The last mail comes once more, as the same mail in another mailbox does."""
        return self.receives_raw(self._before[-1], mailbox)

    def waits(self, **time: int) -> None:
        """Time goes by: `waits(days=3)`."""
        self.until(self.now + timedelta(**time))

    def until(self, moment: str | datetime) -> None:
        """Time goes on to that moment, and what is due then is done."""
        end = at(moment) if isinstance(moment, str) else moment
        for each in self.life.until(end + timedelta(microseconds=1)):
            self._note(each)
        self.life.clock.turn(end)

    def is_off_until(self, moment: str) -> None:
        """An outage: nothing is done until then, and what was due is found late."""
        self.life.clock.turn(at(moment))
        self.until(moment)

    def admin_does(self, does: str, ticket: int = 1, *, by: str = ADMIN, **more: Any) -> int:
        """An admin acts; facts to set are given as `values`. The number of the case."""
        acted = AdminActed(by=by, does=does, ticket=0 if does == "open" else ticket, **more)
        happening = self.bot.act(acted)
        self.happened.append(happening)
        self._post()
        return self.bot.store.last_ticket() if does == "open" else ticket

    def closes_on(self, *days: date) -> None:
        """Further closed days are announced."""
        calendar = self.bot.desk.calendar
        changed = replace(calendar, closed=calendar.closed | set(days))
        self.bot.desk = replace(self.bot.desk, calendar=changed)
        self.bot.reckon()

    def _post(self) -> None:
        for letter in self.life.send():
            self._note(letter)

    def _note(self, each: Happening | Letter) -> None:
        if isinstance(each, Happening):
            self.happened.append(each)
        else:
            self.left.append(each)

    # --- what came of it ------------------------------------------------------------------------

    @property
    def letters(self) -> list[Letter]:
        """All letters that left but the digests, in their order."""
        return [x for x in self.left if x.template != "digest"]

    @property
    def digests(self) -> list[Letter]:
        return [x for x in self.left if x.template == "digest"]

    def letters_to(self, who: str) -> list[Letter]:
        """The letters to that address (digests apart)."""
        address = who.rpartition("<")[2].rstrip(">")
        return [x for x in self.letters if x.to == address]

    def told(self, who: str) -> list[str]:
        """The templates of the letters to that address."""
        return [" + ".join(x.parts) for x in self.letters_to(who)]

    def when(self, template: str, to: str = "") -> list[str]:
        """When letters of that template left."""
        return [_moment(x) for x in self.letters if template in x.parts and to in ("", x.to)]

    def sent(self, template: str, to: str = "") -> Letter:
        """The one letter with that template (to that address)."""
        found = [x for x in self.letters if template in x.parts and to in ("", x.to)]
        assert len(found) == 1, f"{len(found)} letters {template}: {self.account_of_letters()}"
        return found[0]

    def forgets(self) -> None:
        """What was sent so far is not looked at any more."""
        self.left.clear()

    def account_of_letters(self) -> list[str]:
        """Every letter on a line, for a test that fails."""
        return [f"{_moment(x)} {x.to} {' + '.join(x.parts)}" for x in self.letters]

    def ticket(self, number: int = 1) -> Ticket:
        found = self.bot.store.ticket(number)
        assert found is not None
        return found

    def request(self, workflow: str, ticket: int = 1) -> Request:
        found = self.ticket(ticket).request(workflow)
        assert found is not None, [r.workflow for r in self.ticket(ticket).requests]
        return found

    def state(self, workflow: str, ticket: int = 1) -> str:
        return self.request(workflow, ticket).state

    def tasks(self, ticket: int = 1) -> list[str]:
        """The names of the open tasks."""
        return sorted(t.name for t in self.ticket(ticket).open_tasks())

    def task(self, name: str, ticket: int = 1) -> Task:
        found = [t for t in self.ticket(ticket).open_tasks() if t.name == name]
        assert len(found) == 1, self.tasks(ticket)
        return found[0]

    def account(self, address: str) -> Account | None:
        return self.bot.store.account_at(address.rpartition("<")[2].rstrip(">"))

    def clock(self, name: str, address: str) -> Clock:
        """The running clock of that account."""
        account = self.account(address)
        assert account is not None
        found = account.clock(name)
        assert found is not None, account.clocks
        return found

    def claimed_clock(self, name: str, ticket: int = 1) -> Clock:
        """The running clock that a request of the case holds itself."""
        clocks = [c for r in self.ticket(ticket).requests for c in r.clocks if c.running and c.name == name]
        assert len(clocks) == 1, clocks
        return clocks[0]


def _moment(letter: Letter) -> str:
    assert letter.sent is not None
    return letter.sent.astimezone(LONDON).strftime("%Y-%m-%d %H:%M")
