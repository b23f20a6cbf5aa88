"""The archive's files, and mail kept as it came."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from mailbot.core.decision import Decision
from mailbot.store.base import StoreError
from mailbot.store.tinydb import TinyStore

from .facts import facts
from .folders import LATER, Disk, closing, crashed, reopened
from .some import after, mail_came, ticket

if TYPE_CHECKING:
    from pathlib import Path


def test_mail_is_kept_under_its_hash_and_half_written_mail_is_tidied_away(folder: Path) -> None:
    store = TinyStore(folder)
    name = store.keep(b"From: ann@nhs.net\r\n\r\nhello")
    store.close()
    assert [p.relative_to(folder / "mail").as_posix() for p in (folder / "mail").rglob("*.eml")] == [
        f"{name[:2]}/{name}.eml"
    ]
    (folder / "mail" / "xyz.part").write_bytes(b"half")
    store = TinyStore(folder)
    assert not (folder / "mail" / "xyz.part").exists()
    assert store.raw(name) == b"From: ann@nhs.net\r\n\r\nhello"
    store.close()


def test_mail_that_was_altered_or_lost_on_disk_is_an_error(folder: Path) -> None:
    store = TinyStore(folder)
    name = store.keep(b"hello")
    path = folder / "mail" / name[:2] / f"{name}.eml"
    path.write_bytes(b"hellp")
    with pytest.raises(StoreError, match="not as it was kept"):
        store.raw(name)
    path.unlink()
    with pytest.raises(StoreError, match="restore it from a backup"):
        store.raw(name)
    store.close()


def test_mail_that_does_not_fit_on_the_disk_is_an_error_and_leaves_nothing(folder: Path) -> None:
    disk = Disk()
    store = TinyStore(folder, fsync=disk)
    store.keep(b"first")
    disk.full = True
    with pytest.raises(StoreError, match="could not be kept"):
        store.keep(b"second")
    disk.full = False
    assert len([p for p in (folder / "mail").rglob("*") if p.is_file()]) == 1
    store.close()


def test_closed_tickets_stand_in_the_file_of_the_month_in_which_they_closed(folder: Path) -> None:
    store = TinyStore(folder)
    store.commit(mail_came(1))
    store.commit(closing(1))
    store.commit(mail_came(2))
    store.commit(
        Decision(tickets=(ticket(2, closed=after(days=-20)),), letters=closing(2).letters, wakes={2: None})
    )
    assert store.archive(LATER) == 2
    store.close()
    assert sorted(p.name for p in (folder / "archive").iterdir()) == ["2026-10.jsonl", "2026-11.jsonl"]
    assert json.loads((folder / "tables.json").read_text(encoding="utf-8"))["tickets"] == {}
    line = json.loads((folder / "archive" / "2026-11.jsonl").read_text(encoding="utf-8"))
    assert line["ticket"]["number"] == 1


def test_a_crash_between_archive_file_and_commit_leaves_no_ticket_twice(folder: Path, tmp_path: Path) -> None:
    store = TinyStore(folder)
    store.commit(mail_came(1))
    store.commit(closing(1)).result(10)
    before = crashed(folder, tmp_path / "before")
    store.archive(LATER)
    expected = facts(store)
    shutil.copytree(folder / "archive", before / "archive")
    with (before / "archive" / "2026-11.jsonl").open("ab") as file:
        file.write(b'{"ticket":{"torn')
    store.close()
    again = TinyStore(before)
    assert again.archive(LATER) == 1
    assert facts(again) == expected
    lines = (before / "archive" / "2026-11.jsonl").read_text(encoding="utf-8").splitlines()
    assert [line == '{"ticket":{"torn' for line in lines] == [False, True, False]
    again.close()
    assert reopened(before) == expected


def test_a_damaged_archive_is_named_when_its_ticket_is_asked_for(folder: Path) -> None:
    store = TinyStore(folder)
    for number in (1, 2):
        store.commit(mail_came(number))
        store.commit(closing(number))
    store.archive(LATER)
    path = folder / "archive" / "2026-11.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"<2@nhs.net>", b"<3@nhs.net>"))
    assert store.ticket(1) is not None
    with pytest.raises(StoreError, match=r"2026-11\.jsonl:2: "):
        store.ticket(2)
    path.write_bytes(whole)
    store.close()


def test_an_archive_that_cannot_be_written_leaves_its_tickets_live(folder: Path) -> None:
    store = TinyStore(folder)
    store.commit(mail_came(1))
    store.commit(closing(1))
    (folder / "archive").write_bytes(b"a file stands where the folder should")
    with pytest.raises(StoreError, match="archive cannot be written"):
        store.archive(LATER)
    (folder / "archive").unlink()
    assert store.archive(LATER) == 1
    store.close()


def test_long_closed_tickets_wait_for_their_time_at_every_store(folder: Path) -> None:
    store = TinyStore(folder, archive_after=timedelta(days=100))
    store.commit(mail_came(1))
    store.commit(closing(1))
    assert [store.archive(after(days=100)), store.archive(after(days=101))] == [0, 1]
    store.close()
