"""The demo as a newcomer runs it."""

from __future__ import annotations

import re

import pytest

from tests.service.desk import run


@pytest.fixture(scope="module")
def printed() -> str:
    return run("demo", "--once")


def test_it_says_of_each_mail_why_and_what_happened(printed: str) -> None:
    for title in ("Mail", "Why", "Case", "Sent", "Waits for", "Next date"):
        assert title in printed
    assert len(set(re.findall(r"IM-\d{6}", printed))) >= 25


def test_it_says_where_to_look(printed: str) -> None:
    assert re.search(r"\d+ letters were sent; each is a file in /\S+", printed)


def test_the_same_mail_in_both_mailboxes_is_one_case(printed: str) -> None:
    assert "other mailbox" in re.sub(r"\s+", " ", printed)


def test_every_workflow_s_first_letter_goes_out(printed: str) -> None:
    squeezed = re.sub(r"\s+", " ", printed)
    for part in (
        "joiner/advice", "leaver/", "transfer_out/", "disable/", "reenable/call", "password/reset",
        "mobile/change", "directory/answer", "new_account/apply", "duplicate/received", "incident/call_now",
        "enquiry/received",
    ):  # fmt: skip
        assert part in squeezed, part


def test_nothing_fails(printed: str) -> None:
    assert "the bot failed" not in re.sub(r"\s+", " ", printed)
