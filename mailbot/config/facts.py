"""What a letter may state: every fact by name and kind, cleaned, and kept from addresses outside NHSmail."""

from __future__ import annotations

import re
import unicodedata
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mailbot.core.letter import Fact

_TEXT = ("dear", "reference", "next_open", "product", "team", "team_phone", "hours", "national_phone")
_ADDRESSES = ("national_helpdesk", "lead_address", "csp_address", "helpdesk_address")
_SWITCHES = ("inside", "first", "out_of_hours", "password_shown")
_PERSON = ("name", "account", "old_organisation", "new_organisation")
_DAYS = ("leaver_date", "last_day", "absence_from", "return_on", "deletion_date", "act_by", "restore_until")
_CASE = ("days_left", "status", "waits_for", "asked", "note")
_ADMIN = ("title", "workflow")
_ADMIN_LINES = ("evidence", "tasks", "due", "late", "waiting", "sent", "failed", "spam", "other_lines")

FACTS: Mapping[str, type[str] | type[bool] | type[tuple[str, ...]]] = MappingProxyType(
    dict.fromkeys((*_TEXT, *_ADDRESSES, *_PERSON, *_DAYS, *_CASE, *_ADMIN), str)
    | dict.fromkeys(("calendar_until", "link", "today"), str)
    | dict.fromkeys((*_SWITCHES, "assumed", "past"), bool)
    | dict.fromkeys(("missing", "not_told", *_ADMIN_LINES), tuple)
)
"""Every fact that a letter can use. Dates are written out, such as "Wednesday 6 August 2026"."""

PERSONAL = frozenset(
    (*_PERSON, *_DAYS, *_CASE, *_ADMIN, *_ADMIN_LINES, "assumed", "past", "missing", "not_told", "link")
)
"""What never goes to an address outside NHSmail (PROCEDURES.md, What authorises an account action)."""

_MANY_LINES = frozenset(("note", *_ADMIN_LINES))
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn"))


class Unwritable(ValueError):  # noqa: N818 - it says what the letter is
    """A letter cannot be written: its facts are not those of `FACTS`, or it has no such part."""


def settled(facts: Mapping[str, Fact], kept_outside: Iterable[str] = ()) -> dict[str, Fact]:
    """All facts, cleaned; where `inside` is false no personal ones but those `kept_outside`.

    `Unwritable` for facts that are not in order.
    """
    wrong = [f"unknown fact {name}" for name in sorted(facts.keys() - FACTS.keys())]
    wrong += [f"missing fact {name}" for name in sorted(FACTS.keys() - facts.keys())]
    wrong += [f"fact {name} is of the wrong kind" for name in sorted(_of_wrong_kind(facts))]
    if wrong:
        raise Unwritable("; ".join(wrong))
    inside = facts["inside"] is True
    personal = PERSONAL - set(kept_outside)
    kept = {
        name: _cleaned(name, value if inside or name not in personal else None)
        for name, value in facts.items()
    }
    return kept if inside else kept | {"dear": "colleague"}


def _of_wrong_kind(facts: Mapping[str, Fact]) -> Iterable[str]:
    for name in FACTS.keys() & facts.keys():
        value = facts[name]
        if value is None and name in PERSONAL:
            continue
        if not isinstance(value, FACTS[name]):
            yield name


def _cleaned(name: str, value: Fact) -> Fact:
    if isinstance(value, bool):
        return value
    if isinstance(value, tuple):
        return tuple(shown for item in value if (shown := clean(item, name in _MANY_LINES)))
    if value is None:
        return {str: None, bool: False, tuple: ()}[FACTS[name]]
    shown = clean(value, name in _MANY_LINES)
    return shown or (None if name in PERSONAL else "")


def clean(value: str, many_lines: bool = False) -> str:
    """The text without control, private and unseen characters; on one line unless it may have several."""
    lines = _BREAKS.sub("\n", value).split("\n")
    shown = [" ".join(_seen(line).split()) for line in lines]
    if not many_lines:
        return " ".join(line for line in shown if line)
    return "\n".join(shown).strip("\n")


def _seen(line: str) -> str:
    return "".join(sign for sign in line if sign == "\t" or unicodedata.category(sign) not in _UNSEEN)
