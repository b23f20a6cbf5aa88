"""Correspondence: the letters that a decision planned, put together for each reader and filled with facts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mailbot.core import facts, words
from mailbot.core.desk import REVIEW, SHADOW
from mailbot.core.letter import Delivery, Fact, Letter, Role, Sort
from mailbot.core.ticket import reference

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from mailbot.core.account import Account
    from mailbot.core.draft import Draft
    from mailbot.core.ticket import Ticket

IN_REVIEW = "an admin releases each letter (mode review)"
IN_SHADOW = "decided in mode shadow: it never leaves"
CAME_BACK = "an earlier letter to this address came back: nothing is sent there by itself"
PEOPLE = (Role.PERSON, Role.REGIONAL_LEAD)
CHAIN = 10  # Message-IDs in References


@dataclass(frozen=True, slots=True)
class Planned:
    """A letter that the decision wants, before it is known what else goes to the same person."""

    ticket: int
    role: Role
    to: str
    part: str
    sort: Sort
    workflow: str = ""
    extra: Mapping[str, Fact] | None = None


def together(planned: Iterable[Planned], sorts: tuple[Sort, ...]) -> list[tuple[Planned, ...]]:
    """One acknowledgement, of these sorts, lists all that one mail asked; any other letter stands alone."""
    alone: list[tuple[Planned, ...]] = []
    answers: dict[tuple[int, str, Role], list[Planned]] = {}
    for each in planned:
        if each.sort not in sorts or each.role is Role.ADMIN:
            alone.append((each,))
        else:
            answers.setdefault((each.ticket, each.to, each.role), []).append(each)
    return [tuple(group) for group in answers.values()] + alone


def write(draft: Draft, planned: tuple[Planned, ...]) -> None:
    """Adds one letter, made of what was planned for one reader, to the draft."""
    first = planned[0]
    ticket = draft.tickets[first.ticket]
    letter = _letter(draft, ticket, planned)
    draft.letters[letter.id] = letter
    acknowledged = ticket.acknowledged
    if first.role in PEOPLE and first.sort is not Sort.REMINDER and first.to not in acknowledged:
        acknowledged = (*acknowledged, first.to)
    draft.put(replace(ticket, letters=ticket.letters + 1, acknowledged=acknowledged))
    draft.audit(first.ticket, f"letter {letter.id} {' + '.join(letter.parts)}", first.role)


def _letter(draft: Draft, ticket: Ticket, planned: tuple[Planned, ...]) -> Letter:
    first = planned[0]
    account = _account(draft, ticket)
    answers = first.sort is Sort.ANSWER
    doubted = answers and draft.doubted
    told = not doubted and facts.may_know(ticket, account, first.role, first.to, draft.desk)
    held = why_held(draft, first)
    parts = tuple(dict.fromkeys(p.part for p in planned))
    return Letter(
        id=f"{reference(first.ticket)}-{ticket.letters + 1}",
        ticket=first.ticket,
        template=parts[0],
        role=first.role,
        to=first.to,
        to_name="",
        sort=first.sort,
        parts=parts,
        facts=_facts(draft, ticket, planned, told=told),
        decided=draft.now,
        not_before=_not_before(draft, first.sort),
        in_reply_to=draft.answers_to[0] if answers else _last_mail_of(ticket, first),
        references=_chain(ticket, draft.answers_to[1] if answers else ticket.mail_ids),
        inside=told,
        state=Delivery.HELD if held else Delivery.QUEUED,
        because=held,
    )


def _last_mail_of(ticket: Ticket, planned: Planned) -> str:
    """The Message-ID that an act's letter answers: the reader's last mail in the case, "" for none."""
    if planned.sort is not Sort.ACT:
        return ""
    mails = (e.message_id for e in reversed(ticket.entries) if e.kind == "mail" and e.who == planned.to)
    return next(mails, "")


def _chain(ticket: Ticket, ids: tuple[str, ...]) -> tuple[str, ...]:
    """References: the case's first mail, which holds its thread together, and the last of the others."""
    first = ticket.mail_ids[:1]
    return (*first, *[i for i in ids if i not in first][-(CHAIN - len(first)) :])


def why_held(draft: Draft, planned: Planned) -> str:
    """Why the letter waits for an admin, "" where it need not: the mode, a bounce, or a cap on answers."""
    if draft.desk.mode == REVIEW:
        return IN_REVIEW
    if draft.desk.mode == SHADOW:
        return IN_SHADOW
    if planned.to in draft.desk.unreachable and planned.role is not Role.ADMIN and planned.part != "reply":
        return CAME_BACK
    return draft.hold if planned.sort is Sort.ANSWER and planned.role is Role.PERSON else ""


def _not_before(draft: Draft, sort: Sort) -> datetime:
    """What the bot starts by itself waits for working hours; answers, acts and alerts go at once."""
    return draft.desk.calendar.next_opening(draft.now) if sort is Sort.REMINDER else draft.now


def _account(draft: Draft, ticket: Ticket) -> Account | None:
    wanted = [ticket.account, *(r.account for r in ticket.requests)]
    return next((draft.accounts[i] for i in wanted if i in draft.accounts), None)


def _facts(draft: Draft, ticket: Ticket, planned: tuple[Planned, ...], *, told: bool) -> dict[str, Fact]:
    """The facts of all parts; where two parts differ, the first one's."""
    first, desk = planned[0], draft.desk
    found = facts.general(ticket, desk, draft.now)
    for each in reversed(planned):
        request = ticket.request(each.workflow) if each.workflow else None
        if request:
            account = draft.account_of(request)
            of = facts.of_request(request, account, desk, draft.now, told=told, role=first.role)
            found |= {k: v for k, v in of.items() if v is not None}
        found |= draft.extra | dict(each.extra or {})
    found["inside"] = told
    found["first"] = first.role in PEOPLE and first.to not in ticket.acknowledged
    if first.role is Role.PERSON and told:
        found["dear"] = words.greeting(str(found.get("name") or ""))
    if draft.arrived is not None and first.sort is Sort.ANSWER:
        found["out_of_hours"] = not desk.calendar.is_open(draft.arrived)
        found["next_open"] = words.moment(desk.calendar.next_opening(draft.arrived))
    if desk.link and first.role is Role.ADMIN:
        found["link"] = f"{desk.link}/tickets/{ticket.reference}"
    return found
