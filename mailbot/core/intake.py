"""Intake: what a mail that came changes, and what is answered at once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mailbot.core import thread
from mailbot.core.account import LEAVER, Account, Clock
from mailbot.core.correspondence import Planned
from mailbot.core.decision import Decision, Seen
from mailbot.core.draft import Draft
from mailbot.core.fact import DATES
from mailbot.core.filing import file, machine
from mailbot.core.letter import Role, Sort
from mailbot.core.message import Trust
from mailbot.core.workflow import LEAD, OTHER, OWN, PROVEN, Trigger, entered, opened, with_missing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from mailbot.core.desk import Desk
    from mailbot.core.event import MailCame
    from mailbot.core.rules import Workflow
    from mailbot.core.ticket import Request, Ticket

INCIDENT = "security_incident"


def receive(
    event: MailCame, tickets: Sequence[Ticket], accounts: Sequence[Account], desk: Desk, now: datetime
) -> Decision:
    """Files the mail on its case, moves the case's requests and plans the answer.

    Only mail from people moves a case; automatic mail is filed as a note (PROCEDURES.md, Workflows).
    """
    draft = Draft(desk, now, tickets, accounts)
    draft.arrived, draft.sender, draft.silence = event.arrived, event.message.sender.address, event.silence
    draft.extra = {"password_shown": event.triage.password_shown}
    draft.answers_to = (event.message.message_id, _chain(event))
    draft.hold = cap(event, desk)
    intake = Intake(event, draft)
    number = file(event, draft, intake.belongs, intake.stated())
    intake.understand(number)
    draft.close_if_done(number)
    place = Seen(event.message.message_id, event.message.digest, number, event.place)
    return draft.decision(place)


def _chain(event: MailCame) -> tuple[str, ...]:
    return (*event.message.references[-10:], event.message.message_id)


def cap(event: MailCame, desk: Desk) -> str:
    """Why an answer must wait for an admin ("" where it need not): the caps of MAIL.md.

    Never for the lead and the admins, and no domain cap inside NHSmail.
    """
    people, limits, lately = desk.people, desk.limits, event.lately
    sender = event.message.sender.address
    if sender in people.regional_lead or sender in people.admins:
        return ""
    if 0 < limits.per_address_per_day <= lately.address_day:
        return f"cap: {limits.per_address_per_day} answers to one address in a day"
    if 0 < limits.per_domain_per_hour <= lately.domain_hour and not people.inside(sender):
        return f"cap: {limits.per_domain_per_hour} answers to one domain in an hour"
    if 0 < limits.in_all_per_hour <= lately.all_hour:
        return f"cap: {limits.in_all_per_hour} answers in an hour"
    return ""


class Intake:
    """One mail on its way into a case."""

    def __init__(self, event: MailCame, draft: Draft) -> None:
        self.event, self.draft, self.desk = event, draft, draft.desk
        self.message, self.triage = event.message, event.triage
        self.address = thread.concerned(self.message, self.triage, event.trust, self.desk.people)
        self.who = thread.level(self.message, event.trust, self.address)
        self.belongs = thread.belonging(
            event, list(draft.tickets.values()), draft.account_at(self.address), self.desk, draft.now
        )
        self.new = self.belongs.ticket is None

    # --- understanding ----------------------------------------------------------------------------

    def understand(self, number: int) -> None:
        if machine(self.event):
            self._note_only(number)
        elif self.triage.act == "human":
            self._for_a_person(number, self.triage.human_because or "not sure enough what it asks for")
        elif self._another_account(number):
            self._for_a_person(number, "it speaks of another account than the case that it answers")
        else:
            for label in self.triage.intents:
                if not self._taken_together(label):
                    self._asked(number, label)

    def _note_only(self, number: int) -> None:
        """An automatic mail changes nothing but the history; without a case it is a closed record."""
        if self.message.bounce and self.message.bounce.permanent and not self.new:
            self.draft.case_task(number, "delivery", ("A letter could not be delivered",))
        if self.new:
            self.draft.close(number, f"{self.triage.intents[0]}: nothing to do")

    def _another_account(self, number: int) -> bool:
        """Whether the mail is about an account that is not the one of the case: doubt goes to an admin."""
        requests = [r for r in self.draft.tickets[number].requests if r.open]
        if not self.address or not requests:
            return False
        known = {r.claims.get("account", "") for r in requests} - {""}
        known |= {a for r in requests if (held := self.draft.account_of(r)) for a in held.addresses}
        return bool(known) and self.address not in known

    def _for_a_person(self, number: int, because: str) -> None:
        """No workflow but the incident's; a neutral receipt, and the task to read it (PROCEDURES.md)."""
        ticket = self.draft.tickets[number]
        if self.triage.withdrawal and not self.new:
            requests = tuple(replace(r, quiet=True) if r.open else r for r in ticket.requests)
            ticket = self.draft.put(replace(ticket, requests=requests))
            self.draft.case_task(number, "confirm_withdrawal", (because,))
        else:
            self.draft.case_task(number, "triage", (because,))
        if INCIDENT in self.triage.intents:
            self._start(number, self.desk.workflows["incident"], (INCIDENT,))
            return
        self._hold_clock(number)
        if self._reads_for_the_lead() or self.message.sender.address in ticket.acknowledged:
            return
        self._answer(number, None, "withdrawal" if self.triage.withdrawal and not self.new else "receipt")
        if self.triage.patient_details:
            self._answer(number, None, "patient_details")

    def _reads_for_the_lead(self) -> bool:
        """Whether it came to the lead's own mailbox, where only mail about the workflows is answered."""
        watched = self.desk.mailboxes.get(self.event.mailbox)
        return watched is not None and watched.address in self.desk.people.regional_lead

    def _hold_clock(self, number: int) -> None:
        """A leaver date in a mail that nobody has read yet is watched like a known one."""
        stated = self.triage.dates.get("leaver_date")
        ticket = self.draft.tickets[number]
        if stated is None or any(c.running for c in ticket.clocks):
            return
        deadline = self.desk.workflows.clocks[LEAVER].deadline(stated)
        if deadline <= self.desk.today(self.draft.now):
            return
        clock = Clock(LEAVER, stated, deadline, True, "read in a mail", self.draft.now)
        self.draft.put(replace(ticket, clocks=(*ticket.clocks, clock)))

    # --- requests -------------------------------------------------------------------------------

    def _taken_together(self, label: str) -> bool:
        """Whether an earlier label of this mail has brought this one's workflow along already."""
        workflow = self.desk.workflows.for_label(label)
        if workflow is None:
            return False
        mine = [i for i in self.triage.intents if i in workflow.labels]
        return label != mine[0]

    def _asked(self, number: int, label: str) -> None:
        ticket = self.draft.tickets[number]
        if label in ("chase", "acknowledge") and any(r.open for r in ticket.requests) and not self.new:
            if label == "chase":
                self._status(number)
            else:
                self._thanked(number)
            return
        if label == "acknowledge":
            if ticket.open and not ticket.open_tasks() and not any(r.open for r in ticket.requests):
                self.draft.close(number, "thanks: nothing is left to do")
            return
        workflow = self.desk.workflows.for_label(label)
        if workflow is None:
            return  # a machine's label beside a person's asks for nothing
        labels = tuple(i for i in self.triage.intents if i in workflow.labels)
        for other in ticket.requests:
            if other.open and other.workflow != workflow.name:
                self._offer(number, other, labels)
        request = self.draft.tickets[number].request(workflow.name)
        if request is None or not request.open:
            self._start(number, workflow, labels)
        else:
            self._continue(number, request, labels)

    def _offer(self, number: int, request: Request, labels: tuple[str, ...]) -> None:
        self.draft.fire(number, request, self._trigger(labels), Sort.ANSWER)

    def _thanked(self, number: int) -> None:
        for request in self.draft.tickets[number].requests:
            if request.open:
                self._offer(number, request, ("acknowledge",))

    def _trigger(self, labels: tuple[str, ...]) -> Trigger:
        return Trigger("mail", self.draft.now, self.desk.today(self.event.arrived), labels, self.who)

    def _start(self, number: int, workflow: Workflow, labels: tuple[str, ...]) -> None:
        claimant, name = self._claimant()
        request = opened(workflow.name, self._trigger(labels), claimant, name, own=self.who == OWN)
        request = self._informed(request, labels)
        moved = self.draft.fire(number, request, self._trigger(labels), Sort.ANSWER)
        if moved is None:
            self.draft.case_task(number, "triage", (f"no rule says how {workflow.name} begins here",))
            return
        ticket = self.draft.tickets[number]
        self.draft.put(ticket.with_request(entered(moved), moved))
        self._join_participants(number, moved)

    def _continue(self, number: int, request: Request, labels: tuple[str, ...]) -> None:
        informed = self._informed(request, labels)
        self.draft.put(self.draft.tickets[number].with_request(informed, request))
        moved = self.draft.fire(number, informed, self._trigger(labels), Sort.ANSWER)
        if moved is None:
            self._status(number)
        else:
            self._join_participants(number, moved)

    def _claimant(self) -> tuple[str, str]:
        """Whom the person's letters go to: the sender, or, where the lead writes, the midwife she names."""
        if self.who == LEAD:
            return self.address, self.triage.person.name
        return self.message.sender.address, self.triage.person.name

    def _join_participants(self, number: int, request: Request) -> None:
        ticket = self.draft.tickets[number]
        lead = self.desk.people.regional_lead[:1] if request.workflow == "joiner" and self.who == LEAD else ()
        named = (request.claimant, *lead)
        everybody = tuple(dict.fromkeys(a for a in (*ticket.participants, *named) if a))
        self.draft.put(replace(ticket, participants=everybody, account=ticket.account or request.account))

    def _informed(self, request: Request, labels: tuple[str, ...]) -> Request:
        """The request with what this mail says of it.

        What stands on an account's own word or the lead's is not changed by anybody else's.
        """
        account = self._account()
        weaker = self.who == OTHER and bool(request.confirmed)
        stated = {} if weaker else self.stated()
        confirmed = tuple(stated) if self.who in PROVEN else ()
        request = replace(
            request,
            labels=tuple(dict.fromkeys((*request.labels, *labels))),
            claims={**request.claims, **stated},
            confirmed=tuple(dict.fromkeys((*request.confirmed, *confirmed))),
            account=request.account or (account.id if account and self.who in PROVEN else ""),
            own=request.own or self.who == OWN,
            not_told=self._not_told(request) if "leaver_confirmed" in labels else request.not_told,
        )
        return with_missing(request, self.draft.account_of(request), self.desk)

    def stated(self) -> Mapping[str, str]:
        person, dates, orgs = self.triage.person, self.triage.dates, self.triage.orgs
        found = {
            "account": self.address,
            "name": person.name,
            "mobile": person.mobile,
            "nmc_pin": person.nmc_pin,
            "old_organisation": orgs.get("from", ""),
            "new_organisation": orgs.get("to", ""),
        }
        found |= {name: d.isoformat() for name in DATES if (d := dates.get(name))}
        return {name: value for name, value in found.items() if value}

    def _not_told(self, request: Request) -> tuple[str, ...]:
        """Which of the lead and CSP the mail did not go to; CSP only where its address is known."""
        people = self.desk.people
        addressed = {a.address for a in (*self.message.to, *self.message.cc)}
        watched = self.desk.mailboxes.get(self.event.mailbox)
        addressed |= {watched.address} if watched else set()
        told = []
        if not addressed & set(people.regional_lead) and "joiner_request" not in request.labels:
            told.append("the deputy regional maternity lead")
        if people.csp and not addressed & set(people.csp):
            told.append("the Customer Service Portal")
        return tuple(told)

    def _account(self) -> Account | None:
        """The account that the mail is about, made now if this is the first that is heard of it with
        evidence.
        """
        found = self.draft.account_at(self.address)
        if found is None and self.who in PROVEN and self.address:
            number = f"A-{self.event.account_number:06d}"
            found = Account(number, (self.address,), self.triage.person.name)
            self.draft.accounts[found.id] = found
        return found

    # --- answers --------------------------------------------------------------------------------

    def _status(self, number: int) -> None:
        """A chase is answered from the case, to its participants only (PROCEDURES.md)."""
        ticket = self.draft.tickets[number]
        request = next((r for r in ticket.requests if r.open), None)
        if request and self.message.sender.address in ticket.participants:
            role = Role.REGIONAL_LEAD if self.event.trust is Trust.LEAD else Role.PERSON
            self._answer(number, request, "chase", role)

    def _answer(self, number: int, request: Request | None, part: str, role: Role = Role.PERSON) -> None:
        workflow = request.workflow if request else ""
        to = self.message.sender.address
        self.draft.write(Planned(number, role, to, part, Sort.ANSWER, workflow))
