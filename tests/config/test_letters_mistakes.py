"""A template that is not in order is refused with its file and line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mailbot.config.letters import load
from mailbot.config.mistake import Mistakes
from tests.config.written import folder_with

if TYPE_CHECKING:
    from pathlib import Path


def mistakes(folder: Path) -> list[str]:
    with pytest.raises(Mistakes) as caught:
        load(folder)
    return [str(mistake).removeprefix(str(folder) + "/") for mistake in caught.value.mistakes]


def test_an_unknown_variable_is_a_mistake_with_its_line(tmp_path: Path) -> None:
    body = "Subject: One\n\nHello.\n\n{% if leaver_date %}\n{{ leaver_dat }}\n{% endif %}\n"
    assert mistakes(folder_with(tmp_path, joiner__one=body)) == [
        "joiner/one.md:6: unknown variable leaver_dat (use a fact of a letter)"
    ]


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("Dear all", "one.md:1: has no subject"),
        ("Subject: {{ nme }}\n\nText\n", "one.md:1: unknown variable nme"),
        ("Subject: One\n\nText\n{% if name %}\n", "one.md:4: "),
        ("Subject: One\n\nText {{ name | shout }}\n", "one.md:3: No filter named 'shout'"),
        ("Subject: One\n\nText\n{{ name }}\n", "one.md:4: puts out a fact that may not be known"),
        ("Subject: One\n\nText\n{{ missing }}\n", "one.md:4: puts out what is no text"),
        ("Subject: One\n\n{{ team.name }}\n", "one.md:3: a fact has no name"),
        ("Subject: One\n\n{% set a = team %}\n", "one.md:3: Assign is not for letters"),
        ("Subject: One\n\n{{ team * 9 }}\n", "one.md:3: Mul is not for letters"),
        ("Subject: One\n\n\n{% include 'layout.md' %}\n", "one.md:4: Include is not for letters"),
        ("Subject: One\n\n[here](https://example.org)\n", "one.md:3: hides an address behind words"),
        ("Subject: One\n\nText \ue012\n", "one.md:3: has a character for private use"),
    ],
)
def test_a_mistake_names_its_file_and_line(tmp_path: Path, text: str, mistake: str) -> None:
    assert mistakes(folder_with(tmp_path, one=text))[0].startswith(mistake)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, one="Subject: {{ a }}\n\n{{ b }}\n", two="Text")
    (folder / "layout_admin.md").unlink()
    assert len(mistakes(folder)) == 4


@pytest.mark.parametrize("name", ["layout.md", "layout_admin.md", "layout.html"])
def test_a_missing_layout_is_a_mistake(tmp_path: Path, name: str) -> None:
    folder = folder_with(tmp_path)
    (folder / name).unlink()
    assert mistakes(folder) == [f"{name}: cannot be read: No such file or directory"]


def test_a_layout_is_held_to_the_same_rules(tmp_path: Path) -> None:
    folder = folder_with(tmp_path)
    (folder / "layout.md").write_text("Dear {{ name }},\n\n{{ body }}\n")
    assert mistakes(folder)[0].startswith("layout.md:1: puts out a fact that may not be known")


def test_bytes_that_are_no_utf8_are_a_mistake(tmp_path: Path) -> None:
    folder = folder_with(tmp_path)
    (folder / "one.md").write_bytes(b"Subject: One\n\n\xff\n")
    assert mistakes(folder) == ["one.md:3: is not UTF-8 (save it as UTF-8)"]
