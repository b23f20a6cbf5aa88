"""`mailbot run`: the service in the foreground, or one pass of it."""

from __future__ import annotations

import signal
import sys
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING

from mailbot import app
from mailbot.cli import output
from mailbot.core.letter import Delivery

if TYPE_CHECKING:
    from pathlib import Path

    from mailbot.bot import Bot
    from mailbot.config.settings import Settings


def run(config: Path, *, once: bool) -> int:
    """Runs until SIGTERM or SIGINT, or once; the exit code."""
    with output.told_plainly() as code:
        chosen = app.settings(config)
        store = app.store(chosen)
        try:
            bot = app.bot(chosen, store, app.marks(chosen))
        except BaseException:
            store.close()
            raise
        code[0] = _once(chosen, bot) if once else _serve(chosen, bot)
    return code[0]


def _serve(chosen: Settings, bot: Bot) -> int:
    from mailbot.service import Service

    service = Service(chosen, bot)
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: service.over.set())
    service.start()
    sys.stderr.write(f"mailbot runs; the queue is at http://{chosen.web.listen} – Ctrl-C ends it\n")
    with closing(bot.store):
        service.over.wait()
        service.end()
    return output.fail(service.failed) if service.failed else 0


def _once(chosen: Settings, bot: Bot) -> int:
    from mailbot.service import Service
    from mailbot.service import once as one_pass

    def say(text: str) -> None:
        output.console().print(text, markup=False, highlight=False)

    service = Service(chosen, bot, pages=False)
    with closing(bot.store):
        troubles = one_pass(service, lambda name, taken: say(f"{name}: {taken} mails taken in"))
        for text in _remaining(bot):
            say(text)
    for trouble in troubles:
        output.fail(trouble)
    return 1 if troubles else 0


def _remaining(bot: Bot) -> list[str]:
    """What still waits, in numbers."""
    tasks = Counter(t.name for ticket in bot.store.tickets() for t in ticket.open_tasks())
    letters = Counter(
        str(x.state)
        for x in bot.store.outbox(Delivery.QUEUED, Delivery.HELD, Delivery.FAILED, Delivery.UNCERTAIN)
    )
    open_cases = sum(1 for _ in bot.store.tickets())
    return [
        f"open cases: {open_cases}",
        "tasks: " + (", ".join(f"{n} {name}" for name, n in sorted(tasks.items())) or "none"),
        "letters that have not left: "
        + (", ".join(f"{n} {state}" for state, n in sorted(letters.items())) or "none"),
    ]
