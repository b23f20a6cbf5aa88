"""The outbox against servers that hang up or say no, at every step."""

from __future__ import annotations

import pytest

from mailbot.core.outcome import Refused, TryLater, Unknown
from mailbot.mail.outbox import Route
from tests.mail.sending import HERS, sent
from tests.servers.scripted import ScriptedSmtp


def test_a_connection_lost_after_the_text_leaves_the_letter_unknown() -> None:
    with ScriptedSmtp() as server:
        server.says("TEXT", drop=True)
        [outcome] = sent(server.route(), HERS)
    assert isinstance(outcome, Unknown)
    assert len(server.texts) == 1


def test_no_answer_to_the_text_leaves_the_letter_unknown() -> None:
    with ScriptedSmtp() as server:
        server.says("TEXT")
        [outcome] = sent(server.route(timeout=0.2), HERS)
    assert isinstance(outcome, Unknown)


@pytest.mark.parametrize("command", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA"])
def test_a_connection_lost_before_the_text_is_tried_later(command: str) -> None:
    with ScriptedSmtp() as server:
        server.says(command, drop=True)
        [outcome] = sent(server.route(), HERS)
        assert isinstance(outcome, TryLater)
        assert server.texts == []


@pytest.mark.parametrize("command", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "TEXT"])
def test_a_passing_refusal_is_tried_later_at_every_step(command: str) -> None:
    with ScriptedSmtp() as server:
        server.says(command, "450 4.7.1 not now", times=2)
        server.says("HELO", "450 4.7.1 not now")
        [outcome] = sent(server.route(), HERS)
    assert isinstance(outcome, TryLater)
    assert "450 4.7.1 not now" in outcome.reason


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA", "TEXT"])
def test_a_lasting_refusal_of_the_letter_is_final(command: str) -> None:
    with ScriptedSmtp() as server:
        server.says(command, "554 5.7.1 never")
        [outcome] = sent(server.route(), HERS)
    assert isinstance(outcome, Refused)
    assert outcome.code == 554


def test_a_server_that_turns_us_away_at_the_door_is_tried_later() -> None:
    with ScriptedSmtp() as server:
        server.says("CONNECT", "554 5.7.1 go away")
        [outcome] = sent(server.route(), HERS)
    assert isinstance(outcome, TryLater)


def test_a_server_that_is_not_there_is_tried_later() -> None:
    [outcome] = sent(Route("127.0.0.1", 1, "none"), HERS)
    assert isinstance(outcome, TryLater)
