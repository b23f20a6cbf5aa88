"""Caps: how many answers to incoming mail may go by themselves (MAIL.md, Caps)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailbot.core.desk import Desk
    from mailbot.core.event import MailCame


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
