"""`mailbot check`: settings, rules, letters, then each mailbox and the way out, step by step."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypeVar

from mailbot import app
from mailbot.cli import output
from mailbot.config.mistake import Mistakes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mailbot.config.settings import Mailbox, Settings

T = TypeVar("T")


def check(config: Path) -> int:
    """Prints each step with its result; 1 if any failed."""
    steps = Steps()
    chosen = steps.do("settings", partial(app.settings, config))
    steps.do("rules", partial(app.desk, chosen or app.settings(None)))
    steps.do("letters", app.letters)
    if chosen is not None:
        for mailbox in chosen.mailboxes:
            _mailbox(steps, mailbox)
        steps.do("smtp: connect, encrypt, log in", partial(_way_out, chosen))
    return steps.code


class Steps:
    """Does one step after another, says how each went, and remembers whether any failed."""

    def __init__(self) -> None:
        self.code = 0

    def do(self, name: str, step: Callable[[], T]) -> T | None:
        """The step's value, None where it failed; what went wrong is printed with its remedy."""
        from mailbot.mail.inbox import InboxError

        console = output.console()
        try:
            value = step()
        except (Mistakes, InboxError, OSError, FailedError) as error:
            self.code = 1
            console.print(f"✗ {name}", style="red", markup=False)
            for text in str(error).splitlines():
                console.print(f"    {text}", markup=False, highlight=False, soft_wrap=True)
            return None
        console.print(f"✓ {name}", style="green", markup=False)
        return value


class FailedError(Exception):
    """A step that the server refused."""


def _mailbox(steps: Steps, mailbox: Mailbox) -> None:
    inbox = app.inbox(mailbox)
    steps.do(f"{mailbox.name}: connect, encrypt, log in", inbox.connect)
    if not inbox.connected:
        return
    for folder in mailbox.folders:
        steps.do(f"{mailbox.name}: open {folder}", partial(inbox.waiting, folder, None, 0))
    if mailbox.afterwards == "move":
        steps.do(f"{mailbox.name}: folder {mailbox.move_to}", partial(inbox.make, mailbox.move_to))
    inbox.close()


def _way_out(chosen: Settings) -> bool:
    import asyncio

    from mailbot.mail.channel import FAULTS, Channel, Reply

    async def look() -> None:
        channel = Channel(app.route(chosen))
        try:
            await channel.ready()
        finally:
            await channel.close()

    try:
        asyncio.run(look())
    except (Reply, *FAULTS) as error:
        raise FailedError(str(error) or type(error).__name__) from error
    return True
