"""Directory, new account and duplicate: a short way each."""

from __future__ import annotations

from tests.stories.mails import JANE, JANE_AT_HOME
from tests.stories.story import ADMIN, Story, plain
from tests.stories.texts import HIDE, MARKED, NO_ACCOUNT, TWICE

JANES, HERS = "jane.smith@nhs.net", "jane.smith@gmail.example"


def test_directory_is_closed_with_its_answer_and_reopened_by_a_reply() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE, "People Finder", HIDE)
    answer = story.sent("directory/answer", JANES)
    assert "hidden" in answer.text
    assert story.ticket().closed
    story.waits(days=5)
    assert (
        story.receives(JANE, f"RE: {answer.subject}", "Could you explain where I find that?", answers=answer)
        == 1
    )
    assert story.ticket().open


def test_new_account_is_told_how_to_apply_and_asked_once_more() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE_AT_HOME, "Account", NO_ACCOUNT)
    assert "used only once in the portal" in plain(story.sent("new_account/apply", HERS))
    story.until("2026-04-01 12:00")
    assert story.when("new_account/reminder", HERS) == ["2026-03-09 09:00"]
    assert story.state("new_account") == "silent"
    assert story.ticket().closed_because == "20 working days without news"


def test_who_turns_out_to_have_an_account_gets_the_joiner_guidance() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE_AT_HOME, "Account", NO_ACCOUNT)
    apply = story.sent("new_account/apply", HERS)
    story.forgets()
    text = "I do have an NHSmail account from my old trust. " + MARKED.format("27 February 2026")
    story.receives(JANE_AT_HOME, f"RE: {apply.subject}", text, answers=apply)
    assert story.state("new_account") == "has_account"
    assert story.told(JANE_AT_HOME) == ["joiner/confirmed_general"]


def test_duplicate_is_decided_by_an_admin_and_told() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE, "Two accounts", TWICE)
    letter = story.sent("duplicate/received", JANES)
    assert "do not apply again" in letter.text
    story.until("2026-03-03 12:00")
    assert story.when("admin/reminder", ADMIN) == ["2026-03-03 09:00"]
    story.admin_does("done", task="resolve_duplicate", text="Keep the older one.")
    assert "Keep the older one." in plain(story.sent("duplicate/decided", JANES))
