"""What holds over any sequence of mails, admins' acts and time, from 2024 to 2029."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailbot.core.fact import ActError
from mailbot.core.letter import Role, Sort
from mailbot.core.reminder import next_due
from tests.stories import texts
from tests.stories.mails import JANE, JANE_AT_HOME, LEAD, ROSE
from tests.stories.story import LONDON, Story

if TYPE_CHECKING:
    from collections.abc import Callable

    from mailbot.core.letter import Letter
    from mailbot.core.ticket import Ticket

PEOPLE = (JANE, ROSE, JANE_AT_HOME, LEAD)
TEXTS = (
    texts.ASKS_HOW, texts.MARKED, texts.CLAIMS, texts.LEAD_ASKS, texts.LEAD_ASKS_BARELY, texts.RETIRES,
    texts.RETIRES_SOME_DAY, texts.MOVES_ON, texts.ABSENT, texts.BACK, texts.FORGOT, texts.NEW_NUMBER,
    texts.HIDE, texts.NO_ACCOUNT, texts.TWICE, texts.CLICKED, texts.ASKS, texts.CHASES, texts.THANKS,
    texts.WITHDRAWS,
    "Please go ahead.", "Yes, it is done.", "My last day is 3 April.",
)  # fmt: skip
SECRETS = ("Jane", "Rose", "jane.smith@nhs.net", "Barchester", "Casterbridge", "900433")
AUTOMATIC = {"Auto-Submitted": "auto-replied"}
STARTS = datetime(2024, 1, 1, 8, tzinfo=LONDON)


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happens; what it is about is chosen by `pick` among what there is then."""

    kind: str
    pick: int
    hours: int


EVENTS = st.builds(
    Event,
    kind=st.sampled_from(
        ["mail"] * 4 + ["reply", "machine", "again", "done", "refuse", "set", "triage", "wait"]
    ),
    pick=st.integers(0, 10_000),
    hours=st.one_of(st.integers(0, 30), st.integers(0, 24 * 35)),
)
STORIES = st.tuples(st.integers(0, 5 * 365 * 24), st.lists(EVENTS, min_size=1, max_size=9))
modest = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


class Telling:
    """Tells a story from events, and looks at it after each of them."""

    def __init__(self, hours: int) -> None:
        begins = STARTS + timedelta(hours=hours)
        self.story = Story(f"{begins:%Y-%m-%d %H:%M}")
        self.looks: list[Callable[[Event, tuple[Ticket, ...]], None]] = []

    def tell(self, events: list[Event]) -> Story:
        for event in events:
            self.story.waits(hours=event.hours)
            before = self.tickets()
            self._happens(event)
            for look in self.looks:
                look(event, before)
        self.story.waits(days=60)
        return self.story

    def tickets(self) -> tuple[Ticket, ...]:
        return tuple(self.story.bot.store.tickets(closed=True))

    def _happens(self, event: Event) -> None:
        story, pick = self.story, random.Random(event.pick)
        if event.kind == "mail":
            story.receives(pick.choice(PEOPLE), "About my account", self._text(pick))
        elif event.kind in ("reply", "machine") and story.letters:
            letter = pick.choice(story.letters)
            text = texts.OUT_OF_OFFICE if event.kind == "machine" else self._text(pick)
            headers = AUTOMATIC if event.kind == "machine" else {}
            sender = letter.to if event.kind == "machine" else pick.choice((letter.to, *PEOPLE))
            story.receives(sender, f"RE: {letter.subject}", text, answers=letter, headers=headers)
        elif event.kind == "again" and story.has_received:
            story.receives_again(pick.choice(("helpdesk", "regional")))
        elif event.kind in ("done", "refuse", "set", "triage"):
            self._acts(event.kind, pick)

    def _text(self, pick: random.Random) -> str:
        day = self.story.now - timedelta(days=pick.randint(-20, 45))
        return pick.choice(TEXTS).format(f"{day.day} {day:%B %Y}")

    def _acts(self, kind: str, pick: random.Random) -> None:
        open_ones = [t for t in self.tickets() if t.open]
        if not open_ones:
            return
        ticket = pick.choice(open_ones)
        tasks = [t.name for t in ticket.open_tasks()]
        day = (self.story.now - timedelta(days=pick.randint(0, 29))).date().isoformat()
        values = {"account": "jane.smith@nhs.net", "name": "Jane Smith", "old_organisation": "Barchester"}
        values |= {"leaver_date": day, "last_day": day, "mobile": "07700 900433"} if kind == "set" else {}
        intents = (pick.choice(("joiner", "leaver_confirmed", "leaver", "other", "disable")),)
        try:
            if kind == "triage":
                self.story.admin_does("triage", ticket.number, intents=intents)
            elif kind == "set":
                self.story.admin_does("set", ticket.number, values=values)
            elif tasks:
                given = values if kind == "done" and ticket.requests else {}
                self.story.admin_does(kind, ticket.number, task=pick.choice(tasks), values=given)
        except ActError:
            return  # it could not be done, and nothing has changed


@modest
@given(told=STORIES)
def test_every_letter_leaves_when_and_to_whom_it_may(told: tuple[int, list[Event]]) -> None:
    """Reminders in working hours only; to the case's own people only; nothing personal outside NHSmail."""
    story = Telling(told[0]).tell(told[1])
    for letter in story.left:
        if letter.sort is Sort.REMINDER:
            assert letter.sent is not None
            assert story.bot.desk.calendar.is_open(letter.sent), (letter.template, letter.sent)
        assert letter.to in _own_people(story, letter), (letter.template, letter.to)
        if not letter.to.endswith("@nhs.net"):
            shown = letter.subject + letter.text
            assert not [x for x in SECRETS if x in shown], letter.template
        if letter.role is Role.REGIONAL_LEAD and letter.sort is Sort.REMINDER:
            # what only somebody else claims reminds the lead of nothing
            assert any(r.account for r in story.ticket(letter.ticket).requests), letter.template


def _own_people(story: Story, letter: Letter) -> set[str]:
    people = story.bot.desk.people
    always = {*people.regional_lead, *people.admins, *people.csp}
    if letter.ticket == 0:
        return always
    ticket = story.ticket(letter.ticket)
    accounts = [a for r in ticket.requests if (a := story.bot.store.account(r.account))]
    return {*always, *ticket.participants, *(x for a in accounts for x in a.addresses)}


@modest
@given(told=STORIES)
def test_automatic_mail_and_repeated_mail_change_nothing_and_open_cases_go_on(
    told: tuple[int, list[Event]],
) -> None:
    """Every open case waits for somebody named and has a next date."""
    telling = Telling(told[0])

    def look(event: Event, before: tuple[Ticket, ...]) -> None:
        if event.kind == "again":
            assert telling.tickets() == before
        if event.kind == "machine":
            now = {t.number: t for t in telling.tickets()}
            for ticket in before:
                after = now[ticket.number]
                assert (after.requests, after.tasks, after.open) == (
                    ticket.requests,
                    ticket.tasks,
                    ticket.open,
                )
        for ticket in (t for t in telling.tickets() if t.open):
            assert waits_for(telling.story, ticket), ticket
            assert next_date(telling.story, ticket), ticket

    telling.looks.append(look)
    telling.tell(told[1])


def waits_for(story: Story, ticket: Ticket) -> set[str]:
    workflows = story.bot.desk.workflows
    found = {workflows[r.workflow].states[r.state].waits_for for r in ticket.requests if r.open}
    found |= {"admin"} if ticket.open_tasks() else set()
    return found - {"nobody"}


def next_date(story: Story, ticket: Ticket) -> datetime | None:
    accounts = {r.account: a for r in ticket.requests if (a := story.bot.store.account(r.account))}
    wake = next_due(ticket, accounts, story.bot.desk)
    dates = [t.due for t in ticket.open_tasks()] + ([wake.at] if wake else [])
    return min(dates, default=None)


# --- deadlines --------------------------------------------------------------------------------------


@settings(max_examples=20, deadline=None)
@given(
    hours=st.integers(0, 5 * 365 * 24),
    ago=st.integers(0, 29),
    sender=st.sampled_from([JANE, JANE_AT_HOME]),
    outage=st.integers(0, 12),
)
def test_no_deadline_passes_without_admins_having_been_told(
    hours: int, ago: int, sender: str, outage: int
) -> None:
    """A leaver clock that is learned of on any of its days, by her own word or an outsider's claim."""
    began = STARTS + timedelta(hours=hours)
    story = Story(f"{began:%Y-%m-%d %H:%M}")
    day = (began - timedelta(days=ago)).date()
    words = texts.MARKED if sender is JANE else texts.CLAIMS
    story.receives(sender, "Marked", words.format(f"{day.day} {day:%B %Y}"))
    [clock] = _clocks(story)
    end = story.bot.desk.calendar.at(clock[1], datetime.min.time())
    story.until(end)
    told = [x for x in story.letters_to(story.bot.desk.people.admins[0]) if x.sent and x.sent < end]
    warned = {x.sent for x in told if x.template.startswith("admin/")}
    remaining = _working_days(story, began, clock[1])
    assert len(warned) >= (2 if remaining >= 2 else 1), (began, clock, told)


def _clocks(story: Story) -> list[tuple[date, date]]:
    account = story.account("jane.smith@nhs.net")
    held = [c for r in story.ticket().requests for c in r.clocks] + list(account.clocks if account else ())
    return [(c.starts, c.deadline) for c in held if c.running]


def _working_days(story: Story, since: datetime, deadline: date) -> int:
    calendar = story.bot.desk.calendar
    first = calendar.local(calendar.next_opening(since)).date()
    days = (first + timedelta(days=n) for n in range((deadline - first).days))
    return sum(calendar.is_working_day(day) for day in days)


@settings(max_examples=12, deadline=None)
@given(hours=st.integers(0, 5 * 365 * 24), outage=st.integers(1, 40), reads=st.integers(0, 29))
def test_after_an_outage_only_the_newest_of_the_late_letters_goes_and_once(
    hours: int, outage: int, reads: int
) -> None:
    began = STARTS + timedelta(hours=hours)
    story = Story(f"{began:%Y-%m-%d %H:%M}")
    story.receives(JANE, "Marked", texts.MARKED.format(f"{began.day} {began:%B %Y}"))
    story.until(began + timedelta(days=reads))
    story.forgets()
    story.is_off_until(f"{began + timedelta(days=reads + outage):%Y-%m-%d %H:%M}")
    opening = story.bot.desk.calendar.next_opening(story.now)
    story.until(opening)
    _once_each(story.letters, opening)


def _once_each(letters: list[Letter], opening: datetime) -> None:
    """The letters that tell of the deletion, and of its end, may go beside a reminder of what follows."""
    news = ("admin/restore", "joiner/expired", "joiner/lost")
    reminders = [x for x in letters if x.sort is Sort.REMINDER and x.template not in news]
    late = Counter(x.to for x in reminders)
    assert all(n == 1 for n in late.values()), (opening, [(x.to, x.template) for x in reminders])
