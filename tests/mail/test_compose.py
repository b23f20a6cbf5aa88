"""Letters as they are written out: golden bytes, and values that try to break out."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.mail.compose import Outgoing, compose

if TYPE_CHECKING:
    from email.message import EmailMessage

LETTER = Outgoing(
    message_id="<im-000123-2.0123456789abcdef0123456789abcdef@nhs.net>",
    from_name="Independent midwives' helpdesk",
    from_address="helpdesk@nhs.net",
    to_name="Zoë O'Neill",
    to_address="zoe.oneill@nhs.net",
    subject="Your NHSmail account [IM-000123]",
    text="Dear Zoë,\n\nwe have your mail.\n.\nThe team\n",
    html="<p>Dear Zoë,</p>\n<p>we have your mail.</p>\n",
    date=datetime(2026, 7, 1, 9, 30, tzinfo=UTC),
    auto="auto-replied",
    token="im-000123-2.0123456789abcdef0123456789abcdef",
    in_reply_to="<first@example.org>",
    references=("<first@example.org>",),
)

GOLDEN = """\
Date: Wed, 01 Jul 2026 10:30:00 +0100
From: Independent midwives' helpdesk <helpdesk@nhs.net>
To: =?utf-8?b?Wm/DqyBPJ05laWxs?= <zoe.oneill@nhs.net>
Subject: Your NHSmail account [IM-000123]
Message-ID: <im-000123-2.0123456789abcdef0123456789abcdef@nhs.net>
In-Reply-To: <first@example.org>
References: <first@example.org>
 <im-000123-2.0123456789abcdef0123456789abcdef@nhs.net>
Auto-Submitted: auto-replied
X-Auto-Response-Suppress: DR, RN, NRN, OOF, AutoReply
X-Mailbot: im-000123-2.0123456789abcdef0123456789abcdef
MIME-Version: 1.0
Content-Type: multipart/alternative;
 boundary="=_BOUNDARY"

--=_BOUNDARY
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable
Content-Disposition: inline

Dear Zo=C3=AB,

we have your mail.
=2E
The team

--=_BOUNDARY
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: quoted-printable
Content-Disposition: inline

<p>Dear Zo=C3=AB,</p>
<p>we have your mail.</p>

--=_BOUNDARY--
"""

NASTY = st.text(
    alphabet=st.one_of(st.sampled_from("\r\n\t\0 <>\"\\,;:=?@().\x0b\x0c\x1c\x85\u2028\u2029\u202e\ud800"),
    st.characters()), max_size=200,
)  # fmt: skip


def read(raw: bytes) -> EmailMessage:
    return email.message_from_bytes(raw, policy=email.policy.default)


def names(raw: bytes) -> list[str]:
    """The header fields, in order, by a reader that knows nothing but lines."""
    head = raw.partition(b"\r\n\r\n")[0]
    return [line.partition(b":")[0].decode() for line in head.split(b"\r\n") if line[:1] not in b" \t"]


FIELDS = names(compose(LETTER))


def test_a_letter_is_these_bytes() -> None:
    raw = compose(LETTER)
    boundary = read(raw).get_boundary()
    assert boundary is not None
    golden = GOLDEN.replace("=_BOUNDARY", boundary)
    assert raw.decode("ascii").replace("\r\n", "\n") == golden
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_the_same_letter_is_the_same_bytes_and_another_has_another_boundary() -> None:
    assert compose(LETTER) == compose(replace(LETTER))
    other = compose(replace(LETTER, message_id="<im-000123-3.x@nhs.net>"))
    assert read(other).get_boundary() != read(compose(LETTER)).get_boundary()


@pytest.mark.parametrize(
    ("month", "offset"), [(1, timedelta()), (3, timedelta()), (7, timedelta(hours=1)), (11, timedelta())]
)
def test_the_date_has_londons_offset(month: int, offset: timedelta) -> None:
    at = datetime(2026, month, 28, 12, 0, tzinfo=UTC)
    found = read(compose(replace(LETTER, date=at)))["Date"].datetime
    assert found == at
    assert found.utcoffset() == offset


def test_what_was_written_is_what_is_read() -> None:
    text = "Grüße — “quoted”\n\n" + "long line " * 50 + "\nFrom here\n  indented  \n.\n..\n=3D\n"
    message = read(compose(replace(LETTER, text=text, html=f"<pre>{text}</pre>", subject="Grüße " * 40)))
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().replace("\r\n", "\n") == text
    assert html.get_content().replace("\r\n", "\n").rstrip() == f"<pre>{text}</pre>"
    assert message["Subject"] == ("Grüße " * 40).strip()


@pytest.mark.parametrize(
    ("name", "address", "expected"),
    [
        ("", "a@b.org", ("", "a@b.org")),
        ("Smith, Jane", "a@b.org", ("Smith, Jane", "a@b.org")),
        ('Jane "J" Smith\\', "a@b.org", ('Jane "J" Smith\\', "a@b.org")),
        ("Jane <evil@x.org>", "a@b.org", ("Jane <evil@x.org>", "a@b.org")),
        ("=?utf-8?q?evil?=", "a@b.org", ("=?utf-8?q?evil?=", "a@b.org")),
        ("山田 花子", "a@b.org", ("山田 花子", "a@b.org")),
        ("Jane", "o'neill+x@b.org", ("Jane", "o'neill+x@b.org")),
        ("Jane", "a,c@d.org@b.org", ("Jane", '"a,c@d.org"@b.org')),
        ("Jane", "a@b.org,c@d.org", ("Jane", '"a@b.org,c"@d.org')),
    ],
)
def test_there_is_one_recipient_whatever_the_name_holds(
    name: str, address: str, expected: tuple[str, str]
) -> None:
    found = read(compose(replace(LETTER, to_name=name, to_address=address)))["To"].addresses
    assert [(each.display_name, each.addr_spec) for each in found] == [expected]


@pytest.mark.parametrize("field", ["from_name", "from_address", "to_name", "to_address", "subject",
"message_id", "in_reply_to", "token", "auto"])  # fmt: skip
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\u2028", "\x85", "\x0b", "\0"])
def test_no_value_makes_a_header_of_its_own(field: str, end: str) -> None:
    value = f"x{end}Bcc: evil@example.org{end}{end}body"
    changed: dict[str, Any] = {field: value}
    assert names(compose(replace(LETTER, **changed))) in (FIELDS, *without(FIELDS))


def without(fields: list[str]) -> list[list[str]]:
    """An id that is none is left out."""
    return [[name for name in fields if name != gone] for gone in ("Message-ID", "In-Reply-To")]


@given(name=NASTY, subject=NASTY, address=NASTY, reply=NASTY, text=NASTY)
def test_whatever_stands_in_a_letter_it_keeps_its_shape(
    name: str, subject: str, address: str, reply: str, text: str
) -> None:
    raw = compose(
        replace(
            LETTER,
            to_name=name,
            subject=subject,
            to_address=address,
            in_reply_to=reply,
            references=(reply,),
            text=text,
        )
    )
    raw.decode("ascii")
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert [name for name in names(raw) if name != "In-Reply-To"] == [
        name for name in FIELDS if name != "In-Reply-To"
    ]
    assert [part.get_content_type() for part in read(raw).iter_parts()] == ["text/plain", "text/html"]


def test_our_own_id_ends_the_references_and_a_long_thread_is_folded() -> None:
    thread = tuple(f"<{number:04d}.{'x' * 60}@example.org>" for number in range(300))
    raw = compose(replace(LETTER, references=thread))
    found = str(read(raw)["References"]).split()
    assert found[0] == thread[0]
    assert found[-2:] == [thread[-1], LETTER.message_id]
    assert len(found) == 50
    assert all(len(line) <= 78 for line in raw.split(b"\r\n") if b"xxxx" not in line)


def test_an_id_without_brackets_or_longer_than_a_line_is_left_out() -> None:
    raw = compose(
        replace(LETTER, in_reply_to="nonsense", references=("<" + "y" * 2000 + "@x>", "<good@x> <also@x>"))
    )
    message = read(raw)
    assert "In-Reply-To" not in message
    assert str(message["References"]).split() == ["<good@x>", "<also@x>", LETTER.message_id]


def test_what_the_bot_starts_by_itself_says_so() -> None:
    assert read(compose(replace(LETTER, auto="auto-generated")))["Auto-Submitted"] == "auto-generated"
