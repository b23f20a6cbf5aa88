"""The admins of a simulated year: whatever waits for them is done within so many hours of working time."""

from __future__ import annotations

from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from mailbot.core.event import AdminActed
from mailbot.core.fact import DATES
from mailbot.core.letter import Role

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from mailbot.core.letter import Letter
    from mailbot.core.ticket import Task, Ticket
    from mailbot.simulate.people import Lead
    from mailbot.simulate.world import World

# What an admin who reads a mail says that it asks for.
LABELS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "joiner_ask": ("joiner",),
        "joiner": ("leaver_confirmed",),
        "lead": ("joiner_request",),
        "go_ahead": ("joiner_request",),
        "password": ("password_reset",),
        "mobile": ("mobile_update",),
        "directory": ("directory_visibility",),
        "duplicate": ("duplicate_account",),
        "incident": ("security_incident",),
        "enquiry": ("other",),
        "done_elsewhere": ("acknowledge",),
        "thanks": ("acknowledge",),
        "away": ("auto_reply",),
    }
)
CLOSED = MappingProxyType({"not_ours": "not ours", "spam": "spam", "newsletter": "nothing to do"})
WARNINGS = ("admin/deadline", "admin/escalation", "admin/late")
BY_PHONE = "check_identity"  # done when she phones, not before
SECOND = "admin.two@nhs.net"


class Admins:
    """They do each task once, `hours` of working time after it can be done at the latest."""

    def __init__(self, world: World, lead: Lead, hours: float) -> None:
        self.world, self.lead, self.hours = world, lead, hours
        self.first = world.life.bot.desk.people.admins[0]
        self._planned: set[tuple[int, str, datetime]] = set()
        self._phoned_lead: set[int] = set()

    def _soon(self, since: datetime | None = None) -> datetime:
        return self.world.in_working_hours(self.world.chance.uniform(0.1, self.hours), since)

    # --- tasks ----------------------------------------------------------------------------------------

    def sees(self, ticket: Ticket) -> None:
        """Every new task is planned: what is due on a day to come is not done before it."""
        if not ticket.open:
            return
        for task in ticket.open_tasks():
            key = (ticket.number, task.name, task.opened)
            if key not in self._planned and task.name != BY_PHONE:
                self._planned.add(key)
                self.world.later(self._soon(self._ready(ticket, task)), partial(self._does, *key))

    def _ready(self, ticket: Ticket, task: Task) -> datetime:
        """When it can be done: on the day that it is due where a fact names that day, else at once."""
        workflows, calendar = self.world.life.bot.desk.workflows, self.world.life.bot.desk.calendar
        for request in ticket.requests:
            rule = workflows[request.workflow].tasks.get(task.name)
            if rule and task in request.tasks and any(request.claims.get(f) for f in rule.due_on):
                return max(self.world.now, calendar.opening(calendar.local(task.due).date()))
        return self.world.now

    def _does(self, number: int, name: str, opened: datetime) -> None:
        ticket = self.world.ticket(number)
        task = (
            next((t for t in ticket.open_tasks() if (t.name, t.opened) == (name, opened)), None)
            if ticket
            else None
        )
        if ticket is None or task is None:
            return
        if name == "triage":
            self._reads(ticket)
        elif name == "answer":
            self._act("reply", number, text="Yes. The guide on our pages says how.")
        elif name == "delivery":
            self._act("release", number, task="delivery")
        else:
            by = SECOND if name == "second_check" else self.first
            values = {fact: self._fact(number, fact) for fact in task.missing}
            if not self._act("done", number, task=name, values=values, by=by):
                self.world.later(self._soon(), partial(self._does, number, name, opened))

    def _fact(self, number: int, fact: str) -> str:
        """What she, or the other organisation, says when an admin asks."""
        wish = self.world.wishes[number]
        if fact in DATES:
            return wish.days.get(fact, self.world.now.date()).isoformat()
        told = {"account": wish.midwife.account, "name": wish.midwife.name, "mobile": "07700 900000"}
        return told.get(fact, wish.midwife.organisation)

    def _act(
        self,
        does: str,
        ticket: int,
        *,
        task: str = "",
        text: str = "",
        intents: tuple[str, ...] = (),
        values: Mapping[str, str] | None = None,
        person: Mapping[str, str] | None = None,
        by: str = "",
    ) -> bool:
        return self.world.act(
            AdminActed(by or self.first, does, ticket, task, text, intents, person or {}, values or {})
        )

    # --- reading --------------------------------------------------------------------------------------

    def _reads(self, ticket: Ticket) -> None:
        """The task to read a mail: the admin knows what it was meant as."""
        kind, number = self.world.kinds.get(ticket.number, "enquiry"), ticket.number
        if kind in CLOSED:
            self._act("close", number, text=CLOSED[kind])
            return
        if kind == "incident":
            self._act("done", number, task="triage")
            return
        if kind == "done_elsewhere":
            self._act("done", number, task="triage")
            self._act("close", number, text="her new organisation has the account")
            return
        wish = self.world.wishes[number]
        person = {"account": wish.midwife.account, "name": wish.midwife.name} if wish.inside else {}
        days = {name: day.isoformat() for name, day in wish.days.items()}
        labels = LABELS.get(kind, (kind,))
        if kind in ("thanks", "away") and any(request.open for request in ticket.requests):
            # said of the mail, not of the case: to label a case so closes it with all that it waits for
            self._act("done", number, task="triage")
            return
        if not self._act("triage", number, intents=labels, person=person, values=days):
            self._act("done", number, task="triage")

    # --- the telephone --------------------------------------------------------------------------------

    def are_phoned(self, number: int) -> None:
        """She phones from her registered mobile: the call is logged and her identity is checked."""
        ticket = self.world.ticket(number)
        if ticket and ticket.open and any(t.name == BY_PHONE for t in ticket.open_tasks()):
            self._act("call", number, text="phoned from the registered number")
            self._act("done", number, task=BY_PHONE)

    def gets(self, letter: Letter) -> None:
        """A warning of a deadline makes an admin phone the lead, or her new organisation, once."""
        if letter.role is not Role.ADMIN or letter.template not in WARNINGS:
            return
        if letter.ticket not in self._phoned_lead:
            self._phoned_lead.add(letter.ticket)
            self.world.later(self._soon(), partial(self._phones, letter.ticket))

    def _phones(self, number: int) -> None:
        ticket = self.world.ticket(number)
        for request in ticket.requests if ticket else ():
            if request.open and request.workflow == "joiner" and request.state in ("advised", "confirmed"):
                self.lead.asks_later(number, 0.5, 6)
            if request.open and request.workflow == "transfer_out" and request.state == "marked":
                self._act("close", number, text="her new organisation has the account")
