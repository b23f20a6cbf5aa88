"""What every store promises the bot, told of each of them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from mailbot.core.decision import Decision, Wake
from mailbot.core.letter import Delivery, Sort
from mailbot.core.place import Place
from mailbot.store.base import StoreError

from .some import NOW, account, after, audit, letter, mail_came, request, seen, ticket

if TYPE_CHECKING:
    from mailbot.store.base import Store


def test_a_new_store_knows_nothing(store: Store) -> None:
    assert store.ticket(1) is None
    assert list(store.tickets(closed=True)) == []
    assert store.last_ticket() == store.last_account() == 0
    assert store.account("A-0001") is None
    assert store.account_at("ann@nhs.net") is None
    assert store.letter("IM-000001-1") is None
    assert store.letters(1) == ()
    assert store.outbox(*Delivery) == ()
    assert store.known("<1@nhs.net>", "d") is None
    assert store.cursor("helpdesk", "INBOX") is None
    assert store.next_wake() is None
    assert store.note("last") == ""
    assert list(store.audit()) == []


def test_what_was_committed_reads_the_same(store: Store) -> None:
    decision = mail_came(1)
    store.commit(decision).result(10)
    assert store.ticket(1) == decision.tickets[0]
    assert store.letters(1) == decision.letters
    assert store.letter("IM-000001-1") == decision.letters[0]
    assert list(store.audit()) == list(decision.audit)
    assert store.note("last") == "1"


def test_what_was_committed_can_be_read_before_it_is_on_disk(store: Store) -> None:
    store.commit(mail_came(1))
    assert store.ticket(1) == ticket(1)


def test_values_read_are_the_very_same_each_time(store: Store) -> None:
    store.commit(mail_came(1)).result(10)
    assert store.ticket(1) is store.ticket(1)


def test_times_come_back_as_the_same_instant_with_a_fixed_offset(store: Store) -> None:
    summer = NOW.replace(month=7).astimezone(ZoneInfo("Europe/London"))
    store.commit(Decision(tickets=(ticket(1, opened=summer),))).result(10)
    found = store.ticket(1)
    assert found is not None
    assert found.opened == summer
    assert found.opened.utcoffset() == timedelta(hours=1)
    assert (found.opened + timedelta(days=180)).utcoffset() == timedelta(hours=1)


def test_what_json_cannot_hold_is_refused_and_nothing_changes(store: Store) -> None:
    broken = ticket(2, subject="\ud800 half a character")
    with pytest.raises(StoreError, match="Change"):
        store.commit(Decision(tickets=(ticket(1), broken)))
    assert list(store.tickets(closed=True)) == []
    store.commit(mail_came(1)).result(10)
    assert [t.number for t in store.tickets()] == [1]


def test_a_refusal_does_not_quote_what_it_refused(store: Store) -> None:
    with pytest.raises(StoreError) as refused:
        store.commit(Decision(tickets=(ticket(1, subject="secret \ud800"),)))
    assert "secret" not in str(refused.value)


def test_open_tickets_come_by_number_and_closed_ones_when_asked_for(store: Store) -> None:
    store.commit(Decision(tickets=(ticket(3), ticket(1), ticket(2, closed=NOW))))
    assert [t.number for t in store.tickets()] == [1, 3]
    assert [t.number for t in store.tickets(closed=True)] == [1, 2, 3]


def test_numbers_are_not_given_twice(store: Store) -> None:
    store.commit(Decision(tickets=(ticket(7),), accounts=(account(12), account(3))))
    assert store.last_ticket() == 7
    assert store.last_account() == 12


def test_a_ticket_is_found_by_its_accounts_and_no_longer_by_those_it_left(store: Store) -> None:
    store.commit(Decision(tickets=(ticket(1, account="A-0001", requests=(request(account="A-0002"),)),)))
    assert [t.number for t in store.tickets_of_account("A-0001")] == [1]
    assert [t.number for t in store.tickets_of_account("A-0002")] == [1]
    store.commit(Decision(tickets=(ticket(1, account="A-0003"),)))
    assert store.tickets_of_account("A-0001") == store.tickets_of_account("A-0002") == ()
    assert [t.number for t in store.tickets_of_account("A-0003")] == [1]


def test_a_ticket_is_found_by_mail_closed_or_not(store: Store) -> None:
    store.commit(Decision(tickets=(ticket(1), ticket(2, closed=NOW, mail_ids=("<2@nhs.net>", "<ours@x>")))))
    assert [t.number for t in store.tickets_with_mail(["<ours@x>", "<1@nhs.net>", "<none@x>"])] == [1, 2]
    assert store.tickets_with_mail([]) == ()


def test_only_open_tickets_are_found_by_who_takes_part(store: Store) -> None:
    store.commit(Decision(tickets=(ticket(1), ticket(2), ticket(3, closed=NOW))))
    assert [t.number for t in store.tickets_with_participant("Ann@NHS.net")] == [1, 2]
    store.commit(Decision(tickets=(ticket(1, closed=NOW),)))
    assert [t.number for t in store.tickets_with_participant("ann@nhs.net")] == [2]
    store.commit(Decision(tickets=(ticket(1),)))
    assert [t.number for t in store.tickets_with_participant("ann@nhs.net")] == [1, 2]


def test_a_ticket_is_found_by_the_account_that_a_request_claims(store: Store) -> None:
    store.commit(Decision(tickets=(ticket(1), ticket(2, requests=(request(claims={}),)))))
    assert [t.number for t in store.tickets_claiming("ann@nhs.net")] == [1]
    assert store.tickets_claiming("") == ()


def test_an_address_belongs_to_the_account_that_has_it_as_its_newest(store: Store) -> None:
    married, heir = account(1, "ann@nhs.net"), account(2, "ann.two@nhs.net")
    store.commit(Decision(accounts=(married, heir)))
    assert store.account_at("ANN@nhs.net") == married
    store.commit(Decision(accounts=(account(1, "ann.wed@nhs.net", "ann@nhs.net"),)))
    assert store.account_at("ann@nhs.net") == account(1, "ann.wed@nhs.net", "ann@nhs.net")
    store.commit(Decision(accounts=(account(2, "ann@nhs.net", "ann.two@nhs.net"),)))
    found = store.account_at("ann@nhs.net")
    assert found is not None
    assert found.id == "A-0002"
    assert [a.id for a in store.accounts()] == ["A-0001", "A-0002"]


def test_letters_of_a_ticket_come_in_the_order_in_which_they_were_decided(store: Store) -> None:
    store.commit(Decision(letters=tuple(letter(1, n) for n in (1, 2, 10))))
    store.commit(Decision(letters=(letter(1, 1, state=Delivery.SENT), letter(2, 1))))
    assert [x.id for x in store.letters(1)] == ["IM-000001-1", "IM-000001-2", "IM-000001-10"]


def test_the_outbox_is_led_by_the_letter_that_may_go_first(store: Store) -> None:
    late, early = letter(1, 1, not_before=after(hours=2)), letter(2, 1, not_before=after(hours=1))
    held = letter(3, 1, not_before=NOW, state=Delivery.HELD)
    store.commit(Decision(letters=(late, early, held)))
    assert store.outbox(Delivery.QUEUED) == (early, late)
    assert store.outbox(Delivery.QUEUED, Delivery.HELD) == (held, early, late)


def test_a_letter_stands_in_one_state(store: Store) -> None:
    store.commit(Decision(letters=(letter(1, 1), letter(1, 2))))
    store.commit(Decision(letters=(letter(1, 1, state=Delivery.SENDING, attempts=1),)))
    assert [x.id for x in store.outbox(Delivery.QUEUED)] == ["IM-000001-2"]
    assert [x.attempts for x in store.outbox(Delivery.SENDING)] == [1]


def test_only_automatic_answers_count_towards_the_caps(store: Store) -> None:
    store.commit(
        Decision(
            letters=(
                letter(1, 1, decided=after(hours=-20)),
                letter(1, 2, decided=after(hours=-1), to="bob@nhs.net"),
                letter(1, 3, sort=Sort.REMINDER),
            )
        )
    )
    assert list(store.answers_since(after(hours=-24))) == [
        (after(hours=-20), "ann@nhs.net"),
        (after(hours=-1), "bob@nhs.net"),
    ]
    assert list(store.answers_since(after(hours=-1))) == [(after(hours=-1), "bob@nhs.net")]


def test_an_answer_counts_once_however_often_it_is_tried(store: Store) -> None:
    for state in (Delivery.QUEUED, Delivery.SENDING, Delivery.SENT):
        store.commit(Decision(letters=(letter(1, 1, state=state),)))
    assert len(list(store.answers_since(NOW))) == 1


def test_a_mail_is_known_by_its_id_and_digest_together(store: Store) -> None:
    store.commit(Decision(seen=seen(1, 5, because="spam")))
    assert store.known("<1@nhs.net>", "d") == seen(1, 5, because="spam", place=None)
    assert store.known("<1@nhs.net>", "other") is None
    assert store.known("", "d") is None


def test_a_mail_seen_again_is_known_by_its_newest_ticket(store: Store) -> None:
    store.commit(Decision(seen=seen(1, 0, because="unreadable")))
    store.commit(Decision(seen=seen(1, 8)))
    assert store.known("<1@nhs.net>", "d") == seen(1, 8, place=None)


def test_a_place_is_known_under_its_uidvalidity_only(store: Store) -> None:
    store.commit(Decision(seen=seen(4)))
    assert store.known_place(Place("helpdesk", "INBOX", 7, 4))
    assert not store.known_place(Place("helpdesk", "INBOX", 8, 4))
    assert not store.known_place(Place("helpdesk", "INBOX", 7, 5))
    assert not store.known_place(Place("regional", "INBOX", 7, 4))


def test_a_place_without_message_is_remembered_and_makes_no_message_known(store: Store) -> None:
    store.commit(Decision(seen=seen(4, message_id="", digest="")))
    assert store.known_place(Place("helpdesk", "INBOX", 7, 4))
    assert store.known("", "") is None


def test_the_cursor_never_goes_back_while_uidvalidity_stays(store: Store) -> None:
    for uid in (4, 9, 6):
        store.commit(Decision(seen=seen(uid)))
    assert store.cursor("helpdesk", "INBOX") == (7, 9)
    store.commit(Decision(seen=seen(1, place=Place("helpdesk", "INBOX", 3, 2))))
    assert store.cursor("helpdesk", "INBOX") == (3, 2)
    assert store.cursor("helpdesk", "Junk Email") is None


def test_wakes_come_earliest_first_and_the_last_word_counts(store: Store) -> None:
    store.commit(Decision(wakes={n: Wake(after(hours=h), "remind") for n, h in ((1, 3), (2, 1), (3, 2))}))
    assert store.next_wake() == after(hours=1)
    assert store.wakes(after(hours=2)) == (2, 3)
    store.commit(Decision(wakes={2: Wake(after(hours=9), "remind"), 3: None, 4: None}))
    assert store.wakes(after(hours=9)) == (1, 2)
    assert store.next_wake() == after(hours=3)


def test_notes_keep_their_last_value(store: Store) -> None:
    store.commit(Decision(notes={"digest": "2026-11-01", "mode": "live"}))
    store.commit(Decision(notes={"digest": "2026-11-02"}))
    assert (store.note("digest"), store.note("mode")) == ("2026-11-02", "live")


def test_audit_entries_keep_the_order_of_commits_whatever_their_times(store: Store) -> None:
    store.commit(Decision(audit=(audit(1, "first"), audit(2, "second", at=after(days=-40)))))
    store.commit(Decision(audit=(audit(1, "third", at=after(days=-90)),)))
    assert [a.what for a in store.audit()] == ["first", "second", "third"]
    assert [a.what for a in store.audit(1)] == ["first", "third"]


def test_mail_kept_twice_is_kept_once_and_reads_the_same(store: Store) -> None:
    raw = b"From: ann@nhs.net\r\n\r\n\xff\x00"
    assert store.keep(raw) == store.keep(raw)
    assert store.raw(store.keep(raw)) == raw


@pytest.mark.parametrize("name", ["", "0" * 64, "../../etc/passwd", "A" * 64])
def test_mail_that_was_never_kept_is_an_error(store: Store, name: str) -> None:
    with pytest.raises(StoreError):
        store.raw(name)
