"""A decided letter is written out from one Markdown source, and no value in it can be markup."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.config.letters import FACTS, PERSONAL, Unwritable, load
from mailbot.config.samples import sample_facts
from mailbot.core.letter import Role
from tests.config.written import SHIPPED, folder_with, letter, minimal, written

if TYPE_CHECKING:
    from pathlib import Path

    from mailbot.config.letters import Letters

WHOLE = """\
Dear Jane,

Your NHSmail account must move to our group before Wednesday 15 April 2026.
If it does not move, it will be deleted on that day.

You told us that your account was marked as a leaver on
Monday 16 March 2026. The 30 days start on that day.

Your email did not go to everybody who needs to know. Please also tell:

- the Customer Service Portal

The lead's address is england.indmidwives@nhs.net.

Please do not apply for another account.

What happens next: the regional maternity lead asks us to move the account.
We then move it and write to you.

Your email came outside our working hours. We are next open on
Tuesday 7 April at 9am.

If you cannot wait, phone the national NHSmail helpdesk on 0333 200 1133. It
is open 24 hours a day, 7 days a week.

Yours sincerely,

Independent midwives administration team
Monday to Friday, 9am to 5pm

Your reference is IM-000123. Please keep it in the subject when you reply.
"""


def of(tmp_path: Path, body: str) -> Letters:
    return load(folder_with(tmp_path, one=f"Subject: One\n\n{body}\n"))


def test_a_whole_letter_reads_as_the_team_would_write_it() -> None:
    made = written(
        "joiner/confirmed",
        assumed=False,
        missing=(),
        not_told=("the Customer Service Portal",),
        csp_address="",
    )
    assert made.subject == "Your NHSmail account must move before Wednesday 15 April 2026 [IM-000123]"
    assert made.text == WHOLE


def test_two_answers_come_in_one_letter_under_headings_of_their_own() -> None:
    made = written("password/reset", "directory/answer")
    assert made.subject == "Your 2 requests [IM-000123]"
    assert "You asked us about 2 things." in made.text
    assert "\n\nRequest 1: How to reset your NHSmail password\n\n" in made.text
    assert "\n\nRequest 2: Your mobile number in People Finder\n\n" in made.text
    assert made.text.count("Yours sincerely,") == 1


def test_a_remark_beside_an_answer_is_no_second_request() -> None:
    made = written("password/reset", "patient_details")
    assert made.subject == "How to reset your NHSmail password [IM-000123]"
    assert "Please do not send us details of patients." in made.text
    assert "Request 1" not in made.text


def test_a_remark_beside_two_answers_has_a_heading_of_its_own() -> None:
    text = written("password/reset", "mobile/change", "patient_details").text
    assert "\n\nOne more thing\n\nPlease do not send us details of patients." in text
    assert text.startswith("Dear Jane,\n\nYou asked us about 2 things.")


def test_the_digest_has_no_reference() -> None:
    assert written("digest", reference="").subject == "What is due today, Thursday 2 April 2026"


def test_a_subject_names_its_reference_once() -> None:
    made = written("admin/reminder", title="answer IM-000123")
    assert made.subject == "A task waits: answer IM-000123"


def test_the_helpdesk_is_named_in_a_first_letter_and_out_of_hours() -> None:
    wait = "If you cannot wait, phone the national NHSmail helpdesk on 0333 200 1133."
    assert wait in written("leaver/ask_day", first=True, out_of_hours=False).text
    assert wait in written("leaver/ask_day", first=False, out_of_hours=True).text
    assert wait not in written("leaver/ask_day", first=False, out_of_hours=False).text


def test_a_later_letter_in_working_hours_says_nothing_of_being_closed() -> None:
    assert "closed" not in written("leaver/ask_day", out_of_hours=False).text


@pytest.mark.parametrize(
    "name",
    [
        "[x](http://evil)",
        "<b>Jane</b>",
        "{{7*7}}",
        "{% raw %}",
        "**Jane** _J_ `J`",
        "<https://evil.example>",
        "- Jane",
        "# Jane",
        "&lt;Jane&amp;",
        '" onclick="x',
        "![x](http://evil)",
        "\\*",
    ],
)
def test_a_name_comes_out_as_the_text_that_it_is(name: str) -> None:
    made = written("leaver/ask_day", dear=name)
    assert made.text.startswith(f"Dear {name},\n")
    assert f">Dear {html.escape(name)},</p>" in made.html


@given(st.text(max_size=60))
def test_no_name_whatever_adds_an_element_to_the_page(name: str) -> None:
    plain, made = written("leaver/ask_day"), written("leaver/ask_day", dear=name)
    assert re.findall("<[^>]*>", made.html) == re.findall("<[^>]*>", plain.html)
    assert made.text.count("\n\n") == plain.text.count("\n\n")


def test_a_value_on_one_line_loses_breaks_and_unseen_characters() -> None:
    made = written("leaver/ask_day", dear="Ja\x00n\u202ee\r\nBcc: x\u2028y \ue000\u200b\tz")
    assert made.text.startswith("Dear Jane Bcc: x y z,\n")


def test_a_subject_stays_on_one_line() -> None:
    made = written("joiner/reminder_lead", name="Jane\r\nBcc: evil@example.org")
    assert made.subject == "Please tell us if we should move Jane Bcc: evil@example.org's account [IM-000123]"


def test_a_note_keeps_its_lines_in_text_and_html() -> None:
    made = written("reply", note="First.\r\nSecond.\n\n* Third <b>")
    assert "\n\nFirst.\nSecond.\n\n* Third <b>\n\n" in made.text
    assert "First.<br>\nSecond.<br>\n<br>\n* Third &lt;b&gt;</p>" in made.html


def test_long_lines_are_wrapped_but_dates_numbers_and_long_words_stay_whole() -> None:
    address = "https://example.org/" + "a" * 90
    made = written("reply", note=f"{'word ' * 30}{address}")
    assert [line for line in made.text.splitlines() if len(line) > 76] == [address]
    assert "Tuesday 7 April at 9am" in made.text
    assert "0333 200 1133" in made.text


def test_an_address_of_the_template_is_a_link_with_its_full_address(tmp_path: Path) -> None:
    made = written("one", letters=of(tmp_path, "See <https://www.example.org/guide?a=1&b=2>."))
    assert "See https://www.example.org/guide?a=1&b=2.\n" in made.text
    assert 'href="https://www.example.org/guide?a=1&amp;b=2"' in made.html


def test_an_address_made_of_a_value_is_no_link(tmp_path: Path) -> None:
    made = written("one", letters=of(tmp_path, "See <https://{{ team_phone }}>."), team_phone="evil.example")
    assert "See https://evil.example.\n" in made.text
    assert "href" not in made.html


def test_markup_of_the_template_leaves_no_sign_in_the_text(tmp_path: Path) -> None:
    body = "## Head\n\nA **strong** *word*.\n\n1. one\n2. two\n\n   more\n\n- a\n    - b"
    made = written("one", letters=of(tmp_path, body))
    assert "Head\n\nA strong word.\n\n1. one\n2. two\n   more\n\n- a\n  - b\n" in made.text


def test_the_page_is_whole_and_loads_nothing() -> None:
    page = written("joiner/advice").html
    assert page.startswith('<!DOCTYPE html>\n<html lang="en-GB">')
    assert page.rstrip().endswith("</html>")
    assert not re.search(r"<(img|link|script|style|iframe|object)|url\(|src=|@import", page)
    assert "max-width:40em" in page


def test_facts_that_are_missing_or_unknown_are_named() -> None:
    facts = sample_facts(inside=True) | {"shoe_size": "7"}
    del facts["reference"]
    with pytest.raises(Unwritable, match="unknown fact shoe_size; missing fact reference"):
        SHIPPED.write(letter("reply", facts=facts))


@pytest.mark.parametrize(
    ("name", "value"), [("first", "yes"), ("missing", "all"), ("team", None), ("name", True)]
)
def test_a_fact_of_the_wrong_kind_is_named(name: str, value: str | bool | None) -> None:
    with pytest.raises(Unwritable, match=f"fact {name} is of the wrong kind"):
        SHIPPED.write(letter("reply", facts=sample_facts(inside=True) | {name: value}))


def test_a_letter_must_know_whether_it_goes_outside() -> None:
    with pytest.raises(Unwritable, match="disagree"):
        SHIPPED.write(replace(letter("reply", facts=sample_facts(inside=True)), inside=False))


@pytest.mark.parametrize(("parts", "text"), [(("no/such",), "no template no/such"), ((), "needs a part")])
def test_a_letter_without_a_template_is_refused(parts: tuple[str, ...], text: str) -> None:
    with pytest.raises(Unwritable, match=text):
        SHIPPED.write(replace(letter("reply", facts=sample_facts(inside=True)), parts=parts))


def test_personal_facts_given_for_an_outside_address_are_withheld() -> None:
    facts = sample_facts(inside=True) | {"inside": False}
    made = SHIPPED.write(letter("joiner/confirmed", facts=facts))
    without = SHIPPED.write(letter("joiner/confirmed", facts=sample_facts(inside=False)))
    assert (made.subject, made.text, made.html) == (without.subject, without.text, without.html)
    assert made.text.startswith("Dear colleague,")


def test_an_admin_and_a_midwife_have_frames_of_their_own() -> None:
    facts = minimal(inside=True) | {"first": True}
    to_admin = SHIPPED.write(letter("reply", facts=facts, role=Role.ADMIN)).text
    to_midwife = SHIPPED.write(letter("reply", facts=facts, role=Role.PERSON)).text
    assert "mailbot" in to_admin
    assert "0333 200 1133" in to_midwife


def test_sample_facts_are_all_facts() -> None:
    assert sample_facts(inside=True).keys() == FACTS.keys() == sample_facts(inside=False).keys()
    assert all(sample_facts(inside=True)[name] for name in PERSONAL)
