"""Every mail of tests/emails reads as its .toml twin says."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from mailbot.mail.parse import as_json, parse

EMAILS = Path(__file__).parent.parent / "emails"
TWINS = sorted(EMAILS.glob("*.toml"))


def made_by_us(token: str) -> bool:
    """In the fixtures the ids of our own letters begin so; the bot checks an HMAC."""
    return token.startswith("<ours.")


def test_every_mail_has_its_twin() -> None:
    assert {path.stem for path in EMAILS.glob("*.eml")} == {path.stem for path in TWINS}
    assert len(TWINS) >= 40


@pytest.mark.parametrize("twin", TWINS, ids=lambda twin: twin.stem)
def test_the_mail_reads_as_its_twin_says(twin: Path) -> None:
    expected = tomllib.loads(twin.read_text(encoding="utf-8"))
    message = parse(twin.with_suffix(".eml").read_bytes(), ours=made_by_us)
    answer = as_json(message, twin.stem)
    answer |= {
        "silence": message.silence,
        "ours": list(message.ours),
        "microsoft_only": message.microsoft_only,
        "about": list(message.bounce.about) if message.bounce else [],
    }
    assert expected.pop("situation"), "a twin says which situation it shows"
    for name in expected.pop("absent", []):
        assert answer[name] is None, name
    for name, texts in expected.pop("contains", {}).items():
        for text in texts:
            assert text in _flat(answer, name), name
    for name, texts in expected.pop("lacks", {}).items():
        for text in texts:
            assert text not in _flat(answer, name), name
    for name, value in expected.items():
        _assert_holds(answer[name], value, name)


def _flat(answer: dict[str, Any], name: str) -> str:
    value: Any = answer
    for key in name.split("."):
        value = value[key]
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value)


def _assert_holds(found: Any, expected: Any, name: str) -> None:
    """A table of the twin names the keys that matter; all else must be equal."""
    if isinstance(expected, dict):
        assert found is not None, name
        for key, value in expected.items():
            _assert_holds(found[key], value, f"{name}.{key}")
    elif isinstance(expected, str):
        assert found.strip() == expected.strip(), name
    else:
        assert found == expected, name
