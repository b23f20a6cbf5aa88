"""The inbox against what Exchange Online does, and against connections that break (MAIL.md)."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

import pytest

from mailbot.mail.inbox import Inbox, InboxError, Missing, RawMail, Throttled
from tests.mail.reading import MAIL, fetched, opened, waits
from tests.servers.scripted import ScriptedImap

THROTTLED = "Request is throttled. Suggested Backoff Time: 1500 milliseconds"
EXPIRED = "* BYE Session invalidated - AccessTokenExpired"


def test_a_fetch_that_is_ok_and_gives_no_data_makes_a_missing_mail() -> None:
    with ScriptedImap({1: MAIL, 2: MAIL, 3: MAIL}) as server, opened(server.login()) as inbox:
        server.inbox.blank, server.inbox.silent = {1}, {3}
        found = {mail.place.uid: mail for mail in fetched(inbox)}
    assert [uid for uid, mail in found.items() if isinstance(mail, Missing) and not mail.gone] == [1, 3]
    assert isinstance(found[2], RawMail)


def test_a_mail_whose_fetch_is_refused_does_not_keep_the_others_away() -> None:
    with ScriptedImap({1: MAIL, 2: MAIL, 3: MAIL}) as server, opened(server.login()) as inbox:
        server.says("UID FETCH 1,2,3 (BODY", "{tag} NO some of the messages cannot be read")
        server.says("UID FETCH 2 ", "{tag} NO this one")
        found = {mail.place.uid: mail for mail in fetched(inbox)}
    assert [uid for uid, mail in found.items() if isinstance(mail, Missing)] == [2]


def test_a_mail_that_breaks_every_connection_is_missing_in_the_end_and_the_others_come() -> None:
    with ScriptedImap({1: MAIL, 2: MAIL, 3: MAIL}) as server, opened(server.login()) as inbox:
        server.says("UID FETCH 1,2,3 (BODY", drop=True)
        server.says("UID FETCH 2 (BODY", drop=True, times=99)
        found: dict[int, RawMail | Missing] = {}
        breaks = 0
        while len(found) < 3:
            try:
                _, uids = inbox.waiting("INBOX", None, 0)
                for mail in inbox.fetch("INBOX", [uid for uid in uids if uid not in found]):
                    found[mail.place.uid] = mail
            except InboxError:
                breaks += 1
                inbox.connect()
    assert breaks == 3
    assert isinstance(found[2], Missing)
    assert not found[2].gone
    assert isinstance(found[3], RawMail)


def asked(server: ScriptedImap) -> list[int]:
    """How many mails each FETCH of texts asked for."""
    return [command.split()[2].count(",") + 1 for command in server.commands if "BODY.PEEK[]" in command]


def test_mails_are_asked_for_in_batches_of_fifty_and_none_before_its_time() -> None:
    with ScriptedImap(dict.fromkeys(range(1, 121), MAIL)) as server, opened(server.login()) as inbox:
        _, uids = inbox.waiting("INBOX", None, 0)
        mails = inbox.fetch("INBOX", uids)
        next(mails)
        assert asked(server) == [50]
        assert len(list(mails)) == 119
        assert asked(server) == [50, 50, 20]


def test_a_batch_holds_eight_megabytes_and_a_bigger_mail_goes_alone() -> None:
    with ScriptedImap(dict.fromkeys(range(1, 7), MAIL)) as server, opened(server.login()) as inbox:
        server.inbox.sizes = {1: 3_000_000, 2: 3_000_000, 3: 3_000_000, 4: 35_000_000}
        assert len(fetched(inbox)) == 6
        assert asked(server) == [2, 1, 1, 2]


def test_a_server_that_cannot_tell_sizes_is_asked_mail_by_mail() -> None:
    with ScriptedImap(dict.fromkeys(range(1, 4), MAIL)) as server, opened(server.login()) as inbox:
        server.says("UID FETCH 1,2,3 (RFC822.SIZE", "{tag} NO one of them is damaged")
        assert all(isinstance(mail, RawMail) for mail in fetched(inbox))
        assert asked(server) == [1, 1, 1]


def test_wrongly_announced_sizes_change_nothing_in_what_comes() -> None:
    mails = {1: MAIL, 2: MAIL * 50, 3: MAIL}
    with ScriptedImap(mails) as server, opened(server.login()) as inbox:
        server.inbox.sizes = {1: 99_000_000, 2: 1, 3: 0}
        found = {mail.place.uid: mail for mail in fetched(inbox)}
    assert {uid: mail.raw for uid, mail in found.items() if isinstance(mail, RawMail)} == mails


@pytest.mark.parametrize("answer", ["NO", "BAD"])
@pytest.mark.parametrize("command", ["SELECT", "UID SEARCH", "UID FETCH 1 (BODY", "UID MOVE"])
def test_a_server_that_asks_for_a_pause_gets_it(command: str, answer: str) -> None:
    with ScriptedImap({1: MAIL}) as server, opened(server.login()) as inbox:
        server.says(command, "{tag} " + answer + " " + THROTTLED)
        with pytest.raises(Throttled) as caught:
            inbox.move(fetched(inbox)[0].place, "Processed")
        assert caught.value.seconds == 1.5
        assert caught.value.transient


@pytest.mark.parametrize(
    "command", ["SELECT", "UID SEARCH", "UID FETCH 1 (RFC", "UID FETCH 1 (BODY", "UID MOVE"]
)
def test_a_session_whose_token_ended_is_renewed_without_a_word(command: str) -> None:
    with ScriptedImap({1: MAIL}) as server, opened(server.login()) as inbox:
        server.says(command, EXPIRED, drop=True)
        [mail] = fetched(inbox)
        assert isinstance(mail, RawMail)
        assert inbox.move(mail.place, "Processed")
        assert server.dialled == 2


def test_a_token_that_ends_while_idling_is_renewed() -> None:
    with ScriptedImap({1: MAIL}) as server, opened(server.login()) as inbox:
        inbox.waiting("INBOX", None, 0)
        server.says("IDLE", "+ idling", EXPIRED, drop=True)
        assert waits(inbox, seconds=0.3)[0] is False
        assert server.dialled == 2


def test_a_connection_that_breaks_while_idling_is_told_at_once() -> None:
    with ScriptedImap({1: MAIL}) as server, opened(server.login()) as inbox:
        server.says("IDLE", "+ idling", drop=True)
        with pytest.raises(InboxError) as caught:
            inbox.idle(5, threading.Event())
        assert (caught.value.step, caught.value.transient) == ("idle", True)
        assert not inbox.connected


def test_without_idle_on_the_server_it_waits_for_the_time_or_the_stop() -> None:
    stop = threading.Event()
    stop.set()
    with ScriptedImap({1: MAIL}, can="IMAP4rev1") as server, opened(server.login()) as inbox:
        came, took = waits(inbox, stop=stop)
        assert "IDLE" not in server.commands
    assert not came
    assert took < 1


@pytest.mark.parametrize(
    ("can", "expected"),
    [
        ("IMAP4rev1", ["UID COPY", "UID STORE"]),
        ("IMAP4rev1 UIDPLUS", ["UID COPY", "UID STORE", "UID EXPUNGE"]),
        ("IMAP4rev1 UIDPLUS MOVE", ["UID MOVE"]),
    ],
)
def test_a_server_without_move_gets_copy_and_mark_and_never_a_plain_expunge(
    can: str, expected: list[str]
) -> None:
    with ScriptedImap({1: MAIL}, can=can) as server, opened(server.login()) as inbox:
        place = fetched(inbox)[0].place
        before = len(server.commands)
        assert inbox.move(place, "Processed")
        assert [" ".join(command.split()[:2]) for command in server.commands[before:]] == expected


def test_hanging_up_ends_what_waits_for_the_server() -> None:
    with ScriptedImap({1: MAIL}) as server, opened(server.login()) as inbox:
        server.says("UID FETCH 1 (BODY")
        threading.Timer(0.1, inbox.hang_up).start()
        start = time.monotonic()
        with pytest.raises(InboxError):
            fetched(inbox)
    assert time.monotonic() - start < 2


def test_after_uidvalidity_changed_between_look_and_fetch_nothing_is_fetched_by_the_old_uids() -> None:
    with ScriptedImap({1: MAIL}) as server, opened(server.login()) as inbox:
        _, uids = inbox.waiting("INBOX", None, 0)
        inbox.connect()
        server.inbox.uidvalidity = 8
        with pytest.raises(InboxError, match="look again"):
            list(inbox.fetch("INBOX", uids))


def test_a_server_that_gives_no_time_of_arrival_gets_ours() -> None:
    now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    with ScriptedImap({1: MAIL}) as server:
        inbox = Inbox("helpdesk", server.login(), clock=lambda: now)
        inbox.connect()
        inbox.waiting("INBOX", None, 0)
        server.says("UID FETCH 1 (BODY", "* 1 FETCH (UID 1 BODY[] {5}", "hello)", "{tag} OK done")
        [mail] = inbox.fetch("INBOX", [1])
        inbox.close()
    assert isinstance(mail, RawMail)
    assert mail.arrived == now


def test_the_time_of_arrival_can_be_asked_for_without_the_text() -> None:
    with ScriptedImap({1: MAIL}) as server, opened(server.login()) as inbox:
        inbox.waiting("INBOX", None, 0)
        assert inbox.arrivals("INBOX", [1, 9]) == {1: datetime(2026, 3, 2, 10, 15, tzinfo=UTC)}
        assert not any("BODY" in command for command in server.commands)


def test_reasons_hold_no_address() -> None:
    with ScriptedImap({1: MAIL}) as server, opened(server.login()) as inbox:
        server.says("SELECT", "{tag} NO no access for jane@example.org here")
        with pytest.raises(InboxError) as caught:
            inbox.waiting("INBOX", None, 0)
    assert caught.value.reason.endswith("no access for (address) here")
