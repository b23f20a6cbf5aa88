"""`mailbot learn`: the weights of words from labelled mail, for the second opinion of triage."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mailbot import app
from mailbot.cli import output
from mailbot.config import learned as config
from mailbot.core import safety
from mailbot.core.triage import triage
from mailbot.core.triage.learned import Learned, features
from mailbot.core.triage.teaching import ROUNDS, Lesson, teach

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mailbot.core.desk import Desk

CHANGE, SURE, WARY, FIRM = 0.25, 0.3, 0.95, 12.0
"""The limits of `Learned`, chosen on mails that were neither taught nor read for the rules."""


class NoLessonError(Exception):
    """A file or a line that holds no labelled mail."""


def learn(files: Sequence[Path], rules: Path) -> int:
    """Reads the corpora, learns, and writes learned.json into the folder of triage rules; the exit code."""
    with output.told_plainly() as code:
        try:
            lessons = read(files, app.desk(app.settings(None), rules))
        except NoLessonError as error:
            return output.fail(error)
        found = teach(lessons, lambda done: output.status(f"round {done} of {ROUNDS}"))
        file = config.save(rules / "triage", replace(found, change=CHANGE, sure=SURE, wary=WARY, firm=FIRM))
        output.console().print(f"{len(lessons)} mails, {len(found.weights)} features: {file}")
    return code[0]


def read(files: Sequence[Path], desk: Desk) -> list[Lesson]:
    """The lessons of these files, with the rules' own scores but without an earlier second opinion."""
    plain = replace(desk, triage=replace(desk.triage, learned=Learned()))
    lessons = []
    for file in files:
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise NoLessonError(f"{file}: cannot be read: {error}") from error
        for number, line in enumerate(lines, start=1):
            if line.strip():
                lessons.append(_lesson(file, number, line, plain))
    return lessons


def _lesson(file: Path, number: int, line: str, desk: Desk) -> Lesson:
    from mailbot.mail.corpus import written
    from mailbot.mail.parse import parse

    try:
        row: dict[str, Any] = json.loads(line)
        raw = written(row, desk.people.internal_domains)
        intent, human, mailbox = row["intents"][0], row["act"] == "human", row["mailbox"]
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise NoLessonError(f"{file}:{number}: is no labelled mail: {error}") from error
    message = parse(raw)
    trust = safety.trust(message, desk.people, exchange=True)
    found = triage(message, desk.triage, trust=trust, mailbox=mailbox, people=desk.people)
    inner = message.forwarded.text if message.forwarded and message.reply.strip() else ""
    told = features(message, found.scores, trust, mailbox, message.said, inner)
    return Lesson(told, intent, human)
