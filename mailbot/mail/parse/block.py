"""Header blocks in a body: the From, Date, To, Subject above a quoted or forwarded mail."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mailbot.core.message import NOBODY, Address
from mailbot.mail.parse import header
from mailbot.mail.parse.words import CC, DATE, FROM, LABELS, LONGEST_LABEL, OTHER, SUBJECT, TO

if TYPE_CHECKING:
    from collections.abc import Sequence

_MAILTO = re.compile(r"\[?<?mailto:([^\]>\s]++)[\]>]?", re.IGNORECASE)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar janvier enero gennaio janeiro januari ocak",
            "february feb februar février febrero febbraio fevereiro februari şubat",
            "march mar märz mars marzo março maart mart",
            "april apr avril abril aprile nisan",
            "may mai mayo maggio maio mei maj mayıs",
            "june jun juin junio giugno junho juni haziran",
            "july jul juillet julio luglio julho juli temmuz",
            "august aug août aout agosto augustus augusti ağustos",
            "september sep sept septembre septiembre settembre setembro eylül",
            "october oct oktober octobre octubre ottobre outubro okt ekim",
            "november nov novembre noviembre novembro kasım",
            "december dec dezember décembre diciembre dicembre dezembro des aralık",
        ),
        1,
    )
    for name in names.split()
}
_NUMBERS = re.compile(r"\d++|[^\W\d_]++")
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_SLASHED = re.compile(r"(\d{1,2})[-/.]\s?(\d{1,2})[-/.]\s?(\d{4})")
_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?[\s\u202f]?([aApP]\.?[mM])?")
_OFFSET = re.compile(r"(?:GMT|UTC)?([+-])(\d{2}):?(\d{2})\b")


@dataclass(frozen=True, slots=True)
class Block:
    """The fields, and where the block starts and ends among the lines (end: the first line after it)."""

    start: int
    end: int
    fields: dict[str, str]

    @property
    def sender(self) -> Address:
        return address(self.fields.get(FROM, ""))

    @property
    def subject(self) -> str:
        return self.fields.get(SUBJECT, "")

    @property
    def date(self) -> datetime | None:
        return date(self.fields.get(DATE, ""))


def bare(line: str) -> str:
    """The line without quote marks, stars and blanks around it."""
    return line.lstrip("> \t*|\u00a0\ufeff").rstrip("* \t")


def field(line: str) -> tuple[str, str] | None:
    """The field and value of one header line, in any language; None where it is none."""
    text = bare(line)
    colon = text.find(":", 0, LONGEST_LABEL + 6)
    if colon < 0:
        colon = text.find("：", 0, LONGEST_LABEL + 6)
    if colon <= 0:
        return None
    label = text[:colon].strip("* \u00a0\t").lower()
    known = LABELS.get(label)
    return (known, text[colon + 1 :].strip("* \t\u00a0")) if known else None


def at(lines: Sequence[str], start: int, *, marked: bool = False) -> Block | None:
    """The header block that starts at this line; `marked` where a line above it says that one comes."""
    first = field(lines[start])
    if first is None or first[0] in (CC, OTHER):
        return None
    fields: dict[str, str] = {first[0]: first[1]}
    last, place, ending = first[0], start + 1, min(len(lines), start + 40)
    blanks = 0
    while place < ending:
        found = field(lines[place])
        text = bare(lines[place])
        if found is not None and (found[0] not in fields or found[0] in (CC, OTHER)):
            last = found[0]
            fields.setdefault(*found)
            blanks = 0
        elif not text:
            blanks += 1
            if blanks > 1 or not _goes_on(lines, place, fields):
                break
        elif found is None and not blanks and place - start < 30 and _continues(text, last, lines, place):
            fields[last] = f"{fields[last]} {text}".strip()
        else:
            break
        place += 1
    _part_inline(fields)
    return Block(start, place, fields) if _holds(fields, marked=marked) else None


def _goes_on(lines: Sequence[str], blank: int, fields: dict[str, str]) -> bool:
    """Whether the block has another field after an empty line (Outlook's HTML as text has such)."""
    if blank + 1 >= len(lines):
        return False
    following = field(lines[blank + 1])
    return following is not None and following[0] not in fields and len(fields) < 4 and SUBJECT not in fields


def _continues(text: str, last: str, lines: Sequence[str], place: int) -> bool:
    """Whether a line without a label belongs to the field above it: a folded list, address or subject."""
    if last in (TO, CC, FROM):
        return (
            "@" in text
            or lines[place - 1].rstrip().endswith((",", ";", ":", "<"))
            or _more_fields(lines, place)
        )
    return last in (SUBJECT, DATE) and _more_fields(lines, place)


def _more_fields(lines: Sequence[str], place: int) -> bool:
    following = field(lines[place + 1]) if place + 1 < len(lines) else None
    return following is not None


def _part_inline(fields: dict[str, str]) -> None:
    """Fields that stand on one line with the one before them, as Yahoo's plain text has them."""
    for name in list(fields):
        value = fields[name]
        if name == SUBJECT or ":" not in value or len(value) > 2000:
            continue
        for label, content in _inline(value):
            if not label:
                fields[name] = content
            else:
                fields.setdefault(LABELS[label], content)


def _inline(value: str) -> list[tuple[str, str]]:
    """The value parted at labels: first what stands before any, under ""."""
    parted: list[tuple[str, str]] = []
    label, start = "", 0
    colon = value.find(":")
    while colon >= 0:
        found = _label_before(value, start, colon)
        if found:
            cut = len(value[:colon].rstrip("\u00a0 ")) - len(found)
            parted.append((label, value[start:cut].strip()))
            label, start = found, colon + 1
        colon = value.find(":", colon + 1)
    return [*parted, (label, value[start:].strip())]


def _label_before(value: str, start: int, colon: int) -> str:
    """The longest label that ends at this colon, in lower case; glued to a word only if it has a capital."""
    before = value[max(start, colon - LONGEST_LABEL - 2) : colon].rstrip("\u00a0 ")
    lowered = before.lower()
    for length in range(min(len(before), LONGEST_LABEL), 0, -1):
        if lowered[-length:] in LABELS:
            previous = before[-length - 1 : -length] if length < len(before) else ""
            capital = length > 2 and before[-length].isupper()
            caseless = before[-length].lower() == before[-length].upper()
            if not previous.isalpha() or capital or caseless:
                return lowered[-length:]
    return ""


def one_line(line: str) -> Block | None:
    """A whole block on one line, after a marker."""
    text = bare(line)
    if len(text) > 3000:
        return None
    fields: dict[str, str] = {}
    for label, content in _inline(text):
        if label:
            fields.setdefault(LABELS[label], content)
    return Block(0, 1, fields) if _holds(fields, marked=True) else None


def _holds(fields: dict[str, str], *, marked: bool) -> bool:
    """Whether this is a mail's header, and not a form that somebody filled in ("From: Leeds / To: York")."""
    people, about = {FROM, TO} & fields.keys(), {DATE, SUBJECT} & fields.keys()
    if not people or (not about and not marked):
        return False
    if any("@" in value for value in fields.values()) or (marked and FROM in fields):
        return True
    timed = bool(_CLOCK.search(fields.get(DATE, "")))
    return len(fields) >= 3 and (timed or {FROM, DATE, TO, SUBJECT} <= fields.keys())


def address(value: str) -> Address:
    """Who stands in a From line: `Name <a@b>`, `Name [mailto:a@b]`, `Name (a@b)`, `a@b`, `Name`."""
    value = _MAILTO.sub(r"<\1>", value.replace("*", "").strip())[:1000]
    at_sign = value.find("@")
    if at_sign < 0:
        return Address(value.strip("\"'<>[] "), "") if value else NOBODY
    found = header.ADDRESS.search(value)
    if found is None:
        return NOBODY
    name = value[: found.start()].strip(" \t\"'<>[](\u00a0")
    return Address(name, found[0].strip(".").lower())


def date(value: str) -> datetime | None:
    """The instant that a Date line names, in its own offset or else UTC; None where unclear."""
    value = value.replace("\u202f", " ").strip("* ")[:120]
    if not value:
        return None
    return header.date(value) if _is_rfc(value) else _worded(value)


def _is_rfc(value: str) -> bool:
    return header.date(value) is not None and bool(_OFFSET.search(value))


def _worded(value: str) -> datetime | None:
    clock = _CLOCK.search(value)
    day = _day(value[: clock.start()] if clock and clock.start() > 5 else value) or _day(value)
    if day is None:
        return None
    hour, minute, second = (int(clock[1]), int(clock[2]), int(clock[3] or 0)) if clock else (0, 0, 0)
    if clock and clock[4]:
        hour = hour % 12 + (12 if clock[4][0] in "pP" else 0)
    offset = _OFFSET.search(value)
    try:
        naive = datetime(*day, hour, minute, second, tzinfo=UTC)
        if not offset:
            return naive
        return datetime.fromisoformat(f"{naive:%Y-%m-%dT%H:%M:%S}{offset[1]}{offset[2]}:{offset[3]}")
    except ValueError:
        return None


def _day(value: str) -> tuple[int, int, int] | None:
    iso = _ISO.search(value)
    if iso:
        return int(iso[1]), int(iso[2]), int(iso[3])
    slashed = _SLASHED.search(value)
    if slashed:  # day first, as in Britain
        return int(slashed[3]), int(slashed[2]), int(slashed[1])
    month = day = year = 0
    for word in _NUMBERS.findall(value):
        if word.isdecimal():
            number = int(word[:6])
            year = number if not year and 1990 <= number <= 2100 else year
            day = number if not day and 1 <= number <= 31 else day
        elif not month:
            month = _MONTHS.get(word.lower(), 0)
    return (year, month, day) if year and month and day else None
