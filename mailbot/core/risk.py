"""Risk: a mobile number that changed, and soon after it a reset or a return, needs two admins."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from mailbot.core.account import Account
    from mailbot.core.ticket import Request, Ticket

WITHIN = timedelta(days=7)
FLAG, SECOND, IDENTITY = "high_risk", "second_check", "check_identity"
CHANGES = "update_mobile"
NEEDS_TWO = ("reset_password", "reenable_account")
"""The tasks that are done only after a second admin has checked as well."""
BECAUSE = "The mobile number was changed in the last 7 days: a second admin must check who asks"


def high(request: Request, account: Account | None, tickets: Iterable[Ticket], now: datetime) -> bool:
    """Whether the request follows a change of the mobile number, done or asked for, within 7 days."""
    if not (request.workflow == "reenable" or "password_reset" in request.labels):
        return False
    if account and account.mobile_changed and now - account.mobile_changed <= WITHIN:
        return True
    known = {request.claims.get("account", ""), *(account.addresses if account else ())} - {""}
    return any(
        other.workflow == "mobile"
        and other.open
        and now - other.opened <= WITHIN
        and _same(other, known, account)
        for ticket in tickets
        for other in ticket.requests
    )


def _same(other: Request, addresses: set[str], account: Account | None) -> bool:
    return other.claims.get("account", "") in addresses or bool(account and other.account == account.id)


def one_person(ticket: Ticket, *, alone: bool = False) -> bool:
    """Whether the second check is not done yet, or by the same admin as the check of identity.

    `alone`: a second check that comes first is in order.
    """
    second = {t.ended_by for t in ticket.tasks if t.name == SECOND and t.outcome == "done"}
    first = {
        t.ended_by for r in ticket.requests for t in r.tasks if t.name == IDENTITY and t.outcome == "done"
    }
    if alone and not first:
        return False
    return not second or len(second | first) < 2
