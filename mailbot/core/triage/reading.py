"""Triage of a mail: its words read by the rules, and a verdict with its reasons."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mailbot.core.message import Kind, Trust
from mailbot.core.triage import dates, learned, others, second
from mailbot.core.triage.details import nhs_number, password_shown
from mailbot.core.triage.evidence import Evidence, Findings, Reader
from mailbot.core.triage.footers import footers
from mailbot.core.triage.intents import intents, scores
from mailbot.core.triage.judgement import Case, human_because
from mailbot.core.triage.machine import machine
from mailbot.core.triage.organisations import organisations
from mailbot.core.triage.person import Told, addresses, mobiles, person, same_name
from mailbot.core.triage.rules import Clue
from mailbot.core.triage.verdict import AUTO, HUMAN, Person, Reason, Triage

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from mailbot.core.message import Message
    from mailbot.core.people import People
    from mailbot.core.triage.rules import TriageRules

LONGEST = 20_000
"""Characters that are read; a longer mail is for a person."""
_BRACKET = re.compile(r"\([^)]{3,80}\)")
COVER = 30
"""Words of a cover letter at most, for what it forwards to be read with it."""
_PREFIX = re.compile(r"^(?:\s*(?:re|fw|fwd|aw|wg)\s*:)+\s*", re.IGNORECASE)
_REFERENCE = re.compile(r"\[IM-\d{6,9}\]")
_HISTORY = re.compile(
    r"^\s*(?:>|from:|on .{5,120}wrote:?\s*$|-{3,}|_{5,}|begin forwarded|sent:|\*?from:)",
    re.IGNORECASE | re.MULTILINE,
)
KINDS = {
    "joiner": ("leaver_date", "last_day"), "leaver_confirmed": ("leaver_date", "last_day"),
    "joiner_request": ("leaver_date", "last_day"), "leaver": ("leaver_date", "last_day"),
    "transfer_out": ("leaver_date", "last_day"), "chase": ("leaver_date", "last_day"),
    "disable": ("absence_from", "return_on"), "reenable": ("return_on",),
}  # fmt: skip


def triage(
    message: Message,
    rules: TriageRules,
    *,
    trust: Trust,
    mailbox: str,
    people: People,
    exchange: bool = True,
) -> Triage:
    """What the mail asks for, about whom, and whether a person must look first (pure).

    `exchange`: the mailbox is one whose marks prove who sent a mail.
    """
    if label := machine(message, rules):
        return Triage((label,), {label: 12.0}, AUTO, "")
    if message.kind in (Kind.CALENDAR, Kind.UNREADABLE):
        return Triage(
            ("other",), {"other": 12.0}, HUMAN, f"it is no letter that can be read: {message.kind.value}"
        )
    return _Reading(message, rules, trust, mailbox, people).verdict(exchange)


class _Reading:
    """One mail being read."""

    def __init__(
        self, message: Message, rules: TriageRules, trust: Trust, mailbox: str, people: People
    ) -> None:
        self.message, self.rules, self.trust = message, rules, trust
        self.mailbox, self.people = mailbox, people
        self.said = message.said[:LONGEST]
        self.forwarded = (
            message.forwarded.text[:LONGEST] if message.forwarded and message.reply.strip() else ""
        )
        self.findings = Findings()
        self._read()
        self.evidence = self.findings.evidence
        self._two_addresses()

    def _read(self) -> None:
        rules, weighing = self.rules, self.rules.weighing
        reader = Reader(rules, self._senders(), self.mailbox)
        reader.read(self.said, "said", 1.0, footers(self.said, rules), self.findings)
        if self.forwarded:
            covered = len(self.said.split()) <= COVER or self.findings.spoke("cover")
            part = weighing.forwarded if covered else 0.2
            reader.read(self.forwarded, "forwarded", part, footers(self.forwarded, rules), self.findings)
        if self.message.ours or _REFERENCE.search(self.message.subject):
            return  # the subject is our own letter's
        subject = _PREFIX.sub("", self.message.subject)
        offset = len(self.message.subject) - len(subject)
        part = weighing.subject * (0.5 if offset or self.message.in_reply_to else 1)
        reader.read(self.message.subject, "subject", part, ((0, offset),), self.findings)

    def _two_addresses(self) -> None:
        """Two NHSmail addresses that differ in their number alone speak for a second account."""
        inside = [a for a in addresses(self.said, self.people) if self.people.inside(a)]
        bases = [a.partition("@")[0].rstrip("0123456789") for a in inside]
        if len(set(bases)) < len(inside):
            at = self.said.lower().find(inside[-1])
            clue = Clue("duplicate_account", "two addresses of one name", 6.0, asks=True)
            self.evidence.append(
                Evidence(
                    clue, "said", 6.0, inside[-1], max(at, 0), max(at, 0) + len(inside[-1]), True, False, 0
                )
            )

    def _senders(self) -> frozenset[str]:
        address = self.message.sender.address
        found = {"inside"} if self.people.inside(address) else {"outside"}
        if address in self.people.regional_lead:
            found.add("lead")
        if bracket := _BRACKET.search(self.message.sender.name):
            found.add("member" if "midwi" in bracket.group().lower() else "trust")
        return frozenset(found)

    def verdict(self, exchange: bool) -> Triage:
        """Scores, intents, person, act."""
        scored = scores(self.evidence)
        first = intents(scored, self.evidence, self.rules.weighing)
        withdrawal = self._withdraws(first)
        first = (("other", *(i for i in first if i in _BESIDE)) if withdrawal else first) or ("other",)
        features = self._features(scored)
        opinion = learned.opinion(self.rules.learned, features) if features else {}
        thought = second.thought(first, opinion, scored, self.evidence, self.rules.learned)
        found = self._of_her_own(first if withdrawal else thought)
        because = (*self._because(), *self._second(found, first[0], features))
        if found == ("spam",):
            why = "it looks like spam from a colleague" if self.trust in (Trust.LEAD, Trust.INTERNAL) else ""
            return Triage(found, scored, HUMAN if why else AUTO, why, because=because)
        told = Told(self._with_signature(), self.forwarded, self.message.subject)
        own = self._own(found)
        whose = person(self.message, told, self.people, own, "mobile_update" in found)
        days, contradictory = self._days(found)
        patient = nhs_number(self.message.text[: 2 * LONGEST]) or nhs_number(self.message.subject)
        case = Case(
            self.message, self.trust, self.people, self.mailbox, found, scored, self.evidence, self.findings,
            whose, own, patient, contradictory or self._two_numbers(found, whose), self.said,
            exchange, opinion,
        )  # fmt: skip
        why = human_because(case, self.rules.weighing) or second.doubt(
            found, opinion, scored, self.rules.learned
        )
        if not why and len(self.message.said) > LONGEST:
            why = "it is too long to be read in full"
        inward, outward = bool(_INWARD & set(found)), "transfer_out" in found
        orgs = organisations(self._content(), inward, outward)
        likely = dict(list(opinion.items())[:3])
        return Triage(
            found, scored, HUMAN if why else AUTO, why, whose, days, orgs, because, withdrawal, patient,
            password_shown(self.said), likely,
        )  # fmt: skip

    def _of_her_own(self, found: tuple[str, ...]) -> tuple[str, ...]:
        """A midwife who asks to be moved asks no joiner for somebody else, whatever words she borrows."""
        if found[0] != "joiner" or "lead" in self._senders():
            return found
        return tuple(i for i in found if i != "joiner_request")

    def _features(self, scored: Mapping[str, float]) -> dict[str, float]:
        """What the second opinion looks at; nothing where there is none to be had.

        What answers a letter of ours is understood from its case, not from how other mails speak.
        """
        if not self.rules.learned.bias or self.message.ours:
            return {}
        return learned.features(self.message, scored, self.trust, self.mailbox, self.said, self.forwarded)

    def _second(
        self, found: tuple[str, ...], first: str, features: Mapping[str, float]
    ) -> tuple[Reason, ...]:
        """The words that changed the rules' mind, if any did."""
        if found[0] == first:
            return ()
        return second.because(found[0], features, self.rules.learned, self.said)

    def _withdraws(self, found: tuple[str, ...]) -> bool:
        """Whether it takes back a request, rather than changing a detail of it or saying that all is well."""
        taken_back = {
            one.sentence for one in self.findings.speech.get("withdrawal", ()) if one.source == "said"
        }
        anew = any(
            e.asks
            and e.weight > self.rules.weighing.sure
            and e.source == "said"
            and e.sentence not in taken_back
            for e in self.evidence
            if e.clue.intent in found and e.clue.intent not in ("chase", "acknowledge", "other")
        )
        return bool(taken_back) and not anew and "security_incident" not in found

    def _own(self, found: tuple[str, ...]) -> bool:
        """Whether the mail is about the sender's own account."""
        if self.trust is Trust.LEAD or "lead" in self._senders():
            return False
        if "joiner_request" in found:
            return False
        sender = self.message.sender.address
        if sender in (*self.people.watched, *self.people.admins, self.people.ours):
            return False
        if self._speaks_of_another() or self.findings.spoke("staff"):
            return False
        spoken_of = {e.sentence for e in self.evidence if e.clue.intent in found and e.weight > 2}
        if any(one.sentence in spoken_of for one in self.findings.speech.get("third", ())):
            return False
        return not self._of_an_office()

    def _speaks_of_another(self) -> bool:
        """Whether somebody else is more than told of in passing; the sender's own name does not count."""
        speech = self.findings.speech
        passing = {one.sentence for one in speech.get("hearsay", ())}
        if any(o.sentence not in passing for o in speech.get("another", ()) if o.source != "forwarded"):
            return True
        return bool(others.possessive(self.said, self.message.sender))

    def _of_an_office(self) -> bool:
        """Whether it comes from an office: CSP, a service desk, another organisation's administrator."""
        sender = self.message.sender
        signature = self._with_signature()[len(self.said) :].lower()
        return (
            sender.address in self.people.csp
            or bool(
                re.match(
                    r"(?:csp|it\.?|service|customer|hr|admin|office|reception|secretary)[\w.-]*@",
                    sender.address,
                )
                and not self._hers()
            )
            or any(office in signature for office in _OFFICES)
        )

    def _hers(self) -> bool:
        inside = [a for a in addresses(self.said, self.people) if self.people.inside(a)]
        return bool(inside) and same_name(inside[0], self.message.sender.name)

    def _with_signature(self) -> str:
        """What was said and the signature below it, which parsing leaves out of the reply."""
        text, said = self.message.text, self.said.rstrip()
        last = said.splitlines()[-1].strip() if said else ""
        at = text.find(last) if last else -1
        if at < 0:
            return said
        rest = text[at + len(last) : at + len(last) + 1500]
        history = _HISTORY.search(rest)
        return said + (rest[: history.start()] if history else rest)

    def _content(self) -> str:
        return f"{self.said}\n\n{self.forwarded}" if self.forwarded else self.said

    def _days(self, found: tuple[str, ...]) -> tuple[dict[str, date], str]:
        wanted = frozenset(kind for intent in found for kind in KINDS.get(intent, ()))
        if not wanted:
            return {}, ""
        usual = "leaver_date" if "leaver_confirmed" in found else "return_on" if "reenable" in found else ""
        sent = self.message.date.date() if self.message.date else None
        told = {kind: set(days) for kind, days in dates.stated(self.said, sent, wanted, usual).items()}
        inner = self.message.forwarded
        if self.forwarded and inner:
            sent = inner.date.date() if inner.date else sent
            inside = dates.stated(self.forwarded, sent, wanted, usual)
            told = {**{kind: set(days) for kind, days in inside.items()}, **told}
        several = [kind for kind, days in told.items() if len(days) > 1]
        clear = {kind: next(iter(days)) for kind, days in told.items() if len(days) == 1}
        if several:
            return clear, f"it gives two days for {several[0].replace('_', ' ')}"
        start, end = clear.get("absence_from"), clear.get("return_on")
        return clear, "the return lies before the absence" if start and end and end <= start else ""

    def _two_numbers(self, found: tuple[str, ...], whose: Person) -> str:
        if "mobile_update" in found and not whose.mobile and len({m.number for m in mobiles(self.said)}) > 1:
            return "it gives two mobile numbers"
        return ""

    def _because(self) -> tuple[Reason, ...]:
        ordered = sorted(self.evidence, key=lambda e: (e.source != "said", e.start, -e.weight))
        best: dict[tuple[str, str, str], Reason] = {}
        for e in ordered:
            key = (e.source, e.clue.intent, e.clue.rule)
            if key not in best or best[key].weight < e.weight:
                best[key] = Reason(e.clue.intent, e.phrase, e.start, e.end, e.weight)
        return tuple(best.values())


_BESIDE = frozenset(("password_reset", "unlock", "security_incident"))
"""What is not taken back with another request."""
_INWARD = frozenset(("joiner", "leaver_confirmed", "joiner_request", "chase"))
_OFFICES = (
    "local administrator", "service desk", "customer service portal", "human resources", "practice manager",
    "hr advisor", "hr adviser", "it support", "practice lead", "office manager", "personal assistant",
)  # fmt: skip
