"""Whatever is committed, archived, restarted or crashed: the store on disk tells what its twin tells."""

from __future__ import annotations

import shutil
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from mailbot.core.account import Account
from mailbot.core.decision import Audit, Decision, Seen, Wake
from mailbot.core.letter import Delivery, Sort
from mailbot.core.place import Place
from mailbot.store.memory import MemoryStore
from mailbot.store.tinydb import TinyStore

from .facts import ADDRESSES, facts
from .some import NOW, letter, request, ticket

numbers = st.integers(1, 4)
addresses = st.sampled_from(ADDRESSES)
ids = st.sampled_from([f"A-000{number}" for number in range(1, 4)])
times = st.integers(-60 * 24, 60 * 24).map(lambda hours: NOW + timedelta(hours=hours))
words = st.text(st.characters(codec="utf-8"), max_size=12)

requests = st.builds(
    lambda account, claimed: request(account=account, claims={"account": claimed}), ids, addresses
)
tickets = st.builds(
    lambda number, **changed: ticket(number, **changed),
    numbers,
    subject=words,
    participants=st.lists(addresses, max_size=2).map(tuple),
    account=ids | st.just(""),
    requests=st.lists(requests, max_size=2).map(tuple),
    mail_ids=st.lists(numbers.map(lambda n: f"<{n}@nhs.net>"), max_size=3).map(tuple),
    closed=st.none() | times,
)
letters = st.builds(
    lambda number, running, **changed: letter(number, running, **changed),
    st.integers(0, 4),
    st.integers(1, 3),
    state=st.sampled_from(Delivery) | st.just(Delivery.SENT),
    sort=st.sampled_from(Sort),
    decided=times,
    not_before=times,
    text=words,
    facts=st.dictionaries(words, words | st.booleans() | st.none() | st.lists(words, max_size=2).map(tuple)),
)
accounts = st.builds(
    Account, ids, st.lists(addresses, min_size=1, max_size=2, unique=True).map(tuple), name=words
)
places = st.builds(Place, st.just("helpdesk"), st.just("INBOX"), st.sampled_from([6, 7]), st.integers(0, 8))
seens = st.builds(
    Seen,
    numbers.map(lambda n: f"<{n}@nhs.net>"),
    st.just("d"),
    numbers,
    place=st.none() | places,
    because=words,
)
audits = st.builds(Audit, times, addresses, words, numbers, words)


def few(things: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(things, max_size=2).map(tuple)


decisions = st.builds(
    Decision,
    tickets=few(tickets),
    accounts=few(accounts),
    letters=few(letters),
    seen=st.none() | seens,
    audit=few(audits),
    wakes=st.dictionaries(numbers, st.none() | st.builds(Wake, times, words), max_size=2),
    notes=st.dictionaries(st.sampled_from(["last", "mode"]), words, max_size=1),
)
steps = st.lists(
    decisions | st.sampled_from(["restart", "crash"]) | times.map(lambda at: at + timedelta(days=60)),
    max_size=12,
)


def again(store: TinyStore, folder: Path, how: str, snapshot_bytes: int) -> tuple[TinyStore, Path]:
    """Closed and opened again; or opened as it stands on disk, as after a crash."""
    if how == "restart":
        store.close()
        return TinyStore(folder, snapshot_bytes=snapshot_bytes), folder
    beside = Path(tempfile.mkdtemp(dir=folder.parent))
    store.settle()
    shutil.copytree(folder, beside, dirs_exist_ok=True)
    store.close()
    return TinyStore(beside, snapshot_bytes=snapshot_bytes), beside


@settings(max_examples=60, deadline=None, database=None, phases=[Phase.generate])
@given(steps, st.sampled_from([1, 3000, 1 << 24]))
def test_the_twins_tell_the_same(steps: list[Any], snapshot_bytes: int) -> None:
    with tempfile.TemporaryDirectory() as root:
        folder, twin = Path(root) / "var", MemoryStore()
        store = TinyStore(folder, snapshot_bytes=snapshot_bytes)
        for step in steps:
            if isinstance(step, str):
                store, folder = again(store, folder, step, snapshot_bytes)
                assert facts(store) == facts(twin)
            elif isinstance(step, Decision):
                twin.commit(step)
                store.commit(step).result(10)
            else:
                assert store.archive(step) == twin.archive(step)
                # An archiving that a crash loses is made up for; here it is to be on disk as in the twin.
                store.commit(Decision()).result(10)
        assert facts(store) == facts(twin)
        store.close()
