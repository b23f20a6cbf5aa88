"""The demo's table can be read in a terminal, a file and a log."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from mailbot.demo.table import Row, show

ROW = Row(
    mail="Hannah Okafor\nBringing my NHSmail with me",
    why="joiner: “moved across”",
    case="IM-000001 joiner",
    sent="joiner advice to hannah.okafor@homebirth.example",
    waits="nobody",
    deadline="",
)


def printed(*rows: Row, width: int = 100, terminal: bool = True) -> list[str]:
    out = StringIO()
    show(rows, Console(file=out, width=width, force_terminal=terminal, color_system=None))
    return out.getvalue().splitlines()


@pytest.mark.parametrize("width", [100, 120, 140])
def test_it_fills_the_terminal_and_no_more(width: int) -> None:
    assert max(len(line) for line in printed(ROW, width=width)) == width


def test_without_a_terminal_it_is_140_columns_wide() -> None:
    assert max(len(line) for line in printed(ROW, width=80, terminal=False)) == 140


@pytest.mark.parametrize("width", [100, 140])
def test_no_word_is_lost(width: int) -> None:
    text = "".join("".join(printed(ROW, width=width)).split())
    for word in ("Hannah", "Okafor", "NHSmail", "across”", "IM-000001", "advice", "nobody", "–"):
        assert word in text


def test_titles_stand_above_the_first_row() -> None:
    titles = next(line for line in printed(ROW) if line.strip())
    assert titles.split() == ["Mail", "Why", "Case", "Sent", "Waits", "for", "Next", "date"]


def test_a_mails_words_are_neither_markup_nor_terminal_codes() -> None:
    evil = Row("[red]x[/red]", "\x1b[31mred\x1b[0m", "", "", "", "")
    text = "\n".join(printed(evil))
    assert "[red]x[/red]" in text
    assert "\x1b" not in text
