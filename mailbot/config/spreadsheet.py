"""A spreadsheet of running clocks, saved as CSV, read row by row with the line of every mistake."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from mailbot.config.mistake import Mistake, Mistakes
from mailbot.core.takeover import CLOCKS, Running

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

NEEDED = ("account", "name", "clock", "starts")
ALLOWED = ("old_organisation", "note")
_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]]+@[a-z0-9-]+(?:\.[a-z0-9-]+)*")
_BRITISH = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_DAY = "such as 2027-02-27 or 27/02/2027, day first"


@dataclass(frozen=True, slots=True)
class Row:
    """One row, and the line (from 1) on which it begins."""

    line: int
    running: Running


def load(file: Path) -> tuple[list[Row], list[Mistake]]:
    """The rows that could be read and the mistakes in the others.

    The file is UTF-8 (with a byte order mark or without) or Windows-1252, with commas, semicolons or tabs;
    its first line names the columns. Raises `Mistakes` where nothing can be read at all.
    """
    lines = _text(file)
    try:
        table = list(_table(lines))
    except csv.Error as error:
        raise Mistakes([Mistake(file, 0, f"is no CSV: {error}")]) from error
    if not table:
        raise Mistakes(
            [Mistake(file, 1, "is empty", f"its first line names the columns: {','.join(NEEDED)}")]
        )
    columns = [name.strip().lower() for name in table[0][1]]
    if wrong := list(_columns(file, columns)):
        raise Mistakes(wrong)
    rows: list[Row] = []
    mistakes: list[Mistake] = []
    for line, cells in table[1:]:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
            mistakes.append(
                Mistake(file, line, "has more cells than columns", "put texts with commas in quotes")
            )
            continue
        cells = [*cells, *[""] * (len(columns) - len(cells))]
        read = _row(
            file, line, {k: " ".join(v.split()) for k, v in zip(columns, cells, strict=False)}, mistakes
        )
        if read:
            rows.append(Row(line, read))
    return rows, mistakes


def _text(file: Path) -> str:
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise Mistakes([Mistake(file, 0, f"cannot be read: {error.strerror or error}")]) from error
    if raw.startswith((b"\xff\xfe", b"\xfe\xff", b"PK")):
        raise Mistakes([Mistake(file, 0, "is no CSV in UTF-8", "save the sheet as “CSV UTF-8”")])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _table(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each row's cells and the line on which it begins."""
    head = text.partition("\n")[0]
    sign = max(",;\t", key=head.count)
    reader = csv.reader(text.splitlines(keepends=True), delimiter=sign)
    begins = 1
    for cells in reader:
        yield begins, cells
        begins = reader.line_num + 1


def _columns(file: Path, columns: list[str]) -> Iterator[Mistake]:
    for name in NEEDED:
        if name not in columns:
            known = ",".join((*NEEDED, *(f"[{a}]" for a in ALLOWED)))
            yield Mistake(file, 1, f"there is no column {name}", f"the columns are {known}")
    for name in dict.fromkeys(columns):
        if name and name not in (*NEEDED, *ALLOWED):
            yield Mistake(file, 1, f"unknown column {name}", f"known: {', '.join((*NEEDED, *ALLOWED))}")
        if name and columns.count(name) > 1:
            yield Mistake(file, 1, f"the column {name} stands there twice")


def _row(file: Path, line: int, cells: Mapping[str, str], mistakes: list[Mistake]) -> Running | None:
    wrong: list[Mistake] = []
    account, clock = cells["account"].lower(), cells["clock"].lower()
    if not _ADDRESS.fullmatch(account):
        said = f"account {cells['account']!r} is no mail address" if account else "account is empty"
        wrong.append(Mistake(file, line, said))
    if clock not in CLOCKS:
        said = f"unknown clock {cells['clock']!r}" if clock else "clock is empty"
        wrong.append(Mistake(file, line, said, f"write {' or '.join(CLOCKS)}"))
    starts = _day(cells["starts"])
    if starts is None:
        said = f"starts {cells['starts']!r} is no day" if cells["starts"] else "starts is empty"
        wrong.append(Mistake(file, line, said, _DAY))
    mistakes += wrong
    if wrong or starts is None:
        return None
    old, note = cells.get("old_organisation", ""), cells.get("note", "")
    return Running(account, cells["name"], clock, starts, old, note)


def _day(written: str) -> date | None:
    """A day as ISO 8601 or as people in Britain write it; None for anything else."""
    try:
        if found := _BRITISH.fullmatch(written):
            day, month, year = (int(part) for part in found.groups())
            return date(year, month, day)
        return date.fromisoformat(written) if len(written) == len("2027-02-27") else None
    except ValueError:
        return None
