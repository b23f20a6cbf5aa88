"""Mistakes name the file and line where they stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailbot.config.mistake import Mistake, Mistakes, line_of, read_toml

TEXT = """\
[bot]
data = "var" # where it writes
[people]
admins = [
  "one@nhs.net",
  # a comment
  "two@nhs.net",
]
[[mailbox]]
name = "helpdesk"
[mailbox.imap]
port = 1143
[[mailbox]]
name = '''
[bot]
data = 1
'''
[mailbox.imap]
port = "wrong"
"""


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("bot", "data"), 2),
        (("people", "admins", 1), 7),
        (("mailbox", 0, "imap", "port"), 12),
        (("mailbox", 1, "imap", "port"), 19),
        (("mailbox", 1, "smtp"), 13),
        (("nothing",), 0),
    ],
)
def test_a_place_has_its_line_or_the_nearest_above(place: tuple[str | int, ...], line: int) -> None:
    assert line_of(TEXT, place) == line


def test_bad_toml_is_a_mistake_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    file.write_text("a = 1\nb = \n")
    with pytest.raises(Mistakes) as caught:
        read_toml(file)
    assert caught.value.mistakes[0].line == 2


def test_a_missing_file_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(Mistakes, match=r"a\.toml: cannot be read"):
        read_toml(tmp_path / "a.toml")


def test_bytes_that_are_no_utf8_are_a_mistake_with_their_line(tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    file.write_bytes(b"a = 1\nb = '\xff'\n")
    with pytest.raises(Mistakes, match=r"a\.toml:2: is not UTF-8"):
        read_toml(file)


def test_a_mistake_reads_as_file_line_text_and_remedy() -> None:
    assert str(Mistake(Path("a.toml"), 3, "is wrong", "put it right")) == "a.toml:3: is wrong (put it right)"
