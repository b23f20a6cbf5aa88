"""Rules of triage are checked, and every mistake is told with its file and line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mailbot.config.mistake import Mistakes
from mailbot.config.shipped import rules
from mailbot.config.triage import load
from mailbot.core.triage.clauses import sentences


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(rules() / "triage", tmp_path / "triage"))


def mistake(folder: Path, text: str) -> str:
    (folder / "zz.toml").write_text(text, encoding="utf8")
    with pytest.raises(Mistakes) as caught:
        load(folder)
    return str(caught.value)


def test_an_unknown_label_is_told_with_its_line(folder: Path) -> None:
    found = mistake(folder, 'intent = "parking"\n[[rule]]\nweight = 5\nphrases = ["car"]\n')
    assert "zz.toml:1: intent" in found


def test_an_unknown_family_is_told_with_its_line(folder: Path) -> None:
    found = mistake(folder, 'intent = "other"\n[[rule]]\nweight = 5\nphrases = ["<cars> .. parked"]\n')
    assert "zz.toml:4: '<cars> .. parked' names the family <cars>" in found


def test_a_phrase_that_is_passed_over_can_never_fire(folder: Path) -> None:
    found = mistake(folder, 'intent = "other"\n[[rule]]\nweight = 5\nphrases = ["please"]\n')
    assert "can never be found" in found


def test_a_phrase_that_its_own_rule_takes_away_can_never_fire(folder: Path) -> None:
    text = 'intent = "other"\n[[rule]]\nweight = 5\nphrases = ["car park"]\nunless = ["car park"]\n'
    assert "'car park' can never fire" in mistake(folder, text)


def test_two_rules_that_would_each_decide_alone_contradict(folder: Path) -> None:
    text = 'intent = "other"\n[[rule]]\nweight = 9\nphrases = ["unlocking"]\n'
    assert "'unlocking' speaks for other here and for unlock in unlock.toml" in mistake(folder, text)


def test_all_mistakes_are_told_at_once(folder: Path) -> None:
    text = 'intent = "other"\n[[rule]]\nweight = 5\nphrases = ["please", "<cars>"]\n'
    assert len(mistake(folder, text).splitlines()) == 2


def test_every_phrase_that_is_shipped_can_be_found() -> None:
    found = load(rules() / "triage")
    for number, phrase in enumerate(found.book.phrases):
        words = " ".join(written(phrase.text, found.words.families, found.words.fillers))
        there = [n for s in sentences(words, found.words) for n in found.book.find(s)]
        assert number in there, f"{phrase.text!r} is not found in {words!r}"


def written(text: str, families: object, fillers: frozenset[str]) -> list[str]:
    """A sentence that has the phrase's words, the first choice of each."""
    assert isinstance(families, dict)
    out: list[str] = []
    for item in text.split():
        choice = next((c for c in item.split("|") if c not in fillers), item)
        if choice.startswith("<"):
            out += str(families[choice.strip("<>")][0]).split("_")
        elif choice == "#a":
            out.append("an")
        elif not set(choice) <= set(".&"):
            out.append(
                {"#mobile": "07700900123", "#email": "a@b.example", "#pin": "15F2207E"}.get(choice, choice)
            )
    return out
