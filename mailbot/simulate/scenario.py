"""A scenario: a folder of mails and a scenario.toml that says what happens when."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from mailbot.config.mistake import Mistake, Mistakes, line_of, read_toml
from mailbot.core.event import AdminActed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE = "scenario.toml"
VERBS = ("done", "refuse", "set", "reply", "close", "triage", "call", "open", "take", "release")
_KEYS = {
    "at", "mail", "mailbox", "ticket", "does", "by", "task", "set", "text", "note", "intents", "person",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens: a mail (its `file`) or an admin's act. `at` is aware; `ticket` counts from 1 in
    this run.
    """

    at: datetime
    where: str
    file: str = ""
    mailbox: str = "helpdesk"
    act: AdminActed | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """What happens from `starts` to `until`, which is exclusive."""

    folder: Path
    starts: datetime
    until: datetime
    steps: tuple[Step, ...] = field(default_factory=tuple)


def load(folder: Path, admin: str) -> Scenario:
    """The scenario of a folder, its steps in the order of time; `admin` acts where a step names nobody.

    Raises `Mistakes`, all at once, with file and line.
    """
    file = folder / FILE
    values, text = read_toml(file)
    reader = _Reader(file, text)
    unknown = set(values) - {"starts", "until", "step"}
    for key in sorted(unknown):
        reader.wrong((key,), f"unknown key {key}", "known here: starts, until, step")
    starts, until = reader.moment(values, ("starts",)), reader.moment(values, ("until",))
    steps = [reader.step(n, one, admin, folder) for n, one in enumerate(values.get("step", []))]
    if reader.mistakes or starts is None or until is None:
        raise Mistakes(reader.mistakes)
    return Scenario(folder, starts, until, tuple(sorted((s for s in steps if s), key=lambda s: s.at)))


class _Reader:
    def __init__(self, file: Path, text: str) -> None:
        self.file, self.text = file, text
        self.mistakes: list[Mistake] = []

    def wrong(self, place: tuple[str | int, ...], what: str, remedy: str = "") -> None:
        self.mistakes.append(Mistake(self.file, line_of(self.text, place), what, remedy))

    def moment(self, table: Mapping[str, Any], place: tuple[str | int, ...]) -> datetime | None:
        value = table.get(str(place[-1]))
        if isinstance(value, datetime) and value.tzinfo:
            return value
        self.wrong(place, f"{place[-1]} must be a moment with its offset", "such as 2026-03-02T09:00:00Z")
        return None

    def step(self, n: int, table: Mapping[str, Any], admin: str, folder: Path) -> Step | None:
        place: tuple[str | int, ...] = ("step", n)
        for key in sorted(set(table) - _KEYS):
            self.wrong((*place, key), f"unknown key {key}", f"known here: {', '.join(sorted(_KEYS))}")
        at = self.moment(table, (*place, "at"))
        where = f"{self.file}:{line_of(self.text, place)}"
        if at is None:
            return None
        if "mail" in table:
            if not (folder / str(table["mail"])).is_file():
                self.wrong((*place, "mail"), f"there is no file {table['mail']} in the folder")
            return Step(at, where, str(table["mail"]), str(table.get("mailbox", "helpdesk")))
        if table.get("does") not in VERBS:
            self.wrong(place, "needs mail = FILE or does = VERB", f"verbs: {', '.join(VERBS)}")
            return None
        if "ticket" not in table and table["does"] != "open":
            self.wrong(place, f'does = "{table["does"]}" needs ticket = N')
        return Step(at, where, act=_act(table, admin))


def _act(table: Mapping[str, Any], admin: str) -> AdminActed:
    return AdminActed(
        by=str(table.get("by", admin)),
        does=str(table["does"]),
        ticket=int(table.get("ticket", 0)),
        task=str(table.get("task", "")),
        text=str(table.get("text", table.get("note", ""))),
        intents=tuple(str(i) for i in table.get("intents", ())),
        person={k: str(v) for k, v in table.get("person", {}).items()},
        values={k: _plain(v) for k, v in table.get("set", {}).items()},
    )


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date | time) else str(value)
