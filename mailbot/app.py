"""The app: builds the bot from the settings; the only module that names concrete parts, and the only one with
a clock.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from mailbot.core.desk import Desk, Limits, Names, Watched

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mailbot.bot import Bot
    from mailbot.config.letters import Letters
    from mailbot.config.settings import Mailbox, Settings
    from mailbot.core.letter import Letter
    from mailbot.core.message import Message
    from mailbot.mail.compose import Outgoing
    from mailbot.mail.inbox import Inbox, Login
    from mailbot.mail.outbox import Outbox, Route
    from mailbot.mail.token import Marks
    from mailbot.store.base import Store

Clock = Callable[[], datetime]


def now() -> datetime:
    """The moment, aware, in UTC. Nothing else reads the clock."""
    return datetime.now(tz=UTC)


def settings(path: Path | None, *, offline: bool = False) -> Settings:
    """The settings of a file, or the shipped ones; raises `Mistakes`."""
    from mailbot.config import settings as config

    return config.load(path, os.environ, offline=offline) if path else config.defaults()


def desk(chosen: Settings, rules: Path | None = None) -> Desk:
    """The desk of these settings and rules; raises `Mistakes` for rules that are not in order.

    What a folder of `rules` lacks, the shipped ones stand in for: workflow by workflow, triage as a whole.
    """
    from mailbot.config import calendar, shipped, triage, workflows
    from mailbot.config.settings import people

    below = shipped.rules()
    folder = rules or below
    link = f"http://{chosen.web.listen}"
    return Desk(
        people=people(chosen),
        calendar=calendar.load(_having(folder, calendar.FILE, below), chosen.hours),
        workflows=workflows.load(folder, below),
        triage=triage.load(_having(folder, "triage", below) / "triage"),
        mailboxes={m.name: Watched(m.name, m.address, m.exchange, m.not_before) for m in chosen.mailboxes},
        mode=chosen.bot.mode,
        limits=Limits(
            chosen.limits.per_address_per_day,
            chosen.limits.per_domain_per_hour,
            chosen.limits.in_all_per_hour,
        ),
        names=Names(chosen.letters.product, chosen.letters.team),
        link=link,
    )


def _having(folder: Path, name: str, below: Path) -> Path:
    """The folder if it holds that file or folder, else the shipped one, which holds all."""
    return folder if (folder / name).exists() else below


def letters(templates: Path | None = None, rules: Path | None = None) -> Letters:
    """The letters of a folder of templates, with every one that the rules ask for; raises `Mistakes`."""
    from mailbot.config import letters as config
    from mailbot.config import shipped, workflows
    from mailbot.config.mistake import Mistakes

    found = config.load(templates or shipped.templates(), shipped.templates())
    below = shipped.rules()
    folder = rules or below
    if wrong := workflows.letters_exist(workflows.load(folder, below), found.parts, folder, below):
        raise Mistakes(wrong)
    return found


def store(chosen: Settings) -> Store:
    """The store that the settings name, locked for this process; raises StoreError."""
    from mailbot.store.base import StoreError
    from mailbot.store.tinydb import TinyStore

    if chosen.bot.store != "tinydb":
        raise StoreError(
            f'store = {chosen.bot.store!r}: this version keeps its store in files; write "tinydb"'
        )
    chosen.bot.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    return TinyStore(chosen.bot.data)


def reading(chosen: Settings) -> Store:
    """The same store's files, to read only: another process may be writing them. Raises StoreError."""
    from mailbot.store.tinydb import TinyStore

    return TinyStore.open_readonly(chosen.bot.data)


def marks(chosen: Settings) -> Marks:
    """The marks of our letters, with the key that lies beside the store."""
    from mailbot.mail.token import Marks, load_key

    chosen.bot.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Marks(load_key(chosen.bot.data / "letters.key"))


def api_token(chosen: Settings) -> str:
    """A fresh secret that opens the service's API to whoever can read the data folder."""
    from mailbot.web.api import new_token

    return new_token(chosen.bot.data)


def parser(known: Marks) -> Callable[[bytes], Message]:
    """Reads any bytes as a Message that knows our own marks."""
    from mailbot.mail.parse import parse

    return partial(parse, ours=known.ours)


def bot(
    chosen: Settings,
    remembers: Store,
    known: Marks,
    clock: Clock = now,
    *,
    rules: Path | None = None,
    templates: Path | None = None,
) -> Bot:
    """The bot of these settings on this store; raises `Mistakes` for rules or letters with mistakes."""
    from mailbot.bot import Bot

    written = letters(templates, rules)
    return Bot(desk(chosen, rules), remembers, written, parser(known), known, clock)


def login(mailbox: Mailbox) -> Login:
    """How to log in to a mailbox over IMAP."""
    from mailbot.mail.inbox import Login

    imap = mailbox.imap
    return Login(imap.host, imap.port, imap.tls, imap.username, imap.password.get_secret_value)


def inbox(mailbox: Mailbox) -> Inbox:
    """The mailbox over IMAP, not connected yet; left as it is where `afterwards` says so."""
    from mailbot.mail.inbox import Inbox

    readonly = mailbox.afterwards == "leave"
    return Inbox(mailbox.name, login(mailbox), mailbox.folders, readonly=readonly)


def route(chosen: Settings) -> Route:
    """The way out for all letters."""
    from mailbot.mail.outbox import Route

    smtp = chosen.outgoing.smtp
    assert smtp is not None, "settings have exactly one mailbox with smtp"
    return Route(
        host=smtp.host,
        port=smtp.port,
        tls=smtp.tls,
        username=smtp.username or None,
        password=smtp.password.get_secret_value if smtp.username else None,
        per_minute=smtp.per_minute,
        connections=smtp.connections,
    )


def outbox(chosen: Settings) -> Outbox:
    """The outbox on that way; must be made within the event loop that it sends in."""
    from mailbot.mail.outbox import Outbox

    return Outbox(route(chosen))


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose name and address letters leave with, and the marks that make them known as ours."""

    name: str
    address: str
    marks: Marks

    def outgoing(self, letter: Letter) -> Outgoing:
        """The letter as it is put on the wire: the same at every retry, but for nothing."""
        from mailbot.mail.compose import Outgoing

        return Outgoing(
            message_id=letter.message_id,
            from_name=self.name,
            from_address=self.address,
            to_name=letter.to_name,
            to_address=letter.to,
            subject=letter.subject,
            text=letter.text,
            html=letter.html,
            date=letter.not_before,
            auto=letter.automatic,
            token=self.marks.token(letter.id),
            in_reply_to=letter.in_reply_to,
            references=letter.references,
        )

    def compose(self, letter: Letter) -> bytes:
        """The letter's bytes."""
        from mailbot.mail.compose import compose

        return compose(self.outgoing(letter))

    def headers(self, letter: Letter) -> Mapping[str, str]:
        """The header fields that the letter leaves with, unfolded."""
        from mailbot.mail.compose import headers

        lines = (line.replace("\r\n", "") for line in headers(self.outgoing(letter)))
        return dict(line.split(": ", 1) for line in lines)


def sender(chosen: Settings, known: Marks) -> Sender:
    """The helpdesk as the writer of all letters."""
    return Sender(chosen.letters.sender, chosen.outgoing.address, known)
