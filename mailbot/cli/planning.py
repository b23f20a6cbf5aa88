"""`mailbot simulate --year`: a year of synthetic mail, its figures month by month, and a chart of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailbot.cli import output, page

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from mailbot.simulate.tally import Tally
    from mailbot.simulate.year import Plan

_COLUMNS = (
    ("mails", "mails"),
    ("for_a_person", "to read"),
    ("answers", "answers"),
    ("reminders", "reminders"),
    ("to_admins", "to admins"),
    ("acts", "acts"),
    ("done_in_time", "in time"),
    ("done_late", "later"),
    ("deadlines_met", "met"),
    ("deadlines_missed", "missed"),
    ("answered_at_once", "at once"),
    ("first_answer_p95_minutes", "95% within"),
)
_EXPLAINED = """\
mails: all that came; to read: those that a person reads first
answers, reminders: letters to midwives and the lead; to admins: reminders and warnings, not the daily digest
acts: what admins did; in time, later: tasks done by the time that they were due, or after it
met, missed: accounts saved from their deletion, or not
at once: mails whose first answer (more than a receipt) came within a minute
95% within: how long 95 of 100 first answers took at most, nights and weekends counted"""


def plan(seed: int, midwives: int, starts: date | None, days: int, hours: float) -> Plan:
    """The year that is meant; from the first of January 2027 where no day is given."""
    from mailbot.simulate.year import STARTS, Plan

    return Plan(seed, midwives, starts or STARTS, days, hours)


def simulate_year(plan: Plan, config: Path | None, chart: Path | None, *, json: bool) -> int:
    """Lives through the year and prints its figures; the exit code."""
    from mailbot.simulate.life import StandsStill
    from mailbot.simulate.year import simulate_year as live

    with output.told_plainly() as code, page.written_plainly(code):
        try:
            tally = live(plan, config)
        except StandsStill as error:
            return output.fail(error)
        if json:
            _json(plan, tally)
        else:
            _table(plan, tally)
        if chart:
            from mailbot.simulate.chart import chart as draw

            page.write(chart, draw(tally.months, _title(plan)))
    return code[0]


def _title(plan: Plan) -> str:
    return f"{plan.midwives} midwives, {plan.days} days from {plan.starts}, seed {plan.seed}"


def _json(plan: Plan, tally: Tally) -> None:
    for name in sorted(tally.months):
        output.line({"kind": "month", "month": name, **tally.months[name].told()})
    told: dict[str, Any] = {"kind": "year", "seed": plan.seed, "midwives": plan.midwives}
    told |= {"starts": plan.starts.isoformat(), "days": plan.days, "admin_hours": plan.hours}
    output.line({**told, **tally.year().told(), "missed": tally.missed, "refused": dict(tally.refused)})


def _shown(key: str, value: float | None) -> str:
    if value is None:
        return "–"
    if key == "answered_at_once":
        return f"{value:.0%}"
    return f"{value / 60:.0f} h" if key.endswith("_minutes") else str(value)


def _table(plan: Plan, tally: Tally) -> None:
    console = output.console()
    whole = [(name, tally.months[name].told()) for name in sorted(tally.months)]
    rows = [["month", *(head for _, head in _COLUMNS)]]
    for name, figures in [*whole, ("all", tally.year().told())]:
        rows.append([name, *(_shown(key, figures[key]) for key, _ in _COLUMNS)])
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    console.print(_title(plan), style="bold", markup=False, highlight=False)
    for row in rows:
        line = "  ".join(cell.rjust(wide) for cell, wide in zip(row, widths, strict=True))
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    console.print(f"\n{_EXPLAINED}", markup=False, highlight=False, soft_wrap=True)
    for told in (*tally.missed, *tally.refused):
        console.print(f"! {told}", markup=False, highlight=False)
