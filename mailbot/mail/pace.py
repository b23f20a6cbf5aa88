"""Pace: at most so many letters in any minute."""

from __future__ import annotations

import asyncio


class Pace:
    """Gives leave for at most `limit` letters in any `seconds` (0: no limit), on the event loop's time.

    A leave comes back that long after its letter went: a bucket that refills while it empties would let twice
    the limit pass in the first minute, and the server counts (MAIL.md: 30 a minute, `432` when over).
    """

    def __init__(self, limit: int, seconds: float = 60.0) -> None:
        self._free = asyncio.Semaphore(limit) if limit else None
        self._seconds = seconds

    async def leave(self) -> None:
        """Wait until a letter may go; each leave is given back by `used` or `unused`."""
        if self._free is not None:
            await self._free.acquire()

    def used(self) -> None:
        """The letter reached the server."""
        if self._free is not None:
            asyncio.get_running_loop().call_later(self._seconds, self._free.release)

    def unused(self) -> None:
        """Nothing reached the server."""
        if self._free is not None:
            self._free.release()
