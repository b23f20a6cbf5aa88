"""Caps: how many answers to incoming mail may go by themselves (MAIL.md, Caps)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailbot.core.correspondence import Planned
from mailbot.core.letter import Role, Sort

if TYPE_CHECKING:
    from mailbot.core.desk import Desk
    from mailbot.core.draft import Draft
    from mailbot.core.event import MailCame
    from mailbot.core.letter import Fact

NOTE = "caps"


def cap(event: MailCame, desk: Desk) -> str:
    """Why an answer must wait for an admin ("" where it need not).

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


def tell(event: MailCame, draft: Draft, number: int) -> None:
    """Tells the admins of a cap that holds answers back, once a day for each; mail is taken in as before."""
    today = draft.desk.today(draft.now).isoformat()
    day, _, caps = event.lately.told.partition("|")
    told = caps.split("|") if day == today else []
    if not draft.hold or draft.hold in told:
        return
    draft.notes[NOTE] = "|".join((today, *told, draft.hold))
    lines: dict[str, Fact] = {"title": "answers are held back", "other_lines": (draft.hold,)}
    for admin in draft.desk.people.admins:
        draft.write(Planned(number, Role.ADMIN, admin, "admin/alert", Sort.ALERT, "", lines))
