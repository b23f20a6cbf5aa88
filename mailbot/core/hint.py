"""Hints: words beside a clear request that change what it means, as an absence that is called leaving."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailbot.core.message import Message

ABSENCE, NUMBER_LOST, IT_WORKS = "absence", "number_lost", "it_works"
HINTS = (ABSENCE, NUMBER_LOST, IT_WORKS)
SHORT = 60  # words: who writes more than that asks for more than a hint can tell

_AWAY = re.compile(
    r"\b(?:(?:maternity|parental|adoption|paternity|sick|carer's|study|unpaid|extended|long-term) leave"
    r"|(?:career|longer|short|temporary|little) break|(?:taking|having|need) a break|sabbatical)\b"
)
_FOR_GOOD = re.compile(
    r"\b(?:for good|forever|permanently|retir(?:e|es|ed|ing|ement)|resign(?:ed|ing|ation)?"
    r"|(?:not|never|won't) (?:be )?(?:come|coming|go|going|return|returning|back)|do not want to come back)\b"
)
_LOST_NUMBER = re.compile(
    r"\b(?:lost|stolen|no longer (?:have|use|own)|(?:do not|don't) (?:still )?have|no access to"
    r"|(?:no longer|cannot|can't|do not|don't) (?:have |get |use )?(?:any )?access(?: to)?)"
    r" [^.!?;,]{0,30}\b(?:number|sim|phone|mobile)\b"
)
_WORKS = re.compile(
    r"\b(?:(?:it|that|this|everything|all) (?:all )?(?:works|worked|is working|is sorted|is fixed)"
    r"|(?:is|are|all) (?:now )?(?:working|sorted|fixed|resolved)(?: now)?"
    r"|i(?:'m| am|'ve| have)? (?:now )?(?:can|could|able to|managed to|got|logged|back)"
    r" (?:now )?(?:log|get|access|change|reset|unlock|in)|i (?:have )?(?:reset|changed|unlocked) it)\b"
)
_DOUBT = re.compile(
    r"\b(?:not|never|don't|cannot|can't|isn't|hasn't|haven't|doesn't|didn't|until|unless|if|but|still|yet"
    r"|again|when|before|however|except|only)\b|[?]"
)


def hints(message: Message) -> tuple[str, ...]:
    """What the writer says in passing that a workflow's rules may ask for (`labels` of a move)."""
    words = " ".join(message.said.lower().replace("’", "'").split())
    found = [ABSENCE] if _AWAY.search(words) and not _FOR_GOOD.search(words) else []
    found += [NUMBER_LOST] if _LOST_NUMBER.search(words) else []
    works = len(words.split()) <= SHORT and _WORKS.search(words) and not _DOUBT.search(words)
    return (*found, IT_WORKS) if works else tuple(found)
