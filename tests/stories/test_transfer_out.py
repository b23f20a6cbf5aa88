"""Transfer out: a midwife takes her account to another NHS organisation."""

from __future__ import annotations

from datetime import date

from tests.stories.mails import JANE, JANE_AT_HOME
from tests.stories.story import ADMIN, Story, at, plain
from tests.stories.texts import MOVES_ON

JANES = "jane.smith@nhs.net"


def asked() -> Story:
    story = Story("2026-03-02 10:00")
    story.receives(JANE, "Moving", MOVES_ON)
    return story


def marked() -> Story:
    story = asked()
    letter = story.sent("transfer_out/scheduled", JANES)
    story.receives(JANE, f"RE: {letter.subject}", "My last day is 6 March 2026.", answers=letter)
    story.until("2026-03-06 11:00")
    story.admin_does("done", task="mark_leaver")
    return story


def test_without_a_last_day_it_is_asked_for() -> None:
    story = asked()
    assert story.state("transfer_out") == "asked_day"
    text = plain(story.sent("transfer_out/scheduled", JANES))
    assert "Please reply and tell us your last day" in text
    assert "Leavers and Joiners Guide" in text
    assert story.tasks() == []


def test_a_few_words_in_reply_give_the_task() -> None:
    story = asked()
    letter = story.sent("transfer_out/scheduled", JANES)
    story.receives(JANE, f"RE: {letter.subject}", "My last day is 6 March 2026.", answers=letter)
    assert story.task("mark_leaver").due == at("2026-03-06 17:00")


def test_she_is_asked_thrice_whether_she_is_marked() -> None:
    story = marked()
    assert story.clock("leaver", JANES).deadline == date(2026, 4, 5)
    story.until("2026-04-04 12:00")
    assert story.when("transfer_out/reminder", JANES) == ["2026-03-13 09:00", "2026-03-20 09:00",
                                                          "2026-03-27 09:00"]  # fmt: skip
    # 5 April 2026 is Easter Sunday: the last working instant is Thursday 2 April, 5pm
    assert story.when("admin/escalation", ADMIN) == ["2026-03-31 16:00"]


def test_yes_in_reply_ends_it_and_the_clock() -> None:
    story = marked()
    story.until("2026-03-13 12:00")
    reminder = story.sent("transfer_out/reminder", JANES)
    story.receives(JANE, f"RE: {reminder.subject}", "Yes, they have marked me.", answers=reminder)
    assert story.state("transfer_out") == "moved"
    assert story.ticket().closed
    account = story.account(JANES)
    assert account is not None
    assert account.clock("leaver") is None


def test_not_yet_in_reply_ends_nothing() -> None:
    story = marked()
    story.until("2026-03-13 12:00")
    reminder = story.sent("transfer_out/reminder", JANES)
    story.receives(JANE, f"RE: {reminder.subject}", "Not yet, I am afraid.", answers=reminder)
    assert story.state("transfer_out") == "marked"


def test_an_admin_who_closes_the_case_says_that_it_is_done() -> None:
    story = marked()
    story.admin_does("close", text="the new organisation has it")
    account = story.account(JANES)
    assert account is not None
    assert account.clock("leaver") is None


def test_expired_opens_the_restore_window() -> None:
    story = marked()
    story.until("2026-04-07 12:00")
    assert story.state("transfer_out") == "expired"
    assert story.tasks() == ["restore_account"]
    assert "Tuesday 5 May 2026" in plain(story.sent("transfer_out/expired", JANES))
    assert story.when("admin/restore", ADMIN) == ["2026-04-07 09:00"]


def test_from_an_address_outside_there_is_guidance_only() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE_AT_HOME, "Moving", MOVES_ON + " My account is jane.smith@nhs.net.")
    assert story.told(JANE_AT_HOME) == ["transfer_out/general"]
    assert story.tasks() == []


def test_yes_in_a_whole_sentence_ends_it_too() -> None:
    story = marked()
    story.until("2026-03-13 12:00")
    reminder = story.sent("transfer_out/reminder", JANES)
    text = "Yes, my new organisation has marked me as a joiner."
    story.receives(JANE, f"RE: {reminder.subject}", text, answers=reminder)
    assert story.state("transfer_out") == "moved"
    assert story.ticket().request("joiner") is None
