"""Trust, look-alikes and silence: who is believed, and who must not be answered."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailbot.core.message import NOBODY, Address, Kind, Message, Proof, Trust
from mailbot.core.people import People
from mailbot.core.safety import looks_like, may_answer, trust

PEOPLE = People()
LEAD = "england.indmidwives@nhs.net"
INTERNAL = Proof(auth_as=("Internal",))
# As Exchange Online writes it: no authserv-id, comments, several properties, one line.
GMAIL = (
    "spf=pass (sender IP is 209.85.128.41) smtp.mailfrom=gmail.com; dkim=pass (signature was verified) "
    "header.d=gmail.com;dmarc=pass action=none header.from=gmail.com;compauth=pass reason=100"
)
SPOOFED = (
    "spf=fail (sender IP is 203.0.113.9) smtp.mailfrom=gmail.com; dkim=none (message not signed) "
    "header.d=none;dmarc=fail action=none header.from=gmail.com;compauth=fail reason=001"
)


def mail(address: str, proof: Proof = INTERNAL, name: str = "", silence: str = "") -> Message:
    return Message(
        message_id="<1@x.example>",
        digest="0" * 64,
        sender=Address(name, address),
        on_behalf=NOBODY,
        reply_to=(),
        to=(Address("", "helpdesk@nhs.net"),),
        cc=(),
        subject="account",
        date=None,
        in_reply_to="",
        references=(),
        text="hi",
        reply="hi",
        forwarded=None,
        kind=Kind.PERSON,
        bounce=None,
        silence=silence,
        attachments=(),
        guessed=(),
        proof=proof,
    )


def judged(message: Message) -> Trust:
    return trust(message, PEOPLE, exchange=True)


def test_exchanges_mark_makes_a_midwife_internal() -> None:
    assert judged(mail("jane@nhs.net")) is Trust.INTERNAL


def test_the_leads_address_with_the_mark_is_the_lead() -> None:
    assert judged(mail(LEAD)) is Trust.LEAD


def test_a_mailbox_that_is_not_exchanges_proves_nothing() -> None:
    assert trust(mail(LEAD), PEOPLE, exchange=False) is Trust.NONE
    assert trust(mail("a@gmail.com", Proof(results=GMAIL)), PEOPLE, exchange=False) is Trust.NONE


@pytest.mark.parametrize(
    "marks",
    [(), ("Anonymous",), ("Internal", "Internal"), ("Anonymous", "Internal"), ("Internal Anonymous",)],
)
def test_exactly_one_internal_mark_is_asked_for(marks: tuple[str, ...]) -> None:
    assert judged(mail(LEAD, Proof(auth_as=marks))) is Trust.FAILED


def test_authentication_results_do_not_make_nhsmail_internal() -> None:
    passed = Proof(results="dmarc=pass header.from=nhs.net")
    assert judged(mail(LEAD, passed)) is Trust.FAILED


@pytest.mark.parametrize("address", [LEAD, "jane@nhs.net"])
def test_another_sender_lowers_the_level(address: str) -> None:
    message = replace(mail(address), on_behalf=Address("", "assistant@nhs.net"))
    assert judged(message) is Trust.AUTHENTICATED


@pytest.mark.parametrize("address", [LEAD, "jane@nhs.net"])
def test_a_reply_to_outside_nhsmail_lowers_the_level(address: str) -> None:
    message = replace(mail(address), reply_to=(Address("", address), Address("", "jane@gmail.com")))
    assert judged(message) is Trust.AUTHENTICATED


def test_a_sender_equal_to_from_and_a_reply_to_inside_lower_nothing() -> None:
    message = replace(mail(LEAD), on_behalf=Address("", LEAD), reply_to=(Address("", "jane@nhs.net"),))
    assert judged(message) is Trust.LEAD


def test_several_from_addresses_prove_nothing() -> None:
    assert judged(mail(LEAD, Proof(auth_as=("Internal",), senders=2))) is Trust.NONE


def test_outside_mail_that_passes_dmarc_is_authenticated() -> None:
    assert judged(mail("jane@gmail.com", Proof(results=GMAIL))) is Trust.AUTHENTICATED


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ("", Trust.NONE),
        (SPOOFED, Trust.FAILED),
        ("mx.example.org; dmarc=pass (p=REJECT) header.from=gmail.com", Trust.AUTHENTICATED),
        ("spf=pass smtp.mailfrom=gmail.com; dmarc=none", Trust.AUTHENTICATED),
        ("dkim=pass header.i=@gmail.com; dmarc=bestguesspass", Trust.AUTHENTICATED),
        ("spf=pass smtp.mailfrom=evil.example; dkim=none; dmarc=none", Trust.NONE),
        ("dkim=fail (body hash did not verify) header.d=gmail.com; dmarc=none", Trust.FAILED),
        ("dmarc=pass header.from=evil.example", Trust.FAILED),
        ("spf=none (dmarc=pass header.from=gmail.com); dmarc=none", Trust.NONE),
        ("spf=pass smtp.mailfrom=com; dmarc=none", Trust.NONE),
        ("x=dmarc=pass; ((((dmarc=pass", Trust.NONE),
    ],
)
def test_the_results_are_read_for_the_domain_of_from(results: str, expected: Trust) -> None:
    assert judged(mail("jane@gmail.com", Proof(results=results))) is expected


def test_outside_mail_sent_by_another_is_not_authenticated() -> None:
    message = replace(mail("jane@gmail.com", Proof(results=GMAIL)), on_behalf=Address("", "bulk@gmail.com"))
    assert judged(message) is Trust.NONE


KNOWN = ("nhs.net", LEAD, "helpdesk@nhs.net")


@pytest.mark.parametrize(
    "address",
    [
        "jane@nhs-net.org",
        "jane@nhs.net.example",
        "jane@nhsnet.org",
        "jane@secure-nhs.net",
        "jane@nh5.net",
        "jane@nhs.nett",
        "jane@nhss.net",
        "jane@nsh.net",
        "jane@ոhs.net",
        "jane@nһs.net",
        "jane@xn--ns-4wc.net",
        "jane@nhs.nеt",
        "jane@ｎｈｓ.net",
        "he1pdesk@nhs.net",
        "heipdesk@nhs.net",
        "england.indmidvvives@nhs.net",
        "hеlpdesk@nhs.net",
    ],
)
def test_a_look_alike_is_seen(address: str) -> None:
    assert looks_like(address, KNOWN)


@pytest.mark.parametrize(
    "address",
    [
        "jane@nhs.net",
        "helpdesk@nhs.net",
        "jane.smith1@nhs.net",
        "jane@mail.nhs.net",
        "jane@nhs.uk",
        "jane@homerton.nhs.uk",
        "jane@nhsnetwork.org",
        "jane@gmail.com",
        "helpdesk@gmail.com",
        "",
        "no address",
    ],
)
def test_an_honest_address_is_no_look_alike(address: str) -> None:
    assert not looks_like(address, KNOWN)


def test_a_look_alike_fails_whatever_its_own_domain_proves() -> None:
    passed = Proof(results="dmarc=pass header.from=nhs-net.org")
    assert judged(mail("helpdesk@nhs-net.org", passed)) is Trust.FAILED


def test_an_nhsmail_address_as_the_name_of_an_outside_sender_fails() -> None:
    assert judged(mail("x@gmail.com", Proof(results=GMAIL), name="jane.smith@nhs.net")) is Trust.FAILED


def answered(message: Message, exchange: bool = True) -> str:
    return may_answer(message, trust(message, PEOPLE, exchange=exchange), PEOPLE, exchange=exchange)


@pytest.mark.parametrize("address", ["jane@nhs.net", LEAD])
def test_authenticated_nhsmail_may_be_answered(address: str) -> None:
    assert answered(mail(address)) == ""


def test_outside_mail_may_be_answered() -> None:
    assert answered(mail("jane@gmail.com", Proof())) == ""


def test_nhsmail_that_exchange_does_not_vouch_for_gets_nothing() -> None:
    assert "NHSmail" in answered(mail("jane@nhs.net", Proof()))
    assert "NHSmail" in answered(mail("jane@nhs.net", Proof(auth_as=("Internal",), senders=2)))


def test_nhsmail_is_answered_like_anybody_where_nothing_can_be_proven() -> None:
    assert answered(mail("jane@nhs.net", Proof()), exchange=False) == ""


@pytest.mark.parametrize("address", ["", "jane", "helpdesk@nhs.net"])
def test_nobody_and_ourselves_are_never_answered(address: str) -> None:
    assert answered(mail(address)) != ""
    assert answered(mail(address), exchange=False) != ""


def test_a_mail_that_wants_silence_gets_it_with_its_reason() -> None:
    assert answered(mail("jane@nhs.net", silence="a no-reply address")) == "a no-reply address"


def test_the_lead_is_not_us() -> None:
    assert answered(mail(LEAD), exchange=False) == ""
