"""The decision: what follows from what happened. Pure: the same values in, the same values out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailbot.core import act, delivery, digest, intake, takeover, timing
from mailbot.core.event import (
    AdminActed,
    ClocksTakenOver,
    Delivered,
    DeliveryStarted,
    Event,
    MailCame,
    TimeCame,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from mailbot.core.account import Account
    from mailbot.core.decision import Decision
    from mailbot.core.desk import Desk
    from mailbot.core.letter import Letter
    from mailbot.core.ticket import Ticket


def decide(
    event: Event,
    tickets: Sequence[Ticket],
    accounts: Sequence[Account],
    letters: Sequence[Letter],
    desk: Desk,
    now: datetime,
) -> Decision:
    """What to save, to write and to say why (DESIGN.md, The story).

    `tickets` are those that the event may touch, its own first; `accounts` and `letters` are theirs. Raises
    ActError for an
    admin's act that cannot be done.
    """
    if isinstance(event, MailCame):
        return intake.receive(event, tickets, accounts, desk, now)
    if isinstance(event, AdminActed):
        return act.act(event, tickets, accounts, letters, desk, now)
    if isinstance(event, TimeCame):
        if event.ticket == 0:
            return digest.daily(tickets, accounts, letters, desk, now)
        return timing.wake(event.ticket, tickets, accounts, desk, now)
    if isinstance(event, DeliveryStarted):
        return delivery.started(letters[0], desk, now)
    if isinstance(event, ClocksTakenOver):
        return takeover.take_over(event, accounts, desk, now)
    assert isinstance(event, Delivered)
    return delivery.delivered(letters[0], event.outcome, tickets, desk, now)
