"""A life: the bot on a clock turned by hand, from each moment at which something is due to the next."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mailbot.core.event import Delivered, DeliveryStarted
from mailbot.core.outcome import Sent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from mailbot.bot import Bot, Happening
    from mailbot.core.letter import Letter

KEY = b"the key of a run that leaves nothing"  # a simulated letter never leaves, so its mark keeps no secret


class StandsStill(Exception):  # noqa: N818 - it says what time does
    """Time does not go on: the same thing is due again and again."""


class Turned:
    """A clock that stands until it is turned; it never goes back."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def turn(self, at: datetime) -> None:
        self.at = max(self.at, at)


@dataclass(slots=True)
class Life:
    """The bot and the clock that it looks at."""

    bot: Bot
    clock: Turned

    def until(self, end: datetime) -> Iterator[Happening | Letter]:
        """Lets time do its work up to, not including, `end`: what happened by itself and what left."""
        while (moment := max(self.bot.next_moment(), self.clock())) < end:
            due = self.bot.next_moment()
            self.clock.turn(moment)
            yield from self.bot.tick()
            yield from self.send()
            if (max(self.bot.next_moment(), self.clock()), self.bot.next_moment()) == (moment, due):
                raise StandsStill(f"at {moment.isoformat()} the same is due again and again")

    def send(self) -> Iterator[Letter]:
        """Every letter that may go goes, and arrives."""
        for letter in sorted(self.bot.ready(), key=lambda x: (x.decided, x.id)):
            self.bot.happen(DeliveryStarted(letter.id))
            self.bot.happen(Delivered(letter.id, Sent("250 simulated")))
            yield replace(letter, sent=self.clock())
