"""The sample mail is real enough to try the bot on, and belongs to nobody."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from typing import TYPE_CHECKING

import pytest

from mailbot.demo import mails

if TYPE_CHECKING:
    from email.message import EmailMessage

NOW = datetime(2026, 8, 6, 10, 0, tzinfo=UTC)
SAMPLES = {sample.name.partition("-")[2]: sample for sample in mails.load(NOW)}
UNREADABLE = "unreadable"


def read(name: str) -> EmailMessage:
    return message_from_bytes(SAMPLES[name].raw, policy=policy.default)


def said(name: str) -> str:
    part = read(name).get_body(("plain", "html"))
    assert part is not None
    return str(part.get_content())


def test_there_are_enough_of_them() -> None:
    assert len(SAMPLES) >= 40
    assert {box for sample in SAMPLES.values() for box in sample.mailboxes} == {"helpdesk", "regional"}


@pytest.mark.parametrize("name", sorted(SAMPLES.keys() - {UNREADABLE}))
def test_each_is_a_mail_as_exchange_stores_it(name: str) -> None:
    mail = read(name)
    assert mail["Message-ID"]
    assert mail["From"].addresses
    assert mail["Date"].datetime == SAMPLES[name].arrived
    assert len(mail.get_all("X-MS-Exchange-Organization-AuthAs", [])) == 1
    assert not any(header.lower().startswith("x-demo") for header in mail)
    assert b"\n" not in SAMPLES[name].raw.replace(b"\r\n", b"")
    assert b"[[" not in SAMPLES[name].raw
    assert not [defect for part in mail.walk() for defect in part.defects]


def test_the_unreadable_one_is_bytes_without_a_header() -> None:
    assert SAMPLES[UNREADABLE].raw.startswith(b"\0")


def test_message_ids_are_unique() -> None:
    ids = [read(name)["Message-ID"] for name in SAMPLES.keys() - {UNREADABLE}]
    assert len(ids) == len(set(ids))


def test_they_arrive_in_the_order_of_their_age() -> None:
    arrivals = [sample.arrived for sample in mails.load(NOW)]
    assert arrivals == sorted(arrivals)
    assert arrivals[-1] < NOW < arrivals[-1] + timedelta(hours=1)


def test_dates_in_the_text_count_from_now() -> None:
    assert "marked as a leaver on 3 August 2026" in said("leaver-confirmed")
    assert "until Wednesday 12 August 2026" in said("out-of-office")


def test_senders_in_nhsmail_are_proven_and_a_forged_one_is_not() -> None:
    inside = {n for n in SAMPLES.keys() - {UNREADABLE} if read(n)["From"].addresses[0].domain == "nhs.net"}
    unproven = {name for name in inside if read(name)["X-MS-Exchange-Organization-AuthAs"] != "Internal"}
    assert unproven == {"spoof"}
    assert "dmarc=fail" in read("spoof")["Authentication-Results"]


def test_the_checks_of_mail_from_outside_have_passed() -> None:
    assert "dmarc=pass" in read("joiner-outside")["Authentication-Results"]


@pytest.mark.parametrize(
    ("answer", "first"), [("chase", "return"), ("thanks", "joiner-how"), ("withdrawal", "sabbatical")]
)
def test_answers_name_the_mail_that_they_answer(answer: str, first: str) -> None:
    assert read(answer)["In-Reply-To"] == read(first)["Message-ID"]
    assert SAMPLES[first].arrived < SAMPLES[answer].arrived


def test_the_bounce_is_a_delivery_report_with_a_null_return_path() -> None:
    bounce = read("bounce")
    assert bounce.get_content_type() == "multipart/report"
    assert [part.get_content_type() for part in bounce.iter_parts()][1] == "message/delivery-status"
    assert bounce["Return-Path"] == "<>"


def test_every_address_is_nhsmails_or_an_example() -> None:
    readable = [sample.raw for name, sample in SAMPLES.items() if name != UNREADABLE]
    whole = b"".join(readable).replace(b"=\r\n", b"").lower()
    domains = set(re.findall(rb"[a-z0-9._+-]@([a-z0-9.-]*[a-z])", whole))
    assert b"nhs.net" in domains
    assert not {domain for domain in domains if not domain.endswith((b"nhs.net", b".example"))}


def test_every_mobile_is_from_the_numbers_kept_for_drama() -> None:
    mobiles = {m for s in SAMPLES.values() for m in re.findall(rb"\b07[0-9]{3} ?[0-9]{6}\b", s.raw)}
    assert mobiles
    assert all(mobile.startswith(b"07700 900") for mobile in mobiles)
