"""The second opinion: what is learned from labelled mail, and when it is heard."""

from __future__ import annotations

from dataclasses import replace

from mailbot.core.triage.evidence import Evidence
from mailbot.core.triage.learned import HUMAN, Learned, opinion, tokens
from mailbot.core.triage.rules import Clue
from mailbot.core.triage.second import because, doubt, likeliest, thought
from mailbot.core.triage.teaching import Lesson, teach

LESSONS = [
    Lesson({"w:locked": 3.0, "w:out": 1.0}, "unlock", human=False),
    Lesson({"w:locked": 3.0, "w:account": 1.0}, "unlock", human=False),
    Lesson({"w:forgotten": 3.0, "w:password": 1.0}, "password_reset", human=False),
    Lesson({"w:forgotten": 3.0, "w:account": 1.0}, "password_reset", human=False),
    Lesson({"w:wrong": 3.0, "w:person": 1.0}, "security_incident", human=True),
    Lesson({"w:wrong": 3.0, "w:account": 1.0}, "security_incident", human=True),
]
LEARNED = replace(teach(LESSONS), change=0.2, sure=0.3, wary=0.6)


def test_what_was_learned_is_told_of_words_that_it_knows() -> None:
    said = opinion(LEARNED, {"w:locked": 3.0})
    assert likeliest(said) == "unlock"
    assert said["unlock"] > 0.5
    assert abs(sum(share for label, share in said.items() if label != HUMAN) - 1) < 1e-9


def test_what_people_must_read_is_learned_too() -> None:
    assert opinion(LEARNED, {"w:wrong": 3.0})[HUMAN] > opinion(LEARNED, {"w:locked": 3.0})[HUMAN]


def test_the_same_lessons_teach_the_same() -> None:
    assert teach(LESSONS) == teach(LESSONS)


def test_a_word_of_one_mail_alone_is_not_learned() -> None:
    assert "w:person" not in LEARNED.weights


def test_without_weights_there_is_no_opinion_and_nothing_changes() -> None:
    assert opinion(Learned(), {"w:locked": 3.0}) == {}
    assert thought(("leaver",), {}, {}, (), Learned()) == ("leaver",)
    assert doubt(("leaver",), {}, {}, Learned()) == ""


def test_a_much_surer_opinion_is_taken_and_what_was_only_hinted_at_is_dropped() -> None:
    assert thought(("leaver",), {"unlock": 0.8, "leaver": 0.1, HUMAN: 0.1}, {}, (), LEARNED) == ("unlock",)


def test_what_was_asked_for_in_so_many_words_stays_behind_it() -> None:
    clue = Clue("mobile_update", "asked for", 8.0, asks=True)
    asked = Evidence(clue, "said", 8.0, "change my number", 0, 16, asks=True, doubtful=False, sentence=1)
    said = {"unlock": 0.8, "mobile_update": 0.15, HUMAN: 0.1}
    assert thought(("mobile_update",), said, {}, (asked,), LEARNED) == ("unlock", "mobile_update")


def test_an_opinion_that_is_hardly_surer_changes_nothing() -> None:
    said = {"unlock": 0.45, "password_reset": 0.4, HUMAN: 0.1}
    assert thought(("password_reset",), said, {}, (), LEARNED) == ("password_reset",)


def test_a_mail_that_the_words_speak_against_is_for_a_person() -> None:
    assert "unlock" in doubt(("leaver",), {"unlock": 0.25, "leaver": 0.2, HUMAN: 0.1}, {}, LEARNED)
    assert doubt(("leaver",), {"leaver": 0.9, HUMAN: 0.9}, {}, LEARNED)
    assert not doubt(("leaver",), {"leaver": 0.9, HUMAN: 0.1}, {}, LEARNED)


def test_the_words_that_changed_the_mind_are_shown_in_their_place() -> None:
    [reason] = because("unlock", {"w:locked": 3.0, "m:short": 1.0}, LEARNED, "It is Locked again")
    assert (reason.phrase, reason.start, reason.end) == ("Locked", 6, 12)


def test_numbers_and_addresses_are_never_learned() -> None:
    assert tokens("Ring 07700 900123 or jane.smith@nhs.net, PIN 15") == ["ring", "#", "#", "or", "pin", "#"]


def test_firm_rules_are_neither_overruled_nor_doubted() -> None:
    firm = replace(LEARNED, firm=9.0)
    said = {"unlock": 0.95, "leaver": 0.01, HUMAN: 0.9}
    assert thought(("leaver",), said, {"leaver": 9.0}, (), firm) == ("leaver",)
    assert doubt(("leaver",), said, {"leaver": 9.0}, firm) == ""
