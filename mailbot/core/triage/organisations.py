"""The organisations that an account leaves and joins, as they are written in the mail."""

from __future__ import annotations

import re

_NAME = r"[A-ZÀ-Þ][\w'’]*(?:[ ](?:(?:and|&|of|the|upon|on|in)[ ])?[A-ZÀ-Þ][\w'’]*){0,7}"
_KIND = re.compile(
    r"\b(?:NHS|Trust|Hospitals?|ICB|Community|University|Foundation|Health(?:care)?|Infirmary|General"
    r"|Teaching|Board|Midwives|Midwifery|Births?|Maternity)\b"
)
_FROM = re.compile(
    rf"(?:\b(?:from|left|leaving|leave|at|with|by|held by|under|ex|finished (?:at|with)|time (?:at|with)"
    rf"|organisation:|of)[ ]+(?:the[ ]|my[ ]|old[ ]|former[ ]){{0,3}})(?P<org>{_NAME})"
)
_MARKED = re.compile(rf"(?P<org>{_NAME})[ ](?:has|have|had|marked|made|released|did|now|finally|local)\b")
_TO = re.compile(
    rf"\b(?:to|with|at|joining|join|into|for|by|in)[ ]+(?:the[ ]|a[ ]job[ ]with[ ])?(?P<org>{_NAME})"
)
_GROUP = re.compile(
    r"\b(?:IM group|independ[ae]nt midwi(?:ves|fery)(?: group)?|independents)\b", re.IGNORECASE
)
_NO_ORG = frozenset((
    "I", "I'm", "I've", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December", "NHSmail", "NHS.net", "NHS", "Please", "Hi", "Hello", "Dear", "Christmas",
    "Easter", "New", "Thank", "Thanks", "Can", "Could", "The", "My", "You", "Your", "Mobile", "Philippa",
    "Customer", "CSP", "NMC", "IT", "HR", "LA", "Australia", "Portugal", "People", "Outlook", "Regards",
    "Independent", "Midwives",
))  # fmt: skip


def organisations(text: str, inward: bool, outward: bool) -> dict[str, str]:
    """`inward`: into the independent midwives' group; `outward`: to another organisation."""
    found: dict[str, str] = {}
    if inward:
        if name := _first(_FROM, text) or _first(_MARKED, text):
            found["from"] = name
        if group := _GROUP.search(text):
            found["to"] = group.group()
    elif outward and (name := _first(_TO, text)):
        found["to"] = name
    return found


def _first(pattern: re.Pattern[str], text: str) -> str:
    """The first name that says what kind of organisation it is, else the first name at all."""
    names = [m["org"] for m in pattern.finditer(text) if m["org"].split()[0] not in _NO_ORG]
    return next((name for name in names if _KIND.search(name)), names[0] if names else "")
