"""The inbox against Dovecot."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from mailbot.core.place import Place
from mailbot.mail.inbox import Inbox, InboxError, Login, Missing, RawMail
from tests.mail.reading import MAIL, fetched, opened, waits

if TYPE_CHECKING:
    from mailbot.mail.tls import Tls
    from tests.servers.certificates import Certificates
    from tests.servers.dovecot import Dovecot


def test_every_waiting_mail_comes_whole_with_its_place_and_the_time_of_its_arrival(dovecot: Dovecot) -> None:
    arrived = datetime(2026, 3, 2, 10, 15, tzinfo=UTC)
    dovecot.deliver("helpdesk", MAIL, n=120, arrived=arrived)
    with opened(dovecot.login("helpdesk")) as inbox:
        uidvalidity, uids = inbox.waiting("INBOX", None, 0)
        mails = list(inbox.fetch("INBOX", uids))
    assert uids == list(range(1, 121))
    assert mails[0] == RawMail(Place("helpdesk", "INBOX", uidvalidity, 1), MAIL, arrived, len(MAIL))
    assert [mail.place.uid for mail in mails] == uids


def test_only_uids_above_the_last_one_wait(dovecot: Dovecot) -> None:
    dovecot.deliver("helpdesk", MAIL, n=3)
    with opened(dovecot.login("helpdesk")) as inbox:
        uidvalidity, _ = inbox.waiting("INBOX", None, 0)
        assert inbox.waiting("INBOX", uidvalidity, 2) == (uidvalidity, [3])
        assert inbox.waiting("INBOX", uidvalidity, 3) == (uidvalidity, [])


def test_with_another_uidvalidity_all_mails_wait_again(dovecot: Dovecot) -> None:
    dovecot.deliver("helpdesk", MAIL, n=2)
    with opened(dovecot.login("helpdesk")) as inbox:
        before, _ = inbox.waiting("INBOX", None, 0)
    dovecot.forget_uids("helpdesk")
    with opened(dovecot.login("helpdesk")) as inbox:
        after, uids = inbox.waiting("INBOX", before, 2)
    assert after != before
    assert len(uids) == 2


def test_reading_leaves_every_flag_as_it_is(dovecot: Dovecot) -> None:
    dovecot.deliver("helpdesk", MAIL, n=2)
    with opened(dovecot.login("helpdesk")) as inbox:
        assert len(fetched(inbox)) == 2
    assert set(dovecot.flags("helpdesk").values()) == {"cur/"}


def test_a_mailbox_that_is_left_alone_keeps_even_what_is_new_as_new(dovecot: Dovecot) -> None:
    dovecot.deliver("regional", MAIL, n=2)
    before = dovecot.flags("regional")
    with opened(dovecot.login("regional"), readonly=True) as inbox:
        assert len(fetched(inbox)) == 2
        waits(inbox, seconds=0.2)
    assert dovecot.flags("regional") == before
    assert set(before.values()) == {"new/"}


def test_nothing_is_moved_in_a_mailbox_that_is_left_alone(dovecot: Dovecot) -> None:
    dovecot.deliver("regional", MAIL)
    with opened(dovecot.login("regional"), readonly=True) as inbox:
        [mail] = fetched(inbox)
        with pytest.raises(InboxError, match="left as it is"):
            inbox.move(mail.place, "Processed")


def test_a_mail_is_moved_into_a_folder_that_is_made_for_it(dovecot: Dovecot) -> None:
    dovecot.deliver("helpdesk", MAIL, n=2)
    with opened(dovecot.login("helpdesk")) as inbox:
        first, second = fetched(inbox)
        assert inbox.move(first.place, "Done/Übrig")
        assert inbox.move(first.place, "Done/Übrig"), "a mail that is gone is no error"
        assert inbox.waiting("INBOX", second.place.uidvalidity, 0)[1] == [second.place.uid]
        [moved] = inbox.fetch("Done/Übrig", inbox.waiting("Done/Übrig", None, 0)[1])
    assert isinstance(moved, RawMail)
    assert moved.raw == MAIL


def test_a_mail_is_not_moved_by_a_uid_of_another_uidvalidity(dovecot: Dovecot) -> None:
    dovecot.deliver("helpdesk", MAIL)
    with opened(dovecot.login("helpdesk")) as inbox:
        [mail] = fetched(inbox)
        stale = Place("helpdesk", "INBOX", mail.place.uidvalidity - 1, mail.place.uid)
        assert not inbox.move(stale, "Processed")
    assert len(dovecot.mails("helpdesk")) == 1


def test_a_mail_that_arrives_while_idling_is_known_within_a_second(dovecot: Dovecot) -> None:
    with opened(dovecot.login("helpdesk")) as inbox:
        inbox.waiting("INBOX", None, 0)
        delivered: list[float] = []

        def deliver() -> None:
            dovecot.deliver("helpdesk", MAIL)
            delivered.append(time.monotonic())

        threading.Timer(0.2, deliver).start()
        came, _ = waits(inbox)
    assert came
    assert time.monotonic() - delivered[0] < 1


def test_a_mail_that_came_before_idling_began_is_known_at_once(dovecot: Dovecot) -> None:
    with opened(dovecot.login("helpdesk")) as inbox:
        inbox.waiting("INBOX", None, 0)
        dovecot.deliver("helpdesk", MAIL)
        came, took = waits(inbox)
    assert came
    assert took < 1


def test_idling_ends_at_once_when_told_to_stop(dovecot: Dovecot) -> None:
    stop = threading.Event()
    with opened(dovecot.login("helpdesk")) as inbox:
        threading.Timer(0.1, stop.set).start()
        came, took = waits(inbox, stop=stop)
    assert not came
    assert took < 1


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_mail_is_read_over_tls(dovecot_tls: Dovecot, tls: Tls) -> None:
    dovecot_tls.deliver("helpdesk", MAIL)
    with opened(dovecot_tls.login("helpdesk", tls)) as inbox:
        assert len(fetched(inbox)) == 1
        threading.Timer(0.1, dovecot_tls.deliver, ("helpdesk", MAIL)).start()
        assert waits(inbox)[0]


def fault(login: Login) -> InboxError:
    with pytest.raises(InboxError) as caught:
        Inbox("helpdesk", login).connect()
    return caught.value


def test_a_server_without_starttls_is_not_used(dovecot: Dovecot) -> None:
    error = fault(dovecot.login("helpdesk", "starttls"))
    assert (error.step, error.transient) == ("tls", False)
    assert "STARTTLS" in error.reason


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_a_certificate_that_nobody_trusted_signed_is_refused(dovecot_tls: Dovecot, tls: Tls) -> None:
    known = dovecot_tls.login("helpdesk", tls)
    error = fault(Login(known.host, known.port, tls, known.username, known.password))
    assert (error.step, error.transient) == ("tls", False)
    assert error.reason.startswith("certificate")


def test_a_certificate_for_another_name_is_refused(dovecot_tls: Dovecot, certificates: Certificates) -> None:
    error = fault(
        Login("127.0.0.2", dovecot_tls.tls_port, "implicit", "a", lambda: "b", str(certificates.ca))
    )
    assert error.step in {"tls", "connect"}


def test_a_wrong_password_is_named_as_failed_log_in_and_not_shown(dovecot: Dovecot) -> None:
    login = dovecot.login("helpdesk")
    error = fault(Login(login.host, login.port, "none", login.username, lambda: "wrong-pässword"))
    assert (error.step, error.transient) == ("login", False)
    assert "wrong" not in str(error)


def test_a_server_that_is_not_there_is_worth_another_try() -> None:
    error = fault(Login("127.0.0.1", 1, "none", "a", lambda: "b"))
    assert (error.step, error.transient) == ("connect", True)


def test_a_folder_that_is_not_there_is_named_as_failed_select(dovecot: Dovecot) -> None:
    with opened(dovecot.login("helpdesk")) as inbox, pytest.raises(InboxError) as caught:
        inbox.waiting("Nowhere", None, 0)
    assert (caught.value.step, caught.value.transient) == ("select", False)


def test_only_this_machine_is_reached_without_encryption() -> None:
    with pytest.raises(ValueError, match="encryption"):
        Login("mail.example.org", 143, "none", "a", lambda: "b")


def test_a_mail_that_another_client_took_away_is_missing_and_gone(dovecot: Dovecot) -> None:
    dovecot.deliver("helpdesk", MAIL, n=3)
    with opened(dovecot.login("helpdesk")) as inbox, opened(dovecot.login("helpdesk")) as other:
        uidvalidity, uids = inbox.waiting("INBOX", None, 0)
        other.waiting("INBOX", None, 0)
        other.move(Place("helpdesk", "INBOX", uidvalidity, 2), "Elsewhere")
        found = {mail.place.uid: mail for mail in inbox.fetch("INBOX", uids)}
    assert isinstance(found[2], Missing)
    assert found[2].gone
    assert isinstance(found[1], RawMail)
    assert isinstance(found[3], RawMail)
