"""`mailbot import-clocks`: at go-live, the clocks that already run come in from a spreadsheet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailbot import app
from mailbot.cli import output
from mailbot.config.mistake import Mistake, Mistakes
from mailbot.core import words
from mailbot.core.event import ClocksTakenOver
from mailbot.core.reminder import dues
from mailbot.core.takeover import fault, take_over

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from pathlib import Path

    from mailbot.bot import Happening
    from mailbot.config.settings import Settings
    from mailbot.config.spreadsheet import Row
    from mailbot.core.account import Account
    from mailbot.core.decision import Decision
    from mailbot.core.desk import Desk
    from mailbot.core.ticket import Ticket
    from mailbot.store.base import Store

HEADS = ("line", "account", "name", "clock", "started", "deletion", "act by", "first reminder")


def import_clocks(file: Path, config: Path, *, by: str, apply: bool) -> int:
    """Shows what would be imported, or imports all of it; the exit code, 1 where a row has a mistake."""
    from mailbot.config.spreadsheet import load

    with output.told_plainly() as code:
        chosen = app.settings(config, offline=True)
        admin = (by or chosen.people.admins[0]).lower()
        if admin not in chosen.people.admins:
            return output.fail(f"{admin} is no admin; the settings name {', '.join(chosen.people.admins)}")
        rows, mistakes = load(file)
        store = app.store(chosen) if apply else _looked_at(chosen)
        try:
            found = _Import(app.desk(chosen), store, app.now(), admin)
            good, faults = found.sorted(file, rows)
            decision = found.decided(good)
            _show(good, decision, found.desk)
            wrong = sorted((*mistakes, *faults), key=lambda m: m.line)
            if wrong:
                code[0] = _refused(wrong)
            else:
                bot = app.bot(chosen, store, app.marks(chosen), app.now) if apply else None
                _tell(bot.happen(found.event(good)) if bot else None, decision)
        finally:
            store.close()
    return code[0]


def _looked_at(chosen: Settings) -> Store:
    """What the bot remembers, to read; nothing where it has never run."""
    from mailbot.store.memory import MemoryStore

    begun = chosen.bot.data.is_dir() and any(chosen.bot.data.iterdir())
    return app.reading(chosen) if begun else MemoryStore()


def _refused(wrong: Sequence[Mistake]) -> int:
    """Says every mistake; one of them keeps all of it out."""
    output.fail(Mistakes(wrong))
    return output.fail(f"{_count(len(wrong), 'mistake')}: nothing was imported, put them right first")


def _tell(happening: Happening | None, decision: Decision) -> None:
    """What was done, once it is saved, or what would be."""
    if happening:
        happening.saved.result()
        imported = happening.decision
        told = (
            f"{_count(len(imported.tickets), 'clock')} imported, {_numbers(imported)}; no letter was written"
        )
    else:
        clocks = _count(len(decision.tickets), "clock")
        told = f"{clocks} can be imported; nothing was changed. To import: --apply"
    output.console().print(told, markup=False, highlight=False)


@dataclass(frozen=True, slots=True)
class _Import:
    """What an import is judged by."""

    desk: Desk
    store: Store
    now: datetime
    admin: str

    def sorted(self, file: Path, rows: Sequence[Row]) -> tuple[list[Row], list[Mistake]]:
        """The rows that can be imported, and what is wrong with the others."""
        today = self.desk.today(self.now)
        first: dict[tuple[str, str], int] = {}
        good: list[Row] = []
        wrong: list[Mistake] = []
        for row in rows:
            one = row.running
            why = fault(one, self.store.account_at(one.account), self.desk, today)
            earlier = first.setdefault((one.account, one.clock), row.line)
            if earlier != row.line:
                why = f"{one.account} has a {one.clock} clock on line {earlier} already"
            if why:
                wrong.append(Mistake(file, row.line, why))
            else:
                good.append(row)
        return good, wrong

    def event(self, rows: Iterable[Row]) -> ClocksTakenOver:
        running = tuple(row.running for row in rows)
        tickets, accounts = self.store.last_ticket(), self.store.last_account()
        return ClocksTakenOver(self.admin, running, tickets + 1, accounts + 1)

    def decided(self, rows: Iterable[Row]) -> Decision:
        """What the import would decide, to be looked at before it happens."""
        event = self.event(rows)
        known = [a for clock in event.clocks if (a := self.store.account_at(clock.account))]
        return take_over(event, known, self.desk, self.now)


def _show(rows: Sequence[Row], decision: Decision, desk: Desk) -> None:
    """One line a row, in columns."""
    accounts = {a.id: a for a in decision.accounts}
    table = [HEADS] + [
        _cells(row, ticket, accounts, desk) for row, ticket in zip(rows, decision.tickets, strict=True)
    ]
    widths = [max(len(cells[n]) for cells in table) for n in range(len(HEADS))]
    for cells in table if rows else ():
        line = "  ".join(cell.ljust(wide) for cell, wide in zip(cells, widths, strict=True))
        output.console().print(line.rstrip(), markup=False, highlight=False, soft_wrap=True)


def _cells(row: Row, ticket: Ticket, accounts: dict[str, Account], desk: Desk) -> tuple[str, ...]:
    clock = accounts[ticket.account].clock(row.running.clock)
    assert clock is not None, "a takeover starts the clock"
    act_by = desk.calendar.local(desk.calendar.act_by(clock.deadline))
    return (
        str(row.line),
        row.running.account,
        row.running.name,
        clock.name,
        clock.starts.isoformat(),
        clock.deadline.isoformat(),
        f"{act_by:%Y-%m-%d %H:%M}",
        _first_reminder(ticket, accounts, desk),
    )


def _first_reminder(ticket: Ticket, accounts: dict[str, Account], desk: Desk) -> str:
    """When the first one goes, and to whom."""
    coming = [due for due in dues(ticket, accounts, desk) if not due.move]
    if not coming:
        return "none is left"
    at = min(due.at for due in coming)
    readers = dict.fromkeys(str(due.to).replace("_", " ") for due in coming if due.at == at)
    local = desk.calendar.local(at)
    return f"{local:%Y-%m-%d} {words.clock(local.time())}, to {' and '.join(sorted(readers))}"


def _numbers(decision: Decision) -> str:
    names = [ticket.reference for ticket in decision.tickets]
    return " to ".join(dict.fromkeys((names[0], names[-1]))) if names else "none"


def _count(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"
