"""Re-enable: a midwife is back, and is known by her registered mobile number alone."""

from __future__ import annotations

from tests.stories.mails import JANE_AT_HOME
from tests.stories.story import ADMIN, Story, plain
from tests.stories.texts import BACK

HERS = "jane.smith@gmail.example"


def back() -> Story:
    story = Story("2026-03-02 10:00")
    story.receives(JANE_AT_HOME, "Back", BACK)
    return story


def test_she_has_to_call_from_the_registered_number() -> None:
    story = back()
    assert "mobile number that is registered" in plain(story.sent("reenable/call", HERS))
    assert story.tasks() == ["check_identity"]


def test_she_is_reminded_after_2_working_days_and_closed_after_10() -> None:
    story = back()
    story.until("2026-03-20 12:00")
    assert story.when("reenable/reminder") == ["2026-03-04 09:00"]
    assert story.state("reenable") == "silent"
    closed = story.ticket().closed
    assert closed is not None
    assert f"{closed:%Y-%m-%d %H:%M}" == "2026-03-16 09:00"


def test_a_call_that_matched_is_evidence_for_the_next_task() -> None:
    story = back()
    story.admin_does("call", text="rang from the number on record", values={"matched": "true"})
    assert any("registered mobile number" in line for line in story.task("check_identity").evidence)
    story.admin_does("done", task="check_identity")
    told = " ".join(story.task("reenable_account").evidence)
    assert f"Spoken to on the registered mobile number: {ADMIN}" in told


def test_a_call_that_did_not_match_proves_nothing() -> None:
    story = back()
    story.admin_does("call", text="rang, number not matched")
    assert not any("Spoken" in line for line in story.task("check_identity").evidence)


def test_done_tells_her_to_log_in_soon() -> None:
    story = back()
    story.admin_does("done", task="check_identity")
    story.admin_does("done", task="reenable_account", values={"account": "jane.smith@nhs.net"})
    letter = story.sent("reenable/done", HERS)
    assert "log in to NHSmail soon" in letter.text
    assert "jane" not in letter.text.lower()


def test_an_identity_that_cannot_be_checked_is_refused_in_words() -> None:
    story = back()
    story.admin_does("refuse", task="check_identity", text="The caller is not known here, Jane.")
    assert "not known here" not in plain(story.sent("refused", HERS))
    assert story.ticket().closed
