"""What is shipped: the rules and letters that come with the bot, in the wheel or beside it in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def rules() -> Path:
    """The folder of triage, workflows and calendar."""
    return _folder("rules")


def templates() -> Path:
    """The folder of letters."""
    return _folder("templates")


def _folder(name: str) -> Path:
    inside = _PACKAGE / "shipped" / name
    return inside if inside.exists() else _PACKAGE.parent / name
