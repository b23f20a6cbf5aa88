"""Text as lines, each with what the mail's form says of it: quoted, or part of a signature."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

QUOTED = 1
SIGNATURE = 2
CONTAINER = 4

_UNSEEN = re.compile("[\u200b\u2060\ufeff\u00ad\u200e\u200f\u202a-\u202e\u2066-\u2069\x00-\x08\x0e-\x1f\x7f]")
_GAP = re.compile(r"\n(?:[ \t]*+\n){2,}+")
_SPACES = re.compile("[\u00a0\u2002-\u200a\u202f\u205f]")


@dataclass(slots=True)
class Text:
    """Lines without their ends, and as many marks: QUOTED, SIGNATURE, CONTAINER (of a quotation), or 0."""

    lines: list[str] = field(default_factory=list)
    marks: list[int] = field(default_factory=list)

    def add(self, other: Text) -> None:
        if self.lines and other.lines:
            self.lines.append("")
            self.marks.append(0)
        self.lines += other.lines
        self.marks += other.marks

    def __bool__(self) -> bool:
        return any(line.strip() for line in self.lines)

    def __str__(self) -> str:
        return joined(self.lines)


def from_plain(text: str) -> Text:
    """Plain text as lines without marks."""
    lines = _GAP.sub("\n\n", tidy(text)).split("\n")
    return Text(lines, [0] * len(lines))


def tidy(text: str) -> str:
    """One kind of line end and of blank; what has no width is gone."""
    text = text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
    if "\x0c" in text or "\x0b" in text or "\u2028" in text:
        text = text.replace("\x0c", "\n").replace("\x0b", "\n").replace("\u2028", "\n")
    if not text.isascii():
        text = _SPACES.sub(" ", text)
    return _UNSEEN.sub("", text)


def joined(lines: list[str]) -> str:
    """The lines as one text: no blanks at ends, no empty lines around, never two empty ones together."""
    out: list[str] = []
    for line in lines:
        line = line.rstrip()
        if line or (out and out[-1]):
            out.append(line)
    while out and not out[-1]:
        out.pop()
    return "\n".join(out)


def unflowed(text: str, *, delsp: bool) -> str:
    """Joins the soft line breaks of `format=flowed` (RFC 3676), depth by depth of quoting."""
    out: list[str] = []
    held: list[str] = []
    depth = 0
    for line in tidy(text).split("\n"):
        bare = line.lstrip(">")
        level = len(line) - len(bare)
        bare = bare.removeprefix(" ")
        if held and level != depth:
            out.append(_quoted(depth, "".join(held)))
            held = []
        depth = level
        soft = bare.endswith(" ") and bare != "-- "
        held.append(bare[:-1] if soft and delsp else bare)
        if not soft:
            out.append(_quoted(depth, "".join(held)))
            held = []
    if held:
        out.append(_quoted(depth, "".join(held)))
    return "\n".join(out)


def _quoted(depth: int, text: str) -> str:
    return f"{'>' * depth} {text}" if depth else text
