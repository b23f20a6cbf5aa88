"""`mailbot parse` and `mailbot triage`: mails from files, as the bot understands them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailbot import app
from mailbot.cli import output

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from mailbot.core.message import Message


class NoMailError(Exception):
    """A path that is no mail and no folder of mails."""


def files(paths: Sequence[Path]) -> list[Path]:
    """The mails at these paths, a folder's by name; NoMailError for one that is not there."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(p for p in path.rglob("*.eml") if p.is_file())
        elif path.exists():
            found.append(path)
        else:
            raise NoMailError(f"{path}: there is no such file or folder; give .eml files or folders of them")
    return found


def _read(paths: Sequence[Path]) -> Iterator[tuple[Path, Message]]:
    from mailbot.mail.parse import parse as read

    chosen = files(paths)
    for path in output.progress(chosen, len(chosen), "Reading"):
        try:
            raw = path.read_bytes()
        except OSError as error:
            raise NoMailError(f"{path}: cannot be read: {error.strerror}") from error
        yield path, read(raw)


def parse(paths: Sequence[Path], *, json: bool) -> int:
    """Prints each mail's fields; the exit code."""
    from mailbot.mail.parse import as_json

    try:
        for path, message in _read(paths):
            told = as_json(message, str(path))
            if json:
                output.line(told)
            else:
                _show(path, told)
    except NoMailError as error:
        return output.fail(error)
    return 0


def _show(path: Path, told: dict[str, Any]) -> None:
    console = output.console()
    console.print(f"\n{path}", style="bold", markup=False)
    sender = told["from"] or {}
    rows = {
        "From": f"{sender.get('name', '')} <{sender.get('address', '')}>".strip(),
        "Subject": told["subject"],
        "Kind": told["kind"] + ("" if told["answerable"] else ", never answered automatically"),
        "Attachments": ", ".join(a["name"] or a["type"] for a in told["attachments"]),
        "Guessed": ", ".join(told["guessed"]),
        "Says now": told["reply"] or "(nothing besides what is quoted or forwarded)",
    }
    for name, value in rows.items():
        if value:
            console.print(f"  {name}: {value}", markup=False, highlight=False)


def triage(paths: Sequence[Path], mailbox: str, config: Path | None, *, json: bool) -> int:
    """Prints what each mail asks for and why; the exit code."""
    from mailbot.core import safety
    from mailbot.core.triage import as_json
    from mailbot.core.triage import triage as understand

    with output.told_plainly() as code:
        desk = app.desk(app.settings(config, offline=True))
        watched = desk.mailboxes.get(mailbox)
        if watched is None:
            known = ", ".join(desk.mailboxes)
            return output.fail(f"there is no mailbox {mailbox}; the settings name {known}")
        try:
            for path, message in _read(paths):
                trust = safety.trust(message, desk.people, exchange=watched.exchange)
                found = understand(
                    message,
                    desk.triage,
                    trust=trust,
                    mailbox=mailbox,
                    people=desk.people,
                    exchange=watched.exchange,
                )
                told = {"file": str(path), **as_json(found, trust)}
                if json:
                    output.line(told)
                else:
                    _explain(path, told, found.human_because)
        except NoMailError as error:
            return output.fail(error)
    return code[0]


def _explain(path: Path, told: dict[str, Any], human: str) -> None:
    console = output.console()
    console.print(f"\n{path}", style="bold", markup=False)
    rows = {
        "Asks for": ", ".join(told["intents"]),
        "Answered by": "the bot" if told["act"] == "auto" else f"a person: {human}",
        "About": ", ".join(f"{k} {v}" for k, v in told["person"].items()),
        "Dates": ", ".join(f"{k} {v}" for k, v in told["dates"].items()),
        "Organisations": ", ".join(f"{k} {v}" for k, v in told["orgs"].items()),
        "Trust": told["trust"],
        "Because": "; ".join(f"“{b['phrase']}” → {b['intent']} ({b['weight']:g})" for b in told["because"]),
    }
    for name, value in rows.items():
        if value:
            console.print(f"  {name}: {value}", markup=False, highlight=False)
