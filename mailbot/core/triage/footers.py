"""The stretches of a mail that nobody wrote for it: disclaimers, banners, and what stands below a"
" signature."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailbot.core.triage.rules import TriageRules

_PARAGRAPH = re.compile(r"(?:[^\n]*\S[^\n]*(?:\n|$))+")
_LETTERS = re.compile(r"[^a-z0-9 ']+")
_OWN = re.compile(r"\b(?:i|i'm|im|i've|ive|i'd|my|me|we|please|pls|can|could)\b", re.IGNORECASE)
_AFTERTHOUGHT = re.compile(
    r"\W*(?:p\.?\s?p?\.?\s?s\b|oh\b|also\b|one more|one other|another thing|forgot to"
    r"|btw|by the way|sorry\b|and\b)",
    re.IGNORECASE,
)
SHORT = 60


def footers(text: str, rules: TriageRules) -> tuple[tuple[int, int], ...]:
    """The stretches that are not to be read, in order."""
    found: list[tuple[int, int]] = []
    signed = -1
    for paragraph in _PARAGRAPH.finditer(text):
        start, end = paragraph.span()
        if _is_footer(paragraph.group(), rules.footers):
            found.append((start, end))
            continue
        if signed >= 0:
            if not _reads_on(paragraph.group()):
                found.append((start, end))
            continue
        found.extend(_footer_lines(text, start, end, rules))
        signed = signature(text, start, end, rules.signoffs)
        if signed >= 0:
            found.append((signed, end))
    return tuple(found)


def _footer_lines(text: str, start: int, end: int, rules: TriageRules) -> list[tuple[int, int]]:
    """Footers that no blank line parts from what stands above; one runs to the end of its paragraph."""
    at = start
    while (at := text.find("\n", at, end) + 1) > 0:
        if _is_footer(text[at:end], rules.footers):
            return [(at, end)]
    return []


def _is_footer(paragraph: str, beginnings: Sequence[str]) -> bool:
    head = " ".join(_LETTERS.sub(" ", paragraph[:160].lower()).split())
    return head.startswith(tuple(beginnings)) or (not head and len(paragraph) > 3)


def signature(text: str, start: int, end: int, signoffs: Sequence[str]) -> int:
    """Where in this paragraph the signature begins, after a line such as "Kind regards"; -1 without one."""
    at = start
    while at < end:
        until = text.find("\n", at, end)
        until = end if until < 0 else until
        line = _LETTERS.sub(" ", text[at:until].lower()).strip()
        if 0 < len(line) <= SHORT and at > 0 and _signs_off(" ".join(line.split()), signoffs):
            return min(until + 1, end)
        at = until + 1
    return -1


def _signs_off(line: str, signoffs: Sequence[str]) -> bool:
    """ "Thanks" and "Thanks, Jane" sign off; "Thanks for resetting it, and now …" does not."""
    for signoff in signoffs:
        if line == signoff or (line.startswith(signoff + " ") and line.count(" ") - signoff.count(" ") <= 2):
            return True
    return False


def _reads_on(paragraph: str) -> bool:
    """Whether a paragraph below the signature is still the writer speaking: an afterthought in her own"
    " words."""
    words = len(paragraph.split())
    return words > 3 and bool(_AFTERTHOUGHT.match(paragraph) or (words > 5 and _OWN.search(paragraph)))
