"""Reading a mail: any bytes, in linear time, the same in every mailbox."""

from __future__ import annotations

import json
import time
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.core.message import Kind, Message
from mailbot.mail.parse import as_json, parse

MEGABYTE = 1_000_000
HEAD = b"From: Jane <jane@nhs.net>\nSubject: account\nContent-Type: text/plain; charset=utf-8\n\n"
PAGE = HEAD.replace(b"text/plain", b"text/html")
PIECES = [
    b"From: a@nhs.net",
    b"Subject: =?utf-8?b?w6k=?=",
    b"Content-Type: multipart/mixed; boundary=b",
    b"Content-Type: multipart/report; report-type=delivery-status; boundary=b",
    b"Content-Type: text/html; charset=x",
    b"Content-Type: message/rfc822",
    b"Content-Type: application/ms-tnef",
    b"Content-Transfer-Encoding: base64",
    b"Content-Transfer-Encoding: x-uuencode",
    b"Content-Disposition: attachment; filename*=utf-8''%c3",
    b"--b",
    b"--b--",
    b"",
    b"> quoted",
    b"On Mon, 2 Mar 2026 at 10:00, A <a@b.org> wrote:",
    b"-----Original Message-----",
    b"---------- Forwarded message ----------",
    b"To: b@c.org",
    b"Date: Mon, 2 Mar 2026 10:00:00 +9999",
    b"begin 644 x",
    b"end",
    b"<a href='x\"><blockquote><p style=display:none>&#99999999999999;",
    b"-- ",
    b"Kind regards",
    b"\xff\xfe\x00",
    b"Action: failed",
    b"Final-Recipient: rfc822; a@b.org",
]


def holds(message: Message) -> None:
    """What is true of every Message, whatever the bytes were."""
    assert isinstance(message, Message)
    assert message.message_id
    assert len(message.digest) == 64
    assert message.kind in Kind
    assert message.answerable == (not message.silence)
    json.dumps(as_json(message, "x.eml"), ensure_ascii=False).encode("utf-8")


@given(st.binary(max_size=4000))
def test_any_bytes_give_a_message(raw: bytes) -> None:
    holds(parse(raw))


@settings(max_examples=300)
@given(
    st.lists(st.sampled_from(PIECES) | st.binary(max_size=60), max_size=40),
    st.sampled_from([b"\n", b"\r\n", b"\r"]),
)
def test_any_pieces_of_mail_give_a_message(pieces: list[bytes], end: bytes) -> None:
    holds(parse(end.join(pieces)))


@given(st.text(max_size=600))
def test_all_words_of_a_plain_mail_stand_in_its_text(words: str) -> None:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = "jane@nhs.net"
    clean = " ".join(word for word in words.split() if word.isprintable() and word.isalnum())
    mail.set_content(clean)
    assert "".join(parse(mail.as_bytes()).text.split()) == "".join(clean.split())


def seconds(raw: bytes) -> float:
    began = time.perf_counter()
    parse(raw)
    return time.perf_counter() - began


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (HEAD, b">"),
        (HEAD, b">\n"),
        (HEAD, b" "),
        (HEAD, b"\n"),
        (HEAD, b"<"),
        (HEAD, b"On Mon, 2 Mar 2026 at 10:00, A <a@b.org> wrote:\n"),
        (HEAD, b"On Mon, 2 Mar 2026 at 10:00, A wrote: "),
        (HEAD, b"From: a@b.org\nDate: 2 March 2026\nTo: b@c.org\nSubject: x\n"),
        (HEAD, b"cc: a@b.org\n"),
        (HEAD, b"--\n"),
        (HEAD, b"> a\nb\n"),
        (PAGE, b"<"),
        (PAGE, b"<!-- >"),
        (PAGE, b'<a href="'),
        (PAGE, b"<a href=http://x.org>x"),
        (PAGE, b"<div>"),
        (PAGE, b"</b>"),
        (PAGE, b"&#9"),
        (b"Subject: ", b"=?utf-8?q?a?= "),
        (b"From: ", b"("),
        (b"To: ", b'"a" <a@b.org>, '),
        (b"From: mailer-daemon@b.org\nSubject: undeliverable\n\n", b"<a@b.org> unknown "),
    ],
    ids=lambda value: repr(value[:24]),
)
def test_time_grows_with_size_and_no_faster(head: bytes, piece: bytes) -> None:
    """Twenty times the size may take sixty times as long: a quadratic reader would take four hundred."""
    small, large = MEGABYTE // 40, MEGABYTE // 2
    first = min(seconds(head + piece * (small // len(piece))) for _ in range(3))
    assert seconds(head + piece * (large // len(piece))) < max(60 * first, 0.5)


@pytest.mark.parametrize("piece", [b">", b" ", b"<"], ids=repr)
def test_a_megabyte_of_one_letter_is_read_in_about_a_second(piece: bytes) -> None:
    assert seconds(HEAD + piece * MEGABYTE) < 2


def test_parts_nested_a_thousand_deep_are_kept_and_named() -> None:
    raw = b"From: jane@nhs.net\nSubject: deep\n" + b"Content-Type: message/rfc822\n\n" * 5000
    message = parse(raw)
    assert message.subject == "deep"
    assert message.sender.address == "jane@nhs.net"
    assert message.attachments
    assert any("parts" in guess for guess in message.guessed)


def test_35_megabytes_of_attachments_are_read() -> None:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = "jane@nhs.net"
    mail.set_content("The scans are attached")
    for number in range(5):
        mail.add_attachment(bytes(7_000_000), maintype="image", subtype="tiff", filename=f"scan{number}.tif")
    message = parse(mail.as_bytes())
    assert message.text == "The scans are attached"
    assert [one.size for one in message.attachments] == [7_000_000] * 5


def written(**headers: str) -> bytes:
    mail = EmailMessage()
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content("Please unlock my account.\n")
    return mail.as_bytes()


STORY = {"From": "Jane <jane@nhs.net>", "Date": "Mon, 2 Mar 2026 10:00:00 +0000", "Subject": "locked"}


def test_the_digest_is_the_same_in_every_mailbox() -> None:
    here = parse(written(Received="from a", X_MS_Exchange_Organization_AuthAs="Internal", **STORY))
    there = parse(written(Received="from b", To="england.indmidwives@nhs.net", **STORY))
    assert here.digest == there.digest


def test_the_digest_knows_another_encoding_of_the_same_words() -> None:
    plain = b"From: jane@nhs.net\nSubject: x\nContent-Type: text/plain; charset=utf-8\n"
    eight = parse(plain + b"Content-Transfer-Encoding: 8bit\n\n" + "Zoë\n".encode())
    quoted = parse(plain + b"Content-Transfer-Encoding: quoted-printable\n\nZo=C3=AB\r\n")
    assert eight.digest == quoted.digest


@pytest.mark.parametrize(
    "changed", [{"From": "ann@nhs.net"}, {"Subject": "other"}, {"Date": "Tue, 3 Mar 2026 10:00:00 +0000"}]
)
def test_another_sender_subject_or_date_is_another_digest(changed: dict[str, str]) -> None:
    assert parse(written(**STORY)).digest != parse(written(**{**STORY, **changed})).digest


def test_a_made_message_id_is_the_same_at_every_reading() -> None:
    raw = written(**STORY)
    first, second = parse(raw), parse(raw)
    assert first.message_id == second.message_id
    assert first.message_id.endswith("@mailbot.invalid>")


def test_the_proof_holds_all_marks_but_only_the_topmost_results() -> None:
    raw = (
        b"Authentication-Results: spf=pass smtp.mailfrom=a.org\nAuthentication-Results: dmarc=pass\n"
        b"X-MS-Exchange-Organization-AuthAs: Anonymous\nX-MS-Exchange-Organization-AuthAs: Internal\n"
        b"From: a@nhs.net, b@nhs.net\n\nhi\n"
    )
    proof = parse(raw).proof
    assert proof.auth_as == ("Anonymous", "Internal")
    assert proof.results == "spf=pass smtp.mailfrom=a.org"
    assert proof.senders == 2


def test_nothing_is_ours_where_no_key_is_known() -> None:
    assert parse(written(In_Reply_To="<ours.1@mailbot>", X_Mailbot="<ours.1@mailbot>", **STORY)).ours == ()
