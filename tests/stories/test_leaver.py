"""Leaver: a midwife leaves practice, and her account is marked and later deleted."""

from __future__ import annotations

from datetime import date

from tests.stories.mails import JANE, JANE_AT_HOME
from tests.stories.story import Story, at, plain
from tests.stories.texts import ABSENT, RETIRES, RETIRES_SOME_DAY

JANES = "jane.smith@nhs.net"


def test_a_future_last_day_is_scheduled_for_that_day() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE, "Leaving", RETIRES.format("31 March 2026"))
    assert story.task("mark_leaver").due == at("2026-03-31 17:00")
    assert "Tuesday 31 March 2026" in plain(story.sent("leaver/scheduled", JANES))


def test_a_last_day_on_a_closed_day_is_due_on_the_next_working_day() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE, "Leaving", RETIRES.format("3 April 2026"))  # Good Friday
    assert story.task("mark_leaver").due == at("2026-04-07 17:00")


def test_no_day_is_asked_for_and_a_few_words_in_reply_are_enough() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE, "Leaving", RETIRES_SOME_DAY)
    asked = story.sent("leaver/ask_day", JANES)
    assert story.tasks() == []
    story.waits(days=1)
    assert story.receives(JANE, f"RE: {asked.subject}", "My last day is 3 April.", answers=asked) == 1
    assert story.state("leaver") == "scheduled"
    assert story.request("leaver").claims["last_day"] == "2026-04-03"
    assert story.sent("leaver/scheduled", JANES)


def test_who_does_not_answer_is_asked_once_more_and_then_left_alone() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE, "Leaving", RETIRES_SOME_DAY)
    story.until("2026-05-01 12:00")
    assert story.when("leaver/ask_day") == ["2026-03-02 10:00", "2026-03-09 09:00"]
    assert story.state("leaver") == "silent"
    assert story.ticket().closed


def test_the_clock_starts_on_the_day_that_an_admin_marks_it() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE, "Leaving", RETIRES.format("31 March 2026"))
    story.until("2026-04-01 11:00")
    story.admin_does("done", task="mark_leaver")
    clock = story.clock("leaver", JANES)
    assert (clock.starts, clock.deadline) == (date(2026, 4, 1), date(2026, 5, 1))
    assert "Friday 1 May 2026" in story.sent("leaver/marked", JANES).subject
    story.until("2026-05-02 12:00")
    assert story.when("leaver/reminder") == ["2026-04-15 09:00", "2026-04-27 09:00"]
    assert story.state("leaver") == "gone"
    assert [x.to for x in story.letters if x.to != JANES] == []


def test_an_admin_may_say_that_it_was_marked_on_an_earlier_day() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE, "Leaving", RETIRES.format("2 March 2026"))
    story.until("2026-03-05 11:00")
    story.admin_does("done", task="mark_leaver", values={"leaver_date": "2026-03-03"})
    assert story.clock("leaver", JANES).deadline == date(2026, 4, 2)


def test_a_leaver_day_of_29_february_counts_thirty_days() -> None:
    story = Story("2028-02-29 10:00")
    story.receives(JANE, "Leaving", RETIRES.format("29 February 2028"))
    story.admin_does("done", task="mark_leaver")
    assert story.clock("leaver", JANES).deadline == date(2028, 3, 30)


def test_over_the_change_to_summer_time_letters_still_go_at_nine() -> None:
    story = Story("2026-03-18 10:00")
    story.receives(JANE, "Leaving", RETIRES.format("18 March 2026"))
    story.admin_does("done", task="mark_leaver")
    story.until("2026-04-20 12:00")
    assert story.when("leaver/reminder") == ["2026-04-01 09:00", "2026-04-13 09:00"]
    letters = [x for x in story.letters if x.template == "leaver/reminder"]
    assert [f"{x.sent:%z}" for x in letters] == ["+0100", "+0100"]


def test_over_the_change_to_winter_time_letters_still_go_at_nine() -> None:
    story = Story("2026-10-12 10:00")
    story.receives(JANE, "Leaving", RETIRES.format("12 October 2026"))
    story.admin_does("done", task="mark_leaver")
    story.until("2026-11-12 12:00")
    assert story.when("leaver/reminder") == ["2026-10-26 09:00", "2026-11-06 09:00"]


def test_from_an_address_outside_there_is_guidance_only() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE_AT_HOME, "Leaving", "Account jane.smith@nhs.net. " + RETIRES.format("31 March 2026"))
    assert story.told(JANE_AT_HOME) == ["leaver/general"]
    assert story.tasks() == []
    assert story.account(JANES) is None
    story.until("2026-04-20 12:00")
    assert story.told(JANE_AT_HOME) == ["leaver/general"]
    assert story.letters_to(JANE) == []


def test_her_own_mail_after_one_from_outside_is_believed() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE_AT_HOME, "Leaving", "Account jane.smith@nhs.net. " + RETIRES.format("31 March 2026"))
    assert story.receives(JANE, "Leaving", RETIRES.format("31 March 2026")) == 1
    assert story.tasks() == ["mark_leaver"]
    assert "31 March" not in "".join(x.text for x in story.letters_to(JANE_AT_HOME))


def test_a_changed_last_day_moves_the_task() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE, "Leaving", RETIRES.format("31 March 2026"))
    story.admin_does("set", values={"last_day": "2026-04-10"})
    assert story.task("mark_leaver").due == at("2026-04-10 17:00")


def test_refused_is_told() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE, "Leaving", RETIRES.format("31 March 2026"))
    story.admin_does("refuse", task="mark_leaver", text="Your account belongs to Barchester.")
    assert "belongs to Barchester" in plain(story.sent("refused", JANES))
    assert story.ticket().closed


def test_an_outage_of_ten_days_sends_only_the_newest_letter_once() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE, "Leaving", RETIRES.format("2 March 2026"))
    story.admin_does("done", task="mark_leaver")
    story.until("2026-03-15 12:00")
    story.forgets()
    story.is_off_until("2026-03-28 12:00")  # +14 and +25 are both late, on a Saturday
    assert story.letters == []
    story.until("2026-03-31 12:00")
    assert story.when("leaver/reminder") == ["2026-03-30 09:00"]


def test_picked_up_elsewhere_ends_it() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE, "Leaving", RETIRES.format("2 March 2026"))
    story.admin_does("done", task="mark_leaver")
    lead = "Lead <england.indmidwives@nhs.net>"
    text = "Please mark Jane Smith, jane.smith@nhs.net, as a joiner to the independent midwives group."
    story.receives(lead, "Joiner", text)
    story.admin_does("done", 2, task="mark_joiner", values={"old_organisation": "our group"})
    assert story.state("leaver") == "picked_up"
    assert story.ticket(1).closed


def test_leaving_that_means_an_absence_is_asked_about_and_nothing_is_marked() -> None:
    story = Story("2026-03-02 10:00")
    text = (
        "I am leaving to go on maternity leave on 20 March 2026. Please mark my NHSmail account as a leaver."
    )
    story.receives(JANE, "Leaving", text)
    assert story.told(JANES) == ["leaver/ask_which"]
    assert story.state("leaver") == "asked_which"
    assert story.tasks() == []
    letter = story.sent("leaver/ask_which")
    story.receives(JANE, f"RE: {letter.subject}", ABSENT.format("20 March 2026"), answers=letter)
    assert story.state("leaver") == "dropped"
    assert story.tasks() == ["disable_account"]


def test_who_leaves_for_good_after_all_is_scheduled() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(
        JANE, "Leaving", "I leave for maternity leave. Please mark my NHSmail account as a leaver."
    )
    letter = story.sent("leaver/ask_which")
    story.receives(JANE, f"RE: {letter.subject}", RETIRES.format("20 March 2026"), answers=letter)
    assert story.state("leaver") == "scheduled"


def test_only_a_break_after_all_drops_the_marking() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE, "Leaving", RETIRES.format("20 March 2026"))
    letter = story.sent("leaver/scheduled", JANES)
    text = "I am only taking a break. Please disable my account from 20 March 2026 instead."
    story.receives(JANE, f"RE: {letter.subject}", text, answers=letter)
    assert story.state("leaver") == "dropped"
    assert story.tasks() == ["disable_account"]


def test_somebody_else_drops_nothing() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE, "Leaving", RETIRES.format("20 March 2026"))
    letter = story.sent("leaver/scheduled", JANES)
    text = ABSENT.format("20 March 2026") + " My account is jane.smith@nhs.net."
    story.receives(JANE_AT_HOME, f"RE: {letter.subject}", text, answers=letter)
    assert story.state("leaver") == "scheduled"


def test_a_last_day_that_has_gone_by_is_told_as_such() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE, "Leaving", RETIRES.format("20 February 2026"))
    text = plain(story.sent("leaver/scheduled", JANES))
    assert "Your last day was Friday 20 February 2026. We will now mark" in text
    assert "or soon after" not in text


def test_no_clock_runs_on_after_an_account_was_left_to_be_deleted() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE, "Leaving", RETIRES.format("2 March 2026"))
    story.admin_does("done", task="mark_leaver")
    story.until("2026-04-02 12:00")
    assert story.state("leaver") == "gone"
    account = story.account(JANES)
    assert account is not None
    assert [c.name for c in account.clocks if c.running] == []
