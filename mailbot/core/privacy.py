"""Privacy: what an admin's own words must not hold where they go outside NHSmail."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_NUMBER = re.compile(r"\+?\d(?:[ ().-]{0,2}\d){9,14}")
_DIGITS = re.compile(r"\D")


def personal(text: str, names: Iterable[str], addresses: Iterable[str], allowed: Iterable[str]) -> str:
    """What of an account stands in the text, in words; "" where nothing does (PROCEDURES.md).

    `allowed` are our own phone numbers.
    """
    lower = text.lower()
    if any(address and address.lower() in lower for address in addresses):
        return "the account's address"
    words = set(re.findall(r"[^\W\d_][\w'’-]*", text))
    if any(part in words for name in names for part in name.split() if len(part) > 2):
        return "the midwife's name"
    ours = {_DIGITS.sub("", number) for number in allowed if number}
    if any(_DIGITS.sub("", found.group()) not in ours for found in _NUMBER.finditer(text)):
        return "a phone number or an NHS number"
    return ""
