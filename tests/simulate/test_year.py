"""A simulated year, or a short piece of one: the same for the same seed, and honest about what was missed."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from datetime import date
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from mailbot.cli.program import app
from mailbot.simulate.chart import PANELS, chart
from mailbot.simulate.tally import FIGURES, Month, Tally
from mailbot.simulate.year import Plan, simulate_year

if TYPE_CHECKING:
    from pathlib import Path

SHORT = Plan(seed=3, midwives=300, starts=date(2027, 3, 1), days=61)


@pytest.fixture(scope="module")
def spring() -> Tally:
    """Two months with Easter and the change to summer time in them."""
    return simulate_year(SHORT)


def test_an_admin_who_acts_within_two_working_days_misses_no_deadline(spring: Tally) -> None:
    year = spring.year()
    assert year.deadlines_met > 0
    assert (year.deadlines_missed, year.clocks_left, spring.missed) == (0, 0, [])


def test_admins_who_take_a_month_miss_deadlines_and_each_is_named() -> None:
    slow = simulate_year(Plan(seed=3, midwives=300, starts=date(2027, 3, 1), days=92, hours=300))
    assert slow.year().deadlines_missed > 0
    assert any("joiner: requested → expired" in told for told in slow.missed)


def test_mail_is_answered_at_once_reminders_go_and_tasks_are_done(spring: Tally) -> None:
    year = spring.year()
    assert year.mails > 100
    assert year.cases <= year.mails
    assert min(year.answers, year.reminders, year.to_admins, year.acts, year.done_in_time) > 0
    assert (year.told()["answered_at_once"] or 0) > 0.5
    assert sorted(spring.months) == ["2027-03", "2027-04"]


def test_the_digest_goes_once_each_working_day(spring: Tally) -> None:
    # 43 working days without Good Friday and Easter Monday; the first mornings have nothing to tell
    assert 40 <= spring.year().digests <= 43


def test_the_same_seed_gives_the_same_year_and_another_gives_another() -> None:
    def told(seed: int) -> list[dict[str, object]]:
        tally = simulate_year(Plan(seed=seed, midwives=150, starts=date(2027, 10, 1), days=35))
        return [tally.months[name].told() for name in sorted(tally.months)]

    assert told(1) == told(1) != told(2)


def test_months_add_up_to_the_year(spring: Tally) -> None:
    for name in FIGURES:
        assert getattr(spring.year(), name) == sum(getattr(m, name) for m in spring.months.values())


def test_the_command_prints_a_line_a_month_and_one_for_the_year_and_draws_a_chart(tmp_path: Path) -> None:
    drawn = tmp_path / "charts" / "year.svg"
    options = ["--days", "40", "--midwives", "100", "--start", "2027-01-11", "--seed", "4"]
    result = CliRunner().invoke(app, ["simulate", "--year", "--json", *options, "--chart", str(drawn)])
    assert result.exit_code == 0, result.output
    *months, year = [json.loads(line) for line in result.output.splitlines()]
    assert [m["month"] for m in months] == ["2027-01", "2027-02"]
    assert year["mails"] == sum(m["mails"] for m in months)
    assert (year["kind"], year["seed"], year["midwives"], year["starts"]) == ("year", 4, 100, "2027-01-11")
    assert ET.parse(drawn).getroot().attrib["role"] == "img"


def test_the_command_prints_a_table_that_explains_itself() -> None:
    result = CliRunner().invoke(app, ["simulate", "--year", "--days", "5", "--midwives", "20"])
    assert result.exit_code == 0, result.output
    assert result.output.startswith("20 midwives, 5 days from 2027-01-01, seed 1\n")
    assert "met, missed: accounts saved from their deletion, or not" in " ".join(result.output.split())


@pytest.mark.parametrize("words", [[], ["--year", "folder"], ["--year", "--start", "soon"]])
def test_a_folder_or_a_year_must_be_asked_for_and_not_both(words: list[str]) -> None:
    assert CliRunner().invoke(app, ["simulate", *words]).exit_code == 2


def test_a_chart_shows_every_figure_with_its_number_and_says_it_in_words() -> None:
    months = {"2027-01": Month(mails=12, answers=34, deadlines_met=5), "2027-02": Month(mails=7)}
    root = ET.fromstring(chart(months, "A year & more"))
    said = [e.text for e in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"A year & more", "Jan 27", "Feb 27", "12", "34", "5", "7"} <= set(said)
    assert {heading for heading, _ in PANELS} <= set(said)
    told = root.findtext("{http://www.w3.org/2000/svg}desc") or ""
    assert told.startswith("Jan 27: 12 all mail")
    assert "5 deadlines met, 0 deadlines missed." in told
