"""Replies, forwards and signatures as mail programs write them, in the languages they are used in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mailbot.mail.parse import parse
from tests.mail.clients import BANNERS, FORWARD_LINES, FORWARDS, REPLIES, SIGNATURES, SUBJECTS, WORDS

if TYPE_CHECKING:
    from mailbot.core.message import Message


def read(body: str, subject: str = "account", extra: str = "") -> Message:
    head = f"From: Ann Writer <ann@example.org>\nTo: helpdesk@nhs.net\nSubject: {subject}\n{extra}"
    return parse(f"{head}Content-Type: text/plain; charset=utf-8\n\n{body}".encode())


ANSWERS = "In-Reply-To: <1@x.example>\n"


@pytest.mark.parametrize("above", REPLIES)
def test_a_reply_is_what_stands_above_the_quotation(above: str) -> None:
    quoted = above.rstrip("\n").rpartition("\n")[2].startswith(">")
    message = read(f"Yes please do.\n\n{above}" + ("" if quoted else "Old words.\n"), "Re: account", ANSWERS)
    assert message.reply == "Yes please do."
    assert message.forwarded is None


def assert_forwarded(message: Message) -> None:
    assert message.forwarded
    assert message.forwarded.sender.address == "ann@x.org"
    assert message.forwarded.subject == "joiner please"
    assert "Inner text." in message.forwarded.text


@pytest.mark.parametrize(("marker", "sender", "date", "to", "subject"), FORWARDS)
def test_a_forward_is_read_plain_and_quoted(
    marker: str, sender: str, date: str, to: str, subject: str
) -> None:
    fields = f"{sender}: Ann Lee <ann@x.org>\n{date}: 2 March 2026 at 09:12\n{to}: w@x.org"
    body = f"{marker}\n{fields}\n{subject}: joiner please\n\nInner text.\n"
    assert_forwarded(read(body))
    assert_forwarded(read("Hi\n\n" + "\n".join(f"> {line}" for line in body.split("\n"))))


@pytest.mark.parametrize(
    ("marker", "sender", "date", "to", "subject"), [row for row in FORWARDS if row[0][0] == "-"]
)
def test_a_forward_on_one_line_is_read(marker: str, sender: str, date: str, to: str, subject: str) -> None:
    block = (
        f'{sender}: Ann Lee <ann@x.org>{to}: "w@x.org" <w@x.org>{date}: Monday, 2 March 2026, 09:12:00 GMT'
    )
    assert_forwarded(read(f"   {marker} {block}{subject}: joiner please\n Inner text.\n"))


@pytest.mark.parametrize("line", FORWARD_LINES)
def test_a_line_as_of_a_reply_begins_a_forward_where_the_subject_says_so(line: str) -> None:
    assert_forwarded(read(f"\ufeff{line}\n\n    Inner text.\n", "FW: joiner please"))


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_bare_header_block_is_a_forward_where_the_subject_says_so(subject: str) -> None:
    block = "From: Ann Lee <ann@x.org>\nSent: 2 March 2026\nTo: w@x.org\nSubject: joiner please"
    assert_forwarded(read(f"{block}\n\nInner text.\n", subject, ANSWERS))


@pytest.mark.parametrize("below", SIGNATURES)
def test_a_signature_is_no_part_of_the_reply(below: str) -> None:
    message = read(f"Please do it.\n\n{below}\n")
    assert message.reply == "Please do it."
    assert below.split("\n")[0] in message.text


@pytest.mark.parametrize("words", WORDS)
def test_words_that_only_look_so_are_kept(words: str) -> None:
    message = read(words, "question")
    assert message.reply.split() == words.split()
    assert message.forwarded is None


@pytest.mark.parametrize("banner", BANNERS)
def test_a_mail_systems_warning_is_no_word_of_the_writer(banner: str) -> None:
    message = read(f"{banner}\n\nPlease unlock me.\n")
    assert message.reply == "Please unlock me."
    assert banner.split("\n")[0] in message.text


def test_words_below_a_mobile_signature_are_kept() -> None:
    message = read("Please unlock me\n\nSent from my iPhone\n\nAlso my number is wrong\n")
    assert message.reply == "Please unlock me\n\nAlso my number is wrong"
