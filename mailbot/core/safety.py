"""Safety: how far a sender is to be believed, and who must not be answered (MAIL.md, PROCEDURES.md)."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from rapidfuzz.distance import OSA

from mailbot.core.message import NOBODY, Trust

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mailbot.core.message import Message
    from mailbot.core.people import People

_METHODS = ("dmarc", "spf", "dkim")
_SEPARATORS = re.compile(r"[-_.]+")
# Letters of other scripts, and digits, that look like a Latin letter: those of Unicode TR39 that are typed.
_CONFUSABLE = str.maketrans(
    {
        **dict(zip("абвгдеёзіїјкмнорстухуьѕһԁԛԝɡӏ", "a6brgeeziijkmhopctyxybshdqwgl", strict=True)),
        **dict(zip("αβγεηικνορτυχω", "abyenikvoptuxw", strict=True)),
        **dict(zip("ıłøđħŧßæœðþɩɪʟɴʜ", "iloohtbaooplilnh", strict=True)),
        **dict(zip("0134579|!$", "oleastglis", strict=True)),
    }
)


def trust(message: Message, people: People, *, exchange: bool) -> Trust:
    """What the receiving server proved of the sender; NONE always where its marks cannot be believed.

    `exchange`: the mailbox is Exchange's, whose border strips the mark from outside mail (MAIL.md).
    """
    if not exchange:
        return Trust.NONE
    sender = message.sender.address
    if people.inside(sender):
        return _inside(message, people)
    if _pretends(message, people):
        return Trust.FAILED
    return _outside(message)


def _inside(message: Message, people: People) -> Trust:
    marks = tuple(mark.strip().lower() for mark in message.proof.auth_as)
    if marks != ("internal",):
        return Trust.FAILED
    if message.proof.senders > 1:
        return Trust.NONE  # it cannot be told who of them wrote
    outside = any(not people.inside(one.address) for one in message.reply_to)
    if outside or _sent_by_another(message):
        return Trust.AUTHENTICATED
    return Trust.LEAD if message.sender.address in people.regional_lead else Trust.INTERNAL


def _sent_by_another(message: Message) -> bool:
    return message.on_behalf != NOBODY and message.on_behalf.address != message.sender.address


def _outside(message: Message) -> Trust:
    proven = _proven(message.proof.results, message.sender.domain)
    if proven is Trust.AUTHENTICATED and (message.proof.senders > 1 or _sent_by_another(message)):
        return Trust.NONE
    return proven


def _proven(results: str, domain: str) -> Trust:
    """Reads one Authentication-Results (RFC 8601), with authserv-id or not, against the domain of From."""
    found = _results(results)
    for method, result, about in found:
        if method == "dmarc" and result in ("pass", "fail"):
            told = about.get("header.from", domain)
            aligned = result == "pass" and _aligned(told, domain)
            return Trust.AUTHENTICATED if aligned else Trust.FAILED
    for method, result, about in found:
        name = (
            about.get("header.d") or about.get("header.i") if method == "dkim" else about.get("smtp.mailfrom")
        )
        if result == "pass" and name and _aligned(name.rpartition("@")[2], domain):
            return Trust.AUTHENTICATED
    failed = any(result in ("fail", "permerror") for method, result, _ in found if method in _METHODS)
    return Trust.FAILED if failed else Trust.NONE


def _aligned(told: str, domain: str) -> bool:
    """Relaxed alignment (RFC 7489, 3.1): the same domain, or one below the other."""
    told, domain = told.lower().rstrip("."), domain.lower()
    if "." not in told or "." not in domain:
        return False
    return told == domain or domain.endswith(f".{told}") or told.endswith(f".{domain}")


def _results(value: str) -> list[tuple[str, str, dict[str, str]]]:
    """Method, result and properties of each statement, comments dropped."""
    found = []
    for statement in _without_comments(value).split(";"):
        pairs = [word.partition("=") for word in statement.split() if "=" in word]
        if pairs and pairs[0][0].lower() in _METHODS:
            about = {name.lower(): content.strip("\"'").lower() for name, _, content in pairs[1:]}
            found.append((pairs[0][0].lower(), pairs[0][2].lower(), about))
    return found


def _without_comments(value: str) -> str:
    out, depth = [], 0
    for letter in value:
        depth += letter == "("
        if not depth:
            out.append(letter)
        depth = max(0, depth - (letter == ")"))
    return "".join(out)


def _pretends(message: Message, people: People) -> bool:
    """Whether an outside sender dresses up as one of NHSmail's: look-alike address, or an address as name."""
    sender = message.sender
    known = (*people.internal_domains, *people.regional_lead, people.ours, *people.watched)
    named = sender.name.lower().rpartition("@")[2].strip("\"'<>() ")
    return looks_like(sender.address, known) or ("@" in sender.name and named in people.internal_domains)


def looks_like(address: str, known: Iterable[str]) -> bool:
    """Whether the address is none of the known addresses and domains, but a reader could take it for one.

    IDNA is decoded, NFKC applied; letters of other scripts, and digits, are read as the Latin letters that
    they resemble.
    """
    address = address.strip().lower()
    local, _, domain = address.rpartition("@")
    names = [one.strip().lower() for one in known if one]
    domains = {one.rpartition("@")[2] for one in names}
    if any(domain == one or domain.endswith(f".{one}") for one in domains):
        here = {one.partition("@")[0] for one in names if one.endswith(f"@{domain}")}
        return local not in here and _skeleton(local) in map(_skeleton, here)
    return any(_domain_like(domain, one) for one in domains)


def _domain_like(domain: str, known: str) -> bool:
    """The known domain's labels in a row, glued or parted otherwise; or the whole of it with one slip."""
    labels, wanted = _labels(domain), _labels(known)
    if _holds(labels, wanted) or "".join(wanted) in labels:
        return True
    plain, real = _skeleton(domain), _skeleton(known)
    return plain == real or (len(real) >= 6 and OSA.distance(plain, real) == 1)


def _holds(labels: list[str], wanted: list[str]) -> bool:
    return any(labels[at : at + len(wanted)] == wanted for at in range(len(labels) - len(wanted) + 1))


def _labels(domain: str) -> list[str]:
    return [_skeleton(label) for label in _SEPARATORS.split(_decoded(domain)) if label]


def _decoded(domain: str) -> str:
    return ".".join(_unicode(label) for label in domain.split("."))


def _unicode(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError, OverflowError):
        return label


def _skeleton(text: str) -> str:
    """The letters as a hurried reader sees them."""
    text = unicodedata.normalize("NFKC", _decoded(text)).casefold()
    text = "".join(
        letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter)
    )
    text = text.translate(_CONFUSABLE)
    return text.replace("rn", "m").replace("vv", "w").replace("cl", "d").replace("i", "l")


def may_answer(message: Message, trust: Trust, people: People, *, exchange: bool) -> str:
    """ "" where an automatic answer may go, else the reason in words why nobody must be answered.

    Caps are not judged here: they need to know what was sent lately.
    """
    sender = message.sender.address
    if message.silence:
        return message.silence
    if "@" not in sender:
        return "there is no address to answer to"
    if sender == people.ours:
        return "our own mail"
    if exchange and people.inside(sender) and trust in (Trust.NONE, Trust.FAILED):
        return "it claims to come from NHSmail, and Exchange did not vouch for it"
    return ""
