"""The written calendar: England's bank holidays as gov.uk lists them, and the days added and removed."""

from __future__ import annotations

from datetime import date, time
from typing import TYPE_CHECKING

import pytest

from mailbot.config import shipped
from mailbot.config.calendar import bank_holidays, load
from mailbot.config.mistake import Mistakes
from mailbot.config.settings import Hours

if TYPE_CHECKING:
    from pathlib import Path

# One year a line, each holiday on the day that is closed in its stead where it falls on a weekend.
ANNOUNCED = """\
2019 01-01 04-19 04-22 05-06 05-27 08-26 12-25 12-26
2020 01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28
2021 01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28
2022 01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27
2023 01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26
2024 01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26
2025 01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26
2026 01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28
2027 01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28
2028 01-03 04-14 04-17 05-01 05-29 08-28 12-25 12-26
"""


def announced() -> set[date]:
    years = (line.split() for line in ANNOUNCED.splitlines())
    return {date.fromisoformat(f"{year}-{day}") for year, *days in years for day in days}


def folder(at: Path, text: str) -> Path:
    (at / "calendar.toml").write_text(text, encoding="utf-8")
    return at


def test_the_bank_holidays_are_those_that_gov_uk_announced() -> None:
    known = {day for day in bank_holidays() if day.year <= 2028 and day.weekday() < 5}
    assert known == announced()


def test_the_shipped_calendar_closes_on_every_announced_day_and_says_how_far_it_knows() -> None:
    calendar = load(shipped.rules(), Hours())
    assert announced() <= calendar.closed
    assert calendar.known_until == date(2028, 12, 31)


def test_the_hours_come_from_the_settings() -> None:
    hours = Hours.model_validate({"timezone": "UTC", "days": ["sun"], "open": "10:00", "close": "11:30"})
    calendar = load(shipped.rules(), hours)
    assert (calendar.timezone, calendar.days) == ("UTC", frozenset({6}))
    assert (calendar.opens, calendar.closes) == (time(10), time(11, 30))


def test_days_can_be_added_and_removed(tmp_path: Path) -> None:
    calendar = load(folder(tmp_path, "add = [2026-12-24]\nremove = [2026-12-28]\n"), Hours())
    assert not calendar.is_working_day(date(2026, 12, 24))
    assert calendar.is_working_day(date(2026, 12, 28))


def test_a_day_that_is_closed_already_may_be_added(tmp_path: Path) -> None:
    calendar = load(folder(tmp_path, "add = [2026-12-25]\n"), Hours())
    assert not calendar.is_working_day(date(2026, 12, 25))


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("add = [\n  2026-12-24,\n  'soon',\n]\n", 3, "must be a date"),
        ("known_until = 'later'\n", 1, "must be a date"),
        ("\nadded = []\n", 2, "unknown key"),
        ("remove = [\n  2026-12-28,\n  2026-12-24,\n]\n", 3, "no bank holiday"),
        ("add = [2026-12-28]\nremove = [2026-12-28]\n", 2, "under add too"),
        ("add = [2026-02-30]\n", 1, "TOML"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, text: str, line: int, said: str) -> None:
    with pytest.raises(Mistakes) as caught:
        load(folder(tmp_path, text), Hours())
    (found,) = caught.value.mistakes
    assert (found.file, found.line) == (tmp_path / "calendar.toml", line)
    assert said in found.text


def test_a_folder_without_a_calendar_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Mistakes, match="cannot be read"):
        load(tmp_path, Hours())


def test_rules_and_letters_are_found() -> None:
    assert (shipped.rules() / "calendar.toml").is_file()
    assert shipped.templates().is_dir()
