"""A scenario folder runs on rules and letters of its own; what it lacks comes from the shipped ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mailbot.config import shipped
from mailbot.config.mistake import Mistakes
from mailbot.simulate import simulate
from mailbot.simulate.run import StepError

if TYPE_CHECKING:
    from pathlib import Path

MAIL = """\
From: Jane Smith <jane.smith@nhs.net>
To: helpdesk@nhs.net
Subject: People Finder
Date: Mon, 2 Mar 2026 10:00:00 +0000
Message-ID: <one@nhs.net>
X-MS-Exchange-Organization-AuthAs: Internal

How do I hide my mobile number in People Finder?
"""
HEAD = "starts = 2026-03-02T09:00:00Z\nuntil = 2026-03-04T00:00:00Z\n"
COMES = '[[step]]\nat = 2026-03-02T10:00:00Z\nmail = "one.eml"\n'


def lines(folder: Path, steps: str = COMES) -> list[dict[str, Any]]:
    (folder / "one.eml").write_text(MAIL, encoding="utf-8")
    (folder / "scenario.toml").write_text(HEAD + steps, encoding="utf-8")
    return list(simulate(folder))


def test_a_folder_may_hold_one_workflow_alone(tmp_path: Path) -> None:
    own = tmp_path / "rules" / "workflows"
    own.mkdir(parents=True)
    text = (shipped.rules() / "workflows" / "directory.toml").read_text(encoding="utf-8")
    (own / "directory.toml").write_text(
        text.replace("The number is hidden by default", "We say so"), encoding="utf-8"
    )
    told = [x["because"] for x in lines(tmp_path) if x["kind"] == "state"]
    assert told == ["We say so, and she can change that herself"]


def test_a_folder_may_close_a_day_and_change_no_workflow(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "calendar.toml").write_text("add = [2026-03-02]\n", encoding="utf-8")
    [letter] = [x for x in lines(tmp_path) if x["kind"] == "sent" and x["ticket"]]
    assert "Tuesday 3 March at 9am" in " ".join(letter["text"].split())


def test_a_folder_may_hold_one_letter_alone(tmp_path: Path) -> None:
    (tmp_path / "templates" / "directory").mkdir(parents=True)
    (tmp_path / "templates" / "directory" / "answer.md").write_text("Subject: Hidden\n\nIt is hidden.\n")
    [letter] = [x for x in lines(tmp_path) if x["kind"] == "sent" and x["ticket"]]
    assert letter["subject"] == "Hidden [IM-000001]"


def test_a_mistake_in_a_folder_s_rule_names_that_file(tmp_path: Path) -> None:
    own = tmp_path / "rules" / "workflows"
    own.mkdir(parents=True)
    (own / "directory.toml").write_text("title = 3\n", encoding="utf-8")
    with pytest.raises(Mistakes, match=r"rules/workflows/directory\.toml:1"):
        lines(tmp_path)


def test_a_step_that_cannot_be_done_ends_the_run_and_is_named(tmp_path: Path) -> None:
    step = '[[step]]\nat = 2026-03-02T11:00:00Z\nticket = 1\ndoes = "done"\ntask = "mark_joiner"\n'
    with pytest.raises(StepError, match=r"scenario\.toml:6: done on IM-000001: .* no unfinished task"):
        lines(tmp_path, COMES + step)


def test_the_same_mail_again_is_told_with_its_old_ticket(tmp_path: Path) -> None:
    again = COMES.replace("10:00", "10:05") + 'mailbox = "regional"\n'
    received = [x for x in lines(tmp_path, COMES + again) if x["kind"] == "received"]
    assert [x["ticket"] for x in received] == [1, 1]


def test_a_call_may_say_that_the_number_matched(tmp_path: Path) -> None:
    step = '[[step]]\nat = 2026-03-02T11:00:00Z\nticket = 1\ndoes = "call"\nset = { matched = true }\n'
    assert lines(tmp_path, COMES + step)


def test_a_step_by_somebody_who_is_no_admin_ends_the_run(tmp_path: Path) -> None:
    step = '[[step]]\nat = 2026-03-02T11:00:00Z\nticket = 1\ndoes = "close"\nby = "x@elsewhere.example"\n'
    with pytest.raises(StepError, match=r"x@elsewhere\.example is no admin"):
        lines(tmp_path, COMES + step)
