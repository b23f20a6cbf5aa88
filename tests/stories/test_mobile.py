"""Mobile: a new, lost or removed number."""

from __future__ import annotations

import pytest

from mailbot.core.fact import ActError
from tests.stories.mails import JANE, JANE_AT_HOME
from tests.stories.story import ADMIN, Story, plain
from tests.stories.texts import NEW_NUMBER

JANES = "jane.smith@nhs.net"


def changed() -> Story:
    story = Story("2026-03-02 10:00")
    story.receives(JANE, "Mobile", NEW_NUMBER)
    return story


def test_she_can_change_it_herself_and_no_digit_is_repeated() -> None:
    text = plain(changed().sent("mobile/change", JANES))
    assert "you can change your mobile number there yourself" in text
    assert "900433" not in text
    assert "Please do not remove your number" in text


def test_the_old_number_proves_her_and_the_new_one_is_set() -> None:
    story = changed()
    story.admin_does("done", task="check_identity")
    assert story.task("update_mobile").missing == ()
    story.admin_does("done", task="update_mobile")
    assert story.sent("mobile/done", JANES)
    account = story.account(JANES)
    assert account is not None
    assert account.mobile_changed == story.now


def test_a_lost_old_number_needs_a_second_check_with_the_lead() -> None:
    story = changed()
    story.admin_does("refuse", task="check_identity")
    assert story.tasks() == ["second_check"]
    assert story.sent("mobile/second_check", JANES)
    story.admin_does("done", task="second_check")
    assert story.tasks() == ["update_mobile"]


def test_it_is_reminded_of_and_closed_like_a_password() -> None:
    story = changed()
    story.until("2026-03-10 12:00")
    assert story.when("admin/reminder", ADMIN) == ["2026-03-02 16:30"]
    assert story.when("mobile/reminder", JANES) == ["2026-03-03 09:00"]
    assert story.state("mobile") == "silent"


@pytest.mark.parametrize(
    "text",
    [
        "My mobile number has changed and I no longer have access to my old mobile number. "
        "Please update the mobile number on my NHSmail account.",
        "I have lost my old mobile number. Please update my mobile number to 07700 900433.",
    ],
)
def test_who_says_that_the_old_number_is_lost_is_checked_in_another_way_at_once(text: str) -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE_AT_HOME, "Mobile", text)
    assert story.told(JANE_AT_HOME) == ["mobile/second_check"]
    assert story.tasks() == ["second_check"]


def test_who_says_so_in_reply_is_checked_in_another_way_too() -> None:
    story = changed()
    letter = story.sent("mobile/change", JANES)
    story.receives(JANE, f"RE: {letter.subject}", "I have lost the old number.", answers=letter)
    assert story.tasks() == ["second_check"]


@pytest.mark.parametrize("number", ["020 7946 0000", "+1 202 555 0143", "070 1234 5678", "none"])
def test_what_is_no_uk_mobile_number_is_refused(number: str) -> None:
    story = changed()
    story.admin_does("done", task="check_identity")
    with pytest.raises(ActError, match="a mobile number in the UK"):
        story.admin_does("done", task="update_mobile", values={"mobile": number})
    story.admin_does("done", task="update_mobile", values={"mobile": "+44 7700 900 433"})
    assert story.state("mobile") == "done"


def test_it_works_closes_the_case() -> None:
    story = changed()
    letter = story.sent("mobile/change", JANES)
    story.receives(JANE, f"RE: {letter.subject}", "Thank you, it works now.", answers=letter)
    assert story.state("mobile") == "helped"
    assert story.ticket().closed
