"""The demo: the real bot, on the sandbox's mailboxes, with a table of what it did."""

from __future__ import annotations

import os
import signal
import socket
import tempfile
import threading
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from mailbot import app
from mailbot.core import words
from mailbot.core.event import MailCame
from mailbot.core.reminder import next_due
from mailbot.core.ticket import reference
from mailbot.demo.mails import load
from mailbot.demo.sandbox import Sandbox, settings_toml
from mailbot.demo.table import Row
from mailbot.demo.table import show as show_table
from mailbot.service import Service, log, once

if TYPE_CHECKING:
    from mailbot.bot import Bot, Happening
    from mailbot.core.ticket import Ticket
    from mailbot.demo.mails import Sample

FIRST_PORT = 8025


def show(*, once_only: bool) -> int:
    """Runs the demo; the exit code. Its files stay in a folder that it names."""
    console = Console(width=None if os.isatty(1) else 140)
    log.begin(log.WARNING)
    folder = Path(tempfile.mkdtemp(prefix="mailbot-demo-"))
    now = app.now()
    samples = load(now)
    with Sandbox(folder, app.now) as sandbox:
        for sample in samples:
            for mailbox in sample.mailboxes:
                sandbox.deliver(mailbox, sample.raw, sample.arrived)
        demo = Demo(sandbox, folder, samples, console)
        return demo.pass_once() if once_only else demo.stay()


class Demo:
    """One demo on one sandbox."""

    def __init__(self, sandbox: Sandbox, folder: Path, samples: list[Sample], console: Console) -> None:
        self.sandbox, self.folder, self.samples, self.console = sandbox, folder, samples, console
        self.port = _free_port()
        file = folder / "config.toml"
        file.write_text(settings_toml(sandbox, folder, self.port), encoding="utf-8")
        os.environ.update(sandbox.environment)
        self.settings = app.settings(file)
        self._happened: list[tuple[str, Happening]] = []

    def _told(self, mailbox: str, happening: Happening) -> None:
        self._happened.append((mailbox, happening))

    def pass_once(self) -> int:
        """One pass, then the table."""
        store = app.store(self.settings)
        with closing(store):
            bot = app.bot(self.settings, store, app.marks(self.settings))
            service = Service(self.settings, bot, self._told, pages=False)
            troubles = once(service)
            self._table(bot)
        for trouble in troubles:
            self.console.print(trouble, style="red")
        self._where()
        return 1 if troubles else 0

    def stay(self) -> int:
        """A pass, the table, and then the service until Ctrl-C."""
        store = app.store(self.settings)
        ended = threading.Event()
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, lambda *_: ended.set())
        with closing(store):
            bot = app.bot(self.settings, store, app.marks(self.settings))
            service = Service(self.settings, bot, self._told)
            service.start()
            wanted = sum(len(s.mailboxes) for s in self.samples)
            while len(self._happened) < wanted and not ended.wait(0.1):
                pass
            service.drain()
            self._table(bot)
            self._where()
            self.console.print(
                f"The queue: http://127.0.0.1:{self.port}\n"
                f"Send it mail: SMTP on 127.0.0.1:{self.sandbox.smtp_port}, to helpdesk@nhs.net or "
                "england.indmidwives@nhs.net\n"
                "  (senders at nhs.net are stamped as Exchange would stamp them)\n"
                "Ctrl-C ends it.",
                highlight=False,
            )
            ended.wait()
            service.end()
        return 0

    def _where(self) -> None:
        self.console.print(
            f"\n{len(self.sandbox.sent())} letters were sent; each is a file in {self.folder / 'letters'}\n"
            f"All that the bot remembers: {self.folder / 'var'}",
            highlight=False,
            soft_wrap=True,
        )

    def _table(self, bot: Bot) -> None:
        rows = [_row(bot, happening) for _, happening in self._happened if not _ours(happening)]
        show_table(rows, self.console)


def _ours(happening: Happening) -> bool:
    """Whether it is a letter of the bot's own, which the lead got."""
    seen = happening.decision.seen
    return happening.event is None and seen is not None and seen.ticket == 0


def _row(bot: Bot, happening: Happening) -> Row:
    event, seen = happening.event, happening.decision.seen
    if not isinstance(event, MailCame):
        assert seen is not None
        return Row("The same mail, in the other mailbox", seen.because, reference(seen.ticket), "", "", "")
    assert seen is not None
    ticket = bot.store.ticket(seen.ticket)
    assert ticket is not None
    letters = [x for x in happening.decision.letters if x.ticket == seen.ticket]
    return Row(
        mail=f"{event.message.sender.name or event.message.sender.address}\n{event.message.subject}",
        why=_why(event),
        case=f"{ticket.reference}\n{_states(ticket)}",
        sent="\n".join(f"{' + '.join(x.parts)} → {x.role}" for x in letters),
        waits="\n".join(_waits(bot, ticket)),
        deadline=_deadline(bot, ticket),
    )


def _why(event: MailCame) -> str:
    labels = ", ".join(event.triage.intents)
    reasons = [r.phrase for r in event.triage.because][:2]
    quoted = " · ".join(f"“{r}”" for r in reasons)
    human = f"a person reads it: {event.triage.human_because}" if event.triage.act == "human" else ""
    silent = f"not answered: {event.silence}" if event.silence else ""
    return "\n".join(part for part in (labels, quoted, human, silent) if part)


def _states(ticket: Ticket) -> str:
    if not ticket.open:
        return "closed"
    return ", ".join(f"{r.workflow}: {r.state}" for r in ticket.requests) or "to be read"


def _waits(bot: Bot, ticket: Ticket) -> list[str]:
    tasks = [f"admin: {t.name}" for t in ticket.open_tasks()]
    rules = bot.desk.workflows
    others = [
        rules[r.workflow].states[r.state].waits_for.replace("_", " ") for r in ticket.requests if r.open
    ]
    return tasks + [o for o in others if o not in ("admin", "nobody")]


def _deadline(bot: Bot, ticket: Ticket) -> str:
    accounts = {i: a for r in ticket.requests if (i := r.account) and (a := bot.store.account(i))}
    wake = next_due(ticket, accounts, bot.desk)
    clocks = [c for a in accounts.values() for c in a.clocks if c.running]
    clocks += [c for r in ticket.requests for c in r.clocks if c.running]
    ends = [f"deletion {words.day(c.deadline)}" for c in clocks if ticket.open]
    coming = [f"next: {words.moment(bot.desk.calendar.local(wake.at))}"] if wake else []
    return "\n".join([*ends, *coming])


def _free_port() -> int:
    """The queue's usual port, or another where that is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", FIRST_PORT))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
