"""Intake: what a mail that came changes, and what is answered at once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mailbot.core import answer, caps, claim, delivery, risk, thread, timing
from mailbot.core.account import LEAVER, Clock
from mailbot.core.correspondence import Planned
from mailbot.core.decision import Decision, Seen
from mailbot.core.draft import Draft
from mailbot.core.filing import file, machine
from mailbot.core.hint import hints
from mailbot.core.letter import Role, Sort
from mailbot.core.message import Trust
from mailbot.core.workflow import LEAD, OWN, PROVEN, Trigger, asked, entered, opened

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from mailbot.core.account import Account
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
    draft.answers_to = (event.message.message_id, (*event.message.references[-10:], event.message.message_id))
    draft.hold = caps.cap(event, desk)
    draft.doubted = event.trust not in (Trust.LEAD, Trust.INTERNAL)
    intake = Intake(event, draft)
    number = file(event, draft, intake.belongs, intake.facts)
    intake.understand(number)
    timing.run_out(draft, number, Sort.ANSWER)
    caps.tell(event, draft, number)
    draft.close_if_done(number)
    return draft.decision(Seen(event.message.message_id, event.message.digest, number, event.place))


class Intake:
    """One mail on its way into a case."""

    def __init__(self, event: MailCame, draft: Draft) -> None:
        self.event, self.draft, self.desk = event, draft, draft.desk
        self.message, self.triage = event.message, event.triage
        self.sender = event.message.sender.address
        self.address = thread.concerned(self.message, self.triage, event.trust, self.desk.people)
        self.who = thread.level(self.message, event.trust, self.address)
        self.facts: Mapping[str, str] = claim.stated(event, self.address)
        self.belongs = thread.belonging(
            event, list(draft.tickets.values()), draft.account_at(self.address), self.desk, draft.now
        )
        self.hints = hints(event.message)
        self.new = self.belongs.ticket is None

    # --- understanding ----------------------------------------------------------------------------

    def understand(self, number: int) -> None:
        if machine(self.event):
            self._note_only(number)
        elif self._answers_us(number):
            return
        elif self.triage.act == "human":
            self._for_a_person(number, self.triage.human_because or "not sure enough what it asks for")
        elif doubt := claim.doubtful(self.event, self.who, self.desk) or self._another_account(number):
            self._for_a_person(number, doubt)
        else:
            for label in self.triage.intents:
                if not self._taken_together(label):
                    self._asked(number, label)

    def _note_only(self, number: int) -> None:
        """An automatic mail changes nothing but the history; without a case it is a closed record."""
        bounce = self.message.bounce
        if self.new:
            self.draft.close(number, f"{self.triage.intents[0]}: nothing to do")
        elif bounce and bounce.permanent:
            delivery.came_back(self.draft, number, bounce.recipients)

    def _another_account(self, number: int) -> str:
        """Why the mail is about an account that is not the one of the case: doubt goes to an admin."""
        requests = [r for r in self.draft.tickets[number].requests if r.open]
        if not self.address or not requests:
            return ""
        known = {r.claims.get("account", "") for r in requests} - {""}
        known |= {a for r in requests if (held := self.draft.account_of(r)) for a in held.addresses}
        other = known and self.address not in known
        return "it speaks of another account than the case that it answers" if other else ""

    # --- short answers ----------------------------------------------------------------------------

    def _answers_us(self, number: int) -> bool:
        """Takes a few words in reply for what they mean in their case; False where that is nothing."""
        triage = self.triage
        running = [r for r in self.draft.tickets[number].requests if r.open]
        said = (*answer.labels(self.message), *self.hints)
        likely = answer.UNCLEAR.union(*(self.desk.workflows[r.workflow].labels for r in running))
        likely |= {"joiner"} if answer.IT_IS_DONE in said else set()
        ours = not self.new and self.who in PROVEN and self.belongs.in_thread
        unfit = triage.withdrawal or triage.patient_details or self._another_account(number)
        if not ours or unfit or not set(triage.intents) <= likely:
            return False
        if triage.intents == ("chase",) and running and answer.short(self.message):
            self._status(number)
            return True
        for request in running:
            if said and (moved := self.draft.fire(number, request, self._trigger(said), Sort.ANSWER)):
                self._said_more(number, moved)
                return True
            facts = answer.given(self.message, self._asked_for(request))
            facts |= {k: v for k, v in self.facts.items() if k in self._asked_for(request)}
            if facts:
                known = self.desk.workflows[request.workflow].labels
                labels = tuple(i for i in triage.intents if i in known) or request.labels
                self._continue(number, request, labels, {**self.facts, **facts})
                return True
        return False

    def _said_more(self, number: int, moved: Request) -> None:
        """A go-ahead is the lead's request for good, and may bring what its task still lacks."""
        labels = ("joiner_request",) if self.who == LEAD else ()
        facts = answer.given(self.message, self._asked_for(moved))
        informed = claim.informed(moved, self.event, self.who, facts, labels, self.draft)
        self.draft.put(self.draft.tickets[number].with_request(informed, moved))

    def _asked_for(self, request: Request) -> tuple[str, ...]:
        return asked(request, self.draft.account_of(request), self.desk)

    # --- for a person -----------------------------------------------------------------------------

    def _for_a_person(self, number: int, because: str) -> None:
        """No workflow but the incident's; a neutral receipt, and the task to read it (PROCEDURES.md)."""
        ticket = self.draft.tickets[number]
        if self.triage.withdrawal and not self.new and any(r.open for r in ticket.requests):
            requests = tuple(replace(r, quiet=True) if r.open else r for r in ticket.requests)
            self.draft.put(replace(ticket, requests=requests))
            self.draft.case_task(number, "confirm_withdrawal", (because,))
        else:
            self.draft.case_task(number, "triage", (because, *claim.deadline_in_words(self.event, self.desk)))
        if INCIDENT in self.triage.intents and not self._forged():
            self._start(number, self.desk.workflows["incident"], (INCIDENT,))
            return
        self._hold_clock(number)
        if self._reads_for_the_lead():
            return
        if self.sender not in ticket.acknowledged:
            self._answer(number, None, "receipt")
        if self.triage.patient_details:
            self._answer(number, None, "patient_details")

    def _forged(self) -> bool:
        """Whether Exchange did not vouch for a From in NHSmail: then nobody gets anything."""
        watched = self.desk.mailboxes.get(self.event.mailbox)
        unproven = self.event.trust in (Trust.NONE, Trust.FAILED) and self.desk.people.inside(self.sender)
        return unproven and bool(watched and watched.exchange)

    def _reads_for_the_lead(self) -> bool:
        """Whether it came to the lead's mailbox alone, where only mail about the workflows is answered."""
        watched = self.desk.mailboxes.get(self.event.mailbox)
        if watched is None or watched.address not in self.desk.people.regional_lead:
            return False
        addressed = {a.address for a in (*self.message.to, *self.message.cc)}
        return not addressed >= {watched.address, self.desk.people.ours}

    def _hold_clock(self, number: int) -> None:
        """A leaver date in a mail that nobody has read yet is watched like a known one."""
        ticket = self.draft.tickets[number]
        deadline = claim.deadline(self.event, self.desk)
        if deadline is None or any(c.running for c in ticket.clocks):
            return
        stated = self.triage.dates["leaver_date"]
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
                self._offer(number, request, ("acknowledge", *self.hints))

    def _trigger(self, labels: tuple[str, ...]) -> Trigger:
        return Trigger("mail", self.draft.now, self.desk.today(self.event.arrived), labels, self.who)

    def _start(self, number: int, workflow: Workflow, labels: tuple[str, ...]) -> None:
        claimant = self.address if self.who == LEAD else self.sender
        trigger, name = self._trigger((*labels, *self.hints)), self.triage.person.name
        request = opened(workflow.name, trigger, claimant, name, own=self.who == OWN)
        request = claim.informed(request, self.event, self.who, self.facts, labels, self.draft)
        moved = self.draft.fire(number, request, trigger, Sort.ANSWER)
        if moved is None:
            self.draft.case_task(number, "triage", (f"no rule says how {workflow.name} begins here",))
            return
        ticket = self.draft.tickets[number]
        self.draft.put(ticket.with_request(entered(moved), moved))
        self._join_participants(number, moved)
        self._look_at_risk(number, moved)
        if self.who == LEAD:
            self.draft.goes_on_here(number, moved, labels)

    def _look_at_risk(self, number: int, request: Request) -> None:
        account = self.draft.account_of(request) or self.draft.account_at(request.claims.get("account", ""))
        if risk.high(request, account, self.draft.tickets.values(), self.draft.now):
            self.draft.flag_risk(number)

    def _continue(
        self,
        number: int,
        request: Request,
        labels: tuple[str, ...],
        facts: Mapping[str, str] | None = None,
    ) -> None:
        informed = claim.informed(request, self.event, self.who, facts or self.facts, labels, self.draft)
        self.draft.put(self.draft.tickets[number].with_request(informed, request))
        moved = self.draft.fire(number, informed, self._trigger((*labels, *self.hints)), Sort.ANSWER)
        if moved is None:
            self._status(number)
            return
        self._join_participants(number, moved)
        if self.who == LEAD:
            self.draft.goes_on_here(number, moved, labels)

    def _join_participants(self, number: int, request: Request) -> None:
        ticket = self.draft.tickets[number]
        lead = self.desk.people.regional_lead[:1] if request.workflow == "joiner" and self.who == LEAD else ()
        named = (request.claimant, *lead)
        everybody = tuple(dict.fromkeys(a for a in (*ticket.participants, *named) if a))
        self.draft.put(replace(ticket, participants=everybody, account=ticket.account or request.account))

    # --- answers --------------------------------------------------------------------------------

    def _status(self, number: int) -> None:
        """A chase is answered from the case, to its participants only (PROCEDURES.md)."""
        ticket = self.draft.tickets[number]
        request = next((r for r in ticket.requests if r.open), None)
        if request and self.message.sender.address in ticket.participants:
            self._answer(number, request, "joiner/chase_lead" if self.who == LEAD else "chase")

    def _answer(self, number: int, request: Request | None, part: str) -> None:
        about = request.workflow if request else ""
        self.draft.write(Planned(number, Role.PERSON, self.sender, part, Sort.ANSWER, about))
