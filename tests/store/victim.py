"""A program that commits and is killed: `victim.py DIRECTORY kill | full | story N`.

It prints the number of each commit (or step) once it was told that it is on disk.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from itertools import count
from pathlib import Path

from mailbot.store.base import StoreError
from mailbot.store.tinydb import TinyStore
from tests.store.folders import STORY
from tests.store.some import mail_came


def say(number: int) -> None:
    os.write(1, b"%d\n" % number)


def commit_for_ever(folder: Path) -> None:
    """Sixteen commits wait together; snapshots come as often as they can."""
    store = TinyStore(folder, snapshot_bytes=20_000)
    for start in count(1, 16):
        waiting = [(number, store.commit(mail_came(number))) for number in range(start, start + 16)]
        for number, future in waiting:
            future.result()
            say(number)


def fill_the_disk(folder: Path) -> None:
    store = TinyStore(folder)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
    for number in count(1):
        try:
            store.commit(mail_came(number)).result()
        except StoreError as error:
            sys.exit(str(error))
        say(number)


def die_at_fsync(folder: Path, last: int) -> None:
    """Goes through the story with a snapshot at every step, and dies before the `last`-th fsync."""
    calls = count(1)

    def fsync(descriptor: int) -> None:
        if next(calls) == last:
            os.kill(os.getpid(), signal.SIGKILL)
        os.fsync(descriptor)

    store = TinyStore(folder, snapshot_bytes=1, fsync=fsync)
    for number, step in enumerate(STORY, 1):
        step(store)
        say(number)
        store.settle()
    store.close()


def main(folder: Path, how: str, number: str = "0") -> None:
    if how == "kill":
        commit_for_ever(folder)
    elif how == "full":
        fill_the_disk(folder)
    else:
        die_at_fsync(folder, int(number))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
