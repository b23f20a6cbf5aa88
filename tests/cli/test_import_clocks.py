"""`mailbot import-clocks`: what runs already is shown, comes in whole or not at all, and mails nobody."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from mailbot import app as parts
from mailbot.cli.program import app
from mailbot.config.mistake import Mistakes
from mailbot.config.spreadsheet import load
from mailbot.core.reminder import dues

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)  # a Monday
HEAD = "account,name,clock,starts,old_organisation,note\n"
TWO = (
    HEAD + "hannah.okafor2@nhs.net,Hannah Okafor,leaver,2026-02-27,Ashmoor Vale,told by phone\n"
    "sophie.lindqvist@nhs.net,Sophie Lindqvist,disabled,31/08/2025,,\n"
)


@pytest.fixture(autouse=True)
def _monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "now", lambda: NOW)


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    file = tmp_path / "config.toml"
    file.write_text(
        '[[mailbox]]\naddress = "helpdesk@nhs.net"\n[mailbox.imap]\nhost = "127.0.0.1"\ntls = "none"\n'
        'password_env = "NONE"\n[mailbox.smtp]\nhost = "127.0.0.1"\ntls = "none"\n',
        encoding="utf-8",
    )
    return file


def imports(settings: Path, sheet: str | bytes, *more: str) -> Result:
    file = settings.parent / "clocks.csv"
    file.write_bytes(sheet if isinstance(sheet, bytes) else sheet.encode())
    return CliRunner().invoke(app, ["import-clocks", str(file), "-c", str(settings), *more])


def test_a_dry_run_shows_each_deadline_and_first_reminder_and_changes_nothing(settings: Path) -> None:
    result = imports(settings, TWO)
    assert result.exit_code == 0, result.output
    head, leaver, disabled, last = result.output.splitlines()
    assert " ".join(head.split()) == "line account name clock started deletion act by first reminder"
    assert "2026-02-27  2026-03-29  2026-03-25 17:00  2026-03-06 9am, to person and regional lead" in leaver
    assert "2025-08-31  2027-02-28  2027-02-24 17:00  2026-09-01 9am, to admin" in disabled
    assert last == "2 clocks can be imported; nothing was changed. To import: --apply"
    assert not (settings.parent / "var").exists()


def test_apply_opens_a_case_with_its_account_and_clock_for_each_row(settings: Path) -> None:
    assert imports(settings, TWO, "--apply").exit_code == 0
    store = parts.reading(parts.settings(settings, offline=True))
    first, second = store.tickets()
    assert [(r.workflow, r.state) for t in (first, second) for r in t.requests] == [
        ("joiner", "confirmed"),
        ("disable", "disabled"),
    ]
    account = store.account_at("hannah.okafor2@nhs.net")
    assert account is not None
    clock = account.clock("leaver")
    assert clock is not None
    assert (clock.starts, clock.deadline, clock.assumed) == (date(2026, 2, 27), date(2026, 3, 29), False)
    assert account.name == "Hannah Okafor"
    assert first.requests[0].claims["old_organisation"] == "Ashmoor Vale"
    assert "told by phone" in first.entries[0].text
    assert second.requests[0].open
    assert second.open_tasks() == ()


def test_the_import_mails_nobody_and_its_reminders_count_from_now(settings: Path) -> None:
    imports(settings, HEAD + "hannah.okafor2@nhs.net,,leaver,2026-02-10,,\n", "--apply")
    chosen = parts.settings(settings, offline=True)
    store = parts.reading(chosen)
    (ticket,) = store.tickets()
    assert store.letters(ticket.number) == ()
    assert ticket.letters == 0
    accounts = {a.id: a for a in store.accounts()}
    assert all(due.at >= NOW for due in dues(ticket, accounts, parts.desk(chosen)))
    assert (store.next_wake() or NOW) > NOW


def test_a_file_with_one_mistake_imports_nothing(settings: Path) -> None:
    result = imports(settings, TWO + "nobody@post.example,,leaver,2026-02-27,,\n", "--apply")
    assert result.exit_code == 1
    assert "clocks.csv:4: nobody@post.example is no NHSmail address" in result.output
    assert "nothing was imported" in result.output
    assert list(parts.reading(parts.settings(settings, offline=True)).tickets()) == []


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("a.b@nhs.net,,restore,2026-02-27,,", "unknown clock 'restore' (write leaver or disabled)"),
        ("a.b@nhs.net,,leaver,27.2.26,,", "starts '27.2.26' is no day"),
        ("a.b@nhs.net,,leaver,02/27/2026,,", "starts '02/27/2026' is no day"),
        ("a.b@nhs.net,,leaver,2026-02-30,,", "starts '2026-02-30' is no day"),
        ("a.b@nhs.net,,leaver,,,", "starts is empty"),
        ("a.b@nhs.net,,leaver,2026-01-31,,", "its deadline was Monday 2 March 2026"),
        ("a.b@nhs.net,,leaver,2026-03-03,,", "Tuesday 3 March 2026 is still to come"),
        ("a.b@nhs.net.example,,leaver,2026-02-27,,", "is no NHSmail address"),
        ("Jane Smith,,leaver,2026-02-27,,", "account 'Jane Smith' is no mail address"),
        (",,leaver,2026-02-27,,", "account is empty"),
        ("Hannah.Okafor2@nhs.net,,leaver,2026-02-26,,", "has a leaver clock on line 2 already"),
        ("a.b@nhs.net,Doe, Jane,leaver,2026-02-27,,told", "more cells than columns"),
    ],
)
def test_every_mistake_is_told_with_its_line(settings: Path, row: str, told: str) -> None:
    result = imports(settings, TWO + row + "\n")
    assert result.exit_code == 1
    assert "clocks.csv:4: " in result.output
    assert told in result.output


def test_what_runs_in_the_store_already_is_refused(settings: Path) -> None:
    imports(settings, TWO, "--apply")
    again = imports(settings, TWO)
    assert again.exit_code == 1
    assert "clocks.csv:2: its leaver clock runs already, since Friday 27 February 2026" in again.output
    assert "clocks.csv:3: its disabled clock runs already" in again.output


def test_an_account_may_have_both_clocks_and_stays_one_account(settings: Path) -> None:
    sheet = HEAD + "a.b@nhs.net,A B,leaver,2026-02-27,,\na.b@nhs.net,A B,disabled,2026-02-01,,\n"
    assert imports(settings, sheet, "--apply").exit_code == 0
    (account,) = parts.reading(parts.settings(settings, offline=True)).accounts()
    assert {c.name for c in account.clocks if c.running} == {"leaver", "disabled"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_the_usual_ways_to_save_a_sheet_are_read(tmp_path: Path, encoding: str, sign: str) -> None:
    file = tmp_path / "clocks.csv"
    text = "Starts,Account,NAME,clock\r\n\r\n 2026-02-27 ,Zoë.Ní@nhs.net,Zoë Ní Bhriain,Leaver\r\n"
    file.write_bytes(text.replace("Zoë.Ní@", "zoe.ni@").replace(",", sign).encode(encoding))
    rows, mistakes = load(file)
    assert mistakes == []
    (row,) = rows
    assert row.line == 3
    assert (row.running.account, row.running.name) == ("zoe.ni@nhs.net", "Zoë Ní Bhriain")


def test_a_cell_of_several_lines_does_not_shift_the_lines_that_are_named(tmp_path: Path) -> None:
    file = tmp_path / "clocks.csv"
    file.write_text(HEAD + 'a.b@nhs.net,,leaver,2026-02-27,,"two\nlines"\nx,,leaver,2026-02-27,,\n')
    rows, mistakes = load(file)
    assert [row.running.note for row in rows] == ["two lines"]
    assert [m.line for m in mistakes] == [4]


@pytest.mark.parametrize(
    ("sheet", "told"),
    [
        (b"", "is empty"),
        (b"account,name,starts\n", "there is no column clock"),
        (b"account,name,clock,starts,colour\n", "unknown column colour"),
        (b"account,name,clock,starts,clock\n", "the column clock stands there twice"),
        ("account,name".encode("utf-16"), "is no CSV in UTF-8"),
        (b"PK\x03\x04 a workbook", "is no CSV in UTF-8"),
        (b'account,name,clock,starts\n"' + b"x" * 200_000 + b'"', "is no CSV"),
    ],
)
def test_a_file_that_is_no_such_sheet_is_refused(tmp_path: Path, sheet: bytes, told: str) -> None:
    file = tmp_path / "clocks.csv"
    file.write_bytes(sheet)
    with pytest.raises(Mistakes, match=told):
        load(file)


def test_only_an_admin_imports(settings: Path) -> None:
    result = imports(settings, TWO, "--apply", "--as", "somebody@nhs.net")
    assert result.exit_code == 1
    assert "somebody@nhs.net is no admin" in result.output


def test_the_reminders_of_an_imported_clock_go_when_they_are_due(settings: Path) -> None:
    imports(settings, TWO, "--apply")
    chosen = parts.settings(settings, offline=True)
    clock = [NOW]
    store = parts.store(chosen)
    try:
        bot = parts.bot(chosen, store, parts.marks(chosen), lambda: clock[0])
        clock[0] = datetime(2026, 3, 6, 9, tzinfo=UTC) + timedelta(minutes=1)
        bot.tick()
        told = {(x.template, x.to) for x in store.letters(1)}
    finally:
        store.close()
    assert told == {
        ("joiner/reminder", "hannah.okafor2@nhs.net"),
        ("joiner/reminder_lead", "england.indmidwives@nhs.net"),
    }
