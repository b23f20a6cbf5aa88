"""A calendar: the team's working hours and closed days, and what can be reckoned from them."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
_FARTHEST = 3653  # days: ten years, after which a search for a working day gives up


@dataclass(frozen=True, slots=True)
class Calendar:
    """Working hours on working days, in one time zone; days count from Monday, 0.

    `closed` holds bank holidays and extra closed days, `known_until` the last day for which bank holidays
    have been announced. Instants that come in must be aware; those that go out are in `timezone`. Every
    search for a working day raises ValueError where ten years hold none.
    """

    timezone: str = "Europe/London"
    days: frozenset[int] = frozenset(range(5))
    opens: time = time(9)
    closes: time = time(17)
    closed: frozenset[date] = frozenset()
    known_until: date | None = None

    def __post_init__(self) -> None:
        if not self.opens < self.closes:
            raise ValueError(f"the day must open before it closes, not at {self.opens} and {self.closes}")
        if not self.days <= frozenset(range(7)):
            raise ValueError("days of the week are 0 (Monday) to 6 (Sunday)")

    def local(self, at: datetime) -> datetime:
        """The same instant in the calendar's zone; ValueError for a naive one."""
        if at.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return at.astimezone(ZoneInfo(self.timezone))

    def at(self, day: date, clock: time) -> datetime:
        """That wall-clock time; one that summer time skips becomes the hour after, of two it is the first."""
        wall = datetime.combine(day, clock, ZoneInfo(self.timezone))
        return self.local(wall.astimezone(UTC))

    def opening(self, day: date) -> datetime:
        return self.at(day, self.opens)

    def closing(self, day: date) -> datetime:
        return self.at(day, self.closes)

    def last_hour(self, day: date) -> datetime:
        """An hour before closing (PROCEDURES.md: 4pm), or the opening of a shorter day."""
        before = datetime.combine(day, self.closes) - timedelta(hours=1)
        return self.at(day, max(before, datetime.combine(day, self.opens)).time())

    def is_working_day(self, day: date) -> bool:
        return day.weekday() in self.days and day not in self.closed

    def is_open(self, at: datetime) -> bool:
        """Whether the team works then: from the opening up to, not including, the closing."""
        local = self.local(at)
        return self.opens <= local.time() < self.closes and self.is_working_day(local.date())

    def next_opening(self, at: datetime) -> datetime:
        """The instant itself if the team works then, else the opening that follows."""
        local = self.local(at)
        if self.is_open(local):
            return local
        day = local.date()
        early = local.time() < self.opens
        return self.opening(self.same_or_next_working_day(day) if early else self.next_working_day(day))

    def next_working_day(self, day: date) -> date:
        """The first working day after this one."""
        return self._search(day, 1)

    def same_or_next_working_day(self, day: date) -> date:
        return day if self.is_working_day(day) else self._search(day, 1)

    def previous_working_day(self, day: date) -> date:
        """The last working day before this one."""
        return self._search(day, -1)

    def add_working_days(self, day: date, n: int) -> date:
        """The n-th working day after this one, before it where n is negative; the day itself for 0."""
        for _ in range(abs(n)):
            day = self._search(day, 1 if n > 0 else -1)
        return day

    def last_working_instant(self, deadline: date) -> datetime:
        """The last closing before the day of the deadline begins."""
        return self.closing(self.previous_working_day(deadline))

    def act_by(self, deadline: date) -> datetime:
        """The last working instant less two working days (PROCEDURES.md, Clocks)."""
        return self.closing(self.add_working_days(deadline, -3))

    def reminder(self, day: date, act_by: datetime) -> datetime:
        """When a reminder for that day goes (PROCEDURES.md, Clocks).

        At the opening of a working day, else forward to the next opening; where that is after `act_by`, back
        to the last hour of the working day before.
        """
        if self.is_working_day(day):
            return self.opening(day)
        forward = self.opening(self.next_working_day(day))
        return forward if forward <= act_by else self.last_hour(self.previous_working_day(day))

    def daily(self, day: date, act_by: datetime) -> datetime | None:  # noqa: ARG002 - asked as `reminder` is
        """When a daily reminder for that day goes; None on a closed day, where it is dropped."""
        return self.opening(day) if self.is_working_day(day) else None

    def at_act_by(self, act_by: datetime) -> datetime:
        """When that goes which is due at `act_by`: in the last hour of its day."""
        return self.last_hour(self.local(act_by).date())

    def _search(self, day: date, step: int) -> date:
        for distance in range(1, _FARTHEST + 1):
            try:
                found = day + step * distance * DAY
            except OverflowError:
                break
            if self.is_working_day(found):
                return found
        raise ValueError(f"no working day within ten years {'after' if step > 0 else 'before'} {day}")


def add_months(day: date, months: int) -> date:
    """So many calendar months on, at the month's end at most (31 August 2026 + 18: 29 February 2028)."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return day.replace(year=year, month=month, day=min(day.day, monthrange(year, month)[1]))
