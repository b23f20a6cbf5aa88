"""What an inbox brings: mails as they came, and those that could not be had."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from mailbot.core.place import Place


@dataclass(frozen=True, slots=True)
class RawMail:
    """A mail's bytes; `arrived` is the server's time of arrival in UTC, `size` what the server announced."""

    place: Place
    raw: bytes
    arrived: datetime
    size: int


@dataclass(frozen=True, slots=True)
class Missing:
    """A mail that could not be had. `gone`: it is no longer there; else the server gives no data for it."""

    place: Place
    reason: str
    gone: bool = False
