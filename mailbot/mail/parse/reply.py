"""What the writer says now: the text without quoted history, forwarded mail and signature."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailbot.mail.parse import history, signature
from mailbot.mail.parse.lines import joined

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mailbot.mail.parse.lines import Text


SIGN = 4
"""Words, the `>` among them, that a line with a sign of the writer's has at most."""


def read(text: Text, sender: str, cut: int | None = None) -> str:
    """`sender` is the writer's display name, `cut` the line where a forwarded mail begins."""
    end = len(text.lines) if cut is None else cut
    lines, marks = _without_history(text.lines[:end], text.marks[:end])
    return joined(signature.strip(lines, marks, sender))


def _without_history(lines: list[str], marks: list[int]) -> tuple[list[str], list[int]]:
    """Keeps all above a quotation, and the answers between and below where the quotation is marked."""
    said: list[str] = []
    noted: list[int] = []
    at, splits = 0, 0
    while at < len(lines):
        split = history.find(lines, marks, at)
        stop = split.start if split else len(lines)
        lone = split is None and not splits and _is_lone(lines, marks)
        for kept in range(at, stop) if lone else _unquoted(lines, marks, at, stop):
            said.append(lines[kept])
            noted.append(marks[kept])
        if split is None:
            break
        if split.said:
            said.append(split.said)
            noted.append(0)
        if split.marker != "wrote" or not _quotation_follows(lines, marks, split.end):
            break
        at, splits = split.end, splits + 1
    return said, noted


def _unquoted(lines: Sequence[str], marks: Sequence[int], start: int, stop: int) -> Iterator[int]:
    for at in range(start, stop):
        if not history.is_quoted(lines, marks, at) and not _is_torn(lines, marks, at, stop):
            yield at


def _is_torn(lines: Sequence[str], marks: Sequence[int], at: int, stop: int) -> bool:
    """Whether the line is the rest of a quoted link that some program wrapped without a quote mark."""
    if not 0 < at < stop - 1 or not lines[at].strip():
        return False
    if not (history.is_quoted(lines, marks, at - 1) and history.is_quoted(lines, marks, at + 1)):
        return False
    text = lines[at].strip()
    return text.startswith(("(http", "<http")) or (
        "http" in lines[at - 1] and " " not in text and len(text) > 8
    )


def _is_lone(lines: Sequence[str], marks: Sequence[int]) -> bool:
    """Whether a `>` stands before one line only: an arrow or a sign that the writer put there.

    A sentence at the very end is no sign: somebody left one line of what she answers.
    """
    quoted = [at for at in range(len(lines)) if history.is_quoted(lines, marks, at)]
    if len(quoted) != 1:
        return not quoted
    at = quoted[0]
    ends = not any(line.strip() for line in lines[at + 1 :])
    return not (ends and at > 0 and len(lines[at].split()) > SIGN)


def _quotation_follows(lines: Sequence[str], marks: Sequence[int], at: int) -> bool:
    for place in range(at, len(lines)):
        if history.is_quoted(lines, marks, place):
            return True
        if lines[place].strip():
            return False
    return False
