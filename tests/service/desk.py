"""A desk to test the service with: settings on real servers, mails, the command itself."""

from __future__ import annotations

import os
import subprocess
import sys
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING

from tests.conftest import USERS
from tests.servers.process import free_port

if TYPE_CHECKING:
    from email.message import EmailMessage
    from pathlib import Path

    from tests.servers.dovecot import Dovecot
    from tests.servers.exim import Exim

ASKED = (
    ("Locked out", "My account is locked. Please can you unlock it?"),
    ("Password", "I have forgotten my password. Please can you reset it?"),
    ("Retiring", "I am retiring and my last day is 18 December 2026. Please mark my account as a leaver."),
    (
        "Maternity leave",
        "I start maternity leave on 7 December 2026. Please disable my account until I am back.",
    ),
    ("Joining", "I have an NHSmail account at Ashmoor Vale NHS Trust. How do I move it to your group?"),
    ("Opening hours", "Do you keep a list of courses for new practice owners?"),
)


def mail(n: int, *, subject: str = "", text: str = "", sender: str = "") -> bytes:
    """The n-th midwife's mail, as Exchange hands it over."""
    said, asked = ASKED[n % len(ASKED)]
    address = sender or f"midwife.{n}@nhs.net"
    lines = [
        "X-MS-Exchange-Organization-AuthAs: Internal",
        f"From: {address}",
        "To: helpdesk@nhs.net",
        f"Subject: {subject or said}",
        "Date: Fri, 20 Nov 2026 10:00:00 +0000",
        f"Message-ID: <midwife-{n}@nhs.net>",
        "",
        f"Hello,\r\n\r\n{text or asked}\r\n\r\nMidwife number {n}",
    ]
    return "\r\n".join(lines).encode()


def settings(folder: Path, dovecot: Dovecot, exim: Exim) -> Path:
    """A settings file for both mailboxes on these servers; the passwords stand in files beside it."""
    for name, password in USERS.items():
        file = folder / f"{name}.password"
        file.write_text(password, encoding="utf-8")
        file.chmod(0o600)
    smtp = f'[mailbox.smtp]\nhost = "127.0.0.1"\nport = {exim.port}\ntls = "none"\nper_minute = 0\n'
    path = folder / "config.toml"
    path.write_text(
        '[bot]\ndata = "var"\n'
        "[limits]\nper_address_per_day = 0\nper_domain_per_hour = 0\nin_all_per_hour = 0\n"
        + _mailbox("helpdesk", "helpdesk@nhs.net", "move", dovecot.port)
        + smtp
        + _mailbox("regional", "england.indmidwives@nhs.net", "leave", dovecot.port)
        + f'[web]\nlisten = "127.0.0.1:{free_port()}"\n',
        encoding="utf-8",
    )
    return path


def _mailbox(name: str, address: str, afterwards: str, port: int) -> str:
    return f"""
[[mailbox]]
name = "{name}"
address = "{address}"
afterwards = "{afterwards}"
exchange = true
not_before = 2026-01-01
[mailbox.imap]
host = "127.0.0.1"
port = {port}
tls = "none"
username = "{name}"
password_file = "{name}.password"
"""


def command(*words: str) -> list[str]:
    """The command line of `mailbot` with these words."""
    return [sys.executable, "-m", "mailbot", *words]


def run(*words: str, code: int = 0) -> str:
    """Runs `mailbot` to its end, which must be this exit code; what it printed."""
    done = subprocess.run(
        command(*words), capture_output=True, text=True, timeout=120, env={**os.environ, "COLUMNS": "140"}
    )
    assert done.returncode == code, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout if code == 0 else done.stdout + done.stderr


def letters(exim: Exim, at_least: int = 0) -> list[EmailMessage]:
    """The letters that arrived."""
    return [message_from_bytes(raw, policy=default) for raw in exim.received(at_least)]
