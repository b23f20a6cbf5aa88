"""The figures of triage on labelled mails do not fall."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from mailbot.config.shipped import rules
from mailbot.config.triage import load
from mailbot.core.people import People
from mailbot.core.safety import trust
from mailbot.core.triage import Triage, TriageRules, triage
from mailbot.mail.parse import parse

MAILS = Path(__file__).parents[1] / "triage"
PEOPLE = People()


@cache
def shipped() -> TriageRules:
    return load(rules() / "triage")


@dataclass(frozen=True)
class Case:
    row: dict[str, Any]
    found: Triage

    @property
    def auto(self) -> bool:
        return self.found.act == "auto"

    @property
    def main(self) -> bool:
        return bool(self.found.intents[:1] == (self.row["intents"][0],))


@cache
def read(name: str) -> tuple[Case, ...]:
    text = (MAILS / name).read_text(encoding="utf8")
    return tuple(understood(json.loads(line)) for line in text.splitlines())


def understood(row: dict[str, Any]) -> Case:
    message = parse(raw(row))
    proven = trust(message, PEOPLE, exchange=True)
    return Case(row, triage(message, shipped(), trust=proven, mailbox=row["mailbox"], people=PEOPLE))


def raw(row: dict[str, Any]) -> bytes:
    """The row as a mail; what comes from nhs.net bears Exchange's mark unless it says otherwise."""
    mail = EmailMessage(policy=SMTP.clone(max_line_length=900))
    headers = dict(row["headers"])
    report = headers.pop("Content-Type", "").startswith("multipart/report")
    if row["from"].rstrip(">").lower().endswith("@nhs.net") and "Authentication-Results" not in headers:
        headers["X-MS-Exchange-Organization-AuthAs"] = "Internal"
    mail["From"], mail["To"] = row["from"], ", ".join(row["to"])
    mail["Subject"] = " ".join(row["subject"].split())
    mail["Date"] = format_datetime(datetime.fromisoformat(row["date"]))
    mail["Message-ID"] = f"<{row['id']}@example.org>"
    for name, value in headers.items():
        mail[name] = value
    mail.set_content(row["body"], charset="utf-8")
    if report:
        mail.make_mixed()
        mail.replace_header("Content-Type", "multipart/report; report-type=delivery-status")
    return mail.as_bytes()


def share(cases: tuple[Case, ...], what: str) -> float:
    kept = [getattr(case, what) for case in cases]
    return float(sum(kept) / len(kept))


def exact(cases: tuple[Case, ...]) -> float:
    return sum(set(case.found.intents) == set(case.row["intents"]) for case in cases) / len(cases)


def covered(cases: tuple[Case, ...]) -> float:
    auto = tuple(case for case in cases if case.row["act"] == "auto")
    return share(auto, "auto")


@pytest.mark.parametrize("name", sorted(file.name for file in MAILS.glob("*.jsonl")))
def test_no_mail_that_needs_a_person_is_acted_on_alone(name: str) -> None:
    unsafe = [case.row["id"] for case in read(name) if case.auto and case.row["act"] == "human"]
    assert unsafe == []


@pytest.mark.parametrize(
    ("name", "allowed"), [("dev.jsonl", 0), ("more.jsonl", 0), ("further.jsonl", 1), ("third.jsonl", 0)]
)
def test_hardly_any_mail_is_acted_on_for_the_wrong_reason(name: str, allowed: int) -> None:
    wrong = [case.row["id"] for case in read(name) if case.auto and not case.main]
    assert len(wrong) <= allowed, wrong


@pytest.mark.parametrize(
    ("name", "main", "all_of_them", "coverage"),
    [
        ("dev.jsonl", 0.97, 0.93, 0.90),
        ("more.jsonl", 0.97, 0.95, 0.88),
        ("further.jsonl", 0.93, 0.93, 0.75),
        ("third.jsonl", 0.97, 0.97, 0.90),
    ],
)
def test_the_intents_are_right_and_most_mails_need_nobody(
    name: str, main: float, all_of_them: float, coverage: float
) -> None:
    cases = read(name)
    assert share(cases, "main") >= main
    assert exact(cases) >= all_of_them
    assert covered(cases) >= coverage


@pytest.mark.parametrize(
    ("key", "enough"), [("name", 0.97), ("email", 0.97), ("mobile", 1.0), ("nmc_pin", 1.0)]
)
def test_the_person_is_found(key: str, enough: float) -> None:
    stated = [
        (c.row["person"][key], getattr(c.found.person, key))
        for c in read("dev.jsonl")
        if key in c.row["person"]
    ]
    right = sum(plain(want) == plain(found) for want, found in stated)
    assert right / len(stated) >= enough


@pytest.mark.parametrize("key", ["mobile", "nmc_pin"])
def test_no_number_is_invented(key: str) -> None:
    invented = [
        c.row["id"] for c in read("dev.jsonl") if key not in c.row["person"] and getattr(c.found.person, key)
    ]
    assert invented == []


@pytest.mark.parametrize("key", ["leaver_date", "last_day", "absence_from", "return_on"])
def test_the_days_are_found_and_none_is_invented(key: str) -> None:
    cases = read("dev.jsonl")
    stated = [(c.row["dates"][key], c.found.dates.get(key)) for c in cases if key in c.row["dates"]]
    assert sum(found is not None and found.isoformat() == want for want, found in stated) >= 0.9 * len(stated)
    assert [c.row["id"] for c in cases if key in c.found.dates and key not in c.row["dates"]] == []


def plain(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalnum())
