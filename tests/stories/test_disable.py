"""Disable: an account sleeps for a long absence, and 18 calendar months later it is deleted."""

from __future__ import annotations

from datetime import date

from tests.stories.mails import JANE, JANE_AT_HOME
from tests.stories.story import ADMIN, Story, at, plain
from tests.stories.texts import ABSENT, ABSENT_SOME_DAY, BACK

JANES = "jane.smith@nhs.net"


def disabled(day: str) -> Story:
    """An admin disabled the account on that day."""
    story = Story(f"{day} 10:00")
    start = date.fromisoformat(day)
    story.receives(JANE, "Maternity leave", ABSENT.format(f"{start.day} {start:%B %Y}"))
    story.admin_does("done", task="disable_account")
    return story


def test_the_task_is_due_on_the_first_day_of_the_absence() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE, "Maternity leave", ABSENT.format("30 March 2026"))
    assert story.task("disable_account").due == at("2026-03-30 17:00")
    text = plain(story.sent("disable/scheduled", JANES))
    assert "18 months" in text
    assert "Emails still arrive" in text
    assert "tell us the day, if you know it" in text


def test_without_a_first_day_no_task_opens_until_it_is_given() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE, "Maternity leave", ABSENT_SOME_DAY)
    asked = story.sent("disable/ask_start", JANES)
    assert story.tasks() == []
    story.receives(JANE, f"RE: {asked.subject}", "My first day away is 30 March 2026.", answers=asked)
    assert story.task("disable_account").due == at("2026-03-30 17:00")


def test_eighteen_calendar_months_from_31_august() -> None:
    story = disabled("2026-08-28")
    assert story.clock("disabled", JANES).deadline == date(2028, 2, 28)
    story.admin_does("set", values={"disabled_on": "2026-08-31"})
    assert story.clock("disabled", JANES).deadline == date(2028, 2, 29)


def test_admins_are_reminded_at_12_15_and_17_months_and_two_weeks_before() -> None:
    story = disabled("2026-03-30")
    story.forgets()
    story.until("2027-09-29 12:00")
    assert story.when("admin/deadline", ADMIN) == ["2027-03-30 09:00", "2027-06-30 09:00", "2027-08-31 09:00",
                                                   "2027-09-16 09:00"]  # fmt: skip
    assert story.letters_to(JANE) == []


def test_done_writes_no_letter_since_nobody_could_read_it() -> None:
    story = disabled("2026-03-30")
    assert story.told(JANE) == ["disable/scheduled"]


def test_expired_opens_the_restore_window_for_admins() -> None:
    story = disabled("2026-03-30")
    story.until("2027-10-01 12:00")
    assert story.state("disable") == "expired"
    assert story.tasks() == ["restore_account"]
    story.admin_does("done", task="restore_account")
    assert story.state("disable") == "disabled"
    assert story.clock("disabled", JANES).starts == date(2027, 10, 1)


def test_her_return_ends_the_disabled_clock_and_its_case() -> None:
    story = disabled("2026-03-30")
    story.until("2026-11-02 10:00")
    assert story.receives(JANE_AT_HOME, "Back", BACK + " My account is jane.smith@nhs.net.") == 2
    story.admin_does("done", 2, task="check_identity")
    story.admin_does("done", 2, task="reenable_account", values={"account": JANES})
    assert story.state("disable", 1) == "enabled"
    assert story.ticket(1).closed
    assert story.ticket(2).closed


def test_from_an_address_outside_there_is_guidance_only() -> None:
    story = Story("2026-03-02 10:00")
    text = ABSENT.format("30 March 2026") + " My account is jane.smith@nhs.net."
    story.receives(JANE_AT_HOME, "Maternity leave", text)
    assert story.told(JANE_AT_HOME) == ["disable/general"]
    assert "30 March" not in story.letters_to(JANE_AT_HOME)[0].text
    assert story.tasks() == []
