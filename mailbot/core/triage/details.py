"""What must not be shown about: patients' details and passwords that stand in a mail."""

from __future__ import annotations

import re

_TEN_DIGITS = re.compile(r"(?<![\d+])\d{3}[ -]?\d{3}[ -]?\d{4}(?!\d)")
_ABOUT_PATIENT = re.compile(
    r"\b(?:nhs (?:number|no|num)|patient|client|woman|women|lady|mother|baby|infant|newborn|d\.?o\.?b"
    r"|date of birth|hospital number)\b",
    re.IGNORECASE,
)
_CLINICAL = re.compile(
    r"\b\d{2}\s?\+\s?[0-6]\b|\b\d{2}/40\b|\b\d{1,2}\s?(?:weeks|wks)\b(?=[^.\n]{0,30}\b(?:pregnant|gestation"
    r"|woman|lady|client|mum|bp|today|scan))|\b1\d\d/\d{2,3}\b"
    r"|\b(?:woman|lady|client|mum|patient)\b[^.\n]{0,20}\b\d{2}\s?(?:weeks|wks|/40)",
    re.IGNORECASE,
)
_NEAR = 80
_PASSWORD = re.compile(
    r"\b(?:password|passwrd|pasword|pass word|passcode|pw|pwd|p/w)\b"
    r"(?:[ ](?:is|was|i (?:use|used|tried)|:|=|for it is))?\s{0,2}[:=\-]?\s{0,2}"
    r"[\"'“‘]?(?P<word>[^\s\"'”’,;]{6,40})",
    re.IGNORECASE,
)
_TEMPLATE = re.compile(r"\{\{|\{%|\$\{|<%|<\?(?:php|=)|<script|#\{|\[\[[a-z_]+\]\]|<\|", re.IGNORECASE)


def nhs_number(text: str) -> bool:
    """Whether an NHS number stands in the text: ten digits whose check digit holds, near words that make"
    " it one."""
    return any(
        _holds(re.sub(r"\D", "", match.group()))
        and _ABOUT_PATIENT.search(text, max(0, match.start() - _NEAR), match.end() + _NEAR)
        for match in _TEN_DIGITS.finditer(text)
    )


def clinical(text: str) -> str:
    """The first words that only a clinical record has, such as "39+4"; "" without any."""
    found = _CLINICAL.search(text)
    return found.group() if found else ""


def _holds(digits: str) -> bool:
    """The check digit of an NHS number (NHS Data Dictionary, modulus 11)."""
    rest = (
        11 - sum(int(digit) * weight for digit, weight in zip(digits[:9], range(10, 1, -1), strict=True)) % 11
    )
    return rest != 10 and int(digits[9]) == rest % 11


def password_shown(text: str) -> bool:
    """Whether a word that looks like a password follows "password is" or the like."""
    for match in _PASSWORD.finditer(text):
        word = match["word"].rstrip(".!?)")
        if any(c.isdigit() for c in word) and any(c.isalpha() for c in word) and "@" not in word[-15:]:
            return True
    return False


def template_syntax(text: str) -> str:
    """The first piece of template or script syntax in the text; "" without one."""
    found = _TEMPLATE.search(text)
    return found.group() if found else ""
