"""Every shipped letter keeps to the procedures and to NHS content style, whatever facts are known."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.config.letters import FACTS, PERSONAL
from mailbot.config.samples import sample_facts
from tests.config.written import PARTS, SHIPPED, letter, minimal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mailbot.core.letter import Fact, Letter

WANTED = """
joiner/advice joiner/confirmed joiner/confirmed_general joiner/requested joiner/reminder joiner/joined
joiner/expired joiner/lost leaver/scheduled leaver/ask_day leaver/general leaver/marked leaver/reminder
transfer_out/scheduled transfer_out/general transfer_out/marked transfer_out/reminder transfer_out/expired
transfer_out/lost disable/scheduled disable/ask_start disable/general disable/reminder disable/expired
disable/lost reenable/call reenable/reminder reenable/done password/reset password/unlock password/reminder
password/done_reset password/done_unlock mobile/change mobile/second_check mobile/reminder mobile/done
directory/answer new_account/apply new_account/reminder duplicate/received duplicate/decided incident/call_now
enquiry/received receipt chase withdrawal refused reply not_ours patient_details joiner/requested_lead
joiner/reminder_lead joiner/joined_lead joiner/refused_lead admin/reminder admin/deadline admin/escalation
joiner/chase_lead joiner/details_lead leaver/ask_which
admin/alert admin/incident admin/restore admin/late digest
"""

CASES: dict[str, dict[str, Fact]] = {
    "inside": sample_facts(inside=True),
    "inside, in hours": sample_facts(inside=True) | {"first": False, "out_of_hours": False},
    "inside, no phone": sample_facts(inside=True) | {"team_phone": "", "assumed": False, "csp_address": ""},
    "inside, minimal": minimal(inside=True),
    "outside": sample_facts(inside=False),
    "outside, minimal": minimal(inside=False),
}
each_part = pytest.mark.parametrize("part", PARTS)
each_case = pytest.mark.parametrize("case", CASES)


def write(part: str, facts: Mapping[str, Fact]) -> Letter:
    return SHIPPED.write(letter(part, facts=facts))


def sentences(text: str) -> list[str]:
    """Sentences of a body; a heading, a list item and a line before a list count as one each."""
    joined = re.sub(r"\n {2,3}", " ", text)
    blocks = re.split(r"\n\n|\n(?=- |\d\. )", joined)
    found = [piece for block in blocks for piece in re.split(r"(?<=[.?!])\"? ", block.replace("\n", " "))]
    return [sentence for sentence in found if re.search("[A-Za-z]", sentence)]


def words(text: str) -> list[str]:
    return re.findall(r"[A-Za-z0-9][A-Za-z0-9'@.:/-]*", text)


def syllables(word: str) -> int:
    """An estimate: groups of vowels, without a silent e; an address counts as one word of 2."""
    plain = word.lower().strip(".'")
    if "@" in plain or "/" in plain or plain[:1].isdigit():
        return 2 if "@" in plain or "/" in plain else 1
    groups = len(re.findall("[aeiouy]+", plain))
    silent = re.search(r"[^aeiouyl]e$|[^aeiouydt]ed$", plain) is not None
    return max(1, groups - silent)


def grade(text: str) -> float:
    """The Flesch-Kincaid grade: school years needed to read it; the reading age is about 5 more."""
    spoken, told = words(text), sentences(text)
    weight = sum(map(syllables, spoken)) / len(spoken)
    return 0.39 * len(spoken) / len(told) + 11.8 * weight - 15.59


def body(made: Letter) -> str:
    """The letter without its salutation and its end."""
    return made.text.split("\n\n", 1)[1].split("\n\nYours sincerely,")[0]


def shown(page: str) -> str:
    """What a reader of the HTML sees, after the bar with the team's name."""
    letter_only = page.split("</div>", 1)[1]
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", letter_only)).split())


def unmarked(text: str) -> str:
    return " ".join(re.sub(r"(?m)^ *(- |\d\. )", "", text).split())


def test_every_letter_that_the_workflows_name_is_there() -> None:
    assert sorted(WANTED.split()) == PARTS


@each_part
@each_case
def test_no_sign_of_markup_or_of_a_missing_fact_is_left(part: str, case: str) -> None:
    made = write(part, CASES[case])
    assert not re.search(
        r"\*\*|__|`|\]\(|^#|[{}<>\\]|None|True|False|[\ue000-\uf8ff]", made.text, re.MULTILINE
    )
    assert not re.search(r" [.,?]|\.\.|\S  | $|\n\n\n|, ,", made.text, re.MULTILINE)
    assert "None" not in made.subject
    assert made.subject == " ".join(made.subject.split())


@each_part
@each_case
def test_text_and_html_state_the_same(part: str, case: str) -> None:
    made = write(part, CASES[case])
    assert re.sub(r" (?=[.,:])", "", shown(made.html)) == re.sub(r" (?=[.,:])", "", unmarked(made.text))


@each_part
@each_case
def test_a_letter_begins_and_ends_as_a_letter(part: str, case: str) -> None:
    made = write(part, CASES[case])
    assert made.text.startswith(("Dear Jane,\n\n", "Dear colleague,\n\n"))
    assert "\n\nYours sincerely,\n\nIndependent midwives administration team" in made.text
    assert "[IM-000123]" in made.subject
    assert body(made)


@each_part
@each_case
def test_sentences_are_short(part: str, case: str) -> None:
    facts = CASES[case] | {"note": "A note."}
    lengths = {sentence: len(words(sentence)) for sentence in sentences(body(write(part, facts)))}
    assert not [sentence for sentence, length in lengths.items() if length > 25]
    assert sum(lengths.values()) / len(lengths) <= 15


@each_part
@each_case
def test_a_reader_of_11_understands_it(part: str, case: str) -> None:
    quiet: dict[str, Fact] = {"first": False, "out_of_hours": False, "note": "A note."}
    assert grade(body(write(part, CASES[case] | quiet))) <= 7


@each_part
@each_case
def test_the_words_are_those_of_the_nhs(part: str, case: str) -> None:
    text = write(part, CASES[case]).text
    assert not re.search(
        r"(?i)click|\bring us|telephone|log ?on|sign in|e-mail|attach|\b[0-9]{1,2}(st|nd|rd|th)\b|\bplease be"
        r"|in order to|ensure|utilise|regarding|\bvia\b|e\.g\.|i\.e\.|noon|24/7",
        text,
    )
    numbers = re.findall(r"(?i)\b(two|three|four|five|six|seven|eight|nine|ten|thirty)\b", text)
    assert not numbers


@each_part
def test_nobody_is_asked_for_what_a_fraud_would_ask(part: str) -> None:
    for facts in CASES.values():
        for sentence in sentences(body(write(part, facts))):
            asks = re.search(r"(?i)(?<!we )\b(reply|send|tell|give|write)\b", sentence)
            secret = re.search(r"(?i)\b(password|pin|date of birth|bank|new number|digits)\b", sentence)
            assert not (asks and secret) or re.search(r"(?i)\b(never|not)\b", sentence), sentence


@each_part
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_an_outside_letter_holds_no_personal_fact(part: str, data: st.DataObject) -> None:
    """Marked values, so that none is found by chance; any set of them may be given by mistake."""
    outside = sample_facts(inside=False)
    own_words = {"note"} if part == "reply" else set()  # an admin's reply goes out as it stands
    for name in data.draw(st.sets(st.sampled_from(sorted(PERSONAL - own_words)))):
        marked: dict[object, Fact] = {bool: True, tuple: (f"zq{name}qz",)}
        outside[name] = marked.get(FACTS[name], f"zq{name}qz")
    made = write(part, outside)
    assert "zq" not in made.subject + made.text + made.html
    assert made.text.startswith("Dear colleague,")
    plain = write(part, sample_facts(inside=False))
    assert made.text == plain.text


@each_part
def test_an_outside_letter_does_not_tell_of_an_account(part: str) -> None:
    """None of the words with which letters inside tell how an account stands."""
    made = write(part, CASES["outside"])
    said = " ".join((made.subject + " " + made.text).split())
    assert not re.search(
        r"Your NHSmail account (is|was|has|will|must|did)|We have (moved|reset|unlocked|changed) "
        r"|You told us that your account|has asked us to move your account|We will (mark|disable) your",
        said,
    )


@each_part
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_a_letter_can_be_written_whatever_is_known(part: str, data: st.DataObject) -> None:
    sample, empty = sample_facts(inside=True), minimal(inside=True)
    unknown = data.draw(st.sets(st.sampled_from(sorted(FACTS.keys() - {"inside"}))))
    made = write(part, sample | {name: empty[name] for name in unknown})
    assert "None" not in made.text
    assert body(made).strip()


@pytest.mark.parametrize(
    ("part", "names"),
    [
        ("joiner/confirmed", "leaver_date deletion_date missing not_told lead_address csp_address"),
        ("joiner/reminder", "deletion_date days_left not_told lead_address"),
        ("joiner/expired", "deletion_date restore_until"),
        ("leaver/scheduled", "last_day missing"),
        ("leaver/marked", "deletion_date leaver_date"),
        ("leaver/reminder", "deletion_date days_left"),
        ("transfer_out/scheduled", "last_day new_organisation"),
        ("transfer_out/marked", "deletion_date new_organisation"),
        ("disable/scheduled", "absence_from return_on"),
        ("disable/reminder", "deletion_date"),
        ("chase", "status waits_for asked deletion_date missing"),
        ("joiner/requested_lead", "name account deletion_date missing old_organisation"),
        ("joiner/reminder_lead", "name account deletion_date act_by days_left"),
        ("admin/deadline", "name account deletion_date act_by leaver_date evidence missing tasks link"),
        ("admin/restore", "name account restore_until act_by"),
        ("admin/late", "name account deletion_date act_by"),
        ("digest", "due late waiting sent failed spam other_lines calendar_until today"),
    ],
)
def test_a_letter_states_the_facts_that_it_is_for(part: str, names: str) -> None:
    facts = sample_facts(inside=True)
    text = " ".join(write(part, facts).text.split())
    for name in names.split():
        value = facts[name]
        assert all(item in text for item in (value if isinstance(value, tuple) else [str(value)])), name


@pytest.mark.parametrize(
    "part", ["joiner/confirmed", "joiner/reminder", "chase", "admin/deadline", "admin/late"]
)
def test_an_assumed_clock_is_said_to_be_sooner_perhaps(part: str) -> None:
    sample = sample_facts(inside=True)
    assert "may be sooner" in " ".join(write(part, sample).text.split())
    assert "may be sooner" not in " ".join(write(part, sample | {"assumed": False}).text.split())


def test_the_steps_of_the_move_come_in_the_order_of_the_procedure() -> None:
    text = " ".join(write("joiner/advice", CASES["outside"]).text.split())
    steps = ["1. Ask the local administrator", "2. When this is done", "3. The regional", "4. We mark"]
    assert all(first < second for first, second in pairwise(text.index(step) for step in steps))
    assert "Please do not apply for another account." in text


def test_a_shown_password_is_answered_with_a_warning() -> None:
    warning = "There was a password in your email."
    for part in ("password/reset", "password/unlock"):
        assert warning in write(part, CASES["inside"]).text
        assert warning not in write(part, CASES["inside, minimal"]).text


def test_without_a_phone_of_the_team_we_call() -> None:
    for part in ("reenable/call", "password/reset", "password/reminder", "reenable/reminder"):
        text = " ".join(write(part, CASES["inside, no phone"]).text.split())
        assert "call the mobile number that is registered with your account" in text


def test_who_has_the_next_step_is_named_to_each_reader_in_the_right_words() -> None:
    sample = sample_facts(inside=True)
    assert "The next step is with you." in write("chase", sample | {"waits_for": "you"}).text
    assert "The next step is with the midwife." in write("admin/deadline", sample | {"waits_for": "you"}).text
    assert "next step" not in write("chase", sample | {"waits_for": "nobody"}).text


def test_a_receipt_says_nothing_of_the_request() -> None:
    inside, outside = write("receipt", CASES["inside"]), write("receipt", CASES["outside"])
    assert inside.text.replace("Jane", "colleague") == outside.text
    assert replace(inside, text="", html="").subject == outside.subject
