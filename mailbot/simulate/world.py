"""The world around the bot: what will happen and when, and those who see what the bot does and answer it."""

from __future__ import annotations

import heapq
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from mailbot.bot import Arrival, Happening
from mailbot.core.fact import ActError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from random import Random

    from mailbot.core.event import AdminActed
    from mailbot.core.letter import Letter
    from mailbot.core.ticket import Ticket
    from mailbot.simulate.life import Life
    from mailbot.simulate.population import Wish
    from mailbot.simulate.tally import Tally

TICK = timedelta(microseconds=1)
WEEK = timedelta(days=7)


class Somebody(Protocol):
    """Who lives beside the bot: sees cases change and gets letters, and does something later."""

    def sees(self, ticket: Ticket) -> None: ...

    def gets(self, letter: Letter) -> None: ...


class World:
    """Time, and all that is still to come in it. The same chance and the same people make the same world.

    `wishes` are what the cases are about, by ticket, and `kinds` what the newest mail of each was meant as.
    """

    def __init__(self, life: Life, tally: Tally, chance: Random) -> None:
        self.life, self.tally, self.chance = life, tally, chance
        self.people: list[Somebody] = []
        self.wishes: dict[int, Wish] = {}
        self.kinds: dict[int, str] = {}
        self._coming: list[tuple[datetime, int, Callable[[], None]]] = []
        self._count = 0
        self._mails = 0

    @property
    def now(self) -> datetime:
        return self.life.clock()

    def ticket(self, number: int) -> Ticket | None:
        return self.life.bot.store.ticket(number)

    # --- what will happen ---------------------------------------------------------------------------

    def later(self, at: datetime, do: Callable[[], None]) -> None:
        """Something is done at that instant, or now if it has gone by."""
        self._count += 1
        heapq.heappush(self._coming, (at, self._count, do))

    def in_working_hours(self, hours: float, since: datetime | None = None) -> datetime:
        """The instant after so many hours of the team's working time."""
        calendar = self.life.bot.desk.calendar
        at, left = calendar.next_opening(since or self.now), timedelta(hours=hours)
        while at + left > (closing := calendar.closing(calendar.local(at).date())):
            left -= closing - at
            at = calendar.opening(calendar.next_working_day(calendar.local(at).date()))
        return at + left

    def live(self, until: datetime) -> None:
        """Everything up to that instant, one moment at a time: what happens may bring what comes next."""
        bot, clock = self.life.bot, self.life.clock
        tidied = clock()
        while True:
            coming = self._coming[0][0] if self._coming else until
            moment = max(bot.next_moment(), clock())
            if moment < min(coming, until):
                self._seen(self.life.until(moment + TICK))
            elif coming < until:
                clock.turn(coming)
                heapq.heappop(self._coming)[2]()
                self._seen(self.life.send())
            else:
                break
            if clock() - tidied > WEEK:
                tidied = clock()
                bot.store.archive(tidied)

    # --- what happens -------------------------------------------------------------------------------

    def mail(self, kind: str, wish: Wish, raw: Callable[[int], bytes], *mailboxes: str) -> None:
        """A mail arrives in these mailboxes; `raw` makes its bytes of its number."""
        self._mails += 1
        written = raw(self._mails)
        for mailbox in mailboxes:
            happening = self.life.bot.receive(Arrival(mailbox, written, self.now, file=kind))
            assert happening is not None, "a mail without a place is always looked at"
            seen = happening.decision.seen
            if happening.event is not None and seen and seen.ticket:
                self.wishes[seen.ticket] = wish
                self.kinds[seen.ticket] = kind
            self._seen([happening])

    def act(self, acted: AdminActed) -> bool:
        """An admin acts; False, and the reason is counted, where the bot would not do it."""
        try:
            happening = self.life.bot.act(acted)
        except ActError as error:
            self.tally.refused[f"{acted.does} {acted.task or ' '.join(acted.intents)}: {error}"] += 1
            return False
        self._seen([happening])
        return True

    def _seen(self, happened: Iterable[Happening | Letter]) -> None:
        """Counts what happened, and lets everybody see it."""
        for each in list(happened):
            if isinstance(each, Happening):
                self.tally.happened(each, self.now)
                for ticket in each.decision.tickets:
                    for somebody in self.people:
                        somebody.sees(ticket)
            else:
                self.tally.left(each, self.now)
                for somebody in self.people:
                    somebody.gets(each)
