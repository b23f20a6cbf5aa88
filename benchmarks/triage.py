"""How long triage takes: a typical mail, and mails of growing length (it must stay linear).

Run it from the checkout: `python -m benchmarks.triage`.
"""

from __future__ import annotations

import json
import time
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING

from mailbot.config.shipped import rules
from mailbot.config.triage import load
from mailbot.core.message import Trust
from mailbot.core.people import People
from mailbot.core.triage import triage
from mailbot.mail.parse import parse

if TYPE_CHECKING:
    from mailbot.core.message import Message
    from mailbot.core.triage import TriageRules

ROUNDS = 5
MAILS = Path(__file__).parents[1] / "tests" / "triage" / "dev.jsonl"


def message(sender: str, subject: str, body: str) -> Message:
    """The mail as the bot reads it."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, "helpdesk@nhs.net", subject
    mail["Date"] = "Mon, 2 Mar 2026 10:15:00 +0000"
    mail.set_content(body)
    return parse(mail.as_bytes())


def seconds(mails: list[Message], found: TriageRules) -> float:
    """The best of some rounds, for all of the mails."""
    best = float("inf")
    people = People()
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for mail in mails:
            triage(mail, found, trust=Trust.NONE, mailbox="helpdesk", people=people)
        best = min(best, time.perf_counter() - began)
    return best


def main() -> None:
    """Prints the figures."""
    began = time.perf_counter()
    found = load(rules() / "triage")
    print(f"loading the rules      {1000 * (time.perf_counter() - began):7.1f} ms")
    rows = [json.loads(line) for line in MAILS.read_text(encoding="utf8").splitlines()]
    mails = [message(row["from"], row["subject"].replace("\n", " "), row["body"]) for row in rows]
    took = seconds(mails, found)
    print(f"a typical mail         {1000 * took / len(mails):7.2f} ms   {len(mails) / took:7.0f} a second")
    sentence = (
        "I have forgotten my password, my account jane@nhs.net is locked and my number 07700 900123 is old. "
    )
    for size in (2_000, 20_000, 200_000, 2_000_000):
        long = message("jane@nhs.net", "Help", sentence * (size // len(sentence)))
        print(f"{size:9,} characters  {1000 * seconds([long], found):7.1f} ms")


if __name__ == "__main__":
    main()
