"""Contact: an admin writes to somebody, logs a phone call, or closes a case with a word."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from mailbot.core import opening, words
from mailbot.core import workflow as engine
from mailbot.core.correspondence import Planned
from mailbot.core.fact import ActError
from mailbot.core.letter import Role, Sort
from mailbot.core.message import Trust
from mailbot.core.privacy import personal
from mailbot.core.workflow import SPOKEN

if TYPE_CHECKING:
    from mailbot.core.account import Clock
    from mailbot.core.act import Acts
    from mailbot.core.ticket import Task


_ON_RECORD = re.compile(
    r"\b(?:matched|matches|(?:number|mobile) on record|registered (?:mobile|number|phone))\b"
)
_NOT = re.compile(r"\b(?:not|no|n't|never|unmatched|another|different|other|unknown|withheld)\b|n't\b")


def reply(acts: Acts) -> None:
    """Sends the admin's words to whoever asked; answers the question that waits for them."""
    if not acts.event.text.strip():
        raise ActError("a reply needs its text")
    to = writer(acts)
    if not acts.desk.people.inside(to):
        _nothing_personal(acts)
    if not any(r.open for r in acts.ticket.requests):
        _becomes_enquiry(acts, to)
    acts.draft.write(Planned(acts.number, Role.PERSON, to, "reply", Sort.ACT, "", {"note": acts.event.text}))
    for request in acts.ticket.requests:
        if request.open and request.open_task("answer"):
            ended = engine.finished(request, "answer", acts.event.by, acts.now, "done", "replied")
            acts.draft.put(acts.ticket.with_request(ended, request))
            acts.draft.fire(acts.number, ended, acts.trigger("done", task="answer"), Sort.ACT)


def _becomes_enquiry(acts: Acts, to: str) -> None:
    """An answered mail that nobody had labelled is read, and a question that the answer may settle."""
    opening.read(acts.event, acts.draft, acts.ticket)
    trigger = acts.trigger("mail")
    request = engine.opened("enquiry", replace(trigger, labels=("other",)), to, "", own=False)
    planned = len(acts.draft.planned)
    moved = acts.draft.fire(acts.number, request, replace(trigger, labels=("other",)), Sort.ACT)
    del acts.draft.planned[planned:]  # the reply is the answer: no letter says that one will come
    if moved:
        acts.draft.put(acts.ticket.with_request(engine.entered(moved), moved))


def call(acts: Acts) -> None:
    """Logs a phone call; one with the number on record is evidence for every task that waits."""
    acts.draft.audit(acts.number, "call logged", "an admin's act")
    if not _matched(acts):
        return
    line = f"{SPOKEN}: {acts.event.by}, {words.moment(acts.desk.calendar.local(acts.now))}"
    requests = tuple(replace(r, tasks=_with_evidence(r.tasks, line)) for r in acts.ticket.requests)
    tasks = _with_evidence(acts.ticket.tasks, line)
    acts.draft.put(replace(acts.ticket, requests=requests, tasks=tasks))
    for request in acts.ticket.requests:
        if request.open:
            acts.draft.fire(acts.number, request, acts.trigger("call"), Sort.ACT)


def close(acts: Acts) -> None:
    """Closes the case; with the text "not ours" the sender is told where to go.

    ActError where that would end the warnings of a running clock and no text says why.
    """
    if acts.event.text.strip().lower().startswith("not ours") and not _forged(acts):
        planned = Planned(acts.number, Role.PERSON, writer(acts), "not_ours", Sort.ACT)
        acts.draft.write(planned)
    for request in acts.ticket.requests:
        if request.open:
            acts.draft.fire(acts.number, request, acts.trigger("close"), Sort.ACT)
    for clock in _warned_of(acts):
        running = f"the {clock.name} clock runs until {words.day(clock.deadline)}"
        if not acts.event.text.strip():
            raise ActError(f"{running}, and nobody would be warned of it: say in the text why it may close")
        acts.draft.audit(acts.number, f"closed although {running}", "an admin's act")
    acts.draft.close(acts.number, acts.event.text or "closed by an admin")


def _warned_of(acts: Acts) -> list[Clock]:
    """The running clocks of the case's account of which admins are warned in this case and in no other."""
    here: dict[str, Clock] = {}
    elsewhere: set[str] = set()
    for ticket in acts.draft.tickets.values():
        for request in ticket.requests:
            account = acts.draft.account_of(request)
            if account is None or not request.open or not ticket.open:
                continue
            for rule in acts.desk.workflows[request.workflow].reminders:
                clock = account.clock(rule.clock) if Role.ADMIN in rule.to else None
                if clock is None or request.state not in rule.states:
                    continue
                if ticket.number == acts.number:
                    here[f"{account.id} {clock.name}"] = clock
                else:
                    elsewhere.add(f"{account.id} {clock.name}")
    return [clock for key, clock in here.items() if key not in elsewhere]


def writer(acts: Acts) -> str:
    """Whoever of the participants wrote last; ActError where nobody did."""
    people = acts.desk.people
    writers = [e.who for e in reversed(acts.ticket.entries) if e.kind == "mail" and e.who]
    found = next((w for w in (*writers, *acts.ticket.participants) if w in acts.ticket.participants), "")
    if not found or found == people.ours:
        raise ActError(f"{acts.ticket.reference} has nobody to write to")
    return found


def _nothing_personal(acts: Acts) -> None:
    """A reply to an address outside NHSmail names nobody and no account (PROCEDURES.md)."""
    accounts = [a for r in acts.ticket.requests if (a := acts.draft.account_of(r))]
    claims = [r.claims for r in acts.ticket.requests] + [e.facts for e in acts.ticket.entries]
    names = [a.name for a in accounts] + [c.get("name", "") for c in claims]
    addresses = [x for a in accounts for x in a.addresses] + [c.get("account", "") for c in claims]
    people = acts.desk.people
    if found := personal(
        acts.event.text, names, addresses, (people.team_phone, people.national_helpdesk_phone)
    ):
        raise ActError(f"a reply to an address outside NHSmail must not hold {found}: take it out")


def _matched(acts: Acts) -> bool:
    told = acts.event.values.get("matched", "").lower()
    said = acts.event.text.lower()
    return told in ("true", "yes") or (not told and bool(_ON_RECORD.search(said) and not _NOT.search(said)))


def _forged(acts: Acts) -> bool:
    """Whether the last mail claims NHSmail without proof where Exchange would have given it."""
    mail = next((e for e in reversed(acts.ticket.entries) if e.kind == "mail"), None)
    watched = acts.desk.mailboxes.get(mail.mailbox) if mail else None
    unproven = mail is not None and mail.trust in (Trust.NONE, Trust.FAILED)
    return bool(mail and unproven and watched and watched.exchange and acts.desk.people.inside(mail.who))


def _with_evidence(tasks: tuple[Task, ...], line: str) -> tuple[Task, ...]:
    return tuple(replace(t, evidence=(*t.evidence, line)) if t.open else t for t in tasks)
