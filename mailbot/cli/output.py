"""Output: JSON one object a line, errors on standard error, progress where a terminal looks on."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from rich.console import Console

T = TypeVar("T")


def prepare() -> None:
    """Standard output takes any character, whatever the terminal's encoding is."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8", errors="backslashreplace")


def line(value: Mapping[str, Any]) -> None:
    """One JSON object on a line of its own."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")


def fail(message: object) -> int:
    """The message on standard error; the exit code of input or world at fault."""
    sys.stderr.write(f"{message}\n")
    return 1


def console() -> Console:
    """Where tables and sentences go: the terminal's width, 140 columns where nobody looks on."""
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else 140)


def progress(items: Iterable[T], total: int, what: str) -> Iterator[T]:
    """The items, with a bar on standard error while a terminal looks on and the work is long."""
    if not sys.stderr.isatty() or total < 20:
        yield from items
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(items, description=what, total=total, console=Console(stderr=True), transient=True)


def status(text: str) -> None:
    """How far long work has come, on one line of standard error, while a terminal looks on."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{text}")
        sys.stderr.flush()


@contextmanager
def told_plainly() -> Iterator[list[int]]:
    """Turns the errors that people can mend into a plain message and exit code 1; the list holds the code."""
    from mailbot.config.letters import Unwritable
    from mailbot.config.mistake import Mistakes
    from mailbot.core.fact import ActError
    from mailbot.mail.token import KeyFault
    from mailbot.store.base import StoreError

    code = [0]
    try:
        yield code
    except (Mistakes, StoreError, ActError, KeyFault, Unwritable) as error:
        code[0] = fail(error)
