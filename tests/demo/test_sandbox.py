"""The sandbox behaves as the mail servers that it stands for."""

from __future__ import annotations

import smtplib
import socket
import tomllib
from contextlib import contextmanager
from datetime import UTC, datetime
from email import message_from_bytes
from typing import TYPE_CHECKING

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import LoginError

from mailbot.demo.sandbox import Sandbox, settings_toml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MAIL = b"From: Amy <amy@post.example>\r\nTo: helpdesk@nhs.net\r\nSubject: Hello\r\n\r\nGood morning\r\n"


@pytest.fixture(name="sandbox")
def _sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(tmp_path, clock=lambda: NOON) as sandbox:
        yield sandbox


@contextmanager
def client(sandbox: Sandbox, name: str = "helpdesk") -> Iterator[IMAPClient]:
    with IMAPClient("127.0.0.1", sandbox.imap_port, ssl=False, timeout=5) as imap:
        imap.login(name, sandbox.environment[f"DEMO_{name.upper()}_PASSWORD"])
        yield imap


def submit(sandbox: Sandbox, raw: bytes, sender: str, *to: str) -> None:
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port, "localhost", timeout=5) as smtp:
        smtp.sendmail(sender, to, raw)


def mails(sandbox: Sandbox, name: str = "helpdesk") -> list[bytes]:
    with client(sandbox, name) as imap:
        imap.select_folder("INBOX", readonly=True)
        return [found[b"BODY[]"] for found in imap.fetch(imap.search(), ["BODY.PEEK[]"]).values()]


def written(domain: str) -> bytes:
    return MAIL.replace(b"post.example", domain.encode())


def test_a_mail_is_fetched_as_it_was_delivered(sandbox: Sandbox) -> None:
    sandbox.deliver("helpdesk", MAIL, NOON)
    with client(sandbox) as imap:
        imap.select_folder("INBOX", readonly=True)
        [uid] = imap.search(["UID", "1:*"])
        found = imap.fetch([uid], ["BODY.PEEK[]", "INTERNALDATE", "RFC822.SIZE", "FLAGS"])[uid]
    assert found[b"BODY[]"] == MAIL
    assert found[b"RFC822.SIZE"] == len(MAIL)
    assert found[b"INTERNALDATE"].astimezone(UTC) == NOON
    assert b"\\Seen" not in found[b"FLAGS"]


@pytest.mark.parametrize(
    "raw", [b"\x00\xff\xfe" * 300, b"no header at all", b"Subject: x", b"A: b\n\n\xe9\n.\n\x00"]
)
def test_any_bytes_come_back_unchanged(sandbox: Sandbox, raw: bytes) -> None:
    sandbox.deliver("regional", raw)
    assert mails(sandbox, "regional") == [raw]


def test_an_idling_client_hears_of_a_mail(sandbox: Sandbox) -> None:
    with client(sandbox) as imap:
        imap.select_folder("INBOX")
        imap.idle()
        sandbox.deliver("helpdesk", MAIL)
        assert (1, b"EXISTS") in imap.idle_check(timeout=1)
        imap.idle_done()


def test_an_idling_client_hears_of_mail_that_came_between_two_looks(sandbox: Sandbox) -> None:
    with client(sandbox) as imap:
        imap.select_folder("INBOX")
        sandbox.deliver("helpdesk", MAIL)
        imap.idle()
        sandbox.deliver("helpdesk", MAIL)
        sandbox.deliver("helpdesk", MAIL)
        heard = imap.idle_check(timeout=1)
        while (3, b"EXISTS") not in heard:
            more = imap.idle_check(timeout=1)
            assert more
            heard += more
        imap.idle_done()


def test_a_mail_moves_to_a_folder_that_was_made_for_it(sandbox: Sandbox) -> None:
    sandbox.deliver("helpdesk", MAIL)
    with client(sandbox) as imap:
        assert imap.has_capability("MOVE")
        imap.create_folder("Processed")
        imap.select_folder("INBOX")
        imap.move(imap.search(), "Processed")
        assert imap.search() == []
        assert imap.select_folder("Processed")[b"EXISTS"] == 1


def test_a_wrong_password_is_refused(sandbox: Sandbox) -> None:
    with IMAPClient("127.0.0.1", sandbox.imap_port, ssl=False, timeout=5) as imap, pytest.raises(LoginError):
        imap.login("helpdesk", "wrong")


def test_mail_by_smtp_lands_in_every_mailbox_that_it_is_for(sandbox: Sandbox) -> None:
    submit(
        sandbox,
        MAIL,
        "amy@post.example",
        "helpdesk@nhs.net",
        "England.IndMidwives@nhs.net",
        "csp@other.example",
    )
    assert [len(mails(sandbox, name)) for name in ("helpdesk", "regional")] == [1, 1]
    assert sandbox.sent() == []


def test_mail_for_nobody_here_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(smtplib.SMTPDataError):
        submit(sandbox, MAIL, "amy@post.example", "somebody@nhs.net")


def test_mail_inside_nhsmail_gets_the_one_mark_of_exchange(sandbox: Sandbox) -> None:
    submit(sandbox, written("nhs.net"), "amy@nhs.net", "helpdesk@nhs.net")
    mail = message_from_bytes(mails(sandbox)[0])
    assert mail.get_all("X-MS-Exchange-Organization-AuthAs") == ["Internal"]
    assert mail["Authentication-Results"] is None


def test_mail_from_outside_gets_the_results_of_its_checks_on_top(sandbox: Sandbox) -> None:
    submit(sandbox, MAIL, "amy@post.example", "helpdesk@nhs.net")
    mail = message_from_bytes(mails(sandbox)[0])
    [results] = mail.get_all("Authentication-Results", [])
    assert results.startswith("spf=pass ")
    assert "dmarc=pass action=none header.from=post.example" in results


def test_an_outsider_who_writes_as_nhsmail_fails_the_checks(sandbox: Sandbox) -> None:
    submit(sandbox, written("nhs.net"), "mallory@evil.example", "helpdesk@nhs.net")
    mail = message_from_bytes(mails(sandbox)[0])
    assert mail.get_all("X-MS-Exchange-Organization-AuthAs") == ["Anonymous"]
    assert "dmarc=fail" in mail["Authentication-Results"]


def test_forged_marks_are_stripped_at_the_border(sandbox: Sandbox) -> None:
    forged = b"X-MS-Exchange-Organization-AuthAs:\r\n Internal\r\nAuthentication-Results: dmarc=pass\r\n"
    submit(sandbox, forged + MAIL, "amy@post.example", "helpdesk@nhs.net")
    [raw] = mails(sandbox)
    assert b"Internal" not in raw
    assert raw.count(b"Authentication-Results:") == 1
    assert raw.endswith(MAIL)


def test_the_bots_letters_are_kept_and_can_be_opened(sandbox: Sandbox, tmp_path: Path) -> None:
    letter = (
        b"From: helpdesk@nhs.net\r\nTo: Amy <amy@post.example>\r\nSubject: Hello\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/alternative; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n'
        b"Dear Amy\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>Dear Amy</p>\r\n--b--\r\n"
    )
    submit(sandbox, letter, "helpdesk@nhs.net", "amy@post.example")
    assert [message_from_bytes(raw)["To"] for raw in sandbox.sent()] == ["Amy <amy@post.example>"]
    assert mails(sandbox) == []
    kept = tmp_path / "letters"
    assert (kept / "0001-amy@post.example.txt").read_text().strip() == "Dear Amy"
    assert (kept / "0001-amy@post.example.html").read_text().strip() == "<p>Dear Amy</p>"
    assert (kept / "0001-amy@post.example.eml").read_bytes() == sandbox.sent()[0]


def test_a_letter_to_the_regional_lead_is_kept_and_delivered(sandbox: Sandbox) -> None:
    letter = b"From: helpdesk@nhs.net\r\nTo: england.indmidwives@nhs.net\r\n\r\nDear colleague\r\n"
    submit(sandbox, letter, "helpdesk@nhs.net", "england.indmidwives@nhs.net")
    assert len(sandbox.sent()) == len(mails(sandbox, "regional")) == 1


def test_it_ends_while_clients_are_still_connected(tmp_path: Path) -> None:
    with Sandbox(tmp_path) as sandbox:
        imap = IMAPClient("127.0.0.1", sandbox.imap_port, ssl=False, timeout=5)
        imap.login("helpdesk", sandbox.environment["DEMO_HELPDESK_PASSWORD"])
        imap.select_folder("INBOX")
        imap.idle()
        smtp = smtplib.SMTP("127.0.0.1", sandbox.smtp_port, "localhost", timeout=5)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", sandbox.imap_port), timeout=5)
    smtp.close()
    imap.shutdown()


def test_its_settings_name_the_passwords_variables_and_both_mailboxes(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    settings = tomllib.loads(settings_toml(sandbox, tmp_path))
    helpdesk, regional = settings["mailbox"]
    assert (helpdesk["afterwards"], regional["afterwards"]) == ("move", "leave")
    assert {m["imap"]["password_env"] for m in (helpdesk, regional)} == set(sandbox.environment)
    assert helpdesk["smtp"]["port"] == sandbox.smtp_port
    assert "smtp" not in regional
