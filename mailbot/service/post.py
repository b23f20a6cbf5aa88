"""The post: sends the letters that may go, at the server's pace, and tells what became of each."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from mailbot.core.event import Delivered, DeliveryStarted, Event
from mailbot.service.log import log
from mailbot.service.worker import StoppedError
from mailbot.store.base import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    from mailbot.app import Sender
    from mailbot.bot import Bot
    from mailbot.core.letter import Letter
    from mailbot.mail.outbox import Outbox
    from mailbot.service.worker import Worker

LOOK = 1.0  # seconds after which it looks again by itself; it is woken for what is new


class Post:
    """Belongs to one event loop. Of one letter there is never more than one attempt at a time."""

    def __init__(
        self,
        bot: Bot,
        worker: Worker,
        outbox: Outbox,
        sender: Sender,
        fatal: Callable[[StoreError], None],
    ) -> None:
        self._fatal = fatal
        self._bot, self._worker, self._outbox, self._sender = bot, worker, outbox, sender
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """There may be something to send. To be called in the loop."""
        self._woken.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Sends until `stop` is set; letters under way are left to `close`."""
        while not stop.is_set():
            self._begin()
            try:
                await asyncio.wait_for(self._woken.wait(), LOOK)
            except TimeoutError:
                continue
            finally:
                self._woken.clear()

    async def drain(self) -> None:
        """Sends all that may go now, waiting for the pace but for nobody's back-off."""
        while self._begin():
            await asyncio.wait(self._under_way.values(), return_when=asyncio.FIRST_COMPLETED)

    def _begin(self) -> bool:
        for letter in self._bot.ready():
            if letter.id not in self._under_way:
                self._under_way[letter.id] = asyncio.create_task(self._send(letter))
        return bool(self._under_way)

    async def _send(self, letter: Letter) -> None:
        try:
            raw = self._sender.compose(letter)
            outcome = await self._outbox.send(
                raw, self._sender.address, letter.to, lambda: self._tell(DeliveryStarted(letter.id))
            )
            await self._tell(Delivered(letter.id, outcome))
            log().info("letter", letter=letter.id, outcome=type(outcome).__name__.lower())
        except StoppedError:
            log().info("letter", letter=letter.id, outcome="left for the next start")
        except StoreError as error:
            self._fatal(error)
        finally:
            del self._under_way[letter.id]
            self._woken.set()

    async def _tell(self, event: Event) -> None:
        """Returns once it is on disk."""
        happening = await asyncio.wrap_future(self._worker.call(lambda bot: bot.happen(event)))
        await asyncio.wrap_future(happening.saved)

    async def close(self, seconds: float) -> None:
        """Waits so long for the letters under way; what is cut off stays `sending` and is looked at on the
        next start.
        """
        if self._under_way:
            _, late = await asyncio.wait(self._under_way.values(), timeout=seconds)
            for task in late:
                task.cancel()
        await self._outbox.close()
