"""A run: the bot lives through a scenario, from one moment at which something happens to the next."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from mailbot import app
from mailbot.bot import Arrival, Happening
from mailbot.core.fact import ActError
from mailbot.core.ticket import reference
from mailbot.simulate import trace
from mailbot.simulate.life import KEY, Life, StandsStill, Turned
from mailbot.simulate.scenario import Scenario, Step, load

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from mailbot.app import Sender
    from mailbot.config.settings import Settings
    from mailbot.core.letter import Letter
    from mailbot.simulate.trace import Line


class StepError(Exception):
    """A step that cannot be done, with the file and line of the step."""


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


def _parts(folder: Path, chosen: Settings, scenario: Scenario) -> tuple[Life, Sender]:
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
    return Life(bot, clock), app.sender(chosen, marks)


class Run:
    """One run of one scenario."""

    def __init__(self, scenario: Scenario, life: Life, sender: Sender) -> None:
        self.scenario, self.life, self.sender = scenario, life, sender
        self.bot, self.clock = life.bot, life.clock

    def lines(self) -> Iterator[Line]:
        """All that happens, moment by moment."""
        for step in self.scenario.steps:
            if step.at >= self.scenario.until:
                break
            yield from self._until(step.at)
            self.clock.turn(step.at)
            yield from self._do(step)
            yield from self._told(self.life.send())
        yield from self._until(self.scenario.until)

    def _until(self, end: datetime) -> Iterator[Line]:
        try:
            yield from self._told(self.life.until(end))
        except StandsStill as error:
            raise StepError(str(error)) from error

    def _told(self, happened: Iterable[Happening | Letter]) -> Iterator[Line]:
        desk = self.bot.desk
        for each in happened:
            if isinstance(each, Happening):
                yield from trace.lines(each, desk, self.clock())
            else:
                yield trace.sent(each, self.sender.headers(each), self.sender.address, desk, self.clock())

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
        if step.act.by.lower() not in self.bot.desk.people.admins:
            raise StepError(f"{step.where}: {step.act.by} is no admin; by names one of [people] admins")
        try:
            return self.bot.act(step.act)
        except ActError as error:
            where = reference(step.act.ticket) if step.act.ticket else "a new case"
            raise StepError(f"{step.where}: {step.act.does} on {where}: {error}") from error
