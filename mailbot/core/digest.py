"""The digest: once each working day at 9am, what waits, what is late, what went out and what did not."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from mailbot.core import facts, words
from mailbot.core.draft import Draft
from mailbot.core.letter import Delivery, Fact, Letter, Role, Sort
from mailbot.core.workflow import clocks_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from mailbot.core.account import Account
    from mailbot.core.decision import Decision
    from mailbot.core.desk import Desk
    from mailbot.core.ticket import Ticket

DIGEST = "digest"
SPAM_LISTED = timedelta(days=7)


def next_digest(desk: Desk, now: datetime, last: str) -> datetime:
    """When the next digest goes: now if today's is still to go and the team works, else at an opening.

    A desk that was never at work before (`last` is "") waits for its first opening.
    """
    calendar = desk.calendar
    today = desk.today(now)
    fresh = not last and now > calendar.opening(today)
    if calendar.is_open(now) and (last == today.isoformat() or fresh):
        return calendar.opening(calendar.next_working_day(today))
    return calendar.next_opening(now)


def daily(
    tickets: Sequence[Ticket],
    accounts: Sequence[Account],
    letters: Sequence[Letter],
    desk: Desk,
    now: datetime,
) -> Decision:
    """Writes the digest to every admin, once for the day. A desk with nothing to tell stays quiet."""
    draft = Draft(desk, now)
    day = desk.today(now).isoformat()
    draft.notes["digest"] = day
    lists = _lists(tickets, {a.id: a for a in accounts}, letters, desk, now)
    if not any(lists.values()):
        return draft.decision()
    told: dict[str, Fact] = facts.general(None, desk, now) | lists
    told["inside"] = True
    for n, admin in enumerate(desk.people.admins, start=1):
        letter = Letter(
            id=f"DIGEST-{day}-{n}",
            ticket=0,
            template=DIGEST,
            role=Role.ADMIN,
            to=admin,
            to_name="",
            sort=Sort.REMINDER,
            parts=(DIGEST,),
            facts=told,
            decided=now,
            not_before=now,
            inside=True,
            state=Delivery.HELD if desk.mode != "live" else Delivery.QUEUED,
            because="" if desk.mode == "live" else f"mode {desk.mode}",
        )
        draft.letters[letter.id] = letter
    return draft.decision()


def _lists(
    tickets: Sequence[Ticket],
    accounts: dict[str, Account],
    letters: Sequence[Letter],
    desk: Desk,
    now: datetime,
) -> dict[str, Fact]:
    open_ones = [t for t in tickets if t.open]
    since = desk.calendar.opening(desk.calendar.previous_working_day(desk.today(now)))
    return {
        "due": tuple(_due(open_ones, desk, now, late=False)),
        "late": tuple(_due(open_ones, desk, now, late=True)),
        "waiting": tuple(_running(open_ones, accounts, desk)),
        "sent": tuple(f"{x.id}: {x.template}" for x in letters if x.sent and x.sent >= since),
        "failed": tuple(f"{x.id}: {x.state}, {x.because}" for x in letters if _stuck(x)),
        "spam": tuple(
            f"{t.reference}: {t.subject}"
            for t in tickets
            if t.closed_because.startswith("spam") and now - t.opened <= SPAM_LISTED
        ),
    }


def _stuck(letter: Letter) -> bool:
    return letter.state in (Delivery.FAILED, Delivery.UNCERTAIN, Delivery.HELD)


def _due(tickets: Iterable[Ticket], desk: Desk, now: datetime, *, late: bool) -> Iterable[str]:
    tonight = desk.closing_of(desk.today(now))
    for ticket in tickets:
        for task in ticket.open_tasks():
            if (task.due < now) == late and task.due <= tonight:
                yield f"{ticket.reference}: {task.name}, due {words.moment(desk.calendar.local(task.due))}"


def _running(tickets: Iterable[Ticket], accounts: dict[str, Account], desk: Desk) -> Iterable[str]:
    for ticket in tickets:
        for request in ticket.requests:
            if not request.open:
                continue
            for clock in clocks_of(request, accounts.get(request.account)):
                if clock.running:
                    act_by = desk.calendar.local(desk.calendar.act_by(clock.deadline))
                    end = words.day(clock.deadline)
                    yield f"{ticket.reference}: {clock.name} clock ends {end}, act by {words.moment(act_by)}"
