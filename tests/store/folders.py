"""A story for a store, and data folders as a crash leaves them."""

from __future__ import annotations

import errno
import os
import shutil
from typing import TYPE_CHECKING, TypeAlias

from mailbot.core.decision import Decision
from mailbot.core.letter import Delivery
from mailbot.store.memory import MemoryStore
from mailbot.store.tinydb import TinyStore

from .facts import facts
from .some import NOW, account, after, audit, letter, mail_came, seen, ticket

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mailbot.store.base import Store


LATER = after(days=60)
Step: TypeAlias = "Callable[[Store], object]"


def committed(decision: Decision) -> Step:
    return lambda store: store.commit(decision).result(10)


def closing(number: int) -> Decision:
    sent = letter(number, 1, state=Delivery.SENT)
    return Decision(tickets=(ticket(number, closed=NOW),), letters=(sent,), wakes={number: None})


STORY: tuple[Step, ...] = (
    committed(mail_came(1)),
    committed(Decision(accounts=(account(1, "ann@nhs.net"),), notes={"last": "x"})),
    committed(mail_came(2)),
    committed(closing(1)),
    lambda store: store.archive(LATER),
    committed(Decision(seen=seen(5, message_id="", digest=""), audit=(audit(2, "looked"), audit(1, "at")))),
    committed(Decision(tickets=(ticket(1),), audit=(audit(1, "again", at=after(days=-70)),))),
    committed(closing(1)),
    committed(closing(2)),
    lambda store: store.archive(LATER),
    committed(mail_came(3)),
)


def reopened(folder: Path) -> dict[str, object]:
    store = TinyStore(folder)
    try:
        return facts(store)
    finally:
        store.close()


def crashed(folder: Path, to: Path) -> Path:
    """The folder as a crash would leave it now."""
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(folder, to)
    return to


def told(steps: int) -> dict[str, object]:
    twin = MemoryStore()
    for step in STORY[:steps]:
        step(twin)
    return facts(twin)


def filled(folder: Path, commits: int = 3) -> Path:
    """A folder whose log holds that many commits, as after a crash."""
    store = TinyStore(folder)
    for number in range(1, commits + 1):
        store.commit(mail_came(number)).result(10)
    copy = crashed(folder, folder.with_name("crashed"))
    store.close()
    return copy


class Disk:
    """An fsync that fails while the disk is full."""

    def __init__(self) -> None:
        self.full = False

    def __call__(self, descriptor: int) -> None:
        if self.full:
            raise OSError(errno.ENOSPC, "No space left on device")
        os.fsync(descriptor)
