"""Claims: what a mail states of its sender's request, and how far that is believed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mailbot.core import words
from mailbot.core.account import Account
from mailbot.core.fact import DATES
from mailbot.core.triage.person import addresses
from mailbot.core.workflow import LEAD, OTHER, OWN, PROVEN, with_missing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from mailbot.core.desk import Desk
    from mailbot.core.draft import Draft
    from mailbot.core.event import MailCame
    from mailbot.core.ticket import Request


def stated(event: MailCame, address: str) -> dict[str, str]:
    """The facts that the mail states, by name; days as ISO text."""
    person, dates, orgs = event.triage.person, event.triage.dates, event.triage.orgs
    found = {
        "account": address,
        "name": person.name,
        "mobile": person.mobile,
        "nmc_pin": person.nmc_pin,
        "old_organisation": orgs.get("from", ""),
        "new_organisation": orgs.get("to", ""),
    }
    found |= {name: d.isoformat() for name in DATES if (d := dates.get(name))}
    return {name: value for name, value in found.items() if value}


def informed(
    request: Request,
    event: MailCame,
    who: str,
    facts: Mapping[str, str],
    labels: tuple[str, ...],
    draft: Draft,
) -> Request:
    """The request with what this mail says of it.

    What stands on an account's own word or the lead's is not changed by anybody else's.
    """
    account = account_of(event, who, facts.get("account", ""), draft)
    told = {} if who == OTHER and request.confirmed else dict(facts)
    confirmed = tuple(told) if who in PROVEN else ()
    leaver = "leaver_confirmed" in labels or ("joiner" in labels and "leaver_date" in told)
    request = replace(
        request,
        labels=tuple(dict.fromkeys((*request.labels, *labels))),
        claims={**request.claims, **told},
        confirmed=tuple(dict.fromkeys((*request.confirmed, *confirmed))),
        account=request.account or (account.id if account and who in PROVEN else ""),
        own=request.own or who == OWN,
        not_told=_not_told(request, event, draft.desk) if leaver else request.not_told,
    )
    return with_missing(request, draft.account_of(request), draft.desk)


def account_of(event: MailCame, who: str, address: str, draft: Draft) -> Account | None:
    """The account that the mail is about, made now if this is the first that is heard of it with evidence."""
    found = draft.account_at(address)
    if found is None and who in PROVEN and address:
        found = Account(f"A-{event.account_number:06d}", (address,), event.triage.person.name)
        draft.accounts[found.id] = found
    return found


def _not_told(request: Request, event: MailCame, desk: Desk) -> tuple[str, ...]:
    """Whom of the lead and CSP no mail of hers has told yet; CSP only where its address is known."""
    people = desk.people
    addressed = {a.address for a in (*event.message.to, *event.message.cc)}
    watched = desk.mailboxes.get(event.mailbox)
    addressed |= {watched.address} if watched else set()
    missed = []
    if not addressed & set(people.regional_lead) and "joiner_request" not in request.labels:
        missed.append("the deputy regional maternity lead")
    if people.csp and not addressed & set(people.csp):
        missed.append("the Customer Service Portal")
    if "leaver_confirmed" in request.labels:
        missed = [one for one in missed if one in request.not_told]
    return tuple(missed)


def doubtful(event: MailCame, who: str, desk: Desk) -> str:
    """Why a person must look at what is stated, although it was clearly said ("" where none must)."""
    if who == LEAD and len(_accounts(event, desk)) > 1:
        return "the lead names several accounts: open a case for each"
    day = event.triage.dates.get("leaver_date")
    clocks = desk.workflows.clocks
    leaver = clocks.get("leaver")
    after = clocks.get(leaver.then) if leaver else None
    if not (day and leaver and after) or after.deadline(leaver.deadline(day)) > desk.today(event.arrived):
        return ""
    return f"its leaver date, {day.isoformat()}, is too long ago to be true"


def _accounts(event: MailCame, desk: Desk) -> set[str]:
    """The NHSmail addresses that the lead's own words name, or else the mail that she forwards."""
    message = event.message
    said = [a for a in addresses(message.said, desk.people) if desk.people.inside(a)]
    inner = message.forwarded.text if message.forwarded else ""
    return set(said or (a for a in addresses(inner, desk.people) if desk.people.inside(a)))


def deadline(event: MailCame, desk: Desk) -> date | None:
    """The day of deletion that follows from a stated leaver date, if it is still to come."""
    stated = event.triage.dates.get("leaver_date")
    day = desk.workflows.clocks["leaver"].deadline(stated) if stated else None
    return day if day and day > desk.today(event.arrived) else None


def deadline_in_words(event: MailCame, desk: Desk) -> tuple[str, ...]:
    """The same for the admin who reads the mail; nothing where there is none."""
    day = deadline(event, desk)
    return (f"Assumed deadline: {words.day(day)}",) if day else ()
