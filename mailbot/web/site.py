"""The site: the queue's pages on one bot's store, served until it is stopped."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from mailbot.core.reminder import next_due
from mailbot.web import api
from mailbot.web.pages import create_app
from mailbot.web.server import server

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from mailbot.bot import Bot
    from mailbot.core.event import AdminActed
    from mailbot.core.ticket import Ticket

SHOWN = timedelta(days=14)  # how long a closed case stays on the page


class Site:
    """Pages that read the bot's store and change nothing, and the API's acts, which `act` carries out.

    `act` tells what it did, line by line; it is called in a thread of its own. `token` opens the API.
    """

    def __init__(self, bot: Bot, listen: str, act: Callable[[AdminActed], list[str]], token: str) -> None:
        self._bot = bot
        app = create_app(self._tickets, bot.store.letters, self._due, bot.desk.calendar, bot.clock)
        api.add(app, act, token, bot.desk.people.admins)
        self._server = server(app, listen)

    async def serve(self) -> str:
        """Serves until `stop`; "" at its end, or why it could not be served. Not for the main thread."""
        try:
            await self._server.serve()
        except (SystemExit, OSError) as error:  # uvicorn exits where the port is taken
            return str(error) or "the port is taken"
        return ""

    def stop(self) -> None:
        """From any thread; open connections get 2 seconds."""
        self._server.should_exit = True

    def _tickets(self) -> list[Ticket]:
        since = self._bot.clock() - SHOWN
        found = self._bot.store.tickets(closed=True)
        return [t for t in found if t.closed is None or t.closed > since]

    def _due(self, ticket: Ticket) -> tuple[datetime, str] | None:
        wanted = {r.account for r in ticket.requests if r.account}
        accounts = {i: a for i in wanted if (a := self._bot.store.account(i))}
        wake = next_due(ticket, accounts, self._bot.desk)
        return (wake.at, wake.what) if wake else None
