"""The outbox against Exim: what becomes of a letter, over how many connections, and how fast."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from mailbot.core.outcome import Outcome, Refused, Sent, TryLater, next_try
from mailbot.mail.outbox import Outbox, Route
from mailbot.mail.pace import Pace
from tests.mail.sending import HERS, LETTER, OURS, sent, sent_at_once
from tests.servers.scripted import ScriptedSmtp

if TYPE_CHECKING:
    from mailbot.mail.tls import Tls
    from tests.servers.exim import Exim


def test_a_letter_arrives_as_it_was_written(exim: Exim) -> None:
    [outcome] = sent(exim.route(), HERS)
    assert isinstance(outcome, Sent)
    [mail] = exim.received(1)
    assert mail.endswith(LETTER.replace(b"\r\n", b"\n"))
    assert b"Return-path: <helpdesk@nhs.net>" in mail


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_a_letter_goes_over_tls_after_log_in(exim_tls: Exim, tls: Tls) -> None:
    assert isinstance(sent(exim_tls.route(tls), HERS)[0], Sent)
    [mail] = exim_tls.received(1)
    assert b"with esmtpsa" in mail


def test_without_starttls_on_the_server_nothing_is_sent(exim: Exim) -> None:
    [outcome] = sent(exim.route("starttls"), HERS)
    assert isinstance(outcome, TryLater)
    assert outcome.reason.startswith("encryption: ")
    assert "STARTTLS" in outcome.reason
    assert exim.received() == []


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_a_certificate_that_nobody_trusted_signed_stops_the_letter(exim_tls: Exim, tls: Tls) -> None:
    route = exim_tls.route(tls)
    [outcome] = sent(Route(route.host, route.port, tls, per_minute=0), HERS)
    assert isinstance(outcome, TryLater)
    assert "certificate" in outcome.reason.lower()


def test_only_this_machine_is_reached_without_encryption() -> None:
    with pytest.raises(ValueError, match="encryption"):
        Route("mail.example.org", 25, "none")


def test_a_failed_log_in_is_not_the_letters_fault(exim_tls: Exim) -> None:
    known = exim_tls.route("starttls")
    wrong = Route(known.host, known.port, "starttls", "helpdesk", lambda: "wrong", 0, cafile=known.cafile)
    nobody = Route(known.host, known.port, "starttls", per_minute=0, cafile=known.cafile)
    for route in (wrong, nobody):
        [outcome] = sent(route, HERS)
        assert isinstance(outcome, TryLater), outcome
        assert "53" in outcome.reason


def test_a_recipient_that_the_server_refuses_is_refused_before_sending_began(exim: Exim) -> None:
    exim.refuse(HERS)
    begun: list[int] = []

    async def started() -> None:
        begun.append(1)

    [outcome] = sent(exim.route(), HERS, started=started)
    assert outcome == Refused("RCPT TO: 550 5.1.1 no such person", 550)
    assert begun == []


def test_a_recipient_that_the_server_puts_off_is_tried_later(exim: Exim) -> None:
    exim.defer(HERS)
    assert sent(exim.route(), HERS) == [TryLater("RCPT TO: 451 4.3.0 try again later")]


def test_a_server_that_has_had_enough_gets_a_minutes_rest(exim: Exim) -> None:
    exim.defer(HERS, "432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded")
    [outcome] = sent(exim.route(), HERS)
    assert isinstance(outcome, TryLater)
    assert outcome.after == timedelta(minutes=1)


def test_after_a_refusal_the_same_connection_takes_the_next_letter(exim: Exim) -> None:
    exim.refuse(HERS)
    outcomes = sent(exim.route(), HERS, "kate@example.org")
    assert [type(outcome) for outcome in outcomes] == [Refused, Sent]


def test_the_sender_of_the_letter_says_that_it_starts_after_rcpt_and_before_data() -> None:
    with ScriptedSmtp() as server:
        seen: list[str] = []

        async def started() -> None:
            seen.extend(server.commands)

        sent(server.route(), HERS, started=started)
    assert seen[-1] == f"RCPT TO:<{HERS}>"
    assert "DATA" in server.commands


def test_a_letter_whose_start_could_not_be_kept_is_not_sent() -> None:
    async def started() -> None:
        raise RuntimeError("disk full")

    with ScriptedSmtp() as server:
        with pytest.raises(RuntimeError, match="disk full"):
            sent(server.route(), HERS, started=started)
        assert "DATA" not in server.commands


def test_letters_one_after_the_other_share_a_connection() -> None:
    with ScriptedSmtp() as server:
        sent(server.route(), *[HERS] * 5)
        assert server.dialled == 1


def test_a_connection_that_the_server_closed_meanwhile_is_made_anew() -> None:
    with ScriptedSmtp() as server:
        server.says("RSET", drop=True)
        outcomes = sent(server.route(), HERS, HERS)
        assert [type(outcome) for outcome in outcomes] == [Sent, Sent]
        assert server.dialled == 2


def test_a_connection_that_has_nothing_to_do_is_closed_with_a_goodbye() -> None:
    async def run(server: ScriptedSmtp) -> None:
        outbox = Outbox(server.route(), idle_seconds=0.05)
        await outbox.send(LETTER, OURS, HERS)
        async with asyncio.timeout(2):
            while "QUIT" not in server.commands or server.standing:
                await asyncio.sleep(0.01)
        await outbox.close()

    with ScriptedSmtp() as server:
        asyncio.run(run(server))


def test_there_are_never_more_connections_than_allowed() -> None:
    with ScriptedSmtp() as server:
        server.slowly = 0.02
        outcomes = sent_at_once(server.route(connections=2), 10)
        assert all(isinstance(outcome, Sent) for outcome in outcomes)
        assert server.most == 2


def test_a_burst_goes_at_once_and_the_rest_waits_for_its_turn() -> None:
    with ScriptedSmtp() as server:

        async def run() -> list[Outcome]:
            outbox = Outbox(server.route(), pace=Pace(4, seconds=0.4))
            try:
                return await asyncio.gather(*(outbox.send(LETTER, OURS, HERS) for _ in range(6)))
            finally:
                await outbox.close()

        start = time.monotonic()
        outcomes = asyncio.run(run())
        took = time.monotonic() - start
    assert len(outcomes) == 6
    assert 0.4 <= took < 3


def test_letters_that_never_reached_the_server_do_not_count_for_the_pace() -> None:
    async def run() -> None:
        outbox = Outbox(Route("127.0.0.1", 1, "none"), pace=Pace(1, seconds=60))
        async with asyncio.timeout(5):
            for _ in range(3):
                assert isinstance(await outbox.send(LETTER, OURS, HERS), TryLater)
        await outbox.close()

    asyncio.run(run())


def test_a_letter_that_is_called_back_in_the_middle_frees_its_place() -> None:
    async def run(server: ScriptedSmtp) -> None:
        outbox = Outbox(server.route(connections=1))
        forever = asyncio.Event()

        async def started() -> None:
            forever.set()
            await asyncio.sleep(60)

        task = asyncio.create_task(outbox.send(LETTER, OURS, HERS, started))
        await forever.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert isinstance(await outbox.send(LETTER, OURS, HERS), Sent)
        await outbox.close()

    with ScriptedSmtp() as server:
        asyncio.run(run(server))
        assert len(server.texts) == 1


@pytest.mark.parametrize(
    "address",
    ["jané@example.org", "a b@example.org", "a@b.org>\r\nRCPT TO:<c@d.org", "a@b\x00.org", "a>@b.org", ""],
)
def test_an_address_that_could_break_a_command_is_refused_without_a_connection(address: str) -> None:
    with ScriptedSmtp() as server:
        [outcome] = sent(server.route(), address)
        assert isinstance(outcome, Refused)
        assert server.dialled == 0


def test_a_bare_dot_or_line_feed_cannot_end_the_text_early() -> None:
    smuggled = b"Subject: x\r\n\r\none\n.\nMAIL FROM:<a@b>\r.\rtwo\r\n"

    async def run(server: ScriptedSmtp) -> None:
        outbox = Outbox(server.route())
        await outbox.send(smuggled, OURS, HERS)
        await outbox.close()

    with ScriptedSmtp() as server:
        asyncio.run(run(server))
        assert [text.split("\n")[3] for text in server.texts] == [".."]
        assert sum(command.startswith("MAIL") for command in server.commands) == 1


def test_reasons_hold_no_address() -> None:
    with ScriptedSmtp() as server:
        server.says("RCPT", f"550 5.1.1 <{HERS}> no such person")
        [outcome] = sent(server.route(), HERS)
    assert outcome == Refused("RCPT TO: 550 5.1.1 (address) no such person", 550)


def test_waits_grow_from_a_minute_and_end_after_two_days() -> None:
    waits: list[timedelta] = []
    while (wait := next_try(len(waits) + 1)) is not None:
        waits.append(wait)
    minutes = [wait // timedelta(minutes=1) for wait in waits]
    assert minutes[:6] == [1, 5, 15, 30, 60, 60]
    assert set(minutes[6:]) == {60, 120}
    assert minutes == sorted(minutes)
    assert timedelta(hours=46) <= sum(waits, timedelta()) <= timedelta(days=2)
    assert next_try(1000) is None
