"""Files that are torn, damaged, missing or edited: no start goes on from them in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mailbot.store.base import StoreError
from mailbot.store.tinydb import TinyStore

from .folders import STORY, crashed, filled
from .some import mail_came

if TYPE_CHECKING:
    from pathlib import Path


def test_a_last_line_torn_at_any_byte_is_dropped_and_the_log_goes_on(folder: Path) -> None:
    copy = filled(folder)
    whole = (copy / "log.jsonl").read_bytes()
    start = whole.rindex(b"\n", 0, -1) + 1
    for end in range(start, len(whole), 1 if len(whole) - start < 200 else 13):
        (copy / "log.jsonl").write_bytes(whole[:end])
        assert TinyStore.open_readonly(copy).last_ticket() == 2
    store = _went_on(copy)
    assert [t.number for t in store.tickets()] == [1, 2, 4]
    store.close()


def _went_on(folder: Path) -> TinyStore:
    """Opened, gone on, crashed and opened again: no trace of the torn line may stand between."""
    store = TinyStore(folder)
    store.commit(mail_came(4)).result(10)
    again = crashed(folder, folder.with_name("again"))
    store.close()
    return TinyStore(again)


def test_a_torn_line_that_was_never_promised_is_cut_off(folder: Path) -> None:
    copy = filled(folder)
    with (copy / "log.jsonl").open("ab") as log:
        log.write(b'{"seq":4,"tick')
    store = TinyStore(copy)
    assert (copy / "log.jsonl").read_bytes().endswith(b"}\n")
    store.close()


def test_any_flipped_byte_of_the_log_stops_the_start_and_names_its_line(folder: Path) -> None:
    copy = filled(folder)
    whole = (copy / "log.jsonl").read_bytes()
    ends = [n for n, byte in enumerate(whole) if byte == 10]
    for place in sorted({*range(0, len(whole), 101), *ends, len(whole) - 2}):
        bent = bytearray(whole)
        bent[place] ^= 1
        (copy / "log.jsonl").write_bytes(bent)
        line = whole.count(b"\n", 0, place) + 1
        with pytest.raises(StoreError, match=rf"log\.jsonl:{line}: .*backup"):
            TinyStore(copy)
        assert (copy / "log.jsonl").read_bytes() == bent


def test_any_flipped_byte_of_the_tables_stops_the_start(folder: Path) -> None:
    store = TinyStore(folder)
    store.commit(mail_came(1)).result(10)
    store.close()
    whole = (folder / "tables.json").read_bytes()
    for place in range(0, len(whole), 37):
        bent = bytearray(whole)
        bent[place] ^= 1
        (folder / "tables.json").write_bytes(bent)
        with pytest.raises(StoreError, match=r"tables\.json:\d+: "):
            TinyStore(folder)
        assert (folder / "tables.json").read_bytes() == bent


def test_a_missing_line_stops_the_start(folder: Path) -> None:
    copy = filled(folder)
    lines = (copy / "log.jsonl").read_bytes().splitlines(keepends=True)
    (copy / "log.jsonl").write_bytes(lines[0] + lines[2])
    with pytest.raises(StoreError, match=r"log\.jsonl:2: commit 2 is missing"):
        TinyStore(copy)


def test_missing_tables_stop_the_start(folder: Path) -> None:
    store = TinyStore(folder)
    store.commit(mail_came(1)).result(10)
    store.close()
    (folder / "tables.json").unlink()
    with pytest.raises(StoreError, match="the commits up to 1 are missing"):
        TinyStore(folder)


def test_tables_edited_into_nonsense_are_refused_with_the_line(folder: Path) -> None:
    store = TinyStore(folder)
    store.commit(mail_came(1)).result(10)
    store.close()
    text = (folder / "tables.json").read_text(encoding="utf-8")
    line = text[: text.index('"opened": "')].count("\n") + 1
    (folder / "tables.json").write_text(text.replace('"opened": "', '"opened": ', 1), encoding="utf-8")
    with pytest.raises(StoreError, match=rf"tables\.json:{line}: this is no JSON"):
        TinyStore(folder)
    (folder / "tables.json").write_text(text.replace('"opened": "', '"opened": "x', 1), encoding="utf-8")
    line = text[: text.index('\n"1": {', text.index('"tickets"'))].count("\n") + 2
    with pytest.raises(StoreError, match=rf"tables\.json:{line}: tickets 1: opened: "):
        TinyStore(folder)


def test_an_edit_that_was_meant_is_taken_once_the_checksum_is_out(folder: Path) -> None:
    store = TinyStore(folder)
    store.commit(mail_came(1)).result(10)
    store.close()
    text = (folder / "tables.json").read_text(encoding="utf-8").replace("My account", "Her account")
    (folder / "tables.json").write_text(text, encoding="utf-8")
    with pytest.raises(StoreError, match="take out this line and the comma before it"):
        TinyStore(folder)
    kept = text[: text.rindex(',\n"sum"')] + "\n}\n"
    (folder / "tables.json").write_text(kept, encoding="utf-8")
    store = TinyStore(folder)
    found = store.ticket(1)
    assert found is not None
    assert found.subject.startswith("Her account")
    store.close()


def test_what_a_newer_version_wrote_is_refused_and_not_dropped(folder: Path) -> None:
    store = TinyStore(folder)
    store.commit(mail_came(1)).result(10)
    store.close()
    text = (folder / "tables.json").read_text(encoding="utf-8")
    text = text.replace('"mailbox": "helpdesk"', '"mailbox": "helpdesk", "mood": "good"', 1)
    (folder / "tables.json").write_text(text, encoding="utf-8")
    with pytest.raises(StoreError, match="mood"):
        TinyStore(folder)


@pytest.mark.parametrize("name", ["seen.jsonl", "archived.jsonl"])
def test_a_damaged_ledger_stops_the_start(folder: Path, name: str) -> None:
    store = TinyStore(folder)
    for step in STORY:
        step(store)
    store.close()
    whole = (folder / name).read_bytes()
    (folder / name).write_bytes(whole.replace(b'"seq":', b'"seq": ', 1))
    with pytest.raises(StoreError, match=rf"{name}:1: "):
        TinyStore(folder)


def test_a_start_that_failed_lets_the_folder_go(folder: Path) -> None:
    copy = filled(folder)
    good = (copy / "log.jsonl").read_bytes()
    (copy / "log.jsonl").write_bytes(b"nonsense\n" + good)
    with pytest.raises(StoreError, match=r"log\.jsonl:1"):
        TinyStore(copy)
    (copy / "log.jsonl").write_bytes(good)
    TinyStore(copy).close()


@pytest.mark.parametrize(
    ("was", "is_now", "complaint"),
    [
        ('\n"1": {', '\n"2": {', "tickets 2: number is not the one under which it stands"),
        ('"IM-000001-1": {', '"IM-000001-9": {', "letters IM-000001-9: id is not the one"),
        ('"wakes": {\n"1"', '"wakes": {\n"one"', "wakes one: a wake stands under the number"),
        ('"format": 1', '"format": 2', '"format": 1, was expected here; another version'),
        ('"seq": 1', '"seq": "1"', "seq and a number were expected"),
        ('"letters": {', '"lotters": {', '"letters": { was expected here'),
        ('  }\n},\n"notes"', '}\n},\n"notes"', "this is no JSON|the file ends|document"),
    ],
)
def test_tables_edited_by_hand_say_what_is_wrong(folder: Path, was: str, is_now: str, complaint: str) -> None:
    store = TinyStore(folder)
    store.commit(mail_came(1)).result(10)
    store.close()
    text = (folder / "tables.json").read_text(encoding="utf-8")
    assert was in text
    (folder / "tables.json").write_text(text.replace(was, is_now, 1), encoding="utf-8")
    with pytest.raises(StoreError, match=rf"tables\.json:\d+: .*({complaint})"):
        TinyStore(folder)


def test_tables_that_were_cut_off_are_refused(folder: Path) -> None:
    store = TinyStore(folder)
    store.commit(mail_came(1)).result(10)
    store.close()
    whole = (folder / "tables.json").read_bytes()
    for end in range(0, len(whole), 97):
        (folder / "tables.json").write_bytes(whole[:end])
        with pytest.raises(StoreError, match=r"tables\.json:\d+: "):
            TinyStore(folder)
