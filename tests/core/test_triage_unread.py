"""How triage does with mails that no rule was written for and that taught it nothing."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from mailbot import app
from mailbot.core import safety
from mailbot.core.triage import Triage, triage
from mailbot.mail.corpus import written
from mailbot.mail.parse import parse

UNREAD = Path(__file__).parents[1] / "triage" / "unread"
Judged = tuple[dict[str, Any], Triage]


@cache
def judged() -> tuple[Judged, ...]:
    desk = app.desk(app.settings(None))
    found = []
    for file in sorted(UNREAD.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            message = parse(written(row, desk.people.internal_domains))
            trust = safety.trust(message, desk.people, exchange=True)
            said = triage(message, desk.triage, trust=trust, mailbox=row["mailbox"], people=desk.people)
            found.append((row, said))
    return tuple(found)


def share(count: int) -> float:
    return count / len(judged())


def test_the_main_intent_is_right_in_three_of_four() -> None:
    assert share(sum(said.intents[0] == row["intents"][0] for row, said in judged())) >= 0.74


def test_hardly_any_is_acted_on_alone_and_wrongly() -> None:
    wrong = [
        row["id"] for row, said in judged() if said.act == "auto" and said.intents[0] != row["intents"][0]
    ]
    assert share(len(wrong)) <= 0.065


def test_hardly_any_that_a_person_must_read_is_acted_on_alone() -> None:
    unsafe = [row["id"] for row, said in judged() if said.act == "auto" and row["act"] == "human"]
    assert share(len(unsafe)) <= 0.025
