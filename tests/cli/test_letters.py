"""`mailbot letters`: every letter is there to be read, and the page leads to each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from mailbot import app as parts
from mailbot.cli.program import app
from mailbot.config import gallery

if TYPE_CHECKING:
    from pathlib import Path

RUNNER = CliRunner()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("letters") / "of" / "the-team"
    result = RUNNER.invoke(app, ["letters", str(made)])
    assert result.exit_code == 0, result.output
    return made


def test_every_template_is_written_as_html_and_as_text(folder: Path) -> None:
    for part in parts.letters().parts:
        name = f"{part.replace('/', '-')}-inside-open"
        assert (folder / f"{name}.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
        assert (folder / f"{name}.txt").read_text(encoding="utf-8").startswith("Subject: ")


def test_the_page_leads_to_every_file_and_to_no_other(folder: Path) -> None:
    page = (folder / "index.html").read_text(encoding="utf-8")
    linked = set(re.findall(r'href="([^"#]+)"', page))
    assert linked == {file.name for file in folder.iterdir()} - {"index.html"}


def test_a_letter_says_which_move_and_which_reminder_use_it(folder: Path) -> None:
    page = (folder / "index.html").read_text(encoding="utf-8")
    of_joiner = page.partition('id="joiner"')[2].partition("<h2")[0]
    assert "templates/joiner/reminder_lead.md" in of_joiner
    assert "reminder “lead” while confirmed, to the deputy regional maternity lead" in of_joiner
    assert "She asked how to bring her account" in of_joiner


def test_a_letter_outside_nhsmail_names_nobody(folder: Path) -> None:
    outside = list(folder.glob("*-outside-*.txt"))
    assert outside
    for file in outside:
        text = file.read_text(encoding="utf-8")
        assert "Jane" not in text
        assert "15 April" not in text


def test_what_came_out_of_hours_is_told_when_the_team_opens(folder: Path) -> None:
    assert "We are next open on" in (folder / "joiner-advice-inside-closed.txt").read_text()
    assert "next open on" not in (folder / "joiner-advice-inside-open.txt").read_text()


def test_a_letter_that_no_rule_uses_stands_in_a_chapter_of_its_own(folder: Path) -> None:
    desk, letters = parts.desk(parts.settings(None)), parts.letters()
    used = gallery.uses(desk.workflows, letters.parts)
    page = (folder / "index.html").read_text(encoding="utf-8")
    listed = re.findall("templates/(.+?)[.]md", page.partition('<h2 id="unused"')[2])
    assert listed == [part for part, occasions in used.items() if not occasions]


def test_the_settings_name_what_letters_call_things(tmp_path: Path) -> None:
    settings = tmp_path / "config.toml"
    settings.write_text(
        '[people]\nteam_phone = "01632 960999"\n[[mailbox]]\naddress = "desk@nhs.net"\n'
        '[mailbox.imap]\nhost = "127.0.0.1"\ntls = "none"\npassword_env = "NONE"\n'
        '[mailbox.smtp]\nhost = "127.0.0.1"\ntls = "none"\n',
        encoding="utf-8",
    )
    result = RUNNER.invoke(app, ["letters", str(tmp_path / "made"), "-c", str(settings)])
    assert result.exit_code == 0, result.output
    assert "01632 960999" in (tmp_path / "made" / "password-reset-inside-open.txt").read_text()


def test_a_folder_that_cannot_be_written_is_told_plainly(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    result = RUNNER.invoke(app, ["letters", str(tmp_path / "taken")])
    assert result.exit_code == 1
    assert "cannot be written" in result.output
