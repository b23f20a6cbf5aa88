"""The service as it runs: answers at once, acts through its API, ends cleanly."""

from __future__ import annotations

import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from mailbot import app
from mailbot.demo.sandbox import Sandbox, settings_toml
from mailbot.service import Service
from tests.servers.process import free_port
from tests.service.desk import command, letters, mail, run, settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.servers.dovecot import Dovecot
    from tests.servers.exim import Exim


@pytest.fixture
def idling(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Sandbox, Service]]:
    """The service on the demo's servers, once both of its mailboxes have been looked at."""
    with Sandbox(tmp_path, app.now) as sandbox:
        for name, value in sandbox.environment.items():
            monkeypatch.setenv(name, value)
        file = tmp_path / "config.toml"
        file.write_text(settings_toml(sandbox, tmp_path, free_port()), encoding="utf-8")
        chosen = app.settings(file)
        store = app.store(chosen)
        service = Service(chosen, app.bot(chosen, store, app.marks(chosen)))
        service.start()
        _wait_for(lambda: all(w.looked for w in service.watchers))
        yield sandbox, service
        service.end()
        store.close()


def test_a_mail_that_arrives_while_the_service_idles_is_answered_within_a_second(
    idling: tuple[Sandbox, Service],
) -> None:
    sandbox, _ = idling
    began = time.monotonic()
    sandbox.deliver("helpdesk", mail(0))
    _wait_for(lambda: len(sandbox.sent()) == 1)
    assert time.monotonic() - began < 1


def test_mail_to_the_lead_s_mailbox_is_answered_too(idling: tuple[Sandbox, Service]) -> None:
    sandbox, _ = idling
    sandbox.deliver("regional", mail(4))
    _wait_for(lambda: len(sandbox.sent()) == 1)
    assert b"midwife.4@nhs.net" in sandbox.sent()[0]


@pytest.fixture
def running(tmp_path: Path, dovecot: Dovecot, exim: Exim) -> Iterator[tuple[Path, subprocess.Popen[str]]]:
    """`mailbot run` as a process of its own."""
    config = settings(tmp_path, dovecot, exim)
    process = subprocess.Popen(command("run", "-c", str(config)), stderr=subprocess.PIPE, text=True)
    yield config, process
    if process.poll() is None:
        process.kill()
    process.communicate()


def test_sigterm_ends_it_within_5_seconds_and_nothing_is_half_done(
    running: tuple[Path, subprocess.Popen[str]], dovecot: Dovecot, exim: Exim
) -> None:
    config, process = running
    for n in range(60):
        dovecot.deliver("helpdesk", mail(n))
    exim.received(5, seconds=30)
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    assert time.monotonic() - began < 5
    run("run", "-c", str(config), "--once")
    sent = letters(exim, 60)
    assert len({x["Message-ID"] for x in sent}) == len(sent) == 60


@pytest.fixture
def answered(running: tuple[Path, subprocess.Popen[str]], dovecot: Dovecot, exim: Exim) -> Path:
    """The settings of a service that runs and has answered the first mail."""
    dovecot.deliver("helpdesk", mail(0))
    assert len(exim.received(1, seconds=30)) == 1
    return running[0]


def test_an_admin_acts_while_the_service_runs_and_the_letter_leaves_at_once(
    answered: Path, exim: Exim
) -> None:
    config = answered
    run("act", "-c", str(config), "IM-000001", "done", "check_identity")
    said = run("act", "-c", str(config), "IM-000001", "done", "unlock_account")
    assert "closed" in said
    assert len(exim.received(2)) == 2


def test_an_act_that_cannot_be_done_is_refused_in_words(answered: Path) -> None:
    said = run("act", "-c", str(answered), "IM-000001", "done", "mark_joiner", code=1)
    assert "check_identity" in said


def test_two_services_on_one_store_are_refused(answered: Path) -> None:
    assert "lock" in run("run", "-c", str(answered), "--once", code=1)


def test_the_secret_of_the_api_is_for_its_own_user_alone(answered: Path) -> None:
    assert (answered.parent / "var" / "api.token").stat().st_mode & 0o077 == 0


def _wait_for(true: object, seconds: float = 10.0) -> None:
    assert callable(true)
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it did not come to pass"
        time.sleep(0.005)
