"""How many mails a second are read, beside the standard library alone, and how much memory a large one takes.

Run it from the checkout: `python -m benchmarks.parse`. The standard library only parses and decodes the body
(`BytesParser(policy=default)`, `get_body().get_content()`); `parse` does all that the bot needs.
"""

from __future__ import annotations

import subprocess
import sys
import time
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import TYPE_CHECKING

from mailbot.mail.parse import parse

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 7
SECONDS_A_ROUND = 0.4
LARGE = 10_000_000
SAYS = "I have left the Trust, my last day was 27 February; my account needs to move to you.\n\n"
HISTORY = (
    "> We have received your mail. Your reference is IM-000123, and the team answers in working hours.\n>\n"
)
HEADERS = {
    "Received": "from mail.example (203.0.113.9) by mx.nhs.net with ESMTPS; Mon, 2 Mar 2026 10:15:01 +0000",
    "Authentication-Results": "spf=pass smtp.mailfrom=example.org; dmarc=pass header.from=example.org",
    "From": "Zoë Smith <zoe.smith@example.org>",
    "To": "Helpdesk <helpdesk@nhs.net>, Lead <england.indmidwives@nhs.net>",
    "Subject": "Re: [IM-000123] Übertragung of my account",
    "Date": "Mon, 2 Mar 2026 10:15:00 +0000",
    "Message-ID": "<5f1c@mail.example.org>",
    "In-Reply-To": "<token.1@mailbot.example>",
    "References": "<5f1a@mail.example.org> <token.1@mailbot.example>",
}


def written(says: str, *, html: bool = False, attached: int = 0) -> bytes:
    """One mail as a client sends it."""
    mail = EmailMessage()
    for name, value in HEADERS.items():
        mail[name] = value
    mail.set_content(says)
    if html:
        paragraphs = "".join(f"<p class=MsoNormal>{line}</p>" for line in says.split("\n"))
        mail.add_alternative(f"<html><body><div>{paragraphs}</div></body></html>", subtype="html")
    if attached:
        mail.add_attachment(bytes(attached), maintype="application", subtype="pdf", filename="scan.pdf")
    return mail.as_bytes(policy=policy.SMTP)


def reply(length: int) -> str:
    """Words, signature, the line above the quotation, and history, about so many characters long."""
    said = SAYS * max(1, length // 3 // len(SAYS))
    above = "On Mon, 2 Mar 2026 at 09:12, Helpdesk <helpdesk@nhs.net> wrote:"
    return f"{said}Kind regards\nZoë\n\n{above}\n{HISTORY * max(1, length // 2 // len(HISTORY))}"


TYPICAL = {
    "plain, 1.5 kB": written(SAYS * 9),
    "reply, 4 kB": written(reply(3_000)),
    "text and HTML, 8 kB": written(reply(3_200), html=True),
}


def library(raw: bytes) -> object:
    """What the standard library does for a body's text."""
    body = BytesParser(policy=policy.default).parsebytes(raw).get_body(("plain", "html"))
    return body.get_content() if body else None


def a_second(read: Callable[[bytes], object], raw: bytes) -> float:
    """How many such mails are read a second: the best of some rounds, since others share the machine."""
    best = 0.0
    for _ in range(ROUNDS):
        count, began = 0, time.perf_counter()
        while time.perf_counter() - began < SECONDS_A_ROUND:
            read(raw)
            count += 1
        best = max(best, count / (time.perf_counter() - began))
    return best


def peak(reader: str) -> int:
    """Peak memory in bytes of a new process that reads the large mail once."""
    code = (
        "import resource; from benchmarks.parse import *; raw = written(SAYS, attached=LARGE); "
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss; "
        f"{reader}(raw); print(before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)  # noqa: S603
    _, after = map(int, done.stdout.split())
    return after * 1024


def main() -> None:
    """Prints the table."""
    print(f"{'mail':22} {'bytes':>9} {'parse /s':>10} {'library /s':>11} {'time, of the library':>21}")
    large = {"10 MB attached": written(SAYS, attached=LARGE)}
    for name, raw in {**TYPICAL, **large}.items():
        ours, theirs = a_second(parse, raw), a_second(library, raw)
        print(f"{name:22} {len(raw):9,} {ours:10,.1f} {theirs:11,.1f} {theirs / ours:20.2f}x")
    for reader in ("parse", "library"):
        print(f"peak memory of the process with the 10 MB mail, {reader}: {peak(reader) / 1e6:,.0f} MB")


if __name__ == "__main__":
    main()
