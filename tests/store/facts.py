"""Everything that a store can tell, so that two can be compared."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from mailbot.core.letter import Delivery
from mailbot.core.place import Place

from .some import NOW

if TYPE_CHECKING:
    from mailbot.store.base import Store

EVER = NOW + timedelta(days=10_000)
NUMBERS = range(9)
ADDRESSES = ("ann@nhs.net", "bob@nhs.net", "cat@example.com")


def facts(store: Store) -> dict[str, Any]:
    mails = [f"<{number}@nhs.net>" for number in NUMBERS]
    return {
        "tickets": list(store.tickets(closed=True)),
        "open": [t.number for t in store.tickets()],
        "each": [store.ticket(number) for number in NUMBERS],
        "by mail": [[t.number for t in store.tickets_with_mail([mail])] for mail in mails],
        "by person": [[t.number for t in store.tickets_with_participant(a)] for a in ADDRESSES],
        "by claim": [[t.number for t in store.tickets_claiming(a)] for a in ADDRESSES],
        "by account": [[t.number for t in store.tickets_of_account(f"A-000{n}")] for n in NUMBERS],
        "accounts": list(store.accounts()),
        "holders": [store.account_at(address) for address in ADDRESSES],
        "last": (store.last_ticket(), store.last_account()),
        "letters": [store.letters(number) for number in NUMBERS],
        "each letter": [store.letter(f"IM-{n:06d}-{m}") for n in NUMBERS for m in range(1, 4)],
        "outbox": {state: store.outbox(state) for state in Delivery},
        "answers": list(store.answers_since(NOW - timedelta(days=1))),
        "known": [store.known(mail, "d") for mail in mails],
        "places": [store.known_place(Place("helpdesk", "INBOX", 7, number)) for number in NUMBERS],
        "cursor": store.cursor("helpdesk", "INBOX"),
        "wakes": (store.wakes(EVER), store.next_wake()),
        "notes": store.note("last"),
        "audit": list(store.audit()),
        "audit of 1": list(store.audit(1)),
    }
