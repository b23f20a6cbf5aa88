"""A year: a team's mail, its midwives, its lead and its admins, on the real bot and a turned clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from random import Random
from typing import TYPE_CHECKING

from mailbot import app
from mailbot.simulate.admins import Admins
from mailbot.simulate.life import KEY, Life, Turned
from mailbot.simulate.people import Lead, Midwives
from mailbot.simulate.population import wishes
from mailbot.simulate.tally import Tally
from mailbot.simulate.world import World

if TYPE_CHECKING:
    from pathlib import Path

STARTS = date(2027, 1, 1)
TWO_WORKING_DAYS = 16.0  # hours


@dataclass(frozen=True, slots=True)
class Plan:
    """What year it is; within `hours` of working time an admin acts, drawn evenly from none to all of it."""

    seed: int = 1
    midwives: int = 300
    starts: date = STARTS
    days: int = 365
    hours: float = TWO_WORKING_DAYS


def simulate_year(plan: Plan, config: Path | None = None) -> Tally:
    """Lives through the year and returns its figures: the same for the same plan, rules and letters.

    Raises `Mistakes` for settings or rules that are not in order.
    """
    from mailbot.mail.token import Marks
    from mailbot.store.memory import MemoryStore

    clock = Turned(datetime.combine(plan.starts, time(0), UTC))
    bot = app.bot(app.settings(config, offline=True), MemoryStore(), Marks(KEY), clock)
    chance = Random(plan.seed)  # noqa: S311 - it makes a year, not a secret
    world = World(Life(bot, clock), Tally(bot.desk), chance)
    lead = Lead(world)
    admins = Admins(world, lead, plan.hours)
    midwives = Midwives(world, admins)
    world.people += [admins, midwives, lead]
    for at, wish in wishes(plan.midwives, plan.starts, plan.days, bot.desk.calendar, chance):
        world.later(at, partial(midwives.wants, wish))
    world.live(bot.desk.calendar.at(plan.starts + timedelta(days=plan.days), time(0)))
    return world.tally
