"""Password and unlock: self-service first, then the registered mobile number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mailbot.core.fact import ActError
from tests.stories.mails import JANE, JANE_AT_HOME
from tests.stories.story import ADMIN, SECOND_ADMIN, Story, plain
from tests.stories.texts import BACK, FORGOT, LOCKED, NEW_NUMBER

if TYPE_CHECKING:
    from mailbot.core.people import People

HERS = "jane.smith@gmail.example"
JANES = "jane.smith@nhs.net"


def test_self_service_and_the_national_helpdesk_come_first() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE_AT_HOME, "Password", FORGOT)
    text = plain(story.sent("password/reset", HERS))
    assert "reset your password yourself" in text
    assert "0333 200 1133" in text


def test_before_3pm_admins_are_reminded_at_half_past_four() -> None:
    story = Story("2026-03-02 15:00")
    story.receives(JANE_AT_HOME, "Password", FORGOT)
    story.until("2026-03-03 08:59")
    assert story.when("admin/reminder", ADMIN) == ["2026-03-02 16:30"]


def test_after_3pm_admins_are_reminded_at_nine_on_the_next_working_day() -> None:
    story = Story("2026-03-06 15:01")
    story.receives(JANE_AT_HOME, "Locked", LOCKED)
    story.until("2026-03-09 12:00")
    assert story.when("admin/reminder", ADMIN) == ["2026-03-09 09:00"]


def test_she_is_reminded_after_a_working_day_and_closed_after_five() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE_AT_HOME, "Password", FORGOT)
    story.until("2026-03-10 12:00")
    assert story.when("password/reminder", HERS) == ["2026-03-03 09:00"]
    assert story.state("password") == "silent"
    assert story.ticket().closed


def test_checked_and_reset_is_told() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE, "Password", FORGOT)
    story.admin_does("done", task="check_identity")
    assert story.tasks() == ["reset_password"]
    story.admin_does("done", task="reset_password")
    assert "comes by text message" in plain(story.sent("password/done_reset", JANES))


def test_unlocked_is_told() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE, "Locked", LOCKED)
    story.admin_does("done", task="check_identity")
    story.admin_does("done", task="unlock_account")
    assert story.sent("password/done_unlock", JANES)


def test_a_password_in_the_mail_is_answered_with_a_warning() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(
        JANE, "Password", "I have forgotten my password. My password was Sommer2026x. Please reset it."
    )
    letter = story.letters_to(JANE)[0]
    assert "There was a password in your email" in letter.text
    assert "Sommer2026x" not in letter.text + letter.html
    assert "password_shown" in story.ticket().flags


def number_changed(people: People) -> Story:
    """An admin changed Jane's registered mobile number."""
    story = Story("2026-03-02 10:00", people=people)
    story.receives(JANE, "Mobile", NEW_NUMBER)
    story.admin_does("done", task="check_identity")
    story.admin_does("done", task="update_mobile")
    story.forgets()
    return story


def test_a_reset_soon_after_a_new_number_needs_two_admins(two_admins: People) -> None:
    story = number_changed(two_admins)
    story.waits(days=6)
    story.receives(JANE, "Password", FORGOT)
    assert "high_risk" in story.ticket(2).flags
    assert story.tasks(2) == ["check_identity", "second_check"]
    story.admin_does("done", 2, task="check_identity", by=ADMIN)
    with pytest.raises(ActError, match="another admin"):
        story.admin_does("done", 2, task="reset_password", by=SECOND_ADMIN)
    story.admin_does("done", 2, task="second_check", by=SECOND_ADMIN)
    story.admin_does("done", 2, task="reset_password", by=ADMIN)
    assert story.state("password", 2) == "done"


def test_one_admin_cannot_check_twice(two_admins: People) -> None:
    story = number_changed(two_admins)
    story.receives(JANE, "Password", FORGOT)
    story.admin_does("done", 2, task="check_identity", by=ADMIN)
    with pytest.raises(ActError, match="another admin"):
        story.admin_does("done", 2, task="second_check", by=ADMIN)


def test_a_return_soon_after_a_new_number_needs_two_admins(two_admins: People) -> None:
    story = number_changed(two_admins)
    story.receives(JANE_AT_HOME, "Back", BACK + " My account is jane.smith@nhs.net.")
    assert story.tasks(2) == ["check_identity", "second_check"]


def test_after_a_week_one_admin_is_enough(two_admins: People) -> None:
    story = number_changed(two_admins)
    story.waits(days=8)
    story.receives(JANE, "Password", FORGOT)
    assert story.tasks(2) == ["check_identity"]


def test_a_second_check_that_fails_ends_it(two_admins: People) -> None:
    story = number_changed(two_admins)
    story.receives(JANE, "Password", FORGOT)
    story.admin_does("refuse", 2, task="second_check", by=SECOND_ADMIN)
    assert story.state("password", 2) == "refused"
    assert story.told(JANE)[-1] == "refused"


def test_a_number_changed_while_a_reset_waits_makes_the_reset_risky(two_admins: People) -> None:
    story = Story("2026-03-02 10:00", people=two_admins)
    story.receives(JANE, "Password", FORGOT)
    story.receives(JANE, "Mobile", NEW_NUMBER)
    story.admin_does("done", 2, task="check_identity")
    story.admin_does("done", 2, task="update_mobile")
    assert "high_risk" in story.ticket(1).flags


@pytest.mark.parametrize("who", [JANE, JANE_AT_HOME])
def test_it_works_now_closes_the_case_and_drops_its_task(who: str) -> None:
    story = Story("2026-03-02 10:00")
    story.receives(who, "Password", FORGOT)
    letter = story.letters_to(who)[0]
    text = "It works now, thank you. Nothing left to do."
    story.receives(who, f"RE: {letter.subject}", text, answers=letter)
    assert story.state("password") == "helped"
    assert story.ticket().closed
    story.until("2026-03-12 12:00")
    assert story.told(who) == ["password/reset"]


@pytest.mark.parametrize(
    "text", ["Thank you.", "Thanks, but it still does not work.", "Thank you, I will try."]
)
def test_thanks_alone_closes_nothing(text: str) -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE, "Password", FORGOT)
    letter = story.letters_to(JANE)[0]
    story.receives(JANE, f"RE: {letter.subject}", text, answers=letter)
    assert story.state("password") == "identity"


@pytest.mark.parametrize("text", ["Jane rang from the number on record", "number matched"])
def test_a_call_from_the_number_on_record_is_contact(text: str) -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE_AT_HOME, "Password", FORGOT)
    story.admin_does("call", text=text)
    story.until("2026-03-16 12:00")
    assert story.told(HERS) == ["password/reset"]
    assert story.ticket().open
    story.admin_does("done", task="check_identity")
    assert story.tasks() == ["reset_password"]


@pytest.mark.parametrize("text", ["she rang", "the number did not match the number on record", "not matched"])
def test_any_other_call_is_none(text: str) -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE_AT_HOME, "Password", FORGOT)
    story.admin_does("call", text=text)
    assert story.state("password") == "identity"
