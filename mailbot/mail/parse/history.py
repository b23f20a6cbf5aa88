"""Where what the writer says now ends and older mail begins."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailbot.mail.parse import block
from mailbot.mail.parse.lines import QUOTED
from mailbot.mail.parse.words import DATE, FORWARD_STEMS, ON, ORIGINAL, REPLY_ABOVE, SUBJECT, WROTE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailbot.mail.parse.block import Block

_VERB = re.compile(
    r"(?:^|[\s>)\"\d])(?:" + "|".join(sorted(map(re.escape, WROTE), key=len, reverse=True)) + r")\b",
    re.IGNORECASE,
)
_ENDS_IN_VERB = re.compile(
    r"(?:^|[\s>)\"(,:\d\]])(?:"
    + "|".join(sorted(map(re.escape, WROTE), key=len, reverse=True))
    + r")\s?:?-*$",
    re.IGNORECASE,
)
# "On 3 March I wrote:" is a person's own sentence.
_SPEAKER = re.compile(
    r"\b(?:i|we|you|he|she|they|it|who|which|been|was|were|is|(?:my|our|your|the|a) \w++)"
    r" (?:wrote|sent|writes)\b",
    re.IGNORECASE,
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,7}\.?"
_DATED = re.compile(
    r"\d{4}|\d{1,2}[:.]\d{2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2}"
    rf"|\b{_MONTH} \d{{1,2}}\b|\b\d{{1,2}} {_MONTH}\b",
    re.IGNORECASE,
)
_ADDRESSED = re.compile(r"[\w.+-]@[\w-]")
_DASHED = re.compile(r"^[>\s]*+[-_=—–]{2,}+")
_MOBILE_WROTE = re.compile(r"^-{2,5}\s?.{0,80}\bwrote:?\s?-{2,5}$", re.IGNORECASE)
_LAST = (":", *WROTE)
_ENGLISH = ("wrote", "writes", "sent")
LONGEST = 600


@dataclass(frozen=True, slots=True)
class Split:
    """A place where older mail begins: its first line, the first line of its text, its header block if any.

    `marker` is what made it one: "wrote", "original", "block", "above", "forward"; `said` the writer's words
    that share the first line; `line` the line that says who wrote.
    """

    start: int
    end: int
    marker: str
    block: Block | None = None
    said: str = ""
    line: str = ""


def is_quoted(lines: Sequence[str], marks: Sequence[int], at: int) -> bool:
    """Whether the form of the mail, or a `>`, calls the line a quotation."""
    return bool(marks[at] & QUOTED) or lines[at].lstrip().startswith(">")


def find(lines: Sequence[str], marks: Sequence[int], start: int = 0, *, quoted: bool = False) -> Split | None:
    """The first place from `start` on where older mail begins; among quoted lines too if `quoted`."""
    for at in range(start, len(lines)):
        line = lines[at]
        if not line.strip() or (not quoted and is_quoted(lines, marks, at)):
            continue
        split = _split_at(lines, marks, at)
        if split is not None:
            return split
    return None


def _split_at(lines: Sequence[str], marks: Sequence[int], at: int) -> Split | None:
    text = block.bare(lines[at][:3001])
    if not text or len(text) > 3000:
        return None
    first = text[0]
    if first in "-_=—–#~" or text.endswith((":", "：", "-", "*", "_", "=", "#", ".")):
        found = _marker(lines, at, text)
        if found is not None:
            return found
    if len(text) > LONGEST:
        return None
    if ":" in text or "：" in text:
        alone = at > 0 and not lines[at - 1].strip() and text.lower().startswith("from:")
        header = block.at(lines, at, marked=alone)
        if header is not None and {DATE, SUBJECT} & header.fields.keys():
            return Split(at, header.end, "block", header)
    return _wrote(lines, marks, at, text)


def _marker(lines: Sequence[str], at: int, text: str) -> Split | None:
    """Lines between dashes, and the lines of our own kind that say where to answer."""
    lowered = text.lower()
    if len(text) > 200 and "forward" not in lowered and not _DASHED.match(text):
        return None
    if any(phrase in lowered for phrase in REPLY_ABOVE):
        return Split(at, at + 1, "above")
    inner = lowered.strip("-_=—–*#~ .:")
    dashed = bool(_DASHED.match(text))
    if dashed and not inner:
        following = _next(lines, at + 1)
        if following is not None and following - at <= 2 and block.bare(lines[following]).strip("-_=—– "):
            if block.bare(lines[following]).lower().strip("-* _:") in ORIGINAL:
                return Split(at, following + 1, "original")
            header = block.at(lines, following, marked=True)
            if header is not None:
                return Split(at, header.end, "block", header)
        return None
    if (dashed or lowered.endswith("-")) and inner in ORIGINAL:
        following = _next(lines, at + 1)
        header = block.at(lines, following, marked=True) if following is not None else None
        return Split(at, header.end if header else at + 1, "original", header)
    if dashed and _MOBILE_WROTE.match(text):
        return Split(at, at + 1, "wrote", line=text)
    return _forward(lines, at, text, dashed=dashed)


def _forward(lines: Sequence[str], at: int, text: str, *, dashed: bool) -> Split | None:
    lowered = text[:120].lower().replace("i\u0307", "i")  # what Python makes of a Turkish İ
    if not any(stem in lowered for stem in FORWARD_STEMS):
        return None
    if dashed and (inline := block.one_line(text)) is not None:
        return Split(at, at + 1, "forward", inline)
    if len(text) > 100 or not (dashed or text.endswith(":")):
        return None
    following = _next(lines, at + 1)
    if following is None or following - at > 4:
        return None
    header = block.at(lines, following, marked=True)
    return Split(at, header.end, "forward", header) if header is not None else None


def _next(lines: Sequence[str], at: int) -> int | None:
    """The next line that is not empty, if it is near."""
    for place in range(at, min(len(lines), at + 8)):
        if block.bare(lines[place]):
            return place
    return None


def _wrote(lines: Sequence[str], marks: Sequence[int], at: int, text: str) -> Split | None:
    """The line or lines "On …, … wrote:", with the writer's last words before them or not."""
    if " On " in text:
        cut = text.rfind(" On ")
        if _is_wrote(text[cut + 1 :]) and _quote_follows(lines, marks, at + 1):
            return Split(at, at + 1, "wrote", said=text[:cut].rstrip("- "), line=text[cut + 1 :])
    if _is_wrote(text) or (text.endswith(":") and _names_and_quotes(lines, marks, at, text)):
        return Split(at, at + 1, "wrote", line=text)
    if not _begins(text):
        return None
    if (
        text.endswith(">")
        and _ADDRESSED.search(text)
        and _DATED.search(text)
        and _quote_follows(lines, marks, at + 1)
    ):
        return Split(at, at + 1, "wrote", line=text)
    return _wrapped(lines, at, text)


def _wrapped(lines: Sequence[str], at: int, text: str) -> Split | None:
    """Such a line that a program broke into as many as five."""
    for place in range(at + 1, min(at + 5, len(lines))):
        following = block.bare(lines[place])
        if following and _begins(following) and not following[0].isdigit():
            break
        text = f"{text} {following}"
        if len(text) > LONGEST:
            break
        if _is_wrote(text):
            return Split(at, place + 1, "wrote", line=text)
    return None


def _is_wrote(text: str) -> bool:
    """Whether the text is such a line: dated, and ending in a verb, or in a colon after an address."""
    bare = text.rstrip("-* ").replace("：", ":")
    if len(bare) < 8 or not bare[-16:].lower().endswith(_LAST):
        return False
    if not _DATED.search(bare) or _SPEAKER.search(bare):
        return False
    if _ENDS_IN_VERB.search(bare) and (
        bare.endswith(":") or _begins(bare.lstrip("-* ")) or _ADDRESSED.search(bare)
    ):
        return True
    if not bare.endswith(":"):
        return False
    if _ADDRESSED.search(bare):
        return True
    verb = _VERB.search(bare)
    return verb is not None and (
        _begins(bare) or ((not bare.isascii() or verb[0].strip() not in _ENGLISH) and len(bare) < 100)
    )


def _begins(text: str) -> bool:
    first = text.lstrip("-* ").partition(" ")[0].rstrip(",").lower()
    return bool(first) and (first in ON or first[0].isdigit() or first.rstrip(".") in ON)


def _names_and_quotes(lines: Sequence[str], marks: Sequence[int], at: int, text: str) -> bool:
    """Whether it is "Jane Smith wrote:" or "Quoting jane@…:" without a date, and a quotation follows."""
    named = bool(_ENDS_IN_VERB.search(text)) or bool(_ADDRESSED.search(text) and len(text) < 150)
    return named and not _SPEAKER.search(text) and _quote_follows(lines, marks, at + 1)


def _quote_follows(lines: Sequence[str], marks: Sequence[int], at: int) -> bool:
    following = _next(lines, at)
    if following is None:
        # Only lines of nothing but quote marks may follow.
        return any(is_quoted(lines, marks, place) for place in range(at, min(len(lines), at + 8)))
    return any(is_quoted(lines, marks, place) for place in range(at, following + 1))
