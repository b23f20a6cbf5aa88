"""Acts: what an admin does, and what comes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from mailbot.core import contact, opening, risk
from mailbot.core import workflow as engine
from mailbot.core.correspondence import IN_SHADOW, Planned
from mailbot.core.draft import Draft
from mailbot.core.fact import FACTS, STARTS, ActError, checked, uk_mobile
from mailbot.core.letter import Delivery, Letter, Role, Sort
from mailbot.core.rules import ClockStart
from mailbot.core.ticket import Entry, Request, Task, Ticket
from mailbot.core.workflow import ADMIN, Trigger, with_missing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from mailbot.core.account import Account
    from mailbot.core.decision import Decision
    from mailbot.core.desk import Desk
    from mailbot.core.event import AdminActed


def act(
    event: AdminActed,
    tickets: Sequence[Ticket],
    accounts: Sequence[Account],
    letters: Sequence[Letter],
    desk: Desk,
    now: datetime,
) -> Decision:
    """Carries out one verb on the first of `tickets` (the others share its account); its letters go at once.

    Raises ActError where it cannot be done; nothing has changed then.
    """
    draft = Draft(desk, now, tickets, accounts, who=event.by)
    number = event.number if event.does == "open" else event.ticket
    if event.does not in ACTS:
        raise ActError(f"no such act: {event.does}; there are {', '.join(ACTS)}")
    if number not in draft.tickets and event.does != "open":
        raise ActError(f"no such case: {event.ticket}")
    if event.does in opening.VERBS:
        opening.VERBS[event.does](event, draft, number)
    else:
        VERBS[event.does](Acts(event, draft, number, letters))
    draft.note(number, Entry(now, "act", event.by, _in_words(event), intents=event.intents))
    if event.does not in ("close", "take", "call"):
        draft.close_if_done(number)
    return draft.decision()


def _in_words(event: AdminActed) -> str:
    said = [event.does, event.task, ", ".join(event.intents), event.text]
    said += [f"{k} = {v}" for k, v in event.values.items()]
    return " ".join(s for s in said if s)


class Acts:
    """One act on one case."""

    def __init__(self, event: AdminActed, draft: Draft, number: int, letters: Sequence[Letter]) -> None:
        self.event, self.draft, self.number, self.letters = event, draft, number, letters
        self.desk, self.now = draft.desk, draft.now

    @property
    def ticket(self) -> Ticket:
        return self.draft.tickets[self.number]

    def trigger(self, on: str, *, task: str = "", labels: tuple[str, ...] = ()) -> Trigger:
        return Trigger(on, self.now, self.desk.today(self.now), labels, ADMIN, task)

    def _done_on(self, task: str) -> Trigger:
        """A task is done today, unless the act says on which day the account was marked or disabled."""
        told = [self.event.values[fact] for fact in STARTS.values() if self.event.values.get(fact)]
        day = date.fromisoformat(told[0]) if told else self.desk.today(self.now)
        return replace(self.trigger("done", task=task), today=day)

    # --- tasks ----------------------------------------------------------------------------------

    def done(self) -> None:
        if self.event.values:
            self.set()
        self._end_task("done")

    def refuse(self) -> None:
        self._end_task("refused")

    def _end_task(self, outcome: str) -> None:
        name = self.event.task
        for request in self.ticket.requests:
            if request.open and request.open_task(name):
                self._end_in(request, name, outcome)
                return
        task = next((t for t in self.ticket.tasks if t.open and t.name == name), None)
        if task is None:
            waiting = ", ".join(t.name for t in self.ticket.open_tasks()) or "none"
            raise ActError(f"{self.ticket.reference} has no unfinished task {name!r}; open: {waiting}")
        self.draft.put(self.ticket.with_task(self._ended(task, outcome)))
        if name == risk.SECOND and outcome == "done" and risk.one_person(self.ticket, alone=True):
            raise ActError(f"{name} is for another admin than the one who did {risk.IDENTITY}")
        for request in self.ticket.requests:
            if request.open:
                self.draft.fire(self.number, request, self.trigger(outcome, task=name), Sort.ACT)
        if name == "confirm_withdrawal":
            self._withdrawn(outcome)

    def _end_in(self, request: Request, name: str, outcome: str) -> None:
        if outcome == "done":
            self._allowed(name, request)
        ended = engine.finished(request, name, self.event.by, self.now, outcome, self.event.text)
        self.draft.put(self.ticket.with_request(ended, request))
        self.draft.audit(self.number, f"task {name} {outcome}", "an admin's act")
        before = len(self.draft.planned)
        trigger = self._done_on(name) if outcome == "done" else self.trigger(outcome, task=name)
        self.draft.fire(self.number, ended, trigger, Sort.ACT)
        if outcome == "done" and name == risk.CHANGES:
            self._mobile_changed(ended)
        if self.event.text:
            note = {"note": self.event.text}
            self.draft.planned[before:] = [
                replace(p, extra={**(p.extra or {}), **note}) for p in self.draft.planned[before:]
            ]

    def _allowed(self, name: str, request: Request) -> None:
        """ActError where the task cannot be done: a fact lacks or is unfit, or a second check is due."""
        rule = self.desk.workflows[request.workflow].tasks[name]
        wanting = engine.missing(rule, request, self.draft.account_of(request))
        if wanting:
            raise ActError(f"{name} lacks {', '.join(wanting)}: set it first, or with the act")
        if name == risk.CHANGES and not uk_mobile(request.claims.get("mobile", "")):
            raise ActError(f"{name} needs a mobile number in the UK: set another one as mobile")
        if name in risk.NEEDS_TWO and risk.FLAG in self.ticket.flags and risk.one_person(self.ticket):
            raise ActError(f"{name} is of high risk: another admin has to do second_check first")

    def _mobile_changed(self, request: Request) -> None:
        """The account remembers it, and what else is under way for it becomes high risk."""
        account = self.draft.account_of(request)
        if account is None:
            return
        account = self.draft.accounts[account.id] = replace(account, mobile_changed=self.now)
        for ticket in list(self.draft.tickets.values()):
            for each in ticket.requests:
                if each.open and each.account == account.id and risk.high(each, account, (), self.now):
                    self.draft.flag_risk(ticket.number)

    def _ended(self, task: Task, outcome: str) -> Task:
        self.draft.audit(self.number, f"task {task.name} {outcome}", "an admin's act")
        return replace(task, ended=self.now, ended_by=self.event.by, outcome=outcome, note=self.event.text)

    def _withdrawn(self, outcome: str) -> None:
        """A confirmed withdrawal ends the case; a refused one lets the reminders go on."""
        if outcome == "done":
            newest = next((r for r in self.ticket.requests if r.open), None)
            workflow = newest.workflow if newest else ""
            planned = Planned(
                self.number, Role.PERSON, contact.writer(self), "withdrawal", Sort.ACT, workflow
            )
            self.draft.write(planned)
            self.draft.close(self.number, "withdrawn, confirmed by an admin")
            return
        requests = tuple(replace(r, quiet=False) for r in self.ticket.requests)
        self.draft.put(replace(self.ticket, requests=requests))

    def take(self) -> None:
        self._hand(self.event.by)

    def release(self) -> None:
        """Lets held letters go; else gives a taken task back."""
        held = [
            letter
            for letter in self.letters
            if letter.state in (Delivery.HELD, Delivery.FAILED, Delivery.UNCERTAIN)
        ]
        if (held and not self.event.task) or self.event.task == "delivery":
            for letter in held:
                self._let_go(letter)
            self._reachable_again({*self.ticket.participants, *(letter.to for letter in held)})
            open_task = next((t for t in self.ticket.tasks if t.open and t.name == "delivery"), None)
            if open_task:
                self.draft.put(self.ticket.with_task(self._ended(open_task, "done")))
            return
        self._hand("")

    def _reachable_again(self, addresses: set[str]) -> None:
        kept = self.desk.unreachable - addresses
        if kept != self.desk.unreachable:
            self.draft.notes["unreachable"] = " ".join(sorted(kept))

    def _let_go(self, letter: Letter) -> None:
        if letter.because == IN_SHADOW:
            raise ActError("a letter that was decided in mode shadow never leaves")
        freed = replace(letter, state=Delivery.QUEUED, not_before=self.now, attempts=0, because="")
        self.draft.letters[letter.id] = freed
        self.draft.audit(self.number, f"letter {letter.id} released", "an admin's act")

    def _hand(self, to: str) -> None:
        wanted = self.event.task
        chosen = [t for t in self.ticket.open_tasks() if wanted in ("", t.name)]
        if not chosen:
            raise ActError(f"{self.ticket.reference} has no unfinished task {wanted}".rstrip())
        mine = tuple(replace(t, taken_by=to) if t in chosen else t for t in self.ticket.tasks)
        requests = tuple(
            replace(r, tasks=tuple(replace(t, taken_by=to) if t in chosen else t for t in r.tasks))
            for r in self.ticket.requests
        )
        self.draft.put(replace(self.ticket, tasks=mine, requests=requests))

    # --- facts ----------------------------------------------------------------------------------

    def set(self) -> None:
        """Facts that an admin states are confirmed, and every clock that hangs on them is reckoned anew."""
        values = {name: checked(name, value) for name, value in self.event.values.items()}
        if not values:
            raise ActError(f"set what? One or more of {', '.join(FACTS)}")
        requests = [r for r in self.ticket.requests if r.open]
        if not requests:
            raise ActError(f"{self.ticket.reference} has no open request: triage it first")
        for request in requests:
            self._set_in(request, values)

    def _set_in(self, request: Request, values: Mapping[str, str]) -> None:
        changed = replace(
            request,
            claims={**request.claims, **values},
            confirmed=tuple(dict.fromkeys((*request.confirmed, *values))),
        )
        if "account" in values or not changed.account:
            changed = self.draft.attached(self.number, changed, self.event.account_number)
        account = self.draft.account_of(changed)
        for start in self._clock_starts(changed, values):
            changed, account = engine.start_clock(changed, account, start, self.trigger("set"), self.desk)
        if account:
            self.draft.accounts[account.id] = account
        changed = with_missing(changed, account, self.desk)
        self.draft.put(self.ticket.with_request(changed, request))
        self.draft.audit(self.number, f"set {', '.join(values)}", "an admin's act")
        self.draft.fire(self.number, changed, self.trigger("set"), Sort.ACT)

    def _clock_starts(self, request: Request, values: Mapping[str, str]) -> list[ClockStart]:
        """The clocks that a set fact starts; a date that corrects a running clock moves it."""
        starts = {
            m.starts
            for m in self.desk.workflows[request.workflow].moves
            if m.starts and m.starts.starts in values
        }
        running = {c.name for c in engine.clocks_of(request, self.draft.account_of(request)) if c.running}
        starts |= {ClockStart(c, f) for c, f in STARTS.items() if f in values and c in running}
        return sorted(starts, key=lambda s: s.name)


VERBS: dict[str, Callable[[Acts], None]] = {
    "done": Acts.done,
    "refuse": Acts.refuse,
    "set": Acts.set,
    "reply": contact.reply,
    "close": contact.close,
    "call": contact.call,
    "take": Acts.take,
    "release": Acts.release,
}
ACTS = (*VERBS, *opening.VERBS)
