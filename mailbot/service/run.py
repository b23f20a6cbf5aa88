"""The service: one worker, one watcher a mailbox, the post and the pages; started, and ended cleanly."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING, Any, TypeVar

from apscheduler.schedulers.background import BackgroundScheduler

from mailbot import app
from mailbot.bot import Bot, Happening
from mailbot.bot import told as in_words
from mailbot.mail.inbox import InboxError
from mailbot.service.log import log
from mailbot.service.post import Post
from mailbot.service.watcher import FirstLookError, Watcher
from mailbot.service.worker import StoppedError, Worker
from mailbot.store.base import StoreError
from mailbot.web.site import Site

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from concurrent.futures import Future

    from mailbot.config.settings import Settings
    from mailbot.core.event import AdminActed

T = TypeVar("T")
TICK = 1  # seconds
POST_ENDS, WORK_ENDS, PAGES_END = 1.5, 1.5, 1.0  # seconds, together under the 5 that SIGTERM leaves


class Service:
    """Everything that runs. `start` it, `end` it; both once. The store stays open for whoever opened it.

    `told` is called for every mail taken in, in the watcher's thread, once it is saved. `pages` False: no web
    pages.
    """

    def __init__(
        self,
        chosen: Settings,
        bot: Bot,
        told: Callable[[str, Happening], None] = lambda _name, _happening: None,
        *,
        pages: bool = True,
    ) -> None:
        self.settings, self.bot = chosen, bot
        self.stop = threading.Event()
        self.over = threading.Event()
        self.failed = ""
        self._loop = asyncio.new_event_loop()
        self._asyncio = threading.Thread(target=self._loop.run_forever, name="asyncio", daemon=True)
        self._worker = Worker(bot, self._wake_post)
        self.watchers = [
            Watcher(mailbox, app.inbox(mailbox), self._worker, bot.clock, self.stop, told, self._fail)
            for mailbox in chosen.mailboxes
        ]
        self._ticks = BackgroundScheduler(
            timezone=chosen.hours.timezone, job_defaults={"misfire_grace_time": None, "coalesce": True}
        )
        self._post: Post | None = None
        self._sending: Future[None] | None = None
        self._stop_sending: asyncio.Event | None = None
        self._site: Site | None = None
        self._wants_pages = pages

    # --- beginning ------------------------------------------------------------------------------

    def prepare(self) -> None:
        """The worker, the loop and the post, but no watching: what a single pass needs too."""
        self._worker.start()
        self._asyncio.start()
        self._worker.call(Bot.recover).result()
        self._worker.call(Bot.reckon).result()
        self._post = self.await_(self._make_post())

    async def _make_post(self) -> Post:
        self._stop_sending = asyncio.Event()
        sender = app.sender(self.settings, self.bot.marks)
        return Post(self.bot, self._worker, app.outbox(self.settings), sender, self._fail)

    def start(self) -> None:
        """Begins to watch, to send, to tick and to show."""
        self.prepare()
        assert self._post is not None
        assert self._stop_sending is not None
        self._sending = asyncio.run_coroutine_threadsafe(self._post.run(self._stop_sending), self._loop)
        if self._wants_pages:
            token = app.api_token(self.settings)
            self._site = Site(self.bot, self.settings.web.listen, self.act, token)
            asyncio.run_coroutine_threadsafe(self._serve(self._site), self._loop)
        for watcher in self.watchers:
            watcher.start()
        self._ticks.add_job(self.tick, "interval", seconds=TICK, id="tick")
        self._ticks.add_job(self._archive, "cron", hour=3, id="archive")
        self._ticks.start()
        log().info("started", mailboxes=[w.mailbox.name for w in self.watchers])

    async def _serve(self, site: Site) -> None:
        if why := await site.serve():
            log().error("the queue cannot be shown", listen=self.settings.web.listen, why=why)

    # --- running --------------------------------------------------------------------------------

    def _fail(self, error: StoreError) -> None:
        """What can no longer be remembered must not be done: the service is over (`over`, `failed`)."""
        log().error("the store failed", why=str(error))
        self.failed = self.failed or str(error)
        self.over.set()

    def await_(self, work: Coroutine[Any, Any, T], seconds: float | None = None) -> T:
        """Runs a coroutine in the loop from another thread."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(seconds)

    def _wake_post(self) -> None:
        if self._post is not None and self._loop.is_running():
            self._loop.call_soon_threadsafe(self._post.wake)

    def tick(self) -> None:
        """Lets the bot do what is due."""
        try:
            for happening in self._worker.call(Bot.tick).result():
                happening.saved.result()
        except StoppedError:
            return
        except StoreError as error:
            self._fail(error)

    def act(self, acted: AdminActed) -> list[str]:
        """Carries out an admin's act and tells what it did, once it is on disk. Raises ActError."""
        happening = self._worker.call(lambda bot: bot.act(acted)).result()
        happening.saved.result()
        return in_words(happening)

    def _archive(self) -> None:
        with contextlib.suppress(StoppedError):
            moved = self._worker.call(lambda bot: bot.store.archive(bot.clock())).result()
            log().info("archived", tickets=moved)

    def drain(self) -> None:
        """Sends all that may go now."""
        assert self._post is not None
        self.await_(self._post.drain())

    # --- ending ---------------------------------------------------------------------------------

    def end(self) -> None:
        """Ends within 5 seconds, nothing half done: what was decided is on disk, what is being sent is marked
        so.
        """
        self.stop.set()
        if self._ticks.running:
            self._ticks.shutdown(wait=False)
        if self._site is not None:
            self._site.stop()
        if self._post is not None and self._stop_sending is not None:
            self._loop.call_soon_threadsafe(self._stop_sending.set)
            with contextlib.suppress(TimeoutError):
                self.await_(self._post.close(POST_ENDS), POST_ENDS + 1)
        for watcher in self.watchers:
            watcher.inbox.hang_up()
        self._worker.end(WORK_ENDS)
        for watcher in self.watchers:
            if watcher.ident is not None:
                watcher.join(PAGES_END)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._asyncio.join(PAGES_END)
        log().info("ended")


def once(service: Service, told: Callable[[str, int], None] = lambda _name, _taken: None) -> list[str]:
    """One pass: takes in all that waits, sends all that may go; the troubles of mailboxes that could not be
    looked at.

    `told` hears how many mails were taken from each mailbox.
    """
    troubles: list[str] = []
    service.prepare()
    try:
        for watcher in service.watchers:
            try:
                told(watcher.mailbox.name, watcher.look())
            except (InboxError, FirstLookError) as error:
                troubles.append(str(error))
            finally:
                watcher.inbox.close()
        service.tick()
        service.drain()
    finally:
        service.end()
    return [*troubles, *([service.failed] if service.failed else [])]
