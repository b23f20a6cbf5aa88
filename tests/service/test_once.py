"""`mailbot run --once` on Dovecot and Exim: every mail a case, every case its answer, once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections import Counter
from typing import TYPE_CHECKING

from tests.service.desk import command, letters, mail, run, settings

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers.dovecot import Dovecot
    from tests.servers.exim import Exim

MANY = 200


def test_200_mails_become_200_cases_and_200_first_answers_and_a_second_run_does_nothing(
    tmp_path: Path, dovecot: Dovecot, exim: Exim
) -> None:
    config = settings(tmp_path, dovecot, exim)
    for n in range(MANY):
        dovecot.deliver("helpdesk", mail(n))
    run("run", "-c", str(config), "--once")

    found = [json.loads(line) for line in run("tickets", "-c", str(config), "--json", "--all").splitlines()]
    assert len(found) == MANY
    assert all(len(t["messages"]) == 1 for t in found)
    sent = letters(exim, MANY)
    assert Counter(x["To"] for x in sent) == Counter(f"midwife.{n}@nhs.net" for n in range(MANY))
    assert dovecot.mails("helpdesk") == []
    assert len(dovecot.mails("helpdesk", "Processed")) == MANY

    run("run", "-c", str(config), "--once")
    again = run("tickets", "-c", str(config), "--json", "--all").splitlines()
    assert len(again) == MANY
    assert len(exim.received()) == MANY


def test_every_answer_names_its_case_and_carries_the_marks_of_automatic_mail(
    tmp_path: Path, dovecot: Dovecot, exim: Exim
) -> None:
    config = settings(tmp_path, dovecot, exim)
    dovecot.deliver("helpdesk", mail(0))
    run("run", "-c", str(config), "--once")
    [letter] = letters(exim, 1)
    assert letter["From"].addresses[0].addr_spec == "helpdesk@nhs.net"
    assert letter["Subject"].count("IM-000001") == 1
    assert letter["Auto-Submitted"] == "auto-replied"
    assert letter["In-Reply-To"] == "<midwife-0@nhs.net>"
    assert letter["X-Mailbot"].split("@")[0] in letter["Message-ID"]
    assert letter.get_body(("plain",)) is not None
    assert letter.get_body(("html",)) is not None


def test_the_lead_s_mailbox_keeps_its_mails_with_their_flags_and_place(
    tmp_path: Path, dovecot: Dovecot, exim: Exim
) -> None:
    config = settings(tmp_path, dovecot, exim)
    for n in range(60):
        dovecot.deliver("regional", mail(n))
    before = dovecot.flags("regional")
    run("run", "-c", str(config), "--once")
    assert len(letters(exim, 50)) == 50  # the question that a person must answer gets no receipt there
    assert {name: where.partition("/")[2] for name, where in dovecot.flags("regional").items()} == {
        name: where.partition("/")[2] for name, where in before.items()
    }
    run("run", "-c", str(config), "--once")
    assert len(exim.received()) == 50


def test_the_same_mail_in_both_mailboxes_is_one_case_and_one_answer(
    tmp_path: Path, dovecot: Dovecot, exim: Exim
) -> None:
    config = settings(tmp_path, dovecot, exim)
    dovecot.deliver("helpdesk", mail(1))
    dovecot.deliver("regional", mail(1))
    run("run", "-c", str(config), "--once")
    assert len(run("tickets", "-c", str(config), "--json", "--all").splitlines()) == 1
    assert len(exim.received(1)) == 1


def test_a_new_uidvalidity_answers_nothing_again(tmp_path: Path, dovecot: Dovecot, exim: Exim) -> None:
    config = settings(tmp_path, dovecot, exim)
    for n in range(4):
        dovecot.deliver("regional", mail(n))
    run("run", "-c", str(config), "--once")
    dovecot.forget_uids("regional")
    run("run", "-c", str(config), "--once")
    assert len(run("tickets", "-c", str(config), "--json", "--all").splitlines()) == 4
    assert len(exim.received()) == 4


def test_a_first_look_at_a_folder_of_old_mail_demands_not_before_and_the_other_mailbox_goes_on(
    tmp_path: Path, dovecot: Dovecot, exim: Exim
) -> None:
    config = settings(tmp_path, dovecot, exim)
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("not_before = 2026-01-01\n", "", 1), encoding="utf-8")
    for n in range(51):
        dovecot.deliver("helpdesk", mail(n))
    dovecot.deliver("regional", mail(100))
    said = run("run", "-c", str(config), "--once", code=1)
    assert "not_before" in said
    assert len(exim.received(1)) == 1
    assert len(dovecot.mails("helpdesk")) == 51


def test_mail_from_before_not_before_is_seen_and_never_answered(
    tmp_path: Path, dovecot: Dovecot, exim: Exim
) -> None:
    config = settings(tmp_path, dovecot, exim)
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("not_before = 2026-01-01", "not_before = 2040-01-01"), encoding="utf-8")
    dovecot.deliver("helpdesk", mail(1))
    run("run", "-c", str(config), "--once")
    assert run("tickets", "-c", str(config), "--json", "--all") == ""
    assert exim.received() == []
    assert len(dovecot.mails("helpdesk", "Processed")) == 1


def test_killed_in_the_middle_nothing_is_lost_and_nobody_is_answered_twice(
    tmp_path: Path, dovecot: Dovecot, exim: Exim
) -> None:
    config = settings(tmp_path, dovecot, exim)
    for n in range(MANY):
        dovecot.deliver("helpdesk", mail(n))
    for after in (1, 40, 120):
        _killed_after(config, exim, after)
    run("run", "-c", str(config), "--once")

    found = [json.loads(line) for line in run("tickets", "-c", str(config), "--json", "--all").splitlines()]
    assert Counter(m["message_id"] for t in found for m in t["messages"]) == Counter(
        f"<midwife-{n}@nhs.net>" for n in range(MANY)
    )
    sent = letters(exim, MANY)
    ids = Counter(x["Message-ID"] for x in sent)
    assert len(ids) == MANY
    # three kills, each with at most three connections in flight
    assert sum(ids.values()) <= MANY + 9
    assert len({x["To"] for x in sent}) == MANY


def _killed_after(config: Path, exim: Exim, count: int) -> None:
    """Starts a run and kills it once so many letters are out."""
    process = subprocess.Popen(
        command("run", "-c", str(config), "--once"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 30
    while process.poll() is None and len(exim.received()) < count and time.monotonic() < deadline:
        pass
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
