"""The people who write to the bot: midwives who ask, phone, thank and forget, and the regional lead."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from mailbot.core.letter import Role
from mailbot.simulate import mailbag
from mailbot.simulate.mailbag import LEAD_NAME, Answered, Envelope

if TYPE_CHECKING:
    from mailbot.core.letter import Letter
    from mailbot.core.ticket import Ticket
    from mailbot.simulate.admins import Admins
    from mailbot.simulate.population import Wish
    from mailbot.simulate.world import World

# How likely people do what they should; the rest needs a reminder, or never happens.
MARKED_AT_LAST = 0.85  # old organisations that do mark a leaver after she asked how
LEAD_FORWARDS, LEAD_ANSWERS_REMINDER = 0.7, 0.6
PHONES_AT_ONCE, PHONES_WHEN_REMINDED = 0.8, 0.5
THANKS, CHASES, AWAY = 0.15, 0.08, 0.03
TAKEN_AT_REMINDER = 0.7
LETTERS_TO_CALL = ("password/reset", "password/unlock", "mobile/change", "reenable/call")
REMINDERS_TO_CALL = ("password/reminder", "mobile/reminder", "reenable/reminder")


class Midwives:
    """All of them, each in her own case."""

    def __init__(self, world: World, admins: Admins) -> None:
        self.world, self.admins = world, admins
        self._called: set[int] = set()

    def writes(self, kind: str, wish: Wish, answers: Answered | None = None) -> None:
        """A mail of that kind, now."""
        world, midwife = self.world, wish.midwife
        inside = wish.inside
        sender = midwife.account if inside else midwife.private
        both = kind == "joiner"
        people = world.life.bot.desk.people
        to = (people.ours, *(people.regional_lead[:1] if both else ()))
        marks = {"away": ("Auto-Submitted: auto-replied",), "newsletter": ("List-Id: <news.example>",)}
        envelope = Envelope(midwife.name, sender, to, inside, marks.get(kind, ()))
        subject, text = mailbag.text_of(kind, wish, world.chance)
        raw = partial(
            mailbag.mail, envelope=envelope, subject=subject, text=text, at=world.now, answers=answers
        )
        world.mail(kind, wish, raw, *(("regional", "helpdesk") if both else ("helpdesk",)))

    def wants(self, wish: Wish) -> None:
        """What she does first. Before a joiner some ask how, and their old organisation takes its time."""
        if wish.kind == "joiner" and self.world.chance.random() < 0.6:
            self.writes("joiner_ask", wish)
            if self.world.chance.random() < MARKED_AT_LAST:
                later = timedelta(days=self.world.chance.uniform(4, 25))
                days = {"leaver_date": wish.days["leaver_date"] + timedelta(days=later.days)}
                marked = replace(wish, days=days)
                self.world.later(self.world.now + later, partial(self.writes, "joiner", marked))
            return
        self.writes(wish.kind, wish)

    def sees(self, ticket: Ticket) -> None:
        """Nobody outside sees a case."""

    def gets(self, letter: Letter) -> None:
        wish = self.world.wishes.get(letter.ticket)
        if wish is None or letter.role is not Role.PERSON:
            return
        if letter.to not in (wish.midwife.account, wish.midwife.private):
            return
        chance, answers = self.world.chance, Answered(letter.message_id, letter.subject)
        if letter.template in LETTERS_TO_CALL:
            self._may_call(letter.ticket, PHONES_AT_ONCE)
        if letter.template in REMINDERS_TO_CALL:
            self._may_call(letter.ticket, PHONES_WHEN_REMINDED)
        if letter.template == "transfer_out/reminder" and chance.random() < TAKEN_AT_REMINDER:
            self._answers("done_elsewhere", wish, answers, 1, 40)
            return
        drawn = chance.random()
        if drawn < THANKS:
            self._answers("thanks", wish, answers, 0.2, 30)
        elif drawn < THANKS + CHASES:
            self._answers("chase", wish, answers, 48, 140)
        elif drawn < THANKS + CHASES + AWAY:
            self._answers("away", wish, answers, 0.01, 0.02)

    def _answers(self, kind: str, wish: Wish, answers: Answered, least: float, most: float) -> None:
        """A reply to a letter, after so many hours."""
        at = self.world.now + timedelta(hours=self.world.chance.uniform(least, most))
        self.world.later(at, partial(self.writes, kind, wish, answers))

    def _may_call(self, ticket: int, likely: float) -> None:
        if ticket not in self._called and self.world.chance.random() < likely:
            self._called.add(ticket)
            at = self.world.in_working_hours(self.world.chance.uniform(0.3, 9))
            self.world.later(at, partial(self.admins.are_phoned, ticket))


class Lead:
    """The deputy regional maternity lead, who forwards most requests, and others only when reminded."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._asked: set[str] = set()
        self._told: set[int] = set()

    def sees(self, ticket: Ticket) -> None:
        """Her own mailbox gets what midwives write to both."""
        if ticket.number not in self._told and self.world.kinds.get(ticket.number) == "joiner":
            self._told.add(ticket.number)
            if self.world.chance.random() < LEAD_FORWARDS:
                self.asks_later(ticket.number, 1, 30)

    def gets(self, letter: Letter) -> None:
        reminds = letter.role is Role.REGIONAL_LEAD and letter.template == "joiner/reminder_lead"
        if reminds and self.world.chance.random() < LEAD_ANSWERS_REMINDER:
            self.asks_later(letter.ticket, 0.5, 10, Answered(letter.message_id, letter.subject))

    def asks_later(self, ticket: int, least: float, most: float, answers: Answered | None = None) -> None:
        """Her request comes after so many working hours."""
        at = self.world.in_working_hours(self.world.chance.uniform(least, most))
        self.world.later(at, partial(self._asks, ticket, answers))

    def _asks(self, number: int, answers: Answered | None) -> None:
        wish = self.world.wishes[number]
        if wish.midwife.account in self._asked:
            return
        self._asked.add(wish.midwife.account)
        kind = "go_ahead" if answers and self.world.chance.random() < 0.5 else "lead"
        subject, text = mailbag.text_of(kind, wish, self.world.chance)
        people = self.world.life.bot.desk.people
        envelope = Envelope(LEAD_NAME, people.regional_lead[0], (people.ours,), inside=True)
        raw = partial(
            mailbag.mail,
            envelope=envelope,
            subject=subject,
            text=text,
            at=self.world.now,
            answers=answers,
        )
        self.world.mail(kind, wish, raw, "helpdesk")
