"""Forwards: the mail that somebody passes on, inline below its header block or attached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailbot.core.message import NOBODY, Forwarded
from mailbot.mail.parse import block, history
from mailbot.mail.parse.lines import joined
from mailbot.mail.parse.words import DATE, FORWARD_PREFIXES, FROM, REPLY_PREFIXES, SUBJECT

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


def find(text: Text, subject: str, *, answers: bool) -> Inline | None:
    """The outermost forwarded mail; a marker below quoted history belongs to the history.

    It stands after a marker; or after a bare header block, where the subject says FW or the mail `answers`
    nothing (a mail program that answers says so in In-Reply-To, and in the subject).
    """
    split = history.find(text.lines, text.marks, quoted=True)
    if split is None:
        return None
    if split.marker == "forward" or (
        split.block and (is_subject(subject) or _passes_on(split, subject, answers=answers))
    ):
        return Inline(_from_block(text, split), split.start)
    return _from_line(text, split, subject) if split.marker == "wrote" and is_subject(subject) else None


def _passes_on(split: Split, subject: str, *, answers: bool) -> bool:
    complete = split.block is not None and {FROM, SUBJECT, DATE} <= split.block.fields.keys()
    return split.marker in ("block", "original") and complete and not answers and not is_answer(subject)


def is_answer(subject: str) -> bool:
    """Whether a mail program called this an answer: "RE: …"."""
    prefix, colon, _ = subject.strip().partition(":")
    return bool(colon) and prefix.strip().lower() in REPLY_PREFIXES


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
    """The subject without the prefix of a forward."""
    return subject.strip().partition(":")[2].strip() if is_subject(subject) else subject.strip()


def body(lines: list[str]) -> str:
    """The forwarded text, without the quote marks that Apple Mail puts before all of it."""
    said = [line for line in lines if line.strip()]
    while said and all(line.lstrip().startswith(">") for line in said):
        lines = [line.lstrip().removeprefix(">").removeprefix(" ") for line in lines]
        said = [line for line in lines if line.strip()]
    return joined(lines)
