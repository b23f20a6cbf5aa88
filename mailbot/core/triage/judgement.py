"""Whether a bot may act on what it understood, or a person must look first, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mailbot.core.message import Kind, Trust
from mailbot.core.safety import looks_like
from mailbot.core.triage.details import clinical, template_syntax
from mailbot.core.triage.others import named
from mailbot.core.triage.person import addresses, introduced, is_name, proper, same_name, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mailbot.core.message import Message
    from mailbot.core.people import People
    from mailbot.core.triage.evidence import Evidence, Findings
    from mailbot.core.triage.rules import Weighing
    from mailbot.core.triage.verdict import Person

MACHINE = frozenset(("auto_reply", "bounce", "spam"))
LIFE = frozenset((
    "leaver", "transfer_out", "disable", "joiner", "reenable", "new_account", "joiner_request",
    "leaver_confirmed", "mobile_update", "password_reset", "unlock", "duplicate_account",
    "directory_visibility",
))  # fmt: skip
ASIDE = 3.0
NEAR = 3.0
ALONG = ("joiner:takes an account along", "leaver:takes an account along", "leaver:goes along, outright")
OUTRIGHT, MUCH = 6.5, 4.0
WANTED, SLIGHT, MANY = 7.0, 2.0, 3
AGAINST = 9.0
AGREED = 0.8
GONE = frozenset(("leaver", "disable", "transfer_out"))
PRIVATE = frozenset(("mobile_update", "password_reset", "unlock", "reenable"))


@dataclass(frozen=True, slots=True)
class Case:
    """All that the judgement looks at."""

    message: Message
    trust: Trust
    people: People
    mailbox: str
    intents: tuple[str, ...]
    scores: dict[str, float]
    evidence: Sequence[Evidence]
    findings: Findings
    person: Person
    own: bool
    patient: bool
    contradictory: str
    words: str
    exchange: bool = True
    opinion: Mapping[str, float] = field(default_factory=dict)

    @property
    def sender(self) -> str:
        return self.message.sender.address

    @property
    def inside(self) -> bool:
        return self.people.inside(self.sender)

    @property
    def lead(self) -> bool:
        return self.trust is Trust.LEAD


def human_because(case: Case, weighing: Weighing) -> str:
    """The first reason why a person must look; "" where the bot may act alone (LABELS in PROCEDURES.md)."""
    if set(case.intents) <= MACHINE and case.intents:
        return ""
    return next((reason for reason in _reasons(case, weighing) if reason), "")


def _reasons(case: Case, weighing: Weighing) -> Iterator[str]:
    yield _of_intents(case)
    yield _of_sender(case)
    yield _of_words(case)
    yield _of_person(case)
    yield _of_contradiction(case, weighing)
    yield _of_doubt(case)
    yield _of_weakness(case, weighing)


def _of_intents(case: Case) -> str:
    if "security_incident" in case.intents:
        return "it reports an incident"
    if "other" in case.intents:
        return "it asks for something that no workflow covers"
    if "new_account" in case.intents and case.inside:
        return "an account is asked for from an account"
    if "joiner_request" in case.intents and not case.lead:
        return "a joiner is asked for by somebody who is not proven to be the regional lead"
    return ""


def _of_sender(case: Case) -> str:
    message, people = case.message, case.people
    if case.trust is Trust.FAILED:
        return "the sender is not who the address claims"
    marked = message.proof.auth_as or message.proof.results
    if case.exchange and case.inside and case.trust is Trust.NONE and marked:
        return "the sender claims an NHSmail address, and the server does not vouch for it"
    known = (*people.internal_domains, *people.regional_lead, people.ours, *people.watched)
    if looks_like(case.sender, known):
        return "the sender's address looks like one of ours and is not"
    if "nhs" in message.sender.domain and not case.inside and not message.sender.domain.endswith(".nhs.uk"):
        return "the sender's domain dresses up as the NHS"
    if message.microsoft_only or message.kind is Kind.AUTO_REPLY:
        return "it is marked as automatic, but reads as a person's"
    if any(one.address and one.address != case.sender for one in message.reply_to):
        return "answers would go to another address than the sender's"
    if message.on_behalf.address and message.on_behalf.address != case.sender:
        return "it is sent on behalf of somebody else"
    return _pretender(case)


def _pretender(case: Case) -> str:
    if case.lead:
        return ""
    shown = case.message.sender.name.lower()
    if case.sender not in case.people.regional_lead and (
        "indmidwives" in shown.replace(" ", "")
        or "regional" in shown
        or "helpdesk" in shown
        or "nhs england" in shown
    ):
        return "the sender's name claims an office that the address does not have"
    if case.findings.spoke("pretender"):
        return f"it speaks for an office: “{case.findings.spoke('pretender')}”"
    return ""


def _of_words(case: Case) -> str:
    findings = case.findings
    if case.patient:
        return "it has a patient's details"
    if told := findings.spoke("clinical", ("said", "subject", "forwarded")) or clinical(case.words):
        return f"it may have clinical details: “{told}”"
    if syntax := template_syntax(case.message.text[:20_000]) or template_syntax(case.message.subject):
        return f"it has template syntax: “{syntax}”"
    if order := findings.spoke("software", ("said", "subject", "forwarded")):
        return f"it speaks to a program: “{order}”"
    if withdrawn := findings.spoke("withdrawal") or _thought_again(case):
        return f"it may take back a request: “{withdrawn}”"
    return ""


def _thought_again(case: Case) -> str:
    """What may take something back; where all is said to be well, nothing is left to take back."""
    if case.intents == ("acknowledge",):
        return ""
    return case.findings.spoke("second_thoughts")


def _of_person(case: Case) -> str:
    if _two_accounts(case):
        return "it names two accounts"
    if case.lead and "joiner_request" in case.intents:
        return ""
    if case.intents == ("acknowledge",) and case.inside:
        return ""
    if not case.own or named(case.words, case.message.sender, case.people):
        return "it is about somebody else's account, or sent for somebody else"
    sensitive = PRIVATE & set(case.intents)
    if (
        sensitive
        and not case.inside
        and (pressed := case.findings.spoke("pressure"))
        and (len(sensitive) > 1 or _strange_name(case))
    ):
        return f"an outside sender presses for it: “{pressed}”"
    if {"mobile_update", "password_reset"} <= set(case.intents) and not case.inside:
        return "an outside sender wants both number and password changed"
    told = introduced(case.words)
    if told and not same_name(told, case.message.sender.name) and not same_name(told, case.sender):
        return f"the writer gives another name than the sender's: {told}"
    if not case.inside and not case.people.inside(case.person.email) and GONE & set(case.intents):
        return "nothing tells whose account it is"
    if _strange_name(case):
        return "the sender's name and address do not go together with the account's"
    return ""


def _outright(case: Case) -> bool:
    """Whether the main intent is told outright by one phrase, or by two that each say much."""
    main = case.intents[0]
    weights = {
        e.clue.rule: e.clue.weight for e in case.evidence if e.clue.intent == main and e.source != "subject"
    }
    return max(weights.values(), default=0.0) >= OUTRIGHT or sum(w >= MUCH for w in weights.values()) > 1


def _rival(case: Case, weighing: Weighing) -> str:
    """An intent that the main one excludes, with nearly as much to speak for it; "" where there is none."""
    main = case.intents[0]
    if main not in weighing.one_of:
        return ""
    score = case.scores.get(main, 0.0)
    rivals = {i: case.scores.get(i, 0.0) for i in weighing.one_of - set(case.intents)}
    for rival, its in rivals.items():
        pair = frozenset((main, rival))
        agreed = case.opinion.get(main, 0.0) >= AGREED
        against = pair in weighing.contradict and its > AGAINST and score < 2 * its and not agreed
        if its > weighing.sure and (score - its < NEAR or against):
            return rival
    return ""


def _of_thanks(case: Case) -> str:
    """Thanks may close a case alone only where the mail is short, or says that all is well, and asks"
    " nothing."""
    well = {e.sentence for e in case.evidence if e.clue.rule.endswith("sorted")}
    if case.findings.asked - well or case.findings.spoke("fresh", ("said",)):
        return "it thanks, and may ask for something"
    if len(case.words.split()) > (80 if well else 30):
        return "it is long for mere thanks"
    return ""


def _two_accounts(case: Case) -> bool:
    inside = [a for a in addresses(case.words, case.people) if case.people.inside(a)]
    return any(not same_name(inside[0], other) for other in inside[1:])


def _strange_name(case: Case) -> bool:
    """Whether the account named is of another name than the sender shows and writes from."""
    email, shown = case.person.email, proper(case.message.sender.name)
    if not email or not case.people.inside(email) or email == case.sender:
        local = tokens(case.sender)
        return bool(
            PRIVATE & set(case.intents)
            and is_name(shown)
            and len(local) > 1
            and not case.inside
            and not same_name(shown, case.sender)
        )
    if case.inside:
        return True
    return not same_name(email, shown) and not same_name(email, case.sender)


def _of_contradiction(case: Case, weighing: Weighing) -> str:
    if not case.intents:
        return "nothing in it is clear enough"
    if case.contradictory:
        return case.contradictory
    for pair in weighing.contradict:
        if pair <= set(case.intents):
            return "it contradicts itself: " + " and ".join(sorted(pair))
    if "leaver" in case.intents and any(e.clue.rule in ALONG for e in case.evidence if e.source == "said"):
        return "it speaks of leaving, and of taking the account along"
    if rival := _rival(case, weighing):
        return f"it may ask for {rival.replace('_', ' ')} instead"
    asked = {e.clue.intent for e in case.evidence if e.asks and e.weight >= WANTED and e.source == "said"}
    if "leaver" in asked and (
        "disable" in asked or ("transfer_out" in asked and "joiner" not in case.intents)
    ):
        return "it may want two things that contradict each other"
    return ""


def _of_doubt(case: Case) -> str:
    meant = LIFE & set(case.intents)
    if any(e.doubtful and e.clue.intent in meant and e.weight > SLIGHT for e in case.evidence):
        return "it speaks of a future that may not come"
    return ""


def _of_weakness(case: Case, weighing: Weighing) -> str:
    if case.intents == ("acknowledge",):
        return _of_thanks(case)
    if case.scores.get(case.intents[0], 0.0) < weighing.sure:
        return "the words for it are too weak"
    if not _outright(case):
        return "it is only hinted at"
    aside = max((e.weight for e in case.evidence if e.clue.intent == "other"), default=0.0)
    if aside >= ASIDE and case.scores.get(case.intents[0], 0.0) < aside + 4:
        return "it may ask for something else besides"
    if len(case.intents) > MANY:
        return "it asks for too many things at once"
    return ""
