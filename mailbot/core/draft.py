"""A draft: a decision in the making, which ends as one immutable Decision."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mailbot.core import correspondence, risk
from mailbot.core.account import Account
from mailbot.core.correspondence import Planned
from mailbot.core.decision import Audit, Decision, Seen
from mailbot.core.desk import SHADOW
from mailbot.core.letter import Fact, Letter, Role, Sort
from mailbot.core.rules import FIRST_LETTER
from mailbot.core.ticket import Entry, Request, Task, Ticket
from mailbot.core.workflow import ADMIN, LEAD, Trigger, advance, due_in, holds

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from mailbot.core.desk import Desk
    from mailbot.core.rules import LetterRule

BOT = "mailbot"


class Draft:
    """Works on values from the store and hands out new ones; nothing is written before `decision()`.

    `arrived` is when the mail came (for "out of hours"), None for acts and times; `sender`, whom it came
    from; `silence`, why that sender must not be answered; `hold`, why an answer must wait for an admin;
    `doubted`, that nothing proves that it came from within NHSmail; `as_one`, the sorts of letters of which
    one reader gets one.
    """

    def __init__(
        self,
        desk: Desk,
        now: datetime,
        tickets: Iterable[Ticket] = (),
        accounts: Iterable[Account] = (),
        who: str = BOT,
    ) -> None:
        self.desk, self.now, self.who = desk, now, who
        self.tickets = {t.number: t for t in tickets}
        self.accounts = {a.id: a for a in accounts}
        self.before = (dict(self.tickets), dict(self.accounts))
        self.planned: list[Planned] = []
        self.letters: dict[str, Letter] = {}
        self.audits: list[Audit] = []
        self.notes: dict[str, str] = {}
        self.arrived: datetime | None = None
        self.sender = ""
        self.silence = ""
        self.hold = ""
        self.doubted = False
        self.as_one: tuple[Sort, ...] = (Sort.ANSWER,)
        self.answers_to: tuple[str, tuple[str, ...]] = ("", ())
        self.extra: dict[str, Fact] = {}

    # --- tickets --------------------------------------------------------------------------------

    def put(self, ticket: Ticket) -> Ticket:
        self.tickets[ticket.number] = ticket
        return ticket

    def note(self, number: int, entry: Entry) -> None:
        ticket = self.tickets[number]
        self.put(replace(ticket, entries=(*ticket.entries, entry)))

    def audit(self, number: int, what: str, because: str) -> None:
        """Says why. Holds no personal data: ids, states and rules only (NHS.md, Law)."""
        self.audits.append(Audit(self.now, self.who, what, number, because))

    def case_task(self, number: int, name: str, evidence: tuple[str, ...] = ()) -> None:
        """Opens a task of the case itself, as `triage`, unless it is open already."""
        ticket = self.tickets[number]
        if any(t.name == name and t.open for t in ticket.tasks):
            return
        rule = self.desk.workflows.case.tasks[name]
        due = due_in(rule.due_in, self.arrived or self.now, self.desk)
        self.put(ticket.with_task(Task(name, self.now, due, (), evidence)))
        self.audit(number, f"task {name}", evidence[0] if evidence else rule.title)

    # --- requests -------------------------------------------------------------------------------

    def account_of(self, request: Request) -> Account | None:
        return self.accounts.get(request.account)

    def account_at(self, address: str) -> Account | None:
        return next((a for a in self.accounts.values() if address in a.addresses), None)

    def attached(self, number: int, request: Request, account_number: int) -> Request:
        """The request tied to the account whose address it states, which is made if need be."""
        address = request.claims.get("account", "")
        if not address:
            return request
        found = self.account_at(address)
        if found is None:
            found = Account(f"A-{account_number:06d}", (address,), request.claims.get("name", ""))
            self.accounts[found.id] = found
        ticket = self.tickets[number]
        self.put(replace(ticket, account=ticket.account or found.id))
        return replace(request, account=found.id)

    def fire(self, number: int, request: Request, trigger: Trigger, sort: Sort) -> Request | None:
        """Lets the workflow move the request; its letters are planned and its consequences carried to other
        cases.
        """
        account = self.account_of(request)
        moved = advance(request, account, trigger, self.desk)
        if moved is None:
            return None
        known = request if request in self.tickets[number].requests else None
        self.put(self.tickets[number].with_request(moved.request, known))
        if moved.account is not None:
            self.accounts[moved.account.id] = moved.account
        self.audit(number, f"{request.workflow}: {request.state} → {moved.request.state}", moved.because)
        for rule in moved.letters:
            conditions = [c for c in rule.when if c != FIRST_LETTER]
            if all(holds(c, moved.request, self.account_of(moved.request)) for c in conditions):
                self.plan(number, moved.request, rule, sort)
        for clock in moved.stopped:
            self._tell_others(moved.request, clock, trigger)
        return moved.request

    def _tell_others(self, request: Request, clock: str, trigger: Trigger) -> None:
        """What ends a clock of the account moves every other open request that lived by it."""
        self._move_others(request, Trigger("stopped", self.now, trigger.today, who=ADMIN, clock=clock))

    def goes_on_here(self, number: int, request: Request, labels: tuple[str, ...]) -> None:
        """What was asked with evidence in this case ends the same wish about the account in other cases."""
        if self.tickets[number].request(request.workflow) == request:
            trigger = Trigger("elsewhere", self.now, self.desk.today(self.now), labels, LEAD)
            self._move_others(request, trigger)

    def _move_others(self, request: Request, trigger: Trigger) -> None:
        account = self.account_of(request)
        if account is None:
            return
        for other in list(self.tickets.values()):
            for each in other.requests:
                claimed = not each.account and each.claims.get("account", "") in account.addresses
                if each.open and each != request and (each.account == account.id or claimed):
                    self.fire(other.number, each, trigger, Sort.REMINDER)
                    self.close_if_done(other.number)

    def flag_risk(self, number: int) -> None:
        """Flags the case as high risk once: a second admin has to check as well."""
        ticket = self.tickets[number]
        if risk.FLAG not in ticket.flags:
            self.put(replace(ticket, flags=(*ticket.flags, risk.FLAG)))
            self.case_task(number, risk.SECOND, (risk.BECAUSE,))

    def close_if_done(self, number: int) -> None:
        """Closes a case in which every request has ended and nothing waits for an admin."""
        ticket = self.tickets[number]
        begun = ticket.requests or ticket.tasks
        if ticket.open and begun and not any(r.open for r in ticket.requests) and not ticket.open_tasks():
            last = max((s for r in ticket.requests for s in r.steps), key=lambda s: s.at, default=None)
            self.close(number, last.because if last else "nothing is left to do")

    def close(self, number: int, because: str) -> None:
        ticket = self.tickets[number]
        tasks = tuple(self._dropped(t) for t in ticket.tasks)
        requests = tuple(self._ended(r) for r in ticket.requests)
        self.put(
            replace(
                ticket, tasks=tasks, requests=requests, closed=self.now, closed_because=because, clocks=()
            )
        )
        self.audit(number, "closed", because)

    def _dropped(self, task: Task) -> Task:
        return replace(task, ended=self.now, ended_by=self.who, outcome="dropped") if task.open else task

    def _ended(self, request: Request) -> Request:
        if not request.open:
            return request
        return replace(request, ended=self.now, tasks=tuple(self._dropped(t) for t in request.tasks))

    # --- letters --------------------------------------------------------------------------------

    def plan(
        self,
        number: int,
        request: Request | None,
        rule: LetterRule,
        sort: Sort,
        extra: Mapping[str, Fact] | None = None,
    ) -> None:
        """Plans a letter to whoever has the role in this request."""
        workflow = request.workflow if request else ""
        known = self.tickets[number].acknowledged if FIRST_LETTER in rule.when else ()
        for to in self._addresses(request, Role(rule.to)):
            if to not in known:
                self.write(Planned(number, Role(rule.to), to, rule.part, sort, workflow, extra))

    def write(self, planned: Planned) -> None:
        """Plans one letter; none to a sender who must not be answered."""
        if planned.role is Role.PERSON and planned.to in self.desk.people.regional_lead:
            planned = replace(planned, role=Role.REGIONAL_LEAD)
        if planned.sort is Sort.ANSWER:
            if planned.role is Role.ADMIN:
                planned = replace(planned, sort=Sort.ALERT)
            elif planned.to != self.sender:
                planned = replace(planned, sort=Sort.ACT)
            elif self.silence:
                self.audit(planned.ticket, f"no letter {planned.part}", self.silence)
                return
        if planned.to and planned.to != self.desk.people.ours:
            self.planned.append(planned)

    def _addresses(self, request: Request | None, role: Role) -> tuple[str, ...]:
        people = self.desk.people
        if role is Role.REGIONAL_LEAD:
            return people.regional_lead[:1]
        if role is Role.CSP:
            return people.csp[:1]
        if role is Role.ADMIN:
            return people.admins
        if request is None:
            return ()
        account = self.account_of(request)
        own = account.addresses[:1] if account and not people.inside(request.claimant) else ()
        return tuple(dict.fromkeys(a for a in (request.claimant, *own) if a))

    # --- the end --------------------------------------------------------------------------------

    def decision(self, seen: Seen | None = None) -> Decision:
        """Everything that changed, as one value; letters of one answer to one person are put together."""
        held = {p.ticket: why for p in self.planned if (why := correspondence.why_held(self, p))}
        for number, why in held.items() if self.desk.mode != SHADOW else ():
            self.case_task(number, "delivery", (why,))
        for planned in correspondence.together(self.planned, self.as_one):
            correspondence.write(self, planned)
        tickets = tuple(t for n, t in sorted(self.tickets.items()) if self.before[0].get(n) != t)
        accounts = tuple(a for i, a in sorted(self.accounts.items()) if self.before[1].get(i) != a)
        return Decision(
            tickets=tickets,
            accounts=accounts,
            letters=tuple(self.letters.values()),
            seen=seen,
            audit=tuple(self.audits),
            notes=self.notes,
        )
