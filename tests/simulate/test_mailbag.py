"""The mails of a simulated year are real mails, and the bot understands what each was meant as."""

from __future__ import annotations

from datetime import UTC, date, datetime
from random import Random

import pytest

from mailbot import app
from mailbot.core import safety
from mailbot.core.message import Kind, Trust
from mailbot.core.triage import triage
from mailbot.mail.parse import parse
from mailbot.simulate import mailbag
from mailbot.simulate.admins import CLOSED, LABELS
from mailbot.simulate.mailbag import Answered, Envelope
from mailbot.simulate.population import YEARLY, Wish, midwives, wishes

DESK = app.desk(app.settings(None))
AT = datetime(2027, 3, 3, 10, 30, tzinfo=UTC)
DAYS = dict.fromkeys(("leaver_date", "last_day", "absence_from", "return_on"), date(2027, 3, 2))
# what these mean is for their case to say, or for a person
OF_THE_CASE = ("go_ahead", "done_elsewhere", "away", "thanks", "chase", *CLOSED)
KINDS = [kind for kind in mailbag.texts() if kind not in OF_THE_CASE]


def written(kind: str, way: int = 0, answers: Answered | None = None) -> bytes:
    midwife = next(midwives(Random(5)))
    wish = Wish(kind, midwife, DAYS)
    lead = kind in ("lead", "go_ahead")
    sender = "england.indmidwives@nhs.net" if lead else midwife.account if wish.inside else midwife.private
    subject, text = mailbag.text_of(kind, wish, Random(way))
    envelope = Envelope("Zoë Example" if lead else midwife.name, sender, ("helpdesk@nhs.net",), wish.inside)
    return mailbag.mail(7, envelope, subject, text, AT, answers)


@pytest.mark.parametrize("way", range(4))
@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_understood_in_every_way_it_is_said(kind: str, way: int) -> None:
    message = parse(written(kind, way))
    trust = safety.trust(message, DESK.people, exchange=True)
    read = triage(message, DESK.triage, trust=trust, mailbox="helpdesk", people=DESK.people)
    assert read.intents[0] == LABELS.get(kind, (kind,))[0]


def test_a_mail_is_read_without_any_repair() -> None:
    for kind in mailbag.texts():
        message = parse(written(kind, answers=Answered("<IM-1.x@nhs.net>", "About you [IM-000001]")))
        assert message.guessed == ()
        assert message.date == AT
        assert message.message_id.startswith("<sim-7@")
        assert message.in_reply_to == "<IM-1.x@nhs.net>"
        assert message.kind is Kind.PERSON


def test_the_receiving_server_proves_who_is_inside() -> None:
    def trust(kind: str) -> Trust:
        return safety.trust(parse(written(kind)), DESK.people, exchange=True)

    assert trust("lead") is Trust.LEAD
    assert trust("leaver") is Trust.INTERNAL
    assert trust("password") is Trust.AUTHENTICATED


def test_a_name_that_is_not_ascii_arrives_as_it_was_written() -> None:
    assert parse(written("lead")).sender.name == "Zoë Example"


def test_no_two_midwives_share_an_address() -> None:
    everybody = midwives(Random(2))
    accounts = [next(everybody).account for _ in range(2000)]
    assert len(set(accounts)) == 2000


def test_a_bigger_team_wants_more_and_the_same_seed_wants_the_same() -> None:
    def wanted(count: int, seed: int) -> list[tuple[datetime, Wish]]:
        return wishes(count, date(2027, 1, 1), 365, DESK.calendar, Random(seed))

    assert wanted(300, 1) == wanted(300, 1) != wanted(300, 2)
    assert len(wanted(600, 1)) > 1.6 * len(wanted(300, 1))
    assert {wish.kind for _, wish in wanted(300, 1)} == set(YEARLY)
