"""What a letter may say: the facts of a case, in words, and none that its reader may not know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailbot.core import words
from mailbot.core.account import LEAVER, RESTORE, Account, Clock
from mailbot.core.letter import Fact, Role
from mailbot.core.message import Trust
from mailbot.core.workflow import clocks_of, missing

if TYPE_CHECKING:
    from datetime import date, datetime

    from mailbot.core.desk import Desk
    from mailbot.core.rules import TaskRule
    from mailbot.core.ticket import Request, Ticket

IN_WORDS = {
    "account": "the NHSmail address of the account",
    "name": "the midwife's full name",
    "leaver_date": "the date on which the account was marked as a leaver",
    "last_day": "the last day",
    "absence_from": "the first day of the absence",
    "return_on": "the day of the return",
    "disabled_on": "the day on which the account was disabled",
    "old_organisation": "the organisation that the account comes from",
    "mobile": "the new mobile number",
}
WAITS_FOR = {
    "person": "you",
    "regional_lead": "the deputy regional maternity lead",
    "admin": "our team",
    "new_organisation": "your new organisation",
    "nobody": "nobody",
}
_FOR_OTHERS = {
    Role.REGIONAL_LEAD: {
        "person": "the midwife",
        "regional_lead": "you",
        "new_organisation": "the new organisation",
    },
    Role.ADMIN: {"person": "the midwife", "new_organisation": "the new organisation"},
}
_LINES: tuple[str, ...] = ("tasks", "due", "late", "waiting", "sent", "failed", "spam", "other_lines")
_PERSONAL = (
    "name", "account", "leaver_date", "last_day", "absence_from", "return_on", "deletion_date",
    "act_by", "restore_until", "days_left", "old_organisation", "new_organisation", "status",
    "waits_for", "asked", "note",
)  # fmt: skip


def may_know(ticket: Ticket, account: Account | None, role: Role, to: str, desk: Desk) -> bool:
    """Whether personal facts may stand in a letter to this address.

    Nothing personal to an address outside NHSmail, and nothing of an account to anybody but its own address,
    the lead and the
    admins (PROCEDURES.md, What authorises an account action).
    """
    if role in (Role.ADMIN, Role.REGIONAL_LEAD):
        return True
    if role is not Role.PERSON or not desk.people.inside(to):
        return False
    if not _proven(ticket, account, to):
        return False
    concerned = {r.claims.get("account", "") for r in ticket.requests} - {""}
    concerned |= set(account.addresses) if account else set()
    return not concerned or to in concerned


def _proven(ticket: Ticket, account: Account | None, to: str) -> bool:
    """Whether the address is the account's own, or has written in this case with NHSmail vouching for it."""
    wrote = any(e.who == to and e.trust in (Trust.INTERNAL, Trust.LEAD) for e in ticket.entries)
    return wrote or (account is not None and to in account.addresses)


def general(ticket: Ticket | None, desk: Desk, now: datetime) -> dict[str, Fact]:
    """The facts that may stand in any letter, and every other name with nothing behind it."""
    calendar = desk.calendar
    facts: dict[str, Fact] = dict.fromkeys(_PERSONAL)
    facts |= dict.fromkeys(_LINES, ())
    facts |= {
        "dear": "colleague",
        "reference": ticket.reference if ticket else "",
        "inside": False,
        "first": False,
        "out_of_hours": False,
        "next_open": words.moment(calendar.next_opening(now)),
        "product": desk.names.product,
        "team": desk.names.team,
        "team_phone": desk.people.team_phone,
        "hours": words.span(calendar.days, calendar.opens, calendar.closes),
        "national_phone": desk.people.national_helpdesk_phone,
        "national_helpdesk": desk.people.national_helpdesk,
        "lead_address": desk.people.regional_lead[0],
        "csp_address": desk.people.csp[0] if desk.people.csp else "",
        "helpdesk_address": desk.people.ours,
        "assumed": False,
        "past": False,
        "missing": (),
        "not_told": (),
        "password_shown": False,
        "title": "",
        "workflow": "",
        "calendar_until": words.day(calendar.known_until) if calendar.known_until else "",
        "link": "",
        "evidence": (),
        "today": words.day(desk.today(now)),
    }
    return facts


def of_request(
    request: Request, account: Account | None, desk: Desk, now: datetime, *, told: bool, role: Role
) -> dict[str, Fact]:
    """The facts of one request; the personal ones only where `told`.

    Nobody is asked by mail for a mobile number: she gives it when she phones.
    """
    rules = desk.workflows[request.workflow]
    tasks = [t for t in request.tasks if t.open and t.name in rules.tasks]
    wanted = [f for t in tasks for f in missing(rules.tasks[t.name], request, account)]
    wanted += _only_assumed(request, [rules.tasks[t.name] for t in tasks])
    wanted = [f for f in wanted if f != "mobile" or role is Role.ADMIN]
    facts: dict[str, Fact] = {
        "not_told": request.not_told,
        "missing": tuple(IN_WORDS.get(f, f) for f in dict.fromkeys(wanted)) if told else (),
    }
    if not told:
        return facts
    claims = request.claims
    state = rules.states.get(request.state)
    facts |= {
        "name": claims.get("name") or (account.name if account else "") or None,
        "account": account.addresses[0] if account else claims.get("account"),
        "old_organisation": claims.get("old_organisation"),
        "new_organisation": claims.get("new_organisation"),
        "status": (state.tells or None) if state else None,
        "waits_for": (WAITS_FOR | _FOR_OTHERS.get(role, {})).get(state.waits_for if state else ""),
        "asked": rules.title if role is Role.PERSON else rules.matter,
        "title": tasks_title(request, desk) or rules.matter,
        "workflow": rules.name,
        "evidence": tuple(e for t in tasks for e in t.evidence),
        "past": any(_past(request, rules.tasks[t.name], desk.today(now)) for t in tasks),
    }
    for name in ("leaver_date", "last_day", "absence_from", "return_on"):
        stated = request.claimed_date(name)
        facts[name] = words.day(stated) if stated else None
    return facts | of_clocks(clocks_of(request, account), desk, now)


def _past(request: Request, rule: TaskRule, today: date) -> bool:
    """Whether the day on which the task was to be done has gone by."""
    stated = next((d for fact in rule.due_on if (d := request.claimed_date(fact))), None)
    return stated is not None and stated < today


def _only_assumed(request: Request, tasks: list[TaskRule]) -> list[str]:
    """The leaver date where nobody stated it: what the clock assumes will do, and yet it is asked for."""
    needed = any("leaver_date" in rule.needs for rule in tasks)
    return ["leaver_date"] if needed and not request.claims.get("leaver_date") else []


def of_clocks(clocks: tuple[Clock, ...], desk: Desk, now: datetime) -> dict[str, Fact]:
    """What the running clocks say: the deletion date, the day to act by and how many days are left."""
    facts: dict[str, Fact] = {}
    for clock in (c for c in clocks if c.running):
        if clock.name == RESTORE:
            facts["restore_until"] = words.day(clock.deadline)
            continue
        facts["deletion_date"] = words.day(clock.deadline)
        facts["act_by"] = words.moment(desk.calendar.local(desk.calendar.act_by(clock.deadline)))
        facts["days_left"] = _days(clock.deadline, desk.today(now))
        facts["assumed"] = clock.assumed
        if clock.name == LEAVER:
            facts["leaver_date"] = words.day(clock.starts)
    return facts


def _days(deadline: date, today: date) -> str:
    left = max((deadline - today).days, 0)
    return "1 day" if left == 1 else f"{left} days"


def tasks_title(request: Request, desk: Desk) -> str:
    """What an admin has to do next on the request, in the rule's words."""
    rules = desk.workflows[request.workflow].tasks
    return next((rules[t.name].title for t in request.tasks if t.open and t.name in rules), "")
