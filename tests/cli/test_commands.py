"""The commands as a person types them: what they print, and with which exit code they end."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from mailbot.cli.program import app
from tests.service.desk import mail, settings

if TYPE_CHECKING:
    from tests.servers.dovecot import Dovecot
    from tests.servers.exim import Exim

ROOT = Path(__file__).parents[2]
PARSED = {
    "file", "message_id", "from", "sender", "reply_to", "to", "cc", "subject", "date", "in_reply_to",
    "references", "text", "reply", "forwarded", "kind", "bounce", "answerable", "attachments", "guessed",
}  # fmt: skip
TRIAGED = {"file", "intents", "scores", "act", "person", "dates", "orgs", "trust", "because"}
COMMANDS = (
    "demo", "run", "check", "parse", "triage", "simulate", "tickets", "act", "letters", "workflows",
    "import-clocks", "learn", "replay", "corrections",
)  # fmt: skip


def typed(*words: str | Path, code: int = 0) -> str:
    """What `mailbot` prints for these words; errors follow what it printed."""
    done = CliRunner().invoke(app, [str(w) for w in words])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == code, done.output
    return done.output


def objects(printed: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in printed.splitlines()]


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_says_what_it_does_in_its_help(command: str) -> None:
    said = typed(command, "--help")
    assert re.search(r"\w+ .*\.", said), "a sentence"
    assert command in typed("--help")


def test_wrong_usage_ends_with_2() -> None:
    typed("parse", code=2)
    typed("run", code=2)
    typed("frobnicate", code=2)


def test_parse_prints_one_object_a_mail_with_every_field(tmp_path: Path) -> None:
    (tmp_path / "one.eml").write_bytes(mail(0))
    (tmp_path / "two.eml").write_bytes(mail(1))
    found = objects(typed("parse", "--json", tmp_path))
    assert [Path(o["file"]).name for o in found] == ["one.eml", "two.eml"]
    assert all(set(o) == PARSED for o in found)


def test_triage_prints_what_is_asked_and_why(tmp_path: Path) -> None:
    path = tmp_path / "locked.eml"
    path.write_bytes(mail(0))
    [found] = objects(typed("triage", "--json", path))
    assert set(found) >= TRIAGED
    assert found["intents"] == ["unlock"]
    assert found["trust"] == "internal"
    assert found["because"]
    assert all({"intent", "phrase", "start", "end", "weight"} <= set(b) for b in found["because"])


def test_triage_of_a_mail_for_people_says_who_answers(tmp_path: Path) -> None:
    path = tmp_path / "locked.eml"
    path.write_bytes(mail(0))
    assert "Answered by: the bot" in typed("triage", path)


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert "nowhere.eml" in typed("parse", "--json", tmp_path / "nowhere.eml", code=1)


def test_a_mailbox_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    path = tmp_path / "locked.eml"
    path.write_bytes(mail(0))
    said = typed("triage", "--mailbox", "sales", path, code=1)
    assert "sales" in said
    assert "regional" in said


def test_a_scenario_with_a_mistake_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "scenario.toml").write_text(
        "starts = 2026-03-02T09:00:00Z\nuntil = 2026-03-03T09:00:00Z\n[[step]]\nat = 2026-03-02T09:00:00Z\n"
        'does = "sing"\n'
    )
    assert "scenario.toml:3" in typed("simulate", "--json", tmp_path, code=1)


def test_a_step_that_cannot_be_done_ends_the_run_and_is_named(tmp_path: Path) -> None:
    (tmp_path / "scenario.toml").write_text(
        "starts = 2026-03-02T09:00:00Z\nuntil = 2026-03-03T09:00:00Z\n[[step]]\nat = 2026-03-02T10:00:00Z\n"
        'does = "done"\ntask = "mark_joiner"\nticket = 1\n'
    )
    said = typed("simulate", "--json", tmp_path, code=1)
    assert "scenario.toml:3" in said
    assert "IM-000001" in said


@pytest.fixture
def desk(tmp_path: Path, dovecot: Dovecot, exim: Exim) -> Path:
    return settings(tmp_path, dovecot, exim)


def test_an_admin_opens_a_case_by_hand_and_carries_it_through(desk: Path) -> None:
    typed("act", "-c", desk, "open", "reenable", "--person", "email=ros.penhale@nhs.net")
    [case] = objects(typed("tickets", "-c", desk, "--json"))
    assert case["reference"] == "IM-000001"
    assert [t["name"] for t in case["tasks"]] == ["check_identity"]
    typed("act", "-c", desk, "IM-000001", "take", "check_identity")
    typed("act", "-c", desk, "IM-000001", "done", "check_identity")
    typed("act", "-c", desk, "IM-000001", "done", "reenable_account")
    assert objects(typed("tickets", "-c", desk, "--json")) == []
    [closed] = objects(typed("tickets", "-c", desk, "--json", "--all"))
    assert [r["state"] for r in closed["requests"]] == ["enabled"]
    assert {"messages", "requests", "letters", "history"} <= set(closed)


def test_only_an_admin_of_the_settings_may_act(desk: Path) -> None:
    said = typed("act", "-c", desk, "--as", "somebody@nhs.net", "open", "reenable", code=1)
    assert "admin.one@nhs.net" in said


def test_an_act_on_no_case_says_what_to_type(desk: Path) -> None:
    assert "IM-000123" in typed("act", "-c", desk, "IM-000123", code=2)
    assert "no such act: frob" in typed("act", "-c", desk, "IM-000123", "frob", code=2)
    assert "no such case" in typed("act", "-c", desk, "IM-000123", "close", code=1)


def test_check_goes_step_by_step_through_mailboxes_and_the_way_out(desk: Path) -> None:
    said = typed("check", "-c", desk)
    for step in ("settings", "rules", "letters", "helpdesk: open INBOX", "regional: connect", "smtp"):
        assert step in said
    assert "✗" not in said


def test_check_names_the_step_that_failed(desk: Path) -> None:
    (desk.parent / "regional.password").write_text("wrong", encoding="utf-8")
    said = typed("check", "-c", desk, code=1)
    assert "✗ regional: connect, encrypt, log in" in said
    assert "✓ helpdesk: open INBOX" in said


def test_a_missing_settings_file_is_an_error_with_its_name(tmp_path: Path) -> None:
    assert "none.toml" in typed("run", "-c", tmp_path / "none.toml", "--once", code=1)


def test_every_command_stands_in_the_readme_or_a_guide() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for command in COMMANDS:
        assert f"mailbot {command}" in text, f"the README says nothing of mailbot {command}"
