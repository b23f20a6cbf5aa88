"""What an admin corrected is told, new rules are tried on kept mail, and labelled mail teaches."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from mailbot import app
from mailbot.bot import Arrival
from mailbot.config import learned, shipped
from mailbot.config.mistake import Mistakes
from mailbot.core.event import AdminActed
from tests.cli.test_commands import objects, typed
from tests.service.desk import mail

LABELLED = Path(__file__).parents[1] / "triage" / "dev.jsonl"


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """Settings whose store holds a question, which an admin read as a duplicate account, and a lock."""
    config = tmp_path / "config.toml"
    config.write_text('[bot]\ndata = "var"\n', encoding="utf-8")
    chosen = app.settings(config, offline=True)
    store = app.store(chosen)
    bot = app.bot(chosen, store, app.marks(chosen))
    bot.receive(Arrival("helpdesk", mail(5), app.now()))
    bot.receive(Arrival("helpdesk", mail(0), app.now()))
    bot.act(AdminActed("admin.one@nhs.net", "triage", 1, intents=("duplicate_account",))).saved.result()
    store.close()
    return config


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return Path(shutil.copytree(shipped.rules(), tmp_path / "rules"))


def test_a_correction_is_told_as_a_labelled_mail(desk: Path) -> None:
    [row] = objects(typed("corrections", "-c", desk))
    assert row["intents"] == ["duplicate_account"]
    assert row["mailbox"] == "helpdesk"
    assert "courses" in row["body"]
    assert {"from", "to", "cc", "date", "subject", "headers", "person", "dates", "orgs", "act"} <= set(row)


def test_the_shipped_rules_change_nothing_and_a_folder_without_locks_does(desk: Path, rules: Path) -> None:
    assert objects(typed("replay", "-c", desk, "--rules", rules, "--json")) == []
    for name in ("unlock.toml", "learned.json"):
        (rules / "triage" / name).unlink(missing_ok=True)
    changed = objects(typed("replay", "-c", desk, "--rules", rules, "--json"))
    [lock] = [c for c in changed if c["reference"] == "IM-000002"]
    assert lock["before"]["intents"] == ["unlock"]
    assert lock["after"]["intents"] != ["unlock"]


def test_labelled_mail_teaches_and_what_was_learned_is_read_again(rules: Path, tmp_path: Path) -> None:
    few = tmp_path / "few.jsonl"
    few.write_text("\n".join(LABELLED.read_text(encoding="utf-8").splitlines()[:40]) + "\n", encoding="utf-8")
    said = typed("learn", few, "--rules", rules)
    assert "40 mails" in said
    found = learned.load(rules / "triage")
    assert found.weights
    assert learned.save(rules / "triage", found).read_text(encoding="utf-8").count("\n") > len(found.weights)
    assert learned.load(rules / "triage") == found


def test_a_line_that_is_no_labelled_mail_is_named(rules: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text(json.dumps({"subject": "nothing else"}) + "\n", encoding="utf-8")
    assert f"{bad}:1" in typed("learn", bad, "--rules", rules, code=1)


def test_a_broken_file_of_weights_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / learned.FILE).write_text('{\n"change": 0.2,\n"sure" 0.5}', encoding="utf-8")
    with pytest.raises(Mistakes, match=r"learned\.json:3"):
        learned.load(tmp_path)
