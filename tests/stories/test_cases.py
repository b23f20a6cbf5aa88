"""What holds for every case: threads, hours, chases, withdrawals, both mailboxes, silence, modes and caps."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from mailbot.bot import Arrival
from mailbot.core.desk import Limits
from mailbot.core.event import Delivered, DeliveryStarted
from mailbot.core.fact import ActError
from mailbot.core.letter import Delivery
from mailbot.core.outcome import Refused
from tests.stories.mails import JANE, JANE_AT_HOME, LEAD, ROSE, bounce, mail
from tests.stories.story import ADMIN, Story, at, plain
from tests.stories.texts import (
    ABSENT,
    ASKS,
    ASKS_HOW,
    CHASES,
    FORGOT,
    HIDE,
    LEAD_ASKS,
    LOCKED,
    MARKED,
    NEW_NUMBER,
    OUT_OF_OFFICE,
    RETIRES,
    THANKS,
    WITHDRAWS,
)

if TYPE_CHECKING:
    from mailbot.core.letter import Letter

JANES, HERS = "jane.smith@nhs.net", "jane.smith@gmail.example"


def confirmed(starts: str = "2026-03-02 10:00", **desk: Any) -> Story:
    story = Story(starts, **desk)
    story.receives(JANE, "Marked", MARKED.format("27 February 2026"))
    return story


# --- hours ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arrives", "outside"),
    [
        ("2026-04-02 16:59", False),
        ("2026-04-02 17:00", True),
        ("2026-04-03 10:00", True),
        ("2026-04-07 09:00", False),
    ],
)
def test_out_of_hours_is_judged_by_arrival(arrives: str, outside: bool) -> None:
    story = Story(arrives)
    story.receives(JANE, "Joining", ASKS_HOW)
    text = plain(story.sent("joiner/advice"))
    assert ("Tuesday 7 April at 9am" in text) is outside


def test_a_mail_that_waited_over_night_is_still_judged_by_its_arrival() -> None:
    story = Story("2026-03-03 09:30")
    raw = mail(JANE, "Joining", ASKS_HOW, at=at("2026-03-02 17:00"), message_id="<late@mail.example>")
    story.receives_raw(raw, arrived="2026-03-02 17:00")
    assert "outside our working hours" in plain(story.sent("joiner/advice"))


def test_an_acknowledgement_goes_at_any_hour() -> None:
    story = Story("2026-12-25 03:14")
    story.receives(JANE, "Joining", ASKS_HOW)
    assert story.when("joiner/advice") == ["2026-12-25 03:14"]


# --- chase, thanks, withdrawal ----------------------------------------------------------------------


def test_a_chase_is_answered_from_the_case() -> None:
    story = confirmed()
    story.waits(days=2)
    assert story.receives(JANE, "Any news", CHASES) == 1
    text = plain(story.sent("chase", JANES))
    assert "Your old organisation has marked your account as a leaver" in text
    assert "The next step is with the deputy regional maternity lead" in text
    assert "Sunday 29 March 2026" in text


def test_a_chase_by_somebody_else_tells_nothing_of_the_case() -> None:
    story = confirmed()
    letter = story.sent("joiner/confirmed")
    number = story.receives(ROSE, f"RE: {letter.subject}", CHASES)
    assert number == 2
    assert "leaver" not in plain(story.letters_to(ROSE)[0])


def test_the_lead_may_ask_after_a_midwife_by_her_address() -> None:
    story = confirmed()
    assert story.receives(LEAD, "Any news", "Is there any news about my request for jane.smith@nhs.net?") == 1


def test_a_chase_without_a_case_is_an_enquiry() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE, "Any news", CHASES)
    assert story.state("enquiry") == "asked"
    assert story.told(JANE) == ["enquiry/received"]


def test_thanks_closes_nothing_that_waits_and_is_not_answered() -> None:
    story = confirmed()
    letter = story.sent("joiner/confirmed")
    story.receives(JANE, f"RE: {letter.subject}", THANKS, answers=letter)
    assert story.ticket().open
    assert story.state("joiner") == "confirmed"
    assert story.told(JANE) == ["joiner/confirmed"]


def test_thanks_without_a_case_is_a_closed_record() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE, "Thanks", THANKS)
    assert story.ticket().closed
    assert story.letters == []


def test_a_withdrawal_stops_the_reminders_and_asks_an_admin() -> None:
    story = confirmed()
    letter = story.sent("joiner/confirmed")
    story.forgets()
    assert story.receives(JANE, f"RE: {letter.subject}", WITHDRAWS, answers=letter) == 1
    assert story.tasks() == ["confirm_withdrawal"]
    story.until("2026-03-24 12:00")
    assert story.letters_to(JANE) == story.letters_to(LEAD) == []
    assert story.when("admin/deadline", ADMIN)
    story.admin_does("done", task="confirm_withdrawal")
    assert story.ticket().closed
    assert "may still be deleted on Sunday 29 March 2026" in plain(story.sent("withdrawal", JANES))


def test_a_withdrawal_that_was_none_lets_the_reminders_go_on() -> None:
    story = confirmed()
    story.receives(JANE, "My request", WITHDRAWS)
    story.admin_does("refuse", task="confirm_withdrawal")
    story.until("2026-03-06 12:00")
    assert story.when("joiner/reminder", JANES) == ["2026-03-06 09:00"]


# --- threads ----------------------------------------------------------------------------------------


def test_two_requests_in_one_mail_are_one_case_with_one_acknowledgement() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE, "Two things", f"{NEW_NUMBER}\n\n{ABSENT.format('30 March 2026')}")
    assert story.tasks() == ["check_identity", "disable_account"]
    [letter] = story.letters_to(JANE)
    assert set(letter.parts) == {"mobile/change", "disable/scheduled"}
    assert "2 things" in letter.text


def test_the_same_mail_in_both_mailboxes_is_one_case_and_one_answer() -> None:
    story = Story("2026-03-02 10:00")
    both = "helpdesk@nhs.net, england.indmidwives@nhs.net"
    story.receives(JANE, "Marked", MARKED.format("27 February 2026"), to=both, mailbox="regional")
    assert story.receives_again("helpdesk") == 1
    assert story.told(JANE) == ["joiner/confirmed"]
    assert story.bot.store.last_ticket() == 1


def test_a_reply_within_14_days_opens_the_case_again() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE, "People Finder", HIDE)
    answer = story.sent("directory/answer")
    story.waits(days=13, hours=23)
    assert story.receives(JANE, f"RE: {answer.subject}", HIDE, answers=answer) == 1


def test_a_later_reply_opens_a_new_case_that_links_the_old_one() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE, "People Finder", HIDE)
    answer = story.sent("directory/answer")
    story.waits(days=14)
    assert story.receives(JANE, f"RE: {answer.subject}", HIDE, answers=answer) == 2
    assert story.ticket(2).possibly == (1,)


def test_another_wish_without_a_thread_is_a_new_case() -> None:
    story = confirmed()
    assert story.receives(JANE, "Password", FORGOT) == 2
    assert story.ticket(2).possibly == (1,)


def test_a_subject_s_reference_alone_lets_no_stranger_in() -> None:
    story = confirmed()
    subject = story.sent("joiner/confirmed").subject
    assert story.receives(JANE_AT_HOME, f"RE: {subject}", CHASES) == 2
    assert "29 March" not in "".join(x.text for x in story.letters_to(JANE_AT_HOME))


# --- who must not be answered -------------------------------------------------------------------------


def test_automatic_mail_is_a_note_and_changes_nothing() -> None:
    story = confirmed()
    letter = story.sent("joiner/confirmed")
    before = story.ticket()
    headers = {"Auto-Submitted": "auto-replied"}
    assert (
        story.receives(
            JANE, f"Automatic reply: {letter.subject}", OUT_OF_OFFICE, answers=letter, headers=headers
        )
        == 1
    )
    after = story.ticket()
    assert after.requests == before.requests
    assert len(after.entries) == len(before.entries) + 1
    assert story.told(JANE) == ["joiner/confirmed"]


def test_automatic_mail_does_not_open_a_closed_case() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE, "People Finder", HIDE)
    answer = story.sent("directory/answer")
    headers = {"Auto-Submitted": "auto-replied"}
    story.receives(JANE, f"Automatic reply: {answer.subject}", OUT_OF_OFFICE, answers=answer, headers=headers)
    assert story.ticket().closed


def test_a_forged_nhsmail_sender_gets_nothing() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE, "Leaving", RETIRES.format("31 March 2026"), proven=False)
    assert story.letters == []
    assert story.tasks() == ["triage"]


def test_without_exchange_an_nhsmail_sender_is_answered_like_one_outside() -> None:
    story = Story("2026-03-02 10:00", exchange=False)
    story.receives(JANE, "Marked", MARKED.format("27 February 2026"), proven=False)
    assert story.told(JANE) == ["joiner/confirmed_general"]
    text = plain(story.letters_to(JANE)[0])
    assert "Jane" not in text
    assert "2026" not in text
    assert story.claimed_clock("leaver").assumed


def test_the_lead_s_mailbox_gives_no_receipt() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE, "Question", ASKS, to="england.indmidwives@nhs.net", mailbox="regional")
    assert story.letters == []
    assert story.tasks() == ["triage"]


def test_patient_details_are_flagged_and_the_sender_is_told_each_time() -> None:
    story = Story("2026-03-02 10:00")
    text = "Patient Ann Brown, NHS number 943 476 5919. " + FORGOT
    story.receives(JANE, "Password", text)
    assert "patient_details" in story.ticket().flags
    assert story.told(JANE) == ["receipt + patient_details"]
    assert "943" not in story.letters_to(JANE)[0].text
    story.receives(JANE, f"RE: {story.letters_to(JANE)[0].subject}", text)
    assert story.told(JANE)[-1] == "patient_details"


def test_nothing_personal_goes_outside() -> None:
    story = Story("2026-03-02 10:00")
    hers = " My account is jane.smith@nhs.net. Jane Smith"
    for subject, text in (
        ("Joining", ASKS_HOW), ("Leaving", RETIRES.format("31 March 2026")),
        ("Away", ABSENT.format("30 March 2026")),
        ("Password", FORGOT), ("Mobile", NEW_NUMBER), ("Any news", CHASES),
    ):  # fmt: skip
        story.receives(JANE_AT_HOME, subject, text + hers)
    assert len(story.letters_to(JANE_AT_HOME)) == 6
    for letter in story.letters_to(JANE_AT_HOME):
        for secret in ("Jane", "Smith", JANES, "March", "Barchester", "900433"):
            assert secret not in letter.text, (letter.parts, secret)


# --- clocks learned late ------------------------------------------------------------------------------


def test_a_clock_learned_late_gets_two_warnings_where_two_working_days_remain() -> None:
    story = confirmed("2026-03-25 14:00")  # deletion on Sunday 29 March, act by Wednesday 25 March at 5pm
    story.until("2026-03-29 00:00")
    told = [x.sent for x in story.letters_to(ADMIN)]
    assert len({t for t in told if t}) >= 2


def test_a_clock_learned_on_the_last_working_day_is_warned_of_at_once() -> None:
    story = confirmed("2026-03-27 15:00")
    assert story.letters_to(ADMIN) == [] or story.when("admin/late") == ["2026-03-27 15:00"]
    story.until("2026-03-27 15:01")
    assert story.when("admin/late", ADMIN) == ["2026-03-27 15:00"]


def test_a_clock_learned_after_the_last_working_hour_is_warned_of_at_any_hour() -> None:
    story = confirmed("2026-03-28 21:00")
    story.until("2026-03-28 21:01")
    assert story.when("admin/late", ADMIN) == ["2026-03-28 21:00"]


def test_a_leaver_date_that_a_person_must_read_is_warned_of_like_a_known_clock() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(
        JANE, "Marked", MARKED.format("27 February 2026") + " Patient number: NHS number 943 476 5919."
    )
    assert "Assumed deadline: Sunday 29 March 2026" in story.task("triage").evidence
    story.until("2026-03-29 00:00")
    assert story.when("admin/deadline", ADMIN)[0] == "2026-03-23 09:00"


# --- modes, caps, bounces -----------------------------------------------------------------------------


def test_in_review_each_letter_waits_for_an_admin() -> None:
    story = confirmed(mode="review")
    assert story.letters == []
    assert story.tasks() == ["delivery"]
    story.admin_does("release")
    assert story.told(JANE) == ["joiner/confirmed"]
    assert story.tasks() == []


def test_in_shadow_nothing_leaves_ever() -> None:
    story = confirmed(mode="shadow")
    story.until("2026-03-10 12:00")
    assert story.left == []
    story.bot.desk = replace(story.bot.desk, mode="live")
    with pytest.raises(ActError, match="shadow"):
        story.admin_does("release")


def test_a_cap_holds_the_answer_and_gives_a_task() -> None:
    story = Story("2026-03-02 10:00", limits=Limits(per_address_per_day=2))
    for _ in range(3):
        story.receives(JANE_AT_HOME, "Password", FORGOT)
    assert len(story.letters_to(JANE_AT_HOME)) == 2
    assert story.tasks(3) == ["check_identity", "delivery"]
    story.admin_does("release", 3)
    assert len(story.letters_to(JANE_AT_HOME)) == 3


def test_the_lead_and_admins_are_never_capped() -> None:
    story = Story("2026-03-02 10:00", limits=Limits(per_address_per_day=1, in_all_per_hour=1))
    story.receives(LEAD, "Joiner", LEAD_ASKS.format("27 February 2026"))
    story.receives(LEAD, "Question", ASKS)
    assert len(story.letters_to(LEAD)) == 2


def came_back(story: Story, letter: Letter) -> int:
    head = (
        "From: Mail Delivery System <postmaster@mx.example>\r\nTo: helpdesk@nhs.net\r\n"
        f"Subject: Undeliverable: {letter.subject}\r\nMessage-ID: <b-{letter.id}@mx.example>\r\n"
        "Auto-Submitted: auto-replied\r\n"
    )
    return story.receives_raw((head + bounce(letter)).encode())


def test_after_a_permanent_bounce_nothing_is_sent_there_by_itself() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE_AT_HOME, "Password", FORGOT)
    assert came_back(story, story.sent("password/reset")) == 1
    assert "delivery" in story.tasks()
    story.forgets()
    story.until("2026-03-03 12:00")
    assert story.letters_to(JANE_AT_HOME) == []
    story.receives(JANE_AT_HOME, "Question", ASKS)
    assert story.letters_to(JANE_AT_HOME) == []
    assert "delivery" in story.tasks(2)
    story.admin_does("reply", text="Can you read this?")
    assert story.told(JANE_AT_HOME) == ["reply"]


def test_an_admin_makes_an_address_usable_again() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE_AT_HOME, "Password", FORGOT)
    came_back(story, story.sent("password/reset"))
    story.admin_does("release", task="delivery")
    story.receives(JANE_AT_HOME, "Question", ASKS)
    assert story.told(JANE_AT_HOME)[-1] == "receipt"


def test_a_bounce_that_answers_nothing_of_ours_stops_nothing() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE_AT_HOME, "Password", FORGOT)
    letter = replace(story.sent("password/reset"), message_id="<forged@mail.example>")
    came_back(story, letter)
    assert story.tasks() == ["check_identity"]
    assert story.bot.desk.unreachable == frozenset()


# --- work without mail, the digest --------------------------------------------------------------------


def test_an_admin_opens_a_case_that_came_by_phone() -> None:
    story = Story("2026-03-02 10:00")
    person = {"name": "Jane Smith", "email": JANES}
    number = story.admin_does(
        "open", intents=("leaver_confirmed",), person=person, values={"leaver_date": "2026-02-27"}
    )
    assert story.clock("leaver", JANES).starts == date(2026, 2, 27)
    assert story.told(JANE) == ["joiner/confirmed"]
    assert number == 1


def test_the_digest_goes_at_nine_on_working_days_and_tells_what_is_due() -> None:
    story = Story("2026-03-05 10:00")
    story.receives(JANE, "Question", ASKS)
    story.until("2026-03-10 12:00")
    assert [f"{x.sent:%d %H:%M}" for x in story.digests] == ["06 09:00", "09 09:00", "10 09:00"]
    assert "IM-000001: triage" in plain(story.digests[0])
    assert "IM-000001-1: receipt" in plain(story.digests[0])
    assert "IM-000001-1: receipt" not in plain(story.digests[1])


def test_spam_stands_in_the_digest_for_a_week() -> None:
    story = Story("2026-03-05 10:00")
    text = "Dear valued customer, exclusive offer! Click here to claim your prize. Unsubscribe."
    story.receives("Offers <offers@shop.example>", "LAST CHANCE: 70% off all courses", text)
    assert story.ticket().closed_because.startswith("spam")
    story.until("2026-03-06 12:00")
    assert "IM-000001" in plain(story.digests[0])
    assert story.letters == []


def test_a_letter_that_the_server_refused_is_a_task() -> None:
    story = Story("2026-03-02 10:00")
    raw = mail(JANE, "Password", FORGOT, at=story.now, message_id="<p@mail.example>")
    story.bot.receive(Arrival("helpdesk", raw, story.now))
    [letter] = story.bot.store.outbox(Delivery.QUEUED)
    story.bot.happen(DeliveryStarted(letter.id))
    story.bot.happen(Delivered(letter.id, Refused("550 no such user", 550)))
    assert story.tasks() == ["check_identity", "delivery"]
    story.admin_does("release", task="delivery")
    assert story.told(JANE) == ["password/reset"]
    assert story.tasks() == ["check_identity"]


@pytest.mark.parametrize("label", ["acknowledge", "spam", "auto_reply", "bounce"])
def test_what_an_admin_says_of_a_mail_does_not_close_a_request_that_runs(label: str) -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE, "Move", MARKED.format("27 February 2026"))
    letter = story.sent("joiner/confirmed", JANES)
    story.receives(JANE, f"RE: {letter.subject}", "Blue pans jump over 7 lamps.", answers=letter)
    assert story.tasks() == ["triage"]
    story.admin_does("triage", intents=(label,))
    assert story.ticket().open
    assert story.tasks() == []
    assert story.clock("leaver", JANES).running
    story.until("2026-03-23 12:00")
    assert story.when("admin/deadline", ADMIN)


def test_a_case_whose_clock_runs_is_closed_only_with_a_word() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE, "Move", MARKED.format("27 February 2026"))
    with pytest.raises(ActError, match="leaver clock runs until Sunday 29 March 2026"):
        story.admin_does("close")
    assert story.ticket().open
    story.admin_does("close", text="she stays with her old organisation")
    assert story.ticket().closed_because == "she stays with her old organisation"


def test_an_address_that_the_server_does_not_know_gets_nothing_more_by_itself() -> None:
    story = Story("2026-03-02 10:00")
    raw = mail(JANE, "Password", FORGOT, at=story.now, message_id="<p@mail.example>")
    story.bot.receive(Arrival("helpdesk", raw, story.now))
    [letter] = story.bot.store.outbox(Delivery.QUEUED)
    story.bot.happen(DeliveryStarted(letter.id))
    story.bot.happen(Delivered(letter.id, Refused("RCPT TO: 550 5.1.1 no such user", 550)))
    story.until("2026-03-03 12:00")
    assert story.told(JANE) == []
    story.admin_does("release", task="delivery")
    assert story.told(JANE) == ["password/reset", "password/reminder"]


def test_a_chase_of_a_locked_out_midwife_says_the_same_as_the_first_letter() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE, "Password", FORGOT)
    letter = story.sent("password/reset", JANES)
    story.receives(JANE, f"RE: {letter.subject}", CHASES, answers=letter)
    text = plain(story.sent("chase", JANES))
    assert "We will call that number" in text
    assert "phone us" not in text
    assert "after 5 working days" in text


def test_admins_are_told_once_a_day_of_a_cap_that_holds_answers_back() -> None:
    story = Story("2026-03-02 10:00", limits=Limits(per_address_per_day=1))
    for text in (ASKS_HOW, HIDE, FORGOT):
        story.receives(JANE_AT_HOME, "Question", text)
    alert = story.sent("admin/alert", ADMIN)
    assert "cap: 1 answers to one address in a day" in plain(alert)
    story.until("2026-03-03 09:30")
    story.receives(JANE_AT_HOME, "Question", LOCKED)
    story.receives(JANE_AT_HOME, "Question", HIDE)
    assert len(story.when("admin/alert", ADMIN)) == 2
    assert story.bot.store.last_ticket() == 5


def test_what_an_act_brings_answers_the_persons_last_mail() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE, "Leaving", RETIRES.format("2 March 2026"))
    story.admin_does("done", task="mark_leaver")
    letter = story.sent("leaver/marked", JANES)
    assert letter.in_reply_to == "<m1@mail.example>"
    assert letter.references[0] == "<m1@mail.example>"


def test_a_long_thread_keeps_its_first_mail_in_references() -> None:
    story = Story("2026-03-02 10:00", limits=Limits(per_address_per_day=0))
    story.receives(JANE, "Password", FORGOT)
    for _ in range(14):
        story.receives(JANE, "RE: Password", CHASES, answers=story.letters_to(JANE)[-1])
    last = story.letters_to(JANE)[-1]
    assert last.references[0] == "<m1@mail.example>"
    assert last.references[-1] == last.in_reply_to
    assert len(last.references) == 10


def test_an_act_that_begins_two_things_is_acknowledged_in_one_letter() -> None:
    story = Story("2026-03-02 10:00")
    story.receives(JANE, "Help", "Blue pans jump over 7 lamps.")
    story.admin_does("triage", intents=("password_reset", "mobile_update"))
    assert story.told(JANE) == ["receipt", "password/reset + mobile/change"]


def test_a_case_that_an_admin_opens_claims_no_mail_and_its_day_brings_the_letter() -> None:
    story = Story("2026-03-02 10:00")
    story.admin_does("open", intents=("leaver",), person={"email": JANES, "name": "Jane Smith"})
    assert "wrote" not in story.request("leaver").steps[0].because
    story.admin_does("set", values={"last_day": "2026-03-20"})
    assert "Friday 20 March 2026" in plain(story.sent("leaver/scheduled", JANES))
