"""Mobile: a new, lost or removed number."""

from __future__ import annotations

from tests.stories.mails import JANE
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
