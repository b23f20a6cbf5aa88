"""The letters that left, as files that a person can open."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.utils import getaddresses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from email.message import EmailMessage
    from pathlib import Path

_SAFE = frozenset("abcdefghijklmnopqrstuvwxyz0123456789.-@")
_LONGEST = 60


def _file_name(number: int, letter: EmailMessage) -> str:
    address = next((a for _, a in getaddresses([str(letter["To"] or "")])), "nobody")
    return f"{number:04d}-{''.join(c if c in _SAFE else '_' for c in address.lower())[:_LONGEST]}"


def keep(folder: Path, number: int, raw: bytes) -> None:
    """Writes a letter as .eml, and its two forms as .txt and .html beside it; OSError where that fails."""
    letter = message_from_bytes(raw, policy=policy.default)
    folder.mkdir(parents=True, exist_ok=True)
    name = folder / _file_name(number, letter)
    name.with_name(name.name + ".eml").write_bytes(raw)
    for ending, form in ((".txt", "plain"), (".html", "html")):
        part = letter.get_body((form,))
        if part is not None:
            name.with_name(name.name + ending).write_text(part.get_content(), encoding="utf-8")
