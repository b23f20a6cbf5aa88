"""The calendar against PROCEDURES.md's examples, England's closed days and both changes of the clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.calendar import Calendar, add_months

if TYPE_CHECKING:
    from collections.abc import Callable

LONDON = ZoneInfo("Europe/London")
BANK_HOLIDAYS = (
    "2026-01-01 2026-04-03 2026-04-06 2026-05-04 2026-05-25 2026-08-31 2026-12-25 2026-12-28 "
    "2027-01-01 2027-03-26 2027-03-29 2027-05-03 2027-05-31 2027-08-30 2027-12-27 2027-12-28"
)
CLOSED = frozenset(map(date.fromisoformat, BANK_HOLIDAYS.split()))
CALENDAR = Calendar(closed=CLOSED)
DAYS = st.dates(date(2025, 12, 1), date(2028, 1, 31))
INSTANTS = st.datetimes(datetime(2025, 12, 1), datetime(2028, 1, 31), timezones=st.just(UTC))  # noqa: DTZ001


def london(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("leaver", "deadline", "last", "act_by"),
    [
        ("2027-02-27", "2027-03-29", "2027-03-25 17:00", "2027-03-23 17:00"),
        ("2026-11-25", "2026-12-25", "2026-12-24 17:00", "2026-12-22 17:00"),
        ("2026-11-28", "2026-12-28", "2026-12-24 17:00", "2026-12-22 17:00"),
    ],
)
def test_the_examples_of_the_procedures_hold_to_the_minute(
    leaver: str, deadline: str, last: str, act_by: str
) -> None:
    assert day(leaver) + timedelta(days=30) == day(deadline)
    assert CALENDAR.last_working_instant(day(deadline)) == london(last)
    assert CALENDAR.act_by(day(deadline)) == london(act_by)


def test_the_office_is_open_at_nine_and_closed_at_five() -> None:
    opened = [
        CALENDAR.is_open(london(f"2026-03-02 {clock}"))
        for clock in ("08:59:59", "09:00", "16:59:59", "17:00")
    ]
    assert opened == [False, True, True, False]


def test_the_office_is_closed_on_weekends_and_closed_days() -> None:
    assert not CALENDAR.is_open(london("2026-03-07 12:00"))
    assert not CALENDAR.is_open(london("2026-04-03 12:00"))


def test_an_instant_in_another_zone_is_judged_by_the_clock_in_london() -> None:
    assert CALENDAR.is_open(datetime(2026, 7, 1, 8, 0, tzinfo=UTC))
    assert not CALENDAR.is_open(datetime(2026, 1, 5, 8, 59, tzinfo=UTC))
    assert not CALENDAR.is_open(datetime(2026, 7, 1, 16, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    ("at", "opening"),
    [
        ("2026-03-02 10:15", "2026-03-02 10:15"),
        ("2026-03-02 08:00", "2026-03-02 09:00"),
        ("2026-03-02 17:00", "2026-03-03 09:00"),
        ("2026-03-06 17:30", "2026-03-09 09:00"),
        ("2026-04-02 17:00", "2026-04-07 09:00"),
        ("2026-12-24 17:00", "2026-12-29 09:00"),
        ("2027-12-24 23:59", "2027-12-29 09:00"),
        ("2026-03-27 18:00", "2026-03-30 09:00"),
    ],
)
def test_the_next_opening_is_now_if_open_else_the_next_nine_o_clock(at: str, opening: str) -> None:
    assert CALENDAR.next_opening(london(at)) == london(opening)


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        CALENDAR.is_open(datetime(2026, 3, 2, 10))  # noqa: DTZ001


def test_nine_o_clock_is_nine_o_clock_before_and_after_each_change_of_the_clocks() -> None:
    utc = [
        CALENDAR.opening(day(text)).astimezone(UTC).hour
        for text in ("2026-03-27", "2026-03-30", "2026-10-23", "2026-10-26")
    ]
    assert utc == [9, 8, 8, 9]


def test_an_hour_that_summer_time_skips_becomes_the_next() -> None:
    assert CALENDAR.at(day("2026-03-29"), time(1, 30)).isoformat() == "2026-03-29T02:30:00+01:00"


def test_of_an_hour_that_comes_twice_the_first_is_meant() -> None:
    assert CALENDAR.at(day("2026-10-25"), time(1, 30)).isoformat() == "2026-10-25T01:30:00+01:00"


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        ("2026-04-02", 1, "2026-04-07"),
        ("2026-04-07", -1, "2026-04-02"),
        ("2026-04-04", 0, "2026-04-04"),
        ("2026-12-24", 2, "2026-12-30"),
        ("2027-12-29", -2, "2027-12-23"),
        ("2026-03-07", 1, "2026-03-09"),
        ("2026-03-07", -1, "2026-03-06"),
        ("2026-03-02", 10, "2026-03-16"),
    ],
)
def test_working_days_are_counted_over_easter_christmas_and_weekends(start: str, n: int, end: str) -> None:
    assert CALENDAR.add_working_days(day(start), n) == day(end)


@pytest.mark.parametrize(
    ("falls_on", "act_by", "goes"),
    [
        ("2027-03-06", "2027-03-23 17:00", "2027-03-08 09:00"),  # a Saturday: forward
        ("2027-03-08", "2027-03-23 17:00", "2027-03-08 09:00"),  # a working day: as it is
        ("2027-03-27", "2027-03-23 17:00", "2027-03-25 16:00"),  # forward is after act by: back
        ("2027-03-24", "2027-03-23 17:00", "2027-03-24 09:00"),  # a working day after act by
        ("2026-12-26", "2026-12-22 17:00", "2026-12-24 16:00"),
        ("2026-12-19", "2026-12-22 17:00", "2026-12-21 09:00"),
        ("2026-12-19", "2026-12-21 09:00", "2026-12-21 09:00"),  # exactly at act by is not after it
    ],
)
def test_a_reminder_goes_in_working_hours_forward_or_back(falls_on: str, act_by: str, goes: str) -> None:
    assert CALENDAR.reminder(day(falls_on), london(act_by)) == london(goes)


def test_a_daily_reminder_on_a_closed_day_is_dropped() -> None:
    act_by = london("2027-03-23 17:00")
    assert CALENDAR.daily(day("2027-03-24"), act_by) == london("2027-03-24 09:00")
    assert CALENDAR.daily(day("2027-03-26"), act_by) is None


def test_what_is_due_at_act_by_goes_at_four_that_day() -> None:
    assert CALENDAR.at_act_by(CALENDAR.act_by(day("2027-03-29"))) == london("2027-03-23 16:00")
    assert CALENDAR.at_act_by(CALENDAR.act_by(day("2026-07-20"))) == london("2026-07-15 16:00")


def test_a_day_shorter_than_an_hour_is_reminded_at_its_opening() -> None:
    short = Calendar(opens=time(0, 10), closes=time(0, 40))
    assert short.last_hour(day("2026-03-02")) == london("2026-03-02 00:10")


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-08-31", 18, "2028-02-29"),
        ("2026-08-30", 6, "2027-02-28"),
        ("2026-08-15", 18, "2028-02-15"),
        ("2026-10-31", 1, "2026-11-30"),
        ("2026-12-31", 12, "2027-12-31"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2026-01-31", -1, "2025-12-31"),
    ],
)
def test_months_end_where_the_month_ends(start: str, months: int, end: str) -> None:
    assert add_months(day(start), months) == day(end)


@pytest.mark.parametrize("closed_for_good", [Calendar(days=frozenset())])
@pytest.mark.parametrize(
    "ask",
    [
        lambda calendar: calendar.next_working_day(day("2026-03-02")),
        lambda calendar: calendar.previous_working_day(day("2026-03-02")),
        lambda calendar: calendar.next_opening(london("2026-03-02 10:00")),
        lambda calendar: calendar.act_by(day("2026-03-02")),
        lambda calendar: calendar.next_working_day(date.max),
    ],
)
def test_a_calendar_without_working_days_says_so(
    closed_for_good: Calendar, ask: Callable[[Calendar], object]
) -> None:
    with pytest.raises(ValueError, match="no working day within ten years"):
        ask(closed_for_good)


def test_hours_that_close_before_they_open_are_refused() -> None:
    with pytest.raises(ValueError, match="must open before it closes"):
        Calendar(opens=time(17), closes=time(9))


def test_a_day_that_no_week_has_is_refused() -> None:
    with pytest.raises(ValueError, match="Monday"):
        Calendar(days=frozenset({7}))


@given(INSTANTS)
def test_the_next_opening_is_open_and_never_earlier(at: datetime) -> None:
    opening = CALENDAR.next_opening(at)
    assert CALENDAR.is_open(opening)
    assert opening.astimezone(UTC) >= at
    assert CALENDAR.next_opening(opening) == opening


@given(INSTANTS)
def test_nothing_is_open_between_now_and_the_next_opening(at: datetime) -> None:
    opening = CALENDAR.next_opening(at).astimezone(UTC)
    between = (at + timedelta(minutes=15) * step for step in range((opening - at) // timedelta(minutes=15)))
    assert not any(CALENDAR.is_open(instant) for instant in between)


@given(DAYS, st.integers(1, 30))
def test_as_many_working_days_lie_between_as_were_added(start: date, n: int) -> None:
    end = CALENDAR.add_working_days(start, n)
    passed = [start + timedelta(days=i) for i in range(1, (end - start).days + 1)]
    assert sum(map(CALENDAR.is_working_day, passed)) == n
    assert CALENDAR.is_working_day(end)


@given(DAYS)
def test_the_last_working_instant_is_before_the_deadline_and_act_by_two_working_days_sooner(
    deadline: date,
) -> None:
    last, act_by = CALENDAR.last_working_instant(deadline), CALENDAR.act_by(deadline)
    assert last.date() < deadline
    assert CALENDAR.add_working_days(act_by.date(), 2) == last.date()
    assert act_by.time() == last.time() == time(17)


@given(DAYS, DAYS)
def test_every_reminder_goes_while_the_office_is_open_and_never_is_moved_past_act_by(
    falls_on: date, deadline: date
) -> None:
    act_by = CALENDAR.act_by(deadline)
    goes = CALENDAR.reminder(falls_on, act_by)
    assert CALENDAR.is_open(goes)
    assert goes.date() <= falls_on or goes <= act_by


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(-600, 600))
def test_adding_months_lands_in_the_month_asked_for(start: date, months: int) -> None:
    end = add_months(start, months)
    assert (end.year - start.year) * 12 + end.month - start.month == months
    assert end.day == start.day or (end + timedelta(days=1)).day == 1
