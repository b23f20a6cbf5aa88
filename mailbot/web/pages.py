"""The queue's pages, to be read only: all cases, and each case by itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from importlib import resources
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import HTTPException
from fastapi.middleware.trustedhost import TrustedHostMiddleware
from fastapi.responses import HTMLResponse

from mailbot.core.letter import Letter
from mailbot.core.ticket import PREFIX, Ticket
from mailbot.web.render import page
from mailbot.web.view import View

if TYPE_CHECKING:
    from mailbot.core.calendar import Calendar

Source = Callable[[], Sequence[Ticket]]
Letters = Callable[[int], Sequence[Letter]]
NextDue = Callable[[Ticket], tuple[datetime, str] | None]
Next = Callable[[Request], Awaitable[Response]]

LOOPBACK = ["127.0.0.1", "localhost", "[::1]"]
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_LAST = datetime.max.replace(tzinfo=UTC)


def _now() -> datetime:
    return datetime.now(UTC)


class Pages:
    """What each address answers."""

    def __init__(
        self,
        source: Source,
        letters: Letters,
        next_due: NextDue,
        calendar: Calendar,
        clock: Callable[[], datetime],
    ) -> None:
        self._source, self._letters, self._next_due = source, letters, next_due
        self._calendar, self._clock = calendar, clock

    def queue(self) -> str:
        tickets = self._source()
        view = View(self._calendar, self._clock())
        waiting = sorted((t for t in tickets if t.open), key=_urgency)
        closed = sorted((t for t in tickets if not t.open), key=lambda t: -t.number)
        opened, ended = ([self._row(view, t) for t in group] for group in (waiting, closed))
        return page("queue", open=opened, closed=ended, now=view.moment(view.now))

    def case(self, reference: str) -> str | None:
        """The case's page; None where there is no such case."""
        ticket = next((t for t in self._source() if t.reference == reference), None)
        if ticket is None:
            return None
        view = View(self._calendar, self._clock())
        return page("case", case=view.case(ticket, self._letters(ticket.number), self._next_due(ticket)))

    def _row(self, view: View, ticket: Ticket) -> object:
        return view.row(ticket, self._letters(ticket.number), self._next_due(ticket))


def _urgency(ticket: Ticket) -> tuple[datetime, int]:
    return min((task.due for task in ticket.open_tasks()), default=_LAST), ticket.number


async def _with_headers(request: Request, answer: Next) -> Response:
    response = await answer(request)
    response.headers.update(HEADERS)
    return response


async def _missing(_: Request, __: Exception) -> Response:
    return HTMLResponse(page("missing", prefix=PREFIX), 404)


def create_app(
    source: Source,
    letters: Letters,
    next_due: NextDue,
    calendar: Calendar,
    clock: Callable[[], datetime] = _now,
) -> FastAPI:
    """The read-only queue.

    `source` gives all tickets to show, `letters` those of one ticket by its number, `next_due` the aware
    instant at which a ticket next needs attention, and for what. There is no log-in: it answers to the names
    of this machine's loopback alone, and must listen there alone.
    """
    pages = Pages(source, letters, next_due, calendar, clock)
    style = resources.files(__package__).joinpath("queue.css").read_text(encoding="utf-8")
    app = FastAPI(title="mailbot", docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/", response_class=HTMLResponse)
    def queue() -> str:
        return pages.queue()

    @app.get("/tickets/{reference}", response_class=HTMLResponse)
    def case(reference: str) -> str:
        found = pages.case(reference)
        if found is None:
            raise HTTPException(404)
        return found

    @app.get("/queue.css")
    def stylesheet() -> Response:
        return Response(style, media_type="text/css")

    app.add_exception_handler(404, _missing)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=LOOPBACK)
    app.middleware("http")(_with_headers)
    return app
