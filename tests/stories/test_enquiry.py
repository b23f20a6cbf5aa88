"""Enquiry: everything else is answered by a person."""

from __future__ import annotations

import pytest

from mailbot.core.fact import ActError
from tests.stories.mails import JANE, JANE_AT_HOME
from tests.stories.story import ADMIN, Story, at, plain
from tests.stories.texts import ASKS, THANKS

JANES, HERS = "jane.smith@nhs.net", "jane.smith@gmail.example"


def enquired() -> Story:
    story = Story("2026-03-02 10:00")
    story.receives(JANE, "Question", ASKS)
    story.admin_does("triage", intents=("other",))
    return story


def test_what_a_person_must_read_gets_a_neutral_receipt_and_a_task_that_day() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE, "Question", ASKS)
    assert story.task("triage").due == at("2026-03-02 17:00")
    letter = story.sent("receipt", JANES)
    assert "mailbox" not in letter.text
    assert "0333 200 1133" in letter.text
    assert "Monday to Friday, 9am to 5pm" in letter.text
    assert story.ticket().requests == ()


def test_triage_that_nobody_does_is_reminded_of_and_escalated() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE, "Question", ASKS)
    story.until("2026-03-09 12:00")
    assert story.when("admin/reminder", ADMIN) == ["2026-03-03 09:00"]
    assert story.when("admin/escalation", ADMIN) == ["2026-03-05 09:00"]


def test_a_question_is_reminded_of_after_one_working_day_and_escalated_after_three() -> None:
    story = enquired()
    story.until("2026-03-09 12:00")
    assert story.when("admin/reminder", ADMIN) == ["2026-03-03 09:00"]
    assert story.when("admin/escalation", ADMIN) == ["2026-03-05 09:00"]


def test_an_answer_closes_after_five_working_days_of_silence() -> None:
    story = enquired()
    story.admin_does("reply", text="Your mailbox has 50 GB.")
    assert "50 GB" in plain(story.sent("reply", JANES))
    assert story.state("enquiry") == "answered"
    story.until("2026-03-09 12:00")
    assert story.ticket().closed


def test_a_reply_to_the_answer_opens_it_again() -> None:
    story = enquired()
    story.admin_does("reply", text="Your mailbox has 50 GB.")
    answer = story.sent("reply", JANES)
    story.receives(JANE, f"RE: {answer.subject}", "And can I have some more of it?", answers=answer)
    assert story.tasks() == ["triage"]


def test_thanks_closes_what_was_answered() -> None:
    story = enquired()
    story.admin_does("reply", text="Your mailbox has 50 GB.")
    answer = story.sent("reply", JANES)
    story.receives(JANE, f"RE: {answer.subject}", THANKS, answers=answer)
    assert story.ticket().closed


def test_an_admin_s_words_reach_an_address_outside() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE_AT_HOME, "Question", ASKS)
    story.admin_does("reply", text="You can ask for more space in the portal.\nOr phone 0333 200 1133.")
    letter = story.sent("reply", HERS)
    assert "You can ask for more space in the portal." in letter.text
    assert letter.text.startswith("Dear colleague,")


@pytest.mark.parametrize(
    "words",
    [
        "Dear Jane, it is done.",
        "Your address is jane.smith@nhs.net.",
        "Ring 07700 900433.",
        "It is 943 476 5919.",
    ],
)
def test_personal_words_do_not_reach_an_address_outside(words: str) -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE_AT_HOME, "Question", ASKS + " My account is jane.smith@nhs.net. Jane Smith")
    with pytest.raises(ActError, match="outside NHSmail"):
        story.admin_does("reply", text=words)


def test_not_ours_tells_the_sender_where_to_go() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE_AT_HOME, "Question", ASKS)
    story.admin_does("close", text="not ours")
    assert "0333 200 1133" in plain(story.sent("not_ours", HERS))
    assert story.ticket().closed
    assert story.tasks() == []


def test_a_reply_to_a_mail_that_nobody_labelled_answers_it() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE, "Question", ASKS)
    story.admin_does("reply", text="It has 4 GB.")
    assert story.tasks() == []
    assert story.told(JANES) == ["receipt", "reply"]
    story.until("2026-03-09 08:59")
    assert story.ticket().open
    story.until("2026-03-09 12:00")
    assert story.ticket().closed
    letter = story.sent("reply", JANES)
    story.receives(JANE, f"RE: {letter.subject}", ASKS, answers=letter)
    assert story.ticket().open
    assert story.tasks() != []
