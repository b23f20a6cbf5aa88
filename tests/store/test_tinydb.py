"""What the embedded store keeps on disk, through restarts and crashes."""

from __future__ import annotations

import json
import os
import stat
from typing import TYPE_CHECKING

import pytest

from mailbot.store.base import StoreError
from mailbot.store.tinydb import TinyStore

from .folders import STORY, crashed, filled, reopened, told
from .some import mail_came

if TYPE_CHECKING:
    from pathlib import Path


def test_after_a_crash_every_step_is_there(folder: Path, tmp_path: Path) -> None:
    store = TinyStore(folder)
    for count, step in enumerate(STORY, 1):
        step(store)
        assert reopened(crashed(folder, tmp_path / "crashed")) == told(count)
    store.close()


def test_after_each_restart_every_step_is_there(folder: Path) -> None:
    for count, step in enumerate(STORY, 1):
        store = TinyStore(folder)
        step(store)
        store.close()
        assert reopened(folder) == told(count)


def test_a_snapshot_replayed_with_its_old_log_changes_nothing(folder: Path, tmp_path: Path) -> None:
    store = TinyStore(folder)
    for step in STORY:
        step(store)
    copy = crashed(folder, tmp_path / "crashed")
    log = (copy / "log.jsonl").read_bytes()
    expected = reopened(copy)
    (copy / "log.old.jsonl").write_bytes(log)
    assert reopened(copy) == expected
    (copy / "log.jsonl").write_bytes(log)
    assert reopened(copy) == expected
    store.close()


def test_the_tables_are_json_that_reads_like_the_ticket(folder: Path) -> None:
    store = TinyStore(folder)
    store.commit(mail_came(1)).result(10)
    store.close()
    tables = json.loads((folder / "tables.json").read_text(encoding="utf-8"))
    assert tables["tickets"]["1"]["subject"] == "My account — “Zoë”"
    assert (folder / "log.jsonl").read_bytes() == b""
    assert "“Zoë”" in (folder / "tables.json").read_text(encoding="utf-8")


def test_every_line_of_the_log_is_json_with_its_number(folder: Path) -> None:
    lines = (filled(folder) / "log.jsonl").read_text().splitlines()
    assert [json.loads(line)["seq"] for line in lines] == [1, 2, 3]


def test_a_second_store_on_the_folder_is_refused_until_the_first_is_closed(folder: Path) -> None:
    first = TinyStore(folder)
    with pytest.raises(StoreError, match=rf"process {os.getpid()} uses this data folder already; stop it"):
        TinyStore(folder)
    first.close()
    TinyStore(folder).close()


def test_a_closed_store_takes_no_commit(folder: Path) -> None:
    store = TinyStore(folder)
    store.close()
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.commit(mail_came(1))


def test_all_files_are_for_their_owner_alone(folder: Path) -> None:
    before = os.umask(0)
    try:
        store = TinyStore(folder, snapshot_bytes=1)
        for step in STORY:
            step(store)
        store.keep(b"a mail")
        store.close()
    finally:
        os.umask(before)
    modes = {p.relative_to(folder).as_posix(): stat.S_IMODE(p.stat().st_mode) for p in folder.rglob("*")}
    assert {m for n, m in modes.items() if (folder / n).is_dir()} == {0o700}
    assert {m for n, m in modes.items() if (folder / n).is_file()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {
        "tables.json",
        "seen.jsonl",
        "archived.jsonl",
        "audit/2026-11.jsonl",
        "archive/2026-11.jsonl",
    } <= set(modes)
