"""Our marks: made by the key's holder alone, known wherever they stand."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.mail.token import KeyFault, Marks, load_key

if TYPE_CHECKING:
    from pathlib import Path

MARKS = Marks(b"a key for the tests, 32 bytes ok")
ID = MARKS.message_id("IM-000123-2", "nhs.net")


def test_a_letters_id_is_the_same_at_every_retry_and_another_for_every_letter() -> None:
    assert MARKS.message_id("IM-000123-2", "nhs.net") == ID
    assert MARKS.token("IM-000123-2") != MARKS.token("IM-000123-3")
    assert ID.startswith("<im-000123-2.")
    assert ID.endswith("@nhs.net>")


@pytest.mark.parametrize(
    "value",
    [
        ID,
        ID.upper(),
        ID.strip("<>"),
        f"<other@example.org>\r\n {ID}",
        f"<other@example.org>{ID}<last@example.org>",
        MARKS.token("IM-000123-2"),
        f"  {MARKS.token('IM-000123-2')} ",
        f"Message-ID: {ID}",
        ID.replace("nhs.net", "rewritten.example"),
    ],
)
def test_a_mark_is_known_wherever_it_stands(value: str) -> None:
    assert MARKS.letter_of(value) == "IM-000123-2"
    assert MARKS.ours(value)


@given(
    place=st.integers(0, len(MARKS.token("IM-000123-2")) - 1), letter=st.sampled_from("0123456789abcdef-x.")
)
def test_a_mark_with_any_other_character_is_not_ours(place: int, letter: str) -> None:
    token = MARKS.token("IM-000123-2")
    changed = token[:place] + letter + token[place + 1 :]
    assert MARKS.ours(changed) == (changed == token)


@pytest.mark.parametrize(
    "value", ["", "<>", "<a@b>", "im-000123-2", "im-000123-2.", f".{'0' * 32}", "é" * 40, "@" * 9]
)
def test_what_carries_no_mark_is_not_ours(value: str) -> None:
    assert MARKS.letter_of(value) is None


@given(st.text())
def test_no_text_is_ours_by_chance_and_none_is_too_odd_to_ask(value: str) -> None:
    assert not MARKS.ours(value)


def test_another_key_makes_and_knows_other_marks() -> None:
    other = Marks(b"another key, also of thirty-two b")
    assert not other.ours(ID)


def test_a_mark_of_one_letter_does_not_serve_another() -> None:
    mac = MARKS.token("IM-000123-2").rpartition(".")[2]
    assert not MARKS.ours(f"im-000124-2.{mac}")


@pytest.mark.parametrize("odd", ["", "IM 1", "IM-1.2", "IM@1", "IM\r\n1", "ÏM-1"])
def test_an_odd_letter_id_gets_no_mark(odd: str) -> None:
    with pytest.raises(ValueError, match="letters, digits and hyphens"):
        MARKS.token(odd)


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Marks(b"short")


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "mark.key"
    key = load_key(path)
    assert len(key) == 32
    assert load_key(path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["mark.key"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_key_that_others_can_read_is_refused_with_the_remedy(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "mark.key"
    load_key(path)
    path.chmod(mode)
    with pytest.raises(KeyFault, match="chmod 600"):
        load_key(path)


@pytest.mark.parametrize("content", [b"", b"x" * 31, b"x" * 33])
def test_a_file_that_is_no_key_is_refused_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mark.key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(KeyFault, match="backup"):
        load_key(path)
    assert path.read_bytes() == content
