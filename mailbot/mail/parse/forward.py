"""Forwards: the mail that somebody passes on, inline below its header block or attached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailbot.core.message import NOBODY, Forwarded
from mailbot.mail.parse import block, history
from mailbot.mail.parse.lines import joined
from mailbot.mail.parse.words import FORWARD_PREFIXES

if TYPE_CHECKING:
    from mailbot.mail.parse.history import Split
    from mailbot.mail.parse.lines import Text


@dataclass(frozen=True, slots=True)
class Inline:
    """A forwarded mail in the text, and the line where it begins."""

    forwarded: Forwarded
    start: int


def is_subject(subject: str) -> bool:
    """Whether a mail program called this a forward: "FW: …", by the first prefix alone."""
    prefix, colon, _ = subject.strip().partition(":")
    return bool(colon) and prefix.strip().lower() in FORWARD_PREFIXES


def find(text: Text, subject: str) -> Inline | None:
    """The outermost forwarded mail: after a marker, or after a bare header block where the subject says FW.

    A marker below quoted history belongs to the history.
    """
    split = history.find(text.lines, text.marks, quoted=True)
    if split is None or not (split.marker == "forward" or is_subject(subject)):
        return None
    if split.marker == "forward" or (split.marker in ("block", "original") and split.block):
        return Inline(_from_block(text, split), split.start) if split.block else None
    if split.marker == "wrote":
        return _from_line(text, split, subject)
    return None


def _from_block(text: Text, split: Split) -> Forwarded:
    assert split.block is not None
    found = split.block
    return Forwarded(found.sender, found.subject, found.date, body(text.lines[split.end :]))


def _from_line(text: Text, split: Split, subject: str) -> Inline:
    """Outlook for Mac writes "On …, … wrote:" above a forward; its subject is then that of the forward."""
    line = split.line
    sender = block.address(line) if "@" in line else NOBODY
    forwarded = Forwarded(
        type(sender)(_name(line), sender.address),
        without_prefix(subject),
        block.date(line),
        body(text.lines[split.end :]),
    )
    return Inline(forwarded, split.start)


def _name(line: str) -> str:
    """The quoted name in such a line, or the words before its address."""
    if line.count('"') >= 2:
        return line.split('"')[1].strip()
    before = line.partition("@")[0].rpartition("<")[0] if "<" in line else ""
    return before.rpartition(",")[2].strip(" <>") if before else ""


def without_prefix(subject: str) -> str:
    return subject.strip().partition(":")[2].strip() if is_subject(subject) else subject.strip()


def body(lines: list[str]) -> str:
    """The forwarded text, without the quote marks that Apple Mail puts before all of it."""
    said = [line for line in lines if line.strip()]
    while said and all(line.lstrip().startswith(">") for line in said):
        lines = [line.lstrip().removeprefix(">").removeprefix(" ") for line in lines]
        said = [line for line in lines if line.strip()]
    return joined(lines)
