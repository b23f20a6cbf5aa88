from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mailbot.store.memory import MemoryStore
from mailbot.store.tinydb import TinyStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mailbot.store.base import Store


@pytest.fixture(params=["memory", "tinydb", "tinydb with a snapshot at every commit"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made: Store
    if request.param == "memory":
        made = MemoryStore()
    else:
        made = TinyStore(tmp_path / "var", snapshot_bytes=1 if "snapshot" in request.param else 1 << 24)
    yield made
    made.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "var"
