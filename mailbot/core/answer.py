"""Answers: what a few words in reply to our own letter mean, which nobody could tell without the case."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mailbot.core.fact import DATES
from mailbot.core.triage import dates
from mailbot.core.triage.organisations import organisations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailbot.core.message import Message

GO_AHEAD, IT_IS_DONE = "go_ahead", "it_is_done"
SHORT = 60  # words: a longer reply is for triage and for people
UNCLEAR = frozenset(("other", "acknowledge", "chase"))
"""What triage makes of words that mean something only in their case."""

_GO = re.compile(r"\b(?:go ahead|(?:please|do) (?:proceed|move|mark|do)|carry on|approved?|yes)\b")
_DONE = re.compile(
    r"\b(?:yes|done|completed?|(?:has|have|'ve) (?:now )?(?:marked|taken|moved|joined)|been marked)\b"
)
_ORGANISATION = re.compile(
    r"\b(?:organisation|trust|employer)\b[^.\n]{0,20}?(?:\bwas|\bis|:)[ ]+(?:the[ ])?"
    r"(?P<org>[A-Z][^.,;\n]{2,80})"
)
_DOUBT = re.compile(
    r"\b(?:not|no|never|don't|cannot|can't|isn't|hasn't|haven't|wait|hold|yet|stop|unless|until|if|but|when)\b|[?]"
)


def short(message: Message) -> bool:
    """Whether it is no more than a few words."""
    return len(message.reply.split()) <= SHORT


def labels(message: Message) -> tuple[str, ...]:
    """`go_ahead` and `it_is_done`, as far as a short reply says either without any doubt."""
    words = _words(message)
    if not words or len(words.split()) > SHORT or _DOUBT.search(words):
        return ()
    return tuple(label for label, said in ((GO_AHEAD, _GO), (IT_IS_DONE, _DONE)) if said.search(words))


def given(message: Message, asked: Sequence[str]) -> dict[str, str]:
    """The days and the organisation that a short reply gives, of those that were `asked` for."""
    text = message.reply.strip()
    if not asked or not text or len(text.split()) > SHORT or "?" in text:
        return {}
    wanted = [fact for fact in asked if fact in DATES]
    usual = wanted[0] if len(wanted) == 1 else ""
    sent = message.date.date() if message.date else None
    found = dates.stated(text, sent, frozenset(wanted), usual) if wanted else {}
    facts = {fact: next(iter(days)).isoformat() for fact, days in found.items() if len(days) == 1}
    if "old_organisation" in asked and (named := _organisation(text)):
        facts["old_organisation"] = named
    return facts


def _organisation(text: str) -> str:
    told = _ORGANISATION.search(text)
    return told["org"].strip() if told else organisations(text, True, False).get("from", "")


def _words(message: Message) -> str:
    return " ".join(message.reply.lower().replace("’", "'").split())
