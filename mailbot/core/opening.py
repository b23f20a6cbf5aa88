"""Openings: a person says what a case asks for, or opens one that came without mail."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mailbot.core import risk
from mailbot.core.fact import ActError, checked
from mailbot.core.letter import Sort
from mailbot.core.message import Trust
from mailbot.core.ticket import Entry, Ticket
from mailbot.core.workflow import ADMIN, LEAD, OTHER, OWN, PROVEN, Trigger, entered, opened

if TYPE_CHECKING:
    from collections.abc import Callable

    from mailbot.core.draft import Draft
    from mailbot.core.event import AdminActed

WITHOUT_WORKFLOW = ("auto_reply", "bounce", "spam", "acknowledge")


def triage(event: AdminActed, draft: Draft, number: int) -> None:
    """Starts the workflows of the labels as if the mail had said so, with the mail's own level of evidence.

    Reading a mail proves nothing of who wrote it (PROCEDURES.md, What authorises an account action).
    """
    if not event.intents:
        raise ActError("triage needs at least one label")
    ticket = draft.tickets[number]
    if "security_incident" not in event.intents:
        read(event, draft, ticket)
    ticket = draft.put(replace(draft.tickets[number], clocks=()))
    mail = next((e for e in reversed(ticket.entries) if e.kind == "mail"), None)
    facts = {**(mail.facts if mail else {}), **_person(event)}
    who = _level(mail, facts.get("account", "")) if mail else ADMIN
    lead = who == LEAD
    claimant = facts.get("account", "") if lead or not mail else mail.who
    _begin(event, draft, number, claimant, facts, who)


def read(event: AdminActed, draft: Draft, ticket: Ticket) -> None:
    """Ends the task to read the mail; an incident that was none of one ends with it."""
    tasks = tuple(
        replace(t, ended=draft.now, ended_by=event.by, outcome="done") if t.open and t.name == "triage" else t
        for t in ticket.tasks
    )
    draft.put(replace(ticket, tasks=tasks))
    read = Trigger("done", draft.now, draft.desk.today(draft.now), who=ADMIN, task="triage")
    for request in ticket.requests:
        if request.open:
            draft.fire(ticket.number, request, read, Sort.ACT)


def _level(mail: Entry, account: str) -> str:
    if mail.trust == Trust.LEAD:
        return LEAD
    return OWN if mail.trust == Trust.INTERNAL and account == mail.who else OTHER


def open_case(event: AdminActed, draft: Draft, number: int) -> None:
    """A case that came by phone or was found by an admin, who vouches for what is stated."""
    if not event.intents:
        raise ActError("a new case needs at least one label")
    email = event.person.get("email", "").strip().lower()
    draft.put(
        Ticket(
            number=number,
            subject="opened by an admin",
            opened=draft.now,
            mailbox="",
            participants=(email,) if email else (),
        )
    )
    facts = _person(event)
    if "account" not in facts and draft.desk.people.inside(email):
        facts["account"] = email
    _begin(event, draft, number, email, facts, ADMIN)


def _person(event: AdminActed) -> dict[str, str]:
    given = {k: v for k, v in event.person.items() if k in ("account", "name", "mobile", "nmc_pin")}
    email = event.person.get("email", "").strip().lower()
    if email.endswith("@nhs.net"):
        given.setdefault("account", email)
    return {k: checked(k, v) for k, v in {**given, **event.values}.items() if v}


def _begin(
    event: AdminActed, draft: Draft, number: int, claimant: str, facts: dict[str, str], who: str
) -> None:
    draft.as_one = (Sort.ANSWER, Sort.ACT)  # what one act begins is acknowledged in one letter
    begun: list[str] = []
    for label in event.intents:
        rules = draft.desk.workflows.for_label(label)
        if rules is None:
            _close(draft, number, label)
        elif rules.name not in begun:
            begun.append(rules.name)
            labels = tuple(i for i in event.intents if i in rules.labels)
            _start(event, draft, number, rules.name, labels, claimant, facts, who)


def _close(draft: Draft, number: int, label: str) -> None:
    """The label is said of the mail: a request that runs in its case goes on, with its tasks and clocks."""
    if label not in WITHOUT_WORKFLOW:
        raise ActError(f"no such label: {label}")
    if any(r.open for r in draft.tickets[number].requests):
        draft.audit(number, f"mail read as {label}", "an admin's act: the open request goes on")
    else:
        draft.close(number, f"{label}, says an admin")


def _start(
    event: AdminActed,
    draft: Draft,
    number: int,
    name: str,
    labels: tuple[str, ...],
    claimant: str,
    facts: dict[str, str],
    who: str,
) -> None:
    trigger = Trigger("mail", draft.now, draft.desk.today(draft.now), labels, who)
    _offer(event, draft, number, trigger)
    running = draft.tickets[number].request(name)
    known = running if running and running.open else None
    request = known or opened(name, trigger, claimant, facts.get("name", ""), own=who == OWN)
    confirmed = tuple(facts) if who in PROVEN else ()
    request = replace(
        request,
        labels=tuple(dict.fromkeys((*request.labels, *labels))),
        claims={**request.claims, **facts},
        confirmed=tuple(dict.fromkeys((*request.confirmed, *confirmed))),
    )
    if who in PROVEN:
        request = draft.attached(number, request, event.account_number)
    if known:
        draft.put(draft.tickets[number].with_request(request, known))
    moved = draft.fire(number, request, trigger, Sort.ACT)
    if moved is None and known:
        return
    if moved is None:
        remedy = (
            "only the regional lead can ask for a joiner" if "joiner_request" in labels else "choose others"
        )
        raise ActError(f"{name} does not begin with {', '.join(labels)} here: {remedy}")
    draft.put(draft.tickets[number].with_request(entered(moved), moved))
    account = draft.account_of(moved) or draft.account_at(moved.claims.get("account", ""))
    if risk.high(moved, account, draft.tickets.values(), draft.now):
        draft.flag_risk(number)
    if who == LEAD:
        draft.goes_on_here(number, entered(moved), labels)


def _offer(event: AdminActed, draft: Draft, number: int, trigger: Trigger) -> None:
    """What else runs in the case may be moved by it, as by a mail that says so."""
    for other in draft.tickets[number].requests:
        if other.open and not set(event.intents) & set(draft.desk.workflows[other.workflow].labels):
            draft.fire(number, other, trigger, Sort.ACT)


VERBS: dict[str, Callable[[AdminActed, Draft, int], None]] = {"triage": triage, "open": open_case}
