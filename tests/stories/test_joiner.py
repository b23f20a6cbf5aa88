"""Joiner: an account comes to the independent midwives' group, told from both ends and in any order."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from mailbot.core.fact import ActError
from mailbot.core.reminder import next_due
from tests.stories.mails import JANE, JANE_AT_HOME, LEAD, ROSE, forwarded
from tests.stories.story import ADMIN, LEAD_ADDRESS, Story, at, plain, shipped
from tests.stories.texts import ASKS_HOW, CLAIMS, LEAD_ASKS, LEAD_ASKS_BARELY, MARKED

JANES = "jane.smith@nhs.net"


def marked(starts: str, day: str) -> Story:
    """Jane told us from her own account on which day it was marked as a leaver."""
    story = Story(starts)
    story.receives(JANE, "Marked as a leaver", MARKED.format(day))
    return story


@pytest.mark.parametrize(
    ("starts", "day", "deadline", "act_by"),
    [
        ("2027-03-01 10:00", "27 February 2027", date(2027, 3, 29), "2027-03-23 17:00"),
        ("2026-11-25 12:00", "25 November 2026", date(2026, 12, 25), "2026-12-22 17:00"),
        ("2026-11-30 09:30", "28 November 2026", date(2026, 12, 28), "2026-12-22 17:00"),
    ],
)
def test_the_three_examples_hold_to_the_minute(starts: str, day: str, deadline: date, act_by: str) -> None:
    story = marked(starts, day)
    clock = story.clock("leaver", JANES)
    assert (clock.deadline, clock.assumed) == (deadline, False)
    assert story.bot.desk.calendar.act_by(deadline) == at(act_by)


def test_easter_the_letters_go_before_the_closed_days() -> None:
    story = marked("2027-03-01 10:00", "27 February 2027")
    story.until("2027-04-01 12:00")
    assert story.when("joiner/reminder", JANES) == [
        "2027-03-08 09:00",
        "2027-03-15 09:00",
        "2027-03-22 09:00",
    ]
    assert story.when("joiner/reminder_lead", LEAD_ADDRESS) == story.when("joiner/reminder", JANES)
    assert story.when("admin/deadline") == ["2027-03-22 09:00", "2027-03-24 09:00", "2027-03-25 09:00"]
    assert story.when("admin/escalation") == ["2027-03-23 16:00"]


def test_christmas_the_letters_go_before_the_closed_days() -> None:
    story = marked("2026-11-25 12:00", "25 November 2026")
    story.until("2026-12-25 00:00")
    assert story.when("joiner/reminder", JANES) == [
        "2026-12-02 09:00",
        "2026-12-09 09:00",
        "2026-12-16 09:00",
    ]
    assert story.when("admin/deadline") == ["2026-12-18 09:00", "2026-12-21 09:00", "2026-12-22 09:00",
                                            "2026-12-23 09:00", "2026-12-24 09:00"]  # fmt: skip
    assert story.when("admin/escalation") == ["2026-12-22 16:00"]


def test_a_substitute_day_is_a_closed_day() -> None:
    story = marked("2026-11-30 09:30", "28 November 2026")
    story.until("2027-01-02 12:00")
    assert story.when("admin/escalation") == ["2026-12-22 16:00"]
    assert max(story.when("admin/deadline")) == "2026-12-24 09:00"
    assert story.when("admin/restore")[0] == "2026-12-29 09:00"


def test_a_first_question_gets_the_four_steps() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE, "Joining", ASKS_HOW)
    letter = story.sent("joiner/advice", JANES)
    assert "Please do not apply for another account" in letter.text
    assert LEAD_ADDRESS in letter.text
    assert "0333 200 1133" in letter.text
    assert "[IM-000001]" in letter.subject
    assert story.state("joiner") == "advised"


def test_her_confirmation_starts_the_clock_and_names_the_date_and_who_is_not_told() -> None:
    story = marked("2026-03-02 10:00", "27 February 2026")
    letter = story.sent("joiner/confirmed", JANES)
    assert "Sunday 29 March 2026" in letter.text
    assert "the deputy regional maternity lead" in letter.text
    assert story.clock("leaver", JANES).starts == date(2026, 2, 27)


def test_nobody_is_missing_where_the_lead_was_addressed() -> None:
    story = Story("2026-03-02 10:00")
    to = "helpdesk@nhs.net, england.indmidwives@nhs.net"
    story.receives(JANE, "Marked", MARKED.format("27 February 2026"), to=to)
    assert "You have told everybody who needs to know" in plain(story.sent("joiner/confirmed"))


def test_who_was_told_by_an_earlier_mail_is_not_missing_later() -> None:
    story = Story("2026-03-02 10:00")
    to = "england.indmidwives@nhs.net"
    story.receives(JANE, "Marked", MARKED.format("26 February 2026"), to=to, mailbox="regional")
    story.waits(days=1)
    story.forgets()
    story.receives(JANE, "Marked", MARKED.format("27 February 2026"))
    assert "You have told everybody" in plain(story.sent("joiner/confirmed", JANES))


def test_a_confirmation_without_a_date_is_assumed_and_says_so() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE, "Marked", "My old trust has marked my account as a leaver.")
    clock = story.clock("leaver", JANES)
    assert (clock.starts, clock.assumed) == (date(2026, 3, 2), True)
    assert "The real date may be sooner" in plain(story.sent("joiner/confirmed", JANES))


def test_a_few_words_in_reply_make_an_assumed_date_known() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE, "Marked", "My old trust has marked my account as a leaver.")
    asked = story.sent("joiner/confirmed", JANES)
    story.waits(days=1)
    story.forgets()
    story.receives(JANE, f"RE: {asked.subject}", "It was 26 February 2026.", answers=asked)
    clock = story.clock("leaver", JANES)
    assert (clock.starts, clock.assumed) == (date(2026, 2, 26), False)
    assert "Saturday 28 March 2026" in plain(story.sent("joiner/confirmed", JANES))


def test_the_lead_s_forward_joins_her_case_and_gives_the_task() -> None:
    story = marked("2026-03-02 10:00", "27 February 2026")
    story.waits(days=2)
    text = forwarded(
        "My account jane.smith@nhs.net was marked as a leaver on 27 February 2026.\n\nJane Smith",
        by=JANE, subject="Marked", sent="01 March 2026 10:00",
        cover="Please mark Jane's account as a joiner to the independent midwives group.",
    )  # fmt: skip
    assert story.receives(LEAD, "FW: Marked", text) == 1
    assert story.state("joiner") == "requested"
    task = story.task("mark_joiner")
    assert task.missing == ()
    assert "So far: the regional lead's request" in task.evidence
    assert story.told(LEAD) == ["joiner/requested_lead"]
    assert story.told(JANE)[-1] == "joiner/requested"


def test_a_forward_without_a_word_of_cover_joins_her_case_and_waits_for_a_person() -> None:
    story = marked("2026-03-02 10:00", "27 February 2026")
    text = forwarded(
        "My account jane.smith@nhs.net was marked as a leaver on 27 February 2026.\n\nJane Smith",
        by=JANE, subject="Marked", sent="01 March 2026 10:00",
    )  # fmt: skip
    assert story.receives(LEAD, "FW: Marked", text) == 1
    assert story.tasks() == ["triage"]
    story.admin_does("triage", intents=("joiner_request",))
    assert [r.workflow for r in story.ticket().requests] == ["joiner"]
    assert story.state("joiner") == "requested"


def test_what_the_lead_leaves_out_is_asked_of_her_and_her_few_words_fill_it_in() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(LEAD, "Joiner", LEAD_ASKS_BARELY)
    asked = story.sent("joiner/requested_lead", LEAD_ADDRESS)
    assert "the midwife's full name" in asked.text
    assert "the organisation that the account comes from" in asked.text
    assert story.task("mark_joiner").missing == ("name", "old_organisation")
    answer = "Her old organisation was Barchester Hospitals NHS Trust."
    story.receives(LEAD, f"RE: {asked.subject}", answer, answers=asked)
    assert story.task("mark_joiner").missing == ("name",)
    assert story.told(JANE) == ["joiner/requested"]


def test_two_midwives_in_one_mail_of_the_lead_are_for_a_person() -> None:
    story = Story("2026-03-02 10:00")
    both = "Please mark jane.smith@nhs.net and rose.hartley@nhs.net as joiners to our group."
    story.receives(LEAD, "Joiners", both)
    assert story.tasks() == ["triage"]
    assert story.told(LEAD) == ["receipt"]
    assert story.letters_to(JANE) == story.letters_to(ROSE) == []


def test_a_lead_who_only_looks_like_her_gets_a_receipt_and_moves_nothing() -> None:
    story = marked("2026-03-02 10:00", "27 February 2026")
    fraud = "Lead <england.indmidwives@nhs.net.example>"
    number = story.receives(fraud, "Joiner", LEAD_ASKS.format("27 February 2026"))
    assert number == 2
    assert story.tasks(2) == ["triage"]
    assert story.told(fraud) == ["receipt"]
    assert story.state("joiner", 1) == "confirmed"
    assert "jane" not in story.letters_to(fraud)[0].text.lower()


def test_a_forged_lead_gets_nothing_at_all() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(LEAD, "Joiner", LEAD_ASKS.format("27 February 2026"), proven=False)
    assert story.letters == []
    assert story.tasks() == ["triage"]


def test_an_admin_cannot_make_a_forged_request_the_lead_s() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(LEAD, "Joiner", LEAD_ASKS.format("27 February 2026"), proven=False)
    with pytest.raises(ActError, match="only the regional lead can ask"):
        story.admin_does("triage", intents=("joiner_request",))


def test_a_delegate_may_ask_and_the_lead_s_first_address_is_told() -> None:
    people = replace(shipped()[0].people, regional_lead=(LEAD_ADDRESS, "delegate@nhs.net"))
    story = Story("2026-03-02 10:00", people=people)
    story.receives("Dee Legate <delegate@nhs.net>", "Joiner", LEAD_ASKS.format("27 February 2026"))
    assert story.state("joiner") == "requested"
    assert story.told(LEAD) == ["joiner/requested_lead"]


def test_the_lead_first_then_the_midwife_is_one_case() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(LEAD, "Joiner", LEAD_ASKS_BARELY)
    assert story.clock("leaver", JANES).assumed
    story.waits(days=1)
    assert story.receives(JANE, "Marked", MARKED.format("27 February 2026")) == 1
    assert story.clock("leaver", JANES).starts == date(2026, 2, 27)
    assert not story.clock("leaver", JANES).assumed
    assert story.state("joiner") == "requested"
    assert story.task("mark_joiner").missing == ()


def test_two_cases_of_one_account_become_one_when_the_lead_names_it() -> None:
    story = marked("2026-03-02 10:00", "27 February 2026")
    story.receives(LEAD, "Joiner", "Please mark the midwife that I told you of on the phone as a joiner.")
    assert story.tasks(2) == ["mark_joiner"]
    asked = story.sent("joiner/requested_lead")
    story.receives(LEAD, f"RE: {asked.subject}", "It is Jane Smith, jane.smith@nhs.net.", answers=asked)
    assert story.ticket(1).closed
    story.forgets()
    story.until("2026-03-10 12:00")
    assert story.told(LEAD) == ["joiner/details_lead"]
    assert story.letters_to(LEAD)[0].ticket == 2


def test_please_go_ahead_in_reply_to_a_reminder_is_the_request() -> None:
    story = marked("2026-03-02 10:00", "27 February 2026")
    story.until("2026-03-06 12:00")
    reminder = story.sent("joiner/reminder_lead", LEAD_ADDRESS)
    assert "Jane Smith" in reminder.subject
    assert "Sunday 29 March 2026" in reminder.text
    story.receives(LEAD, f"RE: {reminder.subject}", "Please go ahead.", answers=reminder)
    assert story.state("joiner") == "requested"
    assert story.task("mark_joiner").missing == ()
    assert story.told(LEAD)[-1] == "joiner/requested_lead"
    story.until("2026-03-30 12:00")
    story.admin_does("done", task="restore_account")
    assert story.state("joiner") == "requested"  # she need not ask again


def test_a_mail_of_the_lead_at_night_tells_the_midwife_nothing_of_hours() -> None:
    story = Story("2026-03-02 22:00")
    story.receives(LEAD, "Joiner", LEAD_ASKS.format("27 February 2026"))
    assert "Tuesday 3 March at 9am" in plain(story.sent("joiner/requested_lead"))
    assert "outside our working hours" not in plain(story.sent("joiner/requested"))


def test_a_whole_request_in_reply_to_a_reminder_is_the_request_too() -> None:
    story = marked("2026-03-02 10:00", "2 March 2026")
    story.until("2026-03-09 09:00")
    reminder = story.sent("joiner/reminder_lead", LEAD_ADDRESS)
    story.receives(LEAD, f"RE: {reminder.subject}", LEAD_ASKS, answers=reminder)
    assert story.task("mark_joiner").open
    assert story.sent("joiner/requested_lead", LEAD_ADDRESS)


def test_go_ahead_from_anybody_else_is_no_request() -> None:
    story = marked("2026-03-02 10:00", "27 February 2026")
    story.until("2026-03-06 12:00")
    reminder = story.sent("joiner/reminder_lead", LEAD_ADDRESS)
    story.receives(ROSE, f"RE: {reminder.subject}", "Please go ahead.", answers=reminder)
    assert story.state("joiner") == "confirmed"


def test_not_yet_from_the_lead_is_no_request() -> None:
    story = marked("2026-03-02 10:00", "27 February 2026")
    story.until("2026-03-06 12:00")
    reminder = story.sent("joiner/reminder_lead", LEAD_ADDRESS)
    story.receives(LEAD, f"RE: {reminder.subject}", "Please do not go ahead yet.", answers=reminder)
    assert story.state("joiner") == "confirmed"


def test_an_outsider_s_claim_is_held_by_the_request_and_reaches_only_admins() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE_AT_HOME, "Marked", CLAIMS.format("27 February 2026"))
    assert story.claimed_clock("leaver").assumed
    assert story.account(JANES) is None
    letter = story.sent("joiner/confirmed_general")
    for secret in ("Jane", "jane.smith@nhs.net", "2026", "Barchester"):
        assert secret not in letter.text
    story.until("2026-03-30 09:00")
    assert story.letters_to(LEAD) == story.letters_to(JANE) == []
    assert story.when("admin/escalation", ADMIN) == ["2026-03-25 16:00"]
    assert len(story.when("admin/deadline", ADMIN)) >= 3


def test_the_lead_s_request_moves_the_claim_to_the_account() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE_AT_HOME, "Marked", CLAIMS.format("27 February 2026"))
    assert story.receives(LEAD, "Joiner", LEAD_ASKS_BARELY) == 1
    clock = story.clock("leaver", JANES)
    assert clock.starts == date(2026, 2, 27)
    assert not [c for r in story.ticket().requests for c in r.clocks if c.running]


def test_an_admin_s_word_moves_the_claim_to_the_account() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE_AT_HOME, "Marked", CLAIMS.format("27 February 2026"))
    story.admin_does("set", values={"leaver_date": "2026-02-25"})
    clock = story.clock("leaver", JANES)
    assert (clock.starts, clock.assumed) == (date(2026, 2, 25), False)
    story.until("2026-03-04 12:00")
    assert story.when("joiner/reminder_lead") == ["2026-03-04 09:00"]


def test_done_tells_both_and_ends_the_clock() -> None:
    story = marked("2026-03-02 10:00", "27 February 2026")
    story.receives(LEAD, "Joiner", LEAD_ASKS.format("27 February 2026"))
    story.forgets()
    story.admin_does("done", task="mark_joiner")
    assert story.told(JANE) == ["joiner/joined"]
    assert story.told(LEAD) == ["joiner/joined_lead"]
    account = story.account(JANES)
    assert account is not None
    assert account.clock("leaver") is None
    assert story.ticket().closed
    story.forgets()
    story.until("2026-05-01 12:00")
    assert story.letters == []


def test_a_task_with_something_missing_is_not_done() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(LEAD, "Joiner", LEAD_ASKS_BARELY)
    with pytest.raises(ActError, match="name, old_organisation"):
        story.admin_does("done", task="mark_joiner")
    story.admin_does(
        "done", task="mark_joiner", values={"name": "Jane Smith", "old_organisation": "Barchester"}
    )
    assert story.state("joiner") == "joined"


def test_refused_is_told_to_both_with_the_admin_s_words() -> None:
    story = marked("2026-03-02 10:00", "27 February 2026")
    story.receives(LEAD, "Joiner", LEAD_ASKS.format("27 February 2026"))
    story.admin_does("refuse", task="mark_joiner", text="The account is still in use at Barchester.")
    assert "still in use" in plain(story.sent("refused", JANES))
    assert "still in use" in plain(story.sent("joiner/refused_lead", LEAD_ADDRESS))


def test_the_account_is_restored_within_its_window() -> None:
    story = marked("2027-03-01 10:00", "27 February 2027")
    story.until("2027-03-30 12:00")
    assert story.state("joiner") == "expired"
    assert story.tasks() == ["restore_account"]
    assert story.when("admin/restore") == ["2027-03-30 09:00"]
    assert "Wednesday 28 April 2027" in plain(story.sent("joiner/expired", JANES))
    story.until("2027-04-27 12:00")
    # +7, +14, +21 days and at `act by`, which is Friday 23 April
    assert story.when("admin/restore")[1:] == ["2027-04-05 09:00", "2027-04-12 09:00", "2027-04-19 09:00",
                                               "2027-04-23 16:00"]  # fmt: skip
    story.admin_does("done", task="restore_account")
    assert story.state("joiner") == "confirmed"
    assert story.clock("leaver", JANES).starts == date(2027, 4, 27)


def test_after_the_window_only_a_new_account_is_left() -> None:
    story = marked("2027-03-01 10:00", "27 February 2027")
    story.until("2027-04-29 12:00")
    assert story.state("joiner") == "lost"
    assert story.sent("joiner/lost", JANES)
    assert story.ticket().closed


def test_a_bank_holiday_announced_later_moves_what_is_still_to_come() -> None:
    story = marked("2026-03-02 10:00", "27 February 2026")
    story.until("2026-03-10 12:00")
    story.closes_on(date(2026, 3, 25), date(2026, 3, 23))
    story.until("2026-03-30 09:00")
    assert "2026-03-23 09:00" not in story.when("admin/deadline")
    assert story.when("admin/escalation") == ["2026-03-24 16:00"]


def test_a_corrected_date_moves_every_reminder() -> None:
    story = marked("2026-03-02 10:00", "27 February 2026")
    story.until("2026-03-06 12:00")
    story.admin_does("set", values={"leaver_date": "2026-03-02"})
    story.until("2026-03-10 12:00")
    assert story.when("joiner/reminder_lead") == ["2026-03-06 09:00", "2026-03-09 09:00"]


def test_a_leaver_date_of_another_year_is_for_a_person() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE, "Marked", MARKED.format("27 February 2025"))
    assert story.tasks() == ["triage"]
    assert story.told(JANE) == ["receipt"]


def test_her_mail_to_the_lead_s_mailbox_is_answered_from_the_helpdesk() -> None:
    story = Story("2026-03-02 10:00")
    to = "england.indmidwives@nhs.net"
    story.receives(JANE, "Marked", MARKED.format("27 February 2026"), to=to, mailbox="regional")
    assert story.told(JANE) == ["joiner/confirmed"]
    assert story.bot.desk.people.ours == "helpdesk@nhs.net"


@pytest.mark.parametrize("who", [JANE, JANE_AT_HOME])
def test_what_is_told_after_the_deadline_gets_one_letter_and_the_task_to_restore(who: str) -> None:
    story = Story("2026-03-29 10:00")
    story.receives(who, "My account", CLAIMS.format("27 February 2026"))
    story.until("2026-03-30 12:00")
    assert story.told(who) == ["joiner/expired"]
    assert story.when("joiner/expired") == ["2026-03-29 10:00"]
    assert story.tasks() == ["restore_account"]
    assert story.when("admin/restore", ADMIN)


def test_the_lead_who_asks_after_the_deadline_is_told_so_and_the_account_is_to_be_restored() -> None:
    story = Story("2026-03-30 10:00")
    story.receives(LEAD, "Joiner", LEAD_ASKS.format("27 February 2026"))
    story.until("2026-03-30 12:00")
    assert story.told(JANE) == ["joiner/expired"]
    assert story.tasks() == ["restore_account"]
    story.admin_does("done", task="restore_account")
    assert story.tasks() == ["mark_joiner"]


def test_the_leads_chase_is_answered_from_the_case_in_words_for_her() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(LEAD, "Joiner", LEAD_ASKS.format("27 February 2026"))
    story.waits(days=2)
    letter = story.sent("joiner/requested_lead")
    story.receives(LEAD, f"RE: {letter.subject}", "Any news on this please?", answers=letter)
    text = plain(story.sent("joiner/chase_lead", LEAD_ADDRESS))
    assert "The next step is with our team" in text
    assert "Sunday 29 March 2026" in text
    assert "your account" not in text
    assert "triage" not in story.tasks()


def test_a_leader_who_names_no_leaver_date_is_asked_for_it_and_can_give_it_in_few_words() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(LEAD, "Joiner", LEAD_ASKS_BARELY)
    letter = story.sent("joiner/requested_lead", LEAD_ADDRESS)
    assert "the date on which the account was marked as a leaver" in plain(letter)
    assert "leaver_date" not in story.task("mark_joiner").missing
    assert story.clock("leaver", JANES).assumed
    story.receives(LEAD, f"RE: {letter.subject}", "It was 26 February 2026.", answers=letter)
    assert story.clock("leaver", JANES).starts == date(2026, 2, 26)
    assert not story.clock("leaver", JANES).assumed


def test_admins_read_no_words_meant_for_the_midwife() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE, "Move", MARKED.format("27 February 2026"))
    story.until("2026-03-28 12:00")
    escalation = story.sent("admin/escalation", ADMIN)
    assert "Late: moving an account to the independent midwives group" in escalation.subject
    assert not [x for x in story.letters_to(ADMIN) if "your account" in x.text.lower()]


def test_the_lead_is_reminded_of_details_until_they_are_there() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(LEAD, "Joiner", LEAD_ASKS_BARELY)
    story.until("2026-03-10 12:00")
    assert story.when("joiner/details_lead", LEAD_ADDRESS) == ["2026-03-09 09:00"]
    story.admin_does(
        "set",
        values={"name": "Jane Smith", "old_organisation": "Barchester", "leaver_date": "2026-03-01"},
    )
    story.until("2026-03-20 12:00")
    assert len(story.when("joiner/details_lead", LEAD_ADDRESS)) == 1


def test_the_queue_says_in_words_what_comes_next() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE, "Move", MARKED.format("27 February 2026"))

    def coming() -> str:
        accounts = {a.id: a} if (a := story.account(JANES)) else {}
        wake = next_due(story.ticket(), accounts, story.bot.desk)
        return wake.what if wake else ""

    assert coming() in ("reminder to the midwife", "reminder to the regional lead")
    story.until("2026-03-23 12:00")
    assert coming() == "reminder to the admins"
    story.until("2026-03-28 12:00")
    assert coming() == "the account will be deleted"
