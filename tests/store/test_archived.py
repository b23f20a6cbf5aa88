"""What every store promises of tickets that closed long ago."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from mailbot.core.decision import Decision, Wake
from mailbot.core.letter import Delivery, Sort

from .some import NOW, after, letter, mail_came, ticket

if TYPE_CHECKING:
    from mailbot.store.base import Store


LONG_AFTER = after(days=60)


def closed(store: Store, number: int = 1) -> None:
    store.commit(mail_came(number))
    done = letter(number, 1, state=Delivery.SENT)
    store.commit(Decision(tickets=(ticket(number, closed=NOW),), letters=(done,), wakes={number: None}))


def test_an_archived_ticket_is_still_found_by_number_list_and_mail(store: Store) -> None:
    closed(store)
    before = store.ticket(1)
    assert store.archive(LONG_AFTER) == 1
    assert store.ticket(1) == before
    assert list(store.tickets(closed=True)) == [before]
    assert store.tickets_with_mail(["<1@nhs.net>"]) == (before,)
    assert store.letters(1) == (letter(1, 1, state=Delivery.SENT),)
    assert store.letter("IM-000001-1") == letter(1, 1, state=Delivery.SENT)
    assert store.outbox(Delivery.SENT) == ()
    assert store.last_ticket() == 1


def test_nothing_is_archived_twice(store: Store) -> None:
    closed(store)
    assert [store.archive(LONG_AFTER), store.archive(LONG_AFTER)] == [1, 0]


@pytest.mark.parametrize(
    "why",
    [
        Decision(tickets=(ticket(1),)),
        Decision(tickets=(ticket(1, closed=after(days=40)),)),
        Decision(letters=(letter(1, 2),)),
        Decision(letters=(letter(1, 2, state=Delivery.UNCERTAIN),)),
        Decision(wakes={1: Wake(after(days=100), "restore")}),
    ],
    ids=[
        "it is open",
        "it was closed lately",
        "a letter waits",
        "a letter's fate is unknown",
        "it is to wake",
    ],
)
def test_a_ticket_stays_while_something_may_happen(store: Store, why: Decision) -> None:
    closed(store)
    store.commit(why)
    assert store.archive(LONG_AFTER) == 0
    assert store.ticket(1) is not None


def test_an_archived_ticket_lives_again_with_its_letters_when_it_is_committed(store: Store) -> None:
    closed(store)
    store.archive(LONG_AFTER)
    again = letter(1, 2, decided=LONG_AFTER)
    store.commit(Decision(tickets=(ticket(1),), letters=(again,)))
    assert list(store.tickets(closed=True)) == list(store.tickets()) == [ticket(1)]
    assert store.letters(1) == (letter(1, 1, state=Delivery.SENT), again)
    assert [t.number for t in store.tickets_with_participant("ann@nhs.net")] == [1]
    gone = replace(again, state=Delivery.SENT)
    store.commit(Decision(tickets=(ticket(1, closed=LONG_AFTER),), letters=(gone,)))
    assert store.archive(LONG_AFTER + timedelta(days=60)) == 1
    assert [x.id for x in store.letters(1)] == ["IM-000001-1", "IM-000001-2"]
    assert list(store.tickets(closed=True)) == [ticket(1, closed=LONG_AFTER)]


def test_a_letter_of_an_archived_ticket_can_still_change(store: Store) -> None:
    closed(store)
    store.archive(LONG_AFTER)
    bounced = letter(1, 1, state=Delivery.FAILED, because="it bounced")
    store.commit(Decision(letters=(bounced,)))
    assert store.letters(1) == (bounced,)
    assert store.letter("IM-000001-1") == bounced
    assert store.ticket(1) == ticket(1, closed=NOW)


def test_the_desk_s_own_letters_are_archived_and_still_found(store: Store) -> None:
    digest = letter(0, 1, template="digest", sort=Sort.ALERT, state=Delivery.SENT)
    waiting = letter(0, 2, template="digest", sort=Sort.ALERT)
    store.commit(Decision(letters=(digest, waiting)))
    store.archive(LONG_AFTER)
    assert store.outbox(Delivery.SENT) == ()
    assert store.outbox(Delivery.QUEUED) == (waiting,)
    assert store.letter("IM-000000-1") == digest
    assert store.letters(0) == (digest, waiting)
