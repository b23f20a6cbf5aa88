"""A store opened for reading beside the one that writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mailbot.store.base import StoreError
from mailbot.store.tinydb import TinyStore

from .folders import LATER
from .some import mail_came

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def writing(folder: Path) -> Iterator[TinyStore]:
    store = TinyStore(folder, snapshot_bytes=4000)
    yield store
    store.close()


def test_a_reader_sees_whole_commits_while_another_store_writes(folder: Path, writing: TinyStore) -> None:
    for number in range(1, 60):
        writing.commit(mail_came(number)).result(10)
        view = TinyStore.open_readonly(folder)
        assert [t.number for t in view.tickets()] == list(range(1, number + 1))
        assert [a.ticket for a in view.audit()] == list(range(1, number + 1))
        assert view.known(f"<{number}@nhs.net>", "d") is not None


def test_a_reader_changes_nothing(folder: Path, writing: TinyStore) -> None:
    writing.commit(mail_came(1)).result(10)
    view = TinyStore.open_readonly(folder)
    for change in (
        lambda: view.commit(mail_came(2)),
        lambda: view.keep(b"mail"),
        lambda: view.archive(LATER),
    ):
        with pytest.raises(StoreError, match="reading only"):
            change()
    view.close()
    assert view.last_ticket() == 1


def test_a_reader_of_no_folder_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no such data folder"):
        TinyStore.open_readonly(tmp_path / "none")
    assert not (tmp_path / "none").exists()
