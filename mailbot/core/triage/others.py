"""Others: whether a request names an account or a person that is not the sender's own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mailbot.core.triage.person import addresses, same_name

if TYPE_CHECKING:
    from mailbot.core.message import Address
    from mailbot.core.people import People

_NAME = r"(?P<name>[A-Z][a-z'’-]+(?: [A-Z][a-z'’-]+)?(?: [A-Z][a-z'’-]+))"
_DONE_TO = (
    r"\b(?:[Mm]ark|[Dd]isable|[Rr]e-?enable|[Ee]nable|[Uu]nlock|[Tt]ransfer|[Mm]ove|[Rr]emove|[Dd]elete|[Hh]ide"
    r"|[Rr]eactivate|[Ss]uspend|[Rr]egister|[Aa]dd)(?:ing)? "
)
_OF = (
    r"\b(?:account|password|mobile|number|log-?in|e-?mail|access|leaver|joiner|request)s?,?:? "
    r"(?:of|for|belonging to|from)? ?"
)
_WHO = r"\b(?:[Mm]idwife|[Cc]olleague|[Pp]artner|[Ww]ife|[Hh]usband|[Ss]ister|[Ff]riend|[Ss]tudent),? "
_NAMED = tuple(re.compile(before + _NAME) for before in (_DONE_TO, _OF, _WHO))
_PLACES = re.compile(
    r"\b(?:NHS|Trust|Hospitals?|Health|Healthcare|Group|Midwi\w+|Practice|University|Teaching|Team|Finder"
    r"|Directory|Lead|Portal|Connect|Kind|Best|Many|Regards|Thanks|Dear|Birth\w*|House|Street|Road|North|South"
    r"|East|West|General|Royal|Community|Infirmary|College|Services?|Desk|Teams|Monday|Tuesday|Wednesday"
    r"|Thursday|Friday|January|February|March|April|May|June|July|August|September|October|November|December)\b"
)


_POSSESSIVE = re.compile(
    r"\b(?!It|That|What|Here|There|Who|Trust|Hospital|Let|She|He|NHS)"
    r"(?P<name>[A-Z][a-z]+(?: [A-Z][a-z]+)?)['’]s "
    r"(?:\w+ ){0,2}(?:account|password|mobile|number|e-?mail|login|nhsmail|joiner|leaver)\b"
)


def possessive(words: str, sender: Address) -> str:
    """The person whose account, password or number is spoken of ("Jane's account"), if not the sender."""
    names = (match["name"] for match in _POSSESSIVE.finditer(words))
    return next((name for name in names if not _hers(name, sender)), "")


def named(words: str, sender: Address, people: People) -> str:
    """The account or person named beside the sender's own; "" where there is none.

    `jane.smith@` is not `jane.smith1@`, but one woman may well speak of both (PROCEDURES.md, Three people …).
    """
    offices = {*people.watched, *people.regional_lead, *people.csp, *people.admins, people.ours}
    for address in addresses(words, people):
        other = people.inside(address) and address != sender.address and address not in offices
        if other and not _hers(address, sender):
            return address
    for pattern in _NAMED:
        for match in pattern.finditer(words):
            name = match["name"]
            if not _PLACES.search(name) and not _hers(name, sender):
                return name
    return ""


def _hers(told: str, sender: Address) -> bool:
    return same_name(told, sender.name) or same_name(told, sender.address)
