"""How commits reach the disk together, and what happens when they cannot."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from mailbot.core.account import Account
from mailbot.core.decision import Decision
from mailbot.store.base import StoreError
from mailbot.store.memory import MemoryStore
from mailbot.store.tinydb import TinyStore

from .facts import facts
from .folders import Disk, reopened
from .some import mail_came

if TYPE_CHECKING:
    from pathlib import Path


class Gate:
    """An fsync that counts, and waits when it is told to."""

    def __init__(self) -> None:
        self.calls = 0
        self.reached = threading.Event()
        self.open = threading.Event()
        self.open.set()

    def __call__(self, descriptor: int) -> None:
        self.calls += 1
        self.reached.set()
        assert self.open.wait(10)
        os.fsync(descriptor)


def test_commits_that_wait_together_share_an_fsync_and_a_lone_one_has_its_own(folder: Path) -> None:
    gate = Gate()
    store = TinyStore(folder, fsync=gate)
    gate.calls = 0
    store.commit(mail_came(1)).result(10)
    assert gate.calls == 1
    gate.reached.clear()
    gate.open.clear()
    first = store.commit(mail_came(2))
    assert gate.reached.wait(10)
    crowd = [store.commit(mail_came(number)) for number in range(3, 53)]
    assert not first.done()
    assert not any(future.done() for future in crowd)
    assert store.last_ticket() == 52
    gate.open.set()
    for future in crowd:
        future.result(10)
    assert gate.calls == 3
    store.close()


def test_a_commit_on_its_way_cannot_be_cancelled(folder: Path) -> None:
    store = TinyStore(folder)
    futures = [store.commit(mail_came(number)) for number in range(1, 20)]
    assert not any(future.cancel() for future in futures)
    for future in futures:
        future.result(10)
    store.close()


def test_after_a_failed_fsync_nothing_more_is_taken_and_the_last_good_state_is_kept(folder: Path) -> None:
    disk = Disk()
    store = TinyStore(folder, fsync=disk)
    store.commit(mail_came(1)).result(10)
    disk.full = True
    with pytest.raises(StoreError, match=r"log\.jsonl: .*No space left on device.*make room"):
        store.commit(mail_came(2)).result(10)
    disk.full = False
    with pytest.raises(StoreError, match="No space left"):
        store.commit(mail_came(3))
    store.close()
    again = TinyStore(folder)
    assert [t.number for t in again.tickets()] == [1]
    again.commit(mail_came(2)).result(10)
    again.close()


def test_commits_go_on_while_snapshots_fail_and_a_later_one_catches_up(folder: Path) -> None:
    """A folder stands where the new tables would be written: every snapshot fails, also the last one."""
    twin = MemoryStore()
    store = TinyStore(folder, snapshot_bytes=1)
    (folder / "tables.json.new").mkdir()
    for number in range(1, 6):
        twin.commit(mail_came(number))
        store.commit(mail_came(number)).result(10)
    with pytest.raises(StoreError, match=r"the tables could not be written: .*the log has it all"):
        store.close()
    assert "the tables could not be written" in store.trouble
    assert not (folder / "tables.json").exists()
    with pytest.raises(StoreError, match="cannot be written"):
        TinyStore(folder)
    (folder / "tables.json.new").rmdir()
    assert reopened(folder) == facts(twin)
    assert sorted(p.name for p in folder.glob("*.json*")) == [
        "log.jsonl",
        "seen.jsonl",
        "tables.json",
    ]


def test_a_commit_that_breaks_off_half_way_never_comes_to_the_disk(folder: Path) -> None:
    store = TinyStore(folder)
    store.commit(mail_came(1)).result(10)
    nobody_s = Account("A-0001", ())
    store.commit(Decision(accounts=(nobody_s,))).result(10)
    store._state.by_mail.move = None  # type: ignore[method-assign,assignment] # any mistake of ours
    with pytest.raises(TypeError):
        store.commit(mail_came(2))
    with pytest.raises(StoreError, match="commit 3 could not be applied"):
        store.commit(Decision())
    store.close()
    again = TinyStore(folder)
    assert [t.number for t in again.tickets()] == [1]
    assert again.account("A-0001") == nobody_s
    assert again.note("last") == "1"
    again.close()


def test_several_threads_keep_the_same_mail_at_once(folder: Path) -> None:
    store = TinyStore(folder)
    with ThreadPoolExecutor(4) as threads:
        names = list(threads.map(store.keep, [b"one", b"two"] * 20))
    assert len(set(names)) == 2
    assert [store.raw(name) for name in names[:2]] == [b"one", b"two"]
    assert len([p for p in (folder / "mail").rglob("*") if p.is_file()]) == 2
    store.close()


def test_other_threads_see_whole_commits_while_the_bot_commits(folder: Path) -> None:
    store = TinyStore(folder, snapshot_bytes=20_000)
    over = threading.Event()

    def look() -> int:
        looks = 0
        while not over.is_set() or not looks:
            numbers = [t.number for t in store.tickets_with_participant("ann@nhs.net")]
            assert numbers == list(range(1, len(numbers) + 1))
            assert all(store.letters(number) for number in numbers[-3:])
            assert len(list(store.audit())) >= len(numbers)
            looks += 1
        return looks

    with ThreadPoolExecutor(2) as threads:
        watchers = [threads.submit(look) for _ in range(2)]
        for number in range(1, 120):
            store.commit(mail_came(number)).result(10)
        over.set()
        assert all(watcher.result(10) for watcher in watchers)
    store.close()
