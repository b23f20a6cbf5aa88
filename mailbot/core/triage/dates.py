"""Days that a mail states, in words or figures, and what each of them is the day of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_MONTH = (
    r"(?P<{0}>jan(?:uary)?|feb(?:ruary|uary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thur?s?|fri|sat(?:ur)?|sun)(?:day)?"
_YEAR = r"(?:,?[ ]{{0,2}}(?P<{0}>20\d\d|'\d\d\b|(?<=[a-z] )\d\d\b(?![:.]\d)))?"
_DATE = re.compile(
    r"\b(?P<iso>20\d\d-\d\d-\d\d)\b"
    r"|\b(?P<num>\d{1,2}[/.\-]\d{1,2}[/.\-](?:20)?\d\d)\b"
    rf"|\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:[ ]of)?["
    rf" ]{{0,2}}{_MONTH.format('month')}\b\.?{_YEAR.format('year')}"
    rf"|\b{_MONTH.format('month2')}[ ](?:the[ ])?(?P<day2>\d{{1,2}})(?:st|nd|rd"
    rf"|th)?\b(?![:/.]\d){_YEAR.format('year2')}"
    r"|\b(?P<short>\d{1,2}/\d{1,2})\b(?!/)"
    r"|\bthe[ ](?P<nth>\d{1,2})(?:st|nd|rd|th)\b"
    rf"|\b(?P<how>next|last|this|coming)?[ ]?\b(?P<weekday>{_WEEKDAY})\b\b(?! after| before|s\b)(?P<week>["
    rf" ]week\b)?"
    r"|\b(?P<word>day before yesterday|yesterday|today|this (?:morning|afternoon|evening)|tomorrow"
    r"|christmas eve|christmas day"
    r"|boxing day|new year'?s eve|new year'?s day)\b",
    re.IGNORECASE,
)
_END = re.compile(r"[.!?](?=\s|$)|\n\s*\n")
LONGEST_LOOK = 90
NEAR = 25

# What a day is the day of, told by the words near it: the nearest before it, else the nearest after it.
_CUES = {
    "last_day": re.compile(
        r"\b(?:last|final)(?: \w+)? (?:day|shift|clinic)s?\b|\b(?:finish|leav)(?:ed|ing|es)\b"
        r"|\bi (?:finish|leave)\b"
        r"|\bleft\b|\bretir\w+|\bstopp?(?:ing|ed)?\b|\bcontract (?:end|finish)\w*"
    ),
    "leaver_date": re.compile(r"\bleavers?\b|\bmarked\b|\bflagged\b"),
    "absence_from": re.compile(
        r"\b(?:maternity|mat|sick|adoption|study|parental|unpaid) leave\b|\bsabbatical\b"
        r"|\bbreak\b|\bdisabl\w+|\b(?:off|away)\b|\bleave of absence\b|\b(?:go|going) on leave\b"
        r"|\bsuspend\w*|\boperation\b|\bpaus\w+|\bfreez\w+|\bhaving my\b|\bleaving\b"
    ),
    "return_on": re.compile(
        r"\bback\b|\breturn\w*|\bre-?enabl\w+|\breactivat\w+|\buntil\b|\btill\b|\bresum\w+"
        r"|\bswitch\w* .{0,20}\bon\b|\brestart\w*"
    ),
}
_TO = re.compile(r"(?:\bto|\buntil|\btill|-|–)\s*(?:\w+\s)?$")
_BEGINS = re.compile(r"\b(?:start|begin|commenc|join)(?:s|ing|e|ed)?\b[^,;]{0,30}$")
_NOT_A_DAY = re.compile(
    r"\b(?:wrote|emailed|rang|asked|sent|phoned|spoke|called|applied|born|dob|requested|message|letter"
    r"|meeting|training|thursdays|week)\b"
)


@dataclass(frozen=True, slots=True)
class Day:
    """A day, where it stands in the text, and whether its year or month was left to be guessed."""

    day: date
    start: int
    end: int
    loose: bool
    weekday_only: bool = False


def days(text: str, sent: date | None) -> list[Day]:
    """The days in the text; those that lean on the day of sending are left out where it is unknown."""
    found: list[Day] = []
    for match in _DATE.finditer(text):
        day, loose, weak = _resolve(match, sent, found)
        if day is None:
            continue
        if found and found[-1].weekday_only and match.start() - found[-1].end <= 6:
            found.pop()  # "Friday 25 April": the weekday only goes with it
        elif weak and found and not found[-1].weekday_only and match.start() - found[-1].end <= 3:
            continue  # "25 April (Friday)"
        found.append(Day(day, match.start(), match.end(), loose, weak))
    return found


def _resolve(
    match: re.Match[str], sent: date | None, before: Sequence[Day]
) -> tuple[date | None, bool, bool]:
    kind = match.lastgroup
    if match["iso"]:
        return _iso(match["iso"]), False, False
    if match["num"]:
        first, second, third = re.split(r"[/.\-]", match["num"])
        return _day(int(third) % 100 + 2000, int(second), int(first)), False, False
    if match["day"] or match["day2"]:
        month = _month(match["month"] or match["month2"])
        number = int(match["day"] or match["day2"])
        year = match["year"] or match["year2"]
        if year:
            return _day(int(year.strip("' ")) % 100 + 2000, month, number), False, False
        return (_nearest(month, number, sent) if sent else None), True, False
    if sent is None or kind is None:
        return None, False, False
    return _relative(match, sent, before)


def _relative(match: re.Match[str], sent: date, before: Sequence[Day]) -> tuple[date | None, bool, bool]:
    if match["short"]:
        number, month = map(int, match["short"].split("/"))
        return (None if match["short"] == "24/7" else _nearest(month, number, sent)), True, False
    if match["nth"]:
        number = int(match["nth"])
        repeated = any(day.day.day == number for day in before)
        return (None if repeated else _nth(number, sent)), True, True
    if match["weekday"]:
        return _weekday(match, sent), False, not (match["how"] or match["week"])
    return _word(match["word"].lower().replace("'", ""), sent), False, False


def _iso(text: str) -> date | None:
    year, month, day = map(int, text.split("-"))
    return _day(year, month, day)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _month(name: str) -> int:
    return next(at for at, month in enumerate(_MONTHS, start=1) if month.startswith(name.lower()[:3]))


def _nearest(month: int, day: int, sent: date) -> date | None:
    """The day of that name nearest to the day of sending, the coming one where both are as far."""
    choices = [
        found for year in (sent.year - 1, sent.year, sent.year + 1) if (found := _day(year, month, day))
    ]
    # A coming day is spoken of further ahead than a past one is looked back on.
    return min(choices, key=lambda d: (d - sent).days if d >= sent else (sent - d).days * 1.4, default=None)


def _nth(day: int, base: date) -> date | None:
    month, year = base.month, base.year
    if day < base.day:
        month, year = (1, year + 1) if month == 12 else (month + 1, year)
    return _day(year, month, day)


def _weekday(match: re.Match[str], sent: date) -> date:
    wanted = next(at for at, name in enumerate(_WEEKDAYS) if name.startswith(match["weekday"].lower()[:3]))
    ahead = (wanted - sent.weekday()) % 7
    how = (match["how"] or "").lower()
    if how == "last":
        return sent - timedelta(days=(sent.weekday() - wanted) % 7 or 7)
    if how == "next":
        return sent + timedelta(days=7 - sent.weekday() + wanted)
    return sent + timedelta(days=(ahead or 7) + (7 if match["week"] else 0))


def _word(word: str, sent: date) -> date | None:
    steps = {"yesterday": -1, "day before yesterday": -2, "today": 0, "tomorrow": 1}
    if word.startswith("this "):
        return sent
    if word in steps:
        return sent + timedelta(days=steps[word])
    month, day = {
        "christmas eve": (12, 24), "christmas day": (12, 25), "boxing day": (12, 26),
        "new years eve": (12, 31), "new years day": (1, 1),
    }[word]  # fmt: skip
    return _nearest(month, day, sent)


def stated(text: str, sent: date | None, wanted: frozenset[str], usual: str) -> Mapping[str, set[date]]:
    """Which day is which of the `wanted` kinds; more than one day of a kind contradict each other.

    `usual` is the kind of a day that has no word near it that tells ("" for none).
    """
    firm: dict[str, set[date]] = {}
    weak: dict[str, set[date]] = {}
    for day in days(text, sent):
        kind = _kind(text, day, wanted, usual)
        if kind:
            told = weak if day.weekday_only else firm
            told.setdefault(kind, set()).add(_past(text, day, sent) if kind == "leaver_date" else day.day)
    return {**weak, **firm}


def _past(text: str, day: Day, sent: date | None) -> date:
    """A weekday on which something "was done" is the last one of that name."""
    before = text[max(0, day.start - LONGEST_LOOK) : day.start].lower()
    told = re.search(r"\b(?:was|were|has|have|been|did|done|i'm now|now|made|marked|'ve)\b", before)
    asked = re.search(r"\b(?:please|can|could|will|would|want|like|be)\b", before)
    if day.weekday_only and sent and told and not asked:
        return day.day - timedelta(days=7)
    return day.day


def _kind(text: str, day: Day, wanted: frozenset[str], usual: str) -> str:
    start, end = _bounds(text, day)
    before, after = text[start : day.start].lower(), text[day.end : end].lower()
    if "absence_from" not in wanted and _BEGINS.search(before):
        return ""  # the day on which she starts elsewhere
    nearest = max(_cues(before, wanted), default=None)
    if nearest and not _NOT_A_DAY.search(before, nearest[0]):
        if nearest[1] == "absence_from" and "return_on" in wanted and _TO.search(before):
            return "return_on"
        return nearest[1]
    if _NOT_A_DAY.search(before[-NEAR:]):
        return ""
    following = min(_cues(after, wanted), default=None)
    if following and following[0] < 60:
        return "return_on" if following[1] == "absence_from" and _TO.search(before) else following[1]
    if "absence_from" in wanted and re.search(r"\bfrom (?:\w+ )?$", before):
        return "absence_from"
    return usual


def _cues(text: str, wanted: frozenset[str]) -> Iterator[tuple[int, str]]:
    for kind, pattern in _CUES.items():
        if kind in wanted:
            for match in pattern.finditer(text):
                yield match.start(), kind


def _bounds(text: str, day: Day) -> tuple[int, int]:
    low = max(0, day.start - LONGEST_LOOK)
    starts = [match.end() for match in _END.finditer(text, low, day.start)]
    ending = _END.search(text, day.end, day.end + LONGEST_LOOK)
    return (starts[-1] if starts else low), (
        ending.start() if ending else min(len(text), day.end + LONGEST_LOOK)
    )
