"""Whose account a mail is about: name, NHSmail address, mobile number, NMC PIN, as far as it tells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import phonenumbers

from mailbot.core.triage.verdict import Person

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mailbot.core.message import Address, Message
    from mailbot.core.people import People

_EMAIL = re.compile(r"[\w.+'-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_PIN = re.compile(r"\b\d{2}[A-La-l]\d{4}[A-Za-z]\b")
_PHONE = re.compile(r"(?<![\w])(?:\+|00)?\(?\d(?:[ .()\-]{0,2}\d){9,13}(?!\w)")
_PART = r"[^\W\d_a-zß-ÿ][\w'’\-]*"
_NAME = re.compile(rf"{_PART}(?:[ ](?:(?:de|van|der|von|al|bin|ni|la|le|den|dos|da)[ ])?{_PART}){{1,3}}")
_LABELLED = re.compile(
    rf"(?im:^[ \t]*(?:full[ ]|user'?s?[ ]|midwife'?s?[ ])?(?:name|caller|user|midwife)[ ]?[:\-–]["
    rf" \t]*)(?P<name>{_PART}(?:[ ]{_PART}){{1,3}})"
)
_INTRODUCED = re.compile(
    rf"\b(?:(?i:my name is|i am|i'm|this is|its|it's|name's))[ ](?P<name>{_PART}(?:[ ]{_PART}){{1,3}})"
)
_OTHER = re.compile(
    rf"\b(?i:on behalf of|wife|husband|colleague|mark|midwife|called|named|for|re|joiner|is|daughter|mother"
    rf"|friend|partner|add|join|about|account of|regarding)[,:]?[ ](?P<name>{_PART}(?:[ ]{_PART}){{1,3}})"
)
_BRACKET = re.compile(r"\s*[(\[].*?[)\]]\s*")
_TITLE = re.compile(r"^(?:mrs|ms|miss|mr|dr|prof|mx)\.?\s+", re.IGNORECASE)
_NOT_NAMES = frozenset((
    "independent", "midwife", "midwives", "midwifery", "nhs", "trust", "hospital", "hospitals", "please",
    "dear", "hi", "hello", "thanks", "thank", "kind", "many", "best", "regards", "monday", "tuesday",
    "wednesday", "thursday", "friday", "saturday", "sunday", "january", "february", "march", "april",
    "may", "june", "july", "august", "september", "october", "november", "december", "nhsmail", "mobile",
    "tel", "phone", "regional", "lead", "team", "helpdesk", "admin", "customer", "support", "portal",
    "group", "registered", "community", "the", "i", "my", "we", "you", "your", "name", "nmc", "pin",
    "im", "foundation", "university", "general", "health", "births", "birth", "ltd", "sent", "outlook",
    "iphone", "account", "password", "number", "leaver", "joiner", "directory", "people", "finder",
    "deputy", "maternity", "service", "desk", "local", "administrator", "good", "morning", "afternoon",
    "evening", "happy", "new", "year", "email", "subject", "to", "from", "date", "can", "could", "also",
    "just", "if", "it",
))  # fmt: skip
_OLD = re.compile(
    r"\b(?:old|previous|former|from|instead of|not|was|used to be|no longer|ex|wrong)\b[^.\n]{0,25}$",
    re.IGNORECASE,
)
_OF_WORK = re.compile(
    r"\b(?:office|work|practice|clinic|landline|on.call|clients?|trust|surgery|ext)\b[^.\n]{0,12}$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Mobile:
    """A mobile number as written, in E.164, and the place where it stands."""

    written: str
    number: str
    start: int


def mobiles(text: str) -> list[Mobile]:
    """The UK mobile numbers in the text; Ofcom's numbers for drama count too."""
    found = []
    for match in _PHONE.finditer(text):
        number = _uk_mobile(match.group())
        if number:
            found.append(Mobile(match.group().strip(), number, match.start()))
    return found


def _uk_mobile(written: str) -> str:
    plain = written.replace("(0)", "")
    try:
        parsed = phonenumbers.parse(plain, "GB")
    except phonenumbers.NumberParseException:
        return ""
    national = str(parsed.national_number)
    if parsed.country_code != 44 or not phonenumbers.is_possible_number(parsed):
        return ""
    if len(national) != 10 or national[0] != "7" or national[1] in "06":
        return ""
    return f"+44{national}"


def addresses(text: str, people: People) -> list[str]:
    """The addresses in the text that may be somebody's own, in lower case, each once."""
    found: dict[str, None] = {}
    for match in _EMAIL.finditer(text):
        address = match.group().lower().strip(".'-")
        if not _of_an_office(address, people):
            found.setdefault(address)
    return list(found)


def _of_an_office(address: str, people: People) -> bool:
    offices = {
        *people.regional_lead,
        *people.csp,
        *people.admins,
        *people.watched,
        people.ours,
        people.national_helpdesk,
    }
    return address in offices or bool(
        re.match(
            r"(?:no-?reply|do-?not-?reply|helpdesk|postmaster|mailer|csp|customersupport|feedback|info|office|admin|england\.)",
            address,
        )
    )


def tokens(address_or_name: str) -> set[str]:
    """The parts of a name or an address's local part that have three letters or more, in lower case."""
    local = address_or_name.partition("@")[0].lower()
    return {part for part in re.split(r"[^a-zà-ÿ]+", local) if len(part) > 2}


def same_name(one: str, other: str) -> bool:
    """Whether two names or addresses may be one person's: they share a part, or a part within the other's."""
    first, second = tokens(one), tokens(other)
    plain, beside = "".join(sorted(first)), "".join(sorted(second))
    return (
        bool(first & second)
        or any(len(p) > 3 and (p in beside) for p in first)
        or any(len(p) > 3 and (p in plain) for p in second)
        or any(a[:4] == b[:4] for a in first for b in second if len(a) > 3 and len(b) > 3)
    )


def proper(name: str) -> str:
    """A name as it is spoken: `STOTT, Deborah (INDEPENDENT MIDWIVES)` is Deborah Stott."""
    bare = _BRACKET.sub(" ", name).strip().strip("\"'")
    if "," in bare:
        last, first = bare.split(",", 1)
        if len(last.split()) <= 3 and first.strip():
            bare = f"{first.strip()} {last.strip()}"
    bare = _TITLE.sub("", bare)
    words = [word.title() if word.isupper() and len(word) > 2 else word for word in bare.split()]
    return " ".join(words)


def _names(text: str) -> Iterator[str]:
    for match in _NAME.finditer(text):
        words = match.group().split()
        while words and words[0].lower().strip("'’") in _NOT_NAMES:
            words.pop(0)
        for at, word in enumerate(words):
            if word.lower() in _NOT_NAMES:
                words = words[:at]
                break
        if len(words) > 1:
            yield " ".join(words)


def introduced(said: str) -> str:
    """The name by which the writer introduces herself; "" where she does not."""
    match = _INTRODUCED.search(said)
    return match["name"] if match and is_name(match["name"]) else ""


def is_name(name: str) -> bool:
    """Whether these words are a person's full name, as far as words can tell."""
    return len(name.split()) > 1 and "@" not in name and not (set(name.lower().split()) & _NOT_NAMES)


@dataclass(frozen=True, slots=True)
class Told:
    """What is read for the person: the words said now, then what is forwarded; `else_where` the subject."""

    said: str
    forwarded: str
    subject: str

    @property
    def all(self) -> str:
        return f"{self.said}\n\n{self.forwarded}" if self.forwarded else self.said


def person(message: Message, told: Told, people: People, own: bool, changes_mobile: bool) -> Person:
    """Whose account it is: the sender's `own`, or somebody else's of whom the mail tells."""
    email = _email(message, told, people, own)
    text = told.all
    pin = (
        _PIN.search(told.said)
        or (None if own and not told.forwarded else _PIN.search(text))
        or _PIN.search(told.subject)
    )
    name = (
        _own_name(message.sender, told.said)
        if own
        else _other_name(told, email, message.forwarded.sender if message.forwarded else None)
    )
    found = mobiles(told.said) or mobiles(told.subject) or ([] if own else mobiles(told.forwarded))
    return Person(name, email, one_mobile(told.said, found, changes_mobile), pin.group() if pin else "")


def _email(message: Message, told: Told, people: People, own: bool) -> str:
    inside = [a for a in addresses(told.said, people) if people.inside(a)]
    if not inside:
        inside = [a for a in addresses(f"{told.subject}\n{told.forwarded}", people) if people.inside(a)]
    if inside and own and people.inside(message.sender.address):
        return message.sender.address if not same_name(inside[0], message.sender.address) else _base(inside)
    if inside:
        return _base(inside)
    if own:
        return message.sender.address
    others = [a for a in addresses(told.said, people) if a != message.sender.address]
    if others:
        return others[0]
    first = message.forwarded.sender.address if message.forwarded else ""
    return first if first and first != message.sender.address else ""


def _base(inside: Sequence[str]) -> str:
    """The first address, or the one of the same name that has no number at its end."""
    bare = inside[0].partition("@")[0].rstrip("0123456789")
    return next((a for a in inside if a.partition("@")[0] == bare), inside[0])


def _own_name(sender: Address, said: str) -> str:
    name = proper(sender.name)
    if is_name(name):
        return name
    for pattern in (_LABELLED, _INTRODUCED):
        if (match := pattern.search(said)) and is_name(match["name"]):
            return match["name"]
    for line in reversed(said.strip().splitlines()[-8:]):
        bare = line.strip().split("|")[0].split("(")[0].strip(" ,.-")
        if _NAME.fullmatch(bare) and is_name(bare):
            return bare
    return name if name and "@" not in name and name.isalpha() else ""


def _other_name(told: Told, email: str, forwarded: Address | None) -> str:
    if match := _LABELLED.search(told.said):
        return match["name"]
    wanted = tokens(email)
    for text in (told.said, told.subject, proper(forwarded.name) if forwarded else "", told.forwarded):
        for name in _names(text):
            if wanted & tokens(name):
                return name
    for text in (told.said, told.subject):
        for match in _OTHER.finditer(text):
            name = next(_names(match["name"]), "")
            if name:
                return name
    if forwarded and is_name(proper(forwarded.name)):
        return proper(forwarded.name)
    return ""


def one_mobile(said: str, found: Sequence[Mobile], changes: bool) -> str:
    """The number that is to be registered, or hers; "" where two are left."""
    kept = [m for m in found if not (len(found) > 1 and _left_out(said, m, changes))] or list(found)
    numbers = {m.number for m in kept}
    return kept[0].written if len(numbers) == 1 else ""


def _left_out(said: str, mobile: Mobile, changes: bool) -> bool:
    before = said[max(0, mobile.start - 45) : mobile.start]
    if _OF_WORK.search(before):
        return True
    return changes and bool(_OLD.search(before)) and not re.search(r"\b(?:new|to|now)\b[^.\n]{0,12}$", before)
