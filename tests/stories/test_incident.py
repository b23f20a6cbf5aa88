"""Incident: the sender is told to call now, and admins hear of it at any hour."""

from __future__ import annotations

from tests.stories.mails import JANE
from tests.stories.story import ADMIN, Story, plain
from tests.stories.texts import CLICKED

JANES = "jane.smith@nhs.net"


def reported(starts: str) -> Story:
    story = Story(starts)
    story.receives(JANE, "Phishing", CLICKED)
    return story


def test_at_night_both_letters_go_at_once() -> None:
    story = reported("2026-03-07 23:30")
    assert story.when("incident/call_now", JANES) == ["2026-03-07 23:30"]
    assert story.when("admin/incident", ADMIN) == ["2026-03-07 23:30"]
    assert "0333 200 1133" in plain(story.sent("incident/call_now"))
    assert story.tasks() == ["triage"]


def test_admins_hear_hourly_in_working_hours_until_one_takes_it() -> None:
    story = reported("2026-03-06 15:30")
    story.until("2026-03-09 11:30")
    assert story.when("admin/incident") == ["2026-03-06 15:30", "2026-03-06 16:30", "2026-03-09 09:00",
                                            "2026-03-09 10:00", "2026-03-09 11:00"]  # fmt: skip
    story.admin_does("take", task="triage")
    story.until("2026-03-09 16:59")
    assert len(story.when("admin/incident")) == 5


def test_an_admin_ends_it() -> None:
    story = reported("2026-03-06 15:30")
    story.admin_does("done", task="triage")
    assert story.state("incident") == "dealt_with"
    assert story.ticket().closed


def test_what_was_no_incident_after_all_ends_with_the_triage() -> None:
    story = reported("2026-03-06 15:30")
    story.admin_does("triage", intents=("password_reset",))
    assert story.state("incident") == "dealt_with"
    assert story.state("password") == "identity"
    story.until("2026-03-10 12:00")
    assert len(story.when("admin/incident")) == 1


def test_a_forged_report_writes_to_nobody() -> None:
    story = Story("2026-03-06 15:30")
    story.receives(JANE, "Phishing", CLICKED, proven=False)
    assert story.letters == []
    assert story.tasks() == ["triage"]


def test_an_incident_that_is_given_back_alerts_once_and_then_hourly() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE, "Help", CLICKED)
    story.waits(minutes=90)
    story.admin_does("take")
    story.until("2026-03-03 11:30")
    story.forgets()
    story.admin_does("release")
    story.until("2026-03-03 13:45")
    assert story.when("admin/incident") == ["2026-03-03 11:30", "2026-03-03 12:30", "2026-03-03 13:30"]


def test_what_is_no_incident_after_all_is_closed_by_refusing_to_read_it_as_one() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE, "Help", CLICKED)
    story.admin_does("refuse", task="triage")
    assert story.ticket().closed
