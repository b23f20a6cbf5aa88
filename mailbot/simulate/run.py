"""A run: the bot lives through a scenario, from one moment at which something happens to the next."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mailbot import app
from mailbot.bot import Arrival, Bot, Happening
from mailbot.core.event import Delivered, DeliveryStarted
from mailbot.core.fact import ActError
from mailbot.core.outcome import Sent
from mailbot.core.ticket import reference
from mailbot.simulate import trace
from mailbot.simulate.scenario import Scenario, Step, load

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mailbot.app import Sender
    from mailbot.config.settings import Settings
    from mailbot.simulate.trace import Line

KEY = b"the key of a run that leaves nothing"  # a simulated letter never leaves, so its mark keeps no secret


class StepError(Exception):
    """A step that cannot be done, with the file and line of the step."""


class Turned:
    """A clock that stands until it is turned; it never goes back."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def turn(self, at: datetime) -> None:
        self.at = max(self.at, at)


def simulate(folder: Path, config: Path | None = None) -> Iterator[Line]:
    """Runs the scenario of a folder and yields what happens, in the order of time.

    The folder's own `config.toml`, `rules/` and `templates/` stand in for the shipped ones. Raises `Mistakes`
    for a
    scenario that is not in order, StepError for a step that cannot be done.
    """
    own = folder / "config.toml"
    chosen = app.settings(config or (own if own.is_file() else None), offline=True)
    scenario = load(folder, chosen.people.admins[0])
    run = Run(scenario, *_parts(folder, chosen, scenario))
    yield from run.lines()


def _parts(folder: Path, chosen: Settings, scenario: Scenario) -> tuple[Bot, Turned, Sender]:
    from mailbot.mail.token import Marks
    from mailbot.store.memory import MemoryStore

    clock, marks = Turned(scenario.starts), Marks(KEY)
    rules, templates = folder / "rules", folder / "templates"
    bot = app.bot(
        chosen,
        MemoryStore(archive_after=timedelta(days=36_500)),
        marks,
        clock,
        rules=rules if rules.is_dir() else None,
        templates=templates if templates.is_dir() else None,
    )
    return bot, clock, app.sender(chosen, marks)


class Run:
    """One run of one scenario."""

    def __init__(self, scenario: Scenario, bot: Bot, clock: Turned, sender: Sender) -> None:
        self.scenario, self.bot, self.clock, self.sender = scenario, bot, clock, sender

    def lines(self) -> Iterator[Line]:
        """All that happens, moment by moment."""
        for step in self.scenario.steps:
            if step.at >= self.scenario.until:
                break
            yield from self._until(step.at)
            self.clock.turn(step.at)
            yield from self._do(step)
            yield from self._send()
        yield from self._until(self.scenario.until)

    def _until(self, end: datetime) -> Iterator[Line]:
        """Lets time do its work up to, not including, `end`."""
        while (moment := max(self.bot.next_moment(), self.clock())) < end:
            before = (moment, self.bot.next_moment())
            self.clock.turn(moment)
            for happening in self.bot.tick():
                yield from trace.lines(happening, self.bot.desk, self.clock())
            yield from self._send()
            if (max(self.bot.next_moment(), self.clock()), self.bot.next_moment()) == before:
                raise StepError(
                    f"time stands still at {moment.isoformat()}: a reminder comes again and again"
                )

    def _do(self, step: Step) -> Iterator[Line]:
        desk, at = self.bot.desk, self.clock()
        if step.act is not None:
            yield from trace.lines(self._act(step), desk, at)
            return
        if step.mailbox not in desk.mailboxes:
            raise StepError(f"{step.where}: there is no mailbox {step.mailbox}; {', '.join(desk.mailboxes)}")
        raw = (self.scenario.folder / step.file).read_bytes()
        happening = self.bot.receive(Arrival(step.mailbox, raw, at, file=step.file))
        assert happening is not None, "a mail without a place is always looked at"
        repeated = trace.repeated(happening, desk, at, step.mailbox, step.file)
        if repeated:
            yield repeated
        yield from trace.lines(happening, desk, at)

    def _act(self, step: Step) -> Happening:
        assert step.act is not None
        try:
            return self.bot.act(step.act)
        except ActError as error:
            where = reference(step.act.ticket) if step.act.ticket else "a new case"
            raise StepError(f"{step.where}: {step.act.does} on {where}: {error}") from error

    def _send(self) -> Iterator[Line]:
        """Every letter that may go goes, and arrives."""
        for letter in sorted(self.bot.ready(), key=lambda x: (x.decided, x.id)):
            self.bot.happen(DeliveryStarted(letter.id))
            self.bot.happen(Delivered(letter.id, Sent("250 simulated")))
            left = replace(letter, sent=self.clock())
            headers = self.sender.headers(left)
            yield trace.sent(left, headers, self.sender.address, self.bot.desk, self.clock())
