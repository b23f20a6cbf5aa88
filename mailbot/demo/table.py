"""The demo's table: each mail, and what became of it."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

WITHOUT_TERMINAL = 140  # columns in a file or a pipe
_COLUMNS = (("Mail", 5), ("Why", 6), ("Case", 4), ("Sent", 6), ("Waits for", 6), ("Next date", 4))


@dataclass(frozen=True, slots=True)
class Row:
    """One mail's way through the bot, in words; a cell may have several lines, an empty one is shown as –."""

    mail: str
    why: str
    case: str
    sent: str
    waits: str
    deadline: str


def show(rows: Sequence[Row], console: Console) -> None:
    """Prints the rows, as wide as the terminal, or 140 columns where there is none."""
    width = None if console.is_terminal else WITHOUT_TERMINAL
    table = Table(
        box=box.SIMPLE_HEAD, show_lines=True, expand=True, width=width, padding=(0, 1), pad_edge=False
    )
    for title, share in _COLUMNS:
        table.add_column(title, ratio=share, overflow="fold")
    for row in rows:
        table.add_row(*(_cell(value) for value in astuple(row)))
    console.print(table, crop=False)


def _cell(value: str) -> Text:
    """The value as text: what a writer put into her mail steers no terminal."""
    return Text("".join(c if c.isprintable() or c == "\n" else "·" for c in value) or "–")
